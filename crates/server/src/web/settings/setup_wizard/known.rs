//! What the forms of the steps *Sync* and *Configure* may say.

use domain::provider::Provider;
use domain::reference::{ReferenceItem, ReferenceKind};
use domain::settings::IntegrationSettings;

use super::statuses::Shared;

/// What may be chosen from: the vendor's values, roles, and what is chosen already though it is listed no more.
pub struct Known<'a> {
    /// The provider.
    pub provider: &'static Provider,
    /// The vendor's values.
    pub items: &'a [ReferenceItem],
    /// Ids of the roles for company users.
    pub roles: &'a [String],
    /// Names of statuses that several boards have.
    pub shared: &'a [Shared],
    /// The settings as stored.
    pub stored: &'a IntegrationSettings,
}

impl Known<'_> {
    /// Whether there is such a value.
    #[must_use]
    pub fn lists(&self, kind: ReferenceKind, id: &str) -> bool {
        self.items
            .iter()
            .any(|item| item.kind == kind && item.external_id == id)
    }
}
