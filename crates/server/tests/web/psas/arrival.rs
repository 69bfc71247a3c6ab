//! The first sync and what follows: every record arrives, shown in the vendor's words, and what changes there follows.

use domain::clock::UtcMillis;
use domain::run::RunState;
use domain::stream::Stream;

use super::portal::Portal;
use super::{Change, Psa, one_field};
use crate::harness::Browser;

const MINUTE: i64 = UtcMillis::MINUTE;

pub async fn everything_arrives_after_the_whole_walk(psa: &'static Psa) {
    arrives(Portal::start(psa).await).await;
}

pub async fn everything_arrives_on_postgres(psa: &'static Psa) {
    if let Some(portal) = Portal::start_on_postgres(psa).await {
        arrives(portal).await;
    }
}

async fn arrives(portal: Portal) {
    let psa = portal.psa;
    let mut browser = portal.site.admin().await;
    portal.set_up(&mut browser).await;
    let runs = portal.runs().await;
    let (run, parts) = &runs[0];
    assert_eq!(runs.len(), 1, "one run for the whole walk");
    assert_eq!(run.state, RunState::Completed, "{run:?} {parts:?}");
    for part in parts.iter().filter(|part| !part.stream.is_deletion_feed()) {
        let there = portal.control().ids(psa.entity(part.stream)).len();
        let counts = part.counts;
        let claimed = psa.provider().capability.stream(part.stream).unwrap();
        let created = usize::try_from(counts.created).unwrap();
        if claimed.made_ids.is_empty() {
            assert_eq!(created, there, "{}: {part:?}", part.stream.key());
        } else {
            // Beside those the connector makes, which the vendor does not count.
            assert!(created > there && part.verified == Some(true), "{part:?}");
        }
        assert!(counts.adds_up() && part.oddities.is_empty(), "{part:?}");
        assert_eq!(counts.set_aside, 0, "{part:?}");
    }
    let read: Vec<Stream> = parts.iter().map(|part| part.stream).collect();
    let streams = psa.provider().capability.streams;
    let claimed: Vec<Stream> = streams.iter().map(|one| one.stream).collect();
    assert_eq!(read, claimed, "every stream is read, in reading order");

    let page = browser.get("/tickets?closed=all").await;
    assert!(page.text.contains("130 tickets"), "{}", page.text);
    for words in psa.tickets {
        assert!(page.read().contains(words), "{words}: {}", page.text);
    }
    let import = format!("/settings/users/import/{}", psa.key);
    let page = browser.get(&import).await;
    let (text, words) = (page.read(), psa.provider().words);
    let title = format!("Import {} from {}", words.technicians, psa.provider().name);
    let (many, noun) = (psa.people, words.technicians.to_lowercase());
    let count = format!("{many} {noun}, {many} unlinked");
    for told in [title.as_str(), &count, "Nadia Okonkwo"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    for told in psa.provider().documentation.staff_import {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(!text.contains("Derek Hale"), "he left: {text}");
    // The list of companies speaks the PSA's language throughout.
    let page = browser.get(&format!("/companies/import/{}", psa.key)).await;
    let text = page.read();
    let (one, many) = (words.company, words.companies.to_lowercase());
    for told in [
        format!("Import {} from {}", words.companies, psa.provider().name),
        format!("Search {many} by name"),
        format!("Select all unlinked {many}"),
        format!(" {many}</span>"),
        format!("<th scope=\"col\">{one}</th>"),
    ] {
        assert!(text.contains(&told), "{told}: {text}");
    }
    if psa.lists.queue.is_none() {
        let page = browser.get("/tickets").await;
        assert!(
            !page.text.contains("Queue<"),
            "no such column: {}",
            page.text
        );
    }
}

/// Changes a record of each kind as a person does at the vendor: `words` stand in it then.
fn change_all(portal: &Portal, words: &str, place: usize) {
    for change in portal.psa.changes {
        let entity = portal.psa.entity(change.stream);
        let ids = portal.control().ids(entity);
        let id = ids[change.from + place];
        portal
            .control()
            .patch(entity, id, one_field(change.field, words));
    }
}

async fn is_shown(browser: &mut Browser<'_>, change: &Change, words: &str) {
    let address = format!("{}search={}", change.shown, words.replace(' ', "+"));
    let page = browser.get(&address).await;
    assert!(page.text.contains(words), "{address}: {}", page.text);
}

pub async fn what_changes_there_follows(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    portal.set_up(&mut browser).await;
    // Half an hour later a token is still good. Another half an hour and some it is over, which we do not expect: the
    // vendor's clock went further than ours.
    for (place, words, here, there) in [
        (0, "Changed soon", 30 * MINUTE, 30 * MINUTE),
        (1, "Changed later", 16 * MINUTE, 70 * MINUTE),
    ] {
        change_all(&portal, words, place);
        portal.later(here, there).await;
        let (run, parts) = portal.newest().await;
        assert_eq!(run.mode, "incremental");
        for change in psa.changes {
            let stream = change.stream;
            match parts.iter().find(|part| part.stream == stream) {
                Some(part) => {
                    assert!(part.counts.changed > 0, "{}: {part:?}", stream.key());
                    is_shown(&mut browser, change, words).await;
                }
                None => assert!(!is_incremental(psa, stream), "{}", stream.key()),
            }
        }
    }
    // A night later everything that is only read whole was read as well.
    portal.later(UtcMillis::DAY, UtcMillis::DAY).await;
    portal.newest().await;
    let mut browser = portal.site.admin().await;
    for words in ["Changed soon", "Changed later"] {
        for change in psa.changes {
            is_shown(&mut browser, change, words).await;
        }
    }
}

fn is_incremental(psa: &Psa, stream: Stream) -> bool {
    let claimed = psa.provider().capability.stream(stream);
    claimed.is_some_and(|claimed| claimed.incremental)
}
