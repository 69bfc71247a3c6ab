//! *Sync PSA Data* on card and page: what happened, in the vendor's words, and when it last succeeded.

use simulator::{Fault, FaultKind};

use crate::harness::Site;

const CARD: &str = "/settings/integrations";
const PAGE: &str = "/settings/integrations/autotask";
const ASK: &str = "/settings/integrations/autotask/reference-data";

#[tokio::test]
async fn a_vendor_that_is_down_is_told_on_card_and_page_until_it_works() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    site.clock.advance(3_600_000);
    site.sandbox().set_fault(Fault::new(FaultKind::Status {
        code: 503,
        body: Some(serde_json::json!({ "errors": ["Down for maintenance <b>until</b> noon"] })),
        retry_after: None,
    }));
    browser.post(ASK, &[]).await;
    for path in [CARD, PAGE] {
        let page = browser.get(path).await;
        assert!(page.text.contains("types are being read."), "{path}");
    }
    site.app.engine().run_until_idle().await.unwrap();
    for path in [CARD, PAGE] {
        let page = browser.get(path).await;
        for told in [
            "PSA data could not be read",
            "Tried again in 1 min",
            "Down for maintenance &#60;b&#62;until",
            "The vendor answered with an error of its own.",
            "PSA data was last read",
        ] {
            assert!(page.text.contains(told), "{path}: {told}");
        }
    }
    site.sandbox().clear_faults();
    site.clock.advance(60_000);
    site.app.engine().run_until_idle().await.unwrap();
    for path in [CARD, PAGE] {
        let page = browser.get(path).await;
        assert!(!page.text.contains("PSA data could not"), "{path}");
    }
}
