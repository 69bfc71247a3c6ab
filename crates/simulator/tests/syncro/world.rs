//! The world as Syncro shows it.

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
    let names = |records: &[Value], field: &str| -> BTreeSet<String> {
        let names = records.iter().filter_map(|r| r[field].as_str());
        names.map(str::to_owned).collect()
    };
    let here = desk.control().records("customers", -1, 500).unwrap();
    let there = other.control().records("Companies", -1, 500).unwrap();
    let (here_names, there_names) = (names(&here, "business_name"), names(&there, "companyName"));
    let same = here_names.intersection(&there_names).count();
    assert!(
        same > 50,
        "only {same} of {} are the same",
        here_names.len()
    );
    assert!(same < here_names.len() - 20, "too few names differ");
    let mut sites: BTreeMap<&str, usize> = BTreeMap::new();
    for customer in &here {
        if let Some(site) = customer["properties"]["Website"].as_str() {
            *sites.entry(site).or_default() += 1;
        }
    }
    assert!(sites.values().any(|count| *count > 1), "none is doubled");
    assert!(sites.len() < 141, "none is missing");
    other.stop().await;
}

/// As much as the vendor's sheet asks for.
#[tokio::test]
async fn the_usual_worlds_are_large_enough() {
    let world = WorldConfig {
        tickets: 160,
        ..WorldConfig::default()
    };
    let start_with = async |companies| {
        start(SandboxConfig {
            world: WorldConfig {
                companies,
                ..world.clone()
            },
            ..small()
        })
        .await
    };
    let demo = start_with(WorldConfig::default().companies).await;
    assert!(demo.control().count("customer_assets", None) >= 60);
    let sandbox = start_with(WorldConfig::SANDBOX_COMPANIES).await;
    assert!(sandbox.control().count("customers", None) >= 130);
    assert!(sandbox.control().count("customer_assets", None) >= 60);
}

#[tokio::test]
async fn the_same_number_gives_the_same_world() {
    let (one, two) = (desk().await, desk().await);
    for kind in [
        "customers",
        "contacts",
        "users",
        "tickets",
        "comments",
        "leads",
        "customer_assets",
    ] {
        let all = |c: &simulator::Control| c.records(kind, -1, 200).unwrap();
        assert_eq!(all(one.control()), all(two.control()), "{kind}");
        assert!(!all(one.control()).is_empty(), "{kind}");
    }
}

#[tokio::test]
async fn references_lead_to_records() {
    let desk = desk().await;
    let all = |kind: &str| desk.control().records(kind, -1, 5_000).unwrap();
    let ids = |kind: &str| -> BTreeSet<i64> { desk.control().ids(kind).into_iter().collect() };
    let (customers, contacts, users) = (ids("customers"), ids("contacts"), ids("users"));
    let settings = desk.get("tickets/settings").await.body;
    let statuses = settings["ticket_status_list"].as_array().unwrap();
    let mut seen = BTreeSet::new();
    for ticket in all("tickets") {
        assert!(customers.contains(&ticket["customer_id"].as_i64().unwrap()));
        assert!(
            ticket["contact_id"].is_null()
                || contacts.contains(&ticket["contact_id"].as_i64().unwrap())
        );
        assert!(
            ticket["user_id"].is_null() || users.contains(&ticket["user_id"].as_i64().unwrap())
        );
        assert!(statuses.contains(&ticket["status"]), "{}", ticket["status"]);
        assert_ne!(ticket["id"], ticket["number"]);
        seen.insert(ticket["status"].as_str().unwrap().to_owned());
    }
    assert!(seen.len() >= 7, "{seen:?}");
    for contact in all("contacts") {
        assert!(customers.contains(&contact["customer_id"].as_i64().unwrap()));
    }
}

#[tokio::test]
async fn the_awkward_cases_are_there() {
    let desk = desk().await;
    let all = |kind: &str| desk.control().records(kind, -1, 5_000).unwrap();
    let customers = all("customers");
    assert!(customers.iter().any(|c| c["disabled"] == true));
    assert!(
        customers
            .iter()
            .any(|c| c["business_name"].is_null() && c["firstname"] != "Walkin")
    );
    assert!(customers.iter().any(|c| c["firstname"] == "Walkin"));
    assert!(customers.iter().any(|c| c["email"].is_null()));
    let shares = |c: &Value| {
        let contacts = c["contacts"].as_array().unwrap();
        c["email"].is_string() && contacts.iter().any(|p| p["email"] == c["email"])
    };
    assert!(customers.iter().any(&shares) && !customers.iter().all(shares));
    let contacts = all("contacts");
    assert!(contacts.iter().any(|c| c["email"].is_null()));
    assert!(
        contacts
            .iter()
            .any(|c| c["properties"]["title"].is_string())
    );
    assert!(
        contacts
            .iter()
            .any(|c| c["properties"]["Contact Type"] == "Approver")
    );
    let tickets = all("tickets");
    assert!(tickets.iter().any(|t| t["priority"] == "High"));
    assert!(tickets.iter().any(|t| t["priority"].is_null()));
    let leads = all("leads");
    let statuses: BTreeSet<&str> = leads
        .iter()
        .map(|l| l["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses.len(), 10, "{statuses:?}");
    assert!(
        leads.iter().all(|l| l["likelihood"].is_null()),
        "amounts are never sent"
    );
}
