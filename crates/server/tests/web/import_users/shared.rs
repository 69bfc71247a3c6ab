//! Several records with one address, and a user who stands for another record already.

use axum::http::StatusCode;
use serde_json::json;

use super::{HERE, list, role, rows, staff_count, text};
use crate::harness::{Page, Site};

const ADDRESS: &str = "shared.box@harbourline.example";
const SEVERAL: &str = "Several records have this address. Select only the one whose it is, or correct the others in the source system.";

/// A connected site whose first two active resources have one address, in two spellings.
async fn sharing() -> Site {
    let site = Site::start_beside_sandbox_with(5).await;
    let ids = site.sandbox().ids("Resources");
    for (id, email) in [
        (ids[0], "Shared.Box@harbourline.example"),
        (ids[1], ADDRESS),
    ] {
        site.sandbox()
            .patch("Resources", id, json!({ "email": email }));
    }
    site.connect().await;
    site
}

/// The ids of the rows that have the address, and of the others.
fn parted(page: &Page) -> (Vec<String>, Vec<String>) {
    let shared = |id: &str| {
        let row = page
            .text
            .split("<tr data-pick=")
            .find(|row| row.contains(&format!("name=\"pick\" value=\"{id}\"")));
        row.unwrap().to_lowercase().contains(ADDRESS)
    };
    let ids = rows(page).into_iter().map(|row| row.0);
    ids.partition(|id| shared(id))
}

#[tokio::test]
async fn of_several_with_one_address_none_is_made_before_somebody_says_whose_it_is() {
    let site = sharing().await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let page = list(&mut browser).await;
    let (both, others) = parted(&page);
    assert_eq!((both.len(), others.len()), (2, 3), "{}", page.text);
    assert_eq!(page.text.matches(SEVERAL).count(), 2, "{}", page.text);
    let selectable = rows(&page).into_iter().filter(|row| row.2);
    let selectable: Vec<String> = selectable.map(|row| row.0).collect();
    assert_eq!(selectable, others, "a tick for all leaves them out");
    assert!(
        !page.text.contains("name=\"everyone\""),
        "nobody is on another page: {}",
        page.text
    );
    // Ticked all the same: both are left out, the others are imported.
    let fields = [
        ("pick", &*both[0]),
        ("pick", &*both[1]),
        ("pick", &*others[0]),
        ("role", &*technician),
        ("welcome", "1"),
        ("action", "import"),
    ];
    let done = browser.submit(HERE, &fields).await;
    for words in ["1 user created", "2 skipped", SEVERAL] {
        assert!(text(&done).contains(words), "{words}: {}", text(&done));
    }
    assert_eq!(staff_count(&site).await, 2);
    // The right one alone.
    let fields = [
        ("pick", &*both[1]),
        ("role", &*technician),
        ("action", "import"),
    ];
    let done = browser.submit(HERE, &fields).await;
    assert!(text(&done).contains("1 user created"), "{}", text(&done));
}

#[tokio::test]
async fn a_user_who_stands_for_another_record_is_not_proposed_and_holds_nobody_back() {
    let site = sharing().await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let (both, others) = parted(&list(&mut browser).await);
    let fields = [
        ("pick", &*both[0]),
        ("role", &*technician),
        ("action", "import"),
    ];
    let done = browser.submit(HERE, &fields).await;
    assert!(text(&done).contains("1 user created"), "{}", text(&done));
    let name = site.identity(ADDRESS).await.name;
    let page = browser.get(&format!("{HERE}?unlinked=1")).await;
    let said = format!("{name} has this address and is linked to the record of {name} already.");
    assert!(text(&page).contains(&said), "{said}: {}", text(&page));
    for words in ["selected, the record is linked", "name=\"suggested."] {
        assert!(!page.text.contains(words), "{words}: {}", page.text);
    }
    // From a page that was opened before: the proposal stands in the field as it was.
    let (link, suggested) = (
        format!("link.{}", both[1]),
        format!("suggested.{}", both[1]),
    );
    let mut fields = vec![
        ("pick", &*both[1]),
        (&*link, ADDRESS),
        (&*suggested, ADDRESS),
        ("pick", &*others[0]),
        ("pick", &*others[1]),
        ("role", &*technician),
    ];
    let searched = browser.post(HERE, &fields).await;
    let emptied = format!("name=\"{link}\" value=\"\"");
    assert!(searched.text.contains(&emptied), "{}", searched.text);
    fields.push(("action", "import"));
    let done = browser.submit(HERE, &fields).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let reason = format!("{name} is linked to another record of this integration already.");
    for words in ["2 users created", "1 skipped", &*reason] {
        assert!(text(&done).contains(words), "{words}: {}", text(&done));
    }
    assert_eq!(staff_count(&site).await, 4);
}
