//! `GET /profile`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::id::PublicId;
use store::sessions;

use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::Answer;
use crate::web::page::page_with;
use crate::web::view::{Section, Shell, Time};

#[derive(Template)]
#[template(path = "profile/show.html")]
struct ProfilePage<'a> {
    shell: Shell,
    name: &'a str,
    zone: &'a str,
    zones: Vec<Zone>,
    sessions: Vec<SessionRow>,
    errors: Errors,
}

/// A time zone to choose.
struct Zone {
    name: String,
    selected: bool,
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

/// What is wrong with which field; empty texts are fine.
#[derive(Debug, Default)]
pub struct Errors {
    /// Name.
    pub name: String,
    /// Time zone.
    pub zone: String,
    /// Present password.
    pub current: String,
    /// New password.
    pub password: String,
    /// Its repetition.
    pub repeated: String,
}

/// What was typed into the first form, when the page is shown again.
#[derive(Debug, Clone, Copy, Default)]
pub struct Typed<'a> {
    /// Name.
    pub name: Option<&'a str>,
    /// Time zone.
    pub zone: Option<&'a str>,
}

/// Shows the profile.
///
/// # Errors
/// When the database does not answer.
pub async fn show(State(app): State<App>, person: SignedIn) -> Answer {
    render(
        &app,
        &person,
        StatusCode::OK,
        Typed::default(),
        Errors::default(),
    )
    .await
}

/// The page with messages beside fields.
///
/// # Errors
/// When the database does not answer.
pub async fn render(
    app: &App,
    person: &SignedIn,
    status: StatusCode,
    typed: Typed<'_>,
    errors: Errors,
) -> Answer {
    let shell = person.shell(Section::Elsewhere);
    let sessions = sessions::list_sessions(app.store(), person.identity).await?;
    let sessions = sessions
        .into_iter()
        .map(|session| SessionRow {
            browser: browser(&session.user_agent),
            started: shell.time(session.created_at),
            seen: shell.time(session.last_seen_at),
            current: session.uuid == person.session,
            address: session.address,
            uuid: session.uuid,
        })
        .collect();
    let zone = typed.zone.unwrap_or(&person.zone_name);
    page_with(
        status,
        &ProfilePage {
            name: typed.name.unwrap_or(&person.name),
            zone,
            zones: zones(zone),
            sessions,
            errors,
            shell,
        },
    )
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

/// The browser and system in words, as far as they can be told.
fn browser(user_agent: &str) -> String {
    let find = |names: &[(&'static str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| user_agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let browser = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
        assert_eq!(browser(chrome), "Chrome on Linux");
        assert_eq!(browser(&format!("{chrome} Edg/156.0")), "Edge on Linux");
        assert_eq!(browser("curl/8.5"), "curl");
        assert_eq!(browser(""), "Unknown browser");
    }

    #[test]
    fn zones_are_compiled_in() {
        let zones = zones("Europe/Berlin");
        assert!(zones.len() > 300);
        assert_eq!(zones.iter().filter(|zone| zone.selected).count(), 1);
    }
}
