//! How every text enters a page: special characters of HTML are escaped, and what would mislead a reader is shown or
//! left out (`domain::text::shown`). Templates use it by themselves, see `askama.toml`.

use std::fmt::{self, Write};

use askama::filters::{Escaper, Html};
use domain::text::shown;

/// The escaper of all templates.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown;

impl Escaper for Shown {
    fn write_escaped_str<W: Write>(&self, dest: W, text: &str) -> fmt::Result {
        Html.write_escaped_str(dest, &shown(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_direction_stay_text() {
        let mut html = String::new();
        Shown
            .write_escaped_str(&mut html, "<b>\u{202e}x\u{7}")
            .expect("a string");
        assert_eq!(html, "&#60;b&#62;x\u{2407}");
    }
}
