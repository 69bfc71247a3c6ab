//! `POST /profile`: name, job title, phone, time zone and language.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use store::identities::{self, Identity, Profile};

use super::show::{Details, Errors, language_name, render};
use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::audit::{self, Subject};
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::see_other;

/// Saves the details.
///
/// # Errors
/// When the database does not answer.
pub async fn update(State(app): State<App>, person: SignedIn, fields: Fields) -> Answer {
    let details = Details {
        name: fields.text("name").to_owned(),
        job_title: fields.text("job_title").to_owned(),
        phone: fields.text("phone").to_owned(),
        zone: fields.text("zone").to_owned(),
        language: fields.text("language").to_owned(),
    };
    let errors = check(&details);
    if errors != Errors::default() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return render(&app, &person, status, Some(details), errors).await;
    }
    let mut tx = app.store().begin().await?;
    let known = identities::find_identity_by_uuid_in(&mut tx, &person.uuid).await?;
    let known =
        known.ok_or_else(|| Failure::unexpected("an identity vanished while its session lives"))?;
    let profile = Profile {
        name: &details.name,
        job_title: given(&details.job_title),
        phone: given(&details.phone),
        time_zone: given(&details.zone),
        language: given(&details.language),
        ..unchanged(&known)
    };
    identities::update_profile(&mut tx, person.identity, &profile).await?;
    let (before, after) = (to_json(&unchanged(&known)), to_json(&profile));
    if before != after {
        let subject = Subject::identity(&person);
        audit::write(
            &mut tx,
            &person,
            "user.update",
            subject,
            Some(before),
            Some(after),
        )
        .await?;
    }
    tx.commit().await?;
    see_other("/profile?notice=profile_saved")
}

/// What the audit log keeps of a profile.
fn to_json(profile: &Profile<'_>) -> Value {
    json!({
        "name": profile.name,
        "job_title": profile.job_title,
        "phone": profile.phone,
        "time_zone": profile.time_zone,
        "language": profile.language,
    })
}

fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// A profile as it is, to change a part of.
pub(super) fn unchanged(known: &Identity) -> Profile<'_> {
    Profile {
        name: &known.name,
        email: &known.email,
        job_title: known.job_title.as_deref(),
        phone: known.phone.as_deref(),
        time_zone: known.time_zone.as_deref(),
        language: known.language.as_deref(),
        notifications: &known.notifications,
    }
}

/// The mistakes in the form.
fn check(details: &Details) -> Errors {
    let mut errors = Errors::default();
    let one_line = |text: &str| !text.chars().any(char::is_control);
    if !domain::text::has_visible(&details.name)
        || details.name.chars().count() > 200
        || !one_line(&details.name)
    {
        errors.name = "Enter a name of at most 200 characters, in one line.".to_owned();
    }
    if details.job_title.chars().count() > 200 || !one_line(&details.job_title) {
        errors.job_title = "Enter a job title of at most 200 characters, in one line.".to_owned();
    }
    if !domain::text::is_phone(&details.phone) {
        errors.phone =
            "Enter a phone number of at most 60 characters, such as +1 555 010 0100 ext 12."
                .to_owned();
    }
    if !details.zone.is_empty() && TimeZone::get(&details.zone).is_err() {
        errors.zone = "There is no time zone of this name.".to_owned();
    }
    if language_name(&details.language).is_none() && !details.language.is_empty() {
        errors.language = "Portico does not speak this language yet.".to_owned();
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named_at_their_field() {
        let fine = Details {
            name: "Ann".into(),
            phone: "+43 (1) 555-0100 ext 7".into(),
            language: "en".into(),
            ..Details::default()
        };
        assert_eq!(check(&fine), Errors::default());
        let wrong = Details {
            name: "An\nn".into(),
            job_title: "x".repeat(201),
            phone: "call me".into(),
            zone: "Mars/Olympus".into(),
            language: "tlh".into(),
        };
        let errors = check(&wrong);
        for message in [
            errors.name,
            errors.job_title,
            errors.phone,
            errors.zone,
            errors.language,
        ] {
            assert!(!message.is_empty());
        }
    }
}
