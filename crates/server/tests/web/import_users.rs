//! Settings → Users & Roles → Import, by request: the five rows of the guide's troubleshooting table, bad input, two
//! administrators at once, many people.

mod by_hand;
mod deactivated;
mod refused;
mod shared;

use axum::http::StatusCode;
use domain::permission::{Area, Grants, Level, RoleKind};
use serde_json::json;
use store::identities;
use sync::users::Editor;

use crate::harness::{Browser, EMAIL, Page, Site};

const HERE: &str = "/settings/users/import/autotask";

/// A connected site with this many active resources; the first has no e-mail address.
async fn connected(technicians: u32) -> Site {
    let site = Site::start_beside_sandbox_with(technicians).await;
    let first = site.sandbox().ids("Resources")[0];
    site.sandbox()
        .patch("Resources", first, json!({ "email": "" }));
    site.connect().await;
    site
}

async fn role(site: &Site, name: &str) -> String {
    let roles = store::roles::list_roles(site.app.store(), RoleKind::Staff)
        .await
        .unwrap();
    let role = roles.into_iter().find(|role| role.name == name);
    role.unwrap_or_else(|| panic!("no role {name}"))
        .uuid
        .to_string()
}

async fn list(browser: &mut Browser<'_>) -> Page {
    let page = browser.get(HERE).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    page
}

/// The tick's value and the name of each row that can be selected; those without an address come with `false`.
fn rows(page: &Page) -> Vec<(String, String, bool)> {
    let mut rows = Vec::new();
    for row in page.text.split("<tr data-pick=\"").skip(1) {
        let Some((_, after)) = row.split_once("name=\"pick\" value=\"") else {
            continue;
        };
        let id = after.split('"').next().unwrap().to_owned();
        let name = after.split("aria-label=\"Import ").nth(1).unwrap();
        let name = name.split('"').next().unwrap().to_owned();
        rows.push((id, name, row.starts_with("ready")));
    }
    rows
}

async fn staff_count(site: &Site) -> usize {
    identities::list_staff(site.app.store())
        .await
        .unwrap()
        .len()
}

fn text(page: &Page) -> String {
    page.text.replace("&#39;", "'").replace("&#38;", "&")
}

#[track_caller]
fn refused(page: &Page, sentence: &str) {
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        page.text
    );
    assert!(text(page).contains(sentence), "{sentence}\n{}", text(page));
}

#[tokio::test]
async fn whose_name_nobody_can_see_is_called_by_the_address() {
    let site = Site::start_beside_sandbox_with(3).await;
    let unseen = site.sandbox().ids("Resources")[1];
    let names = json!({ "firstName": "\u{200b}", "lastName": "\u{2060}" });
    site.sandbox().patch("Resources", unseen, names);
    site.connect().await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let page = list(&mut browser).await;
    let unnamed = rows(&page).into_iter().find(|row| row.1 == "(no name)");
    let (pick, ..) = unnamed.unwrap_or_else(|| panic!("{}", page.text));
    let fields = [
        ("pick", pick.as_str()),
        ("role", &technician),
        ("action", "import"),
    ];
    let page = browser.submit(HERE, &fields).await;
    assert!(page.text.contains("1 user created"), "{}", page.text);
    let staff = identities::list_staff(site.app.store()).await.unwrap();
    let made = staff.iter().find(|one| one.email != EMAIL).unwrap();
    assert_eq!(made.name.to_lowercase(), made.email.to_lowercase());
}

#[tokio::test]
async fn people_are_created_linked_and_told() {
    let site = connected(4).await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let users = browser.get("/settings/users").await;
    assert!(users.text.contains("Import from Autotask"));
    let page = list(&mut browser).await;
    assert!(
        page.text.contains("Import Resources from Autotask"),
        "in the provider's word"
    );
    assert!(page.text.contains(" data-leads"), "to the report's address");
    assert!(
        page.text.contains("4 resources, 4 unlinked"),
        "only active people: {}",
        page.text
    );
    let all = rows(&page);
    assert_eq!(
        all.iter().filter(|row| !row.2).count(),
        1,
        "one lacks an address"
    );
    let missing = all.iter().find(|row| !row.2).unwrap();
    let known: Vec<_> = all.iter().filter(|row| row.2).collect();
    let (email, link) = (
        format!("email.{}", missing.0),
        format!("link.{}", known[1].0),
    );
    let fields = [
        ("pick", missing.0.as_str()),
        (&*email, "New.Person@Example.com"),
        ("pick", &known[0].0),
        (&*link, EMAIL),
        ("role", &technician),
        ("welcome", "1"),
        ("action", "import"),
    ];
    let page = browser.submit(HERE, &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(
        page.text
            .contains("2 users created with the role Technician, 1 linked"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("2 welcome e-mails are on the way."),
        "{}",
        page.text
    );
    assert_eq!(staff_count(&site).await, 3);
    let made = identities::find_identity_by_email(site.app.store(), "new.person@example.com")
        .await
        .unwrap()
        .expect("with the typed address");
    assert!(
        page.text
            .contains(&format!("/settings/users/{}", made.uuid)),
        "with a link"
    );
    let shown = browser.get(&format!("/settings/users/{}", made.uuid)).await;
    assert!(shown.text.contains("Linked records") && shown.text.contains("Unlink…"));
    assert!(shown.text.contains("Invited"));
    let page = list(&mut browser).await;
    assert!(
        page.text.contains("4 resources, 1 unlinked"),
        "{}",
        page.text
    );
    assert!(page.text.contains("Linked</span>") && page.text.contains("Ann Porter"));
    let unlinked = browser.get(&format!("{HERE}?unlinked=1")).await;
    assert_eq!(rows(&unlinked).len(), 1);
    assert!(!unlinked.text.contains("Linked</span>"));
    let journal = site.sandbox().journal();
    assert!(
        journal
            .iter()
            .all(|one| one.method == "GET" || one.path.contains("query")),
        "nothing is written to the vendor"
    );

    // Unlinking brings the record back.
    let record = shown
        .text
        .split("/unlink/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let address = format!("/settings/users/{}/unlink/{record}", made.uuid);
    let question = browser.get(&address).await;
    for words in ["Nothing changes in Autotask.", "of Autotask from "] {
        assert!(question.text.contains(words), "{words}: {}", question.text);
    }
    assert!(!question.text.contains("The record "), "{}", question.text);
    let page = browser.post(&address, &[]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(
        list(&mut browser)
            .await
            .text
            .contains("4 resources, 2 unlinked")
    );
}

#[tokio::test]
async fn the_report_leads_to_the_mail_where_that_may_be_opened() {
    let site = connected(4).await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let page = list(&mut browser).await;
    let person = rows(&page).into_iter().find(|row| row.2).unwrap();
    let fields = [
        ("pick", &*person.0),
        ("role", &*technician),
        ("welcome", "1"),
        ("action", "import"),
    ];
    let told = browser.submit(HERE, &fields).await.text;
    let link = r#"<a href="/settings/mail">Settings → E-mail</a> lists it."#;
    assert!(told.contains(link), "{told}");
    let report = told.split("/reports/").nth(1).unwrap();
    let report = report.split(['/', '"']).next().unwrap();
    let users = Grants([(Area::Users, Level::Manage)].into());
    site.add_staff("Una", "una@example.com", &users).await;
    let mut browser = site.browser_of("una@example.com").await;
    let page = browser.get(&format!("{HERE}/reports/{report}")).await;
    let words = "Settings → E-mail lists it.";
    assert!(page.text.contains(words), "{}", page.text);
    assert!(!page.text.contains("/settings/mail"), "{}", page.text);
}

#[tokio::test]
async fn choices_survive_searching_and_turning_pages_without_scripts() {
    let site = connected(60).await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let page = list(&mut browser).await;
    let first = rows(&page).into_iter().find(|row| row.2).unwrap();
    let lacking = site.sandbox().ids("Resources")[0];
    assert!(lacking > 0);
    let to = page
        .text
        .split("name=\"to\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let shown = page.input("was").unwrap();
    let fields = [
        ("pick", &*first.0),
        ("role", &*technician),
        ("was", &*shown),
        ("to", &*to),
    ];
    let second = browser.submit(HERE, &fields).await;
    assert_eq!(second.status, StatusCode::OK);
    assert!(
        rows(&second).iter().all(|row| row.0 != first.0),
        "the other page"
    );
    assert!(second.text.contains(&format!(
        r#"<input type="hidden" name="pick" value="{}" data-carried>"#,
        first.0
    )));
    assert!(
        second
            .text
            .contains(&format!(r#"value="{technician}" selected"#))
    );
    let other = rows(&second).into_iter().find(|row| row.2).unwrap();
    let fields = [
        ("pick", &*first.0),
        ("pick", &*other.0),
        ("role", &*technician),
        ("search", "zzzz"),
        ("was", &*shown),
        ("page", &*to),
    ];
    let searched = browser.submit(HERE, &fields).await;
    assert!(searched.text.contains("No resources match"));
    assert_eq!(
        searched.text.matches("data-carried").count(),
        2,
        "both are kept while neither is shown"
    );
    let fields = [
        ("pick", &*first.0),
        ("pick", &*other.0),
        ("role", &*technician),
        ("search", "zzzz"),
        ("action", "import"),
    ];
    let done = browser.submit(HERE, &fields).await;
    assert!(done.text.contains("2 users created"), "{}", done.text);
    let page = browser.submit(HERE, &[("action", "tick")]).await;
    assert!(page.text.matches(" checked").count() > 30, "the whole page");
    let page = browser
        .submit(HERE, &[("action", "import"), ("role", &technician)])
        .await;
    refused(&page, "Select at least one of the resources");
}

#[tokio::test]
async fn everybody_who_matches_is_imported_once_by_two_at_the_same_time() {
    let site = connected(620).await;
    let technician = role(&site, "Technician").await;
    site.add_staff("Bob", "bob@example.com", &Grants::everything())
        .await;
    let (mut ann, mut bob) = (site.admin().await, site.browser_of("bob@example.com").await);
    let page = list(&mut ann).await;
    assert!(
        page.text.contains("Select all 619 that are unlinked"),
        "{}",
        page.text
    );
    assert!(
        page.text
            .contains("1 without an e-mail address is left out.")
    );
    let fields = [
        ("everyone", "1"),
        ("role", &*technician),
        ("action", "import"),
    ];
    let (one, two) = tokio::join!(ann.post(HERE, &fields), bob.post(HERE, &fields));
    for page in [&one, &two] {
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    }
    // Many are left to the workers. The page says how far it is and can be left; the list leads back to it.
    let running = ann.get(one.location()).await;
    assert!(
        running.text.contains("Importing 619 people"),
        "{}",
        running.text
    );
    assert!(running.text.contains("<progress value=\"0\" max=\"619\""));
    assert!(running.text.contains("data-live"), "{}", running.text);
    let page = list(&mut bob).await;
    assert!(
        page.text.contains("An import is under way"),
        "{}",
        page.text
    );
    let newest = [&one, &two].map(|import| page.text.contains(import.location()));
    assert!(newest.contains(&true), "{}", page.text);
    // Sent once more by the same person, it is the one that runs.
    let again = ann.post(HERE, &fields).await;
    assert_eq!(again.location(), one.location());
    site.app.engine().run_until_idle().await.unwrap();
    let (mine, theirs) = (ann.get(one.location()).await, bob.get(two.location()).await);
    // Whoever was a moment earlier imported all of them.
    let (first, second) = match mine.text.contains("619 users created") {
        true => (mine, theirs),
        false => (theirs, mine),
    };
    assert!(first.text.contains("619 users created"), "{}", first.text);
    assert!(
        first
            .text
            .contains("and 519 more, all of them in the file.")
    );
    assert!(
        !first.text.contains("data-live"),
        "nothing more will change"
    );
    assert!(
        second.text.contains("0 users created, 619 skipped"),
        "{}",
        second.text
    );
    let files = [
        ann.get(&format!("{}/report.csv", one.location())).await,
        bob.get(&format!("{}/report.csv", two.location())).await,
    ];
    for file in files {
        assert_eq!(file.text.lines().count(), 1 + 619, "the whole report");
    }
    let page = list(&mut ann).await;
    assert!(page.text.contains("Last import"), "{}", page.text);
    assert_eq!(
        staff_count(&site).await,
        2 + 619,
        "nobody twice, nobody missing"
    );
    let page = list(&mut ann).await;
    assert!(
        page.text.contains("620 resources, 1 unlinked"),
        "{}",
        page.text
    );
    let users = ann.get("/settings/users").await;
    assert!(users.text.contains("621 users") && users.text.contains(">Next"));
}

/// *Link User* without scripts and with more users than a list can offer: the whole name is enough.
#[tokio::test]
async fn a_user_to_link_to_is_found_by_name_too() {
    let site = connected(3).await;
    let technician = role(&site, "Technician").await;
    let editor = Editor {
        actor: sync::Actor::CommandLine,
        identity: site.identity(EMAIL).await.id,
        grants: Grants::everything(),
    };
    for number in 0..210 {
        let new = sync::users::NewUser {
            name: format!("Field Engineer {number:03}"),
            email: format!("field{number}@example.com"),
            ..sync::users::NewUser::default()
        };
        sync::users::add_user(
            site.app.engine(),
            &editor,
            &new,
            &technician.parse().unwrap(),
            false,
        )
        .await
        .unwrap()
        .unwrap();
    }
    let mut browser = site.admin().await;
    let page = list(&mut browser).await;
    assert_eq!(
        page.text.matches("<option value=\"field").count(),
        199,
        "not all of them"
    );
    let known = rows(&page).into_iter().find(|row| row.2).unwrap().0;
    let link = format!("link.{known}");
    let typed = |text: &'static str| {
        [
            (link.clone(), text.to_owned()),
            ("role".to_owned(), technician.clone()),
            ("action".to_owned(), "import".to_owned()),
        ]
    };
    for (text, told) in [
        (
            "field engineer",
            "No user has exactly this name. There is Field Engineer 000 (field0@example.com)",
        ),
        ("Somebody Else", "No user has this e-mail address or name"),
    ] {
        let fields = typed(text);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (&**a, &**b)).collect();
        let page = browser.submit(HERE, &fields).await;
        refused(&page, told);
        assert!(page.text.contains(&format!("id=\"link-{known}-error\"")));
        assert!(
            page.text.contains(&format!("value=\"{text}\"")),
            "what was typed stays"
        );
    }
    let found = browser
        .get(&format!("{HERE}/people?search=engineer+207"))
        .await;
    assert!(
        found.text.contains("field207@example.com"),
        "{}",
        found.text
    );
    let fields = typed("field engineer 207");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (&**a, &**b)).collect();
    let page = browser.submit(HERE, &fields).await;
    assert!(
        page.text.contains("0 users created, 1 linked"),
        "{}",
        page.text
    );
    assert!(page.text.contains("Field Engineer 207"), "{}", page.text);
}

/// Linking is about the tool: who was added by hand stays *Pending*, who was imported is *Imported*.
#[tokio::test]
async fn a_link_changes_no_status() {
    let site = connected(4).await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let fields = [
        ("name", "Hana Hand"),
        ("email", "hana@example.com"),
        ("role", technician.as_str()),
    ];
    let added = browser.post("/settings/users/new", &fields).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    let all = rows(&list(&mut browser).await);
    let known: Vec<&String> = all.iter().filter(|row| row.2).map(|row| &row.0).collect();
    let link = format!("link.{}", known[0]);
    let fields = [
        (link.as_str(), "hana@example.com"),
        ("pick", known[1].as_str()),
        ("role", technician.as_str()),
        ("action", "import"),
    ];
    let page = browser.submit(HERE, &fields).await;
    assert!(
        page.text
            .contains("1 user created with the role Technician, 1 linked"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("keeps it with its role"),
        "{}",
        page.text
    );
    let shown = |status: &str| format!("/settings/users?status={status}");
    let pending = browser.get(&shown("pending")).await;
    assert!(
        pending.text.contains("Hana Hand") && pending.text.contains("1 user<"),
        "{}",
        pending.text
    );
    let imported = browser.get(&shown("imported")).await;
    assert!(
        !imported.text.contains("Hana Hand") && imported.text.contains("1 user<"),
        "{}",
        imported.text
    );
}
