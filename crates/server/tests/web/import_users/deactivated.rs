//! Linking to a user who is switched off, and reports whose lines went with *Delete data*.

use axum::http::StatusCode;
use domain::permission::Grants;
use store::identities::MembershipStatus;
use store::staff::set_staff_status;

use super::{HERE, connected, list, role, rows, text};

#[tokio::test]
async fn who_is_linked_to_a_deactivated_user_is_told_so() {
    let site = connected(3).await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    let all = rows(&list(&mut browser).await);
    let known: Vec<&str> = all
        .iter()
        .filter(|row| row.2)
        .map(|row| row.0.as_str())
        .collect();
    // One who has the address of a record, so that the list proposes it.
    let records = site.sandbox().records("Resources", 0, 50).unwrap();
    let email = records
        .iter()
        .filter_map(|one| one["email"].as_str())
        .find(|email| !email.is_empty())
        .unwrap()
        .to_owned();
    site.add_staff("Old Hand", &email, &Grants::default()).await;
    let id = site.identity(&email).await.id;
    let mut tx = site.app.store().begin().await.unwrap();
    set_staff_status(&mut tx, id, MembershipStatus::Disabled)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let page = list(&mut browser).await;
    assert!(
        page.text
            .contains("It is deactivated, and cannot sign in before somebody reactivates it."),
        "told beforehand: {}",
        page.text
    );
    let link = format!("link.{}", known[0]);
    let fields = [
        (&*link, &*email),
        ("role", &*technician),
        ("action", "import"),
    ];
    let begun = browser.post(HERE, &fields).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
    let report = begun.location().to_owned();
    let page = browser.get(&report).await;
    for words in [
        "1 linked",
        "Old Hand is linked, but deactivated, and cannot sign in: open the user below and choose Reactivate.",
        "deactivated, cannot sign in",
        "banner warn",
        "report.csv",
    ] {
        assert!(text(&page).contains(words), "{words}: {}", page.text);
    }

    // The lines go with the data of the tool; the report says so and offers no empty file.
    let integration = "/settings/integrations/autotask";
    browser
        .post(&format!("{integration}/disconnect"), &[])
        .await;
    let gone = [("confirmation", "Autotask")];
    let gone = browser.post(&format!("{integration}/delete"), &gone).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text);
    let page = browser.get(&report).await;
    assert!(
        text(&page).contains(
            "Whom it was about is no longer told: the lines were removed with Delete data of Autotask."
        ),
        "{}",
        page.text
    );
    assert!(page.text.contains("1 linked") && !page.text.contains("report.csv"));
}
