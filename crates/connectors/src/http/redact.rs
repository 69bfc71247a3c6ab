//! Keeps secrets out of everything a person or a log may see (rule X1).
//!
//! Vendors repeat what they were sent: a refused header in an error page, a key in a message. Every text that comes
//! from outside passes through here before it becomes part of an error.

use std::borrow::Cow;
use std::fmt;

use domain::secret::Secret;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// What stands where a secret stood.
pub const HIDDEN: &str = "[hidden]";

/// Shorter values are not searched for: hiding every `a` would make texts unreadable and hide nothing.
const SHORTEST: usize = 4;

/// Longest vendor text kept in an error, in characters.
const LONGEST: usize = 500;

/// Knows the secrets of one connection and removes them from texts.
#[derive(Clone, Default)]
pub struct Redactor {
    /// The secrets in each spelling they may come back in, longest first.
    spellings: Vec<Secret>,
}

impl Redactor {
    /// A redactor for these secrets.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut spellings: Vec<Secret> = Vec::new();
        for secret in secrets {
            let plain = secret.expose().trim();
            if plain.len() < SHORTEST {
                continue;
            }
            for spelling in [plain.to_owned(), percent(plain), json(plain), html(plain)] {
                if !spellings.iter().any(|known| known.expose() == spelling) {
                    spellings.push(Secret::from(spelling));
                }
            }
        }
        spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.expose().len()));
        Self { spellings }
    }

    /// The text without any secret.
    #[must_use]
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for spelling in &self.spellings {
            if text.contains(spelling.expose()) {
                text = Cow::Owned(text.replace(spelling.expose(), HIDDEN));
            }
        }
        text
    }

    /// A vendor's message fit for an error: without secrets, in one line, not longer than 500 characters, and without
    /// NUL, which a database refuses together with everything that is to be stored beside it.
    #[must_use]
    pub fn message(&self, text: &str) -> String {
        // Hidden first: cutting first could leave the front half of a secret.
        let hidden = self.text(text);
        let line = hidden.split_whitespace().collect::<Vec<_>>().join(" ");
        domain::text::without_nul(domain::text::cut(&line, LONGEST))
    }

    /// The address without query values, user and password: `https://host/path?user=[hidden]`.
    #[must_use]
    pub fn url(&self, url: &Url) -> String {
        let mut shown = format!("{}{}", url.origin().ascii_serialization(), url.path());
        for (position, (name, _)) in url.query_pairs().enumerate() {
            shown.push(if position == 0 { '?' } else { '&' });
            shown.push_str(&name);
            shown.push('=');
            shown.push_str(HIDDEN);
        }
        self.text(&shown).into_owned()
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} spellings)", self.spellings.len())
    }
}

fn percent(plain: &str) -> String {
    utf8_percent_encode(plain, NON_ALPHANUMERIC).to_string()
}

fn json(plain: &str) -> String {
    let quoted = serde_json::Value::from(plain).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn html(plain: &str) -> String {
    plain
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spelling_of_a_secret_survives() {
        let redactor = Redactor::new([
            &Secret::from("p4$&\"x<Z"),
            &Secret::from("TRACKING27"),
            &Secret::from("ab"),
        ]);
        for text in [
            "Secret p4$&\"x<Z refused",
            "Secret p4%24%26%22x%3CZ refused",
            "Secret p4$&\\\"x<Z refused",
            "Secret p4$&amp;&quot;x&lt;Z refused",
            "code TRACKING27, code TRACKING27",
        ] {
            let shown = redactor.message(text);
            assert!(
                shown.contains(HIDDEN) && !shown.contains("p4") && !shown.contains("TRACKING"),
                "{shown}"
            );
        }
        assert_eq!(
            redactor.text("a cab"),
            "a cab",
            "short values are left alone"
        );
        assert_eq!(format!("{redactor:?}").find("TRACKING"), None);
    }

    #[test]
    fn a_message_is_one_line_without_nul() {
        let redactor = Redactor::default();
        assert_eq!(redactor.message("a\0b\r\n c"), "ab c");
    }

    #[test]
    fn a_secret_at_the_cut_is_hidden_first() {
        let redactor = Redactor::new([&Secret::from("SECRETSECRET")]);
        let text = format!("{}SECRETSECRET", "x".repeat(LONGEST - 6));
        assert!(!redactor.message(&text).contains("SECRET"));
    }

    #[test]
    fn addresses_lose_their_values() {
        let url = Url::parse("https://user:pw@host.example/v1/look?user=ann%40example.com&key=1")
            .expect("an address");
        assert_eq!(
            Redactor::default().url(&url),
            "https://host.example/v1/look?user=[hidden]&key=[hidden]"
        );
    }
}
