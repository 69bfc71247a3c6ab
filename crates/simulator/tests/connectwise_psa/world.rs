//! The world as ConnectWise PSA shows it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use simulator::{Sandbox, SandboxConfig, WorldConfig};

use crate::support::{START_MS, desk, small, start};

#[tokio::test]
async fn one_company_in_two_tools_under_slightly_different_names() {
    let desk = desk().await;
    let other = Sandbox::start_autotask(SandboxConfig {
        world: small().world,
        clock_start_ms: Some(START_MS),
        ..SandboxConfig::default()
    })
    .await
    .unwrap();
    let names = |records: Vec<Value>, field: &str| -> BTreeSet<String> {
        records
            .iter()
            .map(|r| r[field].as_str().unwrap().to_owned())
            .collect()
    };
    let here = desk
        .control()
        .records("company/companies", -1, 500)
        .unwrap();
    let there = other.control().records("Companies", -1, 500).unwrap();
    let (here_names, there_names) = (names(here.clone(), "name"), names(there, "companyName"));
    let same = here_names.intersection(&there_names).count();
    assert!(
        same > 15,
        "only {same} of {} names are the same",
        here_names.len()
    );
    assert!(same < here_names.len() - 8, "too few names differ");
    // Web addresses say which companies are the same in truth; some come twice, some never.
    let mut sites: BTreeMap<&str, usize> = BTreeMap::new();
    for company in &here {
        if let Some(site) = company["website"].as_str() {
            *sites.entry(site).or_default() += 1;
        }
    }
    assert!(
        sites.values().any(|count| *count > 1),
        "no company is doubled"
    );
    assert!(sites.len() < 40, "no company is missing");
    other.stop().await;
}

#[tokio::test]
async fn the_same_seed_gives_the_same_world() {
    let (one, two) = (desk().await, desk().await);
    for kind in [
        "company/companies",
        "company/contacts",
        "service/tickets",
        "sales/opportunities",
        "system/members",
    ] {
        let all = |c: &simulator::Control| {
            let mut records = c.records(kind, -1, 200).unwrap();
            // Addresses in records differ by the port.
            for record in &mut records {
                record["_info"] = Value::Null;
            }
            records.iter().map(|r| r["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(all(one.control()), all(two.control()), "{kind}");
        assert!(!all(one.control()).is_empty());
    }
}

#[tokio::test]
async fn links_lead_to_records_and_statuses_to_their_board() {
    let desk = desk().await;
    let mut statuses = BTreeMap::new();
    for board in desk.get("service/boards").await.ids() {
        let path = format!("service/boards/{board}/statuses?pageSize=100");
        for id in desk.get(&path).await.ids() {
            statuses.insert(id, board);
        }
    }
    let tickets = desk
        .get("service/tickets?pageSize=500&orderBy=id desc")
        .await
        .body;
    let companies: BTreeSet<i64> = desk
        .control()
        .ids("company/companies")
        .into_iter()
        .collect();
    let contacts: BTreeSet<i64> = desk.control().ids("company/contacts").into_iter().collect();
    let mut without_contact = 0;
    for ticket in tickets.as_array().unwrap() {
        assert_eq!(
            statuses[&ticket["status"]["id"].as_i64().unwrap()],
            ticket["board"]["id"]
        );
        assert!(companies.contains(&ticket["company"]["id"].as_i64().unwrap()));
        assert!(ticket["company"]["identifier"].is_string(), "{ticket}");
        match ticket["contact"]["id"].as_i64() {
            Some(contact) => assert!(contacts.contains(&contact)),
            // Somebody whom this tool does not know wrote all the same.
            None => without_contact += usize::from(ticket["contactName"].is_string()),
        }
        assert_eq!(
            ticket["closedFlag"],
            ticket["status"]["name"].as_str().unwrap().starts_with('>')
        );
        assert!(ticket["summary"].as_str().unwrap().chars().count() <= 100);
        let href = ticket["_info"]["notes_href"].as_str().unwrap();
        assert!(href.ends_with(&format!("service/tickets/{}/notes", ticket["id"])));
        for name in ["lastUpdated", "dateEntered"] {
            let stamp = ticket["_info"][name].as_str().unwrap();
            assert_eq!(stamp.len(), "2026-03-01T00:00:00Z".len(), "{stamp}");
        }
    }
    assert!(without_contact > 0);
}

#[tokio::test]
async fn every_kind_can_be_listed_counted_and_read() {
    let desk = desk().await;
    let kinds = [
        "service/boards",
        "service/priorities",
        "service/sources",
        "service/severities",
        "service/impacts",
        "service/locations",
        "service/tickets",
        "project/tickets",
        "time/entries",
        "time/workTypes",
        "time/workRoles",
        "company/companies",
        "company/companies/statuses",
        "company/companies/types",
        "company/contacts",
        "company/contacts/types",
        "company/contacts/relationships",
        "company/contacts/departments",
        "company/communicationTypes",
        "company/countries",
        "company/noteTypes",
        "sales/opportunities",
        "sales/opportunities/statuses",
        "sales/opportunities/types",
        "sales/opportunities/ratings",
        "sales/stages",
        "sales/probabilities",
        "finance/agreements",
        "finance/agreements/types",
        "system/members",
        "system/members/types",
        "system/apiMembers",
        "system/securityroles",
        "system/locations",
        "system/departments",
        "system/timeZoneSetups",
        "system/userDefinedFields",
        "system/integratorTags",
        "system/documents",
        "system/callbacks",
    ];
    for kind in kinds {
        let reply = desk.get(&format!("{kind}?pageSize=1000")).await;
        let ids = reply.ids();
        let count = desk.get(&format!("{kind}/count")).await.body["count"].clone();
        assert_eq!(count, desk.control().count(kind, None), "{kind}");
        if let Some(id) = ids.last() {
            let one = desk.get(&format!("{kind}/{id}")).await;
            assert_eq!(one.body["id"], *id, "{kind}");
            assert_eq!(
                &one.body,
                reply.body.as_array().unwrap().last().unwrap(),
                "{kind}"
            );
        }
        let missing = desk.get(&format!("{kind}/99999999")).await;
        assert_eq!(missing.status, 404, "{kind}");
        assert_eq!(missing.body["code"], "NotFound");
    }
    let contact = desk.get("company/contacts/57919999").await.body;
    assert_eq!(contact["message"], "Contact 57919999 not found");
}

#[tokio::test]
async fn members_by_identifier_and_for_little_rights() {
    let desk = desk().await;
    let member = desk.get("system/members/NOkonkwo").await;
    assert_eq!((member.status, &member.body["id"]), (200, &150.into()));
    assert_eq!(desk.get("system/members/nobody").await.status, 404);
    let staff = desk
        .list(
            "system/members",
            &[("conditions", "inactiveFlag=false and licenseClass!=\"A\"")],
        )
        .await;
    assert_eq!(staff.ids().len(), 12);
    let without = staff
        .body
        .as_array()
        .unwrap()
        .iter()
        .filter(|m| m["primaryEmail"].is_null());
    assert_eq!(without.count(), 1);
    let info = desk.get("system/info/members").await;
    assert!(info.body[0]["fullName"].is_string() && info.body[0]["officeEmail"].is_null());
}

#[tokio::test]
async fn a_thousand_tickets_a_page_of_two_hundred_thousand() {
    let desk = start(SandboxConfig {
        world: WorldConfig {
            tickets: 200_000,
            ..WorldConfig::default()
        },
        ..small()
    })
    .await;
    let page = |after: i64| {
        let request = desk.request("GET", &desk.url("service/tickets"));
        let query = [
            ("pageSize", "1000".to_owned()),
            ("pageId", after.to_string()),
        ];
        request.query(&query)
    };
    let begun = std::time::Instant::now();
    let first = desk.reply(page(0)).await.ids();
    let middle = desk.reply(page(110_000)).await.ids();
    assert_eq!((first.len(), middle.len()), (1_000, 1_000));
    assert_eq!(middle[0], 110_001);
    // Generous: the build of the tests is not optimised and the machine may be busy.
    assert!(begun.elapsed().as_secs() < 100, "{:?}", begun.elapsed());
    let begun = std::time::Instant::now();
    let recent = desk
        .ids(
            "service/tickets",
            "lastUpdated>[2026-03-01T00:00:00Z] and id>0",
        )
        .await;
    assert!((50..=1_000).contains(&recent.len()), "{}", recent.len());
    assert!(begun.elapsed().as_secs() < 100, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn projects_have_tickets_where_they_are_wanted() {
    let desk = desk().await;
    assert!(desk.ids("project/tickets", "").await.is_empty());
    let mut config = small();
    config.world.project_tickets = 60;
    let with = start(config).await;
    let all = with.list("project/tickets", &[("pageSize", "1000")]).await;
    assert_eq!(all.ids().len(), 60);
    let services = with.control().ids("service/tickets");
    assert_eq!(
        services,
        desk.control().ids("service/tickets"),
        "the others stay as they are"
    );
    assert!(
        all.ids().iter().all(|id| !services.contains(id)),
        "one range of numbers"
    );
    for ticket in all.body.as_array().unwrap() {
        let project = with
            .get(&format!("project/projects/{}", ticket["project"]["id"]))
            .await;
        assert_eq!(project.status, 200, "{ticket}");
        assert_eq!(project.body["company"]["id"], ticket["company"]["id"]);
        assert_eq!(ticket["recordType"], "ProjectTicket");
        assert_eq!(
            ticket["closedFlag"],
            ticket["status"]["name"].as_str().unwrap().starts_with('>')
        );
    }
    let notes = with
        .get(&format!("project/tickets/{}/allNotes", all.ids()[0]))
        .await;
    assert_eq!(notes.ids().len(), 2, "{}", notes.body);
    let changed = with
        .list(
            "project/tickets",
            &[
                ("conditions", "lastUpdated > [2000-01-01T00:00:00Z]"),
                ("pageSize", "1000"),
            ],
        )
        .await;
    assert_eq!(changed.ids().len(), 60);
}
