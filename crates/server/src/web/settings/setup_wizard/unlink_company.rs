//! `GET` and `POST …/setup/import/companies/{record}/unlink`: a link that a person made is taken back.

use axum::extract::{Path, State};
use domain::company_adoption::Adoption;
use domain::setup::SetupStep;
use store::company_import::CompanyImportRow;
use sync::import_companies::{Unlink, on_its_own, unlink as take_back};

use super::link_company::{find, list_address};
use super::wizard::Wizard;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::page::{page, see_other};
use crate::web::settings::integrations::confirm_page::ConfirmPage;
use crate::web::view::Section;

const STEP: SetupStep = SetupStep::Import;

/// Asks, and says what goes and what stays.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn ask_unlink(
    State(app): State<App>,
    staff: Staff,
    Path((key, record)): Path<(String, String)>,
) -> Answer {
    let (wizard, integration) = match Wizard::at(&app, &key, STEP).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let row = find(&app, &integration, &record).await?;
    let back = list_address(&wizard);
    let Some(company) = linked_by_hand(&row) else {
        return see_other(&format!("{back}&notice=company_not_linked"));
    };
    page(&ConfirmPage {
        title: format!("Unlink {}?", row.name),
        lead: match on_its_own(&integration.settings, &row) {
            Adoption::Adopt => format!(
                "It was linked to {company} here. As the Sync step is set, it becomes a company by itself: the next sync \
                 that reads it makes a new one of its own name. To keep it away, change the Sync step first."
            ),
            _ => format!(
                "It was linked to {company} here. Unlinked, it stands for no company, until it is imported or linked again."
            ),
        },
        action: format!("{}/companies/{}/unlink", wizard.address(STEP), row.id),
        back,
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
            format!("The records of {}, which sync on", wizard.provider.name),
        ],
        afterwards: String::new(),
        typed: String::new(),
        typed_error: String::new(),
        error: String::new(),
        refresh: "import-picker",
        shell: staff.shell(Section::Settings),
    })
}

/// Takes the link back.
///
/// # Errors
/// As [`ask_unlink`].
pub async fn unlink(
    State(app): State<App>,
    staff: Staff,
    Path((key, record)): Path<(String, String)>,
) -> Answer {
    let (wizard, integration) = match Wizard::at_sent(&app, &key, STEP).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let row = find(&app, &integration, &record).await?;
    let notice = match take_back(app.engine(), &staff.actor(), row.id).await? {
        Unlink::Done { .. } => "company_unlinked",
        Unlink::NotLinked | Unlink::CameOnItsOwn => "company_not_linked",
    };
    see_other(&format!("{}&notice={notice}", list_address(&wizard)))
}

/// The name of the company here, if a person made the link.
fn linked_by_hand(row: &CompanyImportRow) -> Option<&str> {
    let by_hand = row.link_origin.as_deref() == Some("import");
    let company = row.company.as_ref().filter(|_| by_hand)?;
    Some(&company.name)
}
