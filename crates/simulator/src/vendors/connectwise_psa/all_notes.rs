//! The conversation of a ticket: its notes, those of the time spent on it and of meetings about it, in one list.

use serde_json::{Value, json};

use super::ConnectWisePsa;
use super::nested::found;
use super::refusal::Refusal;
use super::release::Release;
use super::render::Render;
use super::route::Address;
use crate::exchange::{Answer, Call};
use crate::fault::FaultKind;
use crate::records::base::Row;
use crate::records::filter::Expr;
use crate::records::schema::Schema;
use crate::records::value::Val;

/// The kind of notes of meetings: people write them in the product's screens, and only the merged list shows them.
pub const MEETINGS: &str = "screens/meetingnotes";

/// What the merged list calls a note of a kind, the fields with its ticket and text, and the one it is dated by.
struct Sort {
    name: &'static str,
    ticket: &'static str,
    text: &'static str,
    at: &'static str,
    /// Whether it is shown as discussion, internal analysis or resolution.
    flags: [&'static str; 3],
}

const TICKET: Sort = Sort {
    name: "TicketNote",
    ticket: "ticketId",
    text: "text",
    at: "dateEntered",
    flags: [
        "detailDescriptionFlag",
        "internalAnalysisFlag",
        "resolutionFlag",
    ],
};

const MEETING: Sort = Sort {
    name: "MeetingNote",
    ..TICKET
};

const TIME: Sort = Sort {
    name: "TimeEntryNote",
    ticket: "chargeToId",
    text: "notes",
    at: "timeStart",
    flags: [
        "addToDetailDescriptionFlag",
        "addToInternalAnalysisFlag",
        "addToResolutionFlag",
    ],
};

impl ConnectWisePsa {
    /// Notes of a ticket and of the time spent on it, in order of time.
    pub(super) fn all_notes(
        &self,
        ticket: i64,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        let tickets = address.key.trim_end_matches("/allnotes");
        self.access.check(&format!("{tickets}/notes"), "query")?;
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        found(base, tickets, ticket)?;
        let render = Render::new(base, &self.root());
        let release = Release::read(base);
        let mut notes = Vec::new();
        for (kind, sort) in [
            (format!("{tickets}/notes").as_str(), TICKET),
            ("time/entries", TIME),
            (MEETINGS, MEETING),
        ] {
            let kind = base.catalogue.find(kind).ok_or_else(Refusal::no_route)?;
            let schema = base.schema(kind);
            let expr = Expr::equals(schema.position(sort.ticket).unwrap_or(0), ticket);
            for id in base.ids(kind, &expr, &render) {
                if let Some(row) = base.find(kind, id) {
                    let tree = render.tree(kind, &row);
                    let mut merged = merged_note(&sort, schema, &row, &tree);
                    if let Some((_, note)) = merged.as_mut().filter(|_| release.marked_notes) {
                        note["internalFlag"] = json!(tree["internalFlag"] == true);
                    }
                    notes.extend(merged);
                }
            }
        }
        notes.sort_by_key(|(at, _)| *at);
        let notes = notes.into_iter().map(|(_, mut note)| {
            if release.bare_notes {
                note["_info"] = json!({ "lastUpdated": note["_info"]["lastUpdated"] });
            }
            note
        });
        let notes = notes.collect();
        self.values(notes, address, call, fault)
    }
}

/// A note as the merged list shows it, with the instant it is sorted by; none when a time entry
/// shows no note anywhere.
fn merged_note(sort: &Sort, schema: &Schema, row: &Row<'_>, tree: &Value) -> Option<(i64, Value)> {
    let [discussion, internal, resolution] = sort.flags.map(|flag| tree[flag] == true);
    if sort.name == TIME.name && !(discussion || internal || resolution) {
        return None;
    }
    let at = match row.named(schema, sort.at) {
        Val::Time(ms) => ms,
        _ => 0,
    };
    let mut note = json!({
        "id": tree["id"],
        "noteType": sort.name,
        "ticket": {"id": tree[sort.ticket]},
        "text": tree[sort.text],
        "isMarkdownFlag": false,
        "detailDescriptionFlag": discussion,
        "internalAnalysisFlag": internal,
        "resolutionFlag": resolution,
        "issueFlag": tree["issueFlag"] == true,
        "bundledFlag": false,
        "mergedFlag": false,
        "createdByParentFlag": false,
        "originalAuthor": tree["_info"]["enteredBy"],
        "_info": tree["_info"],
    });
    for name in ["member", "contact", "timeStart", "timeEnd"] {
        if !tree[name].is_null() {
            note[name] = tree[name].clone();
        }
    }
    Some((at, note))
}
