//! First start: one administrator, once, by whoever runs the machine.

use axum::http::StatusCode;

use crate::harness::{EMAIL, PASSWORD, Site};

const FORM: [(&str, &str); 4] = [
    ("name", "Ann Porter"),
    ("email", EMAIL),
    ("password", PASSWORD),
    ("repeated", PASSWORD),
];

#[tokio::test]
async fn the_first_start_leads_to_an_administrator_once() {
    let site = Site::start_empty().await;
    let mut browser = site.browser();
    assert!(
        browser
            .get("/profile")
            .await
            .location()
            .starts_with("/sign-in")
    );
    assert_eq!(browser.get("/sign-in").await.location(), "/welcome");
    let page = browser.get("/welcome").await;
    assert_eq!(page.input("token"), None, "not asked for on this machine");
    let page = browser.post("/welcome", &FORM).await;
    assert_eq!(page.location(), "/?notice=welcome");
    assert!(browser.get("/profile").await.text.contains("Administrator"));
    assert_eq!(
        browser.get("/settings/api-keys").await.status,
        StatusCode::OK
    );
    let mut second = site.browser();
    assert_eq!(second.get("/welcome").await.location(), "/sign-in");
    second.get("/sign-in").await;
    let page = second
        .post(
            "/welcome",
            &[
                ("name", "Eve"),
                ("email", "eve@example.com"),
                ("password", PASSWORD),
                ("repeated", PASSWORD),
            ],
        )
        .await;
    assert_eq!(page.location(), "/sign-in");
    let page = second
        .post(
            "/sign-in",
            &[("email", "eve@example.com"), ("password", PASSWORD)],
        )
        .await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "Eve does not exist"
    );
}

#[tokio::test]
async fn another_machine_needs_the_token_from_the_log() {
    let site = Site::start_empty().await;
    let token = portico::web::onboarding::setup_token(&site.app)
        .await
        .unwrap()
        .unwrap();
    let elsewhere: [(&str, Vec<(&'static str, String)>); 4] = [
        ("203.0.113.9", vec![]),
        ("127.0.0.1", vec![("x-forwarded-for", "203.0.113.9".into())]),
        (
            "127.0.0.1",
            vec![
                ("host", "portal.example.com".into()),
                ("origin", "http://portal.example.com".into()),
            ],
        ),
        ("127.0.0.1", vec![("forwarded", "for=203.0.113.9".into())]),
    ];
    for (peer, extra) in elsewhere {
        let mut browser = site.browser();
        browser.peer = peer.into();
        browser.extra = extra.clone();
        assert!(
            browser.get("/welcome").await.text.contains("Setup token"),
            "{extra:?}"
        );
        let page = browser.post("/welcome", &FORM).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{extra:?}");
        assert!(page.text.contains("not the setup token") && page.text.contains("Ann Porter"));
    }
    let mut browser = site.browser();
    browser.peer = "203.0.113.9".into();
    let page = browser.get(&format!("/welcome?token={token}")).await;
    assert_eq!(page.input("csrf").map(|token| token.len()), Some(43));
    let mut form = FORM.to_vec();
    form.push(("token", &token));
    assert_eq!(
        browser.post("/welcome", &form).await.location(),
        "/?notice=welcome"
    );
    assert_eq!(
        portico::web::onboarding::setup_token(&site.app)
            .await
            .unwrap(),
        None
    );
}

/// A proxy that passes on neither the host nor whom it speaks for makes a stranger look like somebody on this machine.
#[tokio::test]
async fn behind_a_proxy_nobody_is_on_this_machine() {
    for (address, asks) in [
        ("https://portal.example.com", true),
        ("http://localhost:9000", false),
        ("", false),
    ] {
        let site = Site::start_with(&[("PORTICO__SERVER__BASE_ADDRESS", address)]).await;
        let mut browser = site.browser();
        let page = browser.get("/welcome").await;
        assert_eq!(page.text.contains("Setup token"), asks, "{address}");
    }
}

#[tokio::test]
async fn mistakes_are_told_beside_the_fields() {
    let site = Site::start_empty().await;
    let mut browser = site.browser();
    browser.get("/welcome").await;
    for name in ["", "\u{200b}\u{feff}"] {
        let page = browser
            .post(
                "/welcome",
                &[
                    ("name", name),
                    ("email", "ann@x"),
                    ("password", "short"),
                    ("repeated", "short"),
                ],
            )
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        for message in [
            "Enter a name",
            "Enter a valid e-mail address",
            "at least 15",
        ] {
            assert!(page.text.contains(message), "{message}");
        }
    }
    let page = browser
        .post(
            "/welcome",
            &[
                ("name", "Ann"),
                ("email", EMAIL),
                ("password", PASSWORD),
                ("repeated", "another one here"),
            ],
        )
        .await;
    assert!(page.text.contains("The two passwords differ"));
}
