//! Companies → Import: the same list as in the wizard, in a dialog of its own.

use axum::http::StatusCode;
use domain::permission::{Area, Grants, Level};

use crate::setup_import::{picks, with_waiting_companies};

const HERE: &str = "/companies/import/autotask";

#[tokio::test]
async fn companies_are_imported_from_their_list_without_the_wizard() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let list = browser.get("/companies").await;
    for (key, name, connected) in [
        ("autotask", "Autotask", true),
        ("halo_psa", "Halo PSA", false),
        ("connectwise_psa", "ConnectWise Manage", false),
        ("syncro", "Syncro", false),
    ] {
        let item = list
            .text
            .split(&format!("href=\"/companies/import/{key}\" data-dialog"))
            .nth(1);
        let item = item.and_then(|rest| rest.split("</a>").next()).expect(name);
        assert!(item.contains(&format!("Import from {name}")), "{item}");
        assert_eq!(item.contains("not connected yet"), !connected, "{item}");
    }
    let page = browser.get(HERE).await;
    assert!(page.text.contains("id=\"dialog-content\""), "{}", page.text);
    assert!(page.text.contains("Import Companies from Autotask"));
    assert!(
        !page.text.contains("Complete Setup"),
        "no part of the wizard"
    );
    let ids = picks(&page);
    let was = page.input("was").expect("a field");

    // A search keeps what is ticked; the link to a row's question leads back here.
    let sent = [
        ("was", was.as_str()),
        ("pick", ids[0].as_str()),
        ("search", "zzzz"),
    ];
    let searched = browser.post(HERE, &sent).await;
    assert!(
        searched.text.contains("data-pick-count>1<"),
        "{}",
        searched.text
    );
    let question = format!("{HERE}/{}/link", ids[1]);
    assert!(
        page.text
            .contains(&format!("href=\"{question}\" data-dialog"))
    );
    let asked = browser.post(&question, &sent[..2]).await;
    let kept = asked.input("list").expect("the list");
    let back = browser.post(HERE, &[("list", kept.as_str())]).await;
    assert!(back.text.contains("data-pick-count>1<"), "{}", back.text);

    let none = browser.post(HERE, &[("action", "import")]).await;
    assert_eq!(
        none.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        none.text
    );
    let form = [
        ("pick", ids[0].as_str()),
        ("pick", ids[1].as_str()),
        ("action", "import"),
    ];
    let sent = browser.post(HERE, &form).await;
    assert!(
        sent.location().starts_with(&format!("{HERE}/reports/")),
        "{}",
        sent.text
    );
    let report = browser.get(sent.location()).await;
    assert!(
        report.text.contains("2 companies created"),
        "{}",
        report.text
    );
    let again = format!("href=\"{HERE}\" data-swap=\"import-picker\">Import more");
    assert!(report.text.contains(&again), "{}", report.text);
    let file = browser
        .get(&format!("{}/report.csv", sent.location()))
        .await;
    assert_eq!(file.text.lines().count(), 3, "{}", file.text);
    assert_eq!(picks(&browser.get(HERE).await).len(), ids.len() - 2);
}

#[tokio::test]
async fn what_is_missing_for_importing_companies_is_said_in_the_dialog() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let page = browser.get("/companies/import/syncro").await;
    assert!(
        page.text.contains("Syncro is not connected"),
        "{}",
        page.text
    );
    assert!(page.text.contains("/settings/integrations/syncro/setup"));
    let sent = browser
        .post(
            "/companies/import/syncro",
            &[("pick", "1"), ("action", "import")],
        )
        .await;
    assert_eq!(sent.status, StatusCode::CONFLICT);
    let unknown = browser.get("/companies/import/stripe").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);

    let id = picks(&browser.get(HERE).await).remove(0);
    for (area, right) in [
        (Area::Companies, "Manage Companies"),
        (Area::Integrations, "Manage Integrations"),
    ] {
        let mut grants = Grants::everything();
        grants.0.insert(area, Level::Write);
        let email = format!("{area:?}@example.com");
        site.add_staff("Ina Integrator", &email, &grants).await;
        let mut browser = site.browser_of(&email).await;
        // The menu is there for whoever has one of the two rights.
        let list = browser.get("/companies").await;
        assert!(list.text.contains("Import from Autotask"), "{right}");
        let page = browser.get(HERE).await;
        assert!(
            page.text.contains(&format!("You need the right {right}")),
            "{}",
            page.text
        );
        assert!(picks(&page).is_empty(), "and no company is shown");
        let form = [("pick", id.as_str()), ("action", "import")];
        for path in [
            HERE.to_owned(),
            format!("{HERE}/{id}/link"),
            format!("{HERE}/{id}/unlink"),
        ] {
            let sent = browser.post(&path, &form).await;
            assert_eq!(sent.status, StatusCode::FORBIDDEN, "{path}");
            assert!(sent.text.contains(right), "{path}: {}", sent.text);
        }
    }
    assert!(
        picks(&browser.get(HERE).await).contains(&id),
        "nothing was imported"
    );
}
