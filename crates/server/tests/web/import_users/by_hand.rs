//! A choice made by hand goes before what a list proposes for everybody.

use axum::http::StatusCode;
use domain::permission::Grants;
use store::identities::{self, MembershipStatus};

use super::{HERE, connected, list, role, rows, text};
use crate::harness::{Page, Site};

/// A user who has the address of the record that is read first, the ids of that record and of another, by row id.
async fn known_by_address(site: &Site, page: &Page) -> (String, String, String) {
    let mut known: Vec<(i64, String)> = rows(page)
        .into_iter()
        .filter(|row| row.2)
        .map(|row| (row.0.parse().unwrap(), row.0))
        .collect();
    known.sort();
    let (first, other) = (known[0].1.clone(), known[1].1.clone());
    let tick = format!("name=\"pick\" value=\"{first}\"");
    let row = page.text.split(&tick).nth(1).unwrap();
    let row = row.split("</tr>").next().unwrap();
    let email = row
        .split(|c: char| c.is_whitespace() || "<>\"".contains(c))
        .find(|word| word.contains('@'))
        .unwrap()
        .to_owned();
    site.add_staff("Tom", &email, &Grants::default()).await;
    (email, first, other)
}

#[tokio::test]
async fn a_user_chosen_for_one_record_is_not_linked_to_another_by_select_all() {
    let site = connected(4).await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let page = list(&mut browser).await;
    let (email, first, other) = known_by_address(&site, &page).await;
    let link = format!("link.{other}");
    let fields = [
        ("everyone", "1"),
        (&*link, &*email),
        ("role", &*technician),
        ("action", "import"),
    ];
    let page = browser.submit(HERE, &fields).await;
    for words in [
        "1 user created",
        "1 linked",
        "Tom is linked to another record of this integration already.",
    ] {
        assert!(text(&page).contains(words), "{words}: {}", text(&page));
    }
    let tom = site.identity(&email).await.id;
    let linked = store::technicians::list_linked(site.app.store(), tom)
        .await
        .unwrap();
    let ids: Vec<String> = linked.iter().map(|row| row.id.to_string()).collect();
    assert_eq!(ids, [other], "not {first}, which has the address");
}

#[tokio::test]
async fn what_quick_match_proposes_is_linked_without_a_role() {
    let site = connected(4).await;
    let mut browser = site.admin().await;
    let page = list(&mut browser).await;
    known_by_address(&site, &page).await;
    let quick = browser.post(HERE, &[("action", "quick")]).await;
    assert_eq!(rows(&quick).len(), 1, "{}", quick.text);
    let count = "<span class=\"picker-count\">1 resource</span>";
    assert!(quick.text.contains(count), "of those shown: {}", quick.text);
    let was = quick.input("was").expect("a field");
    let fields = [
        ("view", "quick"),
        ("was", &*was),
        ("everyone", "1"),
        ("action", "import"),
    ];
    let page = browser.submit(HERE, &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("1 linked"), "{}", page.text);
}

#[tokio::test]
async fn who_was_imported_is_that_again_after_a_while_switched_off() {
    let site = connected(3).await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let fields = [
        ("everyone", "1"),
        ("role", &*technician),
        ("action", "import"),
    ];
    browser.submit(HERE, &fields).await;
    let imported = || async {
        let staff = identities::list_staff(site.app.store()).await.unwrap();
        let of = |one: &identities::StaffMember| one.status == MembershipStatus::Imported;
        staff.into_iter().filter(of).collect::<Vec<_>>()
    };
    let before = imported().await;
    let address = format!("/settings/users/{}", before[0].uuid);
    let off = browser.post(&format!("{address}/deactivate"), &[]).await;
    assert_eq!(off.status, StatusCode::SEE_OTHER, "{}", off.text);
    assert_eq!(imported().await.len(), before.len() - 1);
    let on = browser.post(&format!("{address}/reactivate"), &[]).await;
    let told = format!("{address}?notice=user_reactivated_untold");
    assert_eq!(on.location(), told, "nobody can sign in yet");
    assert_eq!(imported().await.len(), before.len());
}
