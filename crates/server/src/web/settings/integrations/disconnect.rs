//! `GET` and `POST /settings/integrations/{provider}/disconnect`.

use axum::extract::{Path, State};
use domain::stream::RecordType;
use store::integration_data::count_held;
use sync::connect::{ActionOutcome, disconnect as remove_credentials};

use super::confirm_page::{ConfirmPage, held};
use super::find::{address, find};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::{page, see_other};
use crate::web::settings::imports::kept_list::KeptList;
use crate::web::view::Section;
use crate::web::view::number::grouped;

/// Asks, and says what goes and what stays.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn ask_disconnect(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
) -> Answer {
    let (provider, integration) = find(app.store(), &key).await?;
    if !integration.has_credentials() {
        return see_other(&address(provider, "not_connected"));
    }
    let here = count_held(app.store(), integration.id).await?;
    let stays = vec![
        held(here.companies, "company record", "company records"),
        held(here.contacts, "contact", "contacts"),
        held(here.tickets, "ticket", "tickets"),
        held(here.notes, "note", "notes"),
        format!(
            "{}inks to companies, the sync log, all settings, and what was typed to connect, apart from the secrets",
            if provider.has(RecordType::Opportunities) {
                "Opportunities, l"
            } else {
                "L"
            }
        ),
    ];
    page(&ConfirmPage {
        title: format!("Disconnect {}?", provider.name),
        lead: format!("Portico stops reading from {}. What is here stays, and is no longer kept up to date.", provider.name),
        action: format!("{}/disconnect", address(provider, "")),
        back: address(provider, ""),
        button: "Disconnect".to_owned(),
        dangerous: true,
        goes_title: "What goes",
        goes: vec![
            "The stored secrets".to_owned(),
            format!("The schedule: no more syncs every {} minutes", grouped(i64::from(integration.settings.interval_minutes))),
            "A sync that is running right now, and webhooks if there are any".to_owned(),
        ],
        stays,
        afterwards: "To delete the data as well, disconnect first and then use Delete data on the integration's page.".to_owned(),
        typed: String::new(),
        typed_error: String::new(),
        error: String::new(),
        refresh: "",
        kept: KeptList::default(),
        shell: staff.shell(Section::Settings),
    })
}

/// Removes the credentials.
///
/// # Errors
/// As [`ask_disconnect`].
pub async fn disconnect(State(app): State<App>, staff: Staff, Path(key): Path<String>) -> Answer {
    let (_, integration) = find(app.store(), &key).await?;
    match remove_credentials(app.engine(), &staff.actor(), integration.id).await? {
        // Somebody who presses twice, or after a colleague did, has what was wanted.
        ActionOutcome::Done | ActionOutcome::NotConnected => {
            see_other("/settings/integrations?notice=disconnected")
        }
        ActionOutcome::Refused(refusal) => Err(Failure::conflict(refusal.message)),
    }
}
