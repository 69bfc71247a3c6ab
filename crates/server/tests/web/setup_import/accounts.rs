//! Portal accounts that Auto-Import made: where it is told who has one, and that nobody of them becomes staff unasked.

use axum::http::StatusCode;
use domain::permission::{Area, Grants, Level, RoleKind};
use store::roles::list_roles;
use sync::settings::update_settings;

use super::{IMPORT, SETUP, USERS, picks, staff_role};
use crate::harness::{Browser, Page, Site};

const DETAIL: &str = "/settings/integrations/autotask";

async fn ok(browser: &mut Browser<'_>, path: &str) -> Page {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    page
}

/// The first address in a page that begins so.
#[track_caller]
fn address(page: &Page, begin: &str) -> String {
    let start = format!("href=\"{begin}");
    let rest = page.text.split(&start).nth(1);
    let rest = rest.and_then(|rest| rest.split('"').next());
    format!(
        "{begin}{}",
        rest.unwrap_or_else(|| panic!("{begin}: {}", page.text))
    )
}

/// A site with Auto-Import on, giving *Viewer*, after it ran.
async fn with_accounts() -> Site {
    let site = Site::start_connected().await;
    let roles = list_roles(site.app.store(), RoleKind::Company)
        .await
        .unwrap();
    let viewer = roles.iter().find(|role| role.name == "Viewer").unwrap();
    let all = store::integrations::list_integrations(site.app.store())
        .await
        .unwrap();
    let mut settings = all[0].settings.clone();
    settings.auto_import = true;
    settings.default_contact_role = Some(viewer.uuid.to_string());
    let (engine, id) = (site.app.engine(), all[0].id);
    let actor = sync::Actor::CommandLine;
    update_settings(engine, &actor, id, all[0].settings_revision, settings)
        .await
        .unwrap();
    engine.run_until_idle().await.unwrap();
    site
}

#[tokio::test]
async fn who_has_an_account_is_told_wherever_one_looks() {
    let site = with_accounts().await;
    let mut browser = site.admin().await;
    let page = ok(&mut browser, DETAIL).await;
    for words in ["Contacts, by Auto-Import", "created with the role Viewer"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let to = address(&page, &format!("{DETAIL}/auto-imports/"));
    let report = ok(&mut browser, &to).await;
    for words in [
        "By Auto-Import",
        "Nobody was told",
        "Shown above",
        "href=\"/contacts/",
    ] {
        assert!(report.text.contains(words), "{words}: {}", report.text);
    }
    let file = ok(&mut browser, &format!("{to}/report.csv")).await;
    assert!(
        file.text
            .contains("Outcome,Name,E-mail,Company,Role,Reason")
            && file.text.contains(",Viewer,"),
        "{}",
        file.text
    );
    // Before it is saved again, the step and its preview count those who have one.
    for path in [format!("{SETUP}/sync"), format!("{SETUP}/auto-import")] {
        let page = ok(&mut browser, &path).await;
        assert!(
            page.text.contains("have an account already."),
            "{path}: {}",
            page.text
        );
    }
    // From the role to its people, to one of them, to the company.
    let roles = ok(&mut browser, "/settings/roles").await;
    let to = address(&roles, "/contacts/accounts?role=");
    let accounts = ok(&mut browser, &to).await;
    assert!(accounts.text.contains("Only the role"), "{}", accounts.text);
    let to = address(&accounts, "/contacts/0");
    let contact = ok(&mut browser, &to).await;
    for words in ["Portal account", "Viewer", "Imported"] {
        assert!(contact.text.contains(words), "{words}: {}", contact.text);
    }
    let to = address(&contact, "/companies/");
    let company = ok(&mut browser, &to).await;
    let to = address(&company, "/contacts/accounts?company=");
    let there = ok(&mut browser, &to).await;
    assert!(there.text.contains("Viewer"), "{}", there.text);
    let nobody = ok(&mut browser, &format!("{to}&search=zzz")).await;
    assert!(
        nobody.text.contains("No account matches"),
        "{}",
        nobody.text
    );
}

#[tokio::test]
async fn whoever_sees_some_companies_only_sees_no_report_of_all() {
    let site = with_accounts().await;
    let mut admin = site.admin().await;
    let page = ok(&mut admin, DETAIL).await;
    let to = address(&page, &format!("{DETAIL}/auto-imports/"));
    let grants = |areas: &[Area]| Grants(areas.iter().map(|area| (*area, Level::Read)).collect());
    let both = grants(&[Area::Integrations, Area::Companies]);
    site.add_staff("Bea", "bea@example.com", &both).await;
    let mut bea = site.browser_of("bea@example.com").await;
    ok(&mut bea, &to).await;
    let only = grants(&[Area::Integrations]);
    site.add_staff("Cy", "cy@example.com", &only).await;
    let mut cy = site.browser_of("cy@example.com").await;
    assert_eq!(cy.get(&to).await.status, StatusCode::FORBIDDEN);
    let page = ok(&mut cy, DETAIL).await;
    assert!(!page.text.contains("auto-imports"), "{}", page.text);
    let limited = site.identity("bea@example.com").await.id;
    let mut tx = site.app.store().begin().await.unwrap();
    let member = store::identities::find_staff_member_in(&mut tx, limited)
        .await
        .unwrap()
        .unwrap();
    store::identities::upsert_staff_membership(
        &mut tx,
        limited,
        member.role_id,
        member.status,
        false,
        false,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bea.get(&to).await.status, StatusCode::FORBIDDEN);
    let accounts = ok(&mut bea, "/contacts/accounts").await;
    assert!(
        accounts.text.contains("No portal accounts yet"),
        "{}",
        accounts.text
    );
}

#[tokio::test]
async fn a_client_becomes_staff_in_the_import_only_when_that_is_ticked() {
    let site = with_accounts().await;
    let mut browser = site.admin().await;
    let accounts = ok(&mut browser, "/contacts/accounts").await;
    let email = accounts
        .text
        .split("data-label=\"E-mail\"><span class=\"ellipsis\" title=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("an address")
        .to_lowercase();
    let resource = site.sandbox().ids("Resources")[0];
    let with_it = serde_json::json!({ "email": email });
    site.sandbox().patch("Resources", resource, with_it);
    let to = format!("{IMPORT}/users");
    browser.post(&to, &[("action", "sync")]).await;
    site.app.engine().run_until_idle().await.unwrap();
    let page = ok(&mut browser, USERS).await;
    assert!(page.text.contains("Is one of your staff"), "{}", page.text);
    let row = page
        .text
        .split("<tr data-pick")
        .find(|row| row.contains("name=\"join."));
    let row = row.expect("a row that asks");
    assert!(
        row.starts_with("=\"other\""),
        "a tick for all leaves it out: {row}"
    );
    let id = row
        .split("name=\"pick\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("its id");
    assert!(picks(&page).contains(&id.to_owned()));
    let role = staff_role(&site).await;
    let join = format!("join.{id}");
    let mut form = vec![("pick", id), ("role", role.as_str()), ("action", "import")];
    let refused = browser.post(&to, &form).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.text
    );
    assert!(
        refused
            .text
            .contains("Nobody at a client becomes one of your staff unasked."),
        "{}",
        refused.text
    );
    form.push((join.as_str(), email.as_str()));
    let done = browser.submit(&to, &form).await;
    assert!(
        done.text.contains("has an account at a client too"),
        "{}",
        done.text
    );
    // Both of it stand on the user's page.
    let to = address(&done, "/settings/users/0");
    let user = ok(&mut browser, &to).await;
    assert!(
        user.text
            .contains("This person has an account at a client too."),
        "{}",
        user.text
    );
    let accounts = ok(&mut browser, "/contacts/accounts?search=staff").await;
    assert_eq!(accounts.status, StatusCode::OK);
}

/// A contact's page promises an account only where one will come.
#[tokio::test]
async fn a_contact_without_an_account_says_why() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let contacts = ok(&mut browser, "/contacts?active=yes").await;
    let contact = address(&contacts, "/contacts/0");
    let told = ok(&mut browser, &contact).await;
    assert!(
        told.text.contains("Auto-Import of Autotask is off"),
        "{}",
        told.text
    );
    browser.post(&format!("{DETAIL}/disconnect"), &[]).await;
    let told = ok(&mut browser, &contact).await;
    assert!(
        told.text.contains(
            "Autotask is not connected, so Auto-Import makes none of its contacts a user."
        ),
        "{}",
        told.text
    );
}
