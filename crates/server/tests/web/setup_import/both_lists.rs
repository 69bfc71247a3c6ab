//! *Complete Setup* with both lists, when it imports the people and refuses the companies.

use axum::http::StatusCode;
use domain::permission::Grants;

use super::{COMPANIES, IMPORT, USERS, picks, staff_role, with_waiting_companies};

/// *Complete Setup* with both lists, of which the companies cannot be imported: the people are here by then, and are told.
#[tokio::test]
async fn people_who_were_imported_are_told_beside_companies_that_were_refused() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let companies = format!("{IMPORT}/companies");
    let people = browser.get(USERS).await;
    let ids = picks(&people);
    let role = staff_role(&site).await;
    let shown = people.input("was").expect("a field");
    let tab = [
        ("was", shown.as_str()),
        ("pick", ids[0].as_str()),
        ("role", role.as_str()),
        ("action", "tab"),
    ];
    let off = browser.post(&companies, &tab).await;
    let kept = off.input("other").expect("the people");
    // All that match a search that nothing matches any more.
    let sent = [
        ("search", "zzzz"),
        ("everyone", "1"),
        ("other", kept.as_str()),
        ("action", "complete"),
    ];
    let refused = browser.post(&companies, &sent).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "Select at least one company first.",
        "The people were imported.",
        "1 user created",
    ] {
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
    }
    assert_eq!(refused.input("other"), None, "not imported again");

    // The report, with the companies kept meanwhile.
    let wanted = picks(&browser.get(COMPANIES).await);
    let begun = refused.input("begun").expect("the import");
    let look = [("pick", wanted[0].as_str()), ("begun", begun.as_str())];
    let report = browser.post(&companies, &look).await;
    assert!(report.text.contains("1 user created"), "{}", report.text);
    let kept = report.input("other").expect("the companies");
    assert!(kept.contains(&format!("pick={}", wanted[0])), "{kept}");
    assert_eq!(picks(&browser.get(USERS).await).len(), ids.len() - 1);

    let sent = [("pick", wanted[0].as_str()), ("action", "complete")];
    let done = browser.post(&companies, &sent).await;
    let ended = "notice=setup_completed_imports";
    assert!(done.location().ends_with(ended), "{}", done.text);
}

/// The same when nobody was imported: that is what is told, and the end of the setup leads to why.
#[tokio::test]
async fn people_who_were_left_out_beside_refused_companies_are_looked_at_in_the_end() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let (users, companies) = (format!("{IMPORT}/users"), format!("{IMPORT}/companies"));
    let people = browser.get(USERS).await;
    let person = picks(&people).remove(0);
    let wanted = picks(&browser.get(COMPANIES).await).remove(0);
    let role = staff_role(&site).await;
    let one = [("pick", person.as_str()), ("role", role.as_str())];
    let tab = [one[0], one[1], ("action", "tab")];
    let off = browser.post(&companies, &tab).await;
    let kept = off.input("other").expect("the people");
    // Meanwhile somebody else imports the same person.
    let rights = Grants::everything();
    site.add_staff("Bob", "bob@example.com", &rights).await;
    let theirs = [one[0], one[1], ("action", "import")];
    let mut bob = site.browser_of("bob@example.com").await;
    let theirs = bob.submit(&users, &theirs).await;
    assert!(theirs.text.contains("1 user created"), "{}", theirs.text);

    let sent = [
        ("search", "zzzz"),
        ("everyone", "1"),
        ("other", kept.as_str()),
        ("action", "complete"),
    ];
    let refused = browser.post(&companies, &sent).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["The import of the people has ended.", "1 skipped"] {
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
    }
    let imported = refused.input("imported").expect("the import");

    // Another answer still knows it, and so does the end.
    let search = [("imported", imported.as_str()), ("action", "search")];
    let again = browser.post(&companies, &search).await;
    assert_eq!(again.input("imported"), Some(imported.clone()));
    let sent = [
        ("imported", imported.as_str()),
        ("pick", wanted.as_str()),
        ("action", "complete"),
    ];
    let done = browser.post(&companies, &sent).await;
    let ended = "notice=setup_completed_look";
    assert!(done.location().ends_with(ended), "{}", done.text);
    assert!(done.location().contains(&imported), "{}", done.location());
}

/// A mistake in the list of the tab that is not shown is answered with that tab, so that all of it takes its place: its words
/// and its switch as well as its list.
#[tokio::test]
async fn a_mistake_in_the_other_list_is_answered_with_its_whole_tab() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let companies = format!("{IMPORT}/companies");
    let people = browser.get(USERS).await;
    let person = picks(&people).remove(0);
    let shown = people.input("was").expect("a field");
    let tab = [
        ("was", shown.as_str()),
        ("pick", person.as_str()),
        ("action", "tab"),
    ];
    let off = browser.post(&companies, &tab).await;
    let kept = off.input("other").expect("the people");
    let on = [("other", kept.as_str()), ("action", "now")];
    let open = browser.post(&companies, &on).await;
    let button = open.text.split("value=\"complete\"").nth(1);
    let button = button.and_then(|rest| rest.split('>').next());
    let button = button.expect("Complete Setup");
    assert!(
        button.contains("data-swap=\"import setup-end\""),
        "{button}"
    );

    let wanted = picks(&open).remove(0);
    let shown = open.input("was").expect("a field");
    let sent = [
        ("was", shown.as_str()),
        ("pick", wanted.as_str()),
        ("other", kept.as_str()),
        ("action", "complete"),
    ];
    let refused = browser.post(&companies, &sent).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, whole) = refused.text.split_once("id=\"import\"").expect("the tab");
    for words in [
        "Makes user accounts of Resources",
        "Import Users Now",
        "id=\"picker-role-error\"",
    ] {
        assert!(whole.contains(words), "{words}: {whole}");
    }
    assert!(!whole.contains("Import Companies Now"), "{whole}");
}
