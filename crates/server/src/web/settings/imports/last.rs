//! The newest import beside the list it came from, so that whoever left finds it again.

use domain::id::IntegrationId;
use domain::imports::ImportKind;
use domain::provider::Provider;
use store::imports::find_last_import;

use super::to_report::{Place, in_short};
use crate::app::App;
use crate::web::error::Failure;
use crate::web::view::{Shell, Time};

/// The newest import.
#[derive(Debug, Clone)]
pub struct LastImport {
    /// Its page; empty in the wizard, whose form leads there and keeps the lists.
    pub href: String,
    /// Its id in addresses.
    pub import: String,
    /// In the wizard: whether a list is beside it, which is kept while the report is looked at.
    pub beside_list: bool,
    /// How far it is, or what it did.
    pub words: String,
    /// Whether it still runs.
    pub running: bool,
    /// When it was asked for.
    pub when: Time,
}

/// The newest import of an integration, if there was one, shown in the wizard or in the dialog.
///
/// # Errors
/// When the database does not answer.
pub async fn last(
    app: &App,
    shell: &Shell,
    (provider, integration): (&Provider, IntegrationId),
    kind: ImportKind,
    in_setup: bool,
) -> Result<Option<LastImport>, Failure> {
    let found = find_last_import(app.store(), integration, kind).await?;
    Ok(found.map(|import| LastImport {
        href: if in_setup {
            String::new()
        } else {
            let place = Place::dialog(provider, kind, &import.uuid);
            place.address().to_owned()
        },
        import: import.uuid.to_string(),
        beside_list: true,
        words: in_short(&import),
        running: import.finished_at.is_none(),
        when: shell.time(import.created_at),
    }))
}
