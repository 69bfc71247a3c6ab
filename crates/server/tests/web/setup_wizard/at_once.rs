//! Two administrators in the same setup: nothing is lost, and each is told.

use axum::http::StatusCode;

use super::{
    CONFIGURE, CONNECT, SYNC, configure_form, connect, connect_form, right_secret, stored,
    sync_form,
};
use crate::harness::{Page, Site};

#[tokio::test]
async fn two_administrators_edit_at_once_and_nothing_is_lost() {
    let site = Site::start_connected().await;
    let (mut ann, mut bob) = (site.admin().await, site.admin().await);
    let mine = ann.get(SYNC).await;
    let theirs = bob.get(SYNC).await;
    let with_interval = |page: &Page, minutes: &str| {
        let mut form = sync_form(page, "next", &[]);
        form.retain(|(name, _)| name != "interval");
        form.push(("interval".to_owned(), minutes.to_owned()));
        form
    };
    let sent = bob.send(SYNC, &with_interval(&theirs, "5")).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let mut form = with_interval(&mine, "15");
    form.retain(|(name, _)| name != "auto_sync");
    form.push(("queue".to_owned(), "8".to_owned()));
    let conflict = ann.send(SYNC, &form).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT, "{}", conflict.text);
    assert!(conflict.text.contains("Somebody else saved other settings"));
    assert!(conflict.text.contains("5 minutes"), "what they changed");
    let now = stored(&site).await.settings;
    assert!(
        now.auto_sync && now.scope.queues.is_empty(),
        "nothing of mine was saved yet"
    );
    let mut form = with_interval(&conflict, "5");
    form.retain(|(name, _)| name != "auto_sync");
    form.push(("queue".to_owned(), "8".to_owned()));
    let sent = ann.send(SYNC, &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let now = stored(&site).await.settings;
    assert_eq!((now.auto_sync, now.interval_minutes), (false, 5));
    assert_eq!(now.scope.queues, ["8".to_owned()].into());
}

#[tokio::test]
async fn two_administrators_in_two_steps_do_not_undo_each_other() {
    let site = Site::start_connected().await;
    let (mut ann, mut bob) = (site.admin().await, site.admin().await);
    let configure = ann.get(CONFIGURE).await;
    let sync = bob.get(SYNC).await;
    let sent = bob
        .send(SYNC, &sync_form(&sync, "next", &[("queue", "8")]))
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let chosen = [("closed_status", "5"), ("closed_status", "8")];
    let sent = ann
        .send(CONFIGURE, &configure_form(&configure, "next", &chosen))
        .await;
    assert_eq!(sent.status, StatusCode::CONFLICT, "she is told");
    let again = configure_form(&sent, "next", &chosen);
    let sent = ann.send(CONFIGURE, &again).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let now = stored(&site).await.settings;
    assert_eq!(now.scope.queues, ["8".to_owned()].into(), "Bob's stays");
    assert_eq!(now.closed_statuses.len(), 2);
}

#[tokio::test]
async fn a_conflict_about_notes_says_nobody_when_nobody_may_read_them() {
    let site = Site::start_connected().await;
    let (mut ann, mut bob) = (site.admin().await, site.admin().await);
    let mine = ann.get(CONFIGURE).await;
    let theirs = bob.get(CONFIGURE).await;
    assert!(
        !stored(&site)
            .await
            .settings
            .public_note_audiences
            .is_empty()
    );
    let sent = bob
        .send(CONFIGURE, &configure_form(&theirs, "next", &[]))
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let audience = ("public_audience", "2");
    let conflict = ann
        .send(CONFIGURE, &configure_form(&mine, "next", &[audience]))
        .await;
    assert_eq!(conflict.status, StatusCode::CONFLICT, "{}", conflict.text);
    assert!(
        conflict.text.contains("nobody: all notes are internal"),
        "{}",
        conflict.text
    );
}

#[tokio::test]
async fn a_connection_somebody_made_meanwhile_is_not_replaced_unasked() {
    let site = Site::start_beside_sandbox().await;
    let (mut ann, mut bob) = (site.admin().await, site.admin().await);
    let opened = bob.get(CONNECT).await;
    let mark = (
        "unconnected".to_owned(),
        opened.input("unconnected").unwrap(),
    );
    connect(&mut ann).await;
    let with = |secret: &str| {
        let mut form = connect_form("next", secret);
        form.push(mark.clone());
        form
    };
    let theirs = bob.send(CONNECT, &with("another secret")).await;
    assert_eq!(theirs.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = "Somebody else connected Autotask meanwhile, with other values.";
    assert!(theirs.text.contains(told), "{}", theirs.text);
    assert!(theirs.input("unconnected").is_none(), "told once");
    // The second of two clicks has the same values.
    let same = bob.send(CONNECT, &with(&right_secret())).await;
    assert_eq!(
        same.location(),
        format!("{SYNC}?notice=already_connected"),
        "{}",
        same.text
    );
}

#[tokio::test]
async fn a_test_and_a_mistake_do_not_make_a_colleagues_connection_ours() {
    let site = Site::start_beside_sandbox().await;
    let (mut ann, mut bob) = (site.admin().await, site.admin().await);
    let with = |page: &Page, action: &str, secret: &str| {
        let mut form = connect_form(action, secret);
        let mark = page.input("unconnected");
        form.extend(mark.map(|mark| ("unconnected".to_owned(), mark)));
        form
    };
    let opened = bob.get(CONNECT).await;
    connect(&mut ann).await;

    let form = with(&opened, "test", &right_secret());
    let tested = bob.send(CONNECT, &form).await;
    assert_eq!(tested.status, StatusCode::OK, "{}", tested.text);
    let (_, fields) = tested.text.split_once("id=\"connect-fields\"").unwrap();
    assert!(fields.contains("Portico is connected"), "he sees it");
    let form = with(&tested, "test", "another secret");
    let failed = bob.send(CONNECT, &form).await;
    assert_eq!(failed.status, StatusCode::UNPROCESSABLE_ENTITY);

    let form = with(&failed, "next", "another secret");
    let refused = bob.send(CONNECT, &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("choosing Next again replaces theirs"),
        "{}",
        refused.text
    );

    let form = with(&refused, "next", &right_secret());
    let again = bob.send(CONNECT, &form).await;
    let replaced = format!("{SYNC}?notice=credentials_updated");
    assert_eq!(again.location(), replaced, "{}", again.text);
}
