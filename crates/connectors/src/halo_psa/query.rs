//! The questions: which address stands for which stream, and with which parameters it is asked.

use domain::clock::UtcMillis;
use domain::scope::Scope;
use domain::stream::{PullMode, Stream};

use crate::http::exchange::Call;
use crate::overlap::Numbered;

/// Most rows in a page of tickets: more are asked for in vain (homotechsual/HaloAPI#90).
const TICKETS: u32 = 100;
/// Most rows asked for in a page of anything else.
const PEOPLE: u32 = 500;
/// Most teams a question is narrowed by; more would make an address too long for proxies.
const MOST_TEAMS: usize = 40;

/// Closed ones and others, by Halo's description a list of ones and zeros: a release whose lists leave closed ones out
/// unasked would let them be taken for deleted.
const CLOSED_TOO: (&str, &str) = ("includeclosed", "0,1");

/// Where the records of a stream are.
pub(super) struct Source {
    /// The operation, for errors.
    pub(super) operation: &'static str,
    /// Its address below the root.
    pub(super) path: &'static str,
    /// Parameters of every question.
    pub(super) fixed: &'static [(&'static str, &'static str)],
    /// Whether the list has pages and counts.
    pub(super) paged: bool,
    /// Most rows asked for.
    pub(super) largest_page: u32,
}

/// The source of a stream; the connector has no others.
pub(super) const fn source(stream: Stream) -> Source {
    match stream {
        Stream::Companies => Source {
            operation: "list clients",
            path: "Client",
            fixed: &[
                ("includeactive", "true"),
                ("includeinactive", "true"),
                ("includeazuretenants", "true"),
            ],
            paged: true,
            largest_page: PEOPLE,
        },
        Stream::Technicians => Source {
            operation: "list agents",
            path: "Agent",
            fixed: &[
                ("includeenabled", "true"),
                ("includedisabled", "true"),
                ("includeunassigned", "false"),
                ("includeapiagents", "true"),
            ],
            paged: false,
            largest_page: PEOPLE,
        },
        // General users are no people, service accounts no contacts, and agents are staff.
        Stream::Contacts => Source {
            operation: "list users",
            path: "Users",
            fixed: &[
                ("includeactive", "true"),
                ("includeinactive", "true"),
                ("exclude_generaluser", "true"),
                ("exclude_agents", "true"),
                ("includenonserviceaccount", "true"),
                ("includeserviceaccount", "false"),
            ],
            paged: true,
            largest_page: PEOPLE,
        },
        Stream::Opportunities => Source {
            operation: "list opportunities",
            path: "Opportunities",
            fixed: &[CLOSED_TOO],
            paged: true,
            largest_page: TICKETS,
        },
        // Sales and projects are tickets too unless the domain says that service tickets are meant.
        _ => Source {
            operation: "list tickets",
            path: "Tickets",
            fixed: &[("domain", "reqs"), CLOSED_TOO, ("includecontract", "true")],
            paged: true,
            largest_page: TICKETS,
        },
    }
}

fn question(stream: Stream) -> Call {
    let source = source(stream);
    let call = Call::get(source.operation, source.path, source.path);
    source
        .fixed
        .iter()
        .fold(call, |call, (name, value)| call.with(name, *value))
}

/// One page of a stream. A full run may be narrowed by teams; an incremental one must see what leaves the scope.
pub(super) fn list(stream: Stream, mode: PullMode, scope: &Scope, asked: Numbered) -> Call {
    let source = source(stream);
    let mut call = question(stream);
    if source.paged {
        call = call
            .with("pageinate", "true")
            .with("page_no", asked.page.to_string())
            .with("page_size", asked.size.to_string())
            .with("order", "id")
            .with("orderdesc", "false");
    }
    let since = match mode {
        PullMode::Since { since } => Some(since),
        PullMode::Full { floor } => floor,
    };
    let knows_changes = matches!(
        stream,
        Stream::Contacts | Stream::Tickets | Stream::Opportunities
    );
    if let Some(since) = since.filter(|_| knows_changes) {
        call = call.with("lastupdatefromdate", since.to_rfc3339());
    }
    let teams: Option<Vec<&str>> = scope
        .queues
        .iter()
        .map(|team| team.parse::<i64>().ok().map(|_| team.as_str()))
        .collect();
    match teams {
        Some(teams)
            if stream == Stream::Tickets
                && mode.is_full()
                && (1..=MOST_TEAMS).contains(&teams.len()) =>
        {
            call.with("team", teams.join(","))
        }
        _ => call,
    }
}

/// One page of the tickets with an action since an instant; to the day after `now`, whatever the vendor's own zone is.
pub(super) fn acted(since: UtcMillis, now: UtcMillis, asked: Numbered) -> Call {
    let everything = PullMode::Full { floor: None };
    list(Stream::Tickets, everything, &Scope::default(), asked)
        .with("datesearch", "lastactiondate")
        .with("startdate", since.to_rfc3339())
        .with("enddate", now.max(since).plus(UtcMillis::DAY).to_rfc3339())
}

/// A page of one row: what it is asked for is the count around it.
pub(super) const fn one_row() -> Numbered {
    Numbered { page: 1, size: 1 }
}

/// Asks for custom fields by their ids.
pub(super) fn with_custom_fields(call: Call, ids: &str) -> Call {
    match ids {
        "" => call,
        ids => call.with("include_custom_fields", ids),
    }
}

/// One record. Tickets are looked for in their list, which has no deleted ones and the same fields as any page.
pub(super) fn by_id(stream: Stream, id: i64) -> Call {
    let source = source(stream);
    match stream {
        Stream::Tickets | Stream::Opportunities => question(stream)
            .with("pageinate", "true")
            .with("page_no", "1")
            .with("page_size", "2")
            .with("ticketids", id.to_string()),
        _ => Call::get(
            source.operation,
            source.path,
            format!("{}/{id}", source.path),
        )
        .with("includedetails", "true"),
    }
}

/// One action, whichever: what there is of them for the agent.
pub(super) fn any_action(operation: &'static str) -> Call {
    Call::get(operation, "Actions", "Actions").with("count", "1")
}

/// The actions of a ticket, without what the product wrote itself.
pub(super) fn actions(operation: &'static str, ticket: i64, count: Option<u64>) -> Call {
    let call = Call::get(operation, "Actions", "Actions")
        .with("ticket_id", ticket.to_string())
        .with("excludesys", "true")
        .with("includehtmlnote", "true");
    match count {
        Some(count) => call.with("count", count.to_string()),
        None => call,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value<'c>(call: &'c Call, name: &str) -> Option<&'c str> {
        let found = call.query.iter().find(|(have, _)| *have == name);
        found.map(|(_, value)| value.as_str())
    }

    #[test]
    fn p13_only_full_runs_are_narrowed_and_only_by_what_halo_understands() {
        let page = Numbered { page: 2, size: 99 };
        let full = PullMode::Full { floor: None };
        let since = PullMode::Since {
            since: UtcMillis(0),
        };
        let scope = |teams: &[&str]| Scope {
            queues: teams.iter().map(ToString::to_string).collect(),
            ..Scope::default()
        };
        let team = |mode, scope: &Scope| {
            value(&list(Stream::Tickets, mode, scope, page), "team").map(str::to_owned)
        };
        assert_eq!(team(full, &scope(&["1", "4"])).as_deref(), Some("1,4"));
        assert_eq!(team(full, &scope(&[])), None);
        assert_eq!(team(full, &scope(&["1", "by name"])), None);
        assert_eq!(team(since, &scope(&["1"])), None);
        let call = list(Stream::Tickets, since, &Scope::default(), page);
        assert_eq!(value(&call, "page_size"), Some("99"));
        assert_eq!(
            value(&call, "lastupdatefromdate"),
            Some("1970-01-01T00:00:00.000Z")
        );
        for (stream, closed) in [
            (Stream::Tickets, Some("0,1")),
            (Stream::Opportunities, Some("0,1")),
            (Stream::Contacts, None),
        ] {
            let asked = list(stream, full, &Scope::default(), page);
            assert_eq!(value(&asked, "includeclosed"), closed, "{stream:?}");
            assert_eq!(value(&by_id(stream, 7), "includeclosed"), closed);
        }
        let agents = list(Stream::Technicians, since, &Scope::default(), page);
        assert_eq!(value(&agents, "page_no"), None);
        assert_eq!(value(&agents, "lastupdatefromdate"), None);
    }
}
