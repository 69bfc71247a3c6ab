//! The second factor: setting an app up, signing in with it, recovery codes, roles that ask for it, and its reset.

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use domain::permission::{Area, Grants, Level};
use store::sessions::SessionStage;

use crate::harness::{Browser, EMAIL, PASSWORD, Page, SECRET, Site};

const STEP: i64 = 30 * UtcMillis::SECOND;

/// The key an app is told, from the page that shows it.
fn key(page: &Page) -> String {
    let (_, after) = page.text.split_once("<code class=\"key\">").unwrap();
    let (key, _) = after.split_once('<').unwrap();
    key.replace(' ', "")
}

fn codes(page: &Page) -> Vec<String> {
    let codes: Vec<String> = page
        .text
        .split("<li><code>")
        .skip(1)
        .map(|part| part.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10, "{}", page.text);
    codes
}

/// Sets an app up on the profile; answers its key and the recovery codes.
async fn set_up(site: &Site, browser: &mut Browser<'_>) -> (String, Vec<String>) {
    browser.get("/profile/two-factor").await;
    let page = browser
        .post("/profile/two-factor", &[("current_password", PASSWORD)])
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let key = key(&page);
    let page = browser
        .post("/profile/two-factor/confirm", &[("code", &site.code(&key))])
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    (key, codes(&page))
}

async fn password(site: &Site) -> Browser<'_> {
    let mut browser = site.browser();
    browser.get("/sign-in").await;
    let page = browser
        .post(
            "/sign-in",
            &[
                ("email", EMAIL),
                ("password", PASSWORD),
                ("next", "/companies"),
            ],
        )
        .await;
    assert_eq!(page.location(), "/sign-in/two-factor?next=%2Fcompanies");
    let page = browser.get(page.location()).await;
    assert_eq!(page.input("next").as_deref(), Some("/companies"));
    browser
}

#[tokio::test]
async fn an_app_is_set_up_with_the_password_and_asked_for_from_then_on() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let page = browser.get("/profile").await;
    assert!(page.text.contains("Password only"));
    let page = browser
        .post(
            "/profile/two-factor",
            &[("current_password", "not hers at all")],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.text.contains("class=\"qr\""));
    let page = browser
        .post("/profile/two-factor", &[("current_password", PASSWORD)])
        .await;
    assert!(page.text.contains("<svg class=\"qr\""));
    let page = browser
        .post("/profile/two-factor/confirm", &[("code", "000 000")])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("This code is not right"));
    let (key, _) = set_up(&site, &mut browser).await;
    let page = browser.get("/profile").await;
    assert!(page.text.contains("Two-factor is on") && page.text.contains("10 of 10 left"));
    let told = site.mail_to(EMAIL).await;
    assert!(
        told[0].text.contains("authenticator app was set up"),
        "{}",
        told[0].text
    );

    let mut browser = password(&site).await;
    assert_eq!(
        browser.get("/companies").await.status,
        StatusCode::SEE_OTHER
    );
    let before = browser.cookies["portico"].clone();
    let page = browser
        .post(
            "/sign-in/two-factor",
            &[("code", &site.code(&key)), ("next", "/companies")],
        )
        .await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "this code was used to set up"
    );
    assert!(page.text.contains("was used already"));
    site.clock.advance(STEP);
    let code = site.code(&key);
    let page = browser
        .post(
            "/sign-in/two-factor",
            &[("code", &code), ("next", "/companies")],
        )
        .await;
    assert_eq!(page.location(), "/companies");
    assert_ne!(browser.cookies["portico"], before, "with another token");
    assert_eq!(browser.get("/companies").await.status, StatusCode::OK);
    let mut second = password(&site).await;
    let page = second.post("/sign-in/two-factor", &[("code", &code)]).await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a code is good once"
    );
}

#[tokio::test]
async fn recovery_codes_are_good_once_each() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let (_, codes) = set_up(&site, &mut browser).await;
    let mut first = password(&site).await;
    let typed = codes[0].to_uppercase().replace('-', " ");
    let page = first
        .post(
            "/sign-in/two-factor",
            &[("recovery_code", &typed), ("next", "/companies")],
        )
        .await;
    assert_eq!(page.location(), "/companies?notice=recovery_code_used");
    let there = first.get(page.location()).await;
    assert!(there.text.contains("and it cannot be used again"));
    let told = site.mail_to(EMAIL).await;
    assert!(told[0].text.contains("one of your recovery codes"));
    let mut second = password(&site).await;
    let page = second
        .post("/sign-in/two-factor", &[("recovery_code", &codes[0])])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("none of your recovery codes"));
    assert!(first.get("/profile").await.text.contains("9 of 10 left"));
    let page = first
        .post("/profile/recovery-codes", &[("current_password", PASSWORD)])
        .await;
    let fresh = self::codes(&page);
    assert!(page.text.contains("data:text/plain"));
    let page = second
        .post("/sign-in/two-factor", &[("recovery_code", &codes[1])])
        .await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the old ones are gone"
    );
    let page = second
        .post("/sign-in/two-factor", &[("recovery_code", &fresh[1])])
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn guessing_codes_is_slowed_down_whatever_the_password() {
    let site = Site::start().await;
    let mut browser = site.halfway(SessionStage::SecondFactor).await;
    for _ in 0..5 {
        let page = browser
            .post("/sign-in/two-factor", &[("code", "123456")])
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let right = site.code(SECRET);
    let page = browser
        .post("/sign-in/two-factor", &[("code", &right)])
        .await;
    assert_eq!(
        page.status,
        StatusCode::TOO_MANY_REQUESTS,
        "even the right one waits"
    );
    assert_eq!(page.header("retry-after"), "15");
    let mut again = site.browser();
    again.get("/sign-in").await;
    again
        .post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
        .await;
    again.get("/sign-in/two-factor").await;
    let page = again.post("/sign-in/two-factor", &[("code", &right)]).await;
    assert_eq!(
        page.status,
        StatusCode::TOO_MANY_REQUESTS,
        "signing in again gives no free guesses"
    );
    site.clock.advance(STEP);
    let page = again
        .post("/sign-in/two-factor", &[("code", &site.code(SECRET))])
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_that_waited_for_the_sign_in_waits_for_the_second_factor_too() {
    let site = Site::start().await;
    drop(site.halfway(SessionStage::SecondFactor).await);
    let mut browser = site.browser();
    browser.get("/sign-in").await;
    let fields = [
        ("email", EMAIL),
        ("password", PASSWORD),
        ("kept_action", "/profile"),
        ("kept_fields", "name=Ann+Harbour"),
        ("next", "/profile"),
    ];
    let page = browser.post("/sign-in", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(
        page.input("kept_fields").as_deref(),
        Some("name=Ann+Harbour")
    );
    let code = site.code(SECRET);
    let fields = [
        ("code", code.as_str()),
        ("kept_action", "/profile"),
        ("kept_fields", "name=Ann+Harbour"),
        ("next", "/profile"),
    ];
    let page = browser.post("/sign-in/two-factor", &fields).await;
    assert!(page.text.contains("Send your form now?"), "{}", page.text);
    assert_eq!(
        browser
            .post("/profile", &[("name", "Ann Harbour")])
            .await
            .status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn home_names_the_administrators_without_one() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let page = browser.get("/").await;
    assert!(page.text.contains("Ann Porter has no second factor"));
    assert!(page.text.contains("href=\"/profile#security\""));
    site.add_staff("Bob", "bob@example.com", &Grants::everything())
        .await;
    let page = browser.get("/").await;
    assert!(page.text.contains("2 administrators have no second factor"));
    set_up(&site, &mut browser).await;
    let page = browser.get("/").await;
    assert!(page.text.contains("Bob has no second factor"));
    assert!(page.text.contains("href=\"/settings/roles\""));
    // Whoever sees no roles is told as well, without the way to them.
    let users = Grants([(Area::Users, Level::Manage)].into());
    site.add_staff("Una", "una@example.com", &users).await;
    let mut una = site.browser_of("una@example.com").await;
    let page = una.get("/").await;
    assert!(page.text.contains("Bob has no second factor"));
    assert!(!page.text.contains("Require it by role") && !page.text.contains("/settings/roles"));
    let some = Grants([(Area::Users, Level::Write)].into());
    site.add_staff("Mo", "mo@example.com", &some).await;
    let mut clerk = site.browser_of("mo@example.com").await;
    let page = clerk.get("/").await;
    assert!(!page.text.contains("second factor"), "not to everybody");
}

#[tokio::test]
async fn a_role_can_ask_for_it_at_the_next_sign_in() {
    let site = Site::start().await;
    let mut present = site.admin().await;
    let mut browser = site.halfway(SessionStage::Enrol).await;
    assert_eq!(
        present.get("/companies").await.status,
        StatusCode::OK,
        "who is signed in stays"
    );
    let page = browser.get("/sign-in/enrol?next=%2Fcompanies").await;
    let key = key(&page);
    assert_eq!(
        self::key(&browser.get("/sign-in/enrol").await),
        key,
        "a reload outdates nothing"
    );
    let page = browser.post("/sign-in/enrol", &[("code", "123456")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = browser
        .post(
            "/sign-in/enrol",
            &[("code", &site.code(&key)), ("next", "/companies")],
        )
        .await;
    codes(&page);
    assert!(page.text.contains("href=\"/companies\""));
    assert_eq!(browser.get("/companies").await.status, StatusCode::OK);
    browser.csrf_from("/profile/two-factor/remove").await;
    let page = browser
        .post(
            "/profile/two-factor/remove",
            &[("current_password", PASSWORD)],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("Your role asks for a second factor"));
    let mut next = password(&site).await;
    site.clock.advance(STEP);
    let page = next
        .post("/sign-in/two-factor", &[("code", &site.code(&key))])
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_app_is_removed_with_the_password() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    set_up(&site, &mut browser).await;
    browser.csrf_from("/profile/two-factor/remove").await;
    let page = browser
        .post(
            "/profile/two-factor/remove",
            &[("current_password", "not hers at all")],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = browser
        .post(
            "/profile/two-factor/remove",
            &[("current_password", PASSWORD)],
        )
        .await;
    assert_eq!(page.location(), "/profile?notice=app_removed");
    drop(site.admin().await);
    let told = site.mail_to(EMAIL).await;
    assert!(told[0].text.contains("was removed"));
}

#[tokio::test]
async fn an_administrator_resets_it_and_the_person_is_told() {
    let site = Site::start().await;
    site.add_staff("Bob Lind", "bob@example.com", &Grants::everything())
        .await;
    let few = Grants([(Area::Users, Level::Manage)].into());
    site.add_staff("Cem", "cem@example.com", &few).await;
    drop(site.halfway(SessionStage::SecondFactor).await);
    let ann = site.identity(EMAIL).await;
    let address = format!("/settings/users/{}/two-factor/reset", ann.uuid);
    let mut cem = site.browser_of("cem@example.com").await;
    assert_eq!(
        cem.get(&address).await.status,
        StatusCode::FORBIDDEN,
        "a role that grants more"
    );
    assert_eq!(cem.post(&address, &[]).await.status, StatusCode::FORBIDDEN);
    let mut bob = site.browser_of("bob@example.com").await;
    let page = bob.get(&address).await;
    assert!(page.text.contains("Reset the second factor of Ann Porter?"));
    let page = bob.post(&address, &[]).await;
    assert!(page.location().ends_with("?notice=two_factor_reset"));
    drop(site.admin().await);
    let told = site.mail_to(EMAIL).await;
    assert!(
        told[0].text.contains("second factors were removed"),
        "{}",
        told[0].text
    );
    assert!(told[0].text.contains("By: Bob Lind"), "{}", told[0].text);
    let entries = store::audit::list_entries(site.app.store(), None, 5)
        .await
        .unwrap();
    assert!(
        entries
            .iter()
            .any(|entry| entry.action == "two_factor.reset" && entry.actor == "person:Bob Lind")
    );
    let own = site.identity("bob@example.com").await;
    let page = bob
        .get(&format!("/settings/users/{}/two-factor/reset", own.uuid))
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn passkeys_need_the_password_and_a_ceremony() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    browser.csrf_from("/profile/passkeys/new").await;
    let page = browser
        .post(
            "/profile/passkeys/new",
            &[("name", "Laptop"), ("current_password", "not hers at all")],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.text.contains("data-options"));
    let page = browser
        .post(
            "/profile/passkeys",
            &[("name", "Laptop"), ("credential", "{}")],
        )
        .await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "no ceremony has begun"
    );
    let page = browser
        .post(
            "/profile/passkeys/new",
            &[("name", "Laptop"), ("current_password", PASSWORD)],
        )
        .await;
    assert!(
        page.text.contains("data-host=\"localhost\""),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("data-options=\"{&#34;publicKey&#34;"),
        "{}",
        page.text
    );
    for credential in ["", "{}", "null", "{\"id\":\"x\"}"] {
        let page = browser
            .post(
                "/profile/passkeys",
                &[("name", "Laptop"), ("credential", credential)],
            )
            .await;
        assert_eq!(
            page.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{credential}"
        );
    }
}

#[tokio::test]
async fn the_first_second_factor_signs_every_other_browser_out() {
    let site = Site::start().await;
    let (mut ann, mut thief) = (site.admin().await, site.admin().await);
    set_up(&site, &mut ann).await;
    assert_eq!(thief.get("/profile").await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        ann.get("/profile").await.status,
        StatusCode::OK,
        "not this one"
    );
    let mails = site.mail_to(EMAIL).await;
    assert!(
        mails
            .iter()
            .any(|mail| mail.text.contains("other browser was signed out")),
        "and the person is told"
    );
}

/// Two removals at once, each allowed by itself: the role asks for a second factor, so one of the two stays.
#[tokio::test]
async fn the_last_two_second_factors_are_not_removed_at_once() {
    let site = Site::start().await;
    let (mut one, mut other) = (site.admin().await, site.admin().await);
    let ann = site.identity(EMAIL).await.id;
    let mut tx = site.app.store().begin().await.unwrap();
    let mut passkeys = Vec::new();
    for id in ["first", "second"] {
        let made = store::passkeys::insert_passkey(&mut tx, ann, id, id, "{}", 0).await;
        passkeys.push(made.unwrap());
    }
    tx.commit().await.unwrap();
    site.require_two_factor(EMAIL).await;
    let path = |which: usize| format!("/profile/passkeys/{}/remove", passkeys[which]);
    let (first, second) = (path(0), path(1));
    let password = [("current_password", PASSWORD)];
    let (one, other) = tokio::join!(one.post(&first, &password), other.post(&second, &password));
    let left = store::passkeys::list_passkeys(site.app.store(), ann).await;
    assert_eq!(left.unwrap().len(), 1, "{}\n{}", one.text, other.text);
    let mut answers = [one.status, other.status];
    answers.sort();
    assert_eq!(
        answers,
        [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY]
    );
}
