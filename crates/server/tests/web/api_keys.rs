//! *Settings → API keys*.

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use domain::permission::{Area, Grants, Level};
use portico::web::api::scope::Scope;
use store::api_keys::list_api_keys;
use store::identities::{MembershipStatus, find_staff_member, upsert_staff_membership};

use crate::harness::{Browser, Page, Site, key_with};

async fn create(browser: &mut Browser<'_>, scope: &str) -> Page {
    let fields = [("name", "Reporting"), ("scope", scope)];
    browser.post("/settings/api-keys", &fields).await
}

#[tokio::test]
async fn a_token_is_shown_once_and_works_until_revoked() {
    let site = Site::start().await;
    let key = key_with(&site, &[Scope::TicketsRead]).await;
    assert!(key.starts_with("pk_") && key.len() == 46, "{key}");
    assert_eq!(
        site.api("/api/v1/tickets", &key).await.status,
        StatusCode::OK
    );
    let mut browser = site.admin().await;
    let page = browser.get("/settings/api-keys").await;
    assert!(
        !page.text.contains(&key) && page.text.contains(&key[..8]),
        "only the beginning is shown again"
    );
    let id = page
        .text
        .split("/settings/api-keys/")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(
        browser
            .post(&format!("/settings/api-keys/{id}/revoke"), &[])
            .await
            .location(),
        "/settings/api-keys?notice=key_revoked"
    );
    assert_eq!(
        site.api("/api/v1/tickets", &key).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert!(
        browser
            .get("/settings/api-keys")
            .await
            .text
            .contains("Revoked")
    );
}

#[tokio::test]
async fn an_example_scrolls_in_a_box_that_keys_reach() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let made = create(&mut browser, Scope::TicketsRead.key()).await;
    let token = made.input("token").unwrap();
    let docs = browser.get("/api/v1/docs").await;
    for (page, token) in [(&made, token.as_str()), (&docs, "pk_…")] {
        let command = format!("<code>curl -H \"Authorization: Bearer {token}\" http");
        let (before, _) = page.text.split_once(&command).expect("the example");
        let (_, tag) = before.rsplit_once('<').unwrap();
        assert!(
            tag.starts_with("pre class=\"command\" tabindex=\"0\""),
            "{tag}"
        );
    }
}

#[tokio::test]
async fn a_key_needs_a_name_and_a_scope() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    for name in [" ", "\u{200b}"] {
        let page = browser.post("/settings/api-keys", &[("name", name)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.text.contains("Enter a name")
                && page.text.contains("Choose what the key may read")
        );
    }
}

#[tokio::test]
async fn requests_are_limited_per_key_and_told() {
    let site = Site::start().await;
    let key = key_with(&site, &[Scope::TicketsRead]).await;
    let page = site.api("/api/v1/tickets", &key).await;
    assert_eq!(
        (
            page.header("x-ratelimit-limit"),
            page.header("x-ratelimit-remaining")
        ),
        ("300", "299")
    );
    assert_eq!(page.header("x-ratelimit-reset"), "2026-03-02T09:00:00.200Z");
    for _ in 1..300 {
        site.api("/api/v1/tickets", &key).await;
    }
    let page = site.api("/api/v1/tickets", &key).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        (
            page.json()["error"]["code"].clone(),
            page.header("retry-after")
        ),
        ("rate_limited".into(), "1")
    );
    site.clock.advance(UtcMillis::SECOND);
    assert_eq!(
        site.api("/api/v1/tickets", &key).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_double_click_makes_one_key_and_shows_its_token_both_times() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let page = browser.get("/settings/api-keys").await;
    let form = page.input("form").unwrap();
    let fields = |name: &'static str, form: &str| {
        [
            ("name", name.to_owned()),
            ("scope", "tickets.read".to_owned()),
            ("form", form.to_owned()),
        ]
    };
    let mut tokens = Vec::new();
    for (name, form) in [("One", &form), ("One", &form), ("Two", &form)] {
        let fields = fields(name, form);
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(key, value)| (*key, &**value)).collect();
        let page = browser.post("/settings/api-keys", &fields).await;
        assert_eq!(page.status, StatusCode::CREATED, "{}", page.text);
        assert_ne!(
            page.input("form").unwrap(),
            *form,
            "the next form is another one"
        );
        tokens.push(page.input("token").unwrap());
    }
    assert_eq!(tokens[0], tokens[1]);
    assert_ne!(tokens[0], tokens[2], "another name is another key");
    let keys = store::api_keys::list_api_keys(site.app.store())
        .await
        .unwrap();
    let names: Vec<_> = keys.iter().map(|key| &*key.name).collect();
    assert_eq!(names, ["Two", "One"]);
    let answer = site.api("/api/v1/tickets", &tokens[1]).await;
    assert_eq!(answer.status, StatusCode::OK);

    // Once it is revoked, the old form does not bring it back.
    let mut tx = site.app.store().begin().await.unwrap();
    let revoked = store::api_keys::revoke_api_key(&mut tx, &keys[1].uuid)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(revoked);
    let again = [("name", "One"), ("scope", "tickets.read"), ("form", &form)];
    let page = browser.post("/settings/api-keys", &again).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("is revoked") && page.input("token").is_none());
}

#[tokio::test]
async fn nobody_gives_a_key_more_than_they_have() {
    let site = Site::start().await;
    let keys_only = Grants([(Area::Settings, Level::Manage)].into());
    site.add_staff("Kim", "kim@example.com", &keys_only).await;
    let mut browser = site.browser_of("kim@example.com").await;
    let page = browser.get("/settings/api-keys").await;
    assert!(page.text.contains("Your role may see none of these"));
    assert!(!page.text.contains("name=\"scope\""), "nothing is offered");
    for scope in Scope::ALL {
        let page = create(&mut browser, scope.key()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.text);
        assert!(page.input("token").is_none());
    }

    let tickets = Grants(
        [
            (Area::Settings, Level::Manage),
            (Area::Tickets, Level::Write),
        ]
        .into(),
    );
    site.add_staff("Tom", "tom@example.com", &tickets).await;
    let mut browser = site.browser_of("tom@example.com").await;
    let page = browser.get("/settings/api-keys").await;
    let offered = |scope: Scope| page.text.contains(&format!("value=\"{}\"", scope.key()));
    assert_eq!(
        Scope::ALL.map(offered),
        [false, true, false, false],
        "only what the role may read"
    );
    let page = create(&mut browser, "companies.read").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let at_field = page.text.split("id=\"scope-error\"").nth(1).unwrap();
    let told = at_field.split("</p>").next().unwrap();
    assert!(
        told.contains("companies.read") && told.contains("Read Companies"),
        "{told}"
    );
    let both = [
        ("name", "Both"),
        ("scope", "tickets.read"),
        ("scope", "companies.read"),
    ];
    let page = browser.post("/settings/api-keys", &both).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(list_api_keys(site.app.store()).await.unwrap().is_empty());
    let page = create(&mut browser, "tickets.read").await;
    assert_eq!(page.status, StatusCode::CREATED, "{}", page.text);
}

#[tokio::test]
async fn whoever_sees_some_companies_only_makes_no_key() {
    let site = Site::start().await;
    let all = Grants::everything();
    site.add_staff("Lea", "lea@example.com", &all).await;
    let lea = site.identity("lea@example.com").await;
    let member = find_staff_member(site.app.store(), lea.id).await.unwrap();
    let role = member.unwrap().role_id;
    let mut tx = site.app.store().begin().await.unwrap();
    upsert_staff_membership(
        &mut tx,
        lea.id,
        role,
        MembershipStatus::Active,
        false,
        false,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let mut browser = site.browser_of("lea@example.com").await;
    let page = browser.get("/settings/api-keys").await;
    assert!(
        page.text.contains("you see some of them only"),
        "{}",
        page.text
    );
    let page = create(&mut browser, "tickets.read").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(list_api_keys(site.app.store()).await.unwrap().is_empty());
}

#[tokio::test]
async fn keys_outlive_their_maker_which_is_said_before_somebody_is_deactivated() {
    let site = Site::start().await;
    site.add_staff("Bob Leaver", "bob@example.com", &Grants::everything())
        .await;
    let bob = site.identity("bob@example.com").await.uuid;
    let mut browser = site.admin().await;
    let ask = format!("/settings/users/{bob}/deactivate");
    let bulk = [("action", "disable"), ("pick", bob.as_str())];
    let said = "keeps working until it is revoked: “Reporting”";
    assert!(!browser.get(&ask).await.text.contains("keeps working"));
    let page = create(
        &mut site.browser_of("bob@example.com").await,
        "tickets.read",
    )
    .await;
    let token = page.input("token").unwrap();
    let asked = browser.get(&ask).await;
    let told = format!("The API key Bob Leaver made {said}");
    assert!(asked.text.contains(&told), "{}", asked.text);
    let asked = browser.post("/settings/users/bulk", &bulk).await;
    let told = format!("The API key they made {said}");
    assert!(asked.text.contains(&told), "{}", asked.text);
    let done = browser.post(&ask, &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let answer = site.api("/api/v1/tickets", &token).await;
    assert_eq!(answer.status, StatusCode::OK, "no program stops");
    let page = browser.get("/settings/api-keys").await;
    assert!(
        page.text.contains("by Bob Leaver (deactivated)"),
        "{}",
        page.text
    );
}
