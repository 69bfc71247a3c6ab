//! Rule X3: what a viewer may not see is in no list, count, look-up, search or comment.

use domain::id::IdentityId;
use domain::record::{
    Batch, ContactGroupMemberRecord, ContactGroupRecord, OpportunityRecord, TicketNoteRecord,
    Visibility,
};
use domain::viewer::Viewer;
use store::companies::{self, CompanyFilter, CompanySort};
use store::contacts::{self, ContactFilter};
use store::listing::{Count, Direction};
use store::opportunities::{self, OpportunityFilter, OpportunitySort};
use store::pages::Absence;
use store::technicians;
use store::tickets::{self, TicketFilter, TicketSort, notes_for_viewer};

use crate::harness::{both, execute, integration};
use crate::lists::all_tickets;
use crate::records::{
    company, contact, member_of, note, store_companies, store_page, store_tickets, ticket,
};

#[test]
fn x3_a_member_sees_the_own_company_and_nothing_else() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        store_companies(
            &store,
            at,
            &[company("1", "Mine Ltd"), company("2", "Theirs Ltd")],
        )
        .await;
        store_page(
            &store,
            at,
            &[
                contact("1", "1", "Ann", "Mine"),
                contact("2", "2", "Bob", "Theirs"),
            ],
            Batch::Contacts,
            Absence::Present,
        )
        .await;
        store_tickets(
            &store,
            at,
            &[
                ticket("1", "1", 1),
                ticket("2", "2", 2),
                ticket("3", "unlinked", 3),
            ],
        )
        .await;
        let notes = [
            TicketNoteRecord {
                author: Some("René Strauß".into()),
                ..note("p", "1", Visibility::Public, false)
            },
            note("ii", "1", Visibility::Internal, false),
            note("sss", "1", Visibility::Public, true),
            note("o", "2", Visibility::Public, false),
        ];
        store_page(&store, at, &notes, Batch::TicketNotes, Absence::Present).await;
        let sale = |id: &str, company: &str| OpportunityRecord {
            external_id: id.into(),
            title: format!("Sale {id}"),
            company_external_id: Some(company.into()),
            ..OpportunityRecord::default()
        };
        store_page(
            &store,
            at,
            &[sale("1", "1"), sale("2", "2")],
            Batch::Opportunities,
            Absence::Present,
        )
        .await;
        let mine = member_of(&store, "ann@example.com", "Mine Ltd").await;
        while store::text_search::index_pending(&store, 100)
            .await
            .unwrap()
        {}

        let staff = Viewer::Staff(IdentityId(999));
        let nobody = Viewer::Members(IdentityId(12345));
        let everyone = [
            (Viewer::Members(mine), 1, 1, 1),
            (nobody.clone(), 0, 0, 0),
            (staff.clone(), 3, 2, 2),
        ];
        for (viewer, ticket_count, contact_count, company_count) in &everyone {
            for search in [None, Some("ticket"), Some("t")] {
                let filter = TicketFilter {
                    search: search.map(Into::into),
                    ..TicketFilter::default()
                };
                let page = tickets::list_for_viewer(
                    &store,
                    viewer,
                    &filter,
                    TicketSort::Updated,
                    Direction::Descending,
                    None,
                    10,
                )
                .await
                .unwrap();
                assert_eq!(
                    (page.rows.len() as u64, page.count),
                    (*ticket_count, Count::Exact(*ticket_count)),
                    "{viewer:?} {search:?}"
                );
            }
            for search in [None, Some("example.com")] {
                let filter = ContactFilter {
                    search: search.map(Into::into),
                    ..ContactFilter::default()
                };
                let page = contacts::list_for_viewer(
                    &store,
                    viewer,
                    &filter,
                    Direction::Ascending,
                    None,
                    10,
                )
                .await
                .unwrap();
                assert_eq!(
                    (page.rows.len() as u64, page.count),
                    (*contact_count, Count::Exact(*contact_count)),
                    "{viewer:?} {search:?}"
                );
            }
            for search in [None, Some("ltd")] {
                let filter = CompanyFilter {
                    search: search.map(Into::into),
                    ..CompanyFilter::default()
                };
                let page = companies::list_for_viewer(
                    &store,
                    viewer,
                    &filter,
                    CompanySort::Name,
                    Direction::Ascending,
                    None,
                    10,
                )
                .await
                .unwrap();
                assert_eq!(
                    (page.rows.len() as u64, page.count),
                    (*company_count, Count::Exact(*company_count)),
                    "{viewer:?} {search:?}"
                );
            }
            for search in [None, Some("sale")] {
                let filter = OpportunityFilter {
                    search: search.map(Into::into),
                    ..OpportunityFilter::default()
                };
                let page = opportunities::list_for_viewer(
                    &store,
                    viewer,
                    &filter,
                    OpportunitySort::Updated,
                    Direction::Descending,
                    None,
                    10,
                );
                assert_eq!(
                    page.await.unwrap().count,
                    Count::Exact(*company_count),
                    "{viewer:?} {search:?}"
                );
            }
        }

        let member = Viewer::Members(mine);
        let rows = all_tickets(&store, &staff).await;
        for (row, seen) in rows.iter().zip([true, false, false]) {
            assert_eq!(
                tickets::find_for_viewer(&store, &member, &row.uuid)
                    .await
                    .unwrap()
                    .is_some(),
                seen,
                "{}",
                row.title
            );
            let filter = TicketFilter {
                company: row.company_uuid.clone(),
                ..TicketFilter::default()
            };
            let page = tickets::list_for_viewer(
                &store,
                &member,
                &filter,
                TicketSort::Created,
                Direction::Ascending,
                None,
                10,
            )
            .await
            .unwrap();
            assert_eq!(
                page.rows.len(),
                usize::from(seen || row.company_uuid.is_none()),
                "a filter opens nothing: {}",
                row.title
            );
            if let Some(company) = &row.company_uuid {
                assert_eq!(
                    companies::find_for_viewer(&store, &member, company)
                        .await
                        .unwrap()
                        .is_some(),
                    seen
                );
            }
        }
        for (viewer, external_id, seen) in [
            (&member, "1", true),
            (&member, "2", false),
            (&nobody, "1", false),
            (&staff, "2", true),
            (&staff, "4", false),
        ] {
            let named =
                tickets::find_named_for_viewer(&store, viewer, rows[0].integration, external_id);
            let number = named.await.unwrap().map(|named| named.number);
            let expected = seen.then(|| format!("T{external_id}"));
            assert_eq!(number, expected, "{viewer:?} {external_id}");
        }
        let ids = |notes: tickets::Notes| {
            notes
                .rows
                .into_iter()
                .map(|note| note.external_id)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            ids(notes_for_viewer(&store, &member, &rows[0].uuid, 10)
                .await
                .unwrap()),
            ["p"]
        );
        assert_eq!(
            ids(notes_for_viewer(&store, &staff, &rows[0].uuid, 10)
                .await
                .unwrap()),
            ["p", "ii", "sss"]
        );
        let named: Vec<_> = notes_for_viewer(&store, &staff, &rows[0].uuid, 10)
            .await
            .unwrap()
            .rows
            .into_iter()
            .map(|note| note.author)
            .collect();
        let names = [Some("René Strauß"), None, None].map(|name| name.map(str::to_owned));
        assert_eq!(named, names, "the name a comment carries itself");
        let newest = notes_for_viewer(&store, &staff, &rows[0].uuid, 2)
            .await
            .unwrap();
        assert!(newest.more);
        assert_eq!(ids(newest), ["ii", "sss"]);
        assert!(
            ids(notes_for_viewer(&store, &member, &rows[1].uuid, 10)
                .await
                .unwrap())
            .is_empty()
        );
        assert!(
            technicians::list_for_viewer(&store, &member, None)
                .await
                .unwrap()
                .is_empty()
        );

        execute(&home, "UPDATE company_membership SET status = 'disabled'").await;
        assert!(
            all_tickets(&store, &member).await.is_empty(),
            "only an active membership counts"
        );
        assert!(
            tickets::find_for_viewer(&store, &member, &rows[0].uuid)
                .await
                .unwrap()
                .is_none()
        );
        store.close().await;
    });
}

#[test]
fn x3_a_member_of_many_companies_still_sees_only_those() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let many: Vec<_> = (0..50)
            .map(|number| company(&number.to_string(), &format!("Company {number:02} Ltd")))
            .collect();
        store_companies(&store, at, &many).await;
        let tickets: Vec<_> = (0..50)
            .map(|number| ticket(&number.to_string(), &number.to_string(), number))
            .collect();
        store_tickets(&store, at, &tickets).await;
        let identity = member_of(&store, "ann@example.com", "Company 00 Ltd").await;
        execute(
            &home,
            "INSERT INTO company_membership (identity_id, company_id, role_id, status, created_at)
             SELECT m.identity_id, c.id, m.role_id, CASE WHEN c.name < 'Company 45' THEN 'active' ELSE 'disabled' END, 1
             FROM company_membership m JOIN company c ON c.id <> m.company_id",
        )
        .await;
        let member = Viewer::Members(identity);
        let rows = all_tickets(&store, &member).await;
        assert_eq!(
            rows.iter()
                .map(|row| row.external_id.parse::<i64>().unwrap())
                .collect::<Vec<_>>(),
            (0..45).collect::<Vec<_>>()
        );
        assert_eq!(
            tickets::count_for_viewer(&store, &member, &TicketFilter::default())
                .await
                .unwrap(),
            Count::Exact(45)
        );
        assert_eq!(
            companies::count_for_viewer(&store, &member, &CompanyFilter::default())
                .await
                .unwrap(),
            Count::Exact(45)
        );
        store.close().await;
    });
}

#[test]
fn x3_a_member_gets_no_sensitive_field_and_no_group() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let fields: domain::record::Fields = [
            "issue_type",
            "resolution",
            "udf:Rack",
            "company_number",
            "territory_id",
            "extension",
            "note",
        ]
        .map(|key| (key.into(), serde_json::json!("x")))
        .into();
        let mut mine = company("1", "Mine Ltd");
        mine.fields.clone_from(&fields);
        store_companies(&store, at, &[mine]).await;
        let mut ann = contact("1", "1", "Ann", "Mine");
        ann.fields.clone_from(&fields);
        store_page(&store, at, &[ann], Batch::Contacts, Absence::Present).await;
        let group = ContactGroupRecord {
            external_id: "1".into(),
            name: "Difficult".into(),
            active: true,
        };
        store_page(&store, at, &[group], Batch::ContactGroups, Absence::Present).await;
        let membership = ContactGroupMemberRecord {
            external_id: "1".into(),
            group_external_id: "1".into(),
            contact_external_id: "1".into(),
        };
        store_page(
            &store,
            at,
            &[membership],
            Batch::ContactGroupMembers,
            Absence::Present,
        )
        .await;
        let mut ticket = ticket("1", "1", 1);
        ticket.fields = fields;
        store_tickets(&store, at, &[ticket]).await;
        let member = Viewer::Members(member_of(&store, "ann@example.com", "Mine Ltd").await);
        for (viewer, fields, groups) in [(&member, 3, 0), (&Viewer::Staff(IdentityId(1)), 7, 1)] {
            let row = all_tickets(&store, viewer).await.remove(0);
            assert_eq!(
                tickets::find_for_viewer(&store, viewer, &row.uuid)
                    .await
                    .unwrap()
                    .unwrap()
                    .fields
                    .len(),
                fields
            );
            let company = companies::find_for_viewer(&store, viewer, &row.company_uuid.unwrap())
                .await
                .unwrap()
                .unwrap();
            assert_eq!(company.externals[0].fields.len(), fields);
            let person = contacts::list_for_viewer(
                &store,
                viewer,
                &ContactFilter::default(),
                Direction::Ascending,
                None,
                10,
            )
            .await
            .unwrap()
            .rows
            .remove(0);
            let person = contacts::find_for_viewer(&store, viewer, &person.uuid)
                .await
                .unwrap()
                .unwrap();
            assert_eq!((person.fields.len(), person.groups.len()), (fields, groups));
        }
        store.close().await;
    });
}
