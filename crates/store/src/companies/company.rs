//! One company, put together from what the vendors know of it.

use domain::clock::UtcMillis;
use domain::id::{CompanyId, IntegrationId, PublicId};
use domain::record::Fields;
use domain::viewer::Viewer;

use crate::contacts::{self, ContactFilter};
use crate::error::Result;
use crate::listing::Count;
use crate::open::Store;
use crate::shown_fields::{self, Origin, ShownField};
use crate::tickets::{self, TicketFilter};

/// A company.
#[derive(Debug, Clone, PartialEq)]
pub struct Company {
    /// Row id.
    pub id: CompanyId,
    /// Id in addresses.
    pub uuid: PublicId,
    /// Name.
    pub name: String,
    /// The integration whose values come first, and which keeps the name in step.
    pub primary_integration: Option<IntegrationId>,
    /// When it came to Portico.
    pub created_at: UtcMillis,
    /// When it was removed.
    pub removed_at: Option<UtcMillis>,
    /// How that came.
    pub removal: Option<Removal>,
    /// What is known of it, each value with where it comes from.
    pub fields: Vec<CompanyField>,
    /// The vendors' companies it stands for; those of the primary integration first.
    pub externals: Vec<ExternalCompany>,
    /// Contacts, counted up to 10,000.
    pub contacts: Count,
    /// Open tickets, counted up to 10,000.
    pub open_tickets: Count,
}

/// How a company came to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// A person removed it, and syncs do not make it again.
    Blocked,
    /// A person removed it; nothing is blocked, or not any more.
    ByHand,
    /// The data of the integration it came from was deleted.
    Cleared,
}

impl Removal {
    fn of(reason: Option<&str>) -> Self {
        match reason {
            Some("blocked") => Self::Blocked,
            Some("removed" | "unblocked") => Self::ByHand,
            _ => Self::Cleared,
        }
    }
}

/// Which rule gave a field its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldRule {
    /// The primary integration has it.
    Primary,
    /// The primary integration has none, another has.
    Another,
}

/// A value of a company and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyField {
    /// Stable key.
    pub key: &'static str,
    /// Label.
    pub label: &'static str,
    /// The value.
    pub value: String,
    /// Why this value.
    pub rule: FieldRule,
    /// Where it comes from.
    pub origin: Origin,
}

/// A vendor's company that is linked to this one.
#[derive(Debug, Clone, PartialEq)]
pub struct ExternalCompany {
    /// Where it comes from.
    pub origin: Origin,
    /// Its name there.
    pub name: String,
    /// Whether the vendor has it switched on.
    pub active: bool,
    /// What linked it: `source` for the company source, a person otherwise.
    pub link_origin: Option<String>,
    /// Company type there.
    pub kind: Option<String>,
    /// Whether the vendor no longer has it.
    pub removed: bool,
    /// Further vendor fields this viewer may have.
    pub fields: Vec<ShownField>,
}

row! {
    struct Raw {
        id: i64,
        uuid: PublicId = String => crate::decode::public_id,
        name: String,
        primary_integration_id: Option<i64>,
        created_at: i64,
        removed_at: Option<i64>,
        removed_reason: Option<String>,
    }
}

row! {
    struct RawExternal {
        integration_id: i64,
        integration_uuid: PublicId = String => crate::decode::public_id,
        integration_name: String,
        provider: String,
        web_url: Option<String>,
        external_id: String,
        name: String,
        link_origin: Option<String>,
        active: bool = i64 => crate::decode::flag,
        type_id: Option<String>,
        type_label: Option<String>,
        phone: Option<String>,
        website: Option<String>,
        street: Option<String>,
        city: Option<String>,
        state: Option<String>,
        postal_code: Option<String>,
        country: Option<String>,
        fields: Fields = String => crate::decode::json,
        absent: i64,
        stored_at: i64,
    }
}

impl RawExternal {
    fn origin(&self) -> Origin {
        Origin {
            integration: IntegrationId(self.integration_id),
            integration_uuid: self.integration_uuid.clone(),
            integration_name: self.integration_name.clone(),
            provider: self.provider.clone(),
            web_url: self.web_url.clone(),
            external_id: self.external_id.clone(),
            stored_at: UtcMillis(self.stored_at),
        }
    }

    fn kind(&self) -> Option<&String> {
        self.type_label.as_ref().or(self.type_id.as_ref())
    }
}

type Column = (
    &'static str,
    &'static str,
    fn(&RawExternal) -> Option<&String>,
);

const FIELDS: [Column; 8] = [
    ("type", "Type", RawExternal::kind),
    ("phone", "Phone", |external| external.phone.as_ref()),
    ("website", "Website", |external| external.website.as_ref()),
    ("street", "Street", |external| external.street.as_ref()),
    ("city", "City", |external| external.city.as_ref()),
    ("state", "State", |external| external.state.as_ref()),
    ("postal_code", "Postal code", |external| {
        external.postal_code.as_ref()
    }),
    ("country", "Country", |external| external.country.as_ref()),
];

/// For every field the first vendor that has a value, the primary integration before others, those that still have the
/// company before those that no longer do.
fn fields(externals: &[RawExternal], primary: Option<i64>) -> Vec<CompanyField> {
    let field = |(key, label, column): Column| {
        let external = externals
            .iter()
            .find(|external| column(external).is_some_and(|value| !value.trim().is_empty()))?;
        let rule = if Some(external.integration_id) == primary {
            FieldRule::Primary
        } else {
            FieldRule::Another
        };
        Some(CompanyField {
            key,
            label,
            value: column(external)?.clone(),
            rule,
            origin: external.origin(),
        })
    };
    FIELDS.into_iter().filter_map(field).collect()
}

/// Whether there is a company of this id that the viewer may see.
///
/// # Errors
/// As any statement.
pub async fn exists_for_viewer(store: &Store, viewer: &Viewer, company: &PublicId) -> Result<bool> {
    let (all, identity) = viewer.bind();
    let found: Option<Raw> = read_one!(store, FIND, all, identity, company.as_str())?;
    Ok(found.is_some())
}

/// One company, if the viewer may see it; a removed one as well.
///
/// # Errors
/// As any statement.
pub async fn find_for_viewer(
    store: &Store,
    viewer: &Viewer,
    company: &PublicId,
) -> Result<Option<Company>> {
    let (all, identity) = viewer.bind();
    let found: Option<Raw> = read_one!(store, FIND, all, identity, company.as_str())?;
    let Some(row) = found else { return Ok(None) };
    let primary = row.primary_integration_id;
    let mut raw: Vec<RawExternal> = read_all!(store, EXTERNALS, all, identity, row.id)?;
    raw.sort_by_key(|external| {
        (
            external.absent != 0,
            Some(external.integration_id) != primary,
        )
    });
    let fields = fields(&raw, primary);
    let mut externals = Vec::with_capacity(raw.len());
    for external in raw {
        externals.push(ExternalCompany {
            origin: external.origin(),
            active: external.active,
            kind: external.kind().cloned(),
            removed: external.absent != 0,
            fields: shown_fields::of(
                store,
                viewer,
                (IntegrationId(external.integration_id), &external.provider),
                external.fields,
            )
            .await?,
            name: external.name,
            link_origin: external.link_origin,
        });
    }
    let of_company = ContactFilter {
        company: Some(row.uuid.clone()),
        ..ContactFilter::default()
    };
    let open = TicketFilter {
        company: Some(row.uuid.clone()),
        closed: Some(false),
        ..TicketFilter::default()
    };
    Ok(Some(Company {
        contacts: contacts::count_for_viewer(store, viewer, &of_company).await?,
        open_tickets: tickets::count_for_viewer(store, viewer, &open).await?,
        id: CompanyId(row.id),
        uuid: row.uuid,
        name: row.name,
        primary_integration: primary.map(IntegrationId),
        created_at: UtcMillis(row.created_at),
        removal: row
            .removed_at
            .map(|_| Removal::of(row.removed_reason.as_deref())),
        removed_at: row.removed_at.map(UtcMillis),
        fields,
        externals,
    }))
}

statements! {
    FIND = concat!("SELECT c.id, c.uuid, c.name, c.primary_integration_id, c.created_at, c.removed_at, c.removed_reason FROM company c
        WHERE c.uuid = $3 AND ", company_viewer!("c"));
    EXTERNALS = concat!("SELECT x.integration_id, i.uuid AS integration_uuid, i.name AS integration_name, i.provider, i.web_url, x.external_id,
            x.name, x.link_origin, x.active, x.type_id, ty.label AS type_label, x.phone, x.website, x.street, x.city, x.state, x.postal_code,
            x.country, x.fields, x.absent, x.stored_at
        FROM company c JOIN external_company x ON x.company_id = c.id JOIN integration i ON i.id = x.integration_id
        LEFT JOIN reference_item ty ON ty.integration_id = x.integration_id AND ty.kind = 'company_type' AND ty.external_id = x.type_id
        WHERE c.id = $3 AND ", company_viewer!("c"), " ORDER BY x.integration_id, x.id");
}
