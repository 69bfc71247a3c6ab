//! `/api/v1/contacts`: the list, one contact, and the groups contacts are in.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use store::contacts::{self, ContactFilter, ContactRow};
use store::listing::Direction;
use utoipa::ToSchema;

use super::label::{Record, instant};
use super::list::{Page, Parameters, found, path_id, wrong};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;
use crate::web::view::fields::name_people;

/// A person at a client.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contact {
    /// Id of the contact.
    id: String,
    /// Key of the provider it comes from.
    provider: String,
    /// The vendor's id.
    external_id: String,
    /// First and last name.
    name: String,
    /// E-mail address as typed there.
    email: Option<String>,
    /// Phone number.
    phone: Option<String>,
    /// Mobile number.
    mobile: Option<String>,
    /// Job title.
    title: Option<String>,
    /// Whether the vendor has it switched on.
    active: bool,
    /// Whether it is the company's primary contact.
    primary: bool,
    /// Id of the company; null while the vendor's company belongs to none here.
    company_id: Option<String>,
    /// Name of the company.
    company: Option<String>,
}

fn to_contact(row: ContactRow) -> Contact {
    Contact {
        id: row.uuid.to_string(),
        provider: row.provider,
        external_id: row.external_id,
        name: row.name,
        email: row.email,
        phone: row.phone,
        mobile: row.mobile,
        title: row.title,
        active: row.active,
        primary: row.primary,
        company_id: row.company_uuid.map(|uuid| uuid.to_string()),
        company: row.company,
    }
}

/// Contacts by name.
///
/// # Errors
/// 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/contacts",
    operation_id = "list_contacts",
    summary = "Contacts by name",
    tag = "companies",
    params(
        ("integration" = Option<String>, Query, description = "Only of this integration, by its id"),
        ("company" = Option<String>, Query, description = "Only of this company, by its id"),
        ("active" = Option<bool>, Query, description = "Only those the vendor has switched on (true) or off (false)"),
        ("search" = Option<String>, Query, description = "Only those whose name or e-mail address has these words"),
        ("direction" = Option<String>, Query, description = "asc (when not given) or desc"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "A page of contacts", body = Page<Contact>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: ApiCaller,
    parameters: Parameters,
) -> Result<Json<Page<Contact>>, Failure> {
    let parameters = parameters.only(&[
        "integration",
        "company",
        "active",
        "search",
        "direction",
        "cursor",
        "limit",
    ])?;
    let filter = ContactFilter {
        integration: parameters.integration(app.store()).await?,
        company: parameters.company(app.store(), &caller.viewer).await?,
        active: parameters.flag("active")?,
        search: parameters.text("search"),
    };
    let paging = parameters.paging(Direction::Ascending)?;
    let listing = contacts::list_for_viewer(
        app.store(),
        &caller.viewer,
        &filter,
        paging.direction,
        paging.cursor.as_ref(),
        paging.limit,
    )
    .await?;
    Ok(Json(Page::of(listing, to_contact)))
}

/// A contact with everything known about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactDetail {
    /// The contact as in lists.
    #[serde(flatten)]
    contact: Contact,
    /// What every record has.
    #[serde(flatten)]
    record: Record,
    /// Given name.
    first_name: String,
    /// Family name.
    last_name: String,
    /// Names of the contact groups it is in.
    groups: Vec<String>,
    /// When the vendor created it.
    created_at: Option<String>,
    /// When it last changed.
    updated_at: Option<String>,
}

fn to_detail(found: contacts::Contact) -> ContactDetail {
    ContactDetail {
        contact: to_contact(found.row),
        record: Record::of(&found.origin, found.fields),
        first_name: found.first_name,
        last_name: found.last_name,
        groups: found.groups,
        created_at: instant(found.created_at),
        updated_at: instant(found.updated_at),
    }
}

/// One contact.
///
/// # Errors
/// 404 without such a contact.
#[utoipa::path(
    get,
    path = "/api/v1/contacts/{id}",
    operation_id = "get_contact",
    summary = "One contact",
    tag = "companies",
    params(("id" = String, Path, description = "Id of the contact")),
    responses((status = 200, description = "The contact", body = ContactDetail)),
)]
pub async fn show(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<ContactDetail>, Failure> {
    parameters.only(&[])?;
    let id = path_id(&id, "Contact")?;
    let (store, viewer) = (app.store(), &caller.viewer);
    let contact = contacts::find_for_viewer(store, viewer, &id).await?;
    let mut contact = found(contact, "Contact")?;
    name_people(store, viewer, &contact.origin, &mut contact.fields).await?;
    Ok(Json(to_detail(contact)))
}

/// A contact group.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactGroup {
    /// Id of the integration it comes from.
    integration_id: String,
    /// Key of the provider it comes from.
    provider: String,
    /// The vendor's id.
    id: String,
    /// Name.
    name: String,
    /// Whether the vendor has it switched on.
    active: bool,
    /// How many contacts are in it.
    members: i64,
}

/// Contact groups.
///
/// # Errors
/// 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/contact-groups",
    operation_id = "list_contact_groups",
    summary = "Contact groups",
    tag = "companies",
    params(
        ("integration" = Option<String>, Query, description = "Only of this integration, by its id"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "A page of contact groups", body = Page<ContactGroup>)),
)]
pub async fn groups(
    State(app): State<App>,
    caller: ApiCaller,
    parameters: Parameters,
) -> Result<Json<Page<ContactGroup>>, Failure> {
    let parameters = parameters.only(&["integration", "cursor", "limit"])?;
    let only = parameters.integration(app.store()).await?;
    let (after, limit) = (parameters.cursor::<i64>()?, parameters.limit()?);
    let rows = contacts::list_groups_for_viewer(
        app.store(),
        &caller.viewer,
        only,
        after.unwrap_or(0),
        i64::from(limit) + 1,
    )
    .await?;
    let to_group = |row: contacts::ContactGroup| ContactGroup {
        integration_id: row.integration_uuid.to_string(),
        provider: row.provider,
        id: row.external_id,
        name: row.name,
        active: row.active,
        members: row.members,
    };
    let number = |row: &contacts::ContactGroup| row.id.to_string();
    Ok(Json(Page::walked(
        rows,
        limit,
        after.is_none(),
        number,
        to_group,
    )))
}

/// A contact in a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupMember {
    /// Id of the contact.
    contact_id: String,
    /// The vendor's id of the contact.
    external_id: String,
    /// First and last name.
    name: String,
    /// E-mail address as typed there.
    email: Option<String>,
}

/// The contacts in a group.
///
/// # Errors
/// 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/contact-groups/members",
    operation_id = "list_contact_group_members",
    summary = "The contacts in a group",
    tag = "companies",
    params(
        ("integration" = String, Query, description = "The integration of the group, by its id"),
        ("group" = String, Query, description = "The group, by the vendor's id"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "A page of members", body = Page<GroupMember>)),
)]
pub async fn group_members(
    State(app): State<App>,
    caller: ApiCaller,
    parameters: Parameters,
) -> Result<Json<Page<GroupMember>>, Failure> {
    let parameters = parameters.only(&["integration", "group", "cursor", "limit"])?;
    let integration = parameters.integration(app.store()).await?;
    let integration = integration.ok_or_else(|| wrong("integration", "is missing"))?;
    let group = parameters.text("group");
    let group = group.ok_or_else(|| wrong("group", "is missing"))?;
    let (after, limit) = (parameters.cursor::<i64>()?, parameters.limit()?);
    let rows = contacts::list_group_members_for_viewer(
        app.store(),
        &caller.viewer,
        integration,
        &group,
        after.unwrap_or(0),
        i64::from(limit) + 1,
    )
    .await?;
    let to_member = |row: contacts::GroupMember| GroupMember {
        contact_id: row.contact_uuid.to_string(),
        external_id: row.contact_external_id,
        name: row.name,
        email: row.email,
    };
    let cursor = |row: &contacts::GroupMember| row.id.to_string();
    Ok(Json(Page::walked(
        rows,
        limit,
        after.is_none(),
        cursor,
        to_member,
    )))
}
