//! Setting a second factor up while somebody else who knows the password is at it too.

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use store::sessions::SessionStage;

use crate::harness::{Browser, EMAIL, PASSWORD, Page, SECRET, Site};

/// The key an app is told, from the page that shows it.
fn key(page: &Page) -> String {
    let (_, after) = page.text.split_once("<code class=\"key\">").unwrap();
    let (key, _) = after.split_once('<').unwrap();
    key.replace(' ', "")
}

/// Gives the password; the role asks for a second factor and there is none.
async fn enrolling(site: &Site) -> Browser<'_> {
    let mut browser = site.browser();
    browser.get("/sign-in").await;
    let fields = [("email", EMAIL), ("password", PASSWORD)];
    let page = browser.post("/sign-in", &fields).await;
    assert_eq!(page.location(), "/sign-in/enrol");
    browser
}

#[tokio::test]
async fn nobody_is_shown_a_key_that_another_session_has_seen() {
    let site = Site::start().await;
    let mut thief = site.halfway(SessionStage::Enrol).await;
    let seen = key(&thief.get("/sign-in/enrol").await);
    let mut ann = enrolling(&site).await;
    let own = key(&ann.get("/sign-in/enrol").await);
    assert_ne!(own, seen);
    let page = ann
        .post("/sign-in/enrol", &[("code", &site.code(&seen))])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = ann
        .post("/sign-in/enrol", &[("code", &site.code(&own))])
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
}

#[tokio::test]
async fn a_factor_set_up_meanwhile_is_asked_for_and_not_replaced() {
    let site = Site::start().await;
    let mut thief = site.halfway(SessionStage::Enrol).await;
    let mut late = enrolling(&site).await;
    let seen = key(&thief.get("/sign-in/enrol").await);
    let mut ann = enrolling(&site).await;
    let own = key(&ann.get("/sign-in/enrol").await);
    let page = ann
        .post("/sign-in/enrol", &[("code", &site.code(&own))])
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);

    let page = thief
        .post("/sign-in/enrol", &[("code", &site.code(&seen))])
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    // Their sign-ins ended with the password alone; another one asks for what is set up.
    let ended = "/sign-in?notice=session_expired";
    assert_eq!(late.get("/sign-in/enrol").await.location(), ended);
    for browser in [&mut thief, &mut late] {
        let page = browser.get("/companies").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        browser.get("/sign-in").await;
        let fields = [("email", EMAIL), ("password", PASSWORD)];
        let page = browser.post("/sign-in", &fields).await;
        assert_eq!(page.location(), "/sign-in/two-factor");
        browser.csrf_from("/sign-in/two-factor").await;
    }
    site.clock.advance(30 * UtcMillis::SECOND);
    let page = thief
        .post("/sign-in/two-factor", &[("code", &site.code(&seen))])
        .await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the key of the thief is worth nothing"
    );
    let page = late
        .post("/sign-in/two-factor", &[("code", &site.code(&own))])
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "hers still counts");
    assert_eq!(late.get("/companies").await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_session_can_neither_see_nor_confirm_a_key_without_the_password() {
    let site = Site::start().await;
    let mut ann = site.admin().await;
    let mut thief = site.admin().await;
    ann.csrf_from("/profile/two-factor").await;
    let page = ann
        .post("/profile/two-factor", &[("current_password", PASSWORD)])
        .await;
    let key = key(&page);
    for code in ["000000", &site.code(&key)] {
        let page = thief
            .post("/profile/two-factor/confirm", &[("code", code)])
            .await;
        assert_eq!(page.location(), "/profile/two-factor", "{}", page.text);
        assert!(!page.text.contains("class=\"key\""));
    }
    site.clock.advance(15 * UtcMillis::MINUTE);
    let page = ann
        .post("/profile/two-factor/confirm", &[("code", &site.code(&key))])
        .await;
    assert_eq!(
        page.location(),
        "/profile/two-factor",
        "the password was given too long ago"
    );
}

#[tokio::test]
async fn a_new_password_ends_a_set_up_that_waits() {
    let site = Site::start().await;
    let mut ann = site.admin().await;
    ann.csrf_from("/profile/two-factor").await;
    ann.post("/profile/two-factor", &[("current_password", PASSWORD)])
        .await;
    let identity = site.identity(EMAIL).await;
    let mut tx = site.app.store().begin().await.unwrap();
    store::identities::update_password(&mut tx, identity.id, &identity.password_hash.unwrap())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let page = ann
        .post(
            "/profile/two-factor/confirm",
            &[("code", &site.code(SECRET))],
        )
        .await;
    assert_eq!(page.location(), "/profile/two-factor");
}

/// Two set one up at the same moment, and both have looked that there was none: the second to commit is asked for the
/// factor of the first.
#[tokio::test]
async fn a_factor_set_up_at_the_same_moment_is_not_replaced() {
    let site = Site::start().await;
    let mut late = site.halfway(SessionStage::Enrol).await;
    let own = key(&late.get("/sign-in/enrol").await);
    let ann = site.identity(EMAIL).await;
    let first = domain::secret::Secret::from(SECRET);
    let code = site.code(&own);
    let fields = [("code", code.as_str())];
    // The first one's commit is open while the late one looks; its own then waits for it.
    let mut tx = site.app.store().begin().await.unwrap();
    let commit = async {
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        store::two_factor::enable(&mut tx, ann.id, &first, 0, &["hash".to_owned()])
            .await
            .unwrap();
        tx.commit().await.unwrap();
    };
    let (page, ()) = tokio::join!(late.post("/sign-in/enrol", &fields), commit);
    assert_eq!(
        page.location(),
        "/sign-in/two-factor?next=%2F",
        "{}",
        page.text
    );
    let kept = store::two_factor::find_totp_secret(site.app.store(), ann.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(kept.expose(), SECRET, "the first one's is still there");
    assert_eq!(late.get("/companies").await.status, StatusCode::SEE_OTHER);
}
