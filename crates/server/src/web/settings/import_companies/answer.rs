//! What becomes of a sent list of companies: shown again with everything kept, or an import begins.

use axum::http::StatusCode;
use domain::id::PublicId;
use sync::import_companies::{CompanyImportRefusal, ImportCompanies, begin};

use super::addresses::Addresses;
use super::build::{list, listed};
use super::picker::CompanyList;
use super::state::Chosen;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Failure;
use crate::web::settings::imports::Source;
use crate::web::settings::imports::list_sync::sync_now;
use crate::web::settings::setup_wizard::wizard::Offer;
use crate::web::view::Section;

/// What became of the sent list.
#[derive(Debug)]
pub enum Answered {
    /// It is shown again.
    List(StatusCode, Box<CompanyList>),
    /// An import began: its report is looked at next.
    Begun(PublicId),
}

/// The list again, or an import when the form asked for it.
///
/// # Errors
/// When the database does not answer.
pub async fn answer(
    app: &App,
    staff: &Staff,
    source: &Source,
    addresses: Addresses,
    offer: &Offer,
    chosen: Chosen,
) -> Result<Answered, Failure> {
    let shell = staff.shell(Section::Settings);
    if !chosen.list.import {
        let told = if chosen.list.sync {
            sync_now(app, staff, listed(source)).await?
        } else {
            String::new()
        };
        let mut list = list(app, &shell, source, addresses, offer, chosen).await?;
        list.list.sync.told = told;
        return Ok(Answered::List(StatusCode::OK, Box::new(list)));
    }
    let wanted = ImportCompanies {
        integration: source.integration.id,
        rows: chosen.rows(),
        everyone: chosen.list.meant(),
    };
    Ok(match begin(app.engine(), &staff.actor(), &wanted).await? {
        Ok(import) => Answered::Begun(import),
        Err(refusal) => {
            let mut list = list(app, &shell, source, addresses, offer, chosen).await?;
            list.list.error = match refusal {
                CompanyImportRefusal::NothingSelected => {
                    let company = source.provider.words.company.to_lowercase();
                    format!("Select at least one {company} first.")
                }
            };
            Answered::List(StatusCode::UNPROCESSABLE_ENTITY, Box::new(list))
        }
    })
}
