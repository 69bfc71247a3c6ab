//! `GET` and `POST /settings/users/import/{provider}`, and the users to link to.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::imports::ImportKind;
use domain::provider::Provider;
use domain::stream::Stream;

use super::answer::{Outcome, answer};
use super::build::{Addresses, people as linkable, picker};
use super::missing::{source, unread};
use super::page::{Body, ImportPage, PeoplePart};
use super::state::PickerState;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page, page_with, see_other};
use crate::web::settings::imports::Place;
use crate::web::settings::imports::report::Report;
use crate::web::settings::imports::source::provider_with;
use crate::web::view::{Query, Section};

fn addresses(provider: &Provider) -> Addresses {
    let here = format!("/settings/users/import/{}", provider.key);
    Addresses {
        action: here,
        cancel: "/settings/users".to_owned(),
        in_setup: false,
    }
}

/// The people, or what has to be there first.
///
/// # Errors
/// `404` for a provider whose people cannot be imported.
pub async fn show(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    query: Query,
) -> Answer {
    let provider = provider_with(&key, Stream::Technicians)?;
    let source = match source(&app, &staff, provider).await? {
        Ok(source) => source,
        Err(missing) => return render(&staff, StatusCode::OK, provider, Body::Missing(missing)),
    };
    if let Some(missing) = unread(&app, &staff, &source).await? {
        return render(&staff, StatusCode::OK, provider, Body::Missing(missing));
    }
    let state = PickerState::of_query(&query);
    let picker = picker(&app, &staff, &source, &addresses(provider), &state).await?;
    render(
        &staff,
        StatusCode::OK,
        provider,
        Body::Picker(picker.into()),
    )
}

/// Searches, turns pages, or begins an import and leads to its report.
///
/// # Errors
/// `404` for a provider whose people cannot be imported.
pub async fn import(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let provider = provider_with(&key, Stream::Technicians)?;
    let source = match source(&app, &staff, provider).await? {
        Ok(source) => source,
        Err(missing) => {
            let status = StatusCode::CONFLICT;
            return render(&staff, status, provider, Body::Missing(missing));
        }
    };
    let (status, body) = match answer(&app, &staff, &source, &addresses(provider), &fields).await? {
        Outcome::Again(status, picker) => (status, Body::Picker(picker)),
        Outcome::Missing(missing) => (StatusCode::OK, Body::Missing(missing)),
        Outcome::Begun(import) => {
            return see_other(Place::dialog(provider, ImportKind::Users, &import).address());
        }
    };
    render(&staff, status, provider, body)
}

/// The report of an import that began here.
///
/// # Errors
/// As any page.
pub fn show_report(staff: &Staff, provider: &'static Provider, report: Report) -> Answer {
    render(staff, StatusCode::OK, provider, Body::Report(report.into()))
}

/// The users whose name or e-mail matches what is typed into *Link User*.
///
/// # Errors
/// `404` for a provider whose people cannot be imported.
pub async fn people(State(app): State<App>, Path(key): Path<String>, query: Query) -> Answer {
    provider_with(&key, Stream::Technicians)?;
    let (people, _) = linkable(&app, &query.text("search")).await?;
    page(&PeoplePart { people })
}

fn render(
    staff: &Staff,
    status: StatusCode,
    provider: &'static Provider,
    body: Body,
) -> Result<Response, Failure> {
    let many = provider.words.technicians.to_lowercase();
    page_with(
        status,
        &ImportPage {
            shell: staff.shell(Section::Settings),
            lead: format!(
                "Active {many} with their primary e-mail address, as last read. Each becomes a user, or is linked to one; \
                 nothing is written to {}.",
                provider.name
            ),
            provider,
            body,
        },
    )
}
