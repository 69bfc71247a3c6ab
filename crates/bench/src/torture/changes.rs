//! What happens at the vendor while Portico syncs: people create, change and delete records there.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use crate::dice::Dice;
use crate::sandbox::Sandbox;

/// Longest pause between two changes.
const PAUSE: Duration = Duration::from_millis(40);
/// Kinds of record whose deletion no feed tells: only a full run can find it.
const WITHOUT_FEED: [&str; 3] = ["Companies", "Contacts", "Opportunities"];

/// The people at the vendor.
pub struct People {
    dice: Dice,
    ids: BTreeMap<&'static str, Vec<i64>>,
    number: u64,
    /// Whether deletions that only a full run can find are allowed, and have happened.
    pub may_delete_silently: bool,
    /// Whether one has happened since this was last unset.
    pub deleted_silently: bool,
    /// Changes made.
    pub made: u64,
}

impl People {
    /// Looks up what is there.
    pub async fn at(sandbox: &Sandbox, dice: Dice) -> Result<Self> {
        let mut ids = BTreeMap::new();
        for entity in [
            "Companies",
            "Contacts",
            "Tickets",
            "TicketNotes",
            "Opportunities",
        ] {
            ids.insert(entity, sandbox.ids(entity).await?);
        }
        Ok(Self {
            dice,
            ids,
            number: 0,
            may_delete_silently: false,
            deleted_silently: false,
            made: 0,
        })
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
        let n = self.number;
        let (entity, fields) = match self.dice.below(10) {
            0 => ("Companies", json!({"phone": format!("+1 555 {n:05}")})),
            1 => ("Contacts", json!({"title": format!("Position {n}")})),
            2 => (
                "Contacts",
                json!({"isActive": i32::from(n.is_multiple_of(2))}),
            ),
            3 => (
                "Opportunities",
                json!({"title": format!("Offer {n}"), "probability": n % 100}),
            ),
            4 => (
                "TicketNotes",
                json!({"description": format!("Corrected, {n} times \u{2713}")}),
            ),
            5 => (
                "Tickets",
                json!({"status": if n.is_multiple_of(3) { 5 } else { 8 }}),
            ),
            6 => ("Tickets", json!({"priority": 1 + n % 4})),
            _ => (
                "Tickets",
                json!({"title": format!("Changed {n}: d\u{e9}j\u{e0} vu \u{1f5a8}")}),
            ),
        };
        match self.any(entity) {
            Some(id) => sandbox.patch(entity, id, &fields).await,
            None => Ok(()),
        }
    }

    async fn create(&mut self, sandbox: &Sandbox) -> Result<()> {
        let company = self.any("Companies").unwrap_or(0);
        let n = self.number;
        let (entity, fields) = match self.dice.below(10) {
            0 => (
                "Companies",
                json!({"companyName": format!("Newcomer {n} Ltd"), "companyType": 1, "phone": "555", "isActive": true}),
            ),
            1 => (
                "Contacts",
                json!({"companyID": company, "firstName": "New", "lastName": format!("Person {n}"),
                       "emailAddress": format!("new.{n}@client.example"), "isActive": 1}),
            ),
            2 => (
                "Opportunities",
                json!({"companyID": company, "title": format!("New offer {n}"), "amount": n,
                       "probability": 10, "stage": 1, "status": 1}),
            ),
            3..6 => {
                let Some(ticket) = self.any("Tickets") else {
                    return Ok(());
                };
                (
                    "TicketNotes",
                    json!({"ticketID": ticket, "title": "", "description": format!("Note {n}"),
                           "noteType": 1, "publish": 1 + n % 2}),
                )
            }
            _ => (
                "Tickets",
                json!({"companyID": company, "title": format!("New ticket {n}"), "status": 1,
                       "priority": 2, "queueID": 8, "description": "Does not work."}),
            ),
        };
        let id = sandbox.create(entity, &fields).await?;
        self.ids.entry(entity).or_default().push(id);
        Ok(())
    }

    async fn delete(&mut self, sandbox: &Sandbox) -> Result<()> {
        let silently = self.may_delete_silently && self.dice.percent(40);
        let entity = if silently {
            self.dice.pick(&WITHOUT_FEED).copied().unwrap_or("Contacts")
        } else if self.dice.percent(50) {
            "TicketNotes"
        } else {
            "Tickets"
        };
        let ids = self.ids.entry(entity).or_default();
        // The first is the MSP's own company, which cannot go.
        if ids.len() < 20 {
            return Ok(());
        }
        let place = 1 + self.dice.below(u64::try_from(ids.len() - 1)?);
        let id = ids.remove(usize::try_from(place)?);
        self.deleted_silently |= silently;
        sandbox.delete(entity, id).await?;
        // What hung on it may have gone with it.
        if matches!(entity, "Companies" | "Contacts" | "Tickets") {
            for entity in ["Contacts", "Tickets", "TicketNotes", "Opportunities"] {
                self.ids.insert(entity, sandbox.ids(entity).await?);
            }
        }
        Ok(())
    }

    fn any(&mut self, entity: &str) -> Option<i64> {
        let ids = self.ids.get(entity)?;
        self.dice.pick(ids).copied()
    }
}
