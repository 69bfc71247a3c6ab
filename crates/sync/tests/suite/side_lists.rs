//! Lists beside those of records whose right is lost: nothing of what they told goes, and nothing is judged without them.

use std::collections::BTreeSet;

use domain::clock::UtcMillis;
use domain::reference::ReferenceKind;
use domain::run::RunState;
use domain::stream::Stream;
use serde_json::json;
use sync::request::RunMode;
use sync::settings::update_settings;

use crate::portal::{Kind, ann};
use crate::vendors::Desk;

on_every_vendor!(
    a_side_list_refused_later_changes_nothing,
    p13_a_side_list_the_scope_needs_is_not_done_without,
);

/// A right that goes takes no part of a record with it: what the list told stays, whatever else of the record changes.
async fn a_side_list_refused_later_changes_nothing(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    if desk.beside.is_empty() {
        return;
    }
    let mut portal = desk.portal(kind).await;
    (desk.add)(&portal.control);
    let id = portal.connected().await;
    let mut here = Vec::new();
    for (stream, _) in desk.streams {
        here.push(portal.present(id, *stream).await);
    }
    // What a process keeps for a while is forgotten.
    portal.restart().await;
    let control = &portal.control;
    for (right, action, _) in desk.beside {
        control.set_security(right, action, "None");
    }
    for (stream, field, words) in desk.edits {
        let all = control.ids(desk.entity(*stream));
        let one = all[all.len() / 2];
        control.patch(desk.entity(*stream), one, json!({ *field: words }));
    }
    let run = portal.sync(id, RunMode::Full).await;
    let mut read = Vec::new();
    for part in portal.parts(&run).await {
        if part.state == RunState::Failed {
            continue;
        }
        let edited = desk.edits.iter().filter(|edit| edit.0 == part.stream);
        let expected = (0, edited.count() as i64, 0);
        let counts = part.counts;
        let found = (counts.created, counts.changed, counts.removed);
        assert_eq!(found, expected, "{:?}", part.stream);
        read.push(part.stream);
    }
    for ((stream, _), before) in desk.streams.iter().zip(&here) {
        assert_eq!(&portal.present(id, *stream).await, before, "{stream:?}");
    }
    let lacking = || async {
        let rights = portal.integration(id).await.missing_permissions;
        let areas = rights.into_iter().map(|right| right.area);
        areas.collect::<BTreeSet<_>>()
    };
    let areas = desk.beside.iter().map(|(.., area)| (*area).to_owned());
    let (areas, told) = (areas.collect::<BTreeSet<_>>(), lacking().await);
    assert!(areas.is_subset(&told), "{areas:?} of {told:?}");
    for (right, action, _) in desk.beside {
        control.set_security(right, action, "All");
    }
    let run = portal.sync(id, RunMode::Full).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    assert_eq!(lacking().await, BTreeSet::new());
    for part in portal.parts(&run).await {
        if read.contains(&part.stream) {
            assert_eq!(part.counts.changed, 0, "{:?} was whole", part.stream);
        }
    }
}

/// Where the scope judges by what may not be read, the tickets stay as they are and the missing right is told.
async fn p13_a_side_list_the_scope_needs_is_not_done_without(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let Some(judges) = desk.judges else { return };
    let portal = desk.portal(kind).await;
    let control = &portal.control;
    (desk.add)(control);
    let id = portal.connected().await;
    let all = portal.present(id, Stream::Tickets).await;
    let integration = portal.integration(id).await;
    let kind = [ReferenceKind::ProjectType, ReferenceKind::Queue];
    let items = store::reference_items::list_reference_items(portal.store(), id, None)
        .await
        .expect("items");
    let (mut settings, revision) = (integration.settings, integration.settings_revision);
    let values = kind
        .iter()
        .flat_map(|kind| items.iter().filter(|item| item.kind == *kind));
    let value = values.map(|item| item.external_id.clone()).next();
    judges(&mut settings.scope, &value.expect("a value"));
    update_settings(&portal.engine, &ann(), id, revision, settings)
        .await
        .expect("saved");
    portal.idle().await;
    let before = portal.present(id, Stream::Tickets).await;
    assert!(
        !before.is_empty() && before.len() < all.len(),
        "some are left out"
    );
    let (right, action, area) = desk.beside[0];
    control.set_security(right, action, "None");
    portal.advance(UtcMillis::HOUR);
    for ticket in all.iter().take(40) {
        let ticket = ticket.parse().expect("a number");
        let title = json!({ desk.title: "Edited" });
        // Those of projects are in a list of their own.
        if control
            .try_patch(desk.entity(Stream::Tickets), ticket, title.clone())
            .is_err()
        {
            control.patch("project/tickets", ticket, title);
        }
    }
    for mode in [RunMode::Incremental, RunMode::Full] {
        let run = portal.sync(id, mode).await;
        let part = portal.part(&run, Stream::Tickets).await;
        assert_eq!(part.state, RunState::Failed, "{mode:?}");
        let words = part.message.unwrap_or_default();
        assert!(words.contains(area), "{words}");
        assert_eq!(
            portal.present(id, Stream::Tickets).await,
            before,
            "{mode:?}"
        );
        let rights = portal.integration(id).await.missing_permissions;
        let areas: Vec<_> = rights.iter().map(|right| right.area.as_str()).collect();
        assert_eq!(areas, [area], "{mode:?}");
    }
    control.set_security(right, action, "All");
    let run = portal.sync(id, RunMode::Full).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    assert_eq!(portal.present(id, Stream::Tickets).await, before);
    assert!(portal.integration(id).await.missing_permissions.is_empty());
}
