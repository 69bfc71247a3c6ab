//! Which question stands for which stream, and how one page leads to the next.
//!
//! Pages are walked by id: the last id seen is added to the filter as `id gt`, which survives a restart and needs no
//! address from the vendor. Answers come in ascending id order; there is no other. Nothing here sends anything.

use domain::clock::UtcMillis;
use domain::hint::Hint;
use domain::scope::Scope;
use domain::stream::{PullMode, Stream};
use serde_json::Value;

use super::wire::{
    AutotaskCompany, AutotaskContact, AutotaskContactGroup, AutotaskContactGroupContact,
    AutotaskDeletedActivity, AutotaskDeletedTicket, AutotaskFilter, AutotaskOpportunity,
    AutotaskPageDetails, AutotaskQuery, AutotaskResource, AutotaskTicket, AutotaskTicketNote,
};
use crate::error::{Error, ErrorKind, Result};
use crate::page::Cursor;

/// Most records in a page, and most conditions in a query.
/// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/General_Topics/REST_Thresholds_Limits.htm>
pub(super) const LARGEST_PAGE: u32 = 500;

/// Conditions kept free for the change fields and the id.
const SPARE_CONDITIONS: usize = 10;

/// How often a page without a new record is asked for again before the run gives up.
const STALLS: u32 = 3;

/// How one stream is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source {
    /// The vendor's name of the entity; also the endpoint its thread limit counts by.
    pub(super) entity: &'static str,
    /// The fields to ask for.
    pub(super) fields: &'static [&'static str],
    /// The fields that tell of changes; empty when none does.
    pub(super) changed: &'static [&'static str],
    /// The operation in errors.
    pub(super) operation: &'static str,
}

/// The source of a stream.
pub(super) const fn source(stream: Stream) -> Source {
    let (entity, fields, changed, operation): (_, &[&str], &[&str], _) = match stream {
        Stream::Companies => (
            "Companies",
            AutotaskCompany::FIELDS,
            &["lastActivityDate", "lastTrackedModifiedDateTime"],
            "list companies",
        ),
        Stream::Technicians => ("Resources", AutotaskResource::FIELDS, &[], "list resources"),
        Stream::Contacts => (
            "Contacts",
            AutotaskContact::FIELDS,
            &["lastModifiedDate", "lastActivityDate"],
            "list contacts",
        ),
        Stream::ContactGroups => (
            "ContactGroups",
            AutotaskContactGroup::FIELDS,
            &[],
            "list contact groups",
        ),
        Stream::ContactGroupMembers => (
            "ContactGroupContacts",
            AutotaskContactGroupContact::FIELDS,
            &[],
            "list contact group members",
        ),
        Stream::Tickets => (
            "Tickets",
            AutotaskTicket::FIELDS,
            &["lastActivityDate", "lastTrackedModificationDateTime"],
            "list tickets",
        ),
        Stream::TicketNotes => (
            "TicketNotes",
            AutotaskTicketNote::FIELDS,
            &["lastActivityDate"],
            "list ticket notes",
        ),
        Stream::Opportunities => (
            "Opportunities",
            AutotaskOpportunity::FIELDS,
            &["lastActivity"],
            "list opportunities",
        ),
        Stream::DeletedTickets => (
            "DeletedTicketLogs",
            AutotaskDeletedTicket::FIELDS,
            &["deletedDateTime"],
            "list deleted tickets",
        ),
        Stream::DeletedTicketActivity => (
            "DeletedTicketActivityLogs",
            AutotaskDeletedActivity::FIELDS,
            &["deletedDateTime"],
            "list deleted ticket activity",
        ),
    };
    Source {
        entity,
        fields,
        changed,
        operation,
    }
}

/// `field op value`.
pub(super) fn field(
    op: &'static str,
    field: &'static str,
    value: impl Into<Value>,
) -> AutotaskFilter {
    AutotaskFilter::Field {
        op,
        field,
        value: value.into(),
    }
}

/// The conditions a mode and scope stand for, without the position.
pub(super) fn conditions(stream: Stream, mode: PullMode, scope: &Scope) -> Vec<AutotaskFilter> {
    let mut conditions = Vec::new();
    let since = match mode {
        PullMode::Full { floor } => floor,
        PullMode::Since { since } => Some(since),
    };
    if let Some(since) = since {
        conditions.extend(changed_since(source(stream).changed, since));
    }
    if mode.is_full() && stream == Stream::Tickets {
        narrow(&mut conditions, scope);
    }
    conditions
}

fn changed_since(fields: &'static [&'static str], since: UtcMillis) -> Option<AutotaskFilter> {
    let mut items: Vec<_> = fields
        .iter()
        .map(|name| field("gte", name, since.to_rfc3339()))
        .collect();
    match items.len() {
        0 | 1 => items.pop(),
        _ => Some(AutotaskFilter::Group { op: "or", items }),
    }
}

/// Leaves out what the scope leaves out, as far as one query can say it; the rest is the local scope's business.
fn narrow(conditions: &mut Vec<AutotaskFilter>, scope: &Scope) {
    let mut room = LARGEST_PAGE as usize - SPARE_CONDITIONS;
    let sets = [
        ("in", "queueID", &scope.queues),
        ("in", "ticketCategory", &scope.categories),
        ("notIn", "status", &scope.exclude_statuses),
    ];
    for (op, name, set) in sets {
        // Ids go out as numbers: a text compared with a number field silently finds nothing.
        let Ok(ids) = set
            .iter()
            .map(|id| id.parse::<i64>())
            .collect::<std::result::Result<Vec<_>, _>>()
        else {
            continue;
        };
        if ids.is_empty() || ids.len() > room {
            continue;
        }
        room -= ids.len();
        conditions.push(field(op, name, ids));
    }
}

/// Where a walk stands: the last id seen, and how often in a row nothing new came after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Position {
    /// `None` at the start.
    pub(super) last: Option<i64>,
    stalls: u32,
}

impl Position {
    /// Reads a cursor: `123`, or `123+1` after a page that brought nothing new.
    ///
    /// # Errors
    /// `Unexpected` for a text that is no cursor of this connector.
    pub(super) fn read(cursor: Option<&Cursor>) -> Result<Self> {
        let Some(Cursor(text)) = cursor else {
            return Ok(Self::default());
        };
        let (last, stalls) = text.split_once('+').unwrap_or((text, "0"));
        match (last.parse(), stalls.parse()) {
            (Ok(last), Ok(stalls)) => Ok(Self {
                last: (last != i64::MIN).then_some(last),
                stalls,
            }),
            _ => Err(Error::new(
                ErrorKind::Unexpected,
                "go on with a list",
                format!("{text:?} is no cursor"),
            )
            .without_effect()),
        }
    }

    fn cursor(self) -> Cursor {
        let last = self.last.unwrap_or(i64::MIN);
        Cursor(if self.stalls == 0 {
            last.to_string()
        } else {
            format!("{last}+{}", self.stalls)
        })
    }

    /// The condition that skips what was seen. Id 0 exists: it is the tenant's own company.
    fn condition(self) -> AutotaskFilter {
        match self.last {
            None => field("gte", "id", 0),
            Some(last) => field("gt", "id", last),
        }
    }

    /// The question for the page at this position.
    pub(super) fn query(
        self,
        source: Source,
        page_size: u32,
        mut conditions: Vec<AutotaskFilter>,
    ) -> AutotaskQuery {
        conditions.insert(0, self.condition());
        AutotaskQuery {
            max_records: Some(page_size),
            include_fields: source.fields,
            filter: conditions,
        }
    }
}

/// The question that counts what [`conditions`] let through.
pub(super) fn count(mut conditions: Vec<AutotaskFilter>) -> AutotaskQuery {
    conditions.insert(0, Position::default().condition());
    AutotaskQuery {
        max_records: None,
        include_fields: &[],
        filter: conditions,
    }
}

/// What one page held, as far as going on is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Seen {
    /// Records as they arrived.
    pub(super) received: usize,
    /// Records that had come before this page: their id is not above the position.
    pub(super) before: usize,
    /// The highest id above the position.
    pub(super) highest: Option<i64>,
    /// A new record came after one of a higher id: then the highest id is no safe place to go on from.
    pub(super) disordered: bool,
    /// What the vendor says about the page.
    pub(super) details: AutotaskPageDetails,
}

/// Decides how to go on after a page, and what about it is odd (rule P10). A walk never ends early because a page
/// was smaller than asked, and never goes round in circles because one came twice.
///
/// # Errors
/// `Unavailable` when the vendor keeps answering pages that bring nothing new although more is to come.
pub(super) fn go_on(
    position: Position,
    asked: u32,
    seen: &Seen,
    operation: &'static str,
) -> Result<(Option<Cursor>, Option<String>)> {
    let more_announced = seen.details.next_page_url.is_some();
    let counted = usize::try_from(seen.details.count.unwrap_or(0)).unwrap_or(usize::MAX);
    let full = seen.received >= asked as usize;
    let short_of_count = seen.received < counted;
    let repeats = seen.before > 0 && seen.highest.is_none();

    let mut odd = Vec::new();
    if seen.before > 0 {
        odd.push(format!(
            "{} of {} records had come with an earlier page",
            seen.before, seen.received
        ));
    }
    if short_of_count {
        odd.push(format!(
            "it holds {} records although Autotask counts {counted}",
            seen.received
        ));
    } else if !full && more_announced && !repeats {
        odd.push(format!(
            "it holds {} records although {asked} were asked for and more follow",
            seen.received
        ));
    }
    if seen.disordered {
        odd.push(
            "its records are not in the order of their ids, so that some may be missed".to_owned(),
        );
    }
    let oddity = (!odd.is_empty()).then(|| odd.join("; "));

    if !(full || more_announced || short_of_count || repeats) {
        return Ok((None, oddity));
    }
    let next = match seen.highest {
        Some(highest) => Position {
            last: Some(highest),
            stalls: 0,
        },
        None => Position {
            stalls: position.stalls + 1,
            ..position
        },
    };
    if next.stalls > STALLS {
        let message = format!(
            "Autotask answered {} times without a new record although more are to come",
            next.stalls
        );
        return Err(Error::new(ErrorKind::Unavailable, operation, message)
            .with_status(200)
            .with_hint(Hint::VendorTrouble));
    }
    Ok((Some(next.cursor()), oddity))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(received: usize, before: usize, highest: Option<i64>, count: u64, more: bool) -> Seen {
        let next_page_url = more.then(|| "https://zone/next".to_owned());
        Seen {
            received,
            before,
            highest,
            disordered: false,
            details: AutotaskPageDetails {
                count: Some(count),
                next_page_url,
            },
        }
    }

    fn at(last: i64) -> Position {
        Position {
            last: Some(last),
            stalls: 0,
        }
    }

    #[test]
    fn a_walk_goes_on_and_ends() {
        let next = |s: &Seen| go_on(at(10), 500, s, "list tickets").expect("a next step");
        assert_eq!(
            next(&seen(500, 0, Some(900), 500, true)),
            (Some(Cursor("900".into())), None)
        );
        assert_eq!(
            next(&seen(500, 0, Some(900), 500, false)),
            (Some(Cursor("900".into())), None),
            "a full page goes on"
        );
        assert_eq!(next(&seen(3, 0, Some(900), 3, false)), (None, None));
        assert_eq!(next(&seen(0, 0, None, 0, false)), (None, None));
        let (cursor, oddity) = next(&seen(100, 0, Some(900), 100, true));
        assert_eq!(cursor, Some(Cursor("900".into())), "a capped page goes on");
        assert!(oddity.is_some_and(|text| text.contains("100 records although 500")));
        let (cursor, oddity) = next(&seen(100, 0, Some(900), 500, false));
        assert!(
            cursor.is_some() && oddity.is_some(),
            "fewer than the vendor counts"
        );
    }

    #[test]
    fn p10_a_page_out_of_order_is_noticed() {
        let page = Seen {
            disordered: true,
            ..seen(500, 0, Some(900), 500, true)
        };
        let (cursor, oddity) = go_on(at(10), 500, &page, "list tickets").expect("a next step");
        assert_eq!(cursor, Some(Cursor("900".into())));
        assert!(oddity.is_some_and(|text| text.contains("order")));
    }

    #[test]
    fn a_page_that_comes_again_is_noticed_and_does_not_circle() {
        let mut cursor = at(10).cursor();
        for stall in 1..=STALLS {
            let position = Position::read(Some(&cursor)).expect("our own cursor");
            let (next, oddity) = go_on(
                position,
                500,
                &seen(500, 500, None, 500, true),
                "list tickets",
            )
            .expect("another try");
            cursor = next.expect("not the end");
            assert_eq!(cursor, Cursor(format!("10+{stall}")));
            assert!(oddity.is_some());
        }
        let position = Position::read(Some(&cursor)).expect("our own cursor");
        let error = go_on(
            position,
            500,
            &seen(500, 500, None, 500, true),
            "list tickets",
        )
        .expect_err("enough");
        assert!(error.is_temporary());
        let (next, _) = go_on(
            position,
            500,
            &seen(500, 2, Some(900), 500, true),
            "list tickets",
        )
        .expect("progress");
        assert_eq!(
            next,
            Some(Cursor("900".into())),
            "progress forgets the stalls"
        );
    }

    #[test]
    fn cursors_survive_text() {
        assert_eq!(Position::read(None).expect("a start"), Position::default());
        for position in [
            Position::default(),
            at(0),
            at(-5),
            Position {
                last: Some(7),
                stalls: 2,
            },
            Position {
                last: None,
                stalls: 1,
            },
        ] {
            assert_eq!(
                Position::read(Some(&position.cursor())).expect("our own cursor"),
                position
            );
        }
        assert!(Position::read(Some(&Cursor("https://elsewhere".into()))).is_err());
    }

    #[test]
    fn only_full_runs_narrow_by_scope_and_ids_are_numbers() {
        let scope = Scope {
            queues: ["8".to_owned(), "5".to_owned()].into(),
            categories: (0..600).map(|id| id.to_string()).collect(),
            exclude_statuses: ["5".to_owned()].into(),
        };
        let text =
            |mode| serde_json::to_string(&conditions(Stream::Tickets, mode, &scope)).expect("JSON");
        let full = text(PullMode::Full { floor: None });
        assert_eq!(
            full,
            r#"[{"op":"in","field":"queueID","value":[5,8]},{"op":"notIn","field":"status","value":[5]}]"#,
            "a list too long for one query is left to the local scope"
        );
        assert_eq!(
            text(PullMode::Since {
                since: UtcMillis(0)
            }),
            r#"[{"op":"or","items":[{"op":"gte","field":"lastActivityDate","value":"1970-01-01T00:00:00.000Z"},{"op":"gte","field":"lastTrackedModificationDateTime","value":"1970-01-01T00:00:00.000Z"}]}]"#
        );
        assert!(
            conditions(
                Stream::Technicians,
                PullMode::Since {
                    since: UtcMillis(0)
                },
                &scope
            )
            .is_empty()
        );
    }

    #[test]
    fn a_query_reads_as_the_vendor_wants_it() {
        let query = at(7).query(source(Stream::ContactGroups), 500, Vec::new());
        assert_eq!(
            serde_json::to_string(&query).expect("JSON"),
            r#"{"MaxRecords":500,"IncludeFields":["id","name","isActive"],"filter":[{"op":"gt","field":"id","value":7}]}"#
        );
        assert_eq!(
            serde_json::to_string(&count(Vec::new())).expect("JSON"),
            r#"{"filter":[{"op":"gte","field":"id","value":0}]}"#
        );
    }
}
