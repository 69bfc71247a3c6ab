//! What happens at the vendor while Portico syncs: people create, change and delete records there.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use simulator::desk::{Desk, KINDS, Kind};

use crate::dice::Dice;
use crate::sandbox::Sandbox;

/// Longest pause between two changes.
const PAUSE: Duration = Duration::from_millis(40);

/// The people at the vendor.
pub struct People {
    dice: Dice,
    desk: &'static Desk,
    ids: BTreeMap<&'static str, Vec<i64>>,
    number: u64,
    /// Whether work that only a full run is sure to find is allowed.
    pub may_work_silently: bool,
    worked_silently: bool,
    ticket_to_work_on: Option<i64>,
    /// Changes made.
    pub made: u64,
}

impl People {
    /// Looks up what is there.
    pub async fn at(sandbox: &Sandbox, dice: Dice) -> Result<Self> {
        let desk = super::desk_of(&sandbox.address().vendor)?;
        let mut people = Self {
            dice,
            desk,
            ids: BTreeMap::new(),
            number: 0,
            may_work_silently: false,
            worked_silently: false,
            ticket_to_work_on: None,
            made: 0,
        };
        people.look(sandbox).await?;
        Ok(people)
    }

    async fn look(&mut self, sandbox: &Sandbox) -> Result<()> {
        for entity in self.desk.all_entities() {
            self.ids.insert(entity, sandbox.ids(entity).await?);
        }
        Ok(())
    }

    /// Goes on changing things until it is dropped.
    pub async fn work(&mut self, sandbox: &Sandbox) -> Result<()> {
        loop {
            self.one(sandbox).await?;
            let pause = self.dice.up_to(PAUSE);
            tokio::time::sleep(pause).await;
        }
    }

    async fn one(&mut self, sandbox: &Sandbox) -> Result<()> {
        self.number += 1;
        self.made += 1;
        match self.dice.below(100) {
            0..55 => self.patch(sandbox).await,
            55..88 => self.create(sandbox).await,
            _ => self.delete(sandbox).await,
        }
    }

    async fn patch(&mut self, sandbox: &Sandbox) -> Result<()> {
        let kind = match self.dice.below(10) {
            0 => Kind::Company,
            1 | 2 => Kind::Contact,
            3 => Kind::Opportunity,
            4 => Kind::Note,
            _ => Kind::Ticket,
        };
        let Some((entity, id)) = self.any(kind) else {
            return Ok(());
        };
        if !self.may_touch(kind) {
            return Ok(());
        }
        let fields = (self.desk.patch)(kind, self.number);
        let ticket = self.ticket_of(sandbox, kind, id).await?;
        self.begin(ticket);
        sandbox.patch(entity, id, &fields).await?;
        self.finish(sandbox).await
    }

    async fn create(&mut self, sandbox: &Sandbox) -> Result<()> {
        let kind = match self.dice.below(10) {
            0 => Kind::Company,
            1 => Kind::Contact,
            2 => Kind::Opportunity,
            3..6 => Kind::Note,
            _ => Kind::Ticket,
        };
        let Some(entity) = self.desk.entity(kind).filter(|_| self.may_touch(kind)) else {
            return Ok(());
        };
        let parent = match self.desk.parent(kind) {
            None => 0,
            Some(parent) => match self.any_of(parent) {
                Some(id) => id,
                None => return Ok(()),
            },
        };
        let fields = (self.desk.create)(kind, parent, self.number);
        let by_ticket = kind == Kind::Note && self.desk.ticket_of_note.is_some();
        let ticket = by_ticket.then_some(parent);
        self.begin(ticket);
        let id = sandbox.create(entity, &fields).await?;
        self.ids.entry(entity).or_default().push(id);
        self.finish(sandbox).await
    }

    async fn delete(&mut self, sandbox: &Sandbox) -> Result<()> {
        let silently = self.may_work_silently && self.dice.percent(40);
        let fitting: Vec<Kind> = KINDS
            .into_iter()
            .filter(|kind| self.desk.entity(*kind).is_some())
            .filter(|kind| self.desk.tells(*kind) != silently)
            .collect();
        let Some(kind) = self.dice.pick(&fitting).copied() else {
            return Ok(());
        };
        let Some(entity) = self.desk.entity(kind) else {
            return Ok(());
        };
        let ids = self.ids.entry(entity).or_default();
        // The first is the MSP's own company, which cannot go.
        if ids.len() < 20 {
            return Ok(());
        }
        let place = 1 + self.dice.below(u64::try_from(ids.len() - 1)?);
        let id = ids.remove(usize::try_from(place)?);
        self.worked_silently |= silently;
        let ticket = self.ticket_of(sandbox, kind, id).await?;
        self.begin(ticket);
        sandbox.delete(entity, id).await?;
        self.finish(sandbox).await?;
        // What hung on it may have gone with it.
        if matches!(kind, Kind::Company | Kind::Contact | Kind::Ticket) {
            self.look(sandbox).await?;
        }
        Ok(())
    }

    /// Whether records of a kind may be worked on, and remembers what only a full run is sure to find.
    fn may_touch(&mut self, kind: Kind) -> bool {
        let whole = self.desk.reads_whole(kind);
        let may = !whole || self.may_work_silently;
        self.worked_silently |= whole && may;
        may
    }

    /// The ticket of a comment, where comments are found by their tickets only.
    async fn ticket_of(&self, sandbox: &Sandbox, kind: Kind, id: i64) -> Result<Option<i64>> {
        let (Some(entity), Some(field)) = (self.desk.entity(kind), self.desk.ticket_of_note) else {
            return Ok(None);
        };
        if kind != Kind::Note {
            return Ok(None);
        }
        let record = sandbox.record(entity, id).await?;
        let ticket = record.pointer(field).and_then(serde_json::Value::as_i64);
        // Some vendors keep comments of opportunities and projects among them.
        let tickets = self.desk.entity(Kind::Ticket);
        let known = tickets.and_then(|tickets| self.ids.get(tickets));
        Ok(ticket.filter(|ticket| known.is_some_and(|known| known.contains(ticket))))
    }

    /// Something begins at a comment of a ticket, which is to be worked on as well.
    const fn begin(&mut self, ticket: Option<i64>) {
        self.ticket_to_work_on = ticket;
    }

    /// Works on the ticket of a comment too, also when the server's death broke us off before.
    pub async fn finish(&mut self, sandbox: &Sandbox) -> Result<()> {
        let tickets = self.desk.entity(Kind::Ticket);
        if let (Some(ticket), Some(tickets)) = (self.ticket_to_work_on, tickets) {
            let fields = (self.desk.patch)(Kind::Ticket, self.number);
            sandbox.patch(tickets, ticket, &fields).await?;
        }
        self.ticket_to_work_on = None;
        Ok(())
    }

    /// Whether only a full run can find everything that happened; asking forgets it.
    pub const fn needs_full_run(&mut self) -> bool {
        std::mem::replace(&mut self.worked_silently, false)
    }

    fn any(&mut self, kind: Kind) -> Option<(&'static str, i64)> {
        let entity = self.desk.entity(kind)?;
        Some((entity, self.any_of(entity)?))
    }

    fn any_of(&mut self, entity: &str) -> Option<i64> {
        let ids = self.ids.get(entity)?;
        self.dice.pick(ids).copied()
    }
}
