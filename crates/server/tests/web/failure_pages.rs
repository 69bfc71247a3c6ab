//! Pages that say what went wrong, and the ways on from them.

use axum::http::StatusCode;
use domain::permission::{Area, Grants, Level};

use crate::harness::Site;

#[tokio::test]
async fn a_failure_leads_back_to_the_list_it_belongs_to() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    for (path, list, name) in [
        ("/tickets/nonsense", "/tickets", "Tickets"),
        ("/companies/nonsense", "/companies", "Companies"),
        ("/contacts/nonsense", "/contacts", "Contacts"),
        ("/opportunities/nonsense", "/opportunities", "Opportunities"),
        (
            "/settings/roles/nonsense",
            "/settings/integrations",
            "Settings",
        ),
        ("/settings/nonsense", "/settings/integrations", "Settings"),
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}: {}", page.text);
        let link = format!("<a class=\"button\" href=\"{list}\">");
        let (_, link) = page.text.rsplit_once(&link).expect(path);
        let (link, _) = link.split_once("</a>").unwrap();
        assert!(link.ends_with(&format!("Back to {name}")), "{path}: {link}");
    }
    let page = browser.get("/nonsense").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(!page.text.contains("Back to ") && page.text.contains(">Home</a>"));
}

#[tokio::test]
async fn nobody_is_led_back_to_what_they_may_not_open() {
    let site = Site::start().await;
    let tickets = Grants([(Area::Tickets, Level::Read)].into());
    site.add_staff("Tom", "tom@example.com", &tickets).await;
    let mut browser = site.browser_of("tom@example.com").await;
    for path in ["/companies/nonsense", "/settings/users"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}: {}", page.text);
        assert!(!page.text.contains("Back to "), "{path}");
    }
    let page = browser.get("/tickets/nonsense").await;
    assert!(page.text.contains("Back to Tickets"), "{}", page.text);
}
