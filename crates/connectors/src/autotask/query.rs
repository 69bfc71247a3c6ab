//! Which question stands for which stream. Pages are walked by id ([`crate::walk`]): the last id seen is added to the
//! filter as `id gt`. Answers come in ascending id order; there is no other. Nothing here sends anything.

use domain::clock::UtcMillis;
use domain::scope::Scope;
use domain::stream::{PullMode, Stream};
use serde_json::Value;

use super::wire::{
    AutotaskCompany, AutotaskContact, AutotaskContactGroup, AutotaskContactGroupContact,
    AutotaskDeletedActivity, AutotaskDeletedTicket, AutotaskFilter, AutotaskOpportunity,
    AutotaskQuery, AutotaskResource, AutotaskTicket, AutotaskTicketNote,
};
use crate::walk::Position;

/// Most records in a page, and most conditions in a query.
/// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/General_Topics/REST_Thresholds_Limits.htm>
pub(super) const LARGEST_PAGE: u32 = 500;

/// Conditions kept free for the change fields and the id.
pub(super) const SPARE_CONDITIONS: usize = 10;

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

/// The condition that skips what was seen. Id 0 exists: it is the tenant's own company.
fn above(position: Position) -> AutotaskFilter {
    match position.last {
        None => field("gte", "id", 0),
        Some(last) => field("gt", "id", last),
    }
}

/// The question for the page at a position.
pub(super) fn page(
    position: Position,
    source: Source,
    page_size: u32,
    mut conditions: Vec<AutotaskFilter>,
) -> AutotaskQuery {
    conditions.insert(0, above(position));
    AutotaskQuery {
        max_records: Some(page_size),
        include_fields: source.fields,
        filter: conditions,
    }
}

/// The question that counts what [`conditions`] let through.
pub(super) fn count(mut conditions: Vec<AutotaskFilter>) -> AutotaskQuery {
    conditions.insert(0, above(Position::default()));
    AutotaskQuery {
        max_records: None,
        include_fields: &[],
        filter: conditions,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Cursor;

    #[test]
    fn only_full_runs_narrow_by_scope_and_ids_are_numbers() {
        let scope = Scope {
            queues: ["8".to_owned(), "5".to_owned()].into(),
            categories: (0..600).map(|id| id.to_string()).collect(),
            exclude_statuses: ["5".to_owned()].into(),
            ..Scope::default()
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
        let position = Position::read(Some(&Cursor("7".into()))).expect("our own cursor");
        let query = page(position, source(Stream::ContactGroups), 500, Vec::new());
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
