//! `GET` and `POST /companies/import/{provider}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::imports::ImportKind;
use domain::provider::Provider;
use domain::stream::Stream;

use super::addresses::Addresses;
use super::answer::{Answered, answer};
use super::build::list;
use super::missing::{missing, require_import};
use super::page::{Body, ImportPage};
use super::state::Chosen;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page_with, see_other};
use crate::web::settings::imports::Place;
use crate::web::settings::imports::kept_list::unfold;
use crate::web::settings::imports::report::Report;
use crate::web::settings::imports::source::{find_source, provider_with};
use crate::web::settings::setup_wizard::wizard::Offer;
use crate::web::view::{Query, Section};

/// The companies, or what has to be there first.
///
/// # Errors
/// `404` for a provider whose companies cannot be imported.
pub async fn show(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    query: Query,
) -> Answer {
    let provider = provider_with(&key, Stream::Companies)?;
    let ok = StatusCode::OK;
    if let Some(missing) = missing(&staff) {
        return render(&staff, ok, provider, Body::Missing(missing));
    }
    let source = match find_source(&app, &staff, provider, Stream::Companies).await? {
        Ok(source) => source,
        Err(missing) => return render(&staff, ok, provider, Body::Missing(missing)),
    };
    let offer = Offer::load(&app, &source.integration).await?;
    let shell = staff.shell(Section::Companies);
    let (at, chosen) = (Addresses::dialog(provider), Chosen::of_query(&query));
    let list = list(&app, &shell, &source, at, &offer, chosen).await?;
    render(&staff, ok, provider, Body::List(list.into()))
}

/// Searches, turns pages, or begins an import and leads to its report.
///
/// # Errors
/// As [`show`]; `403` for whoever may not import.
pub async fn import(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let provider = provider_with(&key, Stream::Companies)?;
    require_import(&staff)?;
    let source = match find_source(&app, &staff, provider, Stream::Companies).await? {
        Ok(source) => source,
        Err(missing) => {
            let status = StatusCode::CONFLICT;
            return render(&staff, status, provider, Body::Missing(missing));
        }
    };
    let offer = Offer::load(&app, &source.integration).await?;
    let (at, chosen) = (
        Addresses::dialog(provider),
        Chosen::of_form(&unfold(fields)),
    );
    match answer(&app, &staff, &source, at, &offer, chosen).await? {
        Answered::List(status, list) => render(&staff, status, provider, Body::List(list)),
        Answered::Begun(import) => {
            see_other(Place::dialog(provider, ImportKind::Companies, &import).address())
        }
    }
}

/// The report of an import that began here.
///
/// # Errors
/// As any page.
pub fn show_report(staff: &Staff, provider: &'static Provider, report: Report) -> Answer {
    render(staff, StatusCode::OK, provider, Body::Report(report.into()))
}

fn render(
    staff: &Staff,
    status: StatusCode,
    provider: &'static Provider,
    body: Body,
) -> Result<Response, Failure> {
    page_with(
        status,
        &ImportPage {
            shell: staff.shell(Section::Companies),
            lead: format!(
                "{} as last read. Each becomes a company in Portico, or is linked to one; nothing is written to {}.",
                provider.words.stream(Stream::Companies),
                provider.name
            ),
            provider,
            body,
        },
    )
}
