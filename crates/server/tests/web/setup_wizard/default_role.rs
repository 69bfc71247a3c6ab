//! Auto-Import hands out no role beyond the rights of whoever switches it on.

use axum::http::StatusCode;
use domain::permission::{Area, Grants, Level, RoleKind};
use store::roles::list_roles;

use super::{SYNC, stored, sync_form};
use crate::harness::Site;

#[tokio::test]
async fn contacts_are_not_imported_with_a_role_beyond_the_own_rights() {
    let site = Site::start_connected().await;
    let roles = list_roles(site.app.store(), RoleKind::Company)
        .await
        .unwrap();
    let strong = roles
        .iter()
        .find(|role| !role.grants.0.is_empty())
        .unwrap_or(&roles[0]);
    // Everything that has to do with integrations, and nothing of what the role grants.
    let own = Grants([(Area::Integrations, Level::Manage)].into());
    assert!(!strong.grants.within(&own), "{strong:?}");
    site.add_staff("Ina", "ina@example.com", &own).await;
    let mut browser = site.browser_of("ina@example.com").await;
    let page = browser.get(SYNC).await;
    assert!(
        !page.text.contains(strong.uuid.as_str()),
        "not even offered"
    );
    let more = [
        ("auto_import", "on"),
        ("default_contact_role", strong.uuid.as_str()),
    ];
    let refused = browser.send(SYNC, &sync_form(&page, "next", &more)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("grants more than your own"),
        "{}",
        refused.text
    );
    assert_eq!(stored(&site).await.settings.default_contact_role, None);
    // What somebody with the right has chosen stays when others save the step.
    let mut ann = site.admin().await;
    let page = ann.get(SYNC).await;
    let sent = ann.send(SYNC, &sync_form(&page, "next", &more)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let page = browser.get(SYNC).await;
    let sent = browser.send(SYNC, &sync_form(&page, "next", &more)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
}
