//! The page of an import, which the Users list opens as a dialog when scripts run.

use askama::Template;
use domain::provider::Provider;

use super::picker::{PickState, Picker};
use crate::web::settings::imports::Missing;
use crate::web::settings::imports::report::Report;
use crate::web::view::Shell;

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/import_users/show.html")]
pub struct ImportPage {
    /// The frame.
    pub shell: Shell,
    /// Where the people come from.
    pub provider: &'static Provider,
    /// One sentence under the title.
    pub lead: String,
    /// What is shown.
    pub body: Body,
}

/// What the page shows.
#[derive(Debug)]
pub enum Body {
    /// The people.
    Picker(Box<Picker>),
    /// How far an import is, or what it did.
    Report(Box<Report>),
    /// What has to be there first.
    Missing(Missing),
}

/// The users one can link to, found by typing: replaces the list of the picker.
#[derive(Debug, Template)]
#[template(
    ext = "html",
    source = r#"<datalist id="picker-people">{% for person in people %}<option value="{{ person.email }}">{{ person.name }} · {{ person.about }}</option>{% endfor %}</datalist>"#
)]
pub struct PeoplePart {
    /// Who matches.
    pub people: Vec<super::picker::LinkPerson>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::settings::import_users::picker::samples;
    use crate::web::settings::imports::report::samples as reports;
    use crate::web::view::Section;
    use crate::web::view::sample;

    fn page(body: Body) -> ImportPage {
        ImportPage {
            shell: sample::shell(Section::Settings),
            provider: domain::provider::find("autotask").expect("there"),
            lead: "Active resources and their primary e-mail address, as last read.".into(),
            body,
        }
    }

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Settings);
        let mut picker = samples::picker(&shell);
        let html = sample::check("import_users", &page(Body::Picker(picker.clone().into())));
        assert!(html.contains("Import Selected"));
        assert!(
            !html.contains(r#"name="pick" value="6""#),
            "who is linked cannot be selected"
        );
        let quick = samples::quick_match(&shell);
        let html = sample::check("import_users_quick", &page(Body::Picker(quick.into())));
        assert!(html.contains("Show the whole list") && html.contains("Resources are being read"));
        picker.rows.clear();
        picker.list.everyone = None;
        picker.list.nothing = "No resource matches".into();
        sample::check("import_users_none", &page(Body::Picker(picker.into())));
        let html = sample::check(
            "import_users_report",
            &page(Body::Report(reports::ended(&shell).into())),
        );
        assert!(html.contains("Import more") && html.contains("1,204 more"));
        assert!(!html.contains("data-live"), "nothing more will change");
        let html = sample::check(
            "import_users_running",
            &page(Body::Report(reports::running(&shell).into())),
        );
        assert!(html.contains("data-live") && html.contains("<progress"));
        let stopped = reports::stopped(&shell);
        assert_eq!(
            (stopped.tone(), reports::ended(&shell).tone()),
            ("bad", "warn")
        );
        sample::check("import_users_stopped", &page(Body::Report(stopped.into())));
        let missing = Missing {
            symbol: "plug",
            title: "Autotask is not connected".into(),
            sentence: "At least one integration must be configured and active.".into(),
            href: "/settings/integrations/autotask/setup".into(),
            label: "Connect Autotask".into(),
        };
        sample::check("import_users_missing", &page(Body::Missing(missing)));
    }
}
