//! Types of contacts, and fields that may tell them, are offered as records carry them: each page adds what is new, and what
//! no contact carries any more is known when all were read.

use domain::record::{Batch, ContactRecord};
use domain::reference::ReferenceKind;
use domain::stream::Stream;
use store::{Tx, pages, reference_items};

use super::part::{Part, Stop};
use super::records::{contact_fields_of, contact_types_of};

/// Contacts looked at in one go.
const AT_ONCE: i64 = 1_000;

/// A type or a field that is offered, by its text.
pub(super) type Offered = (ReferenceKind, String);

/// What is offered after a full run of contacts and none of those that are here carries: what the run saw, and what it left
/// alone because it could not read it. The walk ends where everything was found.
pub(super) async fn list_gone(part: &Part<'_>) -> Result<Vec<Offered>, Stop> {
    let provider = domain::provider::find(&part.integration.provider);
    let types = provider.and_then(|provider| provider.setup.contact_types);
    let (Some(types), Stream::Contacts) = (types, part.row.stream) else {
        return Ok(Vec::new());
    };
    let (store, id) = (part.engine.store(), part.integration.id);
    let mut left = Vec::new();
    for kind in [ReferenceKind::ContactType, ReferenceKind::SeenContactField] {
        let items = reference_items::list_reference_items(store, id, Some(kind)).await?;
        let offered = items.into_iter().filter(|item| item.removed_at.is_none());
        // What the vendor lists goes with its list.
        let seen = offered.filter(|item| item.external_id == kind.seen_id(&item.label));
        left.extend(seen.map(|item| (kind, item.label)));
    }
    let chosen = part.integration.settings.contact_type_field.as_deref();
    let mut after = String::new();
    while !left.is_empty() {
        let rows = pages::list_contact_fields(store, id, &after, AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        after.clone_from(&last.external_id);
        let contacts = rows.into_iter().map(|row| ContactRecord {
            title: row.title,
            fields: row.fields,
            ..ContactRecord::default()
        });
        let batch = Batch::Contacts(contacts.collect());
        let named = contact_types_of(&batch, Some(types.field));
        let fields = contact_fields_of(&batch, Some(types), chosen);
        left.retain(|(kind, text)| {
            let found = match kind {
                ReferenceKind::ContactType => &named,
                _ => &fields,
            };
            !found.contains(text.as_str())
        });
    }
    Ok(left)
}

/// Marks as gone what nobody carries. It is back with the first contact that does.
pub(super) async fn remove(part: &Part<'_>, tx: &mut Tx, gone: &[Offered]) -> Result<(), Stop> {
    for (kind, text) in gone {
        reference_items::remove_seen(tx, part.integration.id, *kind, text).await?;
    }
    Ok(())
}
