//! Reads the reference data: configuration lists, and who may own an opportunity.

use std::collections::BTreeSet;

use domain::reference::{ReferenceItem, ReferenceKind};
use domain::stream::{PullMode, Stream};
use domain::text::without_nul;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::answer::map_stream;
use super::client::Client;
use super::map::Tenant;
use super::query::{list, one_row};
use super::wire::{HaloPage, HaloValue};
use crate::error::Result;
use crate::http::decode::document;
use crate::http::exchange::{Call, read};
use crate::http::send::Answer;
use crate::probe::allowed;
use crate::value::{Flag, flag, whole_of};
use crate::walk::Position;

/// A configuration list: what it is a list of, its address, parameters, and the kinds it becomes.
type List = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [ReferenceKind],
);

/// Lists that are bare on most releases.
const LISTS: [List; 14] = [
    ("Priority", &[], &[ReferenceKind::TicketPriority]),
    (
        "TicketType",
        &[("showall", "true"), ("domain", "reqs")],
        &[ReferenceKind::TicketType],
    ),
    (
        "Category",
        &[("type_id", "1")],
        &[
            ReferenceKind::TicketCategory,
            ReferenceKind::OpportunityCategory,
        ],
    ),
    ("Category", &[("type_id", "2")], &[ReferenceKind::Category2]),
    ("Category", &[("type_id", "3")], &[ReferenceKind::Category3]),
    ("Category", &[("type_id", "4")], &[ReferenceKind::Category4]),
    ("Workflow", &[], &[ReferenceKind::Workflow]),
    (
        "Lookup",
        &[("lookupid", "22")],
        &[ReferenceKind::TicketSource],
    ),
    (
        "TicketType",
        &[("showall", "true"), ("domain", "opps")],
        &[ReferenceKind::OpportunityType],
    ),
    ("Lookup", &[("lookupid", "12")], &[ReferenceKind::Impact]),
    ("Lookup", &[("lookupid", "27")], &[ReferenceKind::Urgency]),
    (
        "Lookup",
        &[("lookupid", "89")],
        &[ReferenceKind::CompanyType],
    ),
    ("Outcome", &[], &[ReferenceKind::NoteType]),
    ("UserRoles", &[], &[ReferenceKind::ContactType]),
];

/// All reference data. What the application may not see is left out, not an error.
///
/// # Errors
/// As any request.
pub(super) async fn read_all(client: &Client) -> Result<Vec<ReferenceItem>> {
    let mut items = teams(client).await?;
    items.extend(statuses(client).await?);
    for (path, parameters, kinds) in LISTS {
        let values = values(client, path, parameters).await?;
        for kind in kinds {
            items.extend(to_items(*kind, &values));
        }
    }
    items.extend(owners(client).await?);
    Ok(items)
}

async fn teams(client: &Client) -> Result<Vec<ReferenceItem>> {
    let teams = allowed(client.list_teams().await)?.unwrap_or_default();
    let item = |(position, team): (usize, super::wire::HaloTeam)| ReferenceItem {
        kind: ReferenceKind::Queue,
        external_id: team.id.to_string(),
        label: without_nul(team.name),
        parent: None,
        active: !flag(team.inactive, false),
        sort_order: position as i64,
        system: false,
        closes: false,
    };
    Ok(teams.into_iter().enumerate().map(item).collect())
}

async fn values(
    client: &Client,
    path: &'static str,
    parameters: &[(&'static str, &'static str)],
) -> Result<Vec<HaloValue>> {
    let call = Call::get("read the lists", path, path);
    let call = parameters
        .iter()
        .fold(call, |call, (name, value)| call.with(name, *value));
    let Some(all) = allowed(client.get::<Box<RawValue>>(call).await)? else {
        return Ok(Vec::new());
    };
    readable("read the lists", &all)
}

/// What can be read of a configuration list: bare on most releases, in an object on some.
///
/// # Errors
/// `Unexpected` where there is no list.
pub(super) fn readable<T: DeserializeOwned>(
    operation: &'static str,
    all: &RawValue,
) -> Result<Vec<T>> {
    let page: HaloPage<&RawValue> = document(operation, all.get())?;
    let read = page
        .rows
        .into_iter()
        .map(|row| serde_json::from_str(row.get()));
    Ok(read.filter_map(serde_json::Result::ok).collect())
}

/// Statuses of tickets, and stages of opportunities, which are statuses too: one list has them all. Which of them belong
/// to tickets and which to opportunities is asked for, and believed where the answer tells any apart.
async fn statuses(client: &Client) -> Result<Vec<ReferenceItem>> {
    let all = values(client, "Status", &[("showall", "true")]).await?;
    let sales = values(client, "Status", &[("showall", "true"), ("domain", "opps")]).await?;
    let tickets = values(client, "Status", &[("showall", "true"), ("domain", "reqs")]).await?;
    Ok(to_statuses(&all, &sales, &tickets))
}

fn to_statuses(
    all: &[HaloValue],
    sales: &[HaloValue],
    tickets: &[HaloValue],
) -> Vec<ReferenceItem> {
    let ids = |values: &[HaloValue]| -> BTreeSet<String> {
        let items = to_items(ReferenceKind::TicketStatus, values).into_iter();
        items.map(|item| item.external_id).collect()
    };
    let (known, sales, tickets) = (ids(all), ids(sales), ids(tickets));
    // A release that ignores the domain answers the whole list each time.
    let apart = !sales.is_empty() && sales.is_subset(&known) && sales != known;
    let mut items = to_items(ReferenceKind::TicketStatus, all);
    items.retain(|item| {
        let id = &item.external_id;
        !apart || tickets.is_empty() || tickets.contains(id) || !sales.contains(id)
    });
    let mut stages = to_items(ReferenceKind::OpportunityStage, all);
    stages.retain(|item| !apart || sales.contains(&item.external_id));
    items.extend(stages);
    items
}

/// Kinds whose labels are paths, such as *Hardware>Printer*.
const TREES: [ReferenceKind; 5] = [
    ReferenceKind::TicketCategory,
    ReferenceKind::OpportunityCategory,
    ReferenceKind::Category2,
    ReferenceKind::Category3,
    ReferenceKind::Category4,
];

/// A list as reference data, in the vendor's order; of categories as a tree, each below what it is part of. Priorities
/// come once for each SLA and count once.
fn to_items(kind: ReferenceKind, values: &[HaloValue]) -> Vec<ReferenceItem> {
    let mut known = BTreeSet::new();
    let mut items = Vec::new();
    for value in values {
        let id = match value.priorityid {
            Some(id) => Some(id.0),
            None => value.id.as_ref().and_then(whole_of),
        };
        let label = without_nul(value.name.clone().unwrap_or_default());
        let Some(id) = id.filter(|id| !label.is_empty() && known.insert(*id)) else {
            continue;
        };
        let off = |flag: Option<Flag>| flag == Some(Flag(true));
        items.push(ReferenceItem {
            kind,
            external_id: id.to_string(),
            label,
            parent: None,
            active: !off(value.inactive)
                && !off(value.ishidden)
                && !off(value.hidden)
                && value.visible != Some(Flag(false)),
            sort_order: items.len() as i64,
            system: off(value.hidden),
            closes: false,
        });
    }
    if TREES.contains(&kind) {
        items.sort_by_cached_key(|item| path(&item.label));
        for (position, item) in items.iter_mut().enumerate() {
            item.sort_order = position as i64;
        }
    }
    items
}

/// The way down to a category.
fn path(label: &str) -> Vec<String> {
    label.split('>').map(domain::text::name_key).collect()
}

/// Active agents who are people.
async fn owners(client: &Client) -> Result<Vec<ReferenceItem>> {
    let mode = PullMode::Full { floor: None };
    let call = list(
        Stream::Technicians,
        mode,
        &domain::scope::Scope::default(),
        one_row(),
    );
    let map = |answer: &Answer| {
        let tenant = Tenant::default();
        map_stream(Stream::Technicians, answer, Position::default(), &tenant)
    };
    let Some((page, _found)) = allowed(read(client, &call, map).await)? else {
        return Ok(Vec::new());
    };
    let domain::record::Batch::Technicians(people) = page.batch else {
        return Ok(Vec::new());
    };
    let active = people.into_iter().filter(|one| one.active && one.person);
    Ok(active
        .enumerate()
        .map(|(position, one)| {
            let name = format!("{} {}", one.first_name, one.last_name);
            ReferenceItem {
                kind: ReferenceKind::Owner,
                label: name.trim().to_owned(),
                external_id: one.external_id,
                parent: None,
                active: true,
                sort_order: position as i64,
                system: false,
                closes: false,
            }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_count_once_and_by_their_number() {
        let values: Vec<HaloValue> = serde_json::from_str(
            r#"[{"id":"8e25bc7b-0000-4000-8000-000000000001","slaid":1,"priorityid":1,"name":"Critical"},
                {"id":"8e25bc7b-0000-4000-8000-000000000002","slaid":2,"priorityid":1.0,"name":"Critical"},
                {"id":"8e25bc7b-0000-4000-8000-000000000003","slaid":2,"priorityid":"2","name":"High","ishidden":true}]"#,
        )
        .expect("values");
        let items = to_items(ReferenceKind::TicketPriority, &values);
        let shown: Vec<_> = items
            .iter()
            .map(|item| (item.external_id.as_str(), item.label.as_str(), item.active))
            .collect();
        assert_eq!(shown, [("1", "Critical", true), ("2", "High", false)]);
    }

    #[test]
    fn names_have_three_names() {
        let values: Vec<HaloValue> = serde_json::from_str(
            r#"[{"id":1,"name":"Open"},{"id":2,"value":"Hardware>Printer","category_name":"Printer"},
                {"id":7,"outcome":"Private Note","hidden":false},{"id":null,"name":"none"},{"id":9,"name":""}]"#,
        )
        .expect("values");
        let items = to_items(ReferenceKind::TicketCategory, &values);
        let labels: Vec<_> = items.iter().map(|item| item.label.as_str()).collect();
        assert_eq!(labels, ["Hardware>Printer", "Open", "Private Note"]);
    }

    fn named(names: &[(i64, &str)]) -> Vec<HaloValue> {
        let values = names
            .iter()
            .map(|(id, name)| serde_json::json!({"id": id, "name": name}));
        serde_json::from_value(values.collect()).expect("values")
    }

    #[test]
    fn categories_stand_below_what_they_are_part_of() {
        let values = named(&[
            (1, "Software"),
            (2, "Hardware>Printer"),
            (3, "hardware"),
            (4, "Hardware Rental"),
            (5, "Hardware>Laptop>Battery"),
        ]);
        let items = to_items(ReferenceKind::Category2, &values);
        let shown: Vec<_> = items
            .iter()
            .map(|item| (item.sort_order, item.label.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                (0, "hardware"),
                (1, "Hardware>Laptop>Battery"),
                (2, "Hardware>Printer"),
                (3, "Hardware Rental"),
                (4, "Software"),
            ]
        );
    }

    #[test]
    fn statuses_of_opportunities_are_told_apart_where_the_vendor_does() {
        const NAMES: [(i64, &str); 4] = [
            (1, "New"),
            (9, "Closed"),
            (31, "Qualification"),
            (40, "Project Open"),
        ];
        let all = named(&NAMES);
        let labels = |sales: &[(i64, &str)], tickets: &[(i64, &str)]| {
            let items = to_statuses(&all, &named(sales), &named(tickets));
            let of = |kind| {
                let of_kind = items.iter().filter(|item| item.kind == kind);
                let labels: Vec<&str> = of_kind.map(|item| item.label.as_str()).collect();
                labels.join(", ")
            };
            (
                of(ReferenceKind::TicketStatus),
                of(ReferenceKind::OpportunityStage),
            )
        };
        let (sales, tickets) = (&NAMES[1..3], &NAMES[..2]);
        assert_eq!(
            labels(sales, tickets),
            (
                "New, Closed, Project Open".to_owned(),
                "Closed, Qualification".to_owned()
            ),
            "what both have is offered for both"
        );
        let whole = "New, Closed, Qualification, Project Open".to_owned();
        let both = (whole.clone(), whole.clone());
        assert_eq!(labels(&NAMES, &NAMES), both, "the domain was ignored");
        assert_eq!(labels(&[], &[]), both, "nothing was told");
        assert_eq!(labels(sales, &[]).0, whole);
    }
}
