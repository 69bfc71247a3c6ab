//! What every step loads first: the provider, its integration, how far the setup is, and what may be chosen.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use axum::response::Response;
use domain::id::PublicId;
use domain::permission::{Grants, RoleKind};
use domain::provider::Provider;
use domain::reference::{Boards, ReferenceItem, ReferenceKind};
use domain::settings::IntegrationSettings;
use domain::setup::SetupStep;
use store::integrations::Integration;
use store::reference_items::{StoredReferenceItem, list_with_one_owner, list_with_owners};
use store::roles::list_roles;
use sync::setup::{self, SettingsProblem};

use super::form::Problems;
use super::frame::{Place, address};
use super::known::Known;
use super::merge::{Labels, merge};
use super::statuses::{Statuses, told_in_use};
use super::sync_page::FormStart;
use crate::app::App;
use crate::web::error::Failure;
use crate::web::form::Fields;
use crate::web::page::see_other;
use crate::web::settings::integrations::find::{find, find_of, find_provider};
use crate::web::view::Choice;

/// A setup that is being walked.
pub struct Wizard {
    /// The provider.
    pub provider: &'static Provider,
    /// Its integration, once it was connected.
    pub integration: Option<Integration>,
    /// How far the setup is.
    pub place: Place,
}

impl Wizard {
    /// The setup of the provider with this key.
    ///
    /// # Errors
    /// `404` for a provider that is unknown or not available yet; else when the database does not answer.
    pub async fn load(app: &App, key: &str) -> Result<Self, Failure> {
        let provider = find_provider(key)?;
        let integration = find_of(app.store(), provider).await?;
        let place = integration.as_ref().map_or(Place::START, Place::of);
        Ok(Self {
            provider,
            integration,
            place,
        })
    }

    /// The same for a step, with its integration; where to go instead when the step was not reached yet.
    ///
    /// # Errors
    /// As [`Wizard::load`].
    pub async fn at(
        app: &App,
        key: &str,
        step: SetupStep,
    ) -> Result<Result<(Self, Integration), Response>, Failure> {
        Self::reach(app, key, step, "").await
    }

    /// The same for a step whose form was sent. Who disconnected the integration meanwhile removed what it was for, so
    /// nothing of it is saved; that is said.
    ///
    /// # Errors
    /// As [`Wizard::load`].
    pub async fn at_sent(
        app: &App,
        key: &str,
        step: SetupStep,
    ) -> Result<Result<(Self, Integration), Response>, Failure> {
        Self::reach(app, key, step, "?notice=setup_disconnected").await
    }

    async fn reach(
        app: &App,
        key: &str,
        step: SetupStep,
        when_disconnected: &str,
    ) -> Result<Result<(Self, Integration), Response>, Failure> {
        let wizard = Self::load(app, key).await?;
        let said = match &wizard.integration {
            Some(integration) if wizard.place.opens(step) => {
                let integration = integration.clone();
                return Ok(Ok((wizard, integration)));
            }
            Some(integration) if integration.disconnected_at.is_some() => when_disconnected,
            _ => "",
        };
        let present = wizard.address(wizard.place.present());
        Ok(Err(see_other(&format!("{present}{said}"))?))
    }

    /// The address of a step of this setup.
    #[must_use]
    pub fn address(&self, step: SetupStep) -> String {
        address(self.provider, step)
    }
}

/// What may be chosen in the forms of an integration.
pub struct Offer {
    /// The vendor's values as stored, those that are gone included.
    pub stored: Vec<StoredReferenceItem>,
    /// The same for forms: sorted, gone ones inactive.
    pub items: Vec<ReferenceItem>,
    /// Ticket statuses by board.
    pub statuses: Statuses,
    /// Roles for company users: id and name.
    pub roles: Vec<(String, String)>,
    role_grants: BTreeMap<String, Grants>,
    role_ids: Vec<String>,
    role_uuids: Vec<PublicId>,
}

impl Offer {
    /// What there is now, of owners the one that is set.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(app: &App, integration: &Integration) -> Result<Self, Failure> {
        let owner = integration.settings.opportunity.fallback_owner.as_deref();
        let stored = list_with_one_owner(app.store(), integration.id, owner).await?;
        Self::of(app, stored).await
    }

    /// The same with every owner, for the step that chooses one.
    ///
    /// # Errors
    /// As [`Offer::load`].
    pub async fn load_with_owners(app: &App, integration: &Integration) -> Result<Self, Failure> {
        let stored = list_with_owners(app.store(), integration.id).await?;
        Self::of(app, stored).await
    }

    async fn of(app: &App, stored: Vec<StoredReferenceItem>) -> Result<Self, Failure> {
        let roles = list_roles(app.store(), RoleKind::Company).await?;
        let boards: Boards<'_> = stored
            .iter()
            .filter(|item| item.kind == ReferenceKind::Queue)
            .map(|item| (item.external_id.as_str(), item.label.as_str()))
            .collect();
        let mut items: Vec<ReferenceItem> = stored
            .iter()
            .map(|item| ReferenceItem {
                kind: item.kind,
                external_id: item.external_id.clone(),
                active: item.active && item.removed_at.is_none(),
                label: boards.label(item.kind, &item.label, item.parent.as_deref()),
                parent: item.parent.clone(),
                sort_order: item.sort_order,
                system: item.is_system,
                closes: false,
            })
            .collect();
        items.sort_by(|a, b| {
            (a.kind, !a.active, a.sort_order, &a.label).cmp(&(
                b.kind,
                !b.active,
                b.sort_order,
                &b.label,
            ))
        });
        Ok(Self {
            statuses: Statuses::of(&stored, &items),
            stored,
            items,
            role_grants: roles
                .iter()
                .map(|role| (role.uuid.to_string(), role.grants.clone()))
                .collect(),
            role_ids: roles.iter().map(|role| role.uuid.to_string()).collect(),
            role_uuids: roles.iter().map(|role| role.uuid.clone()).collect(),
            roles: roles
                .into_iter()
                .map(|role| (role.uuid.to_string(), role.name))
                .collect(),
        })
    }

    /// For reading a form.
    #[must_use]
    pub fn known<'a>(
        &'a self,
        provider: &'static Provider,
        stored: &'a IntegrationSettings,
    ) -> Known<'a> {
        Known {
            provider,
            items: &self.items,
            roles: &self.role_ids,
            shared: &self.statuses.shared,
            stored,
        }
    }

    /// What is wrong with the fields of a step: what they point at must still be there, and nobody has contacts
    /// imported with a role beyond their own rights.
    #[must_use]
    pub fn check(
        &self,
        own: &Grants,
        before: &IntegrationSettings,
        after: &IntegrationSettings,
        step: SetupStep,
    ) -> Problems {
        let found = setup::check(after, &self.stored, &self.role_uuids);
        let mut found = problems(found, step);
        if let Some(role) = given_role(before, after)
            && !self.may_give(own, role)
        {
            found
                .entry("default_contact_role")
                .or_insert_with(|| BEYOND.to_owned());
        }
        found
    }

    /// What is set and is gone: the vendor, or somebody here, has taken it away.
    #[must_use]
    pub fn gone(&self, set: &IntegrationSettings) -> Vec<SettingsProblem> {
        setup::gone(set, &self.stored, &self.role_uuids)
    }

    /// Whether somebody with these rights may hand out a role for company users: nobody gives more than they have.
    #[must_use]
    pub fn may_give(&self, own: &Grants, role: &str) -> bool {
        self.role_grants
            .get(role)
            .is_some_and(|grants| grants.within(own))
    }

    /// Whether the vendor has values of a kind.
    #[must_use]
    pub fn has(&self, kind: ReferenceKind) -> bool {
        self.items.iter().any(|item| item.kind == kind)
    }

    /// Values to tick: those in use there, and those that are ticked though they no longer are, so that saving the form
    /// never drops a choice somebody made.
    #[must_use]
    pub fn choices(&self, kind: ReferenceKind, chosen: &BTreeSet<String>) -> Vec<Choice> {
        let of_kind = self.items.iter().filter(|item| item.kind == kind);
        let shown = of_kind.filter(|item| item.active || chosen.contains(&item.external_id));
        let mut choices: Vec<Choice> = shown
            .map(|item| {
                let on = chosen.contains(&item.external_id);
                Choice::new(&item.external_id, self.label(item), on)
            })
            .collect();
        let unknown = chosen.iter().filter(|id| {
            !self
                .items
                .iter()
                .any(|item| item.kind == kind && item.external_id == **id)
        });
        choices.extend(unknown.map(|id| Choice::new(id, format!("{id} (no longer listed)"), true)));
        choices
    }

    /// The same for a single choice.
    #[must_use]
    pub fn choice(&self, kind: ReferenceKind, chosen: Option<&String>) -> Vec<Choice> {
        self.choices(kind, &chosen.cloned().into_iter().collect())
    }

    /// The labels of what there is.
    #[must_use]
    pub fn labels(&self, provider: &Provider) -> Labels<'_> {
        Labels::of(provider, &self.items, &self.statuses, &self.roles)
    }

    fn label(&self, item: &ReferenceItem) -> String {
        let gone = |stored: &StoredReferenceItem| {
            stored.kind == item.kind
                && stored.external_id == item.external_id
                && stored.removed_at.is_some()
        };
        told_in_use(
            &item.label,
            item.active,
            !item.active && self.stored.iter().any(gone),
        )
    }
}

const BEYOND: &str = "This role grants more than your own, so you cannot have contacts imported with it. Choose another, \
                      or ask an administrator who has these rights.";

/// The role that a change of settings begins to hand out.
fn given_role<'s>(before: &IntegrationSettings, after: &'s IntegrationSettings) -> Option<&'s str> {
    let same = before.auto_import && before.default_contact_role == after.default_contact_role;
    after
        .default_contact_role
        .as_deref()
        .filter(|_| after.auto_import && !same)
}

/// Problems of a step by field.
#[must_use]
pub fn problems(found: Vec<SettingsProblem>, step: SetupStep) -> Problems {
    let own = found.into_iter().filter(|one| one.step == step);
    own.map(|one| (one.field, one.message)).collect()
}

/// A form of settings as it is shown: what it holds and what it starts from.
pub struct SettingsForm {
    /// What its fields hold.
    pub settings: IntegrationSettings,
    /// What it starts from.
    pub start: FormStart,
    /// What was typed and is no value of a setting, by field.
    pub typed: BTreeMap<&'static str, String>,
    /// The status that is looked for.
    pub find: String,
}

impl SettingsForm {
    /// The form with what is stored.
    ///
    /// # Errors
    /// Does not fail for settings that were stored.
    pub fn of(integration: &Integration) -> Result<Self, Failure> {
        Self::from(
            integration.settings.clone(),
            &integration.settings,
            integration.settings_revision,
        )
    }

    /// A form with these values over a base.
    ///
    /// # Errors
    /// Does not fail for settings that were stored.
    pub fn from(
        settings: IntegrationSettings,
        base: &IntegrationSettings,
        revision: i64,
    ) -> Result<Self, Failure> {
        Ok(Self {
            settings,
            start: FormStart {
                revision,
                base: serde_json::to_string(base).map_err(Failure::internal)?,
                ..FormStart::default()
            },
            typed: BTreeMap::new(),
            find: String::new(),
        })
    }

    /// The same while somebody looks for a status in it.
    #[must_use]
    pub fn finding(mut self, fields: &Fields) -> Self {
        fields.text("find").clone_into(&mut self.find);
        self
    }

    /// The same with what is wrong.
    #[must_use]
    pub fn with(mut self, problems: Problems) -> Self {
        self.start.problems = problems;
        self
    }
}

/// What a sent form of settings started from.
pub struct Sent {
    /// The settings it was opened with.
    pub base: IntegrationSettings,
    /// Their revision.
    pub revision: i64,
}

impl Sent {
    /// Reads the hidden fields. The settings a form says it started from are read only when they are older than those
    /// stored: then they tell what somebody else changed, and nothing is saved. Else what is stored is the base, so
    /// that a form changes the fields of its own step and nothing else, whatever it was made to say.
    #[must_use]
    pub fn read(fields: &Fields, integration: &Integration) -> Self {
        let stored = integration.settings_revision;
        let revision = fields.text("revision").parse().unwrap_or(stored);
        let base = fields
            .find("base")
            .filter(|_| revision < stored)
            .and_then(|base| serde_json::from_str(base).ok());
        match base {
            Some(base) => Self { base, revision },
            None => Self {
                base: integration.settings.clone(),
                revision: stored,
            },
        }
    }
}

/// The answer to a form that somebody else was faster with: both edits together, and what the other changed.
///
/// # Errors
/// When the database does not answer.
pub async fn conflict(
    app: &App,
    key: &str,
    base: &IntegrationSettings,
    mine: &IntegrationSettings,
) -> Result<(Integration, SettingsForm), Failure> {
    let (provider, theirs) = find(app.store(), key).await?;
    let offer = Offer::load_with_owners(app, &theirs).await?;
    let labels = offer.labels(provider);
    let (merged, conflicts) = merge(base, &theirs.settings, mine, &labels);
    let mut form = SettingsForm::from(merged, &theirs.settings, theirs.settings_revision)?;
    form.start.conflicts = conflicts;
    Ok((theirs, form))
}

/// The status of a page with a form.
#[must_use]
pub fn status(form: &SettingsForm) -> StatusCode {
    if !form.start.conflicts.is_empty() {
        StatusCode::CONFLICT
    } else if !form.start.problems.is_empty() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    }
}
