//! From the stored import to what a page shows of it.

use domain::id::PublicId;
use domain::imports::{ImportCounts, ImportKind};
use domain::provider::Provider;
use domain::setup::SetupStep;
use store::imports::Import;
use sync::auto_import::{self, ContactDone, ContactSkipped};
use sync::import_companies::{self, CompanyDone, CompanySkip, CompanySkipped};
use sync::import_users::{self, Done, Skipped};

use super::report::{Again, Part, Progress, Report, ReportLine};
use crate::app::App;
use crate::web::error::Failure;
use crate::web::settings::setup_wizard::frame;
use crate::web::view::Shell;
use crate::web::view::number::{counted, grouped};

/// Lines listed of each outcome.
const LISTED: i64 = 100;

/// Where a report is shown, and where its links lead.
#[derive(Debug)]
pub struct Place {
    /// Its page.
    address: String,
    /// Before the words `events` and `report.csv`.
    base: String,
    /// After them.
    query: &'static str,
    /// How to import more.
    again: Again,
    /// Onwards.
    done: String,
    /// What that link says.
    done_label: &'static str,
}

impl Place {
    /// In the import dialog.
    #[must_use]
    pub fn dialog(provider: &Provider, kind: ImportKind, import: &PublicId) -> Self {
        let address = address(provider, kind, import);
        let of_list = |list: &str| Again::List(format!("{list}/import/{}", provider.key));
        let (again, done, done_label) = match kind {
            ImportKind::Users => {
                let list = "/settings/users";
                (of_list(list), list.to_owned(), "Back to users")
            }
            ImportKind::Companies => {
                let list = "/companies";
                (of_list(list), list.to_owned(), "Back to companies")
            }
            ImportKind::Contacts => {
                let integration = format!("/settings/integrations/{}", provider.key);
                (Again::ByItself, integration, "Back to the integration")
            }
        };
        Self {
            base: address.clone(),
            address,
            query: "",
            again,
            done,
            done_label,
        }
    }

    /// In the Import step of the wizard.
    #[must_use]
    pub fn setup(provider: &Provider, kind: ImportKind, import: &PublicId) -> Self {
        let step = frame::address(provider, SetupStep::Import);
        let tab = kind.key();
        let (done, done_label) = match kind {
            ImportKind::Users => ("/settings/users", "See all users"),
            ImportKind::Companies => ("/companies", "See all companies"),
            ImportKind::Contacts => ("/contacts/accounts", "See all accounts"),
        };
        Self {
            address: format!("{step}?tab={tab}&report={import}"),
            base: address(provider, kind, import),
            query: "?from=setup",
            again: Again::Wizard,
            done: done.to_owned(),
            done_label,
        }
    }

    /// Its page.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

/// Under which an import is reached.
fn address(provider: &Provider, kind: ImportKind, import: &PublicId) -> String {
    let key = provider.key;
    match kind {
        ImportKind::Users => format!("/settings/users/import/{key}/reports/{import}"),
        ImportKind::Companies => format!("/companies/import/{key}/reports/{import}"),
        ImportKind::Contacts => {
            format!("/settings/integrations/{key}/auto-imports/{import}")
        }
    }
}

/// An import as it is shown.
///
/// # Errors
/// When the database does not answer.
pub async fn to_report(
    app: &App,
    shell: &Shell,
    provider: &'static Provider,
    import: &Import,
    place: Place,
) -> Result<Report, Failure> {
    let words = Words::of(import.kind);
    let frame = Report {
        asked: Some((asked_by(import), shell.time(import.created_at))),
        file: format!("{}/report.csv", place.base),
        address: place.address,
        again: place.again,
        done: place.done,
        done_label: place.done_label.to_owned(),
        ..Report::default()
    };
    let counts = &import.counts;
    if import.finished_at.is_none() {
        let all = counted(number(counts.total), words.one, words.many);
        return Ok(Report {
            events: format!("{}/events{}", place.base, place.query),
            progress: Some(Progress {
                decided: counts.decided(),
                total: counts.total,
                words: so_far(counts, &words),
            }),
            title: format!("Importing {all}"),
            ..frame
        });
    }
    let lists = match import.kind {
        ImportKind::Users => of_users(app, import).await?,
        ImportKind::Companies => of_companies(app, import).await?,
        ImportKind::Contacts => of_contacts(app, import).await?,
    };
    let mut lines = lines(provider, import, &words);
    let gone = counts.decided() > 0 && lists.is_empty();
    if gone {
        lines.push(format!(
            "Whom it was about is no longer told: the lines were removed with Delete data of {}. Only the counts are left.",
            provider.name
        ));
    }
    lines.extend(deactivated(&lists.deactivated));
    let part = |lines: Vec<ReportLine>, count: u64| Part {
        more: more(count, lines.len() as u64),
        count: grouped(number(count)),
        lines,
    };
    Ok(Report {
        title: title(import, &words),
        welcomed: welcomed(import).unwrap_or_default(),
        welcomed_word: if import.counts.welcomed == 1 {
            "it"
        } else {
            "them"
        },
        mail: shell.rights.manage_settings,
        lines,
        created: part(lists.created, counts.created),
        linked: part(lists.linked, counts.linked),
        skipped: part(lists.skipped, counts.skipped),
        stopped: import.stopped.is_some(),
        look: !lists.deactivated.is_empty(),
        file: if gone { String::new() } else { frame.file },
        ..frame
    })
}

/// What is said of users who were linked and are switched off; nothing when none is.
fn deactivated(names: &[String]) -> Option<String> {
    const NAMED: usize = 3;
    let (first, rest) = names.split_at(names.len().min(NAMED));
    let who = match (first, rest.len()) {
        ([], _) => return None,
        ([one], _) => format!("{one} is"),
        ([before @ .., last], 0) => format!("{} and {last} are", before.join(", ")),
        (_, more) => format!(
            "{} and {} more are",
            first.join(", "),
            grouped(number(more as u64))
        ),
    };
    Some(format!(
        "{who} linked, but deactivated, and cannot sign in: open the user below and choose Reactivate."
    ))
}

fn asked_by(import: &Import) -> String {
    match import.kind {
        ImportKind::Users | ImportKind::Companies => {
            format!("Asked for by {}", import.actor.label())
        }
        ImportKind::Contacts => "By Auto-Import".to_owned(),
    }
}

/// What is counted, in words.
struct Words {
    one: &'static str,
    many: &'static str,
    /// What is made of each.
    made: &'static str,
    made_many: &'static str,
}

impl Words {
    const fn of(kind: ImportKind) -> Self {
        match kind {
            ImportKind::Users => Self {
                one: "person",
                many: "people",
                made: "user",
                made_many: "users",
            },
            ImportKind::Companies => Self {
                one: "company",
                many: "companies",
                made: "company",
                made_many: "companies",
            },
            ImportKind::Contacts => Self {
                one: "contact",
                many: "contacts",
                made: "portal account",
                made_many: "portal accounts",
            },
        }
    }
}

/// The outcome in one line, such as `2 users created with the role Technician, 1 linked`.
fn title(import: &Import, words: &Words) -> String {
    let counts = &import.counts;
    let made = counted(number(counts.created), words.made, words.made_many);
    let role = import.role_name.as_ref().filter(|_| counts.created > 0);
    let mut parts = vec![match role {
        Some(role) => format!("{made} created with the role {role}"),
        None => format!("{made} created"),
    }];
    parts.extend(others(counts));
    parts.join(", ")
}

/// The outcome of an import that ended or runs, for lists.
#[must_use]
pub fn in_short(import: &Import) -> String {
    let words = Words::of(import.kind);
    if import.finished_at.is_some() {
        title(import, &words)
    } else {
        so_far(&import.counts, &words)
    }
}

fn so_far(counts: &ImportCounts, words: &Words) -> String {
    let mut text = format!(
        "{} of {}",
        grouped(number(counts.decided())),
        counted(number(counts.total), words.one, words.many)
    );
    let mut parts = Vec::new();
    if counts.created > 0 {
        parts.push(format!("{} created", grouped(number(counts.created))));
    }
    parts.extend(others(counts));
    if !parts.is_empty() {
        text.push_str(": ");
        text.push_str(&parts.join(", "));
    }
    text.push('.');
    text
}

fn others(counts: &ImportCounts) -> Vec<String> {
    [(counts.linked, "linked"), (counts.skipped, "skipped")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", grouped(number(count))))
        .collect()
}

/// How many of the users that were made are told, where that was wanted.
fn welcomed(import: &Import) -> Option<String> {
    let asked = import.asked.get("send_welcome");
    let wanted = asked.and_then(serde_json::Value::as_bool) == Some(true);
    let made = import.kind == ImportKind::Users && import.counts.created > 0;
    let mails = counted(
        number(import.counts.welcomed),
        "welcome e-mail is",
        "welcome e-mails are",
    );
    (wanted && made).then(|| format!("{mails} on the way."))
}

fn lines(provider: &Provider, import: &Import, words: &Words) -> Vec<String> {
    let counts = &import.counts;
    let mut lines = Vec::new();
    if import.kind == ImportKind::Users && counts.created > 0 && welcomed(import).is_none() {
        lines.push(
            "Nobody was told. Send the welcome e-mail from the Users list when you are ready."
                .to_owned(),
        );
    }
    if import.kind == ImportKind::Contacts {
        lines.extend(lines_of_contacts(import));
        return lines;
    }
    if counts.linked > 0 && import.kind == ImportKind::Users {
        lines.push(
            "Whoever is linked had an account already, and keeps it with its role and address."
                .to_owned(),
        );
    }
    if counts.created + counts.linked == 0 {
        let what = match import.kind {
            ImportKind::Users => provider.words.technicians.to_lowercase(),
            ImportKind::Companies | ImportKind::Contacts => words.many.to_owned(),
        };
        lines.push(format!("Nothing was changed. The {what} stay in the list."));
    }
    if let Some(stopped) = import.stopped {
        let left = match (import.kind, counts.rest()) {
            (ImportKind::Users, rest) => counted(number(rest), "person was", "people were"),
            (ImportKind::Companies, rest) => counted(number(rest), "company was", "companies were"),
            (ImportKind::Contacts, rest) => counted(number(rest), "contact was", "contacts were"),
        };
        lines.push(stopped.sentence(&left));
    }
    lines
}

fn lines_of_contacts(import: &Import) -> Vec<String> {
    let counts = &import.counts;
    let mut lines = Vec::new();
    if counts.created > 0 {
        lines.push("Nobody was told, and nobody can sign in before being invited.".to_owned());
    }
    if counts.linked > 0 {
        lines.push(format!(
            "Whoever is linked had an account already, as one of your staff or at another company, and belongs to this company too now{}.",
            import
                .role_name
                .as_ref()
                .map(|role| format!(", there as {role}"))
                .unwrap_or_default()
        ));
    }
    if counts.skipped > 0 {
        lines.push(
            "Skipped are those whom no earlier report told about; it tells each once. They follow by themselves when the reason is gone."
                .to_owned(),
        );
    }
    lines
}

/// The listed lines of each outcome.
struct Lists {
    created: Vec<ReportLine>,
    linked: Vec<ReportLine>,
    skipped: Vec<ReportLine>,
    /// Names of users among the linked who are switched off.
    deactivated: Vec<String>,
}

impl Lists {
    /// Whether no record of any outcome is there.
    const fn is_empty(&self) -> bool {
        self.created.is_empty() && self.linked.is_empty() && self.skipped.is_empty()
    }
}

async fn of_users(app: &App, import: &Import) -> Result<Lists, Failure> {
    let report = import_users::report(app.engine(), import, LISTED).await?;
    let off = report.linked.iter().filter(|done| done.deactivated);
    let deactivated = off.map(|done| done.name.clone()).collect();
    let done = |done: Done| ReportLine {
        href: format!("/settings/users/{}", done.user),
        reason: about(&done),
        name: done.name,
        label: String::new(),
    };
    Ok(Lists {
        created: report.created.into_iter().map(done).collect(),
        linked: report.linked.into_iter().map(done).collect(),
        skipped: report.skipped.into_iter().map(skipped_person).collect(),
        deactivated,
    })
}

/// What is worth knowing of somebody who was imported.
fn about(done: &Done) -> String {
    let mut text = done.email.clone();
    if !done.there.is_empty() && done.there != done.name {
        text.push_str(&format!(", “{}” there", done.there));
    }
    if done.joined {
        text.push_str("; has an account at a client too, and keeps the name of that");
    }
    if let Some(company) = &done.contact_of {
        text.push_str(&format!("; is a contact at {company} too"));
    }
    if done.deactivated {
        text.push_str("; deactivated, cannot sign in");
    }
    text
}

async fn of_contacts(app: &App, import: &Import) -> Result<Lists, Failure> {
    let report = auto_import::read(app.engine(), import, LISTED).await?;
    let done = |done: ContactDone| ReportLine {
        href: format!("/contacts/{}", done.contact),
        reason: format!("{}, {}", done.email, done.company),
        name: done.name,
        label: String::new(),
    };
    let skipped = |skipped: ContactSkipped| ReportLine {
        href: format!("/contacts/{}", skipped.contact),
        reason: format!("{}: {}", skipped.company, skipped.reason.sentence()),
        name: if skipped.name.is_empty() {
            "(no name)".to_owned()
        } else {
            skipped.name
        },
        label: String::new(),
    };
    Ok(Lists {
        created: report.created.into_iter().map(done).collect(),
        linked: report.joined.into_iter().map(done).collect(),
        skipped: report.skipped.into_iter().map(skipped).collect(),
        deactivated: Vec::new(),
    })
}

fn skipped_person(skipped: Skipped) -> ReportLine {
    let user = skipped.reason.user();
    ReportLine {
        reason: skipped.reason.sentence(),
        href: user
            .map(|(uuid, _)| format!("/settings/users/{uuid}"))
            .unwrap_or_default(),
        label: user
            .map(|(_, name)| format!("Open {name}"))
            .unwrap_or_default(),
        name: named(skipped.name),
    }
}

async fn of_companies(app: &App, import: &Import) -> Result<Lists, Failure> {
    let report = import_companies::report(app.engine(), import, LISTED).await?;
    let done = |done: CompanyDone| ReportLine {
        href: format!("/companies/{}", done.company),
        reason: if done.name == done.company_name {
            String::new()
        } else {
            format!("“{}” there", done.name)
        },
        name: done.company_name,
        label: String::new(),
    };
    Ok(Lists {
        created: report.created.into_iter().map(done).collect(),
        linked: report.linked.into_iter().map(done).collect(),
        skipped: report.skipped.into_iter().map(skipped_company).collect(),
        deactivated: Vec::new(),
    })
}

fn skipped_company(skipped: CompanySkipped) -> ReportLine {
    let (href, label) = match &skipped.reason {
        CompanySkip::AlreadyLinked { company, name } => {
            (format!("/companies/{company}"), format!("Open {name}"))
        }
        _ => Default::default(),
    };
    ReportLine {
        reason: skipped.reason.sentence(),
        href,
        label,
        name: named(skipped.name),
    }
}

fn named(name: String) -> String {
    if name.is_empty() {
        "(removed)".to_owned()
    } else {
        name
    }
}

fn more(count: u64, listed: u64) -> String {
    match count.saturating_sub(listed) {
        0 => String::new(),
        rest => format!(
            "and {} more, all of them in the file.",
            grouped(number(rest))
        ),
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
