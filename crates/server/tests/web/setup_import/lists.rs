//! The list of companies to import: read again on demand, matched at once, and *Select all* with exceptions.

use axum::http::StatusCode;
use domain::record::CompanyRecord;

use super::linking::{companies_of, companies_of_another_tool};
use super::{
    COMPANIES, IMPORT, USERS, import, picks, question, staff_role, with_waiting_companies,
};
use crate::harness::{Page, Site};

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
        "/companies/import/autotask/events",
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
        "A link is proposed for 2 companies",
        "For 1 more several are equally good",
        "Proposed: same name without legal form.",
        "Select all 2 that are proposed",
        "it becomes a new company",
        "data-pick-count>0<",
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
    let asked = [("view", "quick"), ("was", was.as_str()), ("everyone", "1")];
    let done = import(&mut browser, &asked).await;
    assert!(
        done.text.contains("0 companies created, 2 linked"),
        "{}",
        done.text
    );
    assert_eq!(picks(&browser.get(COMPANIES).await).len(), before - 2);
    let off = browser
        .post(&to, &[("view", "quick"), ("action", "whole")])
        .await;
    assert_eq!(picks(&off).len(), before - 2, "the whole list again");
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

/// *Quick Match* with three proposals and one row of which several are equally good, over a list of which one more row is
/// ticked.
#[tokio::test]
async fn quick_match_keeps_what_is_ticked_one_by_one() {
    let site = with_waiting_companies().await;
    let names = site.sandbox().records("Companies", 0, 50).unwrap();
    let names: Vec<String> = names
        .iter()
        .filter_map(|one| one["companyName"].as_str())
        .take(3)
        .map(|name| format!("The {} GmbH & Co. KG", name.to_uppercase()))
        .collect();
    let (first, second, tied) = (&names[0], &names[1], &names[2]);
    let here = companies_of_another_tool(&site, &[first, second, tied, tied]).await;
    let mut browser = site.admin().await;
    let to = format!("{IMPORT}/companies");
    let found = browser.post(&to, &[("action", "quick")]).await;
    let shown = picks(&found);
    let linkable = |id: &String| {
        let select = format!("name=\"link.{id}\" class=\"link-choice\"");
        found.text.contains(&select)
    };
    let (proposed, ties): (Vec<String>, Vec<String>) = shown.iter().cloned().partition(linkable);
    assert_eq!((proposed.len(), ties.len()), (2, 1));
    assert!(found.text.contains("data-pick=\"other\""), "the tie");
    let all = picks(&browser.get(COMPANIES).await);
    let other = all.iter().find(|id| !shown.contains(id)).expect("one");

    // Ticked before: carried and counted, whatever Select all means.
    let ticked_before = [("pick", other.as_str()), ("action", "quick")];
    let quick = browser.post(&to, &ticked_before).await;
    assert!(quick.text.contains("data-pick-count>1<"), "{}", quick.text);
    let was = quick.input("was").expect("a field");
    let mut form = vec![("view", "quick"), ("was", was.as_str()), ("everyone", "1")];
    form.extend([("pick", other.as_str()), ("pick", ties[0].as_str())]);
    let both = browser.post(&to, &form).await;
    assert!(both.text.contains("data-pick-count>4<"), "{}", both.text);
    let carried = format!("name=\"pick\" value=\"{other}\" data-carried");
    assert!(both.text.contains(&carried), "{}", both.text);

    // A proposal that was ticked is still the same link in the whole list.
    let link = format!("link.{}", proposed[0]);
    let form = [
        ("view", "quick"),
        ("was", was.as_str()),
        ("pick", proposed[0].as_str()),
        (link.as_str(), here[0].as_str()),
    ];
    let mut off = form.to_vec();
    off.push(("action", "whole"));
    let whole = browser.post(&to, &off).await;
    ticked(&whole, &[&proposed[0]]);
    let row = whole.text.split(&format!("name=\"{link}\"")).nth(1);
    let row = row.expect("its choice").split("</select>").next();
    let chosen = format!("value=\"{}\" selected", here[0]);
    assert!(row.expect("a select").contains(&chosen), "{row:?}");
}

/// What is here is found by a search, as soon as the job that indexes it ran.
async fn find_by_name(site: &Site) {
    let store = site.app.store();
    while store::text_search::index_pending(store, 100).await.unwrap() {}
}

/// The ticks of these rows, as a list shows them.
#[track_caller]
pub fn ticked(page: &Page, ids: &[&str]) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for id in ids {
        let box_of = format!("name=\"pick\" value=\"{id}\" aria-label");
        let row = page.text.split(&box_of).nth(1).expect("its row");
        let tag = row.split('>').next().expect("its tick");
        assert!(tag.ends_with(" checked"), "{id}: {tag}");
    }
    let count = format!("data-pick-count>{}<", ids.len());
    assert!(page.text.contains(&count), "{}", page.text);
}

#[tokio::test]
async fn a_question_about_a_row_keeps_what_is_ticked_where_no_scripts_run() {
    let site = with_waiting_companies().await;
    let here = companies_of_another_tool(&site, &["Elsewhere GmbH"]).await;
    find_by_name(&site).await;
    let mut browser = site.admin().await;
    let page = browser.get(COMPANIES).await;
    let ids = picks(&page);
    let was = page.input("was").expect("a field");
    let list = format!("{IMPORT}/companies");
    let link = question(&ids[0], "link");
    assert!(page.text.contains(&format!("formaction=\"{link}\"")));
    let sent = [
        ("was", was.as_str()),
        ("pick", ids[1].as_str()),
        ("pick", ids[2].as_str()),
    ];
    let asked = browser.post(&link, &sent).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    let kept = asked.input("list").expect("the list");
    let kept = kept.as_str();
    ticked(
        &browser.post(&list, &[("list", kept)]).await,
        &[&ids[1], &ids[2]],
    );
    let search = [("list", kept), ("find", "1"), ("search", "Elsewhere")];
    let found = browser.post(&link, &search).await;
    assert!(found.text.contains(&here[0]), "{}", found.text);
    assert_eq!(found.input("list").as_deref(), Some(kept));
    let unsaid = browser.post(&link, &[("list", kept)]).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(unsaid.input("list").as_deref(), Some(kept));

    let answer = [("list", kept), ("company", here[0].as_str())];
    let linked = browser.post(&link, &answer).await;
    assert_eq!(linked.status, StatusCode::TEMPORARY_REDIRECT);
    // A browser sends the same form there.
    let back = browser.post(linked.location(), &answer).await;
    ticked(&back, &[&ids[1], &ids[2]]);
    assert!(back.text.contains("Linked. Its tickets"), "{}", back.text);
    let unlink = question(&ids[0], "unlink");
    assert!(back.text.contains(&format!("formaction=\"{unlink}\"")));
    let asked = browser.post(&unlink, &sent).await;
    assert!(asked.text.contains("What goes"), "{}", asked.text);
    assert!(!picks(&browser.get(COMPANIES).await).contains(&ids[0]));
    assert_eq!(asked.input("list").as_deref(), Some(kept));
    let undone = browser.post(&unlink, &[("list", kept)]).await;
    assert_eq!(undone.status, StatusCode::TEMPORARY_REDIRECT);
    let back = browser.post(undone.location(), &[("list", kept)]).await;
    ticked(&back, &[&ids[1], &ids[2]]);
    assert!(picks(&back).contains(&ids[0]));
}

#[tokio::test]
async fn what_is_selected_in_one_list_stays_while_the_other_is_looked_at() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let (users, companies) = (format!("{IMPORT}/users"), format!("{IMPORT}/companies"));
    let people = browser.get(USERS).await;
    let tab = format!("formaction=\"{companies}\" name=\"action\" value=\"tab\"");
    assert!(people.text.contains(&tab), "{}", people.text);
    let ids = picks(&people);
    let role = staff_role(&site).await;
    let shown = people.input("was").expect("a field");
    let list = [
        ("was", shown.as_str()),
        ("pick", ids[0].as_str()),
        ("role", role.as_str()),
        ("action", "tab"),
    ];
    let off = browser.post(&companies, &list).await;
    assert!(off.text.contains("Import Companies Now"), "{}", off.text);
    let kept = off.input("other").expect("the people");
    let on = [("other", kept.as_str()), ("action", "now")];
    let open = browser.post(&companies, &on).await;
    let wanted = picks(&open);
    assert_eq!(open.input("other"), Some(kept.clone()));
    assert!(
        open.text.contains("People: <strong>1</strong>"),
        "{}",
        open.text
    );
    let was = open.input("was").expect("a field");
    let list = [
        ("was", was.as_str()),
        ("pick", wanted[0].as_str()),
        ("other", kept.as_str()),
        ("action", "tab"),
    ];
    let back = browser.post(&users, &list).await;
    ticked(&back, &[&ids[0]]);
    let other = back.input("other").expect("the companies");

    // A mistake in one list is told there, and nothing of either is imported.
    let mut sent = vec![
        ("pick", ids[0].as_str()),
        ("other", other.as_str()),
        ("action", "complete"),
    ];
    let refused = browser.post(&users, &sent).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.input("other"), Some(other.clone()));
    assert_eq!(picks(&browser.get(COMPANIES).await).len(), wanted.len());
    sent.push(("role", role.as_str()));
    let done = browser.post(&users, &sent).await;
    assert!(
        done.location().ends_with("notice=setup_completed_imports"),
        "{}",
        done.text
    );
    assert_eq!(picks(&browser.get(USERS).await).len(), ids.len() - 1);
    assert_eq!(picks(&browser.get(COMPANIES).await).len(), wanted.len() - 1);
}

#[tokio::test]
async fn a_report_keeps_both_lists_and_import_more_brings_them_back() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let (users, companies) = (format!("{IMPORT}/users"), format!("{IMPORT}/companies"));
    let people = browser.get(USERS).await;
    let ids = picks(&people);
    let role = staff_role(&site).await;
    let shown = people.input("was").expect("a field");
    let tab = [
        ("was", shown.as_str()),
        ("pick", ids[0].as_str()),
        ("role", role.as_str()),
        ("action", "tab"),
    ];
    let off = browser.post(&companies, &tab).await;
    let kept = off.input("other").expect("the people");
    let open = browser
        .post(&companies, &[("other", kept.as_str()), ("action", "now")])
        .await;
    let (wanted, was) = (picks(&open), open.input("was").expect("a field"));
    let form = [
        ("was", was.as_str()),
        ("pick", wanted[0].as_str()),
        ("other", kept.as_str()),
        ("action", "import"),
    ];
    let report = browser.post(&companies, &form).await;
    assert!(report.text.contains("1 company created"), "{}", report.text);
    assert_eq!(report.input("other"), Some(kept.clone()));
    assert!(
        report
            .text
            .contains("form=\"other-list\" name=\"action\" value=\"now\"")
            && !report.text.contains("form=\"import-form\""),
        "Import more and Complete Setup send what is kept: {}",
        report.text
    );
    let more = browser
        .post(&companies, &[("other", kept.as_str()), ("action", "now")])
        .await;
    assert_eq!(picks(&more).len(), wanted.len() - 1);
    assert_eq!(more.input("other"), Some(kept.clone()));

    // The report of before, looked at with a company ticked: it stays ticked, and so do the people.
    let import = more.text.split("name=\"report\" value=\"").nth(1);
    let import = import
        .and_then(|rest| rest.split('"').next())
        .expect("the last import");
    let was = more.input("was").expect("a field");
    let form = [
        ("was", was.as_str()),
        ("pick", wanted[1].as_str()),
        ("other", kept.as_str()),
        ("report", import),
    ];
    let looked = browser.post(&companies, &form).await;
    assert!(looked.text.contains("1 company created"), "{}", looked.text);
    let hidden = looked.input("kept").expect("the companies");
    assert_eq!(looked.input("other"), Some(kept.clone()));
    let away = [("kept", hidden.as_str()), ("other", kept.as_str())];
    let with = |action: &'static str| [away[0], away[1], ("action", action)];
    let back = browser.post(&companies, &with("now")).await;
    ticked(&back, &[&wanted[1]]);
    assert_eq!(back.input("other"), Some(kept.clone()));
    // By the tab to the people, with the companies kept in their turn.
    let over = browser.post(&users, &with("tab")).await;
    ticked(&over, &[&ids[0]]);
    let companies_kept = over.input("other").expect("the companies");
    assert!(
        companies_kept.contains(&format!("pick={}", wanted[1])),
        "{companies_kept}"
    );

    let done = browser.post(&companies, &with("complete")).await;
    assert!(
        done.location().ends_with("notice=setup_completed_imports"),
        "{}",
        done.text
    );
    assert_eq!(picks(&browser.get(USERS).await).len(), ids.len() - 1);
    assert_eq!(picks(&browser.get(COMPANIES).await).len(), wanted.len() - 2);
}

#[tokio::test]
async fn of_several_companies_with_one_name_none_is_chosen_and_their_facts_tell_them_apart() {
    let site = with_waiting_companies().await;
    let records = site.sandbox().records("Companies", 0, 50).unwrap();
    let is_plain = |name: &&str| {
        name.chars()
            .all(|one| one.is_ascii_alphabetic() || one == ' ')
    };
    let mut names = records.iter().filter_map(|one| one["companyName"].as_str());
    let name = names.find(is_plain).expect("a name");
    companies_of_another_tool(&site, &[name]).await;
    find_by_name(&site).await;
    let mut browser = site.admin().await;
    let row = |page: &Page| -> String {
        let rows = page.text.split("<tr data-pick=");
        let mut found = rows.filter(|row| row.contains(&format!("title=\"{name}\"")));
        found.next().expect("its row").to_owned()
    };
    let only = row(&browser.get(COMPANIES).await);
    assert!(
        only.contains("class=\"link-choice\""),
        "the only one: {only}"
    );
    let id = only.split("name=\"pick\" value=\"").nth(1).expect("a tick");
    let id = id.split('"').next().expect("an id").to_owned();
    let asked = browser.get(&question(&id, "link")).await;
    assert_eq!(asked.text.matches("name=\"company\"").count(), 1);
    assert!(
        asked.text.contains(" checked><span><strong>"),
        "{}",
        asked.text
    );

    let leeds = CompanyRecord {
        external_id: "2".to_owned(),
        name: name.to_owned(),
        city: Some("Leeds".to_owned()),
        phone: Some("0113 496 0142".to_owned()),
        active: true,
        ..CompanyRecord::default()
    };
    companies_of(&site, ("syncro", "Second tool"), vec![leeds]).await;
    find_by_name(&site).await;
    let several = row(&browser.get(COMPANIES).await);
    assert!(!several.contains("link-choice"), "{several}");
    assert!(
        several.contains("2 companies in Portico have this name"),
        "{several}"
    );
    let asked = browser.get(&question(&id, "link")).await;
    assert_eq!(asked.text.matches("name=\"company\"").count(), 2);
    assert!(!asked.text.contains(" checked"), "{}", asked.text);
    for words in [
        "2 companies in Portico have this name",
        "Leeds · 0113 496 0142 · 0\u{a0}contacts",
        "Another tool",
        "Second tool",
    ] {
        assert!(asked.text.contains(words), "{words}: {}", asked.text);
    }
    // Nor does Select all take one of them for it, or make a third.
    let rest = import(&mut browser, &[("everyone", "1")]).await;
    let told = rest.text.replace("&#39;", "'");
    assert!(
        told.contains("Several companies have its name"),
        "left for a person: {told}"
    );
    let again = row(&browser.get(COMPANIES).await);
    assert!(
        again.contains("2 companies in Portico have this name"),
        "{again}"
    );
}
