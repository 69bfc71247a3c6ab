//! Step 4 of the setup wizard: users and companies taken over; and the preview of Auto-Import.

mod accounts;
mod both_lists;
mod linking;
mod lists;
mod selected;

use axum::http::StatusCode;
use domain::permission::{Area, Grants, Level, RoleKind};
use domain::setup::SetupStep;
use store::roles::list_roles;

use crate::harness::{Browser, Page, Site, credentials};

const SETUP: &str = "/settings/integrations/autotask/setup";
const IMPORT: &str = "/settings/integrations/autotask/setup/import";
const USERS: &str = "/settings/integrations/autotask/setup/import?tab=users&now=on";
const COMPANIES: &str = "/settings/integrations/autotask/setup/import?tab=companies&now=on";

/// The ids of the rows that can be ticked.
pub fn picks(page: &Page) -> Vec<String> {
    let boxes = page.text.split("name=\"pick\" value=\"").skip(1);
    boxes
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

async fn staff_role(site: &Site) -> String {
    let roles = list_roles(site.app.store(), RoleKind::Staff).await.unwrap();
    let role = roles.iter().find(|role| role.name == "Technician");
    role.unwrap_or(&roles[0]).uuid.to_string()
}

/// A site whose companies wait: synced, but nothing becomes a company by itself.
pub async fn with_waiting_companies() -> Site {
    walked(&["users", "companies", "tickets"]).await
}

/// A site whose setup was walked to the Import step with these kinds of records, and synced.
async fn walked(kinds: &[&str]) -> Site {
    let site = walked_ahead(kinds).await;
    site.app.engine().run_until_idle().await.unwrap();
    site
}

/// The same, ahead of the first sync, which has begun.
async fn walked_ahead(kinds: &[&str]) -> Site {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    let mut form: Vec<(String, String)> = credentials().into_iter().collect();
    form.push(("action".into(), "next".into()));
    let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let sent = browser.post(&format!("{SETUP}/connect"), &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let mut form = vec![
        ("with_reference_data", "1"),
        ("auto_sync", "on"),
        ("interval", "15"),
        ("initial_import", "on"),
        ("action", "next"),
    ];
    form.extend(kinds.iter().map(|kind| ("record_type", *kind)));
    let sent = browser.post(&format!("{SETUP}/sync"), &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let sent = browser
        .post(&format!("{SETUP}/configure"), &[("action", "next")])
        .await;
    assert!(sent.location().starts_with(IMPORT), "{}", sent.text);
    site
}

/// Who is quicker than the first sync is told how far it is, and then to look.
#[tokio::test]
async fn people_who_are_still_being_read_are_told_as_that() {
    let site = walked_ahead(&["users", "companies"]).await;
    let mut browser = site.admin().await;
    for list in [USERS, "/settings/users/import/autotask"] {
        let page = browser.get(list).await;
        for words in [
            "Resources are being read",
            "data-live=\"/settings/users/import/autotask/events\"",
        ] {
            assert!(page.text.contains(words), "{words}: {}", page.text);
        }
        assert!(picks(&page).is_empty());
    }
    site.app.engine().run_until_idle().await.unwrap();
    assert!(!picks(&browser.get(USERS).await).is_empty());
}

#[tokio::test]
async fn nothing_is_imported_before_a_switch_is_on() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    for (tab, now, list) in [
        ("users", "Import Users Now", "Role for imported users"),
        ("companies", "Import Companies Now", "Show Unlinked Only"),
    ] {
        let off = browser.get(&format!("{IMPORT}?tab={tab}")).await;
        assert!(off.text.contains(now) && !off.text.contains(list), "{tab}");
        assert!(off.text.contains("Complete Setup"), "it can be skipped");
        let on = browser.get(&format!("{IMPORT}?tab={tab}&now=on")).await;
        assert!(on.text.contains(list), "{tab}: {}", on.text);
        for page in [&off, &on] {
            // Its words switch it, and a tab is found again by whoever pressed it.
            let label = format!("<label class=\"switch-text\" for=\"{tab}-now\">{now}</label>");
            assert!(page.text.contains(&label), "{label}: {}", page.text);
            for tab in ["users", "companies"] {
                let id = format!("id=\"tab-{tab}\"");
                assert_eq!(page.text.matches(&id).count(), 1, "{id}: {}", page.text);
            }
        }
    }
}

#[tokio::test]
async fn staff_is_imported_here_and_the_page_stays_in_the_wizard() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let page = browser.get(USERS).await;
    let ids = picks(&page);
    assert!(!ids.is_empty(), "{}", page.text);
    assert!(page.text.contains("Resource must have an active status"));
    let to = format!("{IMPORT}/users");
    let without = [("pick", ids[0].as_str()), ("action", "import")];
    let refused = browser.post(&to, &without).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Select a role"), "{}", refused.text);
    let role = staff_role(&site).await;
    let form = [
        ("pick", ids[0].as_str()),
        ("role", role.as_str()),
        ("action", "import"),
    ];
    let done = browser.submit(&to, &form).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    for words in ["Complete Setup", "1 user created", "setup-steps"] {
        assert!(done.text.contains(words), "{words}: {}", done.text);
    }
    // The second of two clicks leads to what the first one did, not to a list of people who are here already.
    let second = browser.submit(&to, &form).await;
    assert!(second.text.contains("1 user created"), "{}", second.text);
    site.clock.advance(60_000);
    let again = browser.submit(&to, &form).await;
    assert!(!again.text.contains("1 user created"), "{}", again.text);
    assert_eq!(picks(&browser.get(USERS).await).len(), ids.len() - 1);
}

/// *Complete Setup* imports what is selected; a mistake keeps the setup open, with the selection.
#[tokio::test]
async fn completing_the_setup_imports_what_is_selected() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let step = || async {
        let all = store::integrations::list_integrations(site.app.store()).await;
        all.unwrap()[0].setup_step
    };
    let page = browser.get(USERS).await;
    assert!(
        page.text
            .contains("value=\"complete\" form=\"import-form\"")
    );
    let ids = picks(&page);
    let to = format!("{IMPORT}/users");
    let role = staff_role(&site).await;
    let without = [("pick", ids[0].as_str()), ("action", "complete")];
    let refused = browser.post(&to, &without).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Select a role"), "{}", refused.text);
    let ticked = format!("value=\"{}\" aria-label", ids[0]);
    assert!(refused.text.contains(&ticked), "{}", refused.text);
    assert_ne!(step().await, SetupStep::Complete);
    let form_of = |id, role| [("pick", id), ("role", role), ("action", "complete")];
    let done = browser.post(&to, &form_of(&ids[0], &role)).await;
    let card = "/settings/integrations/autotask";
    let imports = format!("{card}?notice=setup_completed_imports");
    assert_eq!(done.location(), imports, "{}", done.text);
    assert_eq!(step().await, SetupStep::Complete);
    let told = browser.get(&imports).await.read();
    let (before, after) = told.split_once("id=\"overview\"").unwrap();
    for words in [
        "what was selected is imported",
        "1 user created",
        "/settings/users/import/autotask/reports/",
    ] {
        assert!(before.contains(words), "first: {words}: {before}");
    }
    assert!(
        !after.contains("/settings/users/import/autotask/reports/"),
        "and once"
    );
    let later = browser.get(card).await.read();
    let (_, after) = later.split_once("id=\"overview\"").unwrap();
    assert!(
        after.contains("/settings/users/import/autotask/reports/"),
        "{after}"
    );
    assert_eq!(picks(&browser.get(USERS).await).len(), ids.len() - 1);
    let companies = picks(&browser.get(COMPANIES).await);
    let form = [("pick", companies[0].as_str()), ("action", "complete")];
    let done = browser.post(&format!("{IMPORT}/companies"), &form).await;
    assert_eq!(done.location(), imports, "{}", done.text);
    assert_eq!(
        picks(&browser.get(COMPANIES).await).len(),
        companies.len() - 1
    );
    // Somebody was faster: the setup ends, and the report says so.
    let mut again = form_of(&ids[0], &role).to_vec();
    again.push(("welcome", "1"));
    let late = browser.post(&to, &again).await;
    assert!(
        late.location().contains("tab=users&report=")
            && late.location().ends_with("&notice=setup_completed_look"),
        "{}",
        late.location()
    );
    let report = late.location().to_owned();
    let report = browser.get(&report).await;
    for words in ["Not all that was selected was imported", "skipped"] {
        assert!(report.text.contains(words), "{words}: {}", report.text);
    }
    for list in ["users", "companies"] {
        let off = browser.get(&format!("{IMPORT}?tab={list}")).await;
        assert!(off.text.contains("Last import,"), "{list}: {}", off.text);
    }
    for tab in ["users", "companies"] {
        let nothing = [("action", "complete")];
        let done = browser.post(&format!("{IMPORT}/{tab}"), &nothing).await;
        let expected = format!("{card}?notice=setup_completed");
        assert_eq!(done.location(), expected, "{tab}: {}", done.text);
    }
}

#[tokio::test]
async fn importing_users_needs_the_right_to_manage_them() {
    let site = Site::start_connected().await;
    let mut grants = Grants::everything();
    grants.0.insert(Area::Users, Level::Read);
    site.add_staff("Ina Integrator", "ina@example.com", &grants)
        .await;
    let mut browser = site.browser_of("ina@example.com").await;
    let page = browser.get(USERS).await;
    assert!(page.text.contains("You need the right Manage Users"));
    let role = staff_role(&site).await;
    let form = [("pick", "1"), ("role", role.as_str()), ("action", "import")];
    let sent = browser.post(&format!("{IMPORT}/users"), &form).await;
    assert_eq!(sent.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn importing_companies_needs_the_right_to_manage_them() {
    let site = with_waiting_companies().await;
    let ids = picks(&site.admin().await.get(COMPANIES).await);
    let mut grants = Grants::everything();
    grants.0.insert(Area::Companies, Level::Write);
    site.add_staff("Ina Integrator", "ina@example.com", &grants)
        .await;
    let mut browser = site.browser_of("ina@example.com").await;
    let page = browser.get(COMPANIES).await;
    assert!(page.text.contains("You need the right Manage Companies"));
    assert_eq!(picks(&page), [""; 0], "and no company is shown");
    let form = [("pick", ids[0].as_str()), ("action", "import")];
    let to = format!("{IMPORT}/companies");
    for path in [
        to.clone(),
        question(&ids[0], "link"),
        question(&ids[0], "unlink"),
    ] {
        let sent = browser.post(&path, &form).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{path}");
        assert!(sent.text.contains("Manage Companies"), "{path}");
    }
    // Nor may whoever sees some companies only, whatever the role grants.
    site.add_staff("Eve Limited", "eve@example.com", &Grants::everything())
        .await;
    site.limit_to_companies("eve@example.com").await;
    let mut browser = site.browser_of("eve@example.com").await;
    let page = browser.get(COMPANIES).await;
    assert_eq!(picks(&page), [""; 0], "and no company is shown");
    for path in [
        to.clone(),
        question(&ids[0], "link"),
        question(&ids[0], "unlink"),
    ] {
        let sent = browser.post(&path, &form).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{path}");
        assert!(sent.text.contains("You see some companies only"), "{path}");
    }
    let left = picks(&site.admin().await.get(COMPANIES).await);
    assert_eq!(left.len(), ids.len(), "nothing was imported");
}

#[tokio::test]
async fn what_is_missing_for_importing_leads_only_where_it_can_be_mended() {
    let site = walked(&["companies", "tickets"]).await;
    let page = site.admin().await.get(USERS).await;
    assert!(page.text.contains("Sync Users is off"), "{}", page.text);
    let step = format!("<a class=\"button\" href=\"{SETUP}/sync\">Open the Sync step</a>");
    assert!(page.text.contains(&step), "{}", page.text);
    // Somebody who may not even see the users is told, without a way into a closed page.
    let mut grants = Grants::everything();
    grants.0.remove(&Area::Users);
    site.add_staff("Ina Integrator", "ina@example.com", &grants)
        .await;
    let page = site.browser_of("ina@example.com").await.get(USERS).await;
    assert!(page.text.contains("You need the right Manage Users"));
    assert!(!page.text.contains("See the users"), "{}", page.text);
}

/// A question about a row of the wizard's list of companies.
fn question(record: &str, word: &str) -> String {
    format!("/companies/import/autotask/{record}/{word}?from=setup")
}

async fn import(browser: &mut Browser<'_>, fields: &[(&str, &str)]) -> Page {
    let mut all = vec![("action", "import")];
    all.extend_from_slice(fields);
    browser.submit(&format!("{IMPORT}/companies"), &all).await
}

#[tokio::test]
async fn companies_that_wait_are_imported_once() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let page = browser.get(COMPANIES).await;
    assert!(page.text.contains("wait for you"), "{}", page.text);
    assert!(
        page.text
            .contains("do not come from Autotask by themselves")
    );
    let ids = picks(&page);
    assert!(ids.len() > 3, "{}", page.text);
    let nothing = import(&mut browser, &[]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text.contains("Select at least one company first"));
    let two = [("pick", ids[0].as_str()), ("pick", ids[1].as_str())];
    let done = import(&mut browser, &two).await;
    assert!(done.text.contains("2 companies created"), "{}", done.text);
    let second = import(&mut browser, &two).await;
    assert!(
        second.text.contains("2 companies created"),
        "{}",
        second.text
    );
    site.clock.advance(60_000);
    let twice = import(&mut browser, &two).await;
    assert!(
        twice.text.contains("0 companies created, 2 skipped"),
        "{}",
        twice.text
    );
    assert!(twice.text.contains("Nothing was done twice"));
    let gone = import(&mut browser, &[("pick", "99999999")]).await;
    assert!(
        gone.text.contains("no longer has this company"),
        "{}",
        gone.text
    );
    let rest = import(&mut browser, &[("everyone", "1")]).await;
    let expected = format!("{} companies created", ids.len() - 2);
    assert!(rest.text.contains(&expected), "{}", rest.text);
    let page = browser.get(COMPANIES).await;
    assert!(picks(&page).is_empty(), "all are here");
    let page = browser.get(&format!("{COMPANIES}&unlinked=1")).await;
    assert!(page.text.contains("All are here already"), "{}", page.text);
}

#[tokio::test]
async fn a_search_keeps_what_was_ticked_and_survives_odd_text() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let ids = picks(&browser.get(COMPANIES).await);
    let odd = "<script>alert(1)</script>\0🏭 %_\\";
    let fields = [("search", odd), ("pick", ids[0].as_str())];
    let page = browser.post(&format!("{IMPORT}/companies"), &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("No company matches"), "{}", page.text);
    assert!(!page.text.contains("<script>alert(1)"));
    let kept = format!("name=\"pick\" value=\"{}\" data-carried", ids[0]);
    assert!(page.text.contains(&kept), "{}", page.text);
}

#[tokio::test]
async fn selecting_all_lasts_while_pages_are_turned_and_not_over_another_search() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let first = browser.get(COMPANIES).await;
    let ids = picks(&first);
    let to = format!("{IMPORT}/companies");
    let was = first.input("was").unwrap();
    let all = [
        ("was", was.as_str()),
        ("everyone", "1"),
        ("pick", "99999999"),
    ];
    let page = browser.post(&to, &all).await;
    let ticked = page.text.matches("\" checked>").count();
    assert_eq!(ticked, ids.len(), "every row: {}", page.text);
    let button = format!("data-pick-count>{}<", ids.len());
    assert!(page.text.contains(&button), "each once: {}", page.text);
    let mut searched = all.to_vec();
    searched.push(("search", "zzzz"));
    let page = browser.post(&to, &searched).await;
    assert!(page.text.contains("data-pick-count>1<"), "{}", page.text);
}

#[tokio::test]
async fn auto_import_is_counted_before_it_is_switched_on() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let page = browser.get(&format!("{SETUP}/auto-import")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(
        page.text.contains("would become users now"),
        "{}",
        page.text
    );
    assert!(page.text.contains("id=\"dialog-content\""));
    assert!(page.text.contains("No role is chosen yet"), "{}", page.text);
    // The role that is chosen in the form counts, saved or not.
    let roles = list_roles(site.app.store(), RoleKind::Company)
        .await
        .unwrap();
    let last = roles.last().unwrap();
    let with = format!("{SETUP}/auto-import?default_contact_role={}", last.uuid);
    let page = browser.get(&with).await;
    let named = format!("With the role <bdi>{}</bdi>", last.name);
    assert!(page.text.contains(&named), "{}", page.text);
    assert!(!page.text.contains("No role is chosen yet"));
    let form = browser.get(&format!("{SETUP}/sync")).await;
    assert!(form.text.contains("data-with=\"default_contact_role\""));
}
