//! `GET` and `POST /settings/integrations/{provider}/delete`: *Delete data*, after disconnecting.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::provider::Provider;
use domain::stream::RecordType;
use store::integration_data::{count_companies_from_here, count_held};
use store::integrations::Integration;
use sync::connect::{ActionOutcome, delete_data};

use super::confirm_page::{ConfirmPage, held};
use super::find::{address, find};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page_with, see_other};
use crate::web::settings::imports::kept_list::KeptList;
use crate::web::view::Section;
use crate::web::view::number::counted;

/// Asks for the name to be typed, and says what is lost.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn ask_delete(State(app): State<App>, staff: Staff, Path(key): Path<String>) -> Answer {
    let (provider, integration) = find(app.store(), &key).await?;
    render(&app, &staff, (provider, &integration), StatusCode::OK, "").await
}

/// Deletes what was synced. It goes on when the browser leaves.
///
/// # Errors
/// As [`ask_delete`].
pub async fn delete(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let (provider, integration) = find(app.store(), &key).await?;
    if !fields
        .text("confirmation")
        .eq_ignore_ascii_case(provider.name)
    {
        let problem = "This is not the name. Nothing was deleted.";
        return render(
            &app,
            &staff,
            (provider, &integration),
            StatusCode::UNPROCESSABLE_ENTITY,
            problem,
        )
        .await;
    }
    let (engine, actor) = (app.engine().clone(), staff.actor());
    let work = tokio::spawn(async move { delete_data(&engine, &actor, integration.id).await });
    match work.await.map_err(Failure::internal)?? {
        ActionOutcome::Done | ActionOutcome::NotConnected => {
            see_other("/settings/integrations?notice=deleted")
        }
        ActionOutcome::Refused(refusal) => Err(Failure::conflict(refusal.message)),
    }
}

async fn render(
    app: &App,
    staff: &Staff,
    (provider, integration): (&'static Provider, &Integration),
    status: StatusCode,
    typed_error: &str,
) -> Answer {
    if integration.has_credentials() {
        return Err(Failure::conflict(
            "It is still connected. Disconnect it first; then its data can be deleted.",
        ));
    }
    let here = count_held(app.store(), integration.id).await?;
    let mut goes = vec![
        held(here.tickets, "ticket", "tickets"),
        held(here.notes, "note", "notes"),
        held(here.contacts, "contact", "contacts"),
        format!(
            "{}, with their links",
            held(
                here.companies,
                &format!("company record of {}", provider.name),
                &format!("company records of {}", provider.name)
            ),
        ),
    ];
    if provider.has(RecordType::Opportunities) {
        goes.push(held(here.opportunities, "opportunity", "opportunities"));
    }
    let companies = count_companies_from_here(app.store(), integration.id).await?;
    if companies.going > 0 {
        goes.push(format!(
            "{} that came from here, with no account and in no other tool",
            counted(companies.going, "company", "companies")
        ));
    }
    goes.push(format!(
        "{}, with the lists of statuses and the like",
        held(here.technicians, "technician", "technicians")
    ));
    let mut stays = Vec::new();
    if companies.staying > 0 {
        let came = counted(companies.staying, "company", "companies");
        stays.push(match companies.accounts {
            0 => format!("{came} that came from here and that other tools have too"),
            people => format!(
                "{came} that came from here and that people or other tools belong to, with {}",
                counted(people, "account", "accounts")
            ),
        });
    }
    stays.extend([
        "The sync log and the audit log".to_owned(),
        "Data of other integrations".to_owned(),
        format!(
            "Blocks of removed companies, for when the same account of {} comes again",
            provider.name
        ),
    ]);
    page_with(
        status,
        &ConfirmPage {
            title: format!("Delete the data of {}?", provider.name),
            lead: format!(
                "Everything that was synced from {} is deleted here. In {} itself nothing changes.",
                provider.name, provider.name
            ),
            action: format!("{}/delete", address(provider, "")),
            back: address(provider, ""),
            button: "Delete for good".to_owned(),
            dangerous: true,
            goes_title: "What goes",
            goes,
            stays,
            afterwards:
                "This cannot be undone. Connecting again reads everything from the beginning."
                    .to_owned(),
            typed: provider.name.to_owned(),
            typed_error: typed_error.to_owned(),
            error: String::new(),
            refresh: "",
            kept: KeptList::default(),
            shell: staff.shell(Section::Settings),
        },
    )
}
