//! Parts of pages that show one record: facts, sections of facts, where the record comes from, bodies.

use std::fmt;

use askama::filters::{Escaper, HtmlSafe};

use super::time::Time;

/// A labelled value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fact {
    /// The label, in the vendor's word.
    pub label: String,
    /// The value.
    pub value: String,
    /// Where it leads, or nothing.
    pub href: String,
    /// Which source and rule gave the value, where several could.
    pub origin: String,
}

impl Fact {
    /// A fact.
    #[must_use]
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            ..Self::default()
        }
    }

    /// The same as a link.
    #[must_use]
    pub fn linked(mut self, href: impl Into<String>) -> Self {
        self.href = href.into();
        self
    }

    /// The same with its origin.
    #[must_use]
    pub fn from(mut self, origin: impl Into<String>) -> Self {
        self.origin = origin.into();
        self
    }
}

/// Facts worth showing: those with a value.
#[derive(Debug, Clone, Default)]
pub struct Facts(pub Vec<Fact>);

impl Facts {
    /// Adds a fact unless its value is empty.
    pub fn add(&mut self, label: impl Into<String>, value: impl Into<String>) {
        let fact = Fact::new(label, value);
        if !fact.value.trim().is_empty() {
            self.0.push(fact);
        }
    }

    /// The same for a value that may be missing.
    pub fn add_some(&mut self, label: impl Into<String>, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.add(label, value);
        }
    }
}

/// Facts under a heading of the vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactSection {
    /// The heading.
    pub title: String,
    /// The facts.
    pub facts: Vec<Fact>,
}

/// Where a record comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Provider key.
    pub provider_key: String,
    /// Name of the integration.
    pub integration: String,
    /// The vendor's id.
    pub external_id: String,
    /// When it last changed there.
    pub updated: Option<Time>,
    /// When this state was stored here.
    pub stored: Time,
    /// Its page in the vendor's product.
    pub web_url: String,
    /// Whether it is a sandbox, which has no pages.
    pub sandbox: bool,
}

/// A description or comment, ready for a page: plain text escaped, HTML only as the sanitiser left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyView {
    /// Whether it is plain text, shown with its line breaks.
    pub plain: bool,
    html: String,
}

impl BodyView {
    /// Plain text, whatever it holds.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        let mut html = String::with_capacity(text.len() + 16);
        // Writing into a string cannot fail.
        let _infallible = askama::filters::Html.write_escaped_str(&mut html, text.trim_end());
        Self { plain: true, html }
    }

    /// HTML that the sanitiser made.
    #[must_use]
    pub fn sanitised(html: String) -> Self {
        Self { plain: false, html }
    }
}

impl fmt::Display for BodyView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.html)
    }
}

impl HtmlSafe for BodyView {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_never_interpreted() {
        let body = BodyView::plain("a <img src=x onerror=alert(1)>\nb");
        assert!(!body.to_string().contains('<'));
        assert!(body.to_string().contains('\n'));
    }

    #[test]
    fn facts_without_a_value_are_left_out() {
        let mut facts = Facts::default();
        facts.add("a", " ");
        facts.add("b", "x");
        facts.add_some("c", None::<String>);
        assert_eq!(facts.0, [Fact::new("b", "x")]);
    }
}
