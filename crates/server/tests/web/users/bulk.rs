//! Changes of several users at once.

use axum::http::StatusCode;
use domain::permission::Grants;
use store::identities::MembershipStatus;
use sync::users::Editor;

use super::{add, ok, refused, role, status, uuid};
use crate::harness::{EMAIL, Site};

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
    fields.push(("action", "disable"));
    let question = browser.post("/settings/users/bulk", &fields).await;
    assert_eq!(question.status, StatusCode::OK);
    assert!(question.text.contains("Disable 2 users?") && question.text.contains("Bea"));
    assert_eq!(
        status(&site, "bea@example.com").await,
        MembershipStatus::Pending,
        "only asked"
    );
    fields.push(("confirmed", "yes"));
    let answer = browser.post("/settings/users/bulk", &fields).await;
    assert!(
        answer.text.contains("2 users disabled, 1 not."),
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
    // One of the three has a password: the question counts and names only those who get one.
    fields[3] = ("action", "enable");
    browser.post("/settings/users/bulk", &fields).await;
    fields[3] = ("action", "welcome");
    let question = browser.post("/settings/users/bulk", &fields[..4]).await;
    for words in [
        "Send the welcome e-mail to 2 users?",
        "Send to 2 users",
        "1 of the 3 selected gets no welcome e-mail",
    ] {
        assert!(question.text.contains(words), "{words}: {}", question.text);
    }
    let listed = question.text.split("result-list").nth(1).expect("names");
    assert!(
        listed.contains("Bea") && !listed.replace("<wbr>", "").contains(EMAIL),
        "{listed}"
    );
    let only = [fields[0], ("action", "welcome")];
    let nobody = browser.post("/settings/users/bulk", &only).await;
    assert!(
        nobody.text.contains("No welcome e-mail to send"),
        "{}",
        nobody.text
    );
    assert!(
        !nobody.text.contains("class=\"button primary"),
        "nothing to press"
    );
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
    // Oneself is selected too and is neither counted nor sent on.
    for words in [
        "Change the role of 2 users?",
        "Change role of 2 users",
        "your own role stays as it is",
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert_eq!(page.text.matches("name=\"pick\"").count(), 2);
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
async fn with_nobody_selected_nothing_changes_and_it_is_said() {
    let site = Site::start().await;
    let technician = role(&site, "Technician").await;
    let mut browser = site.admin().await;
    add(&mut browser, "Bea", "bea@example.com", &technician).await;
    let oneself = uuid(&site, EMAIL).await;
    for action in ["welcome", "role", "enable", "disable"] {
        let asked = vec![("action", action)];
        let mut sent = asked.clone();
        sent.extend([("confirmed", "yes"), ("role", &*technician), ("pick", "")]);
        for fields in [asked, sent] {
            let list = browser.submit("/settings/users/bulk", &fields).await;
            let said = "Nobody was selected, so nothing was done.";
            assert!(list.text.contains(said), "{action}: {}", list.text);
        }
        // Oneself alone is nobody either, and nothing is said of what does not happen.
        let only = [("action", action), ("pick", &*oneself)];
        let page = browser.post("/settings/users/bulk", &only).await;
        let said = match action {
            "welcome" => "No welcome e-mail to send",
            _ => "Nobody else is selected",
        };
        assert!(page.text.contains(said), "{action}: {}", page.text);
        for words in [
            "They can sign in again",
            "They are deactivated",
            "takes effect at once",
            "name=\"role\"",
            "button primary",
        ] {
            assert!(!page.text.contains(words), "{action}: {words}");
        }
    }
    let users = [EMAIL, "bea@example.com"];
    let expected = [MembershipStatus::Active, MembershipStatus::Pending];
    for (email, expected) in users.into_iter().zip(expected) {
        assert_eq!(status(&site, email).await, expected, "{email}");
    }
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
    let mut fields = vec![("everyone", "1"), ("search", "desk"), ("action", "disable")];
    let question = browser.post("/settings/users/bulk", &fields).await;
    assert!(
        question.text.contains("Disable 230 users?"),
        "{}",
        question.text
    );
    assert!(question.text.contains("name=\"everyone\" value=\"1\""));
    // Whoever lost the tick on the page stays as is, whatever else matches.
    let left = site.identity("desk7@example.com").await.uuid.to_string();
    let mut except = fields.clone();
    except.extend([("all_shown", "1"), ("on_page", left.as_str())]);
    let question = browser.post("/settings/users/bulk", &except).await;
    assert!(
        question.text.contains("Disable 229 users?"),
        "{}",
        question.text
    );
    let kept = format!("name=\"except\" value=\"{left}\"");
    assert!(question.text.contains(&kept), "{}", question.text);
    fields.push(("confirmed", "yes"));
    let answer = browser.post("/settings/users/bulk", &fields).await;
    assert!(
        answer.text.contains("230 users disabled."),
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
async fn too_many_are_refused_before_anybody_is_looked_up() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let ids: Vec<String> = (0..10_001)
        .map(|number| format!("0196f5a4-0000-7000-8000-{number:012}"))
        .collect();
    let mut fields: Vec<(&str, &str)> = ids.iter().map(|id| ("pick", id.as_str())).collect();
    fields.push(("action", "disable"));
    let page = browser.post("/settings/users/bulk", &fields).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("At most 10,000 users"), "{}", page.text);
    let page = browser.post("/settings/users/bulk", &fields[1..]).await;
    assert_eq!(
        page.location(),
        "/settings/users?notice=nothing_selected",
        "nobody has these ids"
    );
}
