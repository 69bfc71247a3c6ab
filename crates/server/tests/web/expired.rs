//! A form that arrives after its session ended is kept over the sign-in.

use axum::http::StatusCode;
use domain::clock::UtcMillis;

use crate::harness::{EMAIL, PASSWORD, Site};

#[tokio::test]
async fn nothing_typed_is_lost() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    site.clock.advance(13 * UtcMillis::HOUR);
    browser.extra = vec![("referer", "http://127.0.0.1:8080/profile".into())];
    let page = browser
        .post(
            "/profile",
            &[
                ("name", "Ann \"<b>\" Harbour"),
                ("zone", "Europe/Berlin"),
                ("language", "en"),
            ],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(
        page.text
            .contains("Your session ended before this form arrived")
    );
    assert!(
        page.text.contains("Europe/Berlin") && !page.text.contains("<b>"),
        "shown, escaped"
    );
    assert!(page.text.contains("<dt>Language</dt><dd>English</dd>"));
    let kept = ["kept_action", "kept_fields", "kept_left_out", "next"]
        .map(|name| (name, page.input(name).unwrap()));
    assert_eq!(kept[0].1, "/profile");
    // A wrong password keeps it too.
    let mut fields: Vec<(&str, &str)> = kept
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    fields.extend([("email", EMAIL), ("password", "wrong wrong wrong")]);
    let page = browser.post("/sign-in", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        page.input("kept_fields").as_deref(),
        Some(kept[1].1.as_str())
    );
    fields.pop();
    fields.push(("password", PASSWORD));
    let page = browser.post("/sign-in", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Send your form") && page.text.contains("action=\"/profile\""));
    assert!(
        browser.get("/profile").await.text.contains("Ann Porter"),
        "nothing is sent without a click"
    );
    browser.csrf = page.input("csrf").unwrap();
    let page = browser
        .post(
            "/profile",
            &[("name", "Ann \"<b>\" Harbour"), ("zone", "Europe/Berlin")],
        )
        .await;
    assert_eq!(page.location(), "/profile?notice=profile_saved");
}

#[tokio::test]
async fn secrets_are_not_kept() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    site.clock.advance(13 * UtcMillis::HOUR);
    let page = browser
        .post(
            "/profile/password",
            &[
                ("current_password", "old old old old"),
                ("new_password", "new new new new"),
            ],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(
        !page.text.contains("old old")
            && !page.text.contains("new+new")
            && !page.text.contains("new new")
    );
    assert!(page.text.contains("secrets are not kept"));
}

#[tokio::test]
async fn a_form_older_than_the_session_is_shown_and_sent_with_a_click() {
    let site = Site::start().await;
    let old = site.admin().await.csrf;
    let mut browser = site.admin().await;
    let present = std::mem::replace(&mut browser.csrf, old.clone());
    let fields = [
        ("name", "Ann Harbour"),
        ("zone", ""),
        ("api_token", "hush hush"),
    ];
    let page = browser.post("/profile", &fields).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        !page.text.contains("Send the form"),
        "nothing says that a page of ours sent it"
    );
    browser.extra = vec![("sec-fetch-site", "same-origin".to_owned())];
    browser.csrf = old;
    let page = browser.post("/profile", &fields).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("Send the form") && page.text.contains(EMAIL));
    assert_eq!(page.input("name").as_deref(), Some("Ann Harbour"));
    assert!(!page.text.contains("hush hush"), "no secret is repeated");
    assert_eq!(page.input("csrf").as_deref(), Some(present.as_str()));
    assert!(
        browser.get("/profile").await.text.contains("Ann Porter"),
        "nothing is sent without a click"
    );
    let page = browser.post("/profile", &fields).await;
    assert_eq!(page.location(), "/profile?notice=profile_saved");
}

#[tokio::test]
async fn a_script_is_refused_and_fetches_the_token_itself() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let page = browser.get("/profile").await;
    assert!(page.text.contains(&format!("data-person=\"{EMAIL}\"")));
    browser.csrf = "x".repeat(43);
    browser.extra = vec![
        ("sec-fetch-site", "same-origin".to_owned()),
        ("x-portico-fragment", "1".to_owned()),
    ];
    let page = browser.post("/profile", &[("name", "Ann Harbour")]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(!page.text.contains("Send the form"));
}

#[tokio::test]
async fn another_site_cannot_plant_a_form() {
    let site = Site::start().await;
    let mut browser = site.browser();
    browser.extra = vec![("origin", "https://evil.example".into())];
    let page = browser.post("/profile", &[("name", "Mallory")]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(!page.text.contains("Mallory"));
}
