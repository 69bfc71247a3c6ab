//! Turning a template into an answer.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use domain::text::{needs_care, shown};

use super::error::{Answer, Failure};

/// The page.
///
/// # Errors
/// When the template cannot be rendered, which would be a mistake in it.
pub fn page(template: &impl Template) -> Answer {
    page_with(StatusCode::OK, template)
}

/// The page with another status, such as 422 for a form with mistakes.
///
/// # Errors
/// As for [`page`].
pub fn page_with(status: StatusCode, template: &impl Template) -> Answer {
    let html = readable(template.render()?);
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    Ok((status, [(header::CONTENT_TYPE, kind)], html).into_response())
}

/// A finished page or part of one as it is sent: what would mislead a reader is shown or left out, whatever template it
/// came through.
#[must_use]
pub fn readable(html: String) -> String {
    if html.contains(needs_care) {
        shown(&html).into_owned()
    } else {
        html
    }
}

/// 303: after a form, look at this address with GET.
///
/// # Errors
/// When the address cannot stand in a header, which would be a mistake in the caller.
pub fn see_other(address: &str) -> Answer {
    let value = HeaderValue::from_str(address).map_err(Failure::internal)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, value)]).into_response())
}

/// The address to go to next when it is one of our own, else `/`: no open redirect (`//host`, `/\host`, another
/// scheme, control characters).
#[must_use]
pub fn safe_next(next: &str) -> &str {
    let own = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.starts_with("/sign-")
        && next.len() <= 2_000
        && next.bytes().all(|byte| byte.is_ascii_graphic());
    if own { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_addresses_are_followed() {
        assert_eq!(
            safe_next("/tickets?status=8&q=a%20b"),
            "/tickets?status=8&q=a%20b"
        );
        for hostile in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\nb",
            "javascript:x",
            "/sign-in",
        ] {
            assert_eq!(safe_next(hostile), "/", "{hostile}");
        }
    }
}
