//! What cannot be imported, and how it is told.

use axum::http::StatusCode;
use domain::id::PublicId;
use domain::permission::{Area, Grants, Level};
use store::identities;
use sync::import_users::{ImportAction, ImportRowChoice, ImportUsers, SkipReason, apply};
use sync::users::Editor;

use super::{HERE, connected, list, refused, role, rows, staff_count, text};
use crate::harness::{EMAIL, Site};

#[tokio::test]
async fn the_five_things_that_go_wrong_are_told_in_the_words_of_the_guide() {
    let site = connected(4).await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;

    // Missing users.
    let none = browser.get(&format!("{HERE}?search=zzzz")).await;
    let missing = "Verify your integration has proper API permissions and the users are active in the source system";
    assert!(none.text.contains("No resources match") && none.text.contains(missing));

    // Email required error, at the field, and nothing is done.
    let all = rows(&list(&mut browser).await);
    let (lacking, known) = (
        all.iter().find(|row| !row.2).unwrap(),
        all.iter().find(|row| row.2).unwrap(),
    );
    let fields = [
        ("pick", &*lacking.0),
        ("pick", &*known.0),
        ("role", &*technician),
        ("action", "import"),
    ];
    let page = browser.submit(HERE, &fields).await;
    refused(
        &page,
        "All users must have valid email addresses. Add email addresses using the input field in the list.",
    );
    assert!(
        page.text
            .contains(&format!("id=\"email-{}-error\"", lacking.0))
    );
    let email = format!("email.{}", lacking.0);
    for wrong in ["nonsense", "peter@x", "peter@localhost", "peter@10.0.0.1"] {
        let fields = [
            ("pick", &*lacking.0),
            (&*email, wrong),
            ("role", &*technician),
            ("action", "import"),
        ];
        let page = browser.submit(HERE, &fields).await;
        refused(&page, "This is no valid e-mail address.");
        let kept = format!("value=\"{wrong}\"");
        assert!(page.text.contains(&kept), "what was typed stays: {wrong}");
        let at = format!("aria-describedby=\"email-{}-error\"", lacking.0);
        assert!(page.text.contains(&at), "at the field: {wrong}");
    }
    assert_eq!(staff_count(&site).await, 1);

    // Role not selected; the choice stays.
    let page = browser
        .submit(HERE, &[("pick", &known.0), ("action", "import")])
        .await;
    refused(
        &page,
        "Select a role from the dropdown before clicking Import.",
    );
    assert!(page.text.contains(&format!(
        "value=\"{}\" aria-label=\"Import {}\" checked",
        known.0, known.1
    )));

    // Duplicate user error: somebody else with that address came first, and the row is not linked.
    let theirs = site.sandbox().records("Resources", 0, 50).unwrap();
    let email = theirs
        .iter()
        .filter_map(|one| one["email"].as_str())
        .find(|email| {
            known
                .1
                .split(' ')
                .all(|part| email.to_lowercase().contains(&part.to_lowercase()[..2]))
        })
        .unwrap()
        .to_uppercase();
    let fields = [("name", "Twin"), ("email", &*email), ("role", &*technician)];
    assert_eq!(
        browser.post("/settings/users/new", &fields).await.status,
        StatusCode::SEE_OTHER
    );
    let page = list(&mut browser).await;
    assert!(
        page.text.contains("Twin has this address"),
        "offered to link: {}",
        page.text
    );
    let suggested = format!("suggested.{}", known.0);
    let fields = [
        ("pick", &*known.0),
        (&*suggested, &*email),
        ("role", &*technician),
        ("action", "import"),
    ];
    let page = browser.submit(HERE, &fields).await;
    assert!(
        text(&page)
            .contains("The user may already exist. Use the Link User feature to connect accounts."),
        "{}",
        page.text
    );
    assert!(page.text.contains("Open Twin") && page.text.contains("0 users created, 1 skipped"));
    let link = format!("link.{}", known.0);
    let fields = [
        ("pick", &*known.0),
        (&*suggested, &*email),
        (&*link, &*email),
        ("role", &*technician),
        ("action", "import"),
    ];
    let page = browser.submit(HERE, &fields).await;
    assert!(
        page.text.contains("0 users created, 1 linked"),
        "{}",
        page.text
    );

    // Cannot select user.
    let page = list(&mut browser).await;
    assert!(rows(&page).iter().all(|row| row.0 != known.0), "no tick");
    assert!(page.text.contains("Already linked, cannot be selected"));
    assert!(
        page.text
            .contains("The user is either already linked or missing an email address.")
    );
    let fields = [
        ("pick", &*known.0),
        ("role", &*technician),
        ("action", "import"),
    ];
    let page = browser.submit(HERE, &fields).await;
    assert!(
        page.text.contains("Already linked to Twin"),
        "also when it is sent all the same: {}",
        page.text
    );
    assert_eq!(staff_count(&site).await, 2);
}

#[tokio::test]
async fn a_typed_address_is_used_once_in_any_spelling() {
    let site = connected(3).await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let all = rows(&list(&mut browser).await);
    let lacking = &all.iter().find(|row| !row.2).unwrap().0;
    let email = format!("email.{lacking}");
    for (typed, told) in [
        (
            "  ANN@Example.COM ",
            "Use the Link User feature to connect accounts.",
        ),
        (
            "\u{ff41}nn@example.com",
            "Use the Link User feature to connect accounts.",
        ),
        ("\u{430}nn@example.com", "looks like ann@example.com"),
    ] {
        let fields = [
            ("pick", &**lacking),
            (&*email, typed),
            ("role", &*technician),
            ("action", "import"),
        ];
        // At its field, with what was typed kept, and nothing is imported.
        let page = browser.submit(HERE, &fields).await;
        refused(&page, told);
        let at_field = format!("id=\"email-{lacking}-error\"");
        assert!(page.text.contains(&at_field), "{typed}: {}", page.text);
        let kept = format!("name=\"{email}\" value=\"{}\"", typed.trim());
        assert!(page.text.contains(&kept), "{typed}: {}", page.text);
    }
    assert_eq!(staff_count(&site).await, 1);
    // Two rows of one import, the second of which is not on this page; and the address of a chosen row.
    let known = theirs(&site, all.iter().find(|row| row.2).unwrap());
    let other = all.iter().find(|row| row.2).unwrap().0.clone();
    for (second, typed) in [
        ("999999", "new.person@example.com"),
        (other.as_str(), known.as_str()),
    ] {
        let second_email = format!("email.{second}");
        let mut fields = vec![
            ("pick", &**lacking),
            (&*email, typed),
            ("pick", second),
            ("role", &*technician),
            ("action", "import"),
        ];
        if second == "999999" {
            fields.push((&*second_email, "New.Person@example.com"));
        }
        let page = browser.submit(HERE, &fields).await;
        refused(&page, "Another selected row has this e-mail address");
    }
    assert_eq!(staff_count(&site).await, 1);
}

/// The address somebody of the list has at the vendor.
fn theirs(site: &Site, row: &(String, String, bool)) -> String {
    let records = site.sandbox().records("Resources", 0, 50).unwrap();
    let of = |one: &serde_json::Value| {
        let name = format!(
            "{} {}",
            one["firstName"].as_str().unwrap(),
            one["lastName"].as_str().unwrap()
        );
        (name == row.1).then(|| one["email"].as_str().unwrap().to_owned())
    };
    records.iter().find_map(of).unwrap()
}

/// *Link User* never takes somebody whose address or name is only alike.
#[tokio::test]
async fn who_is_to_be_linked_is_not_guessed() {
    let site = connected(3).await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let known = rows(&list(&mut browser).await)
        .into_iter()
        .find(|row| row.2)
        .unwrap()
        .0;
    let link = format!("link.{known}");
    for (typed, told) in [
        ("ann@example.co", "No user has this e-mail address"),
        ("Ann", "No user has exactly this name. There is Ann Porter"),
        (
            "orter",
            "No user has exactly this name. There is Ann Porter",
        ),
    ] {
        let fields = [
            (&*link, typed),
            ("role", &*technician),
            ("action", "import"),
        ];
        let page = browser.submit(HERE, &fields).await;
        refused(&page, told);
        assert!(page.text.contains(&format!("id=\"link-{known}-error\"")));
    }
    let fields = [
        (&*link, " ann  porter "),
        ("role", &*technician),
        ("action", "import"),
    ];
    let page = browser.submit(HERE, &fields).await;
    assert!(
        page.text.contains("0 users created, 1 linked"),
        "the whole name is enough: {}",
        page.text
    );
}

#[tokio::test]
async fn what_vanished_while_the_dialog_was_open_is_told() {
    let site = connected(3).await;
    let mut browser = site.admin().await;
    browser
        .post(
            "/settings/roles/new",
            &[("name", "Short"), ("kind", "staff")],
        )
        .await;
    let short = role(&site, "Short").await;
    let known = rows(&list(&mut browser).await)
        .into_iter()
        .find(|row| row.2)
        .unwrap()
        .0;
    browser
        .post(&format!("/settings/roles/{short}/delete"), &[])
        .await;
    let fields = [("pick", &*known), ("role", &*short), ("action", "import")];
    let page = browser.submit(HERE, &fields).await;
    refused(&page, "This role was deleted meanwhile. Select another.");
    assert!(page.text.contains("checked"), "the choice stays");

    let technician = role(&site, "Technician").await;
    let link = format!("link.{known}");
    let fields = [
        (&*link, "nobody@example.com"),
        ("role", &*technician),
        ("action", "import"),
    ];
    let page = browser.submit(HERE, &fields).await;
    refused(
        &page,
        "No user has this e-mail address; perhaps it was removed or changed meanwhile.",
    );
    assert!(page.text.contains(&format!("id=\"link-{known}-error\"")));
    let fields = [
        ("pick", "999999"),
        ("role", &*technician),
        ("action", "import"),
    ];
    let page = browser.submit(HERE, &fields).await;
    assert!(
        page.text
            .contains("The source system no longer has this record"),
        "{}",
        page.text
    );

    // The user to link to went between the page and the click.
    let ann = identities::find_identity_by_email(site.app.store(), EMAIL)
        .await
        .unwrap()
        .unwrap();
    let editor = Editor {
        actor: sync::Actor::CommandLine,
        identity: ann.id,
        grants: Grants::everything(),
    };
    let integration = store::integrations::list_integrations(site.app.store())
        .await
        .unwrap()[0]
        .id;
    let gone: PublicId = "0196f5a4-0000-7000-8000-000000000000".parse().unwrap();
    let link_to = |identity: &PublicId| ImportUsers {
        integration,
        rows: vec![ImportRowChoice {
            technician: known.parse().unwrap(),
            action: ImportAction::Link {
                identity: identity.clone(),
            },
        }],
        everyone: None,
        role: technician.parse().ok(),
        send_welcome: false,
    };
    let report = apply(site.app.engine(), &editor, &link_to(&gone))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(report.skipped[0].reason, SkipReason::LinkTargetGone);
    assert_eq!(staff_count(&site).await, 1);
}

#[tokio::test]
async fn what_has_to_be_there_first_is_named_with_the_way_there() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let page = list(&mut browser).await;
    assert!(
        page.text.contains("Autotask is not connected")
            && page
                .text
                .contains("At least one integration must be configured and active.")
    );
    assert!(page.text.contains("/settings/integrations/autotask/setup"));
    assert!(
        browser
            .get("/settings/users")
            .await
            .text
            .contains("not connected<")
    );
    let page = browser.submit(HERE, &[("action", "import")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    site.add_staff(
        "Rea",
        "rea@example.com",
        &Grants([(Area::Users, Level::Read)].into()),
    )
    .await;
    let mut reader = site.browser_of("rea@example.com").await;
    let users = reader.get("/settings/users").await;
    assert!(
        users.text.contains("Import from Autotask") && !users.text.contains("Add User"),
        "who may not import finds out why"
    );
    let page = list(&mut reader).await;
    assert!(
        page.text
            .contains("You must have the Manage Users permission")
    );
    for missing in [
        "/settings/users/import/datto_rmm",
        "/settings/users/import/nonsense",
    ] {
        assert_eq!(
            browser.get(missing).await.status,
            StatusCode::NOT_FOUND,
            "{missing}"
        );
    }
}

#[tokio::test]
async fn people_who_cannot_be_read_are_told_as_that_and_not_as_still_to_come() {
    let site = Site::start_beside_sandbox_with(4).await;
    site.connect_then(|vendor| {
        for entity in ["Resources", "Contacts"] {
            vendor.set_security(entity, "query", "None");
        }
    })
    .await;
    let known = store::integrations::list_integrations(site.app.store()).await;
    let missing = known.unwrap().remove(0).missing_permissions;
    assert!(
        missing.iter().any(|one| one.area == "Contacts"),
        "{missing:?}"
    );
    let mut browser = site.admin().await;
    let page = list(&mut browser).await;
    // The right to people alone: what else is missing has nothing to do with them.
    let lacks = "lacks rights there: Resources: Security level: Admin > Resources/Users — View. Grant them,";
    assert!(page.read().contains(lacks), "{}", page.text);
    for words in [
        "The resources could not be read",
        "The last sync of Autotask ended without them.",
        "href=\"/settings/integrations/autotask\"",
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(!page.text.contains("still under way"));

    // A list that was opened before the sync had ended leads there, in the dialog and in the setup.
    let setup = "/settings/integrations/autotask/setup/import/users";
    for to in [HERE, setup] {
        let page = browser.post(to, &[("action", "search")]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        for words in ["The resources could not be read", "id=\"import-picker\""] {
            assert!(page.text.contains(words), "{to}: {words}: {}", page.text);
        }
    }
    let live = browser.get(&format!("{HERE}/events")).await;
    assert!(
        live.text.contains("See why") && !live.text.contains("Show what was read"),
        "{}",
        live.text
    );
}

#[tokio::test]
async fn nobody_imports_with_a_role_that_grants_more_than_their_own() {
    let site = connected(3).await;
    let some = Grants([(Area::Users, Level::Manage), (Area::Tickets, Level::Read)].into());
    site.add_staff("Mo", "mo@example.com", &some).await;
    let administrator = role(&site, "Administrator").await;
    let mut browser = site.browser_of("mo@example.com").await;
    let page = list(&mut browser).await;
    assert!(!page.text.contains("Administrator"), "not even offered");
    let known = rows(&page).into_iter().find(|row| row.2).unwrap().0;
    let fields = [
        ("pick", &*known),
        ("role", &*administrator),
        ("action", "import"),
    ];
    refused(
        &browser.submit(HERE, &fields).await,
        "grants more than your own",
    );
}

#[tokio::test]
async fn one_user_is_not_linked_to_two_records() {
    let site = connected(5).await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let all = rows(&list(&mut browser).await);
    let ready: Vec<&str> = all
        .iter()
        .filter(|row| row.2)
        .map(|row| row.0.as_str())
        .collect();
    let [first, second, third] = [ready[0], ready[1], ready[2]].map(|id| format!("link.{id}"));
    let shouted = EMAIL.to_uppercase();
    let both = [
        (&*first, EMAIL),
        (&*second, &*shouted),
        ("role", &*technician),
        ("action", "import"),
    ];
    let page = browser.submit(HERE, &both).await;
    refused(&page, "Another selected row is linked to this user.");
    let at = |id: &str| format!("id=\"link-{id}-error\"");
    assert_eq!(
        [ready[0], ready[1]].map(|id| page.text.contains(&at(id))),
        [false, true],
        "told at the second"
    );
    let somebody_new = [both[0], ("pick", ready[1]), both[3]];
    let page = browser.submit(HERE, &somebody_new).await;
    refused(&page, "Select a role from the dropdown");
    let links_alone = [both[0], both[3]];
    let page = browser.submit(HERE, &links_alone).await;
    assert!(page.text.contains("1 linked"), "no role: {}", page.text);
    let again = [(&*third, EMAIL), both[2], both[3]];
    let page = browser.submit(HERE, &again).await;
    refused(
        &page,
        "Ann Porter is linked to another record of this integration already.",
    );
    assert!(page.text.contains(&at(ready[2])), "told at its field");
}
