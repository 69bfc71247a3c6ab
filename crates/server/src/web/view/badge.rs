//! Badges: a word with a symbol and a colour. The symbol and the word carry the meaning, the colour helps.

use std::fmt;

use askama::filters::{Escaper, HtmlSafe};
use domain::run::RunState;
use domain::status::IntegrationStatus;

/// A badge, ready for a page. Renders itself as HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// The word.
    pub label: String,
    /// What it means, as the title.
    pub meaning: String,
    /// `good`, `info`, `warn`, `bad` or nothing.
    pub class: &'static str,
    /// Symbol of the sprite, or nothing.
    pub icon: &'static str,
}

impl Badge {
    /// A plain badge with a word of a vendor.
    #[must_use]
    pub fn plain(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            meaning: String::new(),
            class: "",
            icon: "",
        }
    }

    fn new(label: &str, meaning: &str, class: &'static str, icon: &'static str) -> Self {
        Self {
            label: label.into(),
            meaning: meaning.into(),
            class,
            icon,
        }
    }

    /// The status of an integration, with its meaning.
    #[must_use]
    pub fn status(status: IntegrationStatus) -> Self {
        let (class, icon) = match status {
            IntegrationStatus::Connected => ("good", "check-circle"),
            IntegrationStatus::Disconnected => ("", "unplug"),
            IntegrationStatus::Error => ("bad", "alert"),
            IntegrationStatus::Syncing => ("info spinning", "refresh"),
        };
        Self::new(status.label(), status.meaning(), class, icon)
    }

    /// The state of a run or of one stream's part of it.
    #[must_use]
    pub fn run(state: RunState) -> Self {
        match state {
            RunState::Waiting => Self::new("Waiting", "Waiting for a worker", "", "clock"),
            RunState::Running => Self::new(
                "Running",
                "Reading from the vendor now",
                "info spinning",
                "refresh",
            ),
            RunState::Completed => {
                Self::new("Completed", "Everything was read", "good", "check-circle")
            }
            RunState::Partial => Self::new(
                "Partial",
                "Finished, but something was set aside, held back or not read",
                "warn",
                "alert",
            ),
            RunState::Failed => Self::new("Failed", "Ended without finishing", "bad", "alert"),
            RunState::Superseded => Self::new(
                "Replaced",
                "Replaced by a newer run before it finished",
                "",
                "x",
            ),
        }
    }

    /// Whether a ticket is open or closed.
    #[must_use]
    pub fn closed(closed: bool) -> Self {
        if closed {
            Self::new("Closed", "", "", "check")
        } else {
            Self::new("Open", "", "good", "ticket")
        }
    }
}

impl fmt::Display for Badge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let html = askama::filters::Html;
        f.write_str("<span class=\"badge ")?;
        f.write_str(self.class)?;
        f.write_str("\" title=\"")?;
        html.write_escaped_str(
            &mut *f,
            if self.meaning.is_empty() {
                &self.label
            } else {
                &self.meaning
            },
        )?;
        f.write_str("\">")?;
        if !self.icon.is_empty() {
            write!(
                f,
                r##"<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#{}"></use></svg>"##,
                self.icon
            )?;
        }
        html.write_escaped_str(&mut *f, &self.label)?;
        f.write_str("</span>")
    }
}

impl HtmlSafe for Badge {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendors_word_is_escaped() {
        let html = Badge::plain("<b onclick=\"x\">").to_string();
        assert!(!html.contains("<b"), "{html}");
        assert!(!html.contains("\"x\""), "{html}");
    }
}
