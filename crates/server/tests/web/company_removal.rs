//! Removing a company on its page, and the page *Blocked Companies*.

use axum::http::StatusCode;
use domain::permission::{Area, Grants, Level};
use domain::role_preset::RolePreset;
use domain::viewer::Viewer;
use store::audit;
use store::companies::find_for_viewer;
use store::identities::{MembershipStatus, upsert_company_membership};
use store::roles::find_preset_in;

use crate::harness::{Page, Site};

/// The address of the first company of the list.
fn first(page: &Page) -> String {
    let rest = page.text.split("main-link ellipsis\" href=\"").nth(1);
    let address = rest.and_then(|rest| rest.split('"').next());
    address.expect("a company").to_owned()
}

#[tokio::test]
async fn a_company_is_removed_listed_as_blocked_and_unblocked() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let list = browser.get("/companies").await;
    assert!(list.text.contains("Blocked Companies"), "{}", list.text);
    let address = first(&list);
    let page = browser.get(&address).await;
    assert!(
        page.text.contains(&format!("{address}/remove")),
        "{}",
        page.text
    );
    let asked = browser.get(&format!("{address}/remove")).await;
    for words in [
        "What goes",
        "What stays",
        "nothing is changed there",
        "until Blocked Companies takes the block off",
    ] {
        assert!(asked.text.contains(words), "{words}: {}", asked.text);
    }
    let done = browser.post(&format!("{address}/remove"), &[]).await;
    assert_eq!(done.location(), "/companies?notice=company_blocked");
    let twice = browser.post(&format!("{address}/remove"), &[]).await;
    assert_eq!(twice.location(), "/companies?notice=company_was_removed");
    let list = browser.get("/companies").await;
    assert!(!list.text.contains(&format!("href=\"{address}\"")));
    let page = browser.get(&address).await;
    assert!(page.text.contains("was removed here"), "{}", page.text);
    assert!(!page.text.contains(&format!("{address}/remove")));

    let blocked = browser.get("/companies/blocked").await;
    for words in [
        address.as_str(),
        "Autotask",
        "Ann Porter",
        "does not bring back",
    ] {
        assert!(blocked.text.contains(words), "{words}: {}", blocked.text);
    }
    let searched = browser.get("/companies/blocked?search=zzz").await;
    assert!(searched.text.contains("No blocked company matches"));
    let asked = browser.get(&format!("{address}/unblock")).await;
    assert!(asked.text.contains("does not bring back what was deleted"));
    let done = browser.post(&format!("{address}/unblock"), &[]).await;
    assert_eq!(
        done.location(),
        "/companies/blocked?notice=company_unblocked"
    );
    let twice = browser.post(&format!("{address}/unblock"), &[]).await;
    assert_eq!(
        twice.location(),
        "/companies/blocked?notice=company_not_blocked"
    );
    let blocked = browser.get("/companies/blocked").await;
    assert!(blocked.text.contains("No company is blocked"));
    let uuid = address.rsplit('/').next().expect("an id");
    let log = audit::list_entries_of(site.app.store(), "company", uuid, None, 10);
    let log: Vec<String> = log
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.action)
        .collect();
    assert_eq!(log, ["company.unblock", "company.remove"]);
}

/// What a page says about records that are no companies.
fn notes(page: &Page) -> Vec<String> {
    let lines = page.text.split("list-note\">").skip(1);
    let line = |rest: &str| rest.split("</p>").next().unwrap_or_default().to_owned();
    lines.map(line).collect()
}

#[tokio::test]
async fn a_removed_company_is_told_as_blocked_and_not_as_left_out() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let list = browser.get("/companies").await;
    let before = notes(&list);
    assert!(before.iter().all(|line| !line.contains("blocked")));
    let address = first(&list);
    browser.post(&format!("{address}/remove"), &[]).await;
    let list = browser.get("/companies").await;
    let blocked = "1 company of Autotask is blocked: its company was removed here.";
    let expected = format!("{blocked} <a href=\"/companies/blocked\">Blocked Companies</a>");
    let mut told = before.clone();
    told.push(expected);
    assert_eq!(notes(&list), told, "the rest is as before");
    assert!(
        list.text
            .contains("Blocked Companies <span class=\"badge\">1</span>"),
        "{}",
        list.text
    );
    let detail = browser.get("/settings/integrations/autotask").await;
    assert!(detail.text.contains(blocked), "{}", detail.text);
    let left_out = |page: &Page| page.text.contains("that the Sync step leaves out");
    assert_eq!(left_out(&detail), !before.is_empty());
}

#[tokio::test]
async fn staff_limited_to_companies_take_back_what_they_removed() {
    let site = Site::start_connected().await;
    let everything = Grants::everything();
    site.add_staff("Ina Limited", "ina@example.com", &everything)
        .await;
    let (mine, other) = {
        let mut browser = site.admin().await;
        let list = browser.get("/companies").await;
        let mine = first(&list);
        let rest = list.text.split("main-link ellipsis\" href=\"").nth(2);
        let other = rest.and_then(|rest| rest.split('"').next());
        (mine, other.expect("a second company").to_owned())
    };
    let store = site.app.store();
    let ina = site.identity("ina@example.com").await.id;
    let uuid = mine.rsplit('/').next().and_then(|id| id.parse().ok());
    let company = find_for_viewer(store, &Viewer::Staff(ina), &uuid.expect("an id"))
        .await
        .unwrap()
        .expect("a company");
    site.limit_to_companies("ina@example.com").await;
    let mut tx = store.begin().await.unwrap();
    let active = MembershipStatus::Active;
    let viewer = find_preset_in(&mut tx, RolePreset::CompanyViewer);
    let viewer = viewer.await.unwrap().id;
    upsert_company_membership(&mut tx, ina, company.id, viewer, active, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let mut browser = site.browser_of("ina@example.com").await;
    let strange = browser.post(&format!("{other}/remove"), &[]).await;
    assert_eq!(strange.status, StatusCode::NOT_FOUND);
    let asked = browser.get(&format!("{mine}/remove")).await;
    assert!(!asked.text.contains("The access of"), "{}", asked.text);
    browser.post(&format!("{mine}/remove"), &[]).await;
    let blocked = browser.get("/companies/blocked").await;
    assert!(blocked.text.contains(&mine), "{}", blocked.text);
    let asked = browser.get(&format!("{mine}/unblock")).await;
    assert!(asked.text.contains("once you are assigned to it"));
    let done = browser.post(&format!("{mine}/unblock"), &[]).await;
    assert_eq!(
        done.location(),
        "/companies/blocked?notice=company_unblocked"
    );
}

#[tokio::test]
async fn whoever_may_not_remove_companies_is_not_offered_it() {
    let site = Site::start_connected().await;
    let mut grants = Grants::everything();
    grants.0.insert(Area::Companies, Level::Write);
    site.add_staff("Ina Reader", "ina@example.com", &grants)
        .await;
    let mut browser = site.browser_of("ina@example.com").await;
    let list = browser.get("/companies").await;
    assert!(!list.text.contains("Blocked Companies"));
    let address = first(&list);
    let page = browser.get(&address).await;
    assert!(!page.text.contains("/remove"), "{}", page.text);
    let sent = browser.post(&format!("{address}/remove"), &[]).await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    assert!(sent.text.contains("Manage Companies"), "names the right");
}
