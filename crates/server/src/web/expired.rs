//! A form that arrives after its session ended: nothing is done, nothing typed is lost.
//!
//! The answer is a page that says what happened, shows what was filled in, and signs the person in. The fields travel
//! on in the sign-in form (never those that may hold a secret), and after signing in the person is shown them again
//! and sends them with one click. Nothing is sent without that click. Forms from other sites never get here.

use std::collections::BTreeSet;

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use url::Url;

use super::access::Visit;
use super::csrf;
use super::error::{Answer, Failure};
use super::form::Fields;
use super::page::{page_with, safe_next, see_other};
use super::profile::language_name;
use crate::app::App;

/// A form kept over a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptForm {
    /// Where it was to go.
    pub action: String,
    /// The page it stood on.
    pub page: String,
    /// Its fields, without secrets.
    pub fields: Vec<(String, String)>,
    /// How many fields were left out because they may hold a secret.
    pub left_out: usize,
}

impl KeptForm {
    /// The fields as one text for a hidden field.
    #[must_use]
    pub fn encoded(&self) -> String {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.fields {
            text.append_pair(name, value);
        }
        text.finish()
    }

    /// Reads the kept form from the fields of a sign-in form.
    #[must_use]
    pub fn read(fields: &Fields) -> Option<Self> {
        let action = safe_next(fields.find("kept_action")?);
        if action == "/" {
            return None;
        }
        let kept = Fields::parse(fields.find("kept_fields").unwrap_or_default().as_bytes());
        Some(Self {
            action: action.to_owned(),
            page: safe_next(fields.text("next")).to_owned(),
            fields: kept
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            left_out: fields.text("kept_left_out").parse().unwrap_or(0),
        })
    }

    /// The fields a person typed or chose, for showing: what the page itself added is not among them.
    pub fn shown(&self) -> impl Iterator<Item = (String, &str)> {
        self.fields
            .iter()
            .filter(|(name, value)| !value.trim().is_empty() && !OF_THE_PAGE.contains(&&**name))
            .map(|(name, value)| (words(name), value_words(name, value)))
    }
}

/// Hidden fields of forms: what the page stood on when it was opened.
const OF_THE_PAGE: [&str; 5] = ["base", "revision", "with_reference_data", "shown", "page"];

/// The name of a field as words: `record_type` is *Record type*.
fn words(name: &str) -> String {
    let mut text = name.replace(['_', '.'], " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// The value of a field as words: what stands in a form for a language is its tag.
fn value_words<'a>(name: &str, value: &'a str) -> &'a str {
    match name {
        "language" => language_name(value).unwrap_or(value),
        _ => value,
    }
}

#[derive(Template)]
#[template(path = "sign_in/expired.html")]
struct ExpiredPage<'a> {
    kept: &'a KeptForm,
    csrf: &'a str,
}

/// The page for a form without a session.
///
/// # Errors
/// When the page cannot be rendered; for scripts, a plain 401.
pub fn form_page(app: &App, visit: &Visit, headers: &HeaderMap, fields: &Fields) -> Answer {
    if headers.contains_key("x-portico-fragment") {
        return Err(Failure::unauthorized(
            "Your session ended. Reload the page to sign in; copy what you typed first.",
        ));
    }
    if visit.address == "/sign-out" {
        return see_other("/sign-in?notice=signed_out");
    }
    let kept = keep(visit, headers, fields, &app.config().base_address());
    let response: Response = page_with(
        StatusCode::UNAUTHORIZED,
        &ExpiredPage {
            kept: &kept,
            csrf: &visit.form_token,
        },
    )?;
    Ok(response)
}

#[derive(Template)]
#[template(path = "sign_in/resume.html")]
struct ResumePage<'a> {
    kept: &'a KeptForm,
    email: &'a str,
    csrf: &'a str,
}

/// The kept form, shown to whoever is signed in now: one click sends it with the token. The address says who that is where
/// it may be somebody else than the one who typed; empty otherwise.
///
/// # Errors
/// When the page cannot be rendered.
pub fn resume_page(status: StatusCode, kept: &KeptForm, email: &str, csrf: &str) -> Answer {
    page_with(status, &ResumePage { kept, email, csrf })
}

/// The page for a form whose session ended while somebody signed in again in another tab: as after signing in with it.
/// `None` when nobody is signed in, for scripts, and when the browser does not say that a page of this site sent it.
///
/// # Errors
/// When the page cannot be rendered.
pub fn other_session_page(
    app: &App,
    visit: &Visit,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Option<Response>, Failure> {
    let said = headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "same-origin");
    let Some(person) = &visit.person else {
        return Ok(None);
    };
    if !said || headers.contains_key("x-portico-fragment") || fields.find(csrf::FIELD).is_none() {
        return Ok(None);
    }
    let kept = keep(visit, headers, fields, &app.config().base_address());
    resume_page(
        StatusCode::FORBIDDEN,
        &kept,
        &person.email,
        &visit.form_token,
    )
    .map(Some)
}

fn keep(visit: &Visit, headers: &HeaderMap, fields: &Fields, base_address: &str) -> KeptForm {
    let secrets = secret_names();
    let all = fields.iter().filter(|(name, _)| *name != csrf::FIELD);
    let (kept, left_out): (Vec<_>, Vec<_>) =
        all.partition(|(name, _)| !may_be_secret(name, &secrets));
    let referer = headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok());
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let page = referer
        .and_then(|text| own_page(text, host, base_address))
        .unwrap_or_else(|| "/".to_owned());
    KeptForm {
        action: visit.address.clone(),
        page: safe_next(&page).to_owned(),
        fields: kept
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        left_out: left_out
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .count(),
    }
}

fn own_page(referer: &str, host: &str, base_address: &str) -> Option<String> {
    let url = Url::parse(referer).ok()?;
    let authority = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str()?),
        None => url.host_str()?.to_owned(),
    };
    if authority != host && url.origin().ascii_serialization() != base_address {
        return None;
    }
    Some(url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    ))
}

/// Keys of every field that a provider calls secret.
fn secret_names() -> BTreeSet<&'static str> {
    let forms = domain::provider::ALL
        .iter()
        .flat_map(|provider| provider.form);
    forms
        .filter(|field| field.secret)
        .map(|field| field.key)
        .collect()
}

fn may_be_secret(name: &str, secrets: &BTreeSet<&'static str>) -> bool {
    let name = name.to_lowercase();
    let last = name
        .rsplit(['.', '[', ':'])
        .next()
        .unwrap_or(&name)
        .trim_end_matches(']');
    secrets.contains(last)
        || ["password", "secret", "token", "credential"]
            .iter()
            .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_kept() {
        let secrets = secret_names();
        assert!(!secrets.is_empty(), "Autotask has a secret field");
        for name in secrets
            .iter()
            .copied()
            .chain(["password", "new_password", "Api_Token"])
        {
            assert!(may_be_secret(name, &secrets), "{name}");
        }
        for name in ["name", "interval_minutes", "queues"] {
            assert!(!may_be_secret(name, &secrets), "{name}");
        }
    }

    #[test]
    fn only_what_a_person_filled_in_is_shown() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let kept = KeptForm {
            action: "/a".into(),
            page: "/a".into(),
            fields: vec![
                field("revision", "3"),
                field("base", "{}"),
                field("record_type", "users"),
                field("name", " "),
                field("language", "en"),
                field("language", "tlh"),
            ],
            left_out: 0,
        };
        let shown: Vec<_> = kept.shown().collect();
        let shown: Vec<_> = shown
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
            .collect();
        assert_eq!(
            shown,
            [
                ("Record type", "users"),
                ("Language", "English"),
                ("Language", "tlh")
            ]
        );
    }

    #[test]
    fn a_kept_form_survives_the_trip_through_the_sign_in_form() {
        let fields = vec![
            ("text".to_owned(), "a & b\n<c>".to_owned()),
            ("box".to_owned(), "1".to_owned()),
            ("box".to_owned(), "2".to_owned()),
        ];
        let kept = KeptForm {
            action: "/tickets/1".into(),
            page: "/tickets".into(),
            fields,
            left_out: 1,
        };
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        text.append_pair("kept_action", &kept.action)
            .append_pair("kept_fields", &kept.encoded());
        text.append_pair("next", &kept.page)
            .append_pair("kept_left_out", "1");
        assert_eq!(
            KeptForm::read(&Fields::parse(text.finish().as_bytes())),
            Some(kept)
        );
        assert_eq!(
            KeptForm::read(&Fields::parse(
                b"kept_action=//evil.example&kept_fields=a=1"
            )),
            None
        );
    }

    #[test]
    fn the_page_is_one_of_ours() {
        let page =
            |referer: &str| own_page(referer, "localhost:8080", "https://portal.example.com");
        assert_eq!(
            page("http://localhost:8080/a?b=1").as_deref(),
            Some("/a?b=1")
        );
        assert_eq!(page("https://portal.example.com/a").as_deref(), Some("/a"));
        assert_eq!(page("https://evil.example/a"), None);
    }
}
