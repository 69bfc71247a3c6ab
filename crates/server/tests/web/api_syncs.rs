//! The JSON API about syncs, on both engines: what waits for a person, how far each stream is complete, how an
//! integration is. What people see on the pages of the sync log and of the integration.

use axum::http::StatusCode;
use portico::web::api::scope::Scope;
use serde_json::Value;

use crate::harness::{Site, key_with};
use crate::removal_questions::{lose_contacts, question};

const PAGE: &str = "/settings/integrations/autotask";

/// The site, a key, and the address of its integration in the API.
struct Caller {
    site: Site,
    key: String,
    integration: String,
}

impl Caller {
    async fn new(site: Site) -> Self {
        let key = key_with(&site, &[Scope::IntegrationsRead]).await;
        let all = site.api("/api/v1/integrations", &key).await.json();
        let id = all["data"][0]["id"].as_str().unwrap();
        let integration = format!("/api/v1/integrations/{id}");
        Self {
            site,
            key,
            integration,
        }
    }

    /// What the integration's address followed by `path` answers.
    async fn get(&self, path: &str) -> Value {
        let address = format!("{}{path}", self.integration);
        let page = self.site.api(&address, &self.key).await;
        assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.text);
        page.json()
    }

    async fn questions(&self, query: &str) -> Vec<Value> {
        let list = self.get(&format!("/removal-questions{query}")).await;
        list["data"].as_array().unwrap().clone()
    }

    async fn refused(&self, path: &str) -> String {
        let address = format!("{}{path}", self.integration);
        let page = self.site.api(&address, &self.key).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{address}");
        page.json()["error"]["message"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn removal_questions_are_told_with_who_answered() {
    questions(Site::start_connected().await).await;
}

#[tokio::test]
async fn removal_questions_are_told_with_who_answered_on_postgres() {
    if let Some(site) = Site::start_connected_on_postgres().await {
        questions(site).await;
    }
}

async fn questions(site: Site) {
    let caller = Caller::new(site).await;
    let site = &caller.site;
    let first = caller.get("/runs").await["data"][0]["id"].clone();
    assert_eq!(caller.questions("").await, Vec::<Value>::new());

    let present = site.sandbox().ids("Contacts").len();
    let run = lose_contacts(site).await;
    let run = run.rsplit('/').next().unwrap();
    let asked = question(site).await;
    let open = caller.questions("").await;
    assert_eq!(open.len(), 1, "{open:?}");
    let one = &open[0];
    assert_eq!(
        (&one["id"], &one["run_id"], &one["stream"], &one["state"]),
        (
            &asked.uuid.as_str().into(),
            &run.into(),
            &"contacts".into(),
            &"open".into()
        )
    );
    assert_eq!(
        (one["missing"].as_u64(), one["present"].as_u64()),
        (Some(present as u64 / 2), Some(present as u64))
    );
    let left = site.sandbox().ids("Contacts");
    let sample = one["sample"].as_array().unwrap();
    assert!(!sample.is_empty());
    for record in sample {
        let id: i64 = record["external_id"].as_str().unwrap().parse().unwrap();
        assert!(!left.contains(&id), "{record} is still there");
    }
    assert!(one["answered_by"].is_null() && one["answered_at"].is_null());
    assert_eq!(caller.get("").await["open_questions"], 1);

    let answer = format!("{PAGE}/removals/{}", asked.uuid);
    let mut browser = site.admin().await;
    browser.post(&answer, &[("answer", "keep")]).await;
    let kept = &caller.questions("?state=refused").await[0];
    assert_eq!(kept["answered_by"], "Ann Porter");
    assert!(
        kept["answered_at"]
            .as_str()
            .unwrap()
            .starts_with("2026-03-02T")
    );
    assert_eq!(
        caller.questions("?state=open").await,
        Vec::<Value>::new(),
        "nothing waits any more"
    );
    assert_eq!(caller.questions(&format!("?run={run}")).await.len(), 1);
    let first = first.as_str().unwrap();
    let of_first = caller.questions(&format!("?run={first}")).await;
    assert_eq!(of_first, Vec::<Value>::new(), "that run asked nothing");

    lose_contacts(site).await;
    let all = caller.questions("").await;
    assert_eq!(
        (all.len(), &all[0]["state"], &all[1]["id"]),
        (2, &"open".into(), &kept["id"]),
        "newest first"
    );
    let page = caller.get("/removal-questions?limit=1").await;
    assert_eq!(page["data"][0]["id"], all[0]["id"]);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = caller
        .get(&format!("/removal-questions?limit=1&cursor={cursor}"))
        .await;
    assert_eq!(rest["data"][0]["id"], all[1]["id"]);
    assert!(rest["next_cursor"].is_null());

    let told = caller.refused("/removal-questions?state=lost").await;
    assert!(told.starts_with("state is one of open, confirmed"));
    let nobody = "0196f5a4-0000-7000-8000-000000000000";
    let told = caller
        .refused(&format!("/removal-questions?run={nobody}"))
        .await;
    assert!(told.starts_with("run is the id of no sync run"), "{told}");
}

#[tokio::test]
async fn streams_tell_how_far_they_are_complete() {
    streams(Site::start_connected().await).await;
}

#[tokio::test]
async fn streams_tell_how_far_they_are_complete_on_postgres() {
    if let Some(site) = Site::start_connected_on_postgres().await {
        streams(site).await;
    }
}

async fn stream(caller: &Caller, key: &str) -> Value {
    let list = caller.get("/streams").await;
    let found = list["data"].as_array().unwrap().iter();
    let found = found.into_iter().find(|row| row["stream"] == key);
    found.unwrap_or_else(|| panic!("{key}: {list}")).clone()
}

async fn streams(site: Site) {
    let caller = Caller::new(site).await;
    let tickets = stream(&caller, "tickets").await;
    assert_eq!(
        (&tickets["records"], &tickets["verified"]),
        (&90.into(), &true.into())
    );
    assert_eq!(
        (
            &tickets["selected"],
            &tickets["by_change"],
            &tickets["covered_since"]
        ),
        (&true.into(), &true.into(), &Value::Null),
        "everything is covered"
    );
    // No record of this still world changed lately, so that nothing is known of how far stamps lag: a day is allowed for.
    let told = tickets["watermark"].as_str().unwrap();
    assert!(told.starts_with("2026-03-01T0"), "watermark: {told}");
    for instant in ["full_completed_at", "last_completed_at"] {
        let told = tickets[instant].as_str().unwrap();
        assert!(told.starts_with("2026-03-02T0"), "{instant}: {told}");
    }
    assert_eq!(stream(&caller, "technicians").await["name"], "Resources");
    let feed = stream(&caller, "deleted_tickets").await;
    assert_eq!(
        (&feed["records"], &feed["companies"]),
        (&Value::Null, &Value::Null)
    );
    let companies = stream(&caller, "companies").await;
    let (records, here) = (
        companies["records"].as_u64(),
        companies["companies"].as_u64(),
    );
    assert!(here > Some(0) && here <= records, "{companies}");
    let mut browser = caller.site.admin().await;
    let page = browser.get(PAGE).await;
    let words = format!("data-label=\"Here\"><div>{}<", records.unwrap());
    assert!(page.text.contains(&words), "{words} is what the page shows");

    // It ages, and the integration is as old as its oldest stream.
    let before = tickets["freshness_seconds"].as_i64().unwrap();
    caller.site.clock.advance(90_000);
    let list = caller.get("/streams").await;
    let ages = list["data"].as_array().unwrap().iter();
    let oldest = ages
        .filter_map(|row| row["freshness_seconds"].as_i64())
        .max();
    let tickets = stream(&caller, "tickets").await;
    assert_eq!(tickets["freshness_seconds"].as_i64(), Some(before + 90));
    let whole = caller.get("").await;
    assert_eq!(whole["freshness"]["seconds"].as_i64(), oldest);
    assert_eq!(whole["freshness_seconds"].as_i64(), oldest);

    // Records that were there before are not wanted: what a full run covers begins with the connection.
    let store = caller.site.app.store();
    let one = store::integrations::list_integrations(store).await.unwrap();
    let one = one.into_iter().next().unwrap();
    let mut settings = one.settings.clone();
    settings.initial_import = false;
    let engine = caller.site.app.engine();
    let actor = sync::Actor::CommandLine;
    let revision = one.settings_revision;
    sync::settings::update_settings(engine, &actor, one.id, revision, settings)
        .await
        .unwrap();
    let connected = one.connected_at.unwrap().to_rfc3339();
    let tickets = stream(&caller, "tickets").await;
    assert_eq!(tickets["covered_since"], connected);
    let companies = stream(&caller, "companies").await;
    assert!(companies["covered_since"].is_null(), "companies come whole");
}

#[tokio::test]
async fn an_integration_tells_what_its_page_tells() {
    let caller = Caller::new(Site::start_connected().await).await;
    let well = caller.get("").await;
    assert_eq!(
        (
            &well["status"],
            &well["trouble_detail"],
            &well["active_run"]
        ),
        (&"connected".into(), &Value::Null, &Value::Null)
    );
    assert_eq!(well["last_run"]["state"], "completed");
    assert_eq!(well["reference_data"]["waiting"], false);
    assert!(well["reference_data"]["read_at"].is_string());
    let mut browser = caller.site.admin().await;
    let page = browser.get(PAGE).await;
    let settings = well["settings"].as_array().unwrap();
    assert!(settings.iter().any(|one| one["label"] == "Auto-sync"));
    for one in settings {
        let value = one["value"].as_str().unwrap();
        assert!(page.text.contains(value), "{one}");
    }

    caller.site.sandbox().set_credentials_valid(false);
    caller.site.clock.advance(600_000);
    let mut browser = caller.site.admin().await;
    browser.post(&format!("{PAGE}/resync"), &[]).await;
    caller.site.app.engine().run_until_idle().await.unwrap();
    let refused = caller.get("").await;
    let trouble = &refused["trouble_detail"];
    assert!(
        trouble["message"]
            .as_str()
            .is_some_and(|words| !words.is_empty())
            && trouble["hint"].is_string()
            && trouble["next_attempt_at"].is_string(),
        "{refused}"
    );
    assert_eq!(refused["last_run"]["state"], "failed");
    let advice = &refused["advice"][0];
    assert_eq!(
        (&advice["issue"], &advice["wrong"]),
        (&"Connection test fails".into(), &true.into())
    );
}
