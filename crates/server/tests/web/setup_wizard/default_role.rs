//! Auto-Import hands out no role beyond the rights of whoever switches it on.

use axum::http::StatusCode;
use domain::permission::{Area, Grants, Level, RoleKind};
use store::roles::list_roles;

use super::{CONFIGURE, SYNC, configure_form, stored, sync_form};
use crate::harness::Site;
use domain::settings::IntegrationSettings;

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

/// What a form says it started from is no way around the rights: with the stored revision only the fields of the step
/// count, and a revision that does not exist yet is no other case.
#[tokio::test]
async fn a_forged_base_changes_nothing_outside_the_step() {
    let site = Site::start_connected().await;
    let roles = list_roles(site.app.store(), RoleKind::Company)
        .await
        .unwrap();
    let before = stored(&site).await.settings;
    let forged = IntegrationSettings {
        auto_import: true,
        default_contact_role: Some(roles[0].uuid.to_string()),
        interval_minutes: 5,
        ..before.clone()
    };
    let own = Grants([(Area::Integrations, Level::Manage)].into());
    site.add_staff("Ina", "ina@example.com", &own).await;
    let mut browser = site.browser_of("ina@example.com").await;
    for (path, revision) in [(CONFIGURE, 0), (CONFIGURE, 1), (SYNC, 0), (SYNC, 1)] {
        let page = browser.get(path).await;
        let mut form = match path {
            CONFIGURE => configure_form(&page, "exit", &[("client_comment_status", "1")]),
            _ => {
                let mut form = sync_form(&page, "exit", &[]);
                // A field that is not sent keeps what the base says.
                form.retain(|(name, _)| name != "interval");
                form
            }
        };
        let revision = stored(&site).await.settings_revision + revision;
        for (name, value) in &mut form {
            match name.as_str() {
                "base" => *value = serde_json::to_string(&forged).unwrap(),
                "revision" => *value = revision.to_string(),
                _ => {}
            }
        }
        browser.send(path, &form).await;
        let now = stored(&site).await.settings;
        assert!(!now.auto_import, "{path}");
        assert_eq!(now.default_contact_role, None, "{path}");
        assert_eq!(now.interval_minutes, before.interval_minutes, "{path}");
    }
    assert_eq!(
        stored(&site).await.settings.client_comment_status,
        ["1".to_owned()].into(),
        "what belongs to the step is saved"
    );
}

/// Switched on in a setup that is finished, accounts come without another step: the next page says so, once.
#[tokio::test]
async fn accounts_that_come_at_once_are_told() {
    let site = Site::start_connected().await;
    let roles = list_roles(site.app.store(), RoleKind::Company)
        .await
        .unwrap();
    let more = [
        ("auto_import", "on"),
        ("default_contact_role", roles[0].uuid.as_str()),
    ];
    let mut ann = site.admin().await;
    for (notice, sentence) in [
        (
            "/settings/integrations/autotask?notice=auto_import_began",
            "Contacts are getting their accounts now",
        ),
        (
            "/settings/integrations?notice=setup_kept",
            "Setup and settings open again",
        ),
    ] {
        let page = ann.get(SYNC).await;
        let sent = ann.send(SYNC, &sync_form(&page, "exit", &more)).await;
        assert_eq!(sent.location(), notice, "{}", sent.text);
        let next = ann.get(sent.location()).await;
        assert!(next.text.contains(sentence), "{}", next.text);
    }
}
