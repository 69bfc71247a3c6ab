//! Reads the reference data: picklists of the entities' fields, categories, work types, countries, contracts, and who may own
//! an opportunity.

use std::collections::BTreeSet;

use domain::record::{Batch, TechnicianRecord};
use domain::reference::{ReferenceItem, ReferenceKind};
use domain::stream::Stream;
use domain::text::without_nul;

use super::answer::{map_stream, small};
use super::client::{Client, picklist};
use super::query::source;
use super::wire::{AutotaskCategory, AutotaskContract, AutotaskCountry, AutotaskPicklistValue};
use crate::error::Result;
use crate::http::decode::Text;
use crate::http::send::Answer;
use crate::probe::allowed;
use crate::value::flag;
use crate::walk::Position;

/// Picklists by entity and field. The status, queue and priority of a ticket have no address of their own.
const PICKLISTS: [(&str, &[(&str, ReferenceKind)]); 3] = [
    (
        "Tickets",
        &[
            ("queueID", ReferenceKind::Queue),
            ("status", ReferenceKind::TicketStatus),
            ("priority", ReferenceKind::TicketPriority),
            ("ticketType", ReferenceKind::TicketType),
            ("issueType", ReferenceKind::IssueType),
            ("subIssueType", ReferenceKind::SubIssueType),
            ("source", ReferenceKind::TicketSource),
        ],
    ),
    (
        "Companies",
        &[
            ("companyType", ReferenceKind::CompanyType),
            ("classification", ReferenceKind::CompanyClassification),
            ("territoryID", ReferenceKind::Territory),
            ("marketSegmentID", ReferenceKind::MarketSegment),
        ],
    ),
    (
        "TicketNotes",
        &[
            ("noteType", ReferenceKind::NoteType),
            ("publish", ReferenceKind::NotePublish),
        ],
    ),
];

/// The status of a contract that is not in use.
const INACTIVE_CONTRACT: i64 = 0;

/// All reference data. What belongs to an area the API user may not see is left out, not an error.
///
/// # Errors
/// As any request.
pub(super) async fn read(client: &Client) -> Result<Vec<ReferenceItem>> {
    let mut items = Vec::new();
    for (entity, lists) in PICKLISTS {
        let fields = client.fields(entity).await?;
        for (name, kind) in lists {
            items.extend(to_reference_items(*kind, picklist(&fields, name)));
        }
        if entity == "Tickets" {
            let listed = to_reference_items(
                ReferenceKind::TicketCategory,
                picklist(&fields, "ticketCategory"),
            );
            items.extend(ticket_categories(client, listed).await?);
        }
    }
    items.extend(opportunities(client).await?);
    if let Some(fields) = allowed(client.fields("Resources").await)? {
        let licences = picklist(&fields, "licenseType");
        items.extend(to_reference_items(ReferenceKind::LicenseType, licences));
    }
    let work_types = categories(client, "BillingCodes", ReferenceKind::WorkType).await;
    items.extend(allowed(work_types)?.unwrap_or_default());
    items.extend(allowed(countries(client).await)?.unwrap_or_default());
    items.extend(allowed(contracts(client).await)?.unwrap_or_default());
    items.extend(owners(client).await?);
    Ok(items)
}

/// Ticket categories: the entity has the names, the picklist the order; either may be all there is.
async fn ticket_categories(
    client: &Client,
    listed: Vec<ReferenceItem>,
) -> Result<Vec<ReferenceItem>> {
    let mut known =
        allowed(categories(client, "TicketCategories", ReferenceKind::TicketCategory).await)?
            .unwrap_or_default();
    for item in listed {
        match known
            .iter_mut()
            .find(|category| category.external_id == item.external_id)
        {
            Some(category) => category.sort_order = item.sort_order,
            None => known.push(item),
        }
    }
    Ok(known)
}

async fn opportunities(client: &Client) -> Result<Vec<ReferenceItem>> {
    let Some(fields) = allowed(client.fields("Opportunities").await)? else {
        return Ok(Vec::new());
    };
    let lists = [
        ("stage", ReferenceKind::OpportunityStage),
        ("status", ReferenceKind::OpportunityStatus),
        ("leadSource", ReferenceKind::LeadSource),
        ("winReason", ReferenceKind::WinReason),
        ("lossReason", ReferenceKind::LossReason),
    ];
    let of = |(name, kind)| to_reference_items(kind, picklist(&fields, name));
    let mut items: Vec<ReferenceItem> = lists.into_iter().flat_map(of).collect();
    let categories = categories(
        client,
        "OpportunityCategories",
        ReferenceKind::OpportunityCategory,
    )
    .await;
    items.extend(allowed(categories)?.unwrap_or_default());
    Ok(items)
}

async fn categories(
    client: &Client,
    entity: &'static str,
    kind: ReferenceKind,
) -> Result<Vec<ReferenceItem>> {
    const OPERATION: &str = "list categories";
    let read = |answer: &Answer, position: Position| {
        let text = Text::of(&answer.body);
        let make = |category| to_category(kind, category);
        small::<AutotaskCategory<'_>, _>(OPERATION, &text, position, |one| one.id, make)
    };
    let items = client
        .whole_list(OPERATION, entity, AutotaskCategory::FIELDS, &[], read)
        .await?;
    Ok(in_order(items))
}

/// Countries, which companies carry the number of.
async fn countries(client: &Client) -> Result<Vec<ReferenceItem>> {
    const OPERATION: &str = "list countries";
    let read = |answer: &Answer, position: Position| {
        let text = Text::of(&answer.body);
        let make = |country: AutotaskCountry<'_>| {
            let category = AutotaskCategory {
                id: country.id,
                name: country.name,
                active: country.active,
            };
            to_category(ReferenceKind::Country, category)
        };
        small::<AutotaskCountry<'_>, _>(OPERATION, &text, position, |one| one.id, make)
    };
    let items = client
        .whole_list(OPERATION, "Countries", AutotaskCountry::FIELDS, &[], read)
        .await?;
    Ok(in_order(items))
}

/// Contracts, which tickets carry the number of; those that have ended too, for the tickets of their time.
async fn contracts(client: &Client) -> Result<Vec<ReferenceItem>> {
    const OPERATION: &str = "list contracts";
    let read = |answer: &Answer, position: Position| {
        let text = Text::of(&answer.body);
        let make = |contract: AutotaskContract<'_>| ReferenceItem {
            kind: ReferenceKind::Contract,
            external_id: contract.id.to_string(),
            label: contract.name.0.into_owned(),
            parent: None,
            active: contract.status != Some(INACTIVE_CONTRACT),
            sort_order: 0,
            system: false,
            closes: false,
        };
        small::<AutotaskContract<'_>, _>(OPERATION, &text, position, |one| one.id, make)
    };
    let fields = AutotaskContract::FIELDS;
    let items = client
        .whole_list(OPERATION, "Contracts", fields, &[], read)
        .await?;
    Ok(in_order(items))
}

/// Active people; an API-only user can own nothing. Who cannot be read is set aside by the stream of technicians; here
/// they are only not offered.
async fn owners(client: &Client) -> Result<Vec<ReferenceItem>> {
    let tenant = client.tenant_for(Stream::Technicians).await?;
    let source = source(Stream::Technicians);
    let read = |answer: &Answer, position: Position| {
        let (page, seen) = map_stream(Stream::Technicians, answer, position, &tenant)?;
        let Batch::Technicians(all) = page.batch else {
            return Ok((Vec::new(), seen));
        };
        let people = all.into_iter().filter(|one| one.active && one.person);
        Ok((people.map(to_owner).collect(), seen))
    };
    let items = client
        .whole_list(source.operation, source.entity, source.fields, &[], read)
        .await?;
    Ok(in_order(items))
}

/// Items in the order they came.
fn in_order(mut items: Vec<ReferenceItem>) -> Vec<ReferenceItem> {
    for (item, place) in items.iter_mut().zip(0..) {
        item.sort_order = place;
    }
    items
}

/// A picklist as reference data, in the vendor's order.
fn to_reference_items(kind: ReferenceKind, values: &[AutotaskPicklistValue]) -> Vec<ReferenceItem> {
    let item = |(position, value): (usize, &AutotaskPicklistValue)| ReferenceItem {
        kind,
        external_id: without_nul(value.value.clone()),
        label: without_nul(value.label.clone().unwrap_or_default()),
        parent: value
            .parent
            .clone()
            .map(without_nul)
            .filter(|parent| !parent.is_empty()),
        active: value.active.unwrap_or(true),
        sort_order: value.sort_order.unwrap_or(position as i64),
        system: value.system.unwrap_or(false),
        closes: false,
    };
    values.iter().enumerate().map(item).collect()
}

/// A category, a work type or the like as reference data.
fn to_category(kind: ReferenceKind, category: AutotaskCategory<'_>) -> ReferenceItem {
    ReferenceItem {
        kind,
        external_id: category.id.to_string(),
        label: category.name.0.into_owned(),
        parent: None,
        active: flag(category.active, true),
        sort_order: 0,
        system: false,
        closes: false,
    }
}

/// A technician as somebody who may own an opportunity.
fn to_owner(technician: TechnicianRecord) -> ReferenceItem {
    let name = format!("{} {}", technician.first_name, technician.last_name)
        .trim()
        .to_owned();
    ReferenceItem {
        kind: ReferenceKind::Owner,
        label: if name.is_empty() {
            technician.email.unwrap_or_default()
        } else {
            name
        },
        external_id: technician.external_id,
        parent: None,
        active: technician.active,
        sort_order: 0,
        system: false,
        closes: false,
    }
}

/// The publish values clients may read when nobody chose: those whose label begins with *All*, such as *All Autotask
/// Users*, unless it says that it is internal: labels are the tenant's, and *All Internal Users* is no client.
pub(super) fn default_audiences(publish: &[AutotaskPicklistValue]) -> BTreeSet<i64> {
    with_label(publish, |label| {
        label.trim_start().starts_with("All") && !label.to_lowercase().contains("internal")
    })
}

/// The licence types of API-only users: those whose label says *API*.
pub(super) fn api_licenses(license_types: &[AutotaskPicklistValue]) -> BTreeSet<i64> {
    with_label(license_types, |label| label.contains("API"))
}

fn with_label(values: &[AutotaskPicklistValue], fits: impl Fn(&str) -> bool) -> BTreeSet<i64> {
    let fitting = values
        .iter()
        .filter(|value| value.label.as_deref().is_some_and(&fits));
    fitting
        .filter_map(|value| value.value.trim().parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autotask::wire::AutotaskFields;

    #[test]
    fn picklists_keep_order_parent_and_flags() {
        let fields: AutotaskFields =
            serde_json::from_str(include_str!("fixtures/ticket_note_fields.json")).expect("fields");
        let items = to_reference_items(
            ReferenceKind::NotePublish,
            picklist(&fields.fields, "PUBLISH"),
        );
        let shown: Vec<_> = items
            .iter()
            .map(|item| {
                (
                    item.external_id.as_str(),
                    item.sort_order,
                    item.active,
                    item.system,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("1", 1, true, true),
                ("2", 2, true, true),
                ("4", 3, false, false)
            ]
        );
        let sub = to_reference_items(
            ReferenceKind::SubIssueType,
            picklist(&fields.fields, "subIssueType"),
        );
        assert_eq!(sub[0].parent.as_deref(), Some("10"));
        assert!(items[0].parent.is_none(), "an empty parent is none");
        assert!(
            to_reference_items(ReferenceKind::Queue, picklist(&fields.fields, "queueID"))
                .is_empty()
        );
    }

    #[test]
    fn one_odd_value_costs_no_other_and_no_nul_is_kept() {
        let fields: AutotaskFields = serde_json::from_str(
            r#"{"fields":[{"name":"queueID","picklistValues":[{"value":"8\u0000","label":"Tri\u0000age","parentValue":"\u0000"},
                {"value":9,"label":"a number"},{"value":"10","label":"Sales","parentValue":"8\u0000"}]},
                {"name":"title","picklistValues":null}]}"#,
        )
        .expect("fields");
        let items = to_reference_items(ReferenceKind::Queue, picklist(&fields.fields, "queueID"));
        let shown: Vec<_> = items
            .iter()
            .map(|item| (&*item.external_id, &*item.label, item.parent.as_deref()))
            .collect();
        assert_eq!(shown, [("8", "Triage", None), ("10", "Sales", Some("8"))]);
    }

    #[test]
    fn only_audiences_that_begin_with_all_are_public() {
        let fields: AutotaskFields =
            serde_json::from_str(include_str!("fixtures/ticket_note_fields.json")).expect("fields");
        assert_eq!(
            default_audiences(picklist(&fields.fields, "publish")),
            BTreeSet::from([1])
        );
        let renamed: Vec<AutotaskPicklistValue> = serde_json::from_str(
            r#"[{"value":"1","label":"All Autotask Users"},{"value":"5","label":"All Internal Users"}]"#,
        )
        .expect("values");
        assert_eq!(default_audiences(&renamed), BTreeSet::from([1]));
    }
}
