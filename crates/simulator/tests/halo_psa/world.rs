//! The same MSP under this vendor's names: what is there, what belongs together, what is written how.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use simulator::{SandboxConfig, WorldConfig};

use crate::support::{desk, small, start};

fn id(row: &Value, name: &str) -> i64 {
    row[name]
        .as_f64()
        .unwrap_or_else(|| panic!("{name} in {row}")) as i64
}

#[tokio::test]
async fn the_same_seed_gives_the_same_world() {
    let (one, two) = (desk().await, desk().await);
    for kind in [
        "client",
        "site",
        "users",
        "tickets",
        "actions",
        "opportunities",
        "agent",
    ] {
        let rows = one.control().records(kind, -1, 300).unwrap();
        assert_eq!(
            rows,
            two.control().records(kind, -1, 300).unwrap(),
            "{kind}"
        );
        assert!(!rows.is_empty());
    }
}

#[tokio::test]
async fn what_belongs_together_is_there() {
    let desk = desk().await;
    let clients: BTreeMap<i64, Value> = desk
        .all("Client?includeinactive=true")
        .await
        .into_iter()
        .map(|row| (id(&row, "id"), row))
        .collect();
    assert!(clients.values().any(|c| c["inactive"] == true));
    let sites: BTreeMap<i64, Value> = desk
        .all("Site?includeinactive=true")
        .await
        .into_iter()
        .map(|row| (id(&row, "id"), row))
        .collect();
    let users = desk.all("Users?includeinactive=true").await;
    let user_ids: BTreeSet<i64> = users.iter().map(|u| id(u, "id")).collect();
    for site in sites.values() {
        let client = &clients[&id(site, "client_id")];
        assert_eq!(site["client_name"], client["name"]);
        assert_eq!(
            site["clientsite_name"],
            format!(
                "{}/{}",
                client["name"].as_str().unwrap(),
                site["name"].as_str().unwrap()
            )
        );
        assert!(site["maincontact_id"] == 0 || user_ids.contains(&id(site, "maincontact_id")));
    }
    let mut general = 0;
    for user in &users {
        let site = &sites[&id(user, "site_id")];
        assert_eq!(id(site, "client_id"), id(user, "client_id"), "{user}");
        assert!(user["site_id"].is_f64() && user["site_id_int"].is_i64());
        general += usize::from(user["name"] == "General User");
    }
    assert!(general > 30, "{general}");
    let statuses: BTreeMap<i64, Value> = desk
        .get("Status")
        .await
        .rows()
        .into_iter()
        .map(|row| (id(&row, "id"), row["name"].clone()))
        .collect();
    let teams: BTreeSet<String> = desk
        .get("Team?showall=true")
        .await
        .rows()
        .iter()
        .map(|t| t["name"].as_str().unwrap().to_owned())
        .collect();
    let mut unknown_user = 0;
    for ticket in desk.all("Tickets?domain=reqs&includestatus=true").await {
        assert!(clients.contains_key(&id(&ticket, "client_id")));
        assert_eq!(ticket["status_name"], statuses[&id(&ticket, "status_id")]);
        assert!(teams.contains(ticket["team"].as_str().unwrap()));
        assert_eq!(
            ticket["hasbeenclosed"],
            [8, 9].contains(&id(&ticket, "status_id"))
        );
        let stamp = ticket["last_update"].as_str().unwrap();
        assert!(!stamp.ends_with('Z') && stamp.starts_with("202"), "{stamp}");
        match id(&ticket, "user_id") {
            0 => unknown_user += usize::from(ticket["user_name"].is_string()),
            user => assert!(user_ids.contains(&user)),
        }
        if ticket["hasbeenclosed"] == false {
            assert_eq!(ticket["dateclosed"], "1900-01-01T00:00:00");
        }
    }
    assert!(
        unknown_user > 0,
        "somebody whom this tool does not know wrote all the same"
    );
}

#[tokio::test]
async fn agents_are_not_all_people() {
    let desk = desk().await;
    let usual = desk.get("Agent").await.rows();
    assert!(
        usual
            .iter()
            .any(|a| a["id"] == 1 && a["name"] == "Unassigned")
    );
    assert!(usual.iter().any(|a| a["isapiagent"] == true));
    assert!(usual.iter().all(|a| a["isdisabled"] == false));
    let all = desk.get("Agent?includedisabled=true").await.rows();
    assert_eq!(all.len(), usual.len() + 1);
    let staff = desk
        .get("Agent?includeunassigned=false&includeapiagents=false")
        .await
        .rows();
    assert_eq!(staff.len(), 12);
    assert_eq!(staff.iter().filter(|a| a["email"].is_null()).count(), 1);
    let me = desk.get("Agent/me").await.body;
    assert_eq!(me["isapiagent"], true);
}

#[tokio::test]
async fn actions_count_within_their_ticket() {
    let desk = desk().await;
    let mut kinds = BTreeSet::new();
    for ticket in 1_000_001..1_000_040 {
        let path = format!("Actions?ticket_id={ticket}");
        let all = desk.get(&path).await;
        assert_eq!(all.body["ticket_id"], ticket);
        let ids = all.ids();
        assert_eq!(
            (ids[0], &all.rows()[0]["outcome"]),
            (1, &"Ticket Logged".into())
        );
        assert_eq!(ids, (1..=ids.len() as i64).collect::<Vec<_>>());
        let people = desk
            .get(&format!("{path}&excludesys=true&includehtmlnote=true"))
            .await
            .rows();
        for action in &people {
            kinds.insert((
                action["hiddenfromuser"] == true,
                action["who_type"].as_i64().unwrap(),
            ));
            assert!(action["note_html"].as_str().unwrap().starts_with("<p>"));
            assert_ne!(action["outcome"], "Automation");
        }
        let public = desk
            .get(&format!("{path}&excludesys=true&excludeprivate=true"))
            .await
            .rows();
        assert!(
            public
                .iter()
                .all(|a| a["hiddenfromuser"] == false && a["note_html"].is_null())
        );
        if let Some(last) = people.last() {
            let one = desk
                .get(&format!("Actions/{}?ticket_id={ticket}", last["id"]))
                .await
                .body;
            assert_eq!(one["note"], last["note"]);
        }
    }
    assert!(
        kinds.len() >= 3,
        "private, by agents and by users: {kinds:?}"
    );
}

#[tokio::test]
async fn names_differ_a_little_from_those_of_another_tool() {
    let desk = desk().await;
    let other = simulator::Sandbox::start_autotask(SandboxConfig {
        clock_start_ms: small().clock_start_ms,
        ..SandboxConfig::default()
    })
    .await
    .unwrap();
    let names = |rows: Vec<Value>, field: &str| -> BTreeSet<String> {
        rows.iter()
            .map(|r| r[field].as_str().unwrap().to_owned())
            .collect()
    };
    let here = names(desk.control().records("client", -1, 200).unwrap(), "name");
    let there = names(
        other.control().records("Companies", -1, 200).unwrap(),
        "companyName",
    );
    let same = here.intersection(&there).count();
    assert!(
        (15..40).contains(&same),
        "{same} of {} and {}",
        here.len(),
        there.len()
    );
}

#[tokio::test]
async fn a_page_of_two_hundred_thousand_tickets() {
    let desk = start(SandboxConfig {
        world: WorldConfig {
            tickets: 200_000,
            ..WorldConfig::default()
        },
        ..small()
    })
    .await;
    let recent = desk
        .get("Tickets?domain=reqs&lastupdatefromdate=2026-03-01T00:00:00Z&pageinate=true&page_size=100&page_no=1&order=id")
        .await;
    let count = recent.body["record_count"].as_u64().unwrap();
    assert!((50..=1_500).contains(&count), "{count}");
    let middle = desk
        .get("Tickets?domain=reqs&pageinate=true&page_size=100&page_no=1101&order=id")
        .await
        .ids();
    assert_eq!(middle[0], 1_110_001);
}

#[tokio::test]
async fn some_tickets_were_merged_a_client_has_no_site_and_nobody_is_me() {
    let desk = desk().await;
    let tickets = desk.control().records("tickets", 0, 10_000).unwrap();
    let merged: Vec<_> = tickets
        .iter()
        .filter(|ticket| {
            ticket["merged_into_id"]
                .as_i64()
                .is_some_and(|into| into > 0)
        })
        .collect();
    assert!(merged.len() > 5, "{}", merged.len());
    for ticket in merged {
        let into = desk
            .get(&format!("Tickets/{}", ticket["merged_into_id"]))
            .await;
        assert_eq!(
            (into.status, &into.body["client_id"]),
            (200, &ticket["client_id"])
        );
        assert_eq!(ticket["hasbeenclosed"], true);
    }
    let sites = desk.get("Site?count=1000&includeinactive=true").await;
    let has_site = |client: i64| {
        sites
            .rows()
            .iter()
            .any(|site| site["client_id"].as_f64() == Some(client as f64))
    };
    let clients = desk
        .get("Client?count=1000&includeinactive=true")
        .await
        .ids();
    let without: Vec<i64> = clients
        .into_iter()
        .filter(|client| !has_site(*client))
        .collect();
    assert_eq!(without, [2]);
    for (path, name) in [("Users/me", "General User"), ("Client/me", "Unknown")] {
        let me = desk.get(path).await;
        assert_eq!(
            (me.status, me.body["name"].as_str()),
            (200, Some(name)),
            "{path}"
        );
    }
}

/// What only some clients have elsewhere is there for each: service accounts and agents who are users; site contacts of all
/// kinds; and tickets that somebody deleted.
#[tokio::test]
async fn clients_have_what_is_to_be_left_out() {
    let desk = desk().await;
    let users = desk.control().records("users", -1, 100_000).unwrap();
    let clients = |fits: fn(&Value) -> bool| -> BTreeSet<String> {
        let fitting = users.iter().filter(|user| fits(user));
        fitting.map(|user| user["client_id"].to_string()).collect()
    };
    let all = clients(|user| user["name"] == "General User").len();
    for few in [
        clients(|user| user["isserviceaccount"] == true),
        clients(|user| user["linked_agent_id"].as_i64().is_some_and(|id| id > 0)),
    ] {
        assert!(few.len() * 10 > all * 8, "{} of {all}", few.len());
    }
    let mut kinds = BTreeSet::new();
    for id in desk.control().ids("site") {
        let site = desk.control().get("site", id).unwrap();
        for contact in site["sitecontacts"].as_array().into_iter().flatten() {
            kinds.insert(contact["type_name"].as_str().unwrap().to_owned());
            let user = desk.get(&format!("Users/{}", contact["uid"])).await;
            assert_eq!(user.status, 200, "{contact}");
        }
    }
    let expected = ["Approver", "Billing Contact", "Technical Contact"];
    assert_eq!(kinds, expected.map(str::to_owned).into());
    let deleted = desk.get("Tickets?deleted=true&count=100").await.ids();
    assert_eq!(deleted.len(), 5);
    let ids = desk.control().ids("tickets");
    assert!(deleted.iter().all(|id| !ids.contains(id)));
}
