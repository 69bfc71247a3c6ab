//! `POST /settings/integrations/{provider}/auto-sync`: the switch and the interval on the card.

use axum::extract::{Path, State};
use sync::connect::SettingsOutcome;
use sync::settings::update_settings;

use super::find::find;
use super::list::refuse_interval;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::see_other;
use crate::web::settings::setup_wizard::form::read_interval;

/// How often a switch is tried again when somebody saves other settings at the same instant.
const TRIES: usize = 5;

/// Sets what was pressed or chosen: the switch to what its button says, so that pressing twice is the same as once, or
/// else the interval. The select stands in the form of the switch, and what it shows may be older than what a colleague
/// chose: with a press of the switch it counts only where it was changed on that page, which tells what it showed first.
/// Other settings stay as they are, also when somebody saves them at the same time.
///
/// # Errors
/// `404`; the cards again with a message when the interval is none that is offered; else when the database does not answer.
pub async fn auto_sync(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let (switch, notice) = match fields.text("auto_sync") {
        "on" => (Some(true), "auto_sync_on"),
        "off" => (Some(false), "auto_sync_off"),
        _ => (None, "saved"),
    };
    let shown = fields.find("interval_shown");
    let changed = shown.is_some_and(|shown| shown != fields.text("interval"));
    let interval = if switch.is_none() || changed {
        read_interval(&fields)
    } else {
        Ok(None)
    };
    for _ in 0..TRIES {
        let (_, integration) = find(app.store(), &key).await?;
        let mut settings = integration.settings.clone();
        let Ok(interval) = interval else {
            return refuse_interval(&app, &staff, &key).await;
        };
        settings.auto_sync = switch.unwrap_or(settings.auto_sync);
        settings.interval_minutes = interval.unwrap_or(settings.interval_minutes);
        let revision = integration.settings_revision;
        match update_settings(
            app.engine(),
            &staff.actor(),
            integration.id,
            revision,
            settings,
        )
        .await?
        {
            SettingsOutcome::Conflict => {}
            _ => return see_other(&format!("/settings/integrations?notice={notice}")),
        }
    }
    Err(Failure::conflict(
        "Others keep saving settings of this integration. Nothing was changed; try again in a moment.",
    ))
}
