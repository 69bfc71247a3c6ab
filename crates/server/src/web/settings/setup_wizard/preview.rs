//! `GET …/setup/auto-import`: what *Auto-Import* would do with the contacts that are here, before it is switched on.
//! A page of its own, shown as a dialog where scripts run.

use askama::Template;
use axum::extract::{Path, State};
use domain::contact_import::ContactImport;
use domain::imports::ImportKind;
use domain::provider::Provider;
use domain::settings::IntegrationSettings;
use domain::setup::SetupStep;
use store::listing::Count;
use sync::auto_import::{count_accounts, preview};
use sync::import_companies::{CompanyCounts, counts};

use super::frame::import_list;
use super::wizard::{Offer, Wizard};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::page::page;
use crate::web::settings::integrations::waiting_companies::WaitingCompanies;
use crate::web::view::list::count_text;
use crate::web::view::number::{counted, grouped};
use crate::web::view::{Query, Section, Shell};

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/setup_wizard/preview.html")]
pub struct PreviewPage {
    /// The frame.
    pub shell: Shell,
    /// Name of the provider.
    pub provider: &'static str,
    /// Where *Close* leads.
    pub back: String,
    /// The role, by name; empty: none is chosen yet.
    pub role: String,
    /// In one line.
    pub title: String,
    /// What would be done.
    pub done: Vec<String>,
    /// How many contacts have an account already; empty: none.
    pub accounts: String,
    /// Who would be left out: how many and why.
    pub skipped: Vec<(String, &'static str)>,
    /// There are more contacts than were looked at.
    pub more: bool,
    /// Companies whose contacts are not counted, because somebody has to import or link them; empty: none.
    pub waiting: String,
    /// Where that is done, once the setup is that far.
    pub import: Option<String>,
}

/// Counts. It looks at the contacts that are here now, with the role of the form it is opened from, else the one that is
/// stored. Who would become a user does not depend on which role it is, so that without one any stands in.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn show(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    query: Query,
) -> Answer {
    let (wizard, integration) = match Wizard::at(&app, &key, SetupStep::Sync).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let offer = Offer::load(&app, &integration).await?;
    let asked = if query.0.has("default_contact_role") {
        query.some("default_contact_role")
    } else {
        integration.settings.default_contact_role.clone()
    };
    let role = asked.and_then(|id| offer.roles.iter().find(|(known, _)| *known == id));
    let settings = IntegrationSettings {
        auto_import: true,
        default_contact_role: role.or(offer.roles.first()).map(|(id, _)| id.clone()),
        ..integration.settings.clone()
    };
    let found = preview(app.engine(), integration.id, &settings).await?;
    let accounts = count_accounts(app.engine(), integration.id).await?;
    let companies = counts(app.engine(), integration.id, &settings, None).await?;
    let import = import_list(wizard.provider, ImportKind::Companies);
    page(&PreviewPage {
        shell: staff.shell(Section::Settings),
        provider: wizard.provider.name,
        back: wizard.address(SetupStep::Sync),
        role: role.map(|(_, name)| name.clone()).unwrap_or_default(),
        title: title(&found, accounts, wizard.provider, companies),
        done: done(&found),
        waiting: waiting(wizard.provider, &settings, companies),
        accounts: has_account(accounts),
        import: wizard.place.opens(SetupStep::Import).then_some(import),
        skipped: found
            .skipped
            .iter()
            .map(|(reason, count)| (grouped(number(*count)), reason.sentence()))
            .collect(),
        more: found.more,
    })
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// How many contacts have an account already, which an import leaves as it is.
#[must_use]
pub fn has_account(count: Count) -> String {
    if count == Count::Exact(0) {
        return String::new();
    }
    format!(
        "{} an account already.",
        count_text(count, "contact has", "contacts have")
    )
}

fn title(
    found: &ContactImport,
    accounts: Count,
    provider: &Provider,
    companies: CompanyCounts,
) -> String {
    if found.imported() + found.already + found.skipped_count() == 0 && accounts == Count::Exact(0)
    {
        return if wait(companies) > 0 && companies.linked + companies.on_their_own == 0 {
            format!(
                "No {} of {} is a company in Portico yet, so none of their contacts can become a user.",
                provider.words.company.to_lowercase(),
                provider.name
            )
        } else {
            "No contacts of companies in Portico are here yet. The sync brings them; Auto-Import then follows by itself."
                .to_owned()
        };
    }
    match number(found.imported()) {
        0 if accounts != Count::Exact(0) => "Nobody more would become a user now.".to_owned(),
        0 => "Nobody would become a user now.".to_owned(),
        count => format!(
            "{} would become users now.",
            counted(count, "contact", "contacts")
        ),
    }
}

/// Companies that do not become companies here on their own.
const fn wait(companies: CompanyCounts) -> u64 {
    companies.unlinked().saturating_sub(companies.on_their_own)
}

/// What waits for a person, for those whose contacts cannot be counted therefore.
fn waiting(
    provider: &'static Provider,
    settings: &IntegrationSettings,
    companies: CompanyCounts,
) -> String {
    let left = WaitingCompanies::new(provider, settings, wait(companies), 0);
    left.text()
        .map(|text| format!("{text} Their contacts follow then."))
        .unwrap_or_default()
}

fn done(found: &ContactImport) -> Vec<String> {
    let mut lines = Vec::new();
    if found.created > 0 {
        lines.push(format!(
            "{} created. Nobody is written to, and nobody can sign in before being invited.",
            counted(number(found.created), "account", "accounts")
        ));
    }
    if found.joined > 0 {
        lines.push(format!(
            "{} already, and would be added to the company. Their own role elsewhere stays.",
            if found.joined == 1 {
                "1 has an account".to_owned()
            } else {
                format!("{} have an account", grouped(number(found.joined)))
            }
        ));
    }
    if found.already > 0 {
        lines.push(format!(
            "{} of their company already; nothing changes for them.",
            counted(number(found.already), "is a user", "are users")
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::sample::{self, HOSTILE};
    use domain::contact_import::ContactSkip;

    fn companies(all: u64, linked: u64) -> CompanyCounts {
        CompanyCounts {
            all,
            linked,
            not_the_source: all - linked,
            ..CompanyCounts::default()
        }
    }

    #[test]
    fn renders() {
        let provider = domain::provider::find("autotask").expect("there");
        let found = ContactImport {
            created: 1_214,
            joined: 1,
            already: 5,
            skipped: [(ContactSkip::NoEmail, 31), (ContactSkip::LooksLike, 1)].into(),
            more: true,
            ..ContactImport::default()
        };
        let page = PreviewPage {
            shell: sample::shell(Section::Settings),
            provider: "Autotask",
            back: "/x".into(),
            role: HOSTILE.into(),
            title: title(&found, Count::Exact(409), provider, companies(41, 30)),
            done: done(&found),
            accounts: has_account(Count::Exact(409)),
            skipped: vec![("31".into(), ContactSkip::NoEmail.sentence())],
            more: true,
            waiting: waiting(provider, &IntegrationSettings::default(), companies(41, 30)),
            import: Some("/import".into()),
        };
        let html = sample::check("setup_auto_import", &page);
        assert!(html.contains("1,215 contacts would become users now"));
        assert!(html.contains("409 contacts have an account already."));
        assert_eq!(done(&found).len(), 3);
        let settled = title(
            &ContactImport::default(),
            Count::Exact(1),
            provider,
            companies(41, 41),
        );
        assert_eq!(settled, "Nobody more would become a user now.");
        let none = PreviewPage {
            role: String::new(),
            ..page
        };
        let html = sample::check("setup_auto_import_no_role", &none);
        assert!(html.contains("No role is chosen yet"));
        assert!(
            html.contains("11 companies of Autotask wait until"),
            "{html}"
        );
        assert!(html.contains("href=\"/import\""));
    }

    #[test]
    fn nobody_is_promised_a_sync_that_brings_nothing() {
        let provider = domain::provider::find("halo_psa").expect("there");
        let of = |companies| {
            title(
                &ContactImport::default(),
                Count::Exact(0),
                provider,
                companies,
            )
        };
        let read_nothing = of(CompanyCounts::default());
        assert!(read_nothing.starts_with("No contacts"), "{read_nothing}");
        let none = of(companies(41, 0));
        assert!(
            none.starts_with("No client of Halo PSA is a company"),
            "{none}"
        );
        let coming = CompanyCounts {
            on_their_own: 41,
            ..companies(41, 0)
        };
        assert!(
            of(coming).starts_with("No contacts"),
            "the sync brings them"
        );
        let settings = IntegrationSettings::default();
        assert_eq!(waiting(provider, &settings, coming), "");
        let one = waiting(provider, &settings, companies(41, 40));
        assert!(one.starts_with("1 client of Halo PSA waits until"), "{one}");
    }
}
