//! The page of an import of companies, which the list of companies opens as a dialog when scripts run.

use askama::Template;
use domain::provider::Provider;

use super::picker::CompanyList;
use crate::web::settings::imports::Missing;
use crate::web::settings::imports::report::Report;
use crate::web::view::Shell;

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/import_companies/show.html")]
pub struct ImportPage {
    /// The frame.
    pub shell: Shell,
    /// Where the companies come from.
    pub provider: &'static Provider,
    /// One sentence under the title.
    pub lead: String,
    /// What is shown.
    pub body: Body,
}

/// What the page shows.
#[derive(Debug)]
pub enum Body {
    /// The companies.
    List(Box<CompanyList>),
    /// How far an import is, or what it did.
    Report(Box<Report>),
    /// What has to be there first.
    Missing(Missing),
}

#[cfg(test)]
mod tests {
    use super::super::picker::samples;
    use super::*;
    use crate::web::settings::imports::report::samples as reports;
    use crate::web::view::Section;
    use crate::web::view::sample;

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Companies);
        let page = |body: Body| ImportPage {
            shell: shell.clone(),
            provider: domain::provider::find("halo_psa").expect("there"),
            lead: "Clients as last read.".into(),
            body,
        };
        let mut list = samples::list();
        list.list.cancel = "/companies".into();
        let html = sample::check("import_companies", &page(Body::List(list.into())));
        assert!(html.contains("Import Selected") && html.contains("data-close>Cancel"));
        assert!(
            !html.contains(r#"name="pick" value="2""#),
            "what is linked cannot be selected"
        );
        let ended = reports::ended(&shell);
        let html = sample::check("import_companies_report", &page(Body::Report(ended.into())));
        assert!(html.contains("Import more"));
        let missing = Missing {
            symbol: "plug",
            title: "Halo PSA is not connected".into(),
            sentence: sample::long(),
            href: "/settings/integrations/halo_psa/setup".into(),
            label: "Connect Halo PSA".into(),
        };
        let html = sample::check("import_companies_missing", &page(Body::Missing(missing)));
        assert!(html.contains("Back to companies"));
    }
}
