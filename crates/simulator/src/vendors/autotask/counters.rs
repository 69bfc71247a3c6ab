//! Ticket numbers and the attachment allowance.

use std::ops::ControlFlow;
use std::sync::PoisonError;

use serde_json::json;

use super::Autotask;
use super::change::Edit;
use super::filter;
use super::rows::ticket_number;
use crate::world::instant::{DAY, MINUTE, iso};

/// How far the attachment allowance looks back.
const ALLOWANCE_MS: i64 = 5 * MINUTE;

impl Autotask {
    /// The next ticket number of the day of `created`.
    pub(super) fn next_ticket_number(&self, edit: &Edit<'_>, created: i64) -> String {
        let day = created.div_euclid(DAY);
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let so_far = match counters.tickets_of_day {
            Some((counted, count)) if counted == day => count,
            _ => self.world.arrivals.count_on_day(created) + created_on(edit, day),
        };
        counters.tickets_of_day = Some((day, so_far + 1));
        ticket_number(created, so_far + 1)
    }

    /// Takes bytes from the allowance for attachments; false when it is used up.
    pub(super) fn take_attachment_bytes(&self, bytes: usize, now: i64, most: usize) -> bool {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        counters
            .attachments
            .retain(|(at, _)| *at > now - ALLOWANCE_MS);
        let used: usize = counters.attachments.iter().map(|(_, size)| size).sum();
        if used + bytes > most {
            return false;
        }
        counters.attachments.push((now, bytes));
        true
    }
}

/// Tickets made since the world was generated that came in on a day.
fn created_on(edit: &Edit<'_>, day: i64) -> u32 {
    let Some(reader) = edit.reader("Tickets") else {
        return 0;
    };
    let condition = json!([
        {"op": "gt", "field": "id", "value": edit.app.world.config.tickets},
        {"op": "gte", "field": "createDate", "value": iso(day * DAY)},
        {"op": "lt", "field": "createDate", "value": iso((day + 1) * DAY)},
    ]);
    let Ok(expr) = filter::parse(reader.schema, &condition) else {
        return 0;
    };
    let mut count = 0;
    reader.scan(&expr, i64::MIN, |_, _| {
        count += 1;
        ControlFlow::Continue(())
    });
    count
}
