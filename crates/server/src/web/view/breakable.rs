//! E-mail and web addresses that a narrow column breaks where a reader expects it, not in the middle of a word.

use std::fmt;

use askama::filters::{Escaper, Html, HtmlSafe};

/// What an address may be broken after.
const AFTER: [char; 5] = ['@', '.', '-', '_', '/'];

/// A text, escaped, with places in its addresses where a line may end. Copying it gives the text as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breakable(String);

/// The text for a page. Words that are no addresses stay whole: an amount or a phone number is not taken apart.
#[must_use]
pub fn breakable(text: impl AsRef<str>) -> Breakable {
    let text = text.as_ref();
    let mut html = String::with_capacity(text.len() + 32);
    for word in text.split_inclusive(char::is_whitespace) {
        if is_address(word.trim_end()) {
            push_address(&mut html, word);
        } else {
            push(&mut html, word);
        }
    }
    Breakable(html)
}

fn push_address(html: &mut String, address: &str) {
    let mut pieces = address.split_inclusive(AFTER).peekable();
    while let Some(piece) = pieces.next() {
        push(html, piece);
        let goes_on = |next: &&str| !next.starts_with(AFTER) && !next.trim().is_empty();
        if pieces.peek().is_some_and(goes_on) {
            html.push_str("<wbr>");
        }
    }
}

fn push(html: &mut String, text: &str) {
    // Writing into a string cannot fail.
    let _infallible = Html.write_escaped_str(html, text);
}

fn is_address(word: &str) -> bool {
    word.contains('@') || word.contains("://") || is_host(word.split('/').next().unwrap_or(word))
}

fn is_host(name: &str) -> bool {
    let Some((labels, top)) = name.rsplit_once('.') else {
        return false;
    };
    let is_label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    top.len() > 1 && top.chars().all(char::is_alphabetic) && labels.split('.').all(is_label)
}

impl fmt::Display for Breakable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Breakable {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_break_after_their_marks_and_other_words_do_not() {
        for (text, html) in [
            (
                "maria-anna.huber_2@brightwater.example",
                "maria-<wbr>anna.<wbr>huber_<wbr>2@<wbr>brightwater.<wbr>example",
            ),
            (
                "https://www.brightwater.example/about/",
                "https://<wbr>www.<wbr>brightwater.<wbr>example/<wbr>about/",
            ),
            ("brightwater.example", "brightwater.<wbr>example"),
            ("ask a@b.example first", "ask a@<wbr>b.<wbr>example first"),
            ("a@b.example\nc", "a@<wbr>b.<wbr>example\nc"),
            ("12,480.00", "12,480.00"),
            ("+43 316-123.456", "+43 316-123.456"),
            ("T20260314.0001", "T20260314.0001"),
            ("Hauptplatz 1/2", "Hauptplatz 1/2"),
            ("Dr. Huber-Maier", "Dr. Huber-Maier"),
            ("", ""),
        ] {
            assert_eq!(breakable(text).to_string(), html, "{text}");
        }
    }

    #[test]
    fn everything_is_escaped() {
        let html = breakable("<b>@\"x\"&.example <script>").to_string();
        assert_eq!(html.replace("<wbr>", "").find(['<', '>', '"']), None);
        assert!(html.contains("@<wbr>"));
    }
}
