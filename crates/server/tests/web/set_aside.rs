//! Records that could not be read are found from the place that reports them (rule P6), also those that no run lists: on
//! the integration's page, in the JSON API, in the diagnostic bundle.

use axum::http::StatusCode;
use domain::stream::Stream;
use portico::web::api::scope::Scope;
use store::set_aside::{NewSetAside, SetAside, list_open, upsert_set_aside};

use crate::harness::{Site, key_with};

const PAGE: &str = "/settings/integrations/autotask";

/// Sets notes aside as a look at one ticket does: no run ever met them.
async fn set_aside(site: &Site, notes: impl Iterator<Item = i64>) -> Vec<SetAside> {
    let store = site.app.store();
    let all = store::integrations::list_integrations(store).await;
    let id = all.unwrap().remove(0).id;
    let notes: Vec<NewSetAside> = notes
        .map(|number| NewSetAside {
            external_id: format!("note-{number}"),
            field: Some("createDateTime".to_owned()),
            reason: "a date was expected".to_owned(),
        })
        .collect();
    let none = domain::id::StreamRunId(0);
    let mut tx = store.begin().await.unwrap();
    upsert_set_aside(&mut tx, id, Stream::TicketNotes, none, &notes, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    list_open(store, id, None, 1_000).await.unwrap()
}

#[tokio::test]
async fn p6_the_banner_leads_to_every_record_that_waits() {
    banner(Site::start_connected().await).await;
}

#[tokio::test]
async fn p6_the_banner_leads_to_every_record_that_waits_on_postgres() {
    if let Some(site) = Site::start_connected_on_postgres().await {
        banner(site).await;
    }
}

async fn banner(site: Site) {
    let mut browser = site.admin().await;
    let page = browser.get(PAGE).await;
    assert!(!page.text.contains("Records set aside"), "{}", page.text);

    let open = set_aside(&site, 0..1).await;
    let cards = browser.get("/settings/integrations").await;
    for words in [
        "1 record could not be read.".to_owned(),
        format!("href=\"{PAGE}#set-aside\""),
    ] {
        assert!(cards.text.contains(&words), "{words}: {}", cards.text);
    }
    let page = browser.get(PAGE).await;
    let retry = format!("{PAGE}/set-aside/{}/retry", open[0].id.0);
    // By its id the focus comes back when the list comes anew.
    let button = format!("id=\"retry-{}\"", open[0].id.0);
    for words in [
        "id=\"set-aside\"",
        "Records set aside (1)",
        "note-0",
        "createDateTime",
        "a date was expected",
        retry.as_str(),
        button.as_str(),
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let asked = browser.post(&retry, &[]).await;
    let back = format!("{PAGE}?notice=retry_started");
    assert_eq!(asked.location(), back, "{}", asked.text);

    set_aside(&site, 1..101).await;
    let page = browser.get(PAGE).await;
    let shown = (0..101).filter(|number| page.text.contains(&format!(">note-{number}<")));
    assert_eq!(shown.count(), 100, "bounded: {}", page.text);
    for words in ["Records set aside (101)", "The first 100 are shown."] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
}

#[tokio::test]
async fn p6_nothing_is_said_to_be_tried_without_credentials_that_work() {
    let site = Site::start_connected().await;
    let open = set_aside(&site, 0..1).await;
    let retry = format!("{PAGE}/set-aside/{}/retry", open[0].id.0);
    let mut browser = site.admin().await;
    let page = browser.get(PAGE).await;
    assert!(page.text.contains("Retry now"), "{}", page.text);
    let store = site.app.store();
    let id = open[0].integration_id;
    for state in ["refused", "disconnected"] {
        let mut tx = store.begin().await.unwrap();
        if state == "refused" {
            let later = store.now().plus(domain::clock::UtcMillis::HOUR);
            let refused = store::integrations::update_refused(&mut tx, id, "No.", later).await;
            refused.unwrap();
        } else {
            let disconnected = store::integrations::update_disconnected(&mut tx, id).await;
            disconnected.unwrap();
        }
        tx.commit().await.unwrap();
        let page = browser.get(PAGE).await;
        assert!(page.text.contains("note-0"), "{state}: {}", page.text);
        let told = "Nothing is tried before it is connected again.";
        assert!(page.text.contains(told), "{state}: {}", page.text);
        assert!(!page.text.contains("Retry now"), "{state}");
        let asked = browser.post(&retry, &[]).await;
        let back = format!("{PAGE}?notice=retry_not_connected");
        assert_eq!(asked.location(), back, "{state}: {}", asked.text);
    }
}

#[tokio::test]
async fn p6_programs_read_every_record_that_waits() {
    programs(Site::start_connected().await).await;
}

#[tokio::test]
async fn p6_programs_read_every_record_that_waits_on_postgres() {
    if let Some(site) = Site::start_connected_on_postgres().await {
        programs(site).await;
    }
}

async fn programs(site: Site) {
    let key = key_with(&site, &[Scope::IntegrationsRead]).await;
    let all = site.api("/api/v1/integrations", &key).await.json();
    let id = all["data"][0]["id"].as_str().unwrap();
    let address = format!("/api/v1/integrations/{id}/set-aside");
    let none = site.api(&address, &key).await.json();
    assert_eq!(none["data"], serde_json::json!([]));

    set_aside(&site, 0..3).await;
    let first = site.api(&format!("{address}?limit=2"), &key).await.json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = format!("{address}?limit=2&cursor={cursor}");
    let rest = site.api(&rest, &key).await.json();
    assert!(rest["next_cursor"].is_null(), "{rest}");
    let walked: Vec<&str> = [&first, &rest]
        .into_iter()
        .flat_map(|page| page["data"].as_array().unwrap())
        .map(|record| record["external_id"].as_str().unwrap())
        .collect();
    assert_eq!(walked, ["note-0", "note-1", "note-2"]);
    let record = &first["data"][0];
    assert_eq!(
        (&record["stream"], &record["field"], &record["attempts"]),
        (&"ticket_notes".into(), &"createDateTime".into(), &1.into())
    );

    // The bundle of a run that met none of them.
    let runs = format!("/api/v1/integrations/{id}/runs");
    let runs = site.api(&runs, &key).await.json();
    let run = runs["data"][0]["id"].as_str().unwrap();
    let mut browser = site.admin().await;
    let bundle = browser.get(&format!("{PAGE}/runs/{run}/diagnostics")).await;
    assert_eq!(bundle.status, StatusCode::OK, "{}", bundle.text);
    let open = bundle.json()["open_set_aside"].clone();
    let told = open.as_array().unwrap().iter();
    let told: Vec<_> = told
        .map(|record| (&record["stream"], &record["external_id"]))
        .collect();
    let note = |number: i64| serde_json::json!(format!("note-{number}"));
    let stream = serde_json::json!("ticket_notes");
    assert_eq!(
        told,
        [
            (&stream, &note(0)),
            (&stream, &note(1)),
            (&stream, &note(2))
        ]
    );
}
