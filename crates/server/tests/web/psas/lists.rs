//! What a vendor's screens may do to the lists that settings and records use: a status deleted, a queue renamed, ten
//! thousand statuses.

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use domain::provider::ScopeField;
use domain::reference::ReferenceKind;

use super::Psa;
use super::portal::Portal;
use crate::form_on_page::{set, value};
use crate::harness::Page;

pub async fn a_status_that_is_deleted_there_is_named(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    portal.control().keep_answers();
    let mut browser = portal.site.admin().await;
    portal.set_up(&mut browser).await;
    let gone = (psa.lists.delete_status)(portal.control());
    portal.read_lists_again(&mut browser).await;

    // On the page of the integration, where nobody has to look for it.
    let told = format!("Closed Statuses: “{gone}” is not on the vendor's list any more.");
    let page = browser.get(&portal.page("")).await;
    let text = page.read();
    for words in [told.as_str(), "Open the step Configure"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    // Statuses of several boards stand on one line, which says how many are no longer in use.
    let marks = ["(no longer listed)", "no longer in use)"];
    assert!(marks.iter().any(|mark| text.contains(mark)), "{text}");
    let again = text.contains("Used here, but no longer to be chosen");
    assert!(!again, "said once: {text}");

    let page = browser.get(&portal.step("configure")).await;
    let marked = format!("{gone} (no longer listed)");
    assert!(page.read().contains(&marked), "{marked}: {}", page.text);
    let page = portal.leave(&mut browser, "configure", |_| {}).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = page.read();
    for words in [
        format!("“{gone}” is not on the vendor's list any more."),
        "id=\"closed_status-error\"".to_owned(),
    ] {
        assert!(text.contains(&words), "{words}: {text}");
    }
    let was = portal.integration().await.settings.closed_statuses;
    let items = store::reference_items::list_reference_items(
        portal.site.app.store(),
        portal.integration().await.id,
        Some(ReferenceKind::TicketStatus),
    )
    .await
    .unwrap();
    let removed: Vec<&str> = items
        .iter()
        .filter(|item| item.removed_at.is_some() && was.contains(&item.external_id))
        .map(|item| item.external_id.as_str())
        .collect();
    assert_eq!(removed.len(), 1, "one that the settings use");
    let page = portal
        .leave(&mut browser, "configure", |form| {
            form.retain(|(name, value)| name != "closed_status" || value != removed[0]);
        })
        .await;
    assert!(
        page.location().starts_with(&portal.step("import")),
        "{}",
        page.text
    );
    portal.settle().await;
    let page = browser.get(&portal.page("")).await;
    assert!(!page.read().contains(&told), "mended: {}", page.text);
    for path in ["/tickets?closed=all", "/tickets", &portal.page("")] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    }
}

/// The field that tells the types of contacts, where a PSA lets the account decide which one does.
pub async fn a_field_of_contacts_that_vanished_is_named(psa: &'static Psa) {
    const FIELD: &str = "contact_type_field";
    let types = psa.provider().setup.contact_types;
    let choice = types.and_then(|types| types.choice);
    let portal = Portal::start(psa).await;
    portal.control().keep_answers();
    let mut browser = portal.site.admin().await;
    portal.set_up(&mut browser).await;
    let page = browser.get(&portal.step("sync")).await;
    let offered = page.text.contains(&format!("id=\"{FIELD}\""));
    assert_eq!(offered, choice.is_some(), "{}", page.text);
    let Some(choice) = choice else { return };
    assert_eq!(value(&page.form("setup-form"), FIELD), Some(""));

    let (store, id) = (portal.site.app.store(), portal.integration().await.id);
    let present = async |kind: ReferenceKind| -> Vec<String> {
        let items = store::reference_items::list_reference_items(store, id, Some(kind)).await;
        let here = items.unwrap().into_iter();
        let here = here.filter(|item| item.removed_at.is_none());
        here.map(|item| item.label).collect()
    };
    assert!(present(ReferenceKind::ContactType).await.is_empty());
    let fields = present(ReferenceKind::SeenContactField).await;
    assert!(
        fields.iter().any(|field| field == choice.title),
        "{fields:?}"
    );
    let own = fields.iter().find(|field| *field != choice.title);
    let own = own.expect("a field of the account's own");
    let page = portal
        .leave(&mut browser, "sync", |form| set(form, FIELD, own))
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    portal.settle().await;
    assert!(!present(ReferenceKind::ContactType).await.is_empty());
    let page = browser.get(&portal.step("sync")).await;
    assert_eq!(value(&page.form("setup-form"), FIELD), Some(own.as_str()));
    let page = browser.get(&portal.page("")).await;
    assert!(page.read().contains(choice.label), "{}", page.text);

    let mut tx = store.begin().await.unwrap();
    let kind = ReferenceKind::SeenContactField;
    store::reference_items::remove_seen(&mut tx, id, kind, own)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let told = format!("“{own}” is not on the vendor's list any more.");
    for path in [
        portal.step("sync"),
        portal.step("configure"),
        portal.page(""),
    ] {
        let page = browser.get(&path).await;
        assert!(page.read().contains(&told), "{path}: {}", page.text);
    }
    let page = portal.leave(&mut browser, "sync", |_| {}).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let marked = format!("id=\"{FIELD}-error\"");
    assert!(page.text.contains(&marked), "{}", page.text);
    let page = portal
        .leave(&mut browser, "sync", |form| set(form, FIELD, ""))
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    portal.settle().await;
    let page = browser.get(&portal.page("")).await;
    assert!(!page.read().contains(&told), "mended: {}", page.text);
    assert!(present(ReferenceKind::ContactType).await.is_empty());
}

pub async fn a_queue_that_is_renamed_there_is_renamed_here(psa: &'static Psa) {
    let Some(queue) = &psa.lists.queue else {
        let scope = psa.provider().setup.scope;
        assert!(scope.iter().all(|list| list.field != ScopeField::Queues));
        return;
    };
    let portal = Portal::start(psa).await;
    portal.control().keep_answers();
    let mut browser = portal.site.admin().await;
    portal.connect(&mut browser).await;
    let (id, from) = (queue.id, queue.name);
    let chosen = ("queue".to_owned(), id.to_owned());
    let page = portal
        .leave(&mut browser, "sync", |form| form.push(chosen.clone()))
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    portal.settle().await;
    let page = browser.get("/tickets?closed=all").await;
    assert!(page.read().contains(from), "{from}: {}", page.text);

    let to = "Renamed & moved";
    (queue.rename)(portal.control(), to);
    portal.read_lists_again(&mut browser).await;
    let half_an_hour = 30 * UtcMillis::MINUTE;
    portal.later(half_an_hour, half_an_hour).await;
    portal.newest().await;
    let page = browser.get("/tickets?closed=all").await;
    let text = page.read();
    assert!(text.contains(to) && !text.contains(from), "{text}");
    let rows = text.matches("class=\"lead\"").count();
    assert!(rows > 3, "its tickets are still here: {text}");
    let page = browser.get(&portal.step("sync")).await;
    let form = page.form("setup-form");
    assert_eq!(value(&form, "queue"), Some(id), "what was chosen goes on");
    assert!(page.labels().iter().any(|label| label == to));
}

pub async fn ten_thousand_statuses_can_be_lived_with(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    portal.control().keep_answers();
    let mut browser = portal.site.admin().await;
    portal.connect(&mut browser).await;
    (psa.lists.many_statuses)(portal.control(), 10_000);
    portal.read_lists_again(&mut browser).await;
    let page = portal.leave(&mut browser, "sync", |_| {}).await;
    assert!(
        page.location().starts_with(&portal.step("configure")),
        "{}",
        page.text
    );
    portal.settle().await;
    let page = browser.get(&portal.step("configure")).await;
    let last = "Status 9999";
    let kept = portal.integration().await.settings;
    assert!(page.read().contains("There are 10,0"), "{}", page.text);
    let text = page.read();
    let mut names = (1_000..10_000).map(|number| format!("Status {number}"));
    let hidden = names.find(|name| !text.contains(&format!("{name}<")));
    let hidden = hidden.expect("not all at once");
    let rows = |page: &Page| {
        let form = page.form("setup-form");
        form.iter()
            .filter(|(name, _)| name.starts_with("stage."))
            .count()
    };
    assert!(rows(&page) <= 330, "{} rows", rows(&page));
    let bytes = page.text.len();
    assert!(bytes < 700_000, "a page of {bytes} bytes");

    // A stage is set, the last is found, and what was set before is still in the form.
    let mut form = page.form("setup-form");
    let first = form
        .iter()
        .find(|(name, value)| name.starts_with("stage.") && value.is_empty());
    let first = first.unwrap().0.clone();
    set(&mut form, &first, "Triaged");
    set(&mut form, "find", &hidden.to_lowercase());
    form.push(("action".to_owned(), "find".to_owned()));
    let page = browser.send(&portal.step("configure"), &form).await;
    assert_eq!(page.status, StatusCode::OK);
    let found = format!("{hidden}<");
    assert!(page.read().contains(&found), "{}", page.text);
    assert_eq!(
        portal.integration().await.settings,
        kept,
        "looking saves nothing"
    );
    let mut form = page.form("setup-form");
    assert_eq!(
        value(&form, &first),
        Some("Triaged"),
        "what was changed stays in sight"
    );
    assert_eq!(
        rows(&page),
        2,
        "the one that was changed and the one that was found"
    );
    let found = form
        .iter()
        .find(|(name, _)| name.starts_with("stage.") && *name != first);
    let found = found.unwrap().0.clone();
    set(&mut form, &found, "Working");
    form.push(("action".to_owned(), "next".to_owned()));
    let page = browser.send(&portal.step("configure"), &form).await;
    assert!(
        page.location().starts_with(&portal.step("import")),
        "{}",
        page.text
    );
    let now = portal.integration().await.settings;
    assert_eq!(
        now.stages.len(),
        kept.stages.len() + 2,
        "what was not shown stays"
    );
    assert_eq!(now.closed_statuses, kept.closed_statuses);
    let page = browser.get(&portal.step("sync")).await;
    assert!(page.text.len() < 200_000, "{} bytes", page.text.len());
    let page = browser.get("/tickets").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains(last), "one can filter by it");
}
