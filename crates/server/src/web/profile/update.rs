//! `POST /profile`: name and time zone.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::tz::TimeZone;

use super::show::{Errors, Typed, render};
use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::Answer;
use crate::web::form::Fields;
use crate::web::page::see_other;

/// Saves name and time zone.
///
/// # Errors
/// When the database does not answer.
pub async fn update(State(app): State<App>, person: SignedIn, fields: Fields) -> Answer {
    let (name, zone) = (fields.text("name"), fields.text("zone"));
    let mut errors = Errors::default();
    if name.is_empty() || name.chars().count() > 200 {
        errors.name = "Enter a name of at most 200 characters.".to_owned();
    }
    if !zone.is_empty() && TimeZone::get(zone).is_err() {
        errors.zone = "There is no time zone of this name.".to_owned();
    }
    if !errors.name.is_empty() || !errors.zone.is_empty() {
        let typed = Typed {
            name: Some(name),
            zone: Some(zone),
        };
        return render(
            &app,
            &person,
            StatusCode::UNPROCESSABLE_ENTITY,
            typed,
            errors,
        )
        .await;
    }
    let mut tx = app.store().begin().await?;
    let zone = Some(zone).filter(|zone| !zone.is_empty());
    store::identities::update_identity(&mut tx, person.identity, name, &person.email, zone).await?;
    tx.commit().await?;
    see_other("/profile?notice=profile_saved")
}
