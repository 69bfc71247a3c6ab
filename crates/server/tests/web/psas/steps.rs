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

/// *Complete Setup* names the required rights of what is synced that are missing, imports nothing before they are there, and
/// asks for none that nothing needs.
pub async fn the_setup_is_completed_when_the_required_rights_are_there(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    let right = psa.right_to_tickets();
    let set = |access| {
        let control = portal.control();
        control.set_security(right.entity, right.action, access);
    };
    set(right.access);
    portal.start_sync(&mut browser).await;
    portal.settle().await;
    portal.leave(&mut browser, "configure", |_| {}).await;
    let done = [("action", "complete")];
    let waits = browser.post(&portal.step("complete"), &done).await;
    let import = portal.step("import");
    let expected = format!("{import}?notice=setup_lacks_rights");
    assert_eq!(waits.location(), expected, "{}", waits.text);
    let page = browser.get(&expected).await;
    let (_, end) = page.text.split_once("id=\"setup-end\"").unwrap();
    for told in ["cannot be completed yet", right.called] {
        assert!(words(end).contains(told), "{told}: {end}");
    }
    for step in ["connect", "sync"] {
        let link = format!("href=\"{}\"", portal.step(step));
        assert!(end.contains(&link), "{step}: {end}");
    }
    // The page of the integration names them once and leads there from what is to be checked.
    let page = browser.get(&portal.page("")).await.read();
    for told in ["id=\"missing-rights\"", "href=\"#missing-rights\""] {
        assert_eq!(page.matches(told).count(), 1, "{told}: {page}");
    }
    // With a list on the page: it stands as it was sent.
    let list = browser.get(&format!("{import}?tab=users&now=on")).await;
    let mut form = list.form("import-form");
    let (_, pick) = list.text.split_once("name=\"pick\" value=\"").unwrap();
    let pick = pick.split('"').next().unwrap();
    form.push(("pick".to_owned(), pick.to_owned()));
    form.push(("action".to_owned(), "complete".to_owned()));
    let page = browser.send(&format!("{import}/users"), &form).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.text);
    assert!(page.read().contains(right.called), "{}", page.text);
    let ticked = format!("value=\"{pick}\" aria-label");
    let (_, row) = page.text.split_once(&ticked).unwrap();
    assert!(row.split('>').next().unwrap().contains("checked"), "{row}");
    assert!(portal.integration().await.setup_completed_at.is_none());
    // What needs the right is switched off.
    portal
        .leave(&mut browser, "sync", |form| {
            form.retain(|(name, value)| name != "record_type" || value != "tickets");
        })
        .await;
    let page = browser.get(&import).await;
    assert!(
        !page.text.contains("cannot be completed yet"),
        "{}",
        page.text
    );
    let page = browser.post(&portal.step("complete"), &done).await;
    let completed = portal.page("?notice=setup_completed");
    assert_eq!(page.location(), completed, "{}", page.text);
    // Taken away later it is told, and the setup stays complete.
    let page = browser.post(&portal.step("complete"), &done).await;
    assert_eq!(page.location(), completed, "{}", page.text);
}
