//! What can be chosen in the steps *Sync* and *Configure*: values that vanished at the vendor, defaults that do not count.

use axum::http::StatusCode;
use domain::reference::ReferenceKind;
use domain::stream::RecordType;

use super::{AUTOTASK, CONFIGURE, IMPORT, SYNC, configure_form, leave_sync, stored, sync_form};
use crate::harness::Site;

const GONE: &str = "Something that is set is not there any more.";

#[tokio::test]
async fn a_queue_that_vanished_is_named_at_its_field() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let sent = leave_sync(&mut browser, &[("queue", "8")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    vanish(&site, ReferenceKind::Queue, "8").await;
    let page = browser.get(SYNC).await;
    assert!(page.text.contains("(no longer listed)"), "{}", page.text);
    // Told in every step, and on the page that Complete Setup leads to.
    for path in [SYNC, CONFIGURE, IMPORT, AUTOTASK] {
        let page = browser.get(path).await;
        let told = page.text.split(GONE).nth(1);
        let told = told.unwrap_or_else(|| panic!("{path}: {}", page.text));
        let told = told.split("</ul>").next().unwrap();
        assert!(told.contains("Queues to Sync: "), "{path}: {told}");
        let leads = told.contains(&format!("href=\"{SYNC}\""));
        assert_eq!(leads, path != SYNC, "{path}: {told}");
    }
    let sent = browser
        .send(SYNC, &sync_form(&page, "next", &[("queue", "8")]))
        .await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(sent.text.contains("id=\"queue-error\""), "{}", sent.text);
    assert!(sent.text.contains("not on the vendor"), "{}", sent.text);
    let sent = browser.send(SYNC, &sync_form(&page, "next", &[])).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let page = browser.get(AUTOTASK).await;
    assert!(!page.text.contains(GONE), "{}", page.text);
}

#[tokio::test]
async fn a_status_that_vanished_and_only_has_a_stage_is_told_in_the_same_notice() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let page = browser.get(CONFIGURE).await;
    let sent = configure_form(&page, "next", &[("stage.8", "Working")]);
    let sent = browser.send(CONFIGURE, &sent).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    vanish(&site, ReferenceKind::TicketStatus, "8").await;
    for path in [SYNC, CONFIGURE, IMPORT, AUTOTASK] {
        let page = browser.get(path).await;
        let told = page.text.split(GONE).nth(1);
        let told = told.unwrap_or_else(|| panic!("{path}: {}", page.text));
        let told = told.split("</ul>").next().unwrap();
        assert!(
            told.contains("Resolution Status Stepper: "),
            "{path}: {told}"
        );
        let leads = told.contains(&format!("href=\"{CONFIGURE}\""));
        assert_eq!(leads, path != CONFIGURE, "{path}: {told}");
        let again = page.text.contains("Used here, but no longer");
        assert!(!again, "said once: {}", page.text);
    }
    let page = browser.get(CONFIGURE).await;
    let sent = configure_form(&page, "next", &[("stage.8", "")]);
    let sent = browser.send(CONFIGURE, &sent).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let stages = stored(&site).await.settings.stages;
    assert!(!stages.contains_key("8"), "{stages:?}");
    let page = browser.get(AUTOTASK).await;
    assert!(!page.text.contains(GONE), "{}", page.text);
}

/// The vendor lists a value no more.
async fn vanish(site: &Site, kind: ReferenceKind, id: &str) {
    let integration = stored(site).await;
    let items =
        store::reference_items::list_reference_items(site.app.store(), integration.id, None)
            .await
            .unwrap();
    let left: Vec<_> = items
        .iter()
        .filter(|item| !(item.kind == kind && item.external_id == id))
        .map(|item| domain::reference::ReferenceItem {
            kind: item.kind,
            external_id: item.external_id.clone(),
            label: item.label.clone(),
            parent: item.parent.clone(),
            active: item.active,
            sort_order: item.sort_order,
            system: item.is_system,
            closes: false,
        })
        .collect();
    let mut tx = site.app.store().begin().await.unwrap();
    store::reference_items::replace_reference_items(&mut tx, integration.id, &left)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn opportunity_defaults_are_disabled_with_the_reason_and_kept() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let page = browser.get(CONFIGURE).await;
    assert!(!page.text.contains("Enable Opportunity Sync is off"));
    let chosen = [("with_opportunities", "1"), ("projected_close_days", "45")];
    browser
        .send(CONFIGURE, &configure_form(&page, "next", &chosen))
        .await;
    let page = browser.get(SYNC).await;
    let mut form = sync_form(&page, "next", &[]);
    form.retain(|(_, value)| value != "opportunities");
    let sent = browser.send(SYNC, &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let page = browser.get(CONFIGURE).await;
    assert!(page.text.contains("Enable Opportunity Sync is off"));
    assert!(
        page.text
            .contains("<fieldset class=\"field-grid\" disabled>")
    );
    browser
        .send(CONFIGURE, &configure_form(&page, "next", &[]))
        .await;
    let now = stored(&site).await.settings;
    assert!(!now.record_types.contains(&RecordType::Opportunities));
    assert_eq!(
        now.opportunity.projected_close_days,
        Some(45),
        "what was set is kept"
    );
    let wrong = [
        ("with_opportunities", "1"),
        ("projected_close_days", "soon <b>"),
    ];
    let page = browser
        .send(CONFIGURE, &configure_form(&page, "next", &wrong))
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("projected_close_days-error"));
    let typed = page.input("projected_close_days").unwrap();
    assert_eq!(typed, "soon &#60;b&#62;", "what was typed stays");
}
