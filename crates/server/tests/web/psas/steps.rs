//! The steps *Sync*, *Configure* and *Import*: each offers what this PSA has, and nothing that only another one has.

use axum::http::StatusCode;

use super::portal::Portal;
use super::{ALL, Offer, Psa};
use crate::form_on_page::words;
use crate::harness::Page;

/// Labels of the step *Sync* whatever the PSA.
const SYNC: [&str; 7] = [
    "Sync Users",
    "Sync Companies",
    "Enable Ticket Sync",
    "Auto-Import",
    "Default Role for Imported Contacts",
    "Exclude Statuses",
    "Companies come from here",
];

/// Labels of the step *Configure* whatever the PSA.
const CONFIGURE: [&str; 7] = [
    "Closed Statuses",
    "Client Comment Status",
    "New",
    "Triaged",
    "Working",
    "Waiting",
    "Resolved",
];

/// A page has these labels, and none that only other PSAs have.
#[track_caller]
fn offers(
    page: &Page,
    psa: &Psa,
    common: &[&str],
    own: &[&str],
    of: fn(&Offer) -> &[&'static str],
) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let labels = page.labels();
    let has = |label: &str| labels.iter().any(|have| have == label);
    for label in common.iter().chain(own).chain(of(&psa.offer)) {
        assert!(has(label), "{label}: {labels:?}");
    }
    for other in ALL {
        for label in of(&other.offer) {
            let own = of(&psa.offer).contains(label);
            assert_eq!(has(label), own, "{label} of {}: {labels:?}", other.key);
        }
    }
}

pub async fn the_steps_offer_what_this_psa_has(psa: &'static Psa) {
    steps_offer(Portal::start(psa).await).await;
}

pub async fn the_steps_offer_it_on_postgres(psa: &'static Psa) {
    if let Some(portal) = Portal::start_on_postgres(psa).await {
        steps_offer(portal).await;
    }
}

async fn steps_offer(portal: Portal) {
    let psa = portal.psa;
    let mut browser = portal.site.admin().await;
    portal.connect(&mut browser).await;
    let page = browser.get(&portal.step("sync")).await;
    offers(&page, psa, &SYNC, psa.offer.choices, |offer| offer.sync);
    assert!(page.read().contains("Ticket Sync Scope"), "{}", page.text);
    let setup = psa.provider().setup;
    let choices = !setup.companies.is_empty() || setup.skip_inactive.is_some();
    assert_eq!(
        page.text.contains("choices below"),
        choices,
        "{}",
        page.text
    );
    let sells = !psa.offer.configure.is_empty();
    for path in [
        portal.step("sync"),
        portal.page("/disconnect"),
        "/settings/integrations".into(),
    ] {
        let page = browser.get(&path).await;
        let own = match page.text.split_once(&format!("id=\"card-{}\"", psa.key)) {
            Some((_, card)) => card.split("</article>").next().unwrap(),
            None => page.text.split_once("<main").unwrap().1,
        };
        let own = words(own);
        let spoken_of = own.to_lowercase().contains("opportunit");
        assert!(sells || !spoken_of, "{path} speaks of opportunities: {own}");
    }

    portal.leave(&mut browser, "sync", |_| {}).await;
    let page = browser.get(&portal.step("configure")).await;
    offers(&page, psa, &CONFIGURE, psa.offer.statuses, |offer| {
        offer.configure
    });
    for words in ["Resolution Status Stepper", "Quick Sync", "Clear & Resync"] {
        assert!(page.read().contains(words), "{words}: {}", page.text);
    }
    let card = "Opportunity Settings";
    assert_eq!(page.read().contains(card), sells, "{card}");

    portal.leave(&mut browser, "configure", |_| {}).await;
    portal.settle().await;
    let words = psa.provider().words;
    for (tab, told, rows) in [
        ("users", words.technicians.to_lowercase(), psa.people),
        // They became companies by themselves, so that hardly one is left to choose.
        ("companies", "Show Unlinked Only".to_owned(), 0),
    ] {
        let page = browser
            .get(&format!("{}?tab={tab}&now=on", portal.step("import")))
            .await;
        let text = page.read();
        for words in ["Import Users", "Import Companies", "Complete Setup", &told] {
            assert!(text.contains(words), "{tab}: {words}: {text}");
        }
        let found = text.matches("name=\"pick\"").count();
        assert!(found >= rows, "{tab}: {found} to choose from: {text}");
    }
}
