//! Step 1, *Connect*: fields from the provider's data, the vendor's page beside them, Test Connection.

use askama::Template;
use domain::provider::{Documentation, Flow, Provider};

use super::frame::Frame;
use crate::web::view::Shell;

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/setup_wizard/connect.html")]
pub struct ConnectPage {
    /// The frame of the site.
    pub shell: Shell,
    /// The frame of the wizard.
    pub frame: Frame,
    /// Prerequisites, instructions, troubleshooting.
    pub documentation: Documentation,
    /// What is synced, and which way.
    pub flows: Vec<FlowRow>,
    /// The account that is connected already.
    pub account: Option<String>,
    /// Whether the form was opened before anybody connected.
    pub unconnected: bool,
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
}

/// What is synced, ready for the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowRow {
    /// The data.
    pub data: &'static str,
    /// Which way.
    pub direction: String,
    /// When the other way comes, or nothing.
    pub later: String,
    /// What it is.
    pub note: &'static str,
}

/// The table of a provider. A way that its connector cannot go yet says so.
#[must_use]
pub fn flows(provider: &Provider) -> Vec<FlowRow> {
    let row = |flow: &Flow| {
        let there = format!("{} → Portico", provider.name);
        let (direction, later) = match (flow.both_ways, provider.capability.write) {
            (false, _) => (there, String::new()),
            (true, true) => ("Both ways".to_owned(), String::new()),
            (true, false) => (
                there,
                format!(
                    "Portico → {} comes with a later version; until then nothing is changed there",
                    provider.name
                ),
            ),
        };
        FlowRow {
            data: flow.data,
            direction,
            later,
            note: flow.note,
        }
    };
    provider.setup.flows.iter().map(row).collect()
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
    /// Longest accepted text, with room for a space or line break copied along.
    pub max_length: usize,
    /// What was typed; always empty for secrets.
    pub value: String,
    /// What is wrong with it.
    pub error: String,
    /// What is worth a look and may be right.
    pub hint: String,
    /// A value is stored and stays when the field is left empty.
    pub stored: bool,
    /// The name of the box that takes the stored value back; empty where one is needed.
    pub removal: String,
    /// Whether that box is ticked.
    pub removed: bool,
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
    /// In the vendor's words; empty where it was not asked.
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

impl From<sync::connect::MissingRight> for MissingRight {
    fn from(right: sync::connect::MissingRight) -> Self {
        Self {
            area: right.area,
            right: right.right,
            required: right.required,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::Place;
    use super::*;
    use crate::web::settings::integrations::to_card::setup;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};
    use domain::setup::SetupStep;

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
            hint: HOSTILE.into(),
            stored: field.secret && !field.required,
            removal: if field.secret && !field.required {
                format!("remove.{}", field.key)
            } else {
                String::new()
            },
            removed: false,
        });
        ConnectPage {
            shell: sample::shell(Section::Settings),
            frame: Frame::new(provider, &Place::START, SetupStep::Connect),
            documentation: provider.documentation,
            flows: flows(provider),
            account: None,
            unconnected: true,
            fields: fields.collect(),
            has_advanced: true,
            advanced_open: false,
            result,
            retype: true,
        }
    }

    /// What the wizard says beside the form also stands in the documentation, word for word.
    #[test]
    fn the_vendor_page_says_what_the_screen_says() {
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for provider in domain::provider::ALL
            .into_iter()
            .filter(|one| one.available)
        {
            let path = format!(
                "{}/../../docs/setup/{}.md",
                env!("CARGO_MANIFEST_DIR"),
                provider.key.replace('_', "-")
            );
            let page =
                std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            let page = line(&page);
            let there = |text: &str| assert!(page.contains(&line(text)), "{path} lacks: {text}");
            there("## Not verified against a live ");
            let documentation = provider.documentation;
            documentation
                .prerequisites
                .iter()
                .for_each(|text| there(text));
            for part in documentation.instructions {
                there(part.title);
                for step in part.steps {
                    there(step.title);
                    step.actions.iter().for_each(|text| there(text));
                    step.address.iter().for_each(|address| there(address));
                    for (field, value) in step.values {
                        there(&format!("| {field} | {value} |"));
                    }
                    step.notes.iter().for_each(|note| there(note.text));
                }
            }
            let card = setup(provider, None).label;
            there(&format!("click **{card}** on the {} card", provider.name));
            documentation.limits.iter().for_each(|text| there(text));
            for row in documentation.troubleshooting {
                there(&format!("| {} | {} |", row.issue, row.solution));
            }
            for row in provider.setup.flows {
                let way = format!("{} → Portico", provider.name);
                there(&format!("| {} | {way} | {} |", row.data, row.note));
            }
        }
    }

    #[test]
    fn renders() {
        let html = sample::check("setup_connect", &page(None, ""));
        for words in [
            "API User (system)",
            "Can create webhooks to Yes",
            "limit to 25",
            "Least privilege",
            "First Name",
            "Last Name",
            "Security Level",
            "Email Address",
            "Primary Internal Location",
            "Integration Vendor",
            "Generate Key",
            "Generate Secret",
            "only once",
            "lines of business",
            "Save &amp; Close",
            "Autotask → Portico",
        ] {
            assert!(
                html.contains(words) || html.contains(&words.replace("&amp;", "&#38;")),
                "{words}"
            );
        }
        let failed = TestResult {
            title: "Autotask refused the credentials.".into(),
            message: HOSTILE.into(),
            hint: "Verify that the API credentials are correct and have not expired, then test the connection again.".into(),
            ..TestResult::default()
        };
        let html = sample::check(
            "setup_connect_failed",
            &page(Some(failed), "Check this value."),
        );
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
        let page = ConnectPage {
            account: Some(sample::long()),
            unconnected: false,
            ..page(Some(good), "")
        };
        let html = sample::check("setup_connect_good", &page);
        assert!(html.contains("<strong>Connected</strong>"));
    }
}
