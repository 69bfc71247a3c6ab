//! Mass-removal questions: who answered, what and when, stays readable.

use crate::harness::{EMAIL, Site};

const PAGE: &str = "/settings/integrations/autotask";

pub async fn question(site: &Site) -> store::removal_questions::RemovalQuestion {
    let all = store::integrations::list_integrations(site.app.store())
        .await
        .unwrap();
    let open = store::removal_questions::list_open(site.app.store(), all[0].id)
        .await
        .unwrap();
    open.into_iter().next().unwrap()
}

/// Loses half of the contacts at the vendor and reads everything; answers the address of the run that asks.
pub async fn lose_contacts(site: &Site) -> String {
    let contacts = site.sandbox().ids("Contacts");
    for id in contacts.iter().take(contacts.len() / 2) {
        site.sandbox().delete("Contacts", *id);
    }
    site.clock.advance(600_000);
    let mut browser = site.browser_of(EMAIL).await;
    let run = browser.post(&format!("{PAGE}/resync"), &[]).await;
    site.app.engine().run_until_idle().await.unwrap();
    run.location().split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_answer_is_told_on_run_sync_log_and_integration() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let run = lose_contacts(&site).await;
    let asked = question(&site).await;
    let log = browser.get(&format!("{PAGE}/runs")).await;
    let open = format!("Asks whether {} contacts are gone.", asked.missing);
    assert!(log.text.contains(&open), "{}", log.text);
    let page = browser.get(PAGE).await;
    assert!(!page.text.contains("kept them"), "nobody answered yet");

    let answer = format!("{PAGE}/removals/{}", asked.uuid);
    browser.post(&answer, &[("answer", "keep")]).await;
    let told = "Ann Porter kept them, 2 Mar 2026, ";
    for path in [run, format!("{PAGE}/runs"), PAGE.to_owned()] {
        let page = browser.get(&path).await;
        assert!(page.text.contains(told), "{path}: {}", page.text);
        assert!(!page.text.contains("value=\"confirm\""), "{path}");
    }
}
