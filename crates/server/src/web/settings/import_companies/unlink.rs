//! `GET` and `POST /companies/import/{provider}/{record}/unlink`: a link that a person made is taken back.

use axum::extract::{Path, State};
use domain::company_adoption::Adoption;
use store::company_import::CompanyImportRow;
use sync::import_companies::{Unlink, on_its_own, unlink as take_back};

use super::link::Question;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::form::Fields;
use crate::web::page::page;
use crate::web::settings::imports::kept_list::KeptList;
use crate::web::settings::integrations::confirm_page::ConfirmPage;
use crate::web::view::{Query, Section, Shell};

/// Asks, and says what goes and what stays.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn ask_unlink(
    State(app): State<App>,
    staff: Staff,
    Path((key, record)): Path<(String, String)>,
    query: Query,
) -> Answer {
    let asked = Question::find(&app, &staff, (&key, &record), &query).await?;
    ask(&staff, &asked, KeptList::default())
}

fn ask(staff: &Staff, asked: &Question, kept: KeptList) -> Answer {
    let (row, back) = (&asked.row, asked.addresses.list());
    let Some(company) = linked_by_hand(row) else {
        return kept.lead_back(&back, "company_not_linked");
    };
    page(&ConfirmPage {
        action: asked.addresses.question(row.id, "unlink"),
        back,
        kept,
        ..question(
            staff.shell(Section::Companies),
            (&row.name, company),
            asked.source.provider.name,
            on_its_own(&asked.source.integration.settings, row),
        )
    })
}

/// What is asked before the company `name` of a provider, linked to `company` here, is unlinked.
fn question(
    shell: Shell,
    (name, company): (&str, &str),
    provider: &str,
    then: Adoption,
) -> ConfirmPage {
    ConfirmPage {
        title: format!("Unlink {name}?"),
        lead: match then {
            Adoption::Adopt => format!(
                "It was linked to {company} here. As the Sync step is set, it becomes a company by itself: the next sync \
                 that reads it makes a new one of its own name. To keep it away, change the Sync step first."
            ),
            _ => format!(
                "It was linked to {company} here. Unlinked, it stands for no company, until it is imported or linked again."
            ),
        },
        action: String::new(),
        back: String::new(),
        button: "Unlink".to_owned(),
        dangerous: true,
        goes_title: "What goes",
        goes: vec![
            format!("Its tickets, contacts and opportunities no longer show with {company}"),
            format!(
                "People imported through it who were never invited are no longer members of {company}"
            ),
        ],
        stays: vec![
            format!("{company} itself, with everything from other tools"),
            "People who were invited or sign in already".to_owned(),
            format!("The records of {provider}, which sync on"),
        ],
        afterwards: String::new(),
        typed: String::new(),
        typed_error: String::new(),
        error: String::new(),
        refresh: "import-picker",
        kept: KeptList::default(),
        shell,
    }
}

/// Takes the link back; asks when the form is that of the list it is in.
///
/// # Errors
/// As [`ask_unlink`].
pub async fn unlink(
    State(app): State<App>,
    staff: Staff,
    Path((key, record)): Path<(String, String)>,
    query: Query,
    fields: Fields,
) -> Answer {
    let asked = Question::find(&app, &staff, (&key, &record), &query).await?;
    let list = asked.addresses.action();
    if let Some(kept) = KeptList::opened(&list, &fields) {
        return ask(&staff, &asked, kept);
    }
    let notice = match take_back(app.engine(), &staff.actor(), asked.row.id).await? {
        Unlink::Done { .. } => "company_unlinked",
        Unlink::NotLinked | Unlink::CameOnItsOwn => "company_not_linked",
    };
    KeptList::carried(&list, &fields).lead_back(&asked.addresses.list(), notice)
}

/// The name of the company here, if a person made the link.
fn linked_by_hand(row: &CompanyImportRow) -> Option<&str> {
    let by_hand = row.link_origin.as_deref() == Some("import");
    let company = row.company.as_ref().filter(|_| by_hand)?;
    Some(&company.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::sample::{self, HOSTILE};

    #[test]
    fn the_question_says_whether_it_comes_back_by_itself() {
        let asked = |company: &str, then| {
            let shell = sample::shell(Section::Companies);
            question(shell, ("Brightwater Dental", company), "Autotask", then)
        };
        let page = asked("Brightwater", Adoption::Adopt);
        let html = sample::check("unlink_company", &page);
        assert!(html.contains("becomes a company by itself"));
        let page = asked(HOSTILE, Adoption::NotTheSource);
        let html = sample::check("unlink_company_waits", &page);
        assert!(html.contains("until it is imported or linked again"));
        let page = asked(&sample::long(), Adoption::NotTheSource);
        sample::check("unlink_company_long", &page);
    }
}
