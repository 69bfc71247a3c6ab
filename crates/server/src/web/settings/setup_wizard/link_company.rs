//! `GET` and `POST …/setup/import/companies/{record}/link`: a company of the provider is linked to one that is here.
//! A page of its own, shown as a dialog where scripts run.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::id::PublicId;
use domain::imports::ImportKind;
use domain::setup::SetupStep;
use store::companies::{CompanyFilter, CompanySort, list_for_viewer};
use store::company_import::{CompanyImportRow, find_for_import};
use store::integrations::Integration;
use store::listing::{Count, Direction};
use sync::import_companies::{CompanyAction, CompanyChoice, ImportCompanies, apply};

use super::frame::{address, import_list};
use super::import_step::require_import_companies;
use super::wizard::Wizard;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::page_with;
use crate::web::settings::imports::kept_list::KeptList;
use crate::web::view::{Choice, Query, Section, Shell};

const STEP: SetupStep = SetupStep::Import;

/// Companies offered at once.
const OFFERED: u32 = 20;

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/setup_wizard/link_company.html")]
pub struct LinkPage {
    /// The frame.
    pub shell: Shell,
    /// The provider's company.
    pub name: String,
    /// Name of the provider.
    pub provider: &'static str,
    /// Where the form goes.
    pub action: String,
    /// Where *Cancel* leads.
    pub back: String,
    /// What was searched for.
    pub search: String,
    /// Companies to choose from.
    pub companies: Vec<Choice>,
    /// There are more than the page shows.
    pub more: bool,
    /// What is wrong.
    pub error: String,
    /// The list it opened from, where no scripts run.
    pub kept: KeptList,
}

/// Asks which company it is.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn ask_link(
    State(app): State<App>,
    staff: Staff,
    Path((key, record)): Path<(String, String)>,
    query: Query,
) -> Answer {
    let (wizard, integration) = match Wizard::at(&app, &key, STEP).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    require_import_companies(&staff)?;
    let row = find(&app, &integration, &record).await?;
    let search = query.0.has("search").then(|| query.text("search"));
    ask(&app, &staff, &wizard, &row, search, KeptList::default()).await
}

/// Asks; `search` is `None` when the question opens: most often it is the company of the same name.
async fn ask(
    app: &App,
    staff: &Staff,
    wizard: &Wizard,
    row: &CompanyImportRow,
    search: Option<String>,
    kept: KeptList,
) -> Answer {
    if is_linked(row) {
        return kept.lead_back(&list_address(wizard), IS_LINKED);
    }
    let same = row.same_name.as_ref();
    let asked = Asked {
        search: search.unwrap_or_else(|| same.map(|one| one.name.clone()).unwrap_or_default()),
        chosen: same.map(|one| one.uuid.to_string()),
        error: String::new(),
        kept,
    };
    render(app, staff, wizard, row, asked).await
}

/// Links it; asks when the form is that of the list it is in, or searches.
///
/// # Errors
/// As [`ask_link`].
pub async fn link(
    State(app): State<App>,
    staff: Staff,
    Path((key, record)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let (wizard, integration) = match Wizard::at_sent(&app, &key, STEP).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    require_import_companies(&staff)?;
    let row = find(&app, &integration, &record).await?;
    let list = list_action(&wizard);
    if let Some(kept) = KeptList::opened(&list, &fields) {
        return ask(&app, &staff, &wizard, &row, None, kept).await;
    }
    let kept = KeptList::carried(&list, &fields);
    let search = Query(fields.clone()).text("search");
    if fields.has("find") {
        return ask(&app, &staff, &wizard, &row, Some(search), kept).await;
    }
    if is_linked(&row) {
        return kept.lead_back(&list_address(&wizard), IS_LINKED);
    }
    let mut asked = Asked {
        search,
        chosen: None,
        error: "Choose the company it belongs to.".to_owned(),
        kept,
    };
    let Ok(company) = fields.text("company").parse::<PublicId>() else {
        return render(&app, &staff, &wizard, &row, asked).await;
    };
    let wanted = ImportCompanies {
        integration: integration.id,
        rows: vec![CompanyChoice {
            external: row.id,
            action: CompanyAction::Link { company },
        }],
        everyone: None,
    };
    match apply(app.engine(), &staff.actor(), &wanted).await? {
        Ok(report) => match report.skipped.into_iter().next() {
            None => {
                let back = list_address(&wizard);
                asked.kept.lead_back(&back, "company_linked")
            }
            Some(skipped) => {
                asked.error = skipped.reason.sentence();
                render(&app, &staff, &wizard, &row, asked).await
            }
        },
        Err(refusal) => {
            refusal.sentence().clone_into(&mut asked.error);
            render(&app, &staff, &wizard, &row, asked).await
        }
    }
}

struct Asked {
    search: String,
    chosen: Option<String>,
    error: String,
    kept: KeptList,
}

/// The notice for one that is linked already: the list shows to what.
const IS_LINKED: &str = "company_is_linked";

/// The list it came from.
pub(super) fn list_address(wizard: &Wizard) -> String {
    import_list(wizard.provider, ImportKind::Companies)
}

/// Where that list's form goes.
pub(super) fn list_action(wizard: &Wizard) -> String {
    format!("{}/companies", address(wizard.provider, STEP))
}

/// The company of the provider that an address names.
pub(super) async fn find(
    app: &App,
    integration: &Integration,
    record: &str,
) -> Result<CompanyImportRow, Failure> {
    let missing = || Failure::not_found("Company");
    let id = record.parse().map_err(|_| missing())?;
    find_for_import(app.store(), id)
        .await?
        .filter(|row| row.integration == integration.id && row.present)
        .ok_or_else(missing)
}

fn is_linked(row: &CompanyImportRow) -> bool {
    row.company.as_ref().is_some_and(|one| !one.removed)
}

async fn render(
    app: &App,
    staff: &Staff,
    wizard: &Wizard,
    row: &CompanyImportRow,
    asked: Asked,
) -> Answer {
    let filter = CompanyFilter {
        search: Some(asked.search.clone()).filter(|search| !search.is_empty()),
        ..CompanyFilter::default()
    };
    let found = list_for_viewer(
        app.store(),
        staff.viewer(),
        &filter,
        CompanySort::Name,
        Direction::Ascending,
        None,
        OFFERED,
    )
    .await?;
    let more = match found.count {
        Count::Exact(count) => count > u64::from(OFFERED),
        Count::MoreThan(_) | Count::Cut { .. } => true,
    };
    let status = if asked.error.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let choice = |company: store::companies::CompanyRow| {
        let uuid = company.uuid.to_string();
        let on = asked.chosen.as_ref() == Some(&uuid);
        Choice::new(uuid, company.name, on)
    };
    page_with(
        status,
        &LinkPage {
            shell: staff.shell(Section::Settings),
            name: row.name.clone(),
            provider: wizard.provider.name,
            action: format!("{}/{}/link", list_action(wizard), row.id),
            back: list_address(wizard),
            search: asked.search.clone(),
            companies: found.rows.into_iter().map(choice).collect(),
            more,
            error: asked.error,
            kept: asked.kept,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::sample::{self, HOSTILE};

    #[test]
    fn renders() {
        let mut page = LinkPage {
            shell: sample::shell(Section::Settings),
            name: sample::long(),
            provider: "Autotask",
            action: "/x".into(),
            back: "/y".into(),
            search: HOSTILE.into(),
            companies: vec![
                Choice::new("a", "Aldergrove Dental", true),
                Choice::new("b", HOSTILE, false),
            ],
            more: true,
            error: "Choose the company it belongs to.".into(),
            kept: KeptList::default(),
        };
        let html = sample::check("setup_link_company", &page);
        assert!(!html.contains("kept-list"));
        page.kept.action = "/list".into();
        page.kept.text = HOSTILE.into();
        let html = sample::check("setup_link_company_kept", &page);
        assert!(html.contains(r#"form="kept-list""#));
        page.companies.clear();
        let html = sample::check("setup_link_company_none", &page);
        assert!(html.contains("No company matches"));
    }
}
