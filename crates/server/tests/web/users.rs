//! Settings → Users & Roles → Users: who may do what to whom, and what pages say about it.

use axum::http::StatusCode;
use domain::mail::MailKind;
use domain::permission::{Area, Grants, Level, RoleKind};
use store::identities::{self, MembershipStatus};
use sync::users::{Editor, UserRefusal};

use crate::harness::{Browser, EMAIL, Page, Site};

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
async fn nobody_changes_their_own_role_or_status() {
    let site = Site::start().await;
    let (me, technician) = (uuid(&site, EMAIL).await, role(&site, "Technician").await);
    let mut browser = site.admin().await;
    let address = format!("/settings/users/{me}");
    let page = ok(&mut browser, &address).await;
    assert!(page.text.contains("You cannot change your own role."));
    assert!(!page.text.contains("Deactivate…"));
    let fields = [
        ("name", "Ann Porter"),
        ("email", EMAIL),
        ("role", &*technician),
    ];
    refused(
        &browser.post(&address, &fields).await,
        "You cannot change your own role.",
    );
    let page = browser.post(&format!("{address}/deactivate"), &[]).await;
    refused(&page, "You cannot change your own status.");
    assert_eq!(status(&site, EMAIL).await, MembershipStatus::Active);
    let fields = [("name", "Ann P."), ("email", EMAIL), ("role", "")];
    let page = browser.post(&address, &fields).await;
    assert_eq!(
        page.status,
        StatusCode::SEE_OTHER,
        "the name is another matter"
    );
}

#[tokio::test]
async fn nobody_gives_or_touches_more_than_they_have() {
    let site = Site::start().await;
    let some = grants(&[(Area::Users, Level::Manage), (Area::Tickets, Level::Read)]);
    site.add_staff("Mo", "mo@example.com", &some).await;
    let small = grants(&[(Area::Tickets, Level::Read)]);
    site.add_staff("Sue", "sue@example.com", &small).await;
    let (ann, sue) = (
        uuid(&site, EMAIL).await,
        uuid(&site, "sue@example.com").await,
    );
    let administrator = role(&site, "Administrator").await;
    let mut browser = site.browser_of("mo@example.com").await;
    let form = ok(&mut browser, "/settings/users/new").await;
    assert!(!form.text.contains("Administrator"), "not even offered");
    assert!(form.text.contains("Role of sue@example.com"));
    let page = add(&mut browser, "New", "new@example.com", &administrator).await;
    refused(&page, "The role Administrator grants more than your own");
    let fields = [
        ("name", "Sue"),
        ("email", "sue@example.com"),
        ("role", &*administrator),
    ];
    let page = browser
        .post(&format!("/settings/users/{sue}"), &fields)
        .await;
    refused(&page, "grants more than your own");
    // Whoever can read the new address could have a password sent there.
    let fields = [("name", "Ann Porter"), ("email", "mo2@example.com")];
    let page = browser
        .post(&format!("/settings/users/{ann}"), &fields)
        .await;
    refused(&page, "This user's role grants more than yours.");
    let page = browser
        .post(&format!("/settings/users/{ann}/deactivate"), &[])
        .await;
    refused(&page, "This user's role grants more than yours.");
    assert_eq!(status(&site, EMAIL).await, MembershipStatus::Active);
}

#[tokio::test]
async fn write_users_changes_profiles_and_nothing_about_access() {
    let site = Site::start().await;
    let mut some = Grants::everything();
    some.0.insert(Area::Users, Level::Write);
    site.add_staff("Wim", "wim@example.com", &some).await;
    let ann = format!("/settings/users/{}", uuid(&site, EMAIL).await);
    let mut browser = site.browser_of("wim@example.com").await;
    let list = ok(&mut browser, "/settings/users").await;
    assert!(!list.text.contains("Add User") && !list.text.contains("Import from"));
    assert!(
        !list.text.contains(r#"value="deactivate""#) && list.text.contains(r#"value="welcome""#)
    );
    let page = browser
        .post(&ann, &[("name", "Ann P."), ("email", "other@example.com")])
        .await;
    refused(&page, "needs the right Manage Users");
    let page = browser
        .post(
            &ann,
            &[("name", "Ann P."), ("email", EMAIL), ("title", "Owner")],
        )
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let bulk = [("action", "deactivate"), ("pick", "x")];
    let page = browser.post("/settings/users/bulk", &bulk).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("Manage Users"));
}

#[tokio::test]
async fn the_primary_and_the_last_administrator_keep_their_access() {
    let site = Site::start().await;
    site.add_staff("Bob", "bob@example.com", &Grants::everything())
        .await;
    let store = site.app.store();
    let bob = identities::find_identity_by_email(store, "bob@example.com")
        .await
        .unwrap()
        .unwrap();
    let member = identities::find_staff_member(store, bob.id)
        .await
        .unwrap()
        .unwrap();
    let mut tx = store.begin().await.unwrap();
    identities::upsert_staff_membership(
        &mut tx,
        bob.id,
        member.role_id,
        MembershipStatus::Active,
        true,
        true,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let address = format!("/settings/users/{}", bob.uuid);
    let mut browser = site.admin().await;
    let page = browser.post(&format!("{address}/deactivate"), &[]).await;
    refused(&page, "The primary administrator always keeps access");
    let technician = role(&site, "Technician").await;
    let fields = [
        ("name", "Bob"),
        ("email", "bob@example.com"),
        ("role", &*technician),
    ];
    let page = browser.post(&address, &fields).await;
    refused(&page, "The primary administrator always keeps access");

    // Two administrators who switch each other off at the same moment: the second one is the last.
    let ann = identities::find_identity_by_email(store, EMAIL)
        .await
        .unwrap()
        .unwrap();
    let mut tx = store.begin().await.unwrap();
    store::staff::set_staff_status(&mut tx, bob.id, MembershipStatus::Disabled)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let editor = Editor {
        actor: sync::Actor::Person {
            id: bob.id,
            name: "Bob".into(),
        },
        identity: bob.id,
        grants: Grants::everything(),
    };
    let became = sync::users::set_status(site.app.engine(), &editor, &ann.uuid, false)
        .await
        .unwrap();
    assert_eq!(became, Err(UserRefusal::LastAdministrator));
    let technician = technician.parse().unwrap();
    let became = sync::users::change_role(site.app.engine(), &editor, &ann.uuid, &technician)
        .await
        .unwrap();
    assert_eq!(became, Err(UserRefusal::LastAdministrator));
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
async fn several_are_changed_after_a_question_and_the_answer_says_who_was_not() {
    let site = Site::start().await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    for (name, email) in [("Bea", "bea@example.com"), ("Cem", "cem@example.com")] {
        assert_eq!(
            add(&mut browser, name, email, &technician).await.status,
            StatusCode::SEE_OTHER
        );
    }
    let ids = [
        uuid(&site, EMAIL).await,
        uuid(&site, "bea@example.com").await,
        uuid(&site, "cem@example.com").await,
    ];
    let mut fields: Vec<(&str, &str)> = ids.iter().map(|id| ("pick", id.as_str())).collect();
    fields.push(("action", "deactivate"));
    let question = browser.post("/settings/users/bulk", &fields).await;
    assert_eq!(question.status, StatusCode::OK);
    assert!(question.text.contains("Deactivate 3 users?") && question.text.contains("Bea"));
    assert_eq!(
        status(&site, "bea@example.com").await,
        MembershipStatus::Imported,
        "only asked"
    );
    fields.push(("confirmed", "yes"));
    let answer = browser.post("/settings/users/bulk", &fields).await;
    assert!(
        answer.text.contains("2 users deactivated, 1 not."),
        "{}",
        answer.text
    );
    assert!(answer.text.contains("You cannot change your own status."));
    assert_eq!(
        status(&site, "cem@example.com").await,
        MembershipStatus::Disabled
    );
    assert_eq!(status(&site, EMAIL).await, MembershipStatus::Active);

    fields[3] = ("action", "welcome");
    let answer = browser.post("/settings/users/bulk", &fields).await;
    assert!(
        answer
            .text
            .contains("0 users sent a welcome e-mail, 3 not."),
        "{}",
        answer.text
    );
    fields[3] = ("action", "reactivate");
    browser.post("/settings/users/bulk", &fields).await;
    fields[3] = ("action", "welcome");
    let answer = browser.post("/settings/users/bulk", &fields).await;
    assert!(
        answer
            .text
            .contains("2 users sent a welcome e-mail, 1 not."),
        "{}",
        answer.text
    );
    assert_eq!(
        status(&site, "bea@example.com").await,
        MembershipStatus::Invited
    );

    fields[3] = ("action", "role");
    let page = browser.post("/settings/users/bulk", &fields).await;
    refused(&page, "Select a role.");
    let read_only = role(&site, "Read Only").await;
    fields.push(("role", &read_only));
    let answer = browser.post("/settings/users/bulk", &fields).await;
    assert!(
        answer.text.contains("2 users have the new role, 1 not."),
        "{}",
        answer.text
    );
    let page = browser
        .post("/settings/users/bulk", &[("action", "role")])
        .await;
    assert_eq!(page.location(), "/settings/users?notice=nothing_selected");
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
async fn everybody_who_matches_is_changed_and_not_only_the_page() {
    let site = Site::start().await;
    let technician: domain::id::PublicId = role(&site, "Technician").await.parse().unwrap();
    let editor = Editor {
        actor: sync::Actor::CommandLine,
        identity: site.identity(EMAIL).await.id,
        grants: Grants::everything(),
    };
    for number in 0..230 {
        let new = sync::users::NewUser {
            name: format!("Desk {number:03}"),
            email: format!("desk{number}@example.com"),
            ..sync::users::NewUser::default()
        };
        sync::users::add_user(site.app.engine(), &editor, &new, &technician, false)
            .await
            .unwrap()
            .unwrap();
    }
    let mut browser = site.admin().await;
    let list = ok(&mut browser, "/settings/users?search=desk").await;
    assert!(
        list.text.contains("Select all 230 users that match"),
        "{}",
        list.text
    );
    let mut fields = vec![
        ("everyone", "1"),
        ("search", "desk"),
        ("action", "deactivate"),
    ];
    let question = browser.post("/settings/users/bulk", &fields).await;
    assert!(
        question.text.contains("Deactivate 230 users?"),
        "{}",
        question.text
    );
    assert!(question.text.contains("name=\"everyone\" value=\"1\""));
    fields.push(("confirmed", "yes"));
    let answer = browser.post("/settings/users/bulk", &fields).await;
    assert!(
        answer.text.contains("230 users deactivated."),
        "{}",
        answer.text
    );
    assert!(answer.text.contains("and 30 more."), "{}", answer.text);
    for email in ["desk0@example.com", "desk229@example.com"] {
        assert_eq!(status(&site, email).await, MembershipStatus::Disabled);
    }
    assert_eq!(
        status(&site, EMAIL).await,
        MembershipStatus::Active,
        "does not match"
    );
    // By status and by role, which is another field than the role that is given.
    let read_only = role(&site, "Read Only").await;
    let fields = [
        ("everyone", "1"),
        ("status", "disabled"),
        ("role_filter", technician.as_str()),
        ("action", "role"),
        ("role", &read_only),
        ("confirmed", "yes"),
    ];
    let answer = browser.post("/settings/users/bulk", &fields).await;
    assert!(
        answer.text.contains("230 users have the new role."),
        "{}",
        answer.text
    );
    let answer = browser.post("/settings/users/bulk", &fields).await;
    assert_eq!(
        answer.location(),
        "/settings/users?notice=nothing_selected",
        "none match any more"
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
        let page = browser.post(&address, &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        let mails = site.mail_to("bea@example.com").await;
        links.push(Page::set_password_link(&mails[0].text));
    }
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
