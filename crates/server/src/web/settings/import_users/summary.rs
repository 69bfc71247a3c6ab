//! What an import did, as it is shown.

use sync::import_users::{Done, ImportReport, ImportUsers, Skipped};

use super::build::{Addresses, Source};
use super::picker::{ResultLine, Summary};
use crate::web::view::number::{counted, grouped};

/// Lines listed of each kind.
const LISTED: usize = 100;

/// The report as it is shown.
#[must_use]
pub fn to_summary(
    source: &Source,
    addresses: &Addresses,
    wanted: &ImportUsers,
    report: ImportReport,
) -> Summary {
    let (created, linked, skipped) = (
        report.created.len(),
        report.linked.len(),
        report.skipped.len(),
    );
    let mut parts = vec![format!(
        "{} created",
        counted(number(created), "user", "users")
    )];
    if linked > 0 {
        parts.push(format!("{} linked", grouped(number(linked))));
    }
    if skipped > 0 {
        parts.push(format!("{} skipped", grouped(number(skipped))));
    }
    let mut lines = Vec::new();
    if created > 0 {
        lines.push(match (wanted.send_welcome, report.welcome) {
            (true, sent) => format!(
                "{} on the way.",
                counted(number(sent), "welcome e-mail is", "welcome e-mails are")
            ),
            (false, _) => {
                "Nobody was told. Send the welcome e-mail from the Users list when you are ready."
                    .to_owned()
            }
        });
    }
    if created + linked == 0 {
        lines.push(format!(
            "Nothing was changed. The {} stay in the list.",
            source.provider.words.technicians.to_lowercase()
        ));
    }
    if let Some(stopped) = report.stopped {
        let left = counted(number(report.rest), "person was", "people were");
        lines.push(stopped.sentence(&left));
    }
    let done = |done: Done| ResultLine {
        href: format!("/settings/users/{}", done.user),
        name: done.name,
        reason: done.email,
        label: String::new(),
    };
    Summary {
        title: parts.join(", "),
        lines,
        created_count: grouped(number(created)),
        created_more: more(created, "all of them in the Users list"),
        created: report.created.into_iter().take(LISTED).map(done).collect(),
        linked_count: grouped(number(linked)),
        linked_more: more(linked, "all of them in the Users list"),
        linked: report.linked.into_iter().take(LISTED).map(done).collect(),
        skipped_count: grouped(number(skipped)),
        skipped_more: more(skipped, "still unlinked in the list"),
        skipped: report
            .skipped
            .into_iter()
            .take(LISTED)
            .map(to_line)
            .collect(),
        again: addresses.again.clone(),
        done: addresses.done.clone(),
        done_label: addresses.done_label.clone(),
    }
}

fn to_line(skipped: Skipped) -> ResultLine {
    let user = skipped.reason.user();
    ResultLine {
        reason: skipped.reason.sentence(),
        href: user
            .map(|(uuid, _)| format!("/settings/users/{uuid}"))
            .unwrap_or_default(),
        label: user
            .map(|(_, name)| format!("Open {name}"))
            .unwrap_or_default(),
        name: if skipped.name.is_empty() {
            "(removed)".to_owned()
        } else {
            skipped.name
        },
    }
}

fn more(count: usize, where_to: &str) -> String {
    if count > LISTED {
        format!("and {} more, {where_to}.", grouped(number(count - LISTED)))
    } else {
        String::new()
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
