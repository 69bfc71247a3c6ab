//! `GET` and `POST /settings/integrations/{provider}/clear`: *Clear & Resync* (rule P14).

use axum::extract::{Path, State};
use domain::setup::SetupStep;
use sync::clear_resync::{clear_and_resync, preview};

use super::confirm_page::ConfirmPage;
use super::find::{address, find};
use super::resync::after_on;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::page::{page, see_other};
use crate::web::settings::imports::kept_list::KeptList;
use crate::web::settings::setup_wizard::frame::address as setup_address;
use crate::web::view::number::counted;
use crate::web::view::{Query, Section};

/// Asks, with what it is about counted.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn ask_clear(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    query: Query,
) -> Answer {
    let (provider, integration) = find(app.store(), &key).await?;
    let (from, back) = match query.text("back").as_str() {
        "setup" => ("?back=setup", setup_address(provider, SetupStep::Configure)),
        _ => ("", address(provider, "")),
    };
    if !integration.has_credentials() {
        return see_other(&address(provider, "not_connected"));
    }
    let here = preview(app.engine(), integration.id).await?;
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    page(&ConfirmPage {
        title: "Clear & Resync?".to_owned(),
        lead: format!("Everything is read from {} anew and compared, as if it were the first time. Useful after large changes there.", provider.name),
        action: format!("{}/clear{from}", address(provider, "")),
        back,
        button: "Clear & Resync".to_owned(),
        dangerous: false,
        goes_title: "What happens",
        goes: vec![
            format!(
                "{} with all comments, {} and {} are read again, and all else that is synced",
                counted(number(here.tickets), "ticket", "tickets"),
                counted(number(here.companies), "company record", "company records"),
                counted(number(here.contacts), "contact", "contacts")
            ),
            "What the vendor no longer has is marked as removed when the sync completes, however much it is: unlike other syncs, this one does not ask first".to_owned(),
            "A sync that is running right now is replaced".to_owned(),
        ],
        stays: vec![
            "The present data stays visible until the sync completes".to_owned(),
            "Links to companies and users; tickets and contacts keep their pages in Portico".to_owned(),
            "Settings and the sync log".to_owned(),
        ],
        afterwards: "With many tickets this takes a while. The sync's page shows how far it is; you can leave it and come back.".to_owned(),
        typed: String::new(),
        typed_error: String::new(),
        error: String::new(),
        // In the setup the form of its step stays as it was filled in.
        refresh: if from.is_empty() { "" } else { "sync-strip" },
        kept: KeptList::default(),
        shell: staff.shell(Section::Settings),
    })
}

/// Starts over.
///
/// # Errors
/// As [`ask_clear`].
pub async fn clear(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    query: Query,
) -> Answer {
    let (provider, integration) = find(app.store(), &key).await?;
    let outcome = clear_and_resync(app.engine(), &staff.actor(), integration.id).await?;
    let next = after_on(provider, &outcome, &query.text("back"));
    see_other(
        &next
            .replace("notice=setup_sync_started", "notice=clear_started")
            .replace("notice=sync_started", "notice=clear_started"),
    )
}
