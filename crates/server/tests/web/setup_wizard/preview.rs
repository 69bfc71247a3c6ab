//! What the Auto-Import preview says, and whether it is true.

use axum::http::StatusCode;

use super::{CONFIGURE, SYNC, configure_form, connect, sync_form};
use crate::harness::Site;

const PREVIEW: &str = "/settings/integrations/autotask/setup/auto-import";
const COMPANIES: &str = "/settings/integrations/autotask/setup/import?tab=companies&now=on";

#[tokio::test]
async fn whoever_must_import_companies_first_is_told_and_led_there() {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    connect(&mut browser).await;
    let page = browser.get(PREVIEW).await.read();
    assert!(
        page.contains("The sync brings them"),
        "nothing was read yet: {page}"
    );
    let form = sync_form(&browser.get(SYNC).await, "next", &[]);
    let elsewhere: Vec<_> = form
        .into_iter()
        .filter(|(name, _)| name != "company_source")
        .collect();
    let sent = browser.send(SYNC, &elsewhere).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    site.app.engine().run_until_idle().await.unwrap();
    let page = browser.get(PREVIEW).await.read();
    for words in [
        "No company of Autotask is a company in Portico yet",
        "companies of Autotask wait until somebody imports or links them: its companies do not become companies here",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("The sync brings them"), "none will: {page}");
    assert!(
        !page.contains(COMPANIES),
        "the step was not reached yet: {page}"
    );
    let form = configure_form(&browser.get(CONFIGURE).await, "next", &[]);
    browser.send(CONFIGURE, &form).await;
    let page = browser.get(PREVIEW).await.read();
    assert!(page.contains(COMPANIES), "{page}");
    let list = browser.get(COMPANIES).await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.text.contains("wait for you"), "{}", list.text);
}
