//! Who may change what about whom.

use axum::http::StatusCode;
use domain::permission::{Area, Grants, Level};
use store::identities::{self, MembershipStatus};
use sync::users::{Editor, UserRefusal};

use super::{add, grants, ok, refused, role, status, uuid};
use crate::harness::{EMAIL, Site};

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
    assert!(!list.text.contains("Add User"));
    assert!(!list.text.contains(r#"value="disable""#) && list.text.contains(r#"value="welcome""#));
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
    let bulk = [("action", "disable"), ("pick", "x")];
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
