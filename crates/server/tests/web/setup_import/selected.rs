//! What is selected and not shown, and rows that only a person can tell apart.

use super::linking::companies_of_another_tool;
use super::lists::ticked;
use super::{COMPANIES, IMPORT, USERS, import, picks, with_waiting_companies};
use crate::harness::EMAIL;

#[tokio::test]
async fn what_is_selected_and_not_shown_is_told_and_can_be_looked_at() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let people = browser.get(USERS).await;
    let ids = picks(&people);
    let was = people.input("was").expect("a field");
    let to = format!("{IMPORT}/users");
    let quick = [
        ("was", was.as_str()),
        ("pick", ids[0].as_str()),
        ("pick", ids[1].as_str()),
        ("action", "quick"),
    ];
    let quick = browser.post(&to, &quick).await;
    assert!(
        quick.text.contains("All 2 are not shown here."),
        "{}",
        quick.text
    );
    let was = quick.input("was").expect("a field");
    let look = [
        ("was", was.as_str()),
        ("view", "quick"),
        ("pick", ids[0].as_str()),
        ("pick", ids[1].as_str()),
        ("action", "selected"),
    ];
    let selected = browser.post(&to, &look).await;
    assert_eq!(picks(&selected), ids[..2], "only these rows");
    ticked(&selected, &[&ids[0], &ids[1]]);
    assert!(selected.text.contains("Only what is selected is shown."));
    assert!(
        !selected.text.contains("not shown here"),
        "{}",
        selected.text
    );
    // The same of companies, with a search.
    let page = browser.get(COMPANIES).await;
    let ids = picks(&page);
    let to = format!("{IMPORT}/companies");
    let search = [("search", "zzz"), ("pick", ids[0].as_str()), ("was", "x")];
    let searched = browser.post(&to, &search).await;
    assert!(
        searched
            .text
            .contains("What is selected is not shown here."),
        "{}",
        searched.text
    );
    let was = searched.input("was").expect("a field");
    let look = [
        ("search", "zzz"),
        ("was", was.as_str()),
        ("pick", ids[0].as_str()),
        ("action", "selected"),
    ];
    let selected = browser.post(&to, &look).await;
    assert_eq!(picks(&selected), ids[..1]);
    // Complete Setup says how many of each it imports.
    assert!(
        selected
            .text
            .contains("Companies: <strong data-count-of=\"import-form\">1</strong>"),
        "{}",
        selected.text
    );
}

#[tokio::test]
async fn of_two_with_one_name_at_the_vendor_none_is_linked_unless_a_person_says_so() {
    let site = with_waiting_companies().await;
    let ids = site.sandbox().ids("Companies");
    let records = site.sandbox().records("Companies", 0, 1).unwrap();
    let name = records[0]["companyName"].as_str().expect("a name");
    let twin = ids.iter().find(|id| records[0]["id"] != **id).expect("one");
    let renamed = serde_json::json!({ "companyName": name, "phone": "029 2018 0142" });
    site.sandbox().patch("Companies", *twin, renamed);
    companies_of_another_tool(&site, &[name]).await;
    let mut browser = site.admin().await;
    let to = format!("{IMPORT}/companies");
    browser.post(&to, &[("action", "sync")]).await;
    site.app.engine().run_until_idle().await.unwrap();
    let page = browser.get(COMPANIES).await;
    assert!(
        !page.text.contains("class=\"link-choice\""),
        "{}",
        page.text
    );
    // Each says what it is, and that the other is there.
    for words in [
        "2 companies of Autotask have this name".to_owned(),
        format!("No. {twin}"),
        "029 2018 0142".to_owned(),
    ] {
        assert!(page.text.contains(&words), "{words}: {}", page.text);
    }
    let row = page
        .text
        .split("<tr data-pick")
        .find(|row| row.contains(&format!("No. {twin}")))
        .expect("a row");
    let id = row
        .split("name=\"pick\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("its id");
    let asked = browser
        .get(&format!("/companies/import/autotask/{id}/link?from=setup"))
        .await;
    assert!(!asked.text.contains(" checked"), "{}", asked.text);
    assert!(asked.text.contains(&format!("This is No. {twin}")));
    // Select all leaves both for a person.
    let rest = import(&mut browser, &[("everyone", "1")]).await;
    let told = rest.text.replace("&#39;", "'");
    assert_eq!(
        told.matches("Several companies have its name").count(),
        2,
        "{told}"
    );
}

#[tokio::test]
async fn people_ticked_one_by_one_stay_over_quick_match() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let people = browser.get(USERS).await;
    let ids = picks(&people);
    let shown = people.input("was").expect("a field");
    let to = format!("{IMPORT}/users");
    let link = format!("link.{}", ids[2]);
    let list = [
        ("was", shown.as_str()),
        ("pick", ids[0].as_str()),
        ("pick", ids[1].as_str()),
        (link.as_str(), EMAIL),
        ("action", "quick"),
    ];
    let quick = browser.post(&to, &list).await;
    assert!(quick.text.contains("data-pick-count>3<"), "{}", quick.text);
    let shown = quick.input("was").expect("a field");
    let list = [
        ("was", shown.as_str()),
        ("view", "quick"),
        ("pick", ids[0].as_str()),
        ("pick", ids[1].as_str()),
        (link.as_str(), EMAIL),
        ("action", "whole"),
    ];
    let whole = browser.post(&to, &list).await;
    ticked(&whole, &[&ids[0], &ids[1], &ids[2]]);
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
