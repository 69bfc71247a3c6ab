//! Settings → Users & Roles → Roles: creating, editing, duplicating, deleting, and what nobody may do.

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use domain::permission::{Area, Grants, Level, RoleKind};
use store::roles::{Role, count_people, list_roles};

use crate::harness::{Browser, EMAIL, Page, Site};

async fn find(site: &Site, kind: RoleKind, name: &str) -> Option<Role> {
    let roles = list_roles(site.app.store(), kind).await.unwrap();
    roles.into_iter().find(|role| role.name == name)
}

async fn role(site: &Site, name: &str) -> Role {
    find(site, RoleKind::Staff, name)
        .await
        .unwrap_or_else(|| panic!("no role {name}"))
}

async fn ok(browser: &mut Browser<'_>, path: &str) -> Page {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    page
}

#[track_caller]
fn refused(page: &Page, status: StatusCode, sentence: &str) {
    assert_eq!(page.status, status, "{}", page.text);
    let text = page.text.replace("&#39;", "'");
    assert!(text.contains(sentence), "{sentence}\n{text}");
}

#[tokio::test]
async fn a_copy_of_a_role_takes_no_users_with_it() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let original = role(&site, "Technician").await;
    let user = [
        ("name", "Dee"),
        ("email", "dee@example.com"),
        ("role", original.uuid.as_str()),
    ];
    let added = browser.post("/settings/users/new", &user).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    let address = format!("/settings/roles/{}/duplicate", original.uuid);
    browser.post(&address, &[]).await;
    let copy = role(&site, "Copy of Technician").await;
    let counts = count_people(site.app.store(), RoleKind::Staff);
    let counts = counts.await.expect("counts");
    let people = |role| {
        let count = counts.iter().find(|count| count.role_id == role);
        count.map_or(0, |count| count.people)
    };
    assert_eq!((people(original.id), people(copy.id)), (1, 0));
    assert_eq!(copy.description, original.description);
    assert_eq!(copy.grants, original.grants);
}

#[tokio::test]
async fn a_double_click_makes_one_copy() {
    double_click(&Site::start().await).await;
}

#[tokio::test]
async fn a_double_click_makes_one_copy_on_postgres() {
    if let Some(site) = Site::start_on_postgres().await {
        double_click(&site).await;
    }
}

async fn double_click(site: &Site) {
    site.add_staff("Mo", "mo@example.com", &Grants::everything())
        .await;
    let (mut ann, mut too) = (site.admin().await, site.admin().await);
    let mut mo = site.browser_of("mo@example.com").await;
    let duplicate = |role: &Role| format!("/settings/roles/{}/duplicate", role.uuid);
    let button = duplicate(&role(site, "Technician").await);
    let (one, two) = tokio::join!(ann.post(&button, &[]), too.post(&button, &[]));
    let copy = role(site, "Copy of Technician").await;
    let opened = format!("/settings/roles/{}?notice=role_duplicated", copy.uuid);
    assert_eq!((one.location(), two.location()), (&*opened, &*opened));
    mo.post(&button, &[]).await;
    role(site, "Copy of Technician (2)").await;
    site.clock.advance(5 * UtcMillis::SECOND);
    ann.post(&button, &[]).await;
    role(site, "Copy of Technician (3)").await;
    // Two roles of one name are two.
    for kind in [RoleKind::Staff, RoleKind::Company] {
        let manager = find(site, kind, "Manager").await.unwrap();
        ann.post(&duplicate(&manager), &[]).await;
        let copy = find(site, kind, "Copy of Manager").await;
        assert!(copy.is_some(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_double_click_makes_one_role() {
    make_twice(&Site::start().await).await;
}

#[tokio::test]
async fn a_double_click_makes_one_role_on_postgres() {
    if let Some(site) = Site::start_on_postgres().await {
        make_twice(&site).await;
    }
}

async fn make_twice(site: &Site) {
    const NEW: &str = "/settings/roles/new";
    const TAKEN: &str = "role has this name.";
    site.add_staff("Mo", "mo@example.com", &Grants::everything())
        .await;
    let (mut ann, mut too) = (site.admin().await, site.admin().await);
    let mut mo = site.browser_of("mo@example.com").await;
    let form = |kind: &'static str, level: &'static str| {
        [
            ("name", "Night Desk"),
            ("kind", kind),
            ("grant.tickets", level),
        ]
    };
    let staff = form("staff", "read");
    let (one, two) = tokio::join!(ann.post(NEW, &staff), too.post(NEW, &staff));
    let made = role(site, "Night Desk").await;
    let opened = format!("/settings/roles/{}?notice=role_created", made.uuid);
    assert_eq!((one.location(), two.location()), (&*opened, &*opened));
    // Another form, another person and another time are told that the name is taken.
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    refused(&ann.post(NEW, &form("staff", "write")).await, status, TAKEN);
    refused(&mo.post(NEW, &staff).await, status, TAKEN);
    let company = form("company", "read");
    let other = ann.post(NEW, &company).await;
    let made = find(site, RoleKind::Company, "Night Desk").await.unwrap();
    let opened = format!("/settings/roles/{}?notice=role_created", made.uuid);
    assert_eq!(other.location(), opened, "a role of the other kind is made");
    site.clock.advance(5 * UtcMillis::SECOND);
    refused(&ann.post(NEW, &company).await, status, TAKEN);
}

#[tokio::test]
async fn roles_are_made_changed_copied_and_deleted() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let list = ok(&mut browser, "/settings/roles").await;
    for text in [
        "Staff roles",
        "Company roles",
        "Administrator",
        "Read Only",
        "Training Only",
    ] {
        assert!(list.text.contains(text), "{text}");
    }
    let fields = [
        ("name", "Dispatcher"),
        ("description", "Gives\r\n\r\ntickets\nout\r\n"),
        ("kind", "staff"),
        ("two_factor", "1"),
        ("grant.tickets", "manage"),
        ("grant.companies", "read"),
        ("grant.users", ""),
    ];
    let page = browser.post("/settings/roles/new", &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let made = role(&site, "Dispatcher").await;
    assert_eq!(
        made.grants,
        Grants(
            [
                (Area::Tickets, Level::Manage),
                (Area::Companies, Level::Read)
            ]
            .into()
        )
    );
    assert!(made.requires_two_factor && !made.is_default);
    let address = format!("/settings/roles/{}", made.uuid);
    let shown = ok(&mut browser, &address).await;
    assert!(
        shown.text.contains("See companies and their contacts."),
        "what a level lets a person do"
    );
    assert!(shown.text.contains(">Gives tickets out</textarea>"));

    let page = browser.post(&format!("{address}/duplicate"), &[]).await;
    let copy = role(&site, "Copy of Dispatcher").await;
    assert_eq!(
        page.location(),
        format!("/settings/roles/{}?notice=role_duplicated", copy.uuid)
    );
    assert_eq!(
        (copy.grants, copy.description.as_str()),
        (made.grants.clone(), "Gives tickets out")
    );
    assert!(copy.requires_two_factor && !copy.is_default, "its flags");

    for name in ["dispatcher", "  DISPATCHER "] {
        let page = browser
            .post("/settings/roles/new", &[("name", name), ("kind", "staff")])
            .await;
        refused(
            &page,
            StatusCode::UNPROCESSABLE_ENTITY,
            "Another staff role has this name.",
        );
    }
    for name in [" ", "\u{200b}\u{2060}"] {
        let page = browser
            .post("/settings/roles/new", &[("name", name), ("kind", "staff")])
            .await;
        refused(&page, StatusCode::UNPROCESSABLE_ENTITY, "Enter a name.");
    }
    let page = browser
        .post(
            "/settings/roles/new",
            &[
                ("name", "Dispatcher"),
                ("kind", "company"),
                ("grant.tickets", "read"),
                ("grant.users", "manage"),
            ],
        )
        .await;
    assert_eq!(
        page.status,
        StatusCode::SEE_OTHER,
        "a name is taken within its kind"
    );
    let company = find(&site, RoleKind::Company, "Dispatcher").await.unwrap();
    assert_eq!(
        company.grants,
        Grants([(Area::Tickets, Level::Read)].into()),
        "no staff rights for people at companies"
    );

    let page = browser.post(&format!("{address}/delete"), &[]).await;
    assert_eq!(page.location(), "/settings/roles?notice=role_deleted");
    assert!(find(&site, RoleKind::Staff, "Dispatcher").await.is_none());
}

#[tokio::test]
async fn a_role_in_use_is_not_deleted_and_the_uses_are_named() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    browser
        .post(
            "/settings/roles/new",
            &[("name", "Desk"), ("kind", "staff")],
        )
        .await;
    let desk = role(&site, "Desk").await;
    let uuid = desk.uuid.to_string();
    browser
        .post(
            "/settings/users/new",
            &[
                ("name", "Bea"),
                ("email", "bea@example.com"),
                ("role", &uuid),
            ],
        )
        .await;
    for page in [
        browser.get(&format!("/settings/roles/{uuid}/delete")).await,
        browser
            .post(&format!("/settings/roles/{uuid}/delete"), &[])
            .await,
    ] {
        assert!(
            page.text.contains("Desk cannot be deleted") && page.text.contains("1 user has it"),
            "{}",
            page.text
        );
        assert!(
            page.text.contains(&format!("/settings/users?role={uuid}")),
            "with the way there"
        );
    }
    assert!(find(&site, RoleKind::Staff, "Desk").await.is_some());
    let shipped = role(&site, "Technician").await;
    let page = browser
        .post(&format!("/settings/roles/{}/delete", shipped.uuid), &[])
        .await;
    refused(
        &page,
        StatusCode::CONFLICT,
        "It came with Portico and stays.",
    );
}

#[tokio::test]
async fn nobody_grants_more_than_they_have_or_changes_what_their_own_role_grants() {
    let site = Site::start().await;
    let own = Grants([(Area::Roles, Level::Manage), (Area::Tickets, Level::Read)].into());
    site.add_staff("Mo", "mo@example.com", &own).await;
    let mut browser = site.browser_of("mo@example.com").await;
    let fields = [
        ("name", "Big"),
        ("kind", "staff"),
        ("grant.tickets", "write"),
    ];
    let page = browser.post("/settings/roles/new", &fields).await;
    refused(
        &page,
        StatusCode::UNPROCESSABLE_ENTITY,
        "would grant more than your own role does",
    );
    let big = role(&site, "Administrator").await;
    let address = format!("/settings/roles/{}", big.uuid);
    let page = ok(&mut browser, &address).await;
    assert!(
        page.text.contains("This role grants more than yours.")
            && !page.text.contains(">Save</button>")
    );
    let page = browser
        .post(&address, &[("name", "Mine"), ("grant.tickets", "")])
        .await;
    refused(
        &page,
        StatusCode::FORBIDDEN,
        "This role grants more than yours.",
    );
    let page = browser.post(&format!("{address}/duplicate"), &[]).await;
    refused(
        &page,
        StatusCode::FORBIDDEN,
        "It grants more than your own role",
    );
    let page = browser.post(&format!("{address}/delete"), &[]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);

    let mine = role(&site, "Role of mo@example.com").await;
    let address = format!("/settings/roles/{}", mine.uuid);
    assert!(
        ok(&mut browser, &address)
            .await
            .text
            .contains("This is your own role.")
    );
    let page = browser
        .post(
            &address,
            &[("name", "Mo's"), ("grant.tickets", ""), ("two_factor", "1")],
        )
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let mine = role(&site, "Mo's").await;
    assert_eq!(mine.grants, own, "the rest is saved, the grants stay");
    assert!(mine.requires_two_factor);
}

#[tokio::test]
async fn two_who_take_each_others_rights_away_at_once_leave_somebody_who_can_manage() {
    rights_taken_at_once(Site::start().await).await;
}

#[tokio::test]
async fn two_who_take_each_others_rights_away_at_once_on_postgres() {
    if let Some(site) = Site::start_on_postgres().await {
        rights_taken_at_once(site).await;
    }
}

/// A name that two take at once is told at its field, whatever both had seen before.
#[tokio::test]
async fn two_roles_of_one_name_at_once_are_one_role_on_postgres() {
    let Some(site) = Site::start_on_postgres().await else {
        return;
    };
    site.add_staff("Mo", "mo@example.com", &Grants::everything())
        .await;
    let (mut ann, mut mo) = (site.admin().await, site.browser_of("mo@example.com").await);
    for round in 0..8 {
        let name = format!("Night Desk {round}");
        let fields = [
            ("name", name.as_str()),
            ("kind", "staff"),
            ("grant.tickets", "read"),
        ];
        let address = "/settings/roles/new";
        let (one, two) = tokio::join!(ann.post(address, &fields), mo.post(address, &fields));
        let mut statuses = [one.status, two.status];
        statuses.sort();
        assert_eq!(
            statuses,
            [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY],
            "{} {}",
            one.text,
            two.text
        );
        let lost = if one.status == StatusCode::SEE_OTHER {
            two
        } else {
            one
        };
        refused(
            &lost,
            StatusCode::UNPROCESSABLE_ENTITY,
            "Another staff role has this name.",
        );
    }
}

async fn rights_taken_at_once(site: Site) {
    site.add_staff("Mo", "mo@example.com", &Grants::everything())
        .await;
    let (mut ann, mut mo) = (site.admin().await, site.browser_of("mo@example.com").await);
    let (anns, mos) = (
        role(&site, &format!("Role of {EMAIL}")).await,
        role(&site, "Role of mo@example.com").await,
    );
    let (to_anns, to_mos) = (
        format!("/settings/roles/{}", anns.uuid),
        format!("/settings/roles/{}", mos.uuid),
    );
    let (of_anns, of_mos) = (
        [("name", &*anns.name), ("grant.users", "read")],
        [("name", &*mos.name), ("grant.users", "read")],
    );
    tokio::join!(ann.post(&to_mos, &of_mos), mo.post(&to_anns, &of_anns));
    let mut tx = site.app.store().begin().await.unwrap();
    let left = store::staff::list_active_administrators_in(&mut tx)
        .await
        .unwrap();
    assert_eq!(left.len(), 1, "one of them was refused");
}

#[tokio::test]
async fn two_administrators_at_one_role_lose_nothing() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    browser
        .post(
            "/settings/roles/new",
            &[
                ("name", "Desk"),
                ("kind", "staff"),
                ("grant.tickets", "read"),
            ],
        )
        .await;
    let address = format!("/settings/roles/{}", role(&site, "Desk").await.uuid);
    let base = ok(&mut browser, &address)
        .await
        .input("base")
        .unwrap()
        .replace("&#34;", "\"");
    let first = [
        ("name", "Service Desk"),
        ("grant.tickets", "read"),
        ("base", &base),
    ];
    assert_eq!(
        browser.post(&address, &first).await.status,
        StatusCode::SEE_OTHER
    );
    let second = [
        ("name", "Desk"),
        ("grant.tickets", "write"),
        ("base", &base),
    ];
    let page = browser.post(&address, &second).await;
    assert_eq!(page.location(), format!("{address}?notice=role_merged"));
    let now = role(&site, "Service Desk").await;
    assert_eq!(
        now.grants.0.get(&Area::Tickets),
        Some(&Level::Write),
        "both are kept"
    );
    let third = [
        ("name", "Desk"),
        ("grant.tickets", "manage"),
        ("base", &base),
    ];
    let page = browser.post(&address, &third).await;
    refused(
        &page,
        StatusCode::CONFLICT,
        "Tickets: saved Write Tickets, yours Manage Tickets",
    );
    assert!(
        page.text.contains("Service Desk"),
        "what only they changed is theirs"
    );
    assert_eq!(
        role(&site, "Service Desk").await.grants,
        now.grants,
        "nothing was saved"
    );
    // Saved again from that page, mine replaces it knowingly.
    let base = page.input("base").unwrap().replace("&#34;", "\"");
    let again = [
        ("name", "Service Desk"),
        ("grant.tickets", "manage"),
        ("base", &base),
    ];
    assert_eq!(
        browser.post(&address, &again).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        role(&site, "Service Desk").await.grants.0[&Area::Tickets],
        Level::Manage
    );
}

#[tokio::test]
async fn a_default_role_gives_way_to_another() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    for name in ["One", "Two"] {
        let page = browser
            .post(
                "/settings/roles/new",
                &[("name", name), ("kind", "staff"), ("is_default", "1")],
            )
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    }
    assert!(!role(&site, "One").await.is_default && role(&site, "Two").await.is_default);
    let form = ok(&mut browser, "/settings/users/new").await;
    let two = role(&site, "Two").await.uuid;
    assert!(
        form.text.contains(&format!(r#"value="{two}" selected"#)),
        "chosen beforehand"
    );
}

#[tokio::test]
async fn readers_see_what_roles_grant_and_change_nothing() {
    let site = Site::start().await;
    site.add_staff(
        "Rea",
        "rea@example.com",
        &Grants([(Area::Roles, Level::Read)].into()),
    )
    .await;
    let mut browser = site.browser_of("rea@example.com").await;
    let list = ok(&mut browser, "/settings/roles").await;
    assert!(!list.text.contains("Add Role") && !list.text.contains("Duplicate"));
    assert!(
        !list.text.contains("/settings/users?role="),
        "no links to what she may not open"
    );
    let address = format!("/settings/roles/{}", role(&site, "Technician").await.uuid);
    let page = ok(&mut browser, &address).await;
    assert!(!page.text.contains(">Save</button>"));
    let settings = browser.get("/settings").await;
    assert_eq!(settings.location(), "/settings/roles");
}

#[tokio::test]
async fn a_company_role_grants_no_more_than_its_editor_has() {
    let site = Site::start().await;
    let own = Grants([(Area::Roles, Level::Manage), (Area::Tickets, Level::Read)].into());
    site.add_staff("Mo", "mo@example.com", &own).await;
    let mut browser = site.browser_of("mo@example.com").await;
    let beyond = [
        ("name", "Client Boss"),
        ("kind", "company"),
        ("grant.tickets", "manage"),
    ];
    let page = browser.post("/settings/roles/new", &beyond).await;
    let sentence = "would grant more than your own role does";
    refused(&page, StatusCode::UNPROCESSABLE_ENTITY, sentence);
    let within = [
        ("name", "Client Reader"),
        ("kind", "company"),
        ("grant.tickets", "read"),
    ];
    let page = browser.post("/settings/roles/new", &within).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let reader = find(&site, RoleKind::Company, "Client Reader")
        .await
        .unwrap();
    let address = format!("/settings/roles/{}", reader.uuid);
    let raised = [("name", "Client Reader"), ("grant.tickets", "write")];
    let page = browser.post(&address, &raised).await;
    refused(&page, StatusCode::UNPROCESSABLE_ENTITY, sentence);
    let mut ann = site.admin().await;
    let page = ann.post(&address, &raised).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    // Now it is above its first editor: neither changed nor copied by them.
    let page = browser.post(&address, &within[..1]).await;
    refused(&page, StatusCode::FORBIDDEN, "grants more than yours");
    let page = browser.post(&format!("{address}/duplicate"), &[]).await;
    refused(
        &page,
        StatusCode::FORBIDDEN,
        "grants more than your own role",
    );
}
