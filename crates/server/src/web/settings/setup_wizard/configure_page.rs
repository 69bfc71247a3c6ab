//! Step 3, *Configure*: what statuses mean, the stepper, sync actions, opportunity defaults.

use askama::Template;
use domain::provider::OpportunityImportForm;
use domain::stage::Stage;

use super::choice_list::{ChoiceGroup, ChoiceList};
use super::frame::Frame;
use super::stage_rows::StageRows;
use super::statuses::Search;
use super::strip::Strip;
use super::sync_page::FormStart;
use crate::web::view::{Choice, Shell};

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/setup_wizard/configure.html")]
pub struct ConfigurePage {
    /// The frame of the site.
    pub shell: Shell,
    /// The frame of the wizard.
    pub frame: Frame,
    /// How the sync is going.
    pub strip: Strip,
    /// What the form starts from.
    pub start: FormStart,
    /// Whether there is anything to choose from yet.
    pub has_reference_data: bool,
    /// The connector can send changes to the vendor.
    pub writes: bool,
    /// Tickets are synced.
    pub tickets_on: bool,
    /// Which statuses are shown.
    pub search: Search,
    /// Statuses that mean closed.
    pub closed_statuses: ChoiceList,
    /// Audiences clients may read; empty where the vendor has none.
    pub public_audiences: ChoiceList,
    /// The status a client's comment sets.
    pub client_comment_status: Vec<ChoiceGroup>,
    /// What the stages mean.
    pub legend: Vec<Legend>,
    /// The stage of each status.
    pub stages: StageRows,
    /// Opportunities are synced.
    pub opportunities_on: bool,
    /// Defaults of opportunities; empty where the provider has none.
    pub opportunity: Vec<DefaultField>,
    /// What lets opportunities in on their own; `None` where all come.
    pub opportunity_import: Option<ImportFields>,
}

/// The fields of what lets opportunities in on their own.
#[derive(Debug, Clone)]
pub struct ImportFields {
    /// The provider's words.
    pub form: OpportunityImportForm,
    /// The switch.
    pub enabled: bool,
    /// The least value.
    pub minimum: String,
    /// What is wrong with it.
    pub minimum_error: String,
    /// The kinds.
    pub kinds: ChoiceList,
}

/// A stage with its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Legend {
    /// Its name.
    pub label: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// The five stages with their meanings.
#[must_use]
pub fn legend() -> Vec<Legend> {
    let meaning = |stage| match stage {
        Stage::New => "Newly created or not yet triaged",
        Stage::Triaged => "Reviewed and categorized",
        Stage::Working => "Actively being worked on",
        Stage::Waiting => "Waiting for customer response or external input",
        Stage::Resolved => "Completed",
    };
    let of = |stage: Stage| Legend {
        label: stage.label(),
        meaning: meaning(stage),
    };
    Stage::ALL.map(of).into()
}

/// A default of opportunities.
#[derive(Debug, Clone)]
pub struct DefaultField {
    /// The name of the field.
    pub key: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What it does.
    pub help: &'static str,
    /// A number is typed instead of a value chosen.
    pub number: bool,
    /// The number.
    pub value: String,
    /// The values.
    pub choices: Vec<Choice>,
    /// What is wrong with it.
    pub error: String,
}

#[cfg(test)]
mod tests {
    use super::super::client_comment_status;
    use super::super::frame::Place;
    use super::super::merge::Labels;
    use super::super::statuses::Statuses;
    use super::super::statuses::samples::status;
    use super::super::strip;
    use super::super::sync_page::samples::{self, choices, conflict};
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};
    use domain::setup::SetupStep;

    fn page() -> ConfigurePage {
        let provider = domain::provider::find("autotask").expect("there");
        let place = Place {
            reached: SetupStep::Configure,
            completed: false,
            connected: true,
        };
        let all = (0..14).map(|n| {
            let name = match n {
                4 => HOSTILE.to_owned(),
                6 => sample::long(),
                n => format!("Waiting Vendor {}", n % 5),
            };
            let board = if n < 7 { "Help Desk" } else { HOSTILE };
            status(&n.to_string(), board, &name)
        });
        let statuses = Statuses::new(all.collect());
        let search = Search::default();
        let stages = (0..10).map(|n| (n.to_string(), Stage::Waiting)).collect();
        let chosen = ["1", "2"].map(str::to_owned).into();
        let list = |name, label, count| samples::list(name, label, count);
        let field = |field: &domain::provider::OpportunityField| {
            let number = field.value.kind().is_none();
            DefaultField {
                key: field.value.key(),
                label: field.label,
                help: field.help,
                number,
                value: if number { "30".into() } else { String::new() },
                choices: choices(4),
                error: String::new(),
            }
        };
        ConfigurePage {
            shell: sample::shell_after(Section::Settings, "setup_sync_started"),
            frame: Frame::new(provider, &place, SetupStep::Configure),
            strip: strip::sample(),
            start: FormStart {
                revision: 2,
                base: "{}".into(),
                ..FormStart::default()
            },
            has_reference_data: true,
            writes: false,
            tickets_on: true,
            closed_statuses: list("closed_status", "Closed Statuses", 0).of_statuses(
                &statuses,
                &search,
                &chosen,
                |_| false,
            ),
            public_audiences: list("public_audience", "Note audiences", 3),
            client_comment_status: client_comment_status::choices(
                &statuses,
                &search,
                &chosen,
                &Labels::of(provider, &[], &statuses, &[]),
            ),
            legend: legend(),
            stages: StageRows::new(&statuses, &search, &stages, &stages, false),
            search,
            opportunities_on: true,
            opportunity: provider.setup.opportunity.iter().map(field).collect(),
            opportunity_import: Some(ImportFields {
                form: domain::provider::find("halo_psa")
                    .and_then(|halo| halo.setup.opportunity_import)
                    .expect("Halo has a rule"),
                enabled: true,
                minimum: HOSTILE.into(),
                minimum_error: String::new(),
                kinds: list("opportunity_kind", "Opportunity types to auto-import", 3),
            }),
        }
    }

    #[test]
    fn renders() {
        let html = sample::check("setup_configure", &page());
        for words in [
            "Closed Statuses",
            "Client Comment Status",
            "Takes effect when",
            "Resolution Status Stepper",
            "Quick Sync",
            "Clear &amp; Resync",
            "Fallback Owner",
            "Default Stage",
            "Default Category",
            "Projected Close Days",
            "Enable opportunity auto-import",
            "Minimum value",
            "Opportunity types to auto-import",
            "Without a stage",
            "On every board",
            "name=\"stage_all.waiting vendor 0\" value=\"board\"",
            "name=\"closed_status_was.waiting vendor 1\" value=\"board\"",
            "<option value=\"all.waiting vendor 0\">",
            "<option value=\"kept\" selected>",
            "each ticket gets its own board",
        ] {
            assert!(html.contains(words), "{words}");
        }
        assert!(!html.contains("value=\"find\""), "there are few");
        assert!(!html.contains("<fieldset class=\"field-grid\" disabled>"));
        let mut page = page();
        page.opportunities_on = false;
        page.start = conflict();
        let html = sample::check("setup_configure_conflict", &page);
        assert!(html.contains("<fieldset class=\"field-grid\" disabled>"));
        assert!(html.contains("Enable Opportunity Sync is off"));
        assert!(!html.contains("with_opportunities"));
        page.start.conflicts.clear();
        page.start.problems = ["stage", "client_comment_status"]
            .map(|field| (field, HOSTILE.to_owned()))
            .into();
        page.closed_statuses.error = HOSTILE.to_owned();
        let html = sample::check("setup_configure_refused", &page);
        assert_eq!(html.matches("class=\"field-error\"").count(), 3);
    }
}
