//! Locations of companies: a list of its own, read for the companies of a page. A company has its main address itself.

use std::collections::HashMap;

use domain::location::{self, Location};
use domain::record::Batch;
use domain::side_list::SideList;

use super::answer::small;
use super::client::Client;
use super::query::{LARGEST_PAGE, SPARE_CONDITIONS, field};
use super::wire::AutotaskLocation;
use crate::error::Result;
use crate::http::decode::Text;
use crate::http::send::Answer;
use crate::page::Page;
use crate::probe::{Area, allowed};
use crate::value::{flag, lines, text, whole};
use crate::walk::Position;

const OPERATION: &str = "list locations";

/// The right to them, which syncing goes on without.
pub(super) const AREA: Area = Area::new(
    "CompanyLocations",
    "Company locations",
    "Security level: CRM > Companies — View (without it, locations of new companies are not known, and those of others \
     stay as they are)",
    false,
);

/// Companies asked about at once: as many as one query may have conditions for.
const AT_ONCE: usize = LARGEST_PAGE as usize - SPARE_CONDITIONS;

/// Adds their locations to the companies of a page, or that they may not be read.
///
/// # Errors
/// As any request.
pub(super) async fn add(client: &Client, page: &mut Page) -> Result<()> {
    let Batch::Companies(companies) = &mut page.batch else {
        return Ok(());
    };
    let ids = companies.iter().map(|company| company.external_id.parse());
    // Ids are numbers there; the mapping has just written them.
    let ids: Vec<i64> = ids.filter_map(std::result::Result::ok).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut known: HashMap<String, Vec<Location>> = HashMap::new();
    let mut refused = false;
    for some in ids.chunks(AT_ONCE) {
        let Some(some) = allowed(of(client, some).await)? else {
            refused = true;
            break;
        };
        for (company, location) in some {
            known.entry(company.to_string()).or_default().push(location);
        }
    }
    page.beside.push(AREA.beside(SideList::Locations, refused));
    for company in companies {
        if let Some(locations) = known.remove(&company.external_id) {
            location::put(&mut company.fields, locations);
        }
    }
    Ok(())
}

/// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/CompanyLocationsEntity.htm>
async fn of(client: &Client, companies: &[i64]) -> Result<Vec<(i64, Location)>> {
    let read = |answer: &Answer, position: Position| {
        let text = Text::of(&answer.body);
        small::<AutotaskLocation<'_>, _>(OPERATION, &text, position, |one| one.id, to_location)
    };
    let of_these = [field("in", "companyID", companies.to_vec())];
    let fields = AutotaskLocation::FIELDS;
    client
        .whole_list(OPERATION, AREA.entity, fields, &of_these, read)
        .await
}

fn to_location(one: AutotaskLocation<'_>) -> (i64, Location) {
    let location = Location {
        name: whole(one.name),
        phone: text(one.phone),
        street: lines([one.address_1, one.address_2]),
        city: text(one.city),
        state: text(one.state),
        postal_code: text(one.postal_code),
        country: None,
        inactive: !flag(one.active, true),
    };
    (one.company, location)
}
