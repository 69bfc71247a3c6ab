//! `POST /profile`: name and time zone.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::tz::TimeZone;
use store::identities::{self, Profile};

use super::show::{Errors, Typed, render};
use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::{Answer, Failure};
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
    let Some(known) = identities::find_identity_by_uuid_in(&mut tx, &person.uuid).await? else {
        return Err(Failure::unexpected(
            "an identity vanished while its session lives",
        ));
    };
    let profile = Profile {
        name,
        email: &known.email,
        job_title: known.job_title.as_deref(),
        phone: known.phone.as_deref(),
        time_zone: zone,
        language: known.language.as_deref(),
        notifications: &known.notifications,
    };
    identities::update_profile(&mut tx, person.identity, &profile).await?;
    tx.commit().await?;
    see_other("/profile?notice=profile_saved")
}
