//! The vendor's language of conditions: `board/id in (1,4) and lastUpdated>=[2026-03-01T00:00:00Z]`.
//!
//! Only numbers and instants are written into it. Texts would have to be quoted in a way the vendor does not document,
//! so none ever is: what people typed never becomes part of a condition.
//! <https://developer.connectwise.com/Best_Practices/PSA_API_Requests>

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use domain::clock::UtcMillis;
use domain::scope::Scope;
use domain::stream::{PullMode, Stream};

/// Longest conditions put into an address, in bytes as they stand in it: gateways refuse addresses of more than 2,000 or
/// so, and the host, the path and the other parameters want their part.
const LONGEST: usize = 1_400;

/// What a full or incremental run of a stream asks for; empty when for everything.
pub(super) fn of(stream: Stream, mode: PullMode, scope: &Scope) -> String {
    let mut parts = Vec::new();
    let since = match mode {
        PullMode::Full { floor } => floor,
        PullMode::Since { since } => Some(since),
    };
    // Members are read whole.
    let since = since.filter(|_| stream != Stream::Technicians);
    parts.extend(since.map(changed_since));
    if mode.is_full() && stream == Stream::Tickets {
        narrow(&mut parts, scope);
    }
    parts.join(" and ")
}

/// One record.
pub(super) fn by_id(id: i64) -> String {
    format!("id={id}")
}

/// Instants are whole seconds there; one in between is taken down, so that nothing is lost.
fn changed_since(since: UtcMillis) -> String {
    let second = UtcMillis(since.0.div_euclid(UtcMillis::SECOND) * UtcMillis::SECOND);
    let text = second.to_rfc3339().replace(".000Z", "Z");
    format!("lastUpdated>=[{text}]")
}

/// Leaves out what the scope leaves out, as far as one address can say it; the rest is the local scope's business.
fn narrow(parts: &mut Vec<String>, scope: &Scope) {
    let mut room = LONGEST;
    let mut add = |condition: Option<String>| {
        let condition = condition.map(|condition| (encoded(&condition), condition));
        if let Some((length, condition)) = condition.filter(|(length, _)| *length <= room) {
            room -= length;
            parts.push(condition);
        }
    };
    add(boards(&scope.queues));
    add(statuses(&scope.exclude_statuses));
}

/// How long a text is in an address.
fn encoded(text: &str) -> usize {
    let parts = url::form_urlencoded::byte_serialize(text.as_bytes());
    parts.map(str::len).sum()
}

fn boards(ids: &BTreeSet<String>) -> Option<String> {
    let ids: Option<Vec<i64>> = ids.iter().map(|id| id.parse().ok()).collect();
    let ids = ids.filter(|ids| !ids.is_empty())?;
    Some(format!("board/id in ({})", list(&ids)))
}

/// Statuses are named with their board, since their ids are only good there.
fn statuses(ids: &BTreeSet<String>) -> Option<String> {
    let mut of_board: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for id in ids {
        let (board, status) = id.split_once('/')?;
        of_board
            .entry(board.parse().ok()?)
            .or_default()
            .push(status.parse().ok()?);
    }
    let conditions: Vec<String> = of_board
        .iter()
        .map(|(board, ids)| format!("(board/id!={board} or status/id not in ({}))", list(ids)))
        .collect();
    (!conditions.is_empty()).then(|| conditions.join(" and "))
}

fn list(ids: &[i64]) -> String {
    let mut text = String::new();
    for (position, id) in ids.iter().enumerate() {
        // Writing to a text cannot fail.
        let _infallible = write!(text, "{}{id}", if position == 0 { "" } else { "," });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stays_short_as_it_is_sent() {
        for boards in [1, 40, 120, 400] {
            let scope = Scope {
                exclude_statuses: (1..=boards).map(|board| format!("{board}/17")).collect(),
                queues: (1..=boards).map(|board| board.to_string()).collect(),
                ..Scope::default()
            };
            let asked = of(Stream::Tickets, PullMode::Full { floor: None }, &scope);
            let sent = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("conditions", &asked)
                .finish();
            assert!(sent.len() < 1_600, "{boards}: {}", sent.len());
            assert_eq!(asked.is_empty(), boards == 400, "{boards}");
        }
    }

    #[test]
    fn only_full_runs_narrow_and_only_by_numbers() {
        let scope = Scope {
            queues: ["4".to_owned(), "1".to_owned()].into(),
            exclude_statuses: ["1/17".to_owned(), "1/18".to_owned(), "2/17".to_owned()].into(),
            ..Scope::default()
        };
        let full = PullMode::Full { floor: None };
        assert_eq!(
            of(Stream::Tickets, full, &scope),
            "board/id in (1,4) and (board/id!=1 or status/id not in (17,18)) and (board/id!=2 or status/id not in (17))"
        );
        assert_eq!(of(Stream::Companies, full, &scope), "");
        let since = PullMode::Since {
            since: UtcMillis(1_772_366_400_999),
        };
        assert_eq!(
            of(Stream::Tickets, since, &scope),
            "lastUpdated>=[2026-03-01T12:00:00Z]"
        );
        for odd in ["1) or (id>0", "x", ""] {
            let scope = Scope {
                queues: [odd.to_owned()].into(),
                exclude_statuses: [odd.to_owned()].into(),
                ..Scope::default()
            };
            assert_eq!(of(Stream::Tickets, full, &scope), "", "{odd:?}");
        }
        let many = Scope {
            queues: (0..600).map(|id| id.to_string()).collect(),
            exclude_statuses: ["1/17".to_owned()].into(),
            ..Scope::default()
        };
        assert_eq!(
            of(Stream::Tickets, full, &many),
            "(board/id!=1 or status/id not in (17))"
        );
    }
}
