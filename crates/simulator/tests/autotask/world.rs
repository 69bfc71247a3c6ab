//! Whether the world is believable, and awkward in the right places.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use simulator::{SandboxConfig, WorldConfig};

use crate::support::{desk, start};

#[tokio::test]
async fn the_demo_world_is_believable() {
    let desk = start(SandboxConfig {
        world: WorldConfig::default(),
        ..crate::support::small()
    })
    .await;
    let control = desk.control();
    let companies = control.records("Companies", -1, 5_000).unwrap();
    let names: BTreeSet<&str> = companies
        .iter()
        .map(|c| c["companyName"].as_str().unwrap())
        .collect();
    assert_eq!((companies.len(), names.len()), (41, 41));
    assert!(names.iter().all(|n| n.chars().count() <= 100));
    assert!(names.iter().any(|n| n.chars().count() > 90));
    for part in ["Müller", "'", "&", "株式会社"] {
        assert!(names.iter().any(|n| n.contains(part)), "{part}");
    }
    assert!(companies.iter().any(|c| !c["parentCompanyID"].is_null()));

    let contacts = control.records("Contacts", -1, 5_000).unwrap();
    assert_eq!(contacts.len(), 600);
    let mut mails = BTreeMap::<&str, usize>::new();
    for contact in &contacts {
        assert!(contact["firstName"].as_str().unwrap().chars().count() <= 20);
        assert!(contact["lastName"].as_str().unwrap().chars().count() <= 20);
        if let Some(mail) = contact["emailAddress"].as_str() {
            *mails.entry(mail).or_default() += 1;
        }
    }
    assert_eq!(
        mails.values().filter(|n| **n == 2).count(),
        1,
        "one shared mailbox"
    );
    assert_eq!(mails.values().filter(|n| **n > 2).count(), 0);
    let without = contacts
        .iter()
        .filter(|c| c["emailAddress"].is_null())
        .count();
    assert!((10..80).contains(&without), "{without}");
    let primary = contacts
        .iter()
        .filter(|c| c["primaryContact"] == true)
        .count();
    assert_eq!(primary, 40);

    let tickets = control.records("Tickets", -1, 5_000).unwrap();
    let titles: BTreeSet<&str> = tickets
        .iter()
        .map(|t| t["title"].as_str().unwrap())
        .collect();
    assert!(titles.len() > 1_000, "{}", titles.len());
    let complete = tickets.iter().filter(|t| t["status"] == 5).count();
    assert!((4_500..4_990).contains(&complete), "{complete}");
    let numbers: BTreeSet<&str> = tickets
        .iter()
        .map(|t| t["ticketNumber"].as_str().unwrap())
        .collect();
    assert_eq!(numbers.len(), 5_000);
    let texts: String = tickets
        .iter()
        .map(|t| t["description"].to_string())
        .collect();
    for part in ["<script>", "&amp;", "> On Tuesday", "🖨️"] {
        assert!(texts.contains(part), "{part}");
    }
    for ticket in &tickets {
        assert!(ticket["title"].as_str().unwrap().chars().count() <= 255);
        assert!(ticket["description"].as_str().unwrap().chars().count() <= 8_000);
        assert!(
            !ticket.to_string().contains('{') || !ticket["title"].as_str().unwrap().contains('{')
        );
        let at = |name: &str| ticket[name].as_str().unwrap_or("9999").to_owned();
        assert!(at("createDate") <= at("lastActivityDate"), "{ticket}");
        assert!(
            at("lastActivityDate").as_str() <= "2026-03-02T12:00:00Z",
            "{ticket}"
        );
        assert_eq!(ticket["status"] == 5, !ticket["completedDate"].is_null());
        assert_eq!(
            ticket["assignedResourceID"].is_null(),
            ticket["assignedResourceRoleID"].is_null()
        );
    }
    let known: BTreeSet<i64> = companies
        .iter()
        .map(|c| c["id"].as_i64().unwrap())
        .collect();
    let orphans = tickets
        .iter()
        .filter(|t| !known.contains(&t["companyID"].as_i64().unwrap()))
        .count();
    assert!((1..4).contains(&orphans), "{orphans}");
    assert_eq!(control.count("Opportunities", None), 120);
    assert_eq!(control.count("Resources", None), 14);
}

#[tokio::test]
async fn conversations_fit_their_tickets() {
    let desk = desk().await;
    let control = desk.control();
    let tickets: BTreeMap<i64, Value> = control
        .records("Tickets", -1, 5_000)
        .unwrap()
        .into_iter()
        .map(|t| (t["id"].as_i64().unwrap(), t))
        .collect();
    let notes = control.records("TicketNotes", -1, 5_000).unwrap();
    assert!((2_500..5_000).contains(&notes.len()), "{}", notes.len());
    let mut before = (0, String::new());
    for note in &notes {
        let ticket = &tickets[&note["ticketID"].as_i64().unwrap()];
        let at = note["createDateTime"].as_str().unwrap().to_owned();
        assert!(at.as_str() >= ticket["createDate"].as_str().unwrap());
        assert!(at.as_str() <= ticket["lastActivityDate"].as_str().unwrap());
        let id = note["ticketID"].as_i64().unwrap();
        assert!(before.0 != id || before.1 <= at, "notes are in order");
        before = (id, at);
        assert!(!note["description"].as_str().unwrap().is_empty());
    }
    let internal = notes.iter().filter(|n| n["publish"] == 2).count();
    let rules = notes.iter().filter(|n| n["noteType"] == 13).count();
    let by_contact = notes
        .iter()
        .filter(|n| !n["createdByContactID"].is_null())
        .count();
    assert!(
        internal > 200 && rules > 200 && by_contact > 400,
        "{internal} {rules} {by_contact}"
    );
    for entry in control.records("TimeEntries", -1, 5_000).unwrap() {
        let ticket = &tickets[&entry["ticketID"].as_i64().unwrap()];
        assert!(entry["endDateTime"].as_str() > entry["startDateTime"].as_str());
        assert!(entry["lastModifiedDateTime"].as_str() >= ticket["createDate"].as_str());
    }
}

#[tokio::test]
async fn every_entity_can_be_read_whole() {
    let desk = desk().await;
    let (_, all) = desk.get("EntityInformation").await;
    assert!(all["entityDescriptions"].as_array().unwrap().len() > 40);
    for entity in [
        "CompanyLocations",
        "CompanyNotes",
        "CompanyCategories",
        "ContactGroups",
        "ContactGroupContacts",
        "Roles",
        "Departments",
        "ResourceRoles",
        "ResourceServiceDeskRoles",
        "ResourceRoleQueues",
        "ResourceRoleDepartments",
        "TicketCategories",
        "TicketCategoryFieldDefaults",
        "OpportunityCategories",
        "BillingCodes",
    ] {
        let records = desk.control().records(entity, -1, 5_000).unwrap();
        assert!(!records.is_empty(), "{entity}");
        let (status, fields) = desk
            .get(&format!("{entity}/entityInformation/fields"))
            .await;
        assert_eq!(status, 200);
        let known = fields["fields"].as_array().unwrap().len();
        assert_eq!(records[0].as_object().unwrap().len(), known + 1, "{entity}");
    }
}

#[tokio::test]
async fn definitions_of_own_fields_and_what_was_sent_can_be_read() {
    let desk = desk().await;
    let all = json!({"filter": [{"op": "exist", "field": "id"}]});
    let (status, fields) = desk
        .send("POST", "UserDefinedFieldDefinitions/query", &all)
        .await;
    assert_eq!(status, 200, "{fields}");
    let fields = fields["items"].as_array().unwrap().clone();
    let tier = fields
        .iter()
        .find(|field| field["name"] == "Contract Tier")
        .unwrap();
    let of = json!({"filter": [{"op": "eq", "field": "udfFieldId", "value": tier["id"]}]});
    let (_, items) = desk
        .send("POST", "UserDefinedFieldListItems/query", &of)
        .await;
    let names: Vec<&str> = items["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["valueForDisplay"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Gold", "Silver", "Bronze", "None"]);
    let (_, told) = desk.send("POST", "NotificationHistory/query", &all).await;
    let told = told["items"].as_array().unwrap().clone();
    assert_eq!(told.len(), 20);
    for one in told {
        let ticket = desk
            .control()
            .get("Tickets", one["ticketID"].as_i64().unwrap())
            .unwrap();
        assert_eq!(
            (&ticket["ticketNumber"], &ticket["companyID"]),
            (&one["entityNumber"], &one["companyID"])
        );
    }
}
