//! Step 4 of the setup wizard: users and companies taken over; and the preview of Auto-Import.

use axum::http::StatusCode;
use domain::permission::{Area, Grants, Level, RoleKind};
use store::roles::list_roles;

use crate::harness::{Browser, Page, Site, credentials};

const SETUP: &str = "/settings/integrations/autotask/setup";
const IMPORT: &str = "/settings/integrations/autotask/setup/import";
const USERS: &str = "/settings/integrations/autotask/setup/import?tab=users&now=on";
const COMPANIES: &str = "/settings/integrations/autotask/setup/import?tab=companies&now=on";

/// The ids of the rows that can be ticked.
fn picks(page: &Page) -> Vec<String> {
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
async fn with_waiting_companies() -> Site {
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
    form.extend(["users", "companies", "tickets"].map(|kind| ("record_type", kind)));
    let sent = browser.post(&format!("{SETUP}/sync"), &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let sent = browser
        .post(&format!("{SETUP}/configure"), &[("action", "next")])
        .await;
    assert!(sent.location().starts_with(IMPORT), "{}", sent.text);
    site.app.engine().run_until_idle().await.unwrap();
    site
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
    let done = browser.post(&to, &form).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    for words in ["Complete Setup", "1 user created", "setup-steps"] {
        assert!(done.text.contains(words), "{words}: {}", done.text);
    }
    let again = browser.post(&to, &form).await;
    assert!(!again.text.contains("1 user created"), "{}", again.text);
    assert_eq!(picks(&browser.get(USERS).await).len(), ids.len() - 1);
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

async fn import(browser: &mut Browser<'_>, fields: &[(&str, &str)]) -> Page {
    let mut all = vec![("action", "import")];
    all.extend_from_slice(fields);
    browser.post(&format!("{IMPORT}/companies"), &all).await
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
    let twice = import(&mut browser, &two).await;
    assert!(
        twice.text.contains("0 companies created, 2 left out"),
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
async fn a_company_is_linked_instead_of_created() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let ids = picks(&browser.get(COMPANIES).await);
    import(&mut browser, &[("pick", ids[0].as_str())]).await;
    let target = store::company_import::list_for_import(
        site.app.store(),
        &store::company_import::CompanyImportQuery {
            integration: store::integrations::list_integrations(site.app.store())
                .await
                .unwrap()[0]
                .id,
            search: None,
            unlinked_only: false,
            page: None,
            limit: 50,
        },
    )
    .await
    .unwrap()
    .rows
    .into_iter()
    .find_map(|row| row.company)
    .unwrap();
    let ask = format!("{IMPORT}/companies/{}/link", ids[1]);
    let page = browser.get(&ask).await;
    assert!(page.text.contains("id=\"dialog-content\""), "{}", page.text);
    assert!(
        page.text.contains(&target.uuid.to_string()),
        "{}",
        page.text
    );
    for wrong in ["", "nonsense", "0196f5a4-0000-7000-8000-000000000000"] {
        let refused = browser.post(&ask, &[("company", wrong)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(refused.text.contains("id=\"company-error\""), "{wrong}");
    }
    let uuid = target.uuid.to_string();
    let linked = browser.post(&ask, &[("company", uuid.as_str())]).await;
    let expected = format!("{COMPANIES}&notice=company_linked");
    assert_eq!(linked.location(), expected, "{}", linked.text);
    let again = browser.post(&ask, &[("company", uuid.as_str())]).await;
    assert!(
        again.location().ends_with("company_is_linked"),
        "{}",
        again.text
    );
    let missing = browser
        .get(&format!("{IMPORT}/companies/99999999/link"))
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(picks(&browser.get(COMPANIES).await).len(), ids.len() - 2);
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
}
