//! Security headers on every route, whatever it answers.

use axum::body::Body;
use axum::http::{Method, Request};
use portico::web::headers::CONTENT_SECURITY_POLICY;
use portico::web::router;

use crate::harness::{HOST, Site};

#[tokio::test]
async fn every_answer_carries_them() {
    let site = Site::start().await;
    let mut paths: Vec<(Method, String)> = router::routes()
        .into_iter()
        .map(|route| {
            (
                route.method.parse().unwrap(),
                route.path.replace(['{', '}', '*'], "x"),
            )
        })
        .collect();
    paths.push((Method::GET, "/nowhere".into()));
    paths.push((Method::DELETE, "/sign-in".into()));
    for (method, path) in paths {
        let request = Request::builder()
            .method(&method)
            .uri(&path)
            .header("host", HOST)
            .body(Body::empty())
            .unwrap();
        let page = site.send(request, "192.0.2.7").await;
        let name = format!("{method} {path} {}", page.status);
        assert_eq!(
            page.header("content-security-policy"),
            CONTENT_SECURITY_POLICY,
            "{name}"
        );
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{name}");
        let secret_address = path.starts_with("/set-password/") && method == Method::GET;
        let policy = if secret_address {
            "no-referrer"
        } else {
            "same-origin"
        };
        assert_eq!(page.header("referrer-policy"), policy, "{name}");
        assert_eq!(
            page.header("cross-origin-opener-policy"),
            "same-origin",
            "{name}"
        );
        assert!(
            page.header("permissions-policy").contains("camera=()"),
            "{name}"
        );
        assert!(!page.header("cache-control").is_empty(), "{name}");
        assert_eq!(page.header("x-request-id").len(), 36, "{name}");
        assert!(
            page.header("server-timing").starts_with("app;dur="),
            "{name}"
        );
        assert_eq!(
            page.header("strict-transport-security"),
            "",
            "{name}: not on plain http"
        );
    }
}

#[tokio::test]
async fn the_policy_allows_nothing_inline_and_no_other_host() {
    for word in ["unsafe", "http:", "https:", "data:", "*"] {
        assert!(!CONTENT_SECURITY_POLICY.contains(word), "{word}");
    }
    let site = Site::start().await;
    let mut browser = site.admin().await;
    for path in [
        "/sign-in",
        "/profile",
        "/settings/api-keys",
        "/api/v1/docs",
        "/nowhere",
    ] {
        let page = browser.get(path).await;
        assert!(
            !page.text.contains(" style=\"") && !page.text.contains("<style"),
            "{path}"
        );
        assert!(
            !page.text.contains(" onclick=") && !page.text.contains("<script>"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn pages_are_kept_in_no_cache_and_files_are_revalidated() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    assert_eq!(
        browser.get("/profile").await.header("cache-control"),
        "no-store"
    );
    let page = browser.get("/static/css/base.css").await;
    assert_eq!(
        (page.status.as_u16(), page.header("cache-control")),
        (200, "no-cache")
    );
    assert!(page.header("content-type").starts_with("text/css"));
    assert_eq!(
        browser.get("/static/../Cargo.toml").await.status.as_u16(),
        404
    );
}

#[tokio::test]
async fn plain_http_off_this_machine_is_warned_about() {
    let site =
        Site::start_with(&[("PORTICO__SERVER__BASE_ADDRESS", "http://portal.example.com")]).await;
    let page = site.browser().get("/welcome").await;
    assert!(page.text.contains("reached by plain http"));
    let site = Site::start().await;
    assert!(
        !site
            .browser()
            .get("/sign-in")
            .await
            .text
            .contains("plain http")
    );
}
