//! Reads the reference data: picklists of the entities' fields, categories, and who may own an opportunity.

use std::collections::BTreeSet;

use domain::record::TechnicianRecord;
use domain::reference::{ReferenceItem, ReferenceKind};
use domain::stream::Stream;
use domain::text::without_nul;

use super::client::{Client, picklist};
use super::map::Tenant;
use super::query::source;
use super::wire::{AutotaskCategory, AutotaskPage, AutotaskPicklistValue, AutotaskResource};
use crate::error::Result;
use crate::http::decode::{Text, document};
use crate::http::send::Answer;
use crate::mapping::Record;
use crate::probe::allowed;
use crate::value::flag;

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
    ("Companies", &[("companyType", ReferenceKind::CompanyType)]),
    (
        "TicketNotes",
        &[
            ("noteType", ReferenceKind::NoteType),
            ("publish", ReferenceKind::NotePublish),
        ],
    ),
];

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
    let mut items = to_reference_items(ReferenceKind::OpportunityStage, picklist(&fields, "stage"));
    items.extend(to_reference_items(
        ReferenceKind::OpportunityStatus,
        picklist(&fields, "status"),
    ));
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
    let read = |answer: &Answer| {
        let text = Text::of(&answer.body);
        let page: AutotaskPage<AutotaskCategory<'_>> = document(OPERATION, text.as_str())?;
        let last = page.items.iter().map(|category| category.id).max();
        let items = page.items.into_iter().enumerate();
        Ok((
            items
                .map(|(position, category)| to_category(kind, category, position))
                .collect(),
            last,
        ))
    };
    client
        .whole_list(OPERATION, entity, AutotaskCategory::FIELDS, read)
        .await
}

/// Active people; an API-only user can own nothing.
async fn owners(client: &Client) -> Result<Vec<ReferenceItem>> {
    let tenant = client.tenant_for(Stream::Technicians).await?;
    let source = source(Stream::Technicians);
    let read = |answer: &Answer| people(source.operation, answer, &tenant);
    let people = client
        .whole_list(source.operation, source.entity, source.fields, read)
        .await?;
    let active = people.into_iter().flatten();
    Ok(active
        .enumerate()
        .map(|(position, person)| to_owner(person, position))
        .collect())
}

type People = Vec<Option<TechnicianRecord>>;

fn people(
    operation: &'static str,
    answer: &Answer,
    tenant: &Tenant,
) -> Result<(People, Option<i64>)> {
    let text = Text::of(&answer.body);
    let page: AutotaskPage<AutotaskResource<'_>> = document(operation, text.as_str())?;
    let last = page.items.iter().map(|resource| resource.id).max();
    // One that cannot be mapped is set aside by its stream; here it is only not offered.
    let people = page
        .items
        .into_iter()
        .map(|resource| resource.map(tenant).ok());
    Ok((
        people
            .map(|person| person.filter(|person| person.active && person.person))
            .collect(),
        last,
    ))
}

/// A picklist as reference data, in the vendor's order.
fn to_reference_items(kind: ReferenceKind, values: &[AutotaskPicklistValue]) -> Vec<ReferenceItem> {
    let item = |(position, value): (usize, &AutotaskPicklistValue)| ReferenceItem {
        kind,
        external_id: value.value.clone(),
        label: without_nul(value.label.clone().unwrap_or_default()),
        parent: value.parent.clone().filter(|parent| !parent.is_empty()),
        active: value.active.unwrap_or(true),
        sort_order: value.sort_order.unwrap_or(position as i64),
        system: value.system.unwrap_or(false),
    };
    values.iter().enumerate().map(item).collect()
}

/// A ticket or opportunity category as reference data.
fn to_category(
    kind: ReferenceKind,
    category: AutotaskCategory<'_>,
    position: usize,
) -> ReferenceItem {
    ReferenceItem {
        kind,
        external_id: category.id.to_string(),
        label: category.name.0.into_owned(),
        parent: None,
        active: flag(category.active, true),
        sort_order: position as i64,
        system: false,
    }
}

/// A technician as somebody who may own an opportunity.
fn to_owner(technician: TechnicianRecord, position: usize) -> ReferenceItem {
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
        sort_order: position as i64,
        system: false,
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
