//! `GET /profile`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::account::{Notification, Notifications};
use domain::id::PublicId;
use store::{identities, sessions};

use super::security::{self, Security};
use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::{Answer, Failure};
use crate::web::page::page_with;
use crate::web::user_agent;
use crate::web::view::{Section, Shell, Time};

/// The languages Portico speaks: tag and own name.
const LANGUAGES: &[(&str, &str)] = &[("en", "English")];

/// The own name of a language, for people; `None` for one that Portico does not speak.
#[must_use]
pub fn language_name(tag: &str) -> Option<&'static str> {
    LANGUAGES
        .iter()
        .find(|(known, _)| *known == tag)
        .map(|(_, name)| *name)
}

#[derive(Template)]
#[template(path = "profile/show.html")]
struct ProfilePage {
    shell: Shell,
    details: Details,
    zones: Vec<Zone>,
    languages: &'static [(&'static str, &'static str)],
    notifications: Vec<NotificationRow>,
    security: Security,
    sessions: Vec<SessionRow>,
    errors: Errors,
}

/// A time zone to choose.
struct Zone {
    name: String,
    selected: bool,
}

/// Something the person can be told.
struct NotificationRow {
    key: &'static str,
    label: &'static str,
    help: &'static str,
    on: bool,
}

/// One session of the person.
struct SessionRow {
    uuid: PublicId,
    browser: String,
    address: String,
    started: Time,
    seen: Time,
    current: bool,
}

/// What the person may write about itself, as stored or as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Name.
    pub name: String,
    /// Job title.
    pub job_title: String,
    /// Phone number.
    pub phone: String,
    /// Time zone; empty: the installation's.
    pub zone: String,
    /// Language; empty: English.
    pub language: String,
}

/// What is wrong with which field; empty texts are fine.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Errors {
    /// Name.
    pub name: String,
    /// Job title.
    pub job_title: String,
    /// Phone number.
    pub phone: String,
    /// Time zone.
    pub zone: String,
    /// Language.
    pub language: String,
}

/// Shows the profile.
///
/// # Errors
/// When the database does not answer.
pub async fn show(State(app): State<App>, person: SignedIn) -> Answer {
    render(&app, &person, StatusCode::OK, None, Errors::default()).await
}

/// The page with messages beside fields.
///
/// # Errors
/// When the database does not answer.
pub async fn render(
    app: &App,
    person: &SignedIn,
    status: StatusCode,
    typed: Option<Details>,
    errors: Errors,
) -> Answer {
    let shell = person.shell(Section::Elsewhere);
    let known = identities::find_identity(app.store(), person.identity).await?;
    let known =
        known.ok_or_else(|| Failure::unexpected("an identity vanished while its session lives"))?;
    let details = typed.unwrap_or_else(|| Details {
        name: known.name,
        job_title: known.job_title.unwrap_or_default(),
        phone: known.phone.unwrap_or_default(),
        zone: known.time_zone.unwrap_or_default(),
        language: known.language.unwrap_or_default(),
    });
    page_with(
        status,
        &ProfilePage {
            zones: zones(&details.zone),
            languages: LANGUAGES,
            notifications: notification_rows(&known.notifications),
            security: security::read(app, person, &shell).await?,
            sessions: session_rows(app, person, &shell).await?,
            details,
            errors,
            shell,
        },
    )
}

fn notification_rows(chosen: &Notifications) -> Vec<NotificationRow> {
    Notification::ALL
        .into_iter()
        .map(|notification| NotificationRow {
            key: notification.key(),
            label: notification.label(),
            help: notification.help(),
            on: chosen.is_on(notification),
        })
        .collect()
}

async fn session_rows(
    app: &App,
    person: &SignedIn,
    shell: &Shell,
) -> Result<Vec<SessionRow>, Failure> {
    let sessions = sessions::list_sessions(app.store(), person.identity).await?;
    Ok(sessions
        .into_iter()
        .map(|session| SessionRow {
            browser: user_agent::describe(&session.user_agent),
            started: shell.time(session.created_at),
            seen: shell.time(session.last_seen_at),
            current: session.uuid == person.session,
            address: session.address,
            uuid: session.uuid,
        })
        .collect())
}

fn zones(selected: &str) -> Vec<Zone> {
    jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| {
            name.contains('/') && !name.starts_with("Etc/") && !name.starts_with("SystemV/")
        })
        .map(|name| Zone {
            selected: name == selected,
            name,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_compiled_in() {
        let zones = zones("Europe/Berlin");
        assert!(zones.len() > 300);
        assert_eq!(zones.iter().filter(|zone| zone.selected).count(), 1);
    }
}
