//! What lists can be narrowed by.

use serde_json::{Value, json};

use crate::support::{Desk, desk};

async fn rows(desk: &Desk, path: &str) -> Vec<Value> {
    desk.get(&format!("{path}&count=2000")).await.rows()
}

#[tokio::test]
async fn people_and_places() {
    let desk = desk().await;
    let everybody = rows(&desk, "Users?includeinactive=true").await;
    let active = rows(&desk, "Users?x=y").await;
    assert!(active.len() < everybody.len() && active.iter().all(|u| u["inactive"] == false));
    let inactive = rows(&desk, "Users?includeactive=false&includeinactive=true").await;
    assert_eq!(active.len() + inactive.len(), everybody.len());
    let people = rows(
        &desk,
        "Users?includeinactive=true&exclude_generaluser=true&exclude_agents=true&includenonserviceaccount=true",
    )
    .await;
    assert!(people.iter().all(|u| u["name"] != "General User"
        && u["isserviceaccount"] == false
        && u["linked_agent_id"] == 0));
    assert!(everybody.iter().any(|u| u["isserviceaccount"] == true));
    assert!(everybody.iter().any(|u| u["linked_agent_id"] != 0));
    let client = people[0]["client_id"].clone();
    let of_client = rows(
        &desk,
        &format!("Users?client_id={client}&includeinactive=true"),
    )
    .await;
    let expected = everybody
        .iter()
        .filter(|u| u["client_id"] == client)
        .count();
    assert_eq!(of_client.len(), expected);
    let own = rows(&desk, "Client?exclude_internal=true").await;
    assert!(
        own.iter()
            .all(|c| c["name"] != "Harbourline IT Services Ltd")
    );
    let found = rows(&desk, "Client?search=harbourline").await;
    assert_eq!(found.len(), 1);
    let stores = rows(&desk, "Site?includestocklocations=false").await;
    assert!(stores.iter().all(|s| s["isstocklocation"] == false));
}

#[tokio::test]
async fn tickets_by_state_team_type_and_time() {
    let desk = desk().await;
    let all = "Tickets?domain=reqs";
    let open = desk.all(&format!("{all}&open_only=true")).await;
    let closed = desk.all(&format!("{all}&closed_only=true")).await;
    assert_eq!(open.len() + closed.len(), 1_500);
    assert!(open.iter().all(|t| t["hasbeenclosed"] == false));
    for (kinds, rows) in [("0", open.len()), ("1", closed.len()), ("0,1", 1_500)] {
        let named = desk.all(&format!("{all}&includeclosed={kinds}")).await;
        assert_eq!(named.len(), rows, "{kinds}");
    }
    let teams = desk.all(&format!("{all}&team=1,Security")).await;
    assert!(
        !teams.is_empty()
            && teams
                .iter()
                .all(|t| ["1st Line Support", "Security"].contains(&t["team"].as_str().unwrap()))
    );
    let types = desk.all(&format!("{all}&requesttype=1,25")).await;
    assert!(
        !types.is_empty()
            && types
                .iter()
                .all(|t| [1, 25].contains(&t["tickettype_id"].as_i64().unwrap()))
    );
    let statuses = desk.all(&format!("{all}&status=9")).await;
    assert!(!statuses.is_empty() && statuses.iter().all(|t| t["status_id"] == 9));
    let some = desk.all(&format!("{all}&ticketids=1000007,1000009")).await;
    assert_eq!(some.len(), 2);
    let one = desk.get("Tickets?search_id=1000007").await.ids();
    assert_eq!(one, [1_000_007]);
    let since = "2026-03-01T10:00:00Z";
    let recent = desk.all(&format!("{all}&lastupdatefromdate={since}")).await;
    assert!(
        !recent.is_empty()
            && recent
                .iter()
                .all(|t| t["last_update"].as_str().unwrap() >= "2026-03-01T10:00:00")
    );
    let by_action = desk
        .all(&format!(
            "{all}&datesearch=lastactiondate&startdate={since}&enddate=2027-01-01"
        ))
        .await;
    assert_eq!(by_action.len(), recent.len());
    let wrong = desk.get("Tickets?lastupdatefromdate=yesterday").await;
    assert_eq!(wrong.status, 400);
}

/// Rows have custom fields only where their ids are asked for; a ticket by itself has all.
#[tokio::test]
async fn custom_fields_by_their_ids() {
    let desk = desk().await;
    let fields = async |path: &str| desk.get(path).await.rows()[0]["customfields"].clone();
    let row = "Tickets?ticketids=1000007";
    let room = desk.get("Tickets/1000007").await.body["customfields"].clone();
    assert_eq!(room[0]["id"], 141);
    assert_eq!(fields(row).await, json!([]));
    assert_eq!(
        fields(&format!("{row}&include_custom_fields=137")).await,
        json!([])
    );
    assert_eq!(
        fields(&format!("{row}&include_custom_fields=137,141")).await,
        room
    );
}

#[tokio::test]
async fn configuration_by_domain_level_and_use() {
    let desk = desk().await;
    let names = |rows: Vec<Value>| -> Vec<String> {
        rows.iter()
            .map(|r| r["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names(desk.get("TicketType?domain=opps").await.rows()),
        ["Opportunity"]
    );
    assert!(
        !names(desk.get("TicketType").await.rows())
            .iter()
            .any(|n| n.contains("(old)"))
    );
    assert!(
        names(desk.get("TicketType?showall=true").await.rows())
            .iter()
            .any(|n| n.contains("(old)"))
    );
    assert_eq!(names(desk.get("Team?domain=opps").await.rows()), ["Sales"]);
    let levels = desk.get("Category?type_id=2").await.rows();
    assert!(levels.iter().all(|c| c["type_id"] == 2) && levels.len() == 3);
    let first = desk.get("Category?type_id=1").await.rows();
    assert!(
        first
            .iter()
            .any(|c| c["value"].as_str().unwrap().contains('>'))
    );
    let priorities = desk.get("Priority").await.rows();
    assert_eq!(priorities.len(), 8);
    assert!(
        priorities
            .iter()
            .all(|p| p["id"].as_str().unwrap().len() == 36 && p["priorityid"].is_i64())
    );
    // The filter by type does nothing, as in the product.
    assert_eq!(desk.get("Status?type=3").await.rows().len(), 16);
    let outcome = desk.get("Outcome").await.rows();
    assert!(
        outcome
            .iter()
            .any(|o| o["id"] == 7 && o["hidefromuser"] == true)
    );
    let sla = desk.get("SLA/2").await.body;
    assert_eq!(sla["priorities"].as_array().unwrap().len(), 4);
    let detail = desk.get("TicketType/1").await.body;
    assert_eq!(
        (&detail["workflow_id"], &detail["statusafteruserupdate"]),
        (&json!(1), &json!(21))
    );
}

/// Two values with a comma: whether active records are there, and whether inactive ones.
#[tokio::test]
async fn active_and_inactive_in_one_word() {
    let desk = desk().await;
    for (list, off) in [
        ("Client", "inactive"),
        ("Site", "inactive"),
        ("Users", "inactive"),
        ("Agent", "isdisabled"),
        ("Asset", "inactive"),
    ] {
        let named = async |word: &str| {
            let path = format!("{list}?activeinactive={word}&order=id");
            let rows = rows(&desk, &path).await;
            let off = rows.iter().filter(|row| row[off] == true).count();
            (rows.len() - off, off)
        };
        let (active, inactive) = named("true,true").await;
        assert!(active > 0, "{list}");
        assert!(inactive > 0 || list == "Asset", "{list}");
        assert_eq!(named("true,false").await, (active, 0), "{list}");
        assert_eq!(named("true").await, (active, 0), "{list}");
        assert_eq!(named("false, true").await, (0, inactive), "{list}");
        assert_eq!(named("false,false").await, (0, 0), "{list}");
    }
    // It sets the other two.
    let path = "Client?activeinactive=true,true&includeinactive=false";
    let both = rows(&desk, path).await;
    assert!(both.iter().any(|client| client["inactive"] == true));
}

#[tokio::test]
async fn a_search_that_is_no_list_of_filters_is_refused() {
    let desk = desk().await;
    for list in [
        "Client",
        "Site",
        "Users",
        "Tickets",
        "Opportunities",
        "Asset",
    ] {
        for wrong in ["notjson", "{\"filter_name\":\"id\"}", "[1]", "null"] {
            let parameters = [("advanced_search", wrong)];
            let url = reqwest::Url::parse_with_params(&desk.url(list), parameters);
            let reply = desk.reply(desk.request("GET", url.unwrap().as_str())).await;
            assert_eq!(reply.status, 400, "{list} {wrong}: {}", reply.body);
            let sentence = format!("The value '{wrong}' is not valid.");
            assert_eq!(reply.body, json!({"advanced_search": [sentence]}));
        }
    }
    // No filters at all are a list, and lists that are not searched pass it over.
    assert_eq!(desk.get("Users?advanced_search=[]").await.rows().len(), 50);
    let statuses = desk.get("Status").await.rows().len();
    let passed = desk.get("Status?advanced_search=notjson").await;
    assert_eq!(passed.rows().len(), statuses);
}

#[tokio::test]
async fn advanced_search_knows_few_fields() {
    let desk = desk().await;
    let user = desk.get("Users?count=400").await.rows();
    let with_mail = user.iter().find(|u| u["emailaddress"].is_string()).unwrap();
    let search = |field: &str, value: &Value| {
        let filter = json!([{"filter_name": field, "filter_type": 2, "filter_value": value}]);
        let url = reqwest::Url::parse_with_params(
            &desk.url("Users"),
            [("advanced_search", filter.to_string())],
        );
        desk.reply(desk.request("GET", url.unwrap().as_str()))
    };
    let found = search("emailaddress", &with_mail["emailaddress"])
        .await
        .ids();
    assert!(found.contains(&with_mail["id"].as_i64().unwrap()));
    let refused = search("notes", &json!("x")).await;
    assert_eq!(refused.status, 400);
    assert!(
        refused
            .body
            .as_str()
            .unwrap()
            .contains("Invalid advanced search parameter")
    );
}
