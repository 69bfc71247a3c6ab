//! `GET` and `POST /companies/import/{provider}/{record}/link`: a company of a tool is linked to one that is here.
//! A page of its own, shown as a dialog where scripts run.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::id::PublicId;
use domain::stream::Stream;
use store::company_import::{CompanyImportRow, find_for_import};
use sync::import_companies::{CompanyAction, CompanyChoice, ImportCompanies, apply};

use super::addresses::Addresses;
use super::link_choices::{LinkChoice, facts_there, link_choices};
use super::missing::require_import;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::page_with;
use crate::web::settings::imports::Source;
use crate::web::settings::imports::kept_list::KeptList;
use crate::web::settings::imports::source::{find_source, provider_with};
use crate::web::view::{Query, Section, Shell};

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/import_companies/link.html")]
pub struct LinkPage {
    /// The frame.
    pub shell: Shell,
    /// The provider's company.
    pub name: String,
    /// Where it is and how it is reached, to compare with.
    pub facts: String,
    /// Name of the provider.
    pub provider: &'static str,
    /// Its word for a company, inside a sentence.
    pub there: String,
    /// Where the form goes.
    pub action: String,
    /// Whether the list is in the wizard, which the search has to carry as that address does.
    pub from_setup: bool,
    /// Where *Cancel* leads.
    pub back: String,
    /// What was searched for.
    pub search: String,
    /// That several companies have its name, here or at the vendor; empty otherwise.
    pub same_names: String,
    /// Companies to choose from.
    pub companies: Vec<LinkChoice>,
    /// There are more than the page shows.
    pub more: bool,
    /// What is wrong.
    pub error: String,
    /// The list it opened from, where no scripts run.
    pub kept: KeptList,
}

/// A question about a row of a list.
pub(super) struct Question {
    pub(super) source: Source,
    pub(super) row: CompanyImportRow,
    pub(super) addresses: Addresses,
}

impl Question {
    /// The row an address names.
    ///
    /// # Errors
    /// `404` when there is none, `403` for whoever may not import.
    pub(super) async fn find(
        app: &App,
        staff: &Staff,
        (key, record): (&str, &str),
        query: &Query,
    ) -> Result<Self, Failure> {
        let provider = provider_with(key, Stream::Companies)?;
        require_import(staff)?;
        let missing = || Failure::not_found("Company");
        let source = find_source(app, staff, provider, Stream::Companies).await?;
        let source = source.map_err(|missing| {
            Failure::new(
                StatusCode::CONFLICT,
                "not_connected",
                missing.title,
                missing.sentence,
            )
        })?;
        let id = record.parse().map_err(|_no_number| missing())?;
        let row = find_for_import(app.store(), id)
            .await?
            .filter(|row| row.integration == source.integration.id && row.present)
            .ok_or_else(missing)?;
        Ok(Self {
            addresses: Addresses::of_question(provider, query),
            source,
            row,
        })
    }

    fn is_linked(&self) -> bool {
        self.row.company.as_ref().is_some_and(|one| !one.removed)
    }
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
    let question = Question::find(&app, &staff, (&key, &record), &query).await?;
    let search = query.0.has("search").then(|| query.text("search"));
    ask(&app, &staff, &question, search, KeptList::default()).await
}

/// Asks; `search` is `None` when the question opens: most often it is the company of the same name. Of several with that
/// name, here or at the vendor, none is chosen.
async fn ask(
    app: &App,
    staff: &Staff,
    question: &Question,
    search: Option<String>,
    kept: KeptList,
) -> Answer {
    if question.is_linked() {
        return kept.lead_back(&question.addresses.list(), IS_LINKED);
    }
    let row = &question.row;
    let named = if row.same_names > 0 {
        row.name.clone()
    } else {
        String::new()
    };
    let asked = Asked {
        search: search.unwrap_or(named),
        chosen: row.same_name.as_ref().map(|one| one.uuid.to_string()),
        error: String::new(),
        kept,
    };
    render(app, staff, question, asked).await
}

/// Links it; asks when the form is that of the list it is in, or searches.
///
/// # Errors
/// As [`ask_link`].
pub async fn link(
    State(app): State<App>,
    staff: Staff,
    Path((key, record)): Path<(String, String)>,
    query: Query,
    fields: Fields,
) -> Answer {
    let question = Question::find(&app, &staff, (&key, &record), &query).await?;
    let list = question.addresses.action();
    if let Some(kept) = KeptList::opened(&list, &fields) {
        return ask(&app, &staff, &question, None, kept).await;
    }
    let kept = KeptList::carried(&list, &fields);
    let search = fields.text("search").to_owned();
    if fields.has("find") {
        return ask(&app, &staff, &question, Some(search), kept).await;
    }
    let back = question.addresses.list();
    if question.is_linked() {
        return kept.lead_back(&back, IS_LINKED);
    }
    let mut asked = Asked {
        search,
        chosen: None,
        error: "Choose the company it belongs to.".to_owned(),
        kept,
    };
    let Ok(company) = fields.text("company").parse::<PublicId>() else {
        return render(&app, &staff, &question, asked).await;
    };
    let wanted = ImportCompanies {
        integration: question.source.integration.id,
        rows: vec![CompanyChoice {
            external: question.row.id,
            action: CompanyAction::Link { company },
        }],
        everyone: None,
    };
    asked.error = match apply(app.engine(), &staff.actor(), &wanted).await? {
        Ok(report) => match report.skipped.into_iter().next() {
            None => return asked.kept.lead_back(&back, "company_linked"),
            Some(skipped) => skipped.reason.sentence(),
        },
        Err(refusal) => refusal.sentence().to_owned(),
    };
    render(&app, &staff, &question, asked).await
}

struct Asked {
    search: String,
    chosen: Option<String>,
    error: String,
    kept: KeptList,
}

/// The notice for one that is linked already: the list shows to what.
const IS_LINKED: &str = "company_is_linked";

async fn render(app: &App, staff: &Staff, question: &Question, asked: Asked) -> Answer {
    let Question {
        source,
        row,
        addresses,
    } = question;
    let chosen = asked.chosen.as_deref();
    let choices = link_choices(app, staff, &source.integration, &asked.search, chosen).await?;
    let status = if asked.error.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    page_with(
        status,
        &LinkPage {
            shell: staff.shell(Section::Companies),
            name: row.name.clone(),
            facts: facts_there(row),
            provider: source.provider.name,
            there: source.provider.words.company.to_lowercase(),
            action: addresses.question(row.id, "link"),
            from_setup: addresses.in_setup,
            back: addresses.list(),
            same_names: if row.twins > 1 {
                format!(
                    "{} {} of {} have this name. This is No. {}; compare where it is before you choose.",
                    row.twins,
                    source.provider.words.companies.to_lowercase(),
                    source.provider.name,
                    row.external_id
                )
            } else if row.same_names > 1 {
                format!(
                    "{} companies in Portico have this name. Compare where they are and what they are linked to.",
                    row.same_names
                )
            } else {
                String::new()
            },
            search: asked.search,
            companies: choices.companies,
            more: choices.more,
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
        let choice = |name: &str, on| LinkChoice {
            uuid: "a".into(),
            name: name.into(),
            facts: format!("{name} · 029 2018 0142 · harbour.example · 12 contacts"),
            known: format!("Autotask, Halo PSA “{name}”"),
            taken: on,
            on,
        };
        let mut page = LinkPage {
            shell: sample::shell(Section::Companies),
            name: sample::long(),
            facts: HOSTILE.into(),
            from_setup: true,
            same_names: "2".into(),
            provider: "Autotask",
            there: "company".into(),
            action: "/x".into(),
            back: "/y".into(),
            search: HOSTILE.into(),
            companies: vec![
                choice("Aldergrove Dental", true),
                choice(HOSTILE, false),
                choice(&sample::long(), false),
            ],
            more: true,
            error: "Choose the company it belongs to.".into(),
            kept: KeptList::default(),
        };
        let html = sample::check("link_company", &page);
        assert!(!html.contains("kept-list"));
        page.kept.action = "/list".into();
        page.kept.text = HOSTILE.into();
        let html = sample::check("link_company_kept", &page);
        assert!(html.contains(r#"form="kept-list""#));
        page.companies.clear();
        let html = sample::check("link_company_none", &page);
        assert!(html.contains("No company matches"));
    }
}
