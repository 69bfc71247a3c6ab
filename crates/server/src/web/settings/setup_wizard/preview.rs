//! What *Auto-Import* would do with the contacts that are here, before it is switched on.

use store::integrations::Integration;

use super::sync_page::AutoImport;
use super::wizard::{Offer, SettingsForm};
use crate::app::App;
use crate::web::error::Failure;
use crate::web::view::Choice;

/// The switch with its role, and the preview.
///
/// # Errors
/// When the database does not answer.
pub async fn auto_import(
    _app: &App,
    _integration: &Integration,
    offer: &Offer,
    form: &SettingsForm,
) -> Result<AutoImport, Failure> {
    let chosen = form.settings.default_contact_role.as_deref();
    let roles = offer
        .roles
        .iter()
        .map(|(id, name)| Choice::new(id, name, chosen == Some(id)));
    Ok(AutoImport {
        on: form.settings.auto_import,
        roles: roles.collect(),
        error: form.start.error("default_contact_role").to_owned(),
        preview: Vec::new(),
    })
}
