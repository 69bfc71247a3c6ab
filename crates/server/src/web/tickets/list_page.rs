//! The list of tickets.

use askama::Template;

use crate::web::view::{Badge, Choice, Heading, Pager, Shell, Time};

/// The page.
#[derive(Debug, Template)]
#[template(path = "tickets/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// What is filtered by, and what can be chosen.
    pub filter: FilterView,
    /// Column headings.
    pub headings: Vec<Heading>,
    /// The tickets.
    pub rows: Vec<TicketRow>,
    /// Count and paging.
    pub pager: Pager,
    /// Whether there is no integration tickets could come from.
    pub nothing_connected: bool,
    /// Whether every ticket there is was asked for.
    pub whole: bool,
}

impl ListPage {
    /// What to do where no ticket matches.
    #[must_use]
    pub fn nothing_help(&self) -> &'static str {
        let mut shown = self.filter.closed.iter().filter(|choice| choice.on);
        if shown.any(|choice| choice.value == "open") {
            "Change or clear the filters. Only open tickets are shown unless you choose Closed or All."
        } else {
            "Change or clear the filters."
        }
    }
}

/// The filter form.
#[derive(Debug, Clone, Default)]
pub struct FilterView {
    /// What was searched for.
    pub search: String,
    /// Open, closed, all.
    pub closed: Vec<Choice>,
    /// Integrations.
    pub integrations: Vec<Choice>,
    /// Records of several of them may be listed, so that each row says which.
    pub mixed: bool,
    /// Statuses, when they are of one integration.
    pub statuses: Vec<Choice>,
    /// Priorities, likewise.
    pub priorities: Vec<Choice>,
    /// Queues, likewise.
    pub queues: Vec<Choice>,
    /// The vendor's word for queue; empty where tickets are in none.
    pub queue_label: &'static str,
    /// Technicians, likewise.
    pub technicians: Vec<Choice>,
    /// Whether there are more than these, who are found by name.
    pub many_technicians: bool,
    /// The name that was looked for.
    pub technician_name: String,
    /// What came of it.
    pub technician_note: String,
    /// The company, by its id in addresses.
    pub company: String,
    /// Its name.
    pub company_name: String,
    /// The same list for all companies.
    pub without_company: String,
    /// Sort.
    pub sort: String,
    /// Direction.
    pub direction: String,
    /// Whether anything is filtered by.
    pub active: bool,
}

/// One ticket of a list.
#[derive(Debug, Clone)]
pub struct TicketRow {
    /// Its id in addresses.
    pub uuid: String,
    /// The number people quote.
    pub number: String,
    /// The tool it comes from.
    pub tool: String,
    /// Title.
    pub title: String,
    /// Company.
    pub company: String,
    /// The company's page, when it is one of Portico's.
    pub company_href: String,
    /// Status.
    pub status: Option<Badge>,
    /// Priority.
    pub priority: String,
    /// Queue.
    pub queue: String,
    /// Technician.
    pub technician: String,
    /// When it was created.
    pub created: Time,
    /// When anything last happened.
    pub updated: Time,
}

/// Samples other tests use too.
#[cfg(test)]
pub mod samples {
    use super::TicketRow;
    use crate::web::view::sample::{HOSTILE, long};
    use crate::web::view::{Badge, Shell};
    use domain::clock::UtcMillis;

    /// Some tickets, with hostile and long ones among them.
    #[must_use]
    pub fn rows(shell: &Shell) -> Vec<TicketRow> {
        let titles = [
            "Printer on the second floor prints blank pages",
            "VPN drops every afternoon",
            "New laptop for Maria Huber",
            "Outlook asks for a password again and again",
        ];
        let companies = [
            "Brightwater Dental Group",
            "Osprey Logistics GmbH",
            "Hollis & Vane Architects",
        ];
        let row = |n: usize| TicketRow {
            uuid: format!("t{n}"),
            number: format!("T20260314.{n:04}"),
            tool: "Autotask".into(),
            title: match n {
                2 => HOSTILE.into(),
                5 => long(),
                _ => titles[n % 4].into(),
            },
            company: if n == 5 {
                long()
            } else {
                companies[n % 3].into()
            },
            company_href: if n == 1 {
                String::new()
            } else {
                "/companies/c".into()
            },
            status: Some(Badge::plain(
                ["New", "In Progress", "Waiting Customer"][n % 3],
            )),
            priority: ["High", "Medium", "Low"][n % 3].into(),
            queue: if n == 5 {
                long()
            } else {
                "Level I Support".into()
            },
            technician: ["Jonas Weber", "", "Ada Moreno"][n % 3].into(),
            created: shell.time(
                shell
                    .now
                    .plus(-i64::try_from(n).expect("small") * 9 * UtcMillis::HOUR),
            ),
            updated: shell.time(
                shell
                    .now
                    .plus(-i64::try_from(n).expect("small") * 17 * UtcMillis::MINUTE),
            ),
        };
        (0..12).map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};

    fn page() -> ListPage {
        let shell = sample::shell(Section::Tickets);
        let some = |on: &str| {
            ["New", "In Progress", "Waiting Customer", HOSTILE]
                .map(|word| Choice::new(word, word, word == on))
                .to_vec()
        };
        ListPage {
            filter: FilterView {
                search: HOSTILE.into(),
                closed: vec![
                    Choice::new("open", "Open", true),
                    Choice::new("closed", "Closed", false),
                    Choice::new("all", "All", false),
                ],
                statuses: some("New"),
                priorities: some(""),
                queues: some(""),
                queue_label: "Queue",
                technicians: some(""),
                company: "c".into(),
                company_name: sample::long(),
                without_company: "/tickets".into(),
                active: true,
                ..FilterView::default()
            },
            headings: vec![
                Heading::fixed("Number and title"),
                Heading::fixed("Company"),
                Heading::fixed("Status"),
                Heading::fixed("Priority"),
                Heading::fixed("Queue"),
                Heading::fixed("Assigned to"),
                Heading {
                    href: "/tickets?sort=created".into(),
                    ..Heading::fixed("Created")
                },
                Heading {
                    href: "/tickets?direction=asc".into(),
                    order: "descending",
                    ..Heading::fixed("Last activity")
                },
            ],
            rows: samples::rows(&shell),
            pager: Pager {
                count: "10,000+ tickets".into(),
                previous: Some("/x".into()),
                next: Some("/y".into()),
                export: "/tickets.csv".into(),
                note: "Too many tickets match.".into(),
            },
            nothing_connected: false,
            whole: false,
            shell,
        }
    }

    #[test]
    fn renders() {
        sample::check("tickets", &page());
        let mut many = page();
        many.filter.many_technicians = true;
        many.filter.technician_name = HOSTILE.into();
        many.filter.technician_note = sample::long();
        let html = sample::check("tickets_many_technicians", &many);
        assert!(html.contains("name=\"technician_name\""));
        let mut empty = page();
        empty.rows.clear();
        empty.filter = FilterView::default();
        empty.nothing_connected = true;
        let html = sample::check("tickets_empty", &empty);
        assert!(html.contains("Connect a PSA"), "says what to do next");
        let mut none = page();
        none.rows.clear();
        let html = sample::check("tickets_none", &none);
        assert!(html.contains("Only open tickets are shown"), "{html}");
        none.whole = true;
        let html = sample::check("tickets_none_at_all", &none);
        assert!(html.contains("No tickets yet"), "{html}");
    }
}
