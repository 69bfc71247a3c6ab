//! The list of an integration's runs.

use askama::Template;

use crate::web::view::{Badge, Shell, Time};

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/sync_log/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// Provider key.
    pub key: &'static str,
    /// Provider name.
    pub name: &'static str,
    /// Whether Resync is offered.
    pub can_sync: bool,
    /// The runs, newest first.
    pub rows: Vec<Row>,
    /// Address of older runs.
    pub older: Option<String>,
    /// Address of the newest ones, when these are older.
    pub newest: Option<String>,
}

/// One run.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its id in addresses.
    pub uuid: String,
    /// When it started, or was asked for.
    pub when: Time,
    /// Its state.
    pub state: Badge,
    /// Whether it read everything.
    pub full: bool,
    /// What woke it.
    pub trigger: &'static str,
    /// Who asked.
    pub who: String,
    /// How long.
    pub took: String,
    /// Requests sent.
    pub requests: String,
    /// Records new here.
    pub created: String,
    /// Records that differed.
    pub changed: String,
    /// Records that were equal.
    pub unchanged: String,
    /// Records marked as removed.
    pub removed: String,
    /// Records outside the scope.
    pub out_of_scope: String,
    /// Records that could not be read.
    pub set_aside: String,
    /// Whether there were any.
    pub has_set_aside: bool,
    /// Mass-removal questions it asked, each in a line with its answer.
    pub questions: Vec<String>,
}

/// One row alone, for live updates.
#[derive(Debug, Template)]
#[template(path = "settings/sync_log/row.html")]
pub struct RowPart<'a> {
    /// Provider key.
    pub key: &'static str,
    /// The run.
    pub row: &'a Row,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};
    use domain::clock::UtcMillis;
    use domain::run::RunState;

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Settings);
        let rows = RunState::ALL.into_iter().enumerate().map(|(n, state)| Row {
            uuid: format!("run-{n}"),
            when: shell.time(
                shell
                    .now
                    .plus(-i64::try_from(n).expect("small") * 15 * UtcMillis::MINUTE),
            ),
            state: Badge::run(state),
            full: n == 2,
            trigger: "Auto-sync",
            who: if n == 1 {
                HOSTILE.into()
            } else if n == 2 {
                sample::long()
            } else {
                String::new()
            },
            took: "12.4 s".into(),
            requests: "148".into(),
            created: "12".into(),
            changed: "204".into(),
            unchanged: "47,904".into(),
            removed: "0".into(),
            out_of_scope: "1,204".into(),
            set_aside: "2".into(),
            has_set_aside: n == 3,
            questions: if n == 4 {
                vec![format!(
                    "412 contacts missing: {HOSTILE} kept them, 14 Mar 2026, 10:05 CET."
                )]
            } else {
                Vec::new()
            },
        });
        let rows = rows.collect();
        let mut page = ListPage {
            shell,
            key: "autotask",
            name: "Autotask",
            can_sync: true,
            rows,
            older: Some("/x".into()),
            newest: None,
        };
        sample::check("runs", &page);
        page.rows.clear();
        let html = sample::check("runs_empty", &page);
        assert!(html.contains("No sync yet"));
    }
}
