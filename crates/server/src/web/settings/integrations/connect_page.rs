//! The page with the connect form: fields from the provider's data, instructions beside them, Test Connection.

use askama::Template;
use domain::provider::Documentation;

use super::options::Options;
use crate::web::view::Shell;

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/integrations/connect.html")]
pub struct ConnectPage {
    /// The frame.
    pub shell: Shell,
    /// Provider key.
    pub key: &'static str,
    /// Provider name.
    pub name: &'static str,
    /// One line.
    pub description: &'static str,
    /// Prerequisites, instructions, troubleshooting.
    pub documentation: Documentation,
    /// New credentials for an existing integration, instead of a new one.
    pub update: bool,
    /// The form's fields.
    pub fields: Vec<Field>,
    /// Whether some of them are under *Advanced*.
    pub has_advanced: bool,
    /// Whether *Advanced* is open: something in it is filled or wrong.
    pub advanced_open: bool,
    /// What the test said.
    pub result: Option<TestResult>,
    /// The secret fields were sent and are not shown again.
    pub retype: bool,
    /// Sync options.
    pub options: Options,
}

/// One field of the form.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub key: &'static str,
    /// Its label.
    pub label: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// Placeholder.
    pub example: &'static str,
    /// Hidden while typed.
    pub secret: bool,
    /// Must be filled.
    pub required: bool,
    /// Under *Advanced*.
    pub advanced: bool,
    /// Longest accepted text.
    pub max_length: usize,
    /// What was typed; always empty for secrets.
    pub value: String,
    /// What is wrong with it.
    pub error: String,
    /// A value is stored and stays when the field is left empty.
    pub stored: bool,
}

/// What Test Connection said.
#[derive(Debug, Clone, Default)]
pub struct TestResult {
    /// It works.
    pub connected: bool,
    /// The account at the vendor.
    pub account: String,
    /// Rights that are missing.
    pub missing: Vec<MissingRight>,
    /// What went wrong, in a few words.
    pub title: String,
    /// In the vendor's words.
    pub message: String,
    /// What to check.
    pub hint: String,
}

/// A right the credentials lack.
#[derive(Debug, Clone)]
pub struct MissingRight {
    /// What cannot be read.
    pub area: String,
    /// The vendor's name of the right.
    pub right: String,
    /// Whether a sync is impossible without it.
    pub required: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};

    fn page(result: Option<TestResult>, error: &str) -> ConnectPage {
        let provider = domain::provider::find("autotask").expect("there");
        let fields = provider.form.iter().map(|field| Field {
            key: field.key,
            label: field.label,
            help: field.help,
            example: field.example,
            secret: field.secret,
            required: field.required,
            advanced: field.advanced,
            max_length: field.max_length,
            value: if field.secret {
                String::new()
            } else {
                HOSTILE.into()
            },
            error: error.into(),
            stored: false,
        });
        ConnectPage {
            shell: sample::shell(Section::Settings),
            key: provider.key,
            name: provider.name,
            description: provider.description,
            documentation: provider.documentation,
            update: false,
            fields: fields.collect(),
            has_advanced: true,
            advanced_open: false,
            result,
            retype: true,
            options: Options::sample(),
        }
    }

    #[test]
    fn renders() {
        sample::check("connect", &page(None, ""));
        let failed = TestResult {
            title: "Autotask refused the credentials.".into(),
            message: HOSTILE.into(),
            hint: "Verify that the API credentials are correct and have not expired, then test the connection again.".into(),
            ..TestResult::default()
        };
        let html = sample::check("connect_failed", &page(Some(failed), "Check this value."));
        assert!(html.contains("aria-invalid"));
        let missing = MissingRight {
            area: "Tickets".into(),
            right: "Tickets: View All".into(),
            required: true,
        };
        let good = TestResult {
            connected: true,
            account: sample::long(),
            missing: vec![missing],
            ..TestResult::default()
        };
        let html = sample::check("connect_good", &page(Some(good), ""));
        assert!(html.contains("<strong>Connected</strong>"));
    }
}
