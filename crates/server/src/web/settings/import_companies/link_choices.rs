//! The companies a record can be linked to, each with what tells it from others of its name.

use domain::id::IntegrationId;
use domain::text::name_key;
use store::companies::{
    CompanyFilter, CompanyLink, CompanyRow, CompanySort, count_contacts, list_for_viewer,
};
use store::company_import::CompanyImportRow;
use store::integrations::{Integration, list_integrations};
use store::listing::{Count, Direction};

use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Failure;
use crate::web::view::number::counted;

/// Companies offered at once.
const OFFERED: u32 = 20;

/// A company to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkChoice {
    /// Its id in addresses.
    pub uuid: String,
    /// Its name.
    pub name: String,
    /// Where it is and how it is reached: *Leeds · 0113 496 0142 · harbour.example · 12 contacts*.
    pub facts: String,
    /// The records of tools it stands for: *Autotask, Halo PSA “Harbour Ltd”*.
    pub known: String,
    /// Whether a record of the same tool is this company already.
    pub taken: bool,
    /// Whether it is chosen.
    pub on: bool,
}

/// What can be chosen from.
#[derive(Debug, Default)]
pub struct LinkChoices {
    /// The companies.
    pub companies: Vec<LinkChoice>,
    /// There are more than these.
    pub more: bool,
}

/// The companies a search finds, for linking a record of an integration to one.
///
/// # Errors
/// When the database does not answer.
pub async fn link_choices(
    app: &App,
    staff: &Staff,
    integration: &Integration,
    search: &str,
    chosen: Option<&str>,
) -> Result<LinkChoices, Failure> {
    let filter = CompanyFilter {
        search: Some(search.to_owned()).filter(|search| !search.is_empty()),
        ..CompanyFilter::default()
    };
    let found = list_for_viewer(
        app.store(),
        staff.viewer(),
        &filter,
        CompanySort::Name,
        Direction::Ascending,
        None,
        OFFERED,
    )
    .await?;
    let more = match found.count {
        Count::Exact(count) => count > u64::from(OFFERED),
        Count::MoreThan(_) | Count::Cut { .. } => true,
    };
    let ids: Vec<_> = found.rows.iter().map(|row| row.id).collect();
    let contacts = count_contacts(app.store(), &ids).await?;
    let integrations = list_integrations(app.store()).await?;
    let choice = |row: CompanyRow| {
        let contacts = contacts.get(&row.id).copied().unwrap_or_default();
        let uuid = row.uuid.to_string();
        let present = |link: &&CompanyLink| !link.removed;
        let links: Vec<&CompanyLink> = row.links.iter().filter(present).collect();
        LinkChoice {
            facts: facts([&row.city, &row.phone, &row.website], Some(contacts)),
            known: known(&row.name, &links, &integrations),
            taken: links.iter().any(|link| link.integration == integration.id),
            on: chosen == Some(uuid.as_str()),
            uuid,
            name: row.name,
        }
    };
    Ok(LinkChoices {
        companies: found.rows.into_iter().map(choice).collect(),
        more,
    })
}

/// The facts of the record that is to be linked, to compare with.
#[must_use]
pub fn facts_there(row: &CompanyImportRow) -> String {
    let [city, phone, website] =
        [&row.city, &row.phone, &row.website].map(|fact| fact.as_deref().unwrap_or_default());
    facts([city, phone, website], None)
}

fn facts([city, phone, website]: [&str; 3], contacts: Option<u64>) -> String {
    let site = website
        .trim()
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let contacts = contacts.map(|count| {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        counted(count, "contact", "contacts").replace(' ', "\u{a0}")
    });
    let all = [
        city.trim(),
        phone.trim(),
        site,
        contacts.as_deref().unwrap_or_default(),
    ];
    let known: Vec<&str> = all.into_iter().filter(|fact| !fact.is_empty()).collect();
    known.join(" · ")
}

/// The tools that know it, with the name there where that is another.
fn known(name: &str, links: &[&CompanyLink], integrations: &[Integration]) -> String {
    let tool = |id: IntegrationId| integrations.iter().find(|one| one.id == id);
    let known: Vec<String> = links
        .iter()
        .map(|link| {
            let tool = tool(link.integration).map_or(link.provider.as_str(), |one| &one.name);
            if name_key(&link.name) == name_key(name) {
                tool.to_owned()
            } else {
                format!("{tool} “{}”", link.name)
            }
        })
        .collect();
    known.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_named_and_nothing_else() {
        let all = facts(
            ["Leeds", " 0113 496 0142 ", "https://harbour.example/"],
            Some(1),
        );
        assert_eq!(
            all,
            "Leeds · 0113 496 0142 · harbour.example · 1\u{a0}contact"
        );
        assert_eq!(facts(["", "", ""], Some(0)), "0\u{a0}contacts");
        assert_eq!(facts(["", "", "harbour.example"], None), "harbour.example");
    }
}
