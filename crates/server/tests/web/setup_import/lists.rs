//! The list of companies to import: read again on demand, matched at once, and *Select all* with exceptions.

use axum::http::StatusCode;

use super::{COMPANIES, IMPORT, companies_of_another_tool, import, picks, with_waiting_companies};
use crate::harness::Site;

#[tokio::test]
async fn a_list_is_read_again_on_demand_and_what_was_ticked_stays() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let page = browser.get(COMPANIES).await;
    assert!(
        page.text.contains("Companies as last read"),
        "{}",
        page.text
    );
    let ids = picks(&page);
    let to = format!("{IMPORT}/companies");
    let asked = [("action", "sync"), ("pick", ids[0].as_str())];
    let started = browser.post(&to, &asked).await;
    assert_eq!(started.status, StatusCode::OK);
    for words in [
        "The sync has started.",
        "Companies are being read",
        "imports/companies/events",
    ] {
        assert!(started.text.contains(words), "{words}: {}", started.text);
    }
    let kept = format!("name=\"pick\" value=\"{}\" aria-label", ids[0]);
    let row = started.text.split(&kept).nth(1).expect("its row");
    assert!(
        row.split('>').next().unwrap().ends_with("checked"),
        "still ticked"
    );
    let joined = browser.post(&to, &asked).await;
    assert!(
        joined.text.contains("was running already"),
        "{}",
        joined.text
    );
    site.app.engine().run_until_idle().await.unwrap();
    let recent = browser.post(&to, &asked).await;
    assert!(
        recent.text.contains("less than 2 minutes ago"),
        "{}",
        recent.text
    );
    // The people have a window of their own.
    let people = browser
        .post(&format!("{IMPORT}/users"), &[("action", "sync")])
        .await;
    assert!(
        people.text.contains("The sync has started."),
        "{}",
        people.text
    );
    assert!(
        people.text.contains("Resources are being read"),
        "{}",
        people.text
    );
}

#[tokio::test]
async fn quick_match_proposes_for_all_rows_at_once_and_saves_nothing() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let page = browser.get(COMPANIES).await;
    let before = picks(&page).len();
    let names = site.sandbox().records("Companies", 0, 50).unwrap();
    let names: Vec<String> = names
        .iter()
        .filter_map(|one| one["companyName"].as_str())
        .take(3)
        .map(|name| format!("The {} GmbH & Co. KG", name.to_uppercase()))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    // Two that are equally good for the third.
    companies_of_another_tool(&site, &[names[0], names[1], names[2], names[2]]).await;
    let to = format!("{IMPORT}/companies");
    let found = browser.post(&to, &[("action", "quick")]).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    for words in [
        "proposes a link for 2 companies",
        "For 1 more several are equally good",
        "Proposed: same name without legal form.",
        "Select all 2 that are proposed",
        "data-pick-count>2<",
    ] {
        assert!(found.text.contains(words), "{words}: {}", found.text);
    }
    assert_eq!(picks(&found).len(), 3, "only these rows are shown");
    assert_eq!(
        picks(&browser.get(COMPANIES).await).len(),
        before,
        "nothing was saved"
    );
    let was = found.input("was").expect("a field");
    let asked = [("quick", "1"), ("was", was.as_str()), ("everyone", "1")];
    let done = import(&mut browser, &asked).await;
    assert!(
        done.text.contains("0 companies created, 2 linked"),
        "{}",
        done.text
    );
    assert_eq!(picks(&browser.get(COMPANIES).await).len(), before - 2);
    let off = browser
        .post(&to, &[("quick", "1"), ("action", "quick_off")])
        .await;
    assert_eq!(picks(&off).len(), before - 2, "the whole list again");
}

#[tokio::test]
async fn all_except_one_is_not_only_the_page() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let page = browser.get(COMPANIES).await;
    let ids = picks(&page);
    let was = page.input("was").expect("a field");
    let mut form = vec![
        ("was", was.as_str()),
        ("everyone", "1"),
        ("all_shown", "1"),
        ("on_page", ids[0].as_str()),
        ("on_page", ids[1].as_str()),
        ("pick", ids[1].as_str()),
    ];
    let shown = browser.post(&format!("{IMPORT}/companies"), &form).await;
    let count = format!("data-pick-count>{}<", ids.len() - 1);
    assert!(shown.text.contains(&count), "{}", shown.text);
    // Another search takes the whole of it back, also the part that was on the page.
    form.push(("search", "e"));
    let searched = browser.post(&format!("{IMPORT}/companies"), &form).await;
    assert!(
        searched.text.contains("data-pick-count>0<"),
        "{}",
        searched.text
    );
    form.pop();
    let done = import(&mut browser, &form).await;
    let created = format!("{} companies created", ids.len() - 1);
    assert!(done.text.contains(&created), "{}", done.text);
    assert_eq!(picks(&browser.get(COMPANIES).await), [ids[0].clone()]);
}

#[tokio::test]
async fn who_may_not_start_a_sync_is_told_why() {
    use domain::permission::{Area, Grants, Level};
    let site = Site::start_connected().await;
    let mut grants = Grants::everything();
    grants.0.insert(Area::Integrations, Level::Read);
    site.add_staff("Ina", "ina@example.com", &grants).await;
    let mut browser = site.browser_of("ina@example.com").await;
    let here = "/settings/users/import/autotask";
    let page = browser.get(here).await;
    let words = "Starting a sync needs the right Write Integrations.";
    assert!(page.text.contains(words), "{}", page.text);
    let sent = browser.post(here, &[("action", "sync")]).await;
    assert!(sent.text.contains("Nothing was started."), "{}", sent.text);
}
