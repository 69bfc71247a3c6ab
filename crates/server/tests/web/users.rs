//! Settings → Users & Roles → Users: who may do what to whom, and what pages say about it.

mod bulk;
mod rights;

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use domain::mail::MailKind;
use domain::permission::{Area, Grants, Level, RoleKind};
use store::identities::{self, MembershipStatus};

use crate::harness::{Browser, Page, Site};

/// The id in addresses of whoever has this e-mail.
async fn uuid(site: &Site, email: &str) -> String {
    identities::find_identity_by_email(site.app.store(), email)
        .await
        .unwrap()
        .unwrap_or_else(|| panic!("nobody has {email}"))
        .uuid
        .to_string()
}

async fn status(site: &Site, email: &str) -> MembershipStatus {
    let identity = identities::find_identity_by_email(site.app.store(), email)
        .await
        .unwrap()
        .unwrap();
    identities::find_staff_member(site.app.store(), identity.id)
        .await
        .unwrap()
        .unwrap()
        .status
}

/// The id of the staff role with this name.
async fn role(site: &Site, name: &str) -> String {
    let roles = store::roles::list_roles(site.app.store(), RoleKind::Staff)
        .await
        .unwrap();
    roles
        .into_iter()
        .find(|role| role.name == name)
        .unwrap_or_else(|| panic!("no role {name}"))
        .uuid
        .to_string()
}

async fn ok(browser: &mut Browser<'_>, path: &str) -> Page {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    page
}

async fn add(browser: &mut Browser<'_>, name: &str, email: &str, role: &str) -> Page {
    let fields = [("name", name), ("email", email), ("role", role)];
    browser.post("/settings/users/new", &fields).await
}

fn grants(pairs: &[(Area, Level)]) -> Grants {
    Grants(pairs.iter().copied().collect())
}

/// A page that was refused with this sentence.
#[track_caller]
fn refused(page: &Page, sentence: &str) {
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        page.text
    );
    let text = page.text.replace("&#39;", "'");
    assert!(text.contains(sentence), "{sentence}\n{text}");
}

/// Who is here already, as somebody at a client, is not made anew, and whoever adds them is told.
#[tokio::test]
async fn somebody_at_a_client_joins_the_staff_and_it_is_said() {
    let site = Site::start().await;
    let mut tx = site.app.store().begin().await.unwrap();
    let client = identities::NewIdentity {
        email: "cleo@client.example",
        name: "Cleo Client",
        ..identities::NewIdentity::default()
    };
    identities::insert_identity(&mut tx, &client).await.unwrap();
    tx.commit().await.unwrap();
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let name = "Another Name";
    let asked = add(&mut browser, name, "Cleo@client.example", &technician).await;
    refused(&asked, "would become one of your staff");
    assert_eq!(asked.input("join").as_deref(), Some("cleo@client.example"));
    // A tick for one address is none for another.
    let join = |email| {
        [
            ("name", name),
            ("email", email),
            ("role", technician.as_str()),
            ("join", "dora@client.example"),
        ]
    };
    let other = browser
        .post("/settings/users/new", &join("cleo@client.example"))
        .await;
    refused(&other, "would become one of your staff");
    let mut said = join("Cleo@client.example");
    said[3].1 = "cleo@client.example";
    let page = browser.post("/settings/users/new", &said).await;
    assert!(
        page.location().ends_with("?notice=user_joined"),
        "{}",
        page.text
    );
    let page = ok(&mut browser, page.location()).await;
    for words in ["Cleo Client", "one of your staff now too"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let page = add(&mut browser, "New", "new@example.com", &technician).await;
    assert!(
        page.location().ends_with("?notice=user_added"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn every_mistake_of_a_new_user_is_told_at_once() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let long = "x".repeat(60);
    let fields = [
        ("name", " "),
        ("email", "nobody"),
        ("title", "Service Desk"),
        ("phone", long.as_str()),
        ("role", ""),
    ];
    let page = browser.post("/settings/users/new", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["name", "email", "phone", "role"] {
        let told = format!("id=\"{field}-error\"");
        assert!(page.text.contains(&told), "{field}: {}", page.text);
    }
    assert!(!page.text.contains("id=\"title-error\""));
    assert_eq!(page.input("phone").as_deref(), Some(long.as_str()));
}

#[tokio::test]
async fn people_are_added_found_and_told() {
    let site = Site::start().await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let form = ok(&mut browser, "/settings/users/new").await;
    assert!(form.text.contains("Technician") && form.text.contains("Administrator"));
    let fields = [
        ("name", "Maria Huber"),
        ("email", " Maria.Huber@Example.com "),
        ("title", "Service Desk"),
        ("phone", "+43 316 1"),
        ("role", &technician),
        ("welcome", "1"),
    ];
    let page = browser.post("/settings/users/new", &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let shown = ok(&mut browser, page.location()).await;
    assert!(shown.text.contains("welcome e-mail is on its way"));
    assert!(shown.text.contains("Invited") && shown.text.contains("Service Desk"));
    let mail = store::outbox::list_mail(site.app.store(), None, None, 10)
        .await
        .unwrap();
    assert_eq!(mail.rows.len(), 1);
    assert_eq!(mail.rows[0].kind, MailKind::Welcome);
    assert_eq!(
        mail.rows[0].recipient.to_lowercase(),
        "maria.huber@example.com"
    );

    for (path, there) in [
        ("/settings/users", true),
        ("/settings/users?search=hub", true),
        ("/settings/users?search=maria.huber%40", true),
        ("/settings/users?status=invited", true),
        ("/settings/users?status=active", false),
        ("/settings/users?search=zzz", false),
        ("/settings/users?sort=last_sign_in", true),
    ] {
        let list = ok(&mut browser, path).await;
        assert_eq!(list.text.contains("Maria Huber"), there, "{path}");
    }
    let by_role = format!("/settings/users?role={technician}");
    let list = ok(&mut browser, &by_role).await;
    assert!(list.text.contains("Maria Huber") && !list.text.contains(">Ann Porter</a>"));
    let none = ok(&mut browser, "/settings/users?search=zzz").await;
    assert!(none.text.contains("No user matches"));
    let file = ok(&mut browser, "/settings/users.csv?search=hub").await;
    assert!(file.text.contains("Maria Huber") && file.text.contains("Invited"));
    assert_eq!(file.text.matches("\r\n").count(), 2, "{}", file.text);
}

#[tokio::test]
async fn an_address_is_at_a_host_of_the_internet() {
    let site = Site::start().await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    for wrong in ["peter@x", "peter@localhost", "peter@10.0.0.1", "peter"] {
        let page = add(&mut browser, "Peter", wrong, &technician).await;
        refused(
            &page,
            "Enter a valid e-mail address, such as ann@example.com.",
        );
        assert!(
            page.text.contains("id=\"email-error\""),
            "at the field: {wrong}"
        );
    }
    for (name, right) in [
        ("One", "o'brien+desk@example.com"),
        ("Two", "jörg@müller.example"),
    ] {
        let page = add(&mut browser, name, right, &technician).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{right}: {}", page.text);
    }
}

#[tokio::test]
async fn an_address_is_used_once_in_any_spelling() {
    let site = Site::start().await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    for email in [
        "ann@example.com",
        "  ANN@Example.COM ",
        "ann@example\u{ff0e}com",
        "\u{ff41}nn@example.com",
    ] {
        let page = add(&mut browser, "Other", email, &technician).await;
        refused(&page, "Ann Porter has this e-mail address already.");
        assert!(page.text.contains(r#"aria-invalid="true""#), "at the field");
        assert!(
            page.text.contains("Open Ann Porter"),
            "with the way to that user"
        );
        assert!(
            page.text.contains(r#"value="Other""#),
            "what was typed stays"
        );
    }
    // A Cyrillic a.
    let page = add(&mut browser, "Other", "\u{430}nn@example.com", &technician).await;
    refused(&page, "looks like ann@example.com");
    for email in ["", "ann", "ann@", "a b@example.com"] {
        let page = add(&mut browser, "Other", email, &technician).await;
        refused(&page, "Enter a valid e-mail address");
    }
    let page = add(&mut browser, " ", "new@example.com", &technician).await;
    refused(&page, "Enter a name.");
    let page = add(&mut browser, "New", "new@example.com", "").await;
    refused(&page, "Select a role.");
    let gone = "0196f5a4-0000-7000-8000-000000000000";
    let page = add(&mut browser, "New", "new@example.com", gone).await;
    refused(&page, "This role was deleted meanwhile.");
    let staff = identities::list_staff(site.app.store()).await.unwrap();
    assert_eq!(staff.len(), 1, "nothing was half saved");
}

#[tokio::test]
async fn deactivating_ends_sessions_at_once_and_can_be_undone() {
    let site = Site::start().await;
    site.add_staff("Bob", "bob@example.com", &Grants::everything())
        .await;
    let address = format!("/settings/users/{}", uuid(&site, "bob@example.com").await);
    let mut bob = site.browser_of("bob@example.com").await;
    let mut browser = site.admin().await;
    let question = ok(&mut browser, &format!("{address}/deactivate")).await;
    assert!(
        question
            .text
            .contains("The open session of Bob ends at once")
    );
    let page = browser.post(&format!("{address}/deactivate"), &[]).await;
    assert_eq!(
        page.location(),
        format!("{address}?notice=user_deactivated")
    );
    assert_eq!(
        bob.get("/").await.status,
        StatusCode::SEE_OTHER,
        "signed out"
    );
    bob.get("/sign-in").await;
    let again = bob
        .post(
            "/sign-in",
            &[
                ("email", "bob@example.com"),
                ("password", crate::harness::PASSWORD),
            ],
        )
        .await;
    assert_ne!(again.status, StatusCode::SEE_OTHER);
    let page = browser.post(&format!("{address}/welcome"), &[]).await;
    refused(&page, "This user is deactivated.");
    let page = browser.post(&format!("{address}/reactivate"), &[]).await;
    assert_eq!(
        page.location(),
        format!("{address}?notice=user_reactivated")
    );
    assert_eq!(
        status(&site, "bob@example.com").await,
        MembershipStatus::Active,
        "with the old password"
    );
    let page = browser.post(&format!("{address}/welcome"), &[]).await;
    refused(&page, "This user has set a password already.");
}

#[tokio::test]
async fn a_double_click_adds_one_user() {
    add_twice(&Site::start().await).await;
}

#[tokio::test]
async fn a_double_click_adds_one_user_on_postgres() {
    if let Some(site) = Site::start_on_postgres().await {
        add_twice(&site).await;
    }
}

async fn add_twice(site: &Site) {
    const NEW: &str = "/settings/users/new";
    const TAKEN: &str = "has this e-mail address already.";
    site.add_staff("Mo", "mo@example.com", &Grants::everything())
        .await;
    let technician = role(site, "Technician").await;
    let (mut ann, mut too) = (site.admin().await, site.admin().await);
    let mut mo = site.browser_of("mo@example.com").await;
    let fields = [
        ("name", "Bea Lind"),
        ("email", "Bea@Example.com"),
        ("role", technician.as_str()),
        ("welcome", "1"),
    ];
    let (one, two) = tokio::join!(ann.post(NEW, &fields), too.post(NEW, &fields));
    let bea = uuid(site, "bea@example.com").await;
    let opened = format!("/settings/users/{bea}?notice=user_welcomed");
    assert_eq!((one.location(), two.location()), (&*opened, &*opened));
    let mails = store::outbox::list_mail(site.app.store(), None, None, 10);
    let mails = mails.await.unwrap().rows;
    let welcomes = mails.iter().filter(|mail| mail.kind == MailKind::Welcome);
    assert_eq!(welcomes.count(), 1, "told once");
    // Another name, another person and another time are told who has the address.
    let other = add(&mut ann, "Beatrix", "bea@example.com", &technician).await;
    refused(&other, TAKEN);
    refused(&mo.post(NEW, &fields).await, TAKEN);
    site.clock.advance(5 * UtcMillis::SECOND);
    refused(&ann.post(NEW, &fields).await, TAKEN);
    // Who joins from a client keeps the own name.
    let client = identities::NewIdentity {
        email: "cleo@client.example",
        name: "Cleo Client",
        ..identities::NewIdentity::default()
    };
    let mut tx = site.app.store().begin().await.unwrap();
    identities::insert_identity(&mut tx, &client).await.unwrap();
    tx.commit().await.unwrap();
    let fields = [
        ("name", "Another Name"),
        ("email", "cleo@client.example"),
        ("role", technician.as_str()),
        ("join", "cleo@client.example"),
    ];
    let cleo = uuid(site, "cleo@client.example").await;
    let opened = format!("/settings/users/{cleo}?notice=user_joined");
    for _ in 0..2 {
        assert_eq!(ann.post(NEW, &fields).await.location(), opened);
    }
}

#[tokio::test]
async fn a_button_pressed_twice_sends_one_welcome_e_mail() {
    let site = Site::start().await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    add(&mut browser, "Bea", "bea@example.com", &technician).await;
    let address = format!("/settings/users/{}", uuid(&site, "bea@example.com").await);
    let before = site.mail_to("bea@example.com").await.len();
    site.clock.advance(60_000);
    let welcome = format!("{address}/welcome");
    for (pause, mails) in [(0, 1), (0, 1), (9_999, 1), (2, 2)] {
        site.clock.advance(pause);
        let page = browser.post(&welcome, &[]).await;
        assert_eq!(page.location(), format!("{address}?notice=welcome_sent"));
        let sent = site.mail_to("bea@example.com").await.len() - before;
        assert_eq!(sent, mails, "after {pause} ms");
    }
    let base = ok(&mut browser, &address).await.input("base").unwrap();
    let base = base.replace("&#34;", "\"");
    let corrected = [
        ("name", "Bea"),
        ("email", "beatrix@example.com"),
        ("base", &base),
    ];
    let page = browser.post(&address, &corrected).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    browser.post(&welcome, &[]).await;
    assert_eq!(
        site.mail_to("beatrix@example.com").await.len(),
        1,
        "to the corrected address at once"
    );
}

#[tokio::test]
async fn two_administrators_at_one_user_lose_nothing() {
    let site = Site::start().await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    add(&mut browser, "Bea", "bea@example.com", &technician).await;
    let address = format!("/settings/users/{}", uuid(&site, "bea@example.com").await);
    let base = ok(&mut browser, &address).await.input("base").unwrap();
    let base = base.replace("&#34;", "\"");
    let change = |name: &'static str, title: &'static str| {
        vec![
            ("name", name),
            ("email", "bea@example.com"),
            ("title", title),
        ]
    };
    let mut first = change("Beatrix", "");
    first.push(("base", &base));
    assert_eq!(
        browser.post(&address, &first).await.status,
        StatusCode::SEE_OTHER
    );
    let mut second = change("Bea", "Dispatcher");
    second.push(("base", &base));
    assert_eq!(
        browser.post(&address, &second).await.status,
        StatusCode::SEE_OTHER
    );
    let page = ok(&mut browser, &address).await;
    assert!(
        page.text.contains("Beatrix") && page.text.contains("Dispatcher"),
        "both are kept"
    );
    let mut third = change("Betty", "");
    third.push(("base", &base));
    let page = browser.post(&address, &third).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(
        page.text
            .contains("Meanwhile saved by somebody else: “Beatrix”"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains(r#"value="Betty""#),
        "mine is still in the field"
    );
    assert!(
        page.text.contains(r#"value="Dispatcher""#),
        "theirs is in the others"
    );
}

#[tokio::test]
async fn nobody_is_sent_invitations_without_end() {
    let site = Site::start().await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    add(&mut browser, "Bea", "bea@example.com", &technician).await;
    let address = format!(
        "/settings/users/{}/welcome",
        uuid(&site, "bea@example.com").await
    );
    let mut links = Vec::new();
    for _ in 0..5 {
        site.clock.advance(domain::clock::UtcMillis::MINUTE);
        let page = browser.post(&address, &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        let mails = site.mail_to("bea@example.com").await;
        links.push(Page::set_password_link(&mails[0].text));
    }
    site.clock.advance(domain::clock::UtcMillis::MINUTE);
    let page = browser.post(&address, &[]).await;
    refused(&page, "five welcome e-mails within a day");
    // Only the newest link works: one that was forwarded before lets nobody in.
    let newest = links.pop().unwrap();
    for old in links {
        let page = site.browser().get(&old).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{old}");
    }
    assert_eq!(site.browser().get(&newest).await.status, StatusCode::OK);
    site.clock.advance(domain::clock::UtcMillis::DAY + 1);
    let mut browser = site.admin().await;
    let page = browser.post(&address, &[]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
}
