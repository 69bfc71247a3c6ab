//! What rows and single records carry: labels, names, where a value comes from.

use domain::record::{Batch, OpportunityRecord};
use domain::reference::{ReferenceItem, ReferenceKind};
use store::companies::{self, CompanyFilter, CompanySort, FieldRule};
use store::contacts::{self, ContactFilter};
use store::listing::{Count, Direction, PageKey};
use store::opportunities::{self, OpportunityFilter, OpportunitySort};
use store::pages::Absence;
use store::reference_items::{
    StoredReferenceItem, insert_seen, list_reference_items, list_with_owners,
    replace_reference_items,
};
use store::tickets::{self, TicketFilter, TicketSort};

use crate::harness::{both, execute, integration};
use crate::lists::{STAFF, all_tickets, walk};
use crate::records::{company, contact, store_companies, store_page, store_tickets, ticket};

fn item(kind: ReferenceKind, id: &str, label: &str) -> ReferenceItem {
    ReferenceItem {
        kind,
        external_id: id.into(),
        label: label.into(),
        parent: None,
        active: true,
        sort_order: 0,
        system: false,
        closes: false,
    }
}

#[test]
fn what_was_seen_in_records_stays_when_lists_are_read_anew() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let kind = ReferenceKind::ContactType;
        let mut tx = store.begin().await.unwrap();
        for _ in 0..2 {
            let seen = ["Approver", "Billing Contact"].into();
            insert_seen(&mut tx, at, kind, &seen).await.unwrap();
        }
        for (roles, removed) in [(&["1", "2"][..], 0), (&["2"][..], 1)] {
            let roles: Vec<_> = roles.iter().map(|id| item(kind, id, "Role")).collect();
            let changes = replace_reference_items(&mut tx, at, &roles).await.unwrap();
            assert_eq!(changes.removed, removed);
        }
        tx.commit().await.unwrap();
        let items = list_reference_items(&store, at, Some(kind)).await.unwrap();
        let mut shown: Vec<_> = items
            .iter()
            .map(|one| (one.external_id.as_str(), one.removed_at.is_some()))
            .collect();
        shown.sort_unstable();
        assert_eq!(
            shown,
            [
                ("1", true),
                ("2", false),
                ("seen:Approver", false),
                ("seen:Billing Contact", false)
            ]
        );
    });
}

/// Those with every owner arrive in another way; they are the same, but for contracts.
#[test]
fn values_with_owners_are_those_of_the_whole_list() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        assert_eq!(list_with_owners(&store, at).await.unwrap(), []);
        let mut items: Vec<ReferenceItem> = [
            (ReferenceKind::Owner, "29", "Zoë \"Z\" O'Neill \\ Söhne"),
            (ReferenceKind::Owner, "30", "李 <b>\u{1F600}</b>"),
            (ReferenceKind::Owner, "31", "ann"),
            (ReferenceKind::Contract, "7", "Gold"),
            (ReferenceKind::TicketStatus, "1", "New"),
            (ReferenceKind::TicketStatus, "5", "Complete"),
        ]
        .into_iter()
        .map(|(kind, id, label)| item(kind, id, label))
        .collect();
        items[4].parent = Some("8".to_owned());
        items[1].active = false;
        items[0].sort_order = 4;
        let mut tx = store.begin().await.unwrap();
        replace_reference_items(&mut tx, at, &items).await.unwrap();
        items.pop();
        replace_reference_items(&mut tx, at, &items).await.unwrap();
        tx.commit().await.unwrap();
        let whole = list_reference_items(&store, at, None).await.unwrap();
        let expected: Vec<_> = whole
            .into_iter()
            .filter(|one| one.kind != ReferenceKind::Contract)
            .collect();
        assert_eq!(expected.len(), 5, "the removed one among them");
        let found = list_with_owners(&store, at).await.unwrap();
        let sorted = |mut items: Vec<StoredReferenceItem>| {
            items.sort_by_key(|one| (one.kind.key(), one.external_id.clone()));
            items
        };
        assert_eq!(sorted(found.clone()), sorted(expected));
        let owners = found.iter().filter(|one| one.kind == ReferenceKind::Owner);
        let owners: Vec<_> = owners.map(|one| one.external_id.as_str()).collect();
        assert_eq!(owners, ["31", "30", "29"], "the vendor's order");
    });
}

#[test]
fn rows_carry_labels_and_names() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        store_companies(&store, at, &[company("1", "One")]).await;
        store_page(
            &store,
            at,
            &[contact("5", "1", "Ann", "Lee")],
            Batch::Contacts,
            Absence::Present,
        )
        .await;
        let mut tx = store.begin().await.unwrap();
        let items = [
            item(ReferenceKind::TicketStatus, "1", "New"),
            item(ReferenceKind::Queue, "8", "Help Desk"),
            item(ReferenceKind::IssueType, "10", "Hardware"),
        ];
        let changes = replace_reference_items(&mut tx, at, &items).await.unwrap();
        assert_eq!((changes.written, changes.removed), (3, 0));
        let changes = replace_reference_items(&mut tx, at, &items[..2])
            .await
            .unwrap();
        assert_eq!(
            (changes.written, changes.removed),
            (0, 0),
            "a kind of which nothing is given stays"
        );
        let changes = replace_reference_items(
            &mut tx,
            at,
            &[
                item(ReferenceKind::TicketStatus, "2", "Done"),
                items[1].clone(),
            ],
        )
        .await
        .unwrap();
        assert_eq!((changes.written, changes.removed), (1, 1));
        tx.commit().await.unwrap();
        let statuses = list_reference_items(&store, at, Some(ReferenceKind::TicketStatus))
            .await
            .unwrap();
        assert_eq!(
            statuses
                .iter()
                .map(|item| (item.label.as_str(), item.removed_at.is_some()))
                .collect::<Vec<_>>(),
            [("Done", false), ("New", true)]
        );
        let mut first = ticket("1", "1", 1);
        first.contact_external_id = Some("5".into());
        first
            .fields
            .insert("issue_type".into(), serde_json::json!("10"));
        let mut second = ticket("2", "77", 2);
        second.status_id = Some("9".into());
        store_tickets(&store, at, &[first, second]).await;
        let rows = all_tickets(&store, &STAFF).await;
        assert_eq!(
            rows[0].status.as_ref().unwrap().text(),
            "New",
            "a value the vendor no longer lists still has its label"
        );
        assert_eq!(
            rows[0].queue.as_ref().unwrap().label.as_deref(),
            Some("Help Desk")
        );
        assert_eq!(
            (rows[0].company.as_deref(), rows[0].contact.as_deref()),
            (Some("One"), Some("Ann Lee"))
        );
        assert_eq!(
            (
                rows[1].status.as_ref().unwrap().text(),
                rows[1].company.as_deref()
            ),
            ("9", None)
        );
        let found = tickets::find_for_viewer(&store, &STAFF, &rows[0].uuid)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (
                found.origin.provider.as_str(),
                found.origin.external_id.as_str()
            ),
            ("autotask", "1")
        );
        assert_eq!(found.fields[0].label.as_deref(), Some("Hardware"));
        // The parent that comes later is there at once, without any repair (rule P8).
        store_companies(&store, at, &[company("77", "Late")]).await;
        assert_eq!(
            all_tickets(&store, &STAFF).await[1].company.as_deref(),
            Some("Late")
        );
        store.close().await;
    });
}

#[test]
fn companies_contacts_and_opportunities_are_listed() {
    both(async |home| {
        let store = home.open().await;
        let (at, other) = (
            integration(&store, "a").await,
            integration(&store, "b").await,
        );
        let names = ["beta", "Alpha", "alpha", "Gamma", "émile"];
        let records: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(index, name)| company(&index.to_string(), name))
            .collect();
        store_companies(&store, at, &records).await;
        let list = async |filter: CompanyFilter, sort, direction, limit| {
            let mut names = Vec::new();
            let mut key: Option<PageKey> = None;
            loop {
                let page = companies::list_for_viewer(
                    &store,
                    &STAFF,
                    &filter,
                    sort,
                    direction,
                    key.as_ref(),
                    limit,
                )
                .await
                .unwrap();
                names.extend(page.rows.into_iter().map(|row| row.name));
                key = page.next;
                if key.is_none() {
                    return (names, page.count);
                }
            }
        };
        let everything = CompanyFilter::default();
        let (ascending, count) = list(
            everything.clone(),
            CompanySort::Name,
            Direction::Ascending,
            2,
        )
        .await;
        assert_eq!(
            (ascending, count),
            (
                ["Alpha", "alpha", "beta", "Gamma", "émile"]
                    .map(String::from)
                    .into(),
                Count::Exact(5)
            )
        );
        let (descending, _) = list(everything, CompanySort::Name, Direction::Descending, 3).await;
        assert_eq!(descending, ["émile", "Gamma", "beta", "alpha", "Alpha"]);
        let of = |integration| CompanyFilter {
            integration: Some(integration),
            ..CompanyFilter::default()
        };
        assert_eq!(
            list(of(at), CompanySort::Created, Direction::Ascending, 9)
                .await
                .0
                .len(),
            5
        );
        assert_eq!(
            list(of(other), CompanySort::Name, Direction::Ascending, 9).await,
            (Vec::new(), Count::Exact(0))
        );
        execute(
            &home,
            "UPDATE company SET removed_at = 1, removed_reason = 'blocked' WHERE name = 'Gamma'",
        )
        .await;
        let removed = CompanyFilter {
            removed: true,
            ..CompanyFilter::default()
        };
        assert_eq!(
            list(removed, CompanySort::Created, Direction::Descending, 9).await,
            (vec!["Gamma".into()], Count::Exact(1))
        );

        let mut contacts_ = vec![
            contact("1", "0", "Zoe", "A"),
            contact("2", "1", "Ann", "B"),
            contact("3", "0", "", ""),
        ];
        contacts_[1].active = false;
        store_page(&store, at, &contacts_, Batch::Contacts, Absence::Present).await;
        let people = async |filter: ContactFilter| {
            let page =
                contacts::list_for_viewer(&store, &STAFF, &filter, Direction::Ascending, None, 10)
                    .await
                    .unwrap();
            assert_eq!(page.count, Count::Exact(page.rows.len() as u64));
            page.rows
                .into_iter()
                .map(|row| row.external_id)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            people(ContactFilter::default()).await,
            ["3", "2", "1"],
            "somebody without a name is sorted by e-mail"
        );
        assert_eq!(
            people(ContactFilter {
                active: Some(false),
                ..ContactFilter::default()
            })
            .await,
            ["2"]
        );
        let beta = companies::list_for_viewer(
            &store,
            &STAFF,
            &CompanyFilter::default(),
            CompanySort::Created,
            Direction::Ascending,
            None,
            1,
        )
        .await
        .unwrap();
        let beta = &beta.rows[0];
        assert_eq!(
            people(ContactFilter {
                company: Some(beta.uuid.clone()),
                ..ContactFilter::default()
            })
            .await,
            ["3", "1"]
        );
        assert_eq!(
            beta.links
                .iter()
                .map(|link| link.external_id.as_str())
                .collect::<Vec<_>>(),
            ["0"]
        );

        let sale = |id: &str, title: &str, stage: &str, at| OpportunityRecord {
            external_id: id.into(),
            title: title.into(),
            company_external_id: Some("0".into()),
            stage_id: Some(stage.into()),
            updated_at: Some(domain::clock::UtcMillis(at)),
            ..OpportunityRecord::default()
        };
        let sales = [
            sale("1", "Firewall", "s1", 3),
            sale("2", "backup", "s2", 2),
            sale("3", "Laptops", "s1", 1),
        ];
        store_page(&store, at, &sales, Batch::Opportunities, Absence::Present).await;
        let sold = async |filter: OpportunityFilter, sort, direction| {
            let page =
                opportunities::list_for_viewer(&store, &STAFF, &filter, sort, direction, None, 10)
                    .await
                    .unwrap();
            page.rows
                .into_iter()
                .map(|row| row.external_id)
                .collect::<Vec<_>>()
        };
        let all = OpportunityFilter::default();
        assert_eq!(
            sold(all.clone(), OpportunitySort::Updated, Direction::Descending).await,
            ["1", "2", "3"]
        );
        assert_eq!(
            sold(all, OpportunitySort::Title, Direction::Ascending).await,
            ["2", "1", "3"]
        );
        let staged = OpportunityFilter {
            stage: Some("s1".into()),
            ..OpportunityFilter::default()
        };
        assert_eq!(
            sold(staged, OpportunitySort::Title, Direction::Descending).await,
            ["3", "1"]
        );
        store.close().await;
    });
}

#[test]
fn a_company_says_where_its_fields_come_from() {
    both(async |home| {
        let store = home.open().await;
        let (at, other) = (
            integration(&store, "a").await,
            integration(&store, "b").await,
        );
        let mut first = company("1", "One");
        first.phone = Some("1".into());
        store_companies(&store, at, &[first]).await;
        let mut second = company("9", "One elsewhere");
        (second.phone, second.city) = (Some("2".into()), Some("Berlin".into()));
        store_page(&store, other, &[second], Batch::Companies, Absence::Present).await;
        execute(&home, "UPDATE external_company SET company_id = (SELECT id FROM company) WHERE external_id = '9'").await;
        store_page(
            &store,
            at,
            &[contact("5", "1", "Ann", "Lee")],
            Batch::Contacts,
            Absence::Present,
        )
        .await;
        store_tickets(&store, at, &[ticket("1", "1", 1)]).await;
        store_tickets(&store, other, &[ticket("1", "9", 2)]).await;
        let uuid = all_tickets(&store, &STAFF).await[1]
            .company_uuid
            .clone()
            .unwrap();
        let found = companies::find_for_viewer(&store, &STAFF, &uuid)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (found.contacts, found.open_tickets),
            (Count::Exact(1), Count::Exact(2))
        );
        assert_eq!(found.externals.len(), 2);
        let fields: Vec<_> = found
            .fields
            .iter()
            .map(|field| {
                (
                    field.key,
                    field.value.as_str(),
                    field.rule,
                    field.origin.integration,
                )
            })
            .collect();
        assert_eq!(
            fields,
            [
                ("phone", "1", FieldRule::Primary, at),
                ("city", "Berlin", FieldRule::Another, other)
            ]
        );
        let listed = companies::list_for_viewer(
            &store,
            &STAFF,
            &CompanyFilter::default(),
            CompanySort::Name,
            Direction::Ascending,
            None,
            10,
        )
        .await
        .unwrap();
        let shown: Vec<_> = listed
            .rows
            .iter()
            .map(|row| (row.phone.as_str(), row.city.as_str()))
            .collect();
        assert_eq!(shown, [("1", "Berlin")], "the list says what the page says");
        let filter = TicketFilter {
            company: Some(uuid),
            ..TicketFilter::default()
        };
        let ids = walk(
            &store,
            &STAFF,
            &filter,
            TicketSort::Updated,
            Direction::Descending,
            1,
        )
        .await;
        assert_eq!(ids.len(), 2, "one company, two vendors, one list");
        store.close().await;
    });
}
