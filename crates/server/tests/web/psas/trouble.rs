//! What a sync says when it went wrong: the vendor's trouble, and what to check in the words of that vendor's screens.

use domain::clock::UtcMillis;
use domain::hint::Hint;
use domain::run::RunState;
use domain::stream::Stream;
use simulator::{Fault, FaultKind};

use super::Psa;
use super::portal::Portal;
use crate::harness::Browser;

/// What the pages of the newest run and of the integration say.
async fn told(portal: &Portal, browser: &mut Browser<'_>) -> (RunState, String, String) {
    let (run, _) = portal.runs().await.swap_remove(0);
    let page = browser
        .get(&portal.page(&format!("/runs/{}", run.uuid)))
        .await;
    let overview = browser.get(&portal.page("")).await;
    (run.state, page.read(), overview.read())
}

/// A quarter of an hour later, when auto-sync is due.
async fn next_sync(portal: &Portal) {
    let quarter = 16 * UtcMillis::MINUTE;
    portal.later(quarter, quarter).await;
}

pub async fn refused_credentials_are_told_with_what_to_check(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    portal.set_up(&mut browser).await;
    portal.control().set_credentials_valid(false);
    next_sync(&portal).await;
    let sentence = Hint::Credentials.sentence(psa.provider());
    let (state, run, overview) = told(&portal, &mut browser).await;
    assert_eq!(state, RunState::Failed);
    assert!(run.contains(&sentence), "{sentence}: {run}");
    assert!(overview.contains(&sentence), "{sentence}: {overview}");
    // Every value the form asks for, by the name it has there.
    assert!(sentence.contains(psa.provider().name), "{sentence}");
    for other in super::ALL.iter().filter(|other| other.key != psa.key) {
        let theirs = Hint::Credentials.sentence(other.provider());
        assert_ne!(sentence, theirs, "told apart from {}", other.key);
    }
}

pub async fn an_outage_is_told_as_the_vendors(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    portal.set_up(&mut browser).await;
    let down = FaultKind::Status {
        code: 503,
        body: None,
        retry_after: None,
    };
    portal.control().set_fault(Fault::new(down));
    next_sync(&portal).await;
    let sentence = Hint::VendorTrouble.sentence(psa.provider());
    let (_, run, overview) = told(&portal, &mut browser).await;
    assert!(run.contains(&sentence), "{sentence}: {run}");
    assert!(overview.contains(&sentence), "{sentence}: {overview}");
    portal.control().clear_faults();
    for _ in 0..3 {
        next_sync(&portal).await;
    }
    let (state, run, overview) = told(&portal, &mut browser).await;
    assert_eq!(state, RunState::Completed, "{run}");
    assert!(!overview.contains(&sentence), "it is over: {overview}");
}

pub async fn a_right_that_was_taken_is_told_with_where_to_grant_it(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    portal.set_up(&mut browser).await;
    let right = psa.right_to_tickets();
    portal
        .control()
        .set_security(right.entity, right.action, right.access);
    next_sync(&portal).await;
    let sentence = Hint::Permissions.sentence(psa.provider());
    let (state, run, _) = told(&portal, &mut browser).await;
    // Where nothing but tickets can be asked for by change, there is no other stream that could succeed.
    let lacking = [RunState::Partial, RunState::Failed];
    assert!(lacking.contains(&state), "{state:?}: {run}");
    assert!(run.contains(&sentence), "{sentence}: {run}");
    assert!(sentence.contains(psa.provider().words.rights), "{sentence}");
    assert!(run.contains("The right that is missing: "), "{run}");
    assert!(run.contains(right.called), "{}: {run}", right.called);
    if state == RunState::Partial {
        let page = browser.get(&portal.step("configure")).await;
        let left_out = psa.provider().words.stream(Stream::Tickets);
        let told = format!("Could not be read: {left_out}");
        assert!(page.read().contains(&told), "{told}: {}", page.text);
    }
}

pub async fn a_record_that_cannot_be_read_is_told_with_its_field(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    portal.set_up(&mut browser).await;
    let tickets = psa.entity(Stream::Tickets);
    let change = psa.change(Stream::Tickets);
    let ticket = portal.control().ids(tickets)[change.from];
    let words = super::one_field(change.field, "Changed");
    portal.control().patch(tickets, ticket, words);
    let garbled = FaultKind::GarbledRecord {
        id: Some(ticket),
        field: change.field.to_owned(),
    };
    portal
        .control()
        .set_fault(Fault::new(garbled).on_entity(tickets));
    next_sync(&portal).await;
    let sentence = Hint::SetAside.sentence(psa.provider());
    let (state, run, _) = told(&portal, &mut browser).await;
    assert_eq!(state, RunState::Partial, "{run}");
    for words in [sentence, ticket.to_string(), change.field.to_owned()] {
        assert!(run.contains(&words), "{words}: {run}");
    }
}
