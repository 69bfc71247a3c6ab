//! Every route, signed out and with too little right (rule X2). The list is the table the router is built from.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use domain::permission::{Area, Grants, Level, Permission};
use portico::web::access::Rule;
use portico::web::api::scope::Scope;
use portico::web::route_table::RouteEntry;
use portico::web::{router, session};
use store::sessions::SessionStage;

use crate::harness::{Site, key_with};

/// A path with its parameters filled in with values that name nothing.
pub fn example(path: &str) -> String {
    path.split('/')
        .map(|part| {
            if part.starts_with('{') {
                "0196f5a4-0000-7000-8000-000000000000"
            } else {
                part
            }
        })
        .collect::<Vec<_>>()
        .join("/")
        + match path {
            "/api/v1/contact-groups/members" => {
                "?group=1&integration=0196f5a4-0000-7000-8000-000000000000"
            }
            _ => "",
        }
}

async fn ask(site: &Site, route: &RouteEntry, headers: &[(&str, &str)]) -> crate::harness::Page {
    let method: Method = route.method.parse().unwrap();
    let mut request = Request::builder()
        .method(method)
        .uri(example(route.path))
        .header("host", crate::harness::HOST);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.send(request.body(Body::empty()).unwrap(), "192.0.2.7")
        .await
}

#[tokio::test]
async fn x2_strangers_reach_only_what_is_meant_for_them() {
    let site = Site::start().await;
    for route in router::routes() {
        let page = ask(&site, &route, &[]).await;
        let name = format!("{} {}", route.method, route.path);
        match (route.rule, route.method) {
            (Rule::Open, _) => assert_ne!(page.status, StatusCode::UNAUTHORIZED, "{name}"),
            (Rule::Public, "GET") if route.path.starts_with("/set-password/") => {
                assert_eq!(
                    page.status,
                    StatusCode::NOT_FOUND,
                    "{name}: an unknown link"
                );
            }
            (Rule::Public, "GET") => assert!(
                page.status.is_success() || page.status.is_redirection(),
                "{name}: {}",
                page.status
            ),
            (Rule::Public, _) => assert_eq!(
                page.status,
                StatusCode::FORBIDDEN,
                "{name}: a form without a token"
            ),
            (Rule::Halfway(_), "GET") => {
                assert_eq!(page.location(), "/sign-in", "{name}");
            }
            (Rule::Halfway(_), _) => {
                assert_eq!(page.location(), "/sign-in", "{name}");
            }
            (Rule::SignedIn | Rule::Staff(_) | Rule::StaffOfBoth(..), "GET") => {
                assert_eq!(page.status, StatusCode::SEE_OTHER, "{name}");
                assert!(
                    page.location().starts_with("/sign-in"),
                    "{name}: {}",
                    page.location()
                );
            }
            (Rule::SignedIn | Rule::Staff(_) | Rule::StaffOfBoth(..), _) => {
                let told = page.status == StatusCode::UNAUTHORIZED
                    || page.location() == "/sign-in?notice=signed_out";
                assert!(told, "{name}: {} {}", page.status, page.text);
            }
            (Rule::Api(_), _) => assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{name}"),
            (Rule::Metrics, _) => assert_eq!(page.status, StatusCode::FORBIDDEN, "{name}"),
        }
    }
}

/// A password that was right opens nothing but the page that asks for the rest.
#[tokio::test]
async fn half_a_sign_in_reaches_only_the_page_that_completes_it() {
    for stage in [SessionStage::SecondFactor, SessionStage::Enrol] {
        let site = Site::start().await;
        let mut browser = site.halfway(stage).await;
        let own = session::stage_page(stage);
        for route in router::routes() {
            let name = format!("{stage:?}: {} {}", route.method, route.path);
            if matches!(route.rule, Rule::Open | Rule::Api(_) | Rule::Metrics) {
                continue;
            }
            let path = example(route.path);
            let page = match route.method {
                "GET" => browser.get(&path).await,
                _ => browser.post(&path, &[]).await,
            };
            match route.rule {
                Rule::SignedIn | Rule::Staff(_) | Rule::StaffOfBoth(..) | Rule::Halfway(_)
                    if path != own =>
                {
                    assert_eq!(page.status, StatusCode::SEE_OTHER, "{name}");
                    assert!(
                        page.location().starts_with(own),
                        "{name}: {}",
                        page.location()
                    );
                }
                Rule::Halfway(_) => assert_ne!(page.location(), "/", "{name}"),
                // What anybody may see shows nothing of the person.
                _ => assert!(!page.text.contains("user-menu"), "{name}"),
            }
        }
        assert!(
            browser.get("/").await.location().starts_with(own),
            "still halfway"
        );
        let fragment = ("x-portico-fragment", "1".to_owned());
        browser.extra.push(fragment);
        assert_eq!(
            browser.get("/tickets").await.status,
            StatusCode::UNAUTHORIZED
        );
    }
}

#[tokio::test]
async fn half_a_sign_in_ends_after_a_quarter_of_an_hour() {
    let site = Site::start().await;
    let mut browser = site.halfway(SessionStage::SecondFactor).await;
    site.clock.advance(session::HALFWAY);
    let page = browser.get("/sign-in/two-factor").await;
    assert_eq!(page.location(), "/sign-in?notice=session_expired");
}

/// Everything but the permission, at the highest level, and its area one level too low.
fn all_but(permission: Permission) -> Grants {
    let mut grants = Grants::everything();
    match permission.level {
        Level::Read => grants.0.remove(&permission.area),
        Level::Write => grants.0.insert(permission.area, Level::Read),
        Level::Manage => grants.0.insert(permission.area, Level::Write),
    };
    grants
}

#[tokio::test]
async fn x2_too_little_right_is_refused_by_name() {
    let site = Site::start().await;
    let mut permissions: Vec<Permission> = router::routes()
        .into_iter()
        .flat_map(|route| route.rule.permissions())
        .collect();
    permissions.sort_unstable();
    permissions.dedup();
    assert!(permissions.contains(&Permission::manage(Area::Settings)));
    assert!(permissions.contains(&Permission::manage(Area::Companies)));
    for (number, permission) in permissions.into_iter().enumerate() {
        let email = format!("p{number}@example.com");
        site.add_staff("Lacking", &email, &all_but(permission))
            .await;
        let mut browser = site.browser_of(&email).await;
        for route in router::routes()
            .into_iter()
            .filter(|route| route.rule.permissions().any(|one| one == permission))
        {
            let path = example(route.path);
            let page = if route.method == "GET" {
                browser.get(&path).await
            } else {
                browser.post(&path, &[]).await
            };
            assert_eq!(
                page.status,
                StatusCode::FORBIDDEN,
                "{} {path}",
                route.method
            );
            assert!(
                page.text.contains(&permission.label()),
                "{path}: the page names the right"
            );
        }
    }
}

#[tokio::test]
async fn a_signed_in_form_needs_its_token() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let forms = router::routes()
        .into_iter()
        .filter(|route| route.method == "POST")
        .filter(|route| !matches!(route.rule, Rule::Api(_) | Rule::Halfway(_)));
    for route in forms {
        browser.csrf = "wrong".to_owned();
        let page = browser.post(&example(route.path), &[]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", route.path);
        assert!(
            page.text.contains("was not sent from a current page"),
            "{}",
            route.path
        );
    }
}

#[tokio::test]
async fn the_forms_that_complete_a_sign_in_need_their_token_too() {
    for stage in [SessionStage::SecondFactor, SessionStage::Enrol] {
        let site = Site::start().await;
        let mut browser = site.halfway(stage).await;
        let forms: Vec<_> = router::routes()
            .into_iter()
            .filter(|route| route.method == "POST" && route.rule == Rule::Halfway(stage))
            .collect();
        assert!(!forms.is_empty(), "{stage:?}");
        for route in forms {
            for token in ["wrong", ""] {
                browser.csrf = token.to_owned();
                let page = browser.post(route.path, &[("code", "000000")]).await;
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", route.path);
                assert!(
                    page.text.contains("was not sent from a current page"),
                    "{}: {}",
                    route.path,
                    page.text
                );
            }
        }
    }
}

#[tokio::test]
async fn x2_api_routes_need_their_scope() {
    let site = Site::start().await;
    let routes: Vec<_> = router::routes()
        .into_iter()
        .filter(|route| matches!(route.rule, Rule::Api(_)))
        .collect();
    assert!(routes.len() >= 11, "{routes:?}");
    for scope in Scope::ALL {
        let others: Vec<_> = Scope::ALL
            .into_iter()
            .filter(|other| *other != scope)
            .collect();
        let key = key_with(&site, &others).await;
        for route in routes.iter().filter(|route| route.rule == Rule::Api(scope)) {
            let page = site.api(&example(route.path), &key).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", route.path);
            assert_eq!(page.json()["error"]["code"], "missing_scope");
        }
        let key = key_with(&site, &[scope]).await;
        for route in routes.iter().filter(|route| route.rule == Rule::Api(scope)) {
            let page = site.api(&example(route.path), &key).await;
            assert!(
                // What the address names is not there.
                matches!(
                    page.status,
                    StatusCode::OK | StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST
                ),
                "{}: {} {}",
                route.path,
                page.status,
                page.text
            );
        }
    }
}

#[tokio::test]
async fn addresses_that_do_not_exist_tell_nothing() {
    let site = Site::start().await;
    let page = site.browser().get("/tickets-of-everybody").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let page = site.admin().await.get("/tickets-of-everybody").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(
        page.text.contains("Ann Porter"),
        "in the layout of whoever is signed in"
    );
    let page = site.api("/api/v1/secrets", "pk_x").await;
    assert_eq!(
        (page.status, page.json()["error"]["code"].clone()),
        (StatusCode::NOT_FOUND, "not_found".into())
    );
}
