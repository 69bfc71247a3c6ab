//! The part that shows an import: how far it is, or what it did.

use askama::Template;

use crate::web::view::Time;

/// An import.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Its page.
    pub address: String,
    /// Who asked for it, in words, and when.
    pub asked: Option<(String, Time)>,
    /// Where its live stream is; empty once it ended.
    pub events: String,
    /// How far it is, while it runs.
    pub progress: Option<Progress>,
    /// One line.
    pub title: String,
    /// How many welcome e-mails are on the way, as a sentence; empty where none was wanted.
    pub welcomed: String,
    /// *It* or *them*: these e-mails.
    pub welcomed_word: &'static str,
    /// Whether the list of e-mails may be opened.
    pub mail: bool,
    /// Further lines, such as what became of those who were linked.
    pub lines: Vec<String>,
    /// What was made.
    pub created: Part,
    /// What was linked.
    pub linked: Part,
    /// What was left out, and why.
    pub skipped: Part,
    /// Whether it ended before its last record.
    pub stopped: bool,
    /// Whether something that was done needs a look.
    pub look: bool,
    /// The whole report as a file; empty where its lines are gone.
    pub file: String,
    /// How to import more.
    pub again: Again,
    /// Where one goes from here; empty: nowhere.
    pub done: String,
    /// What that link says.
    pub done_label: String,
}

/// How to import more from where a report is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Again {
    /// It goes on by itself.
    #[default]
    ByItself,
    /// In the list at this address.
    List(String),
    /// In the wizard, whose form knows what else is kept.
    Wizard,
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// Records decided.
    pub decided: u64,
    /// All of them.
    pub total: u64,
    /// The same in words.
    pub words: String,
}

/// Records of one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// How many.
    pub count: String,
    /// The first of them.
    pub lines: Vec<ReportLine>,
    /// What to say about those that are not listed.
    pub more: String,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportLine {
    /// Name.
    pub name: String,
    /// The reason, or what is worth knowing.
    pub reason: String,
    /// Where it leads; empty: nowhere.
    pub href: String,
    /// What that link says.
    pub label: String,
}

impl Report {
    /// The class of the banner.
    #[must_use]
    pub const fn tone(&self) -> &'static str {
        let done = !self.created.lines.is_empty() || !self.linked.lines.is_empty();
        let whole = self.skipped.lines.is_empty() && !self.stopped && !self.look;
        match (done, whole) {
            (true, true) => "good",
            (true, false) => "warn",
            (false, _) if self.stopped => "bad",
            (false, _) => "info",
        }
    }

    /// The symbol of the banner.
    #[must_use]
    pub fn symbol(&self) -> &'static str {
        match self.tone() {
            "good" => "check-circle",
            "bad" => "alert",
            _ => "info",
        }
    }
}

/// The part alone, for the live stream.
#[derive(Debug, Template)]
#[template(path = "settings/imports/report.html")]
pub struct ReportPart {
    /// The import.
    pub report: Report,
}

#[cfg(test)]
pub mod samples {
    //! An import that ended, one that runs, and one that stopped, with long and hostile texts.

    use super::*;
    use crate::web::settings::import_users::troubleshooting;
    use crate::web::view::Shell;
    use crate::web::view::sample::{self, HOSTILE};

    fn part(lines: Vec<ReportLine>) -> Part {
        Part {
            count: lines.len().to_string(),
            lines,
            more: "and 1,204 more, all of them in the file.".into(),
        }
    }

    fn line(name: &str, reason: &str, label: &str) -> ReportLine {
        ReportLine {
            name: name.into(),
            reason: reason.into(),
            href: "/settings/users/x".into(),
            label: label.into(),
        }
    }

    /// One that ended.
    pub fn ended(shell: &Shell) -> Report {
        let (duplicate, cannot) = (
            troubleshooting::DUPLICATE_USER.solution,
            troubleshooting::CANNOT_SELECT.solution,
        );
        Report {
            address: "/settings/users/import/autotask/reports/x".into(),
            asked: Some((HOSTILE.into(), shell.time(shell.now))),
            title: "2 users created, 1 linked, 2 skipped".into(),
            welcomed: "2 welcome e-mails are on the way.".into(),
            welcomed_word: "them",
            mail: true,
            lines: vec!["Whoever is linked had an account already.".into()],
            created: part(vec![
                line("Maria Huber", "maria.huber@northwind-msp.example", ""),
                line(&sample::long(), &sample::long(), ""),
            ]),
            linked: part(vec![line(HOSTILE, HOSTILE, "")]),
            skipped: part(vec![
                line(HOSTILE, duplicate, "Open Ada Moreno"),
                line(&sample::long(), cannot, &sample::long()),
            ]),
            file: "/settings/users/import/autotask/reports/x/report.csv".into(),
            again: Again::List("/settings/users/import/autotask".into()),
            done: "/settings/users".into(),
            done_label: "Back to users".into(),
            ..Report::default()
        }
    }

    /// One that runs.
    pub fn running(shell: &Shell) -> Report {
        Report {
            events: "/settings/users/import/autotask/reports/x/events".into(),
            progress: Some(Progress {
                decided: 1_200,
                total: 5_000,
                words: "1,200 of 5,000 people: 1,190 created, 10 skipped.".into(),
            }),
            title: "Importing 5,000 people".into(),
            created: Part::default(),
            linked: Part::default(),
            skipped: Part::default(),
            ..ended(shell)
        }
    }

    /// One that stopped before it did anything.
    pub fn stopped(shell: &Shell) -> Report {
        Report {
            stopped: true,
            created: Part::default(),
            linked: Part::default(),
            ..ended(shell)
        }
    }
}
