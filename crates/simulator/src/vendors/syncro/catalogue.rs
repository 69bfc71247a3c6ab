//! Every kind of record: the fields that are kept, where generated ones come from, and how the API
//! names, pages and guards it.

use super::made;
use super::made::numbers as n;
use crate::records::schema::{About, Catalogue, Schema, kind};
use crate::world::listing::Listing;

/// Kinds that clients reach, and below them those that only the product's own screens show: the
/// tables behind its settings, notification sets, mails sent, and the account with its switches.
const KINDS: [About; 20] = [
    kind(
        "customers",
        "customer",
        "CUD",
        &["business_name"],
        "id:i* firstname lastname business_name email phone mobile created_at:d* updated_at:d* \
    pdf_url:s* address address_2 city state zip latitude:n longitude:n notes get_sms:b opt_out:b \
    disabled:b no_email:b location_id:i properties:m tax_rate_id:i notification_email \
    invoice_cc_emails invoice_term_id:i referred_by ref_customer_id:i",
    )
    .made(Listing::Companies, n::CUSTOMERS),
    kind(
        "contacts",
        "contact",
        "CUD",
        &["name"],
        "id:i* name address1 address2 city state zip email phone mobile latitude:n longitude:n \
    customer_id:i account_id:i* notes created_at:d* updated_at:d* vendor_id:i properties:m opt_out:b \
    extension title:s-",
    )
    .made(Listing::People, n::CONTACTS)
    .within("customer_id", "customers"),
    kind(
        "users",
        "user",
        "",
        &["full_name"],
        "id:i* email full_name created_at:d* updated_at:d* group admin:b color disabled:b-",
    )
    .made(Listing::Technicians, n::USERS),
    kind(
        "tickets",
        "ticket",
        "CUD",
        &["subject"],
        "id:i* number:i subject created_at:d* updated_at:d* customer_id:i contact_id:i user_id:i \
    due_date:d resolved_at:d* start_at:d end_at:d location_id:i problem_type status ticket_type_id:i \
    properties:m pdf_url:s* priority billing_status:s* tag_list:m sla_id:i contract_id:i \
    creator_name_or_email:s* address_id:i parent:b* parent_id:i* child:b* recurring:b* \
    customer_reply:b* asset_ids:m signature_name signature_date:d* outtake_form_name \
    outtake_form_date:d attachments:m* comments_attributes:m-",
    )
    .made(Listing::Tickets, n::TICKETS),
    kind(
        "comments",
        "comment",
        "C",
        &["subject"],
        "id:i* created_at:d* updated_at:d* ticket_id:i subject body tech hidden:b user_id:i* \
    is_rich_text:b* do_not_email:b- sms_body:s-",
    )
    .under("tickets", "ticket_id")
    .made(Listing::Notes, n::COMMENTS)
    .within("ticket_id", "tickets"),
    kind(
        "leads",
        "lead",
        "CU",
        &["ticket_subject"],
        "id:i* first_name last_name email phone mobile created_at:d* updated_at:d* address city \
    state zip ticket_subject ticket_description ticket_problem_type ticket_id:i customer_id:i \
    contact_id:i mailbox_id:i message_read:b status user_id:i location_id:i business_name \
    hidden_notes:s opportunity_start_date:d opportunity_amount_dollars:n likelihood:i converted:b \
    disabled:b from_check_in:b-",
    )
    .made(Listing::Opportunities, n::LEADS),
    kind(
        "customer_assets",
        "asset",
        "CU",
        &["name"],
        "id:i* name customer_id:i contact_id:i created_at:d* updated_at:d* properties:m \
    asset_type:s* asset_serial external_rmm_link:s* asset_type_name:s- asset_type_id:i-",
    ),
    kind(
        "portal_users",
        "portal_user",
        "CUD",
        &["email"],
        "id:i* email account_id:i* customer_id:i contact_id:i created_at:d* updated_at:d* \
    portal_group_id:i password:s- password_confirmation:s-",
    ),
    kind(
        "contracts",
        "contract",
        "CUD",
        &["name"],
        "id:i* account_id:i* customer_id:i name contract_amount start_date:d end_date:d \
    primary_contact description created_at:d* updated_at:d* status likelihood:i apply_to_all:b sla_id:i",
    ),
    kind(
        "canned_responses",
        "canned_response",
        "CUD",
        &["title"],
        "id:i* title body subject canned_response_category_id:i created_at:d* updated_at:d*",
    ),
    kind(
        "rmm_alerts",
        "rmm_alert",
        "CD",
        &["description"],
        "id:i* customer_id:i computer_name:s* properties:m resolved:b check_id:i* status \
    formatted_output:s* description created_at:d* updated_at:d* asset_id:i",
    ),
    kind(
        "phones",
        "phone",
        "C",
        &["number"],
        "id:i* label number customer_id:i created_at:d* updated_at:d* extension",
    )
    .under("customers", "customer_id"),
    kind("ticket_statuses", "status", "", &["name"], "id:i* name closed:b updated_at:d*"),
    kind("problem_types", "problem type", "", &["name"], "id:i* name updated_at:d*"),
    kind("priorities", "priority", "", &["name"], "id:i* name updated_at:d*"),
    kind(
        "ticket_types",
        "ticket type",
        "",
        &["name"],
        "id:i* name disabled:b created_at:d* updated_at:d*",
    ),
    kind("asset_types", "asset type", "", &["name"], "id:i* name updated_at:d*"),
    kind(
        "notification_sets",
        "notification set",
        "",
        &["name"],
        "id:i* name url events:m duplicates:b updated_at:d*",
    ),
    kind(
        "emails",
        "e-mail",
        "",
        &["to"],
        "id:i* to ticket_id:i comment_id:i created_at:d* updated_at:d*",
    ),
    kind(
        "account",
        "account",
        "",
        &["name"],
        "id:i* name time_zone time_offset tickets_per_page:i detail_comments:i all_comments:b own_pages:b no_meta:b \
    strict_statuses:b retry_after:b stamp_offset_minutes:i only_customer:i require_ticket_type:b \
    updated_at:d*",
    ),
];

/// All kinds.
pub fn catalogue() -> Catalogue {
    let schemas = KINDS.iter().map(|about| {
        let getter = |name: &str| made::getter(about.key, name);
        Schema::new(*about, &[], "updated_at", getter)
    });
    Catalogue::new(schemas.collect())
}

/// What a list tells about its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meta {
    /// Pages, records, page size, page.
    Full,
    /// Pages and page: no number of records.
    Pages,
    /// Pages, page and page size.
    Sized,
}

/// How the API shows a kind.
pub struct Shape {
    /// Key of a list of them.
    pub list: &'static str,
    /// Key around a single one; none when it comes bare.
    pub one: Option<&'static str>,
    /// Records in a page; none when there are no pages.
    pub per_page: Option<usize>,
    /// What lists tell about their pages.
    pub meta: Meta,
    /// Whether lists begin with the newest.
    pub newest_first: bool,
    /// What is sent of a record, in order.
    pub row: &'static str,
    /// What is sent of a single record, where that differs.
    pub detail: &'static str,
    /// What is sent besides in single records.
    pub more: &'static str,
    /// Permissions to list, view, create, edit and delete, in the vendor's words; empty for none.
    pub permissions: [&'static str; 5],
}

const PLAIN: Shape = Shape {
    list: "",
    one: None,
    per_page: Some(25),
    meta: Meta::Full,
    newest_first: false,
    row: "",
    detail: "",
    more: "",
    permissions: [""; 5],
};

const CUSTOMERS: Shape = Shape {
    list: "customers",
    one: Some("customer"),
    per_page: Some(100),
    row: "id firstname lastname fullname business_name email phone mobile created_at updated_at \
    pdf_url address address_2 city state zip latitude longitude notes get_sms opt_out disabled \
    no_email location_name location_id properties online_profile_url tax_rate_id notification_email \
    invoice_cc_emails invoice_term_id referred_by ref_customer_id business_and_full_name \
    business_then_name contacts",
    more: "ticket_links invoice_links phones contracts addresses prepay_hours",
    permissions: [
        "Customers - List/Search",
        "Customers - View Detail",
        "Customers - Create",
        "Customers - Edit",
        "Customers - Delete",
    ],
    ..PLAIN
};

const CONTACTS: Shape = Shape {
    list: "contacts",
    per_page: Some(50),
    row: "id name address1 address2 city state zip email phone mobile latitude longitude customer_id \
    account_id notes created_at updated_at vendor_id properties opt_out extension processed_phone \
    processed_mobile ticket_matching_emails",
    permissions: [
        "Customers - View Detail",
        "Customers - View Detail",
        "Customers - Edit",
        "Customers - Edit",
        "Customers - Edit",
    ],
    ..PLAIN
};

const USERS: Shape = Shape {
    list: "users",
    one: Some("user"),
    per_page: None,
    row: "id email full_name created_at updated_at group admin color",
    ..PLAIN
};

const TICKETS: Shape = Shape {
    list: "tickets",
    one: Some("ticket"),
    per_page: Some(50),
    meta: Meta::Pages,
    newest_first: true,
    row: "id number subject created_at customer_id customer_business_then_name due_date resolved_at \
    start_at end_at location_id location_name problem_type status ticket_type_id ticket_type_name \
    properties user_id updated_at pdf_url priority billing_status tag_list sla_name \
    creator_name_or_email contact_fullname contract_name address_id parent parent_id child recurring \
    customer_reply total_formatted_billable_time contact_id sla_breached sla_breaching_soon \
    contract_id sla_id customer_tag_list resolution_time response_time customer_icons comments user",
    // Neither contact nor location nor service level are among the plain fields of a single ticket.
    detail: "id number subject created_at customer_id customer_business_then_name due_date start_at \
    end_at location_id problem_type status properties user_id updated_at pdf_url intake_form_html \
    signature_name signature_date asset_ids priority resolved_at outtake_form_name outtake_form_date \
    outtake_form_html tag_list comments attachments ticket_timers line_items worksheet_results assets \
    appointments ticket_fields ticket_answers customer contact user ticket_type address",
    permissions: [
        "Tickets - List/Search",
        VIEW_TICKETS,
        "Tickets - Create",
        "Tickets - Edit",
        "Tickets - Delete",
    ],
    ..PLAIN
};

const COMMENTS: Shape = Shape {
    list: "comments",
    one: Some("comment"),
    per_page: Some(10),
    meta: Meta::Sized,
    newest_first: true,
    row: "id created_at updated_at ticket_id subject body tech hidden user_id is_rich_text user",
    detail: "id created_at updated_at ticket_id subject body tech hidden user_id",
    permissions: [VIEW_TICKETS, VIEW_TICKETS, "Tickets - Edit", "", ""],
    ..PLAIN
};

const LEADS: Shape = Shape {
    list: "leads",
    one: Some("lead"),
    newest_first: true,
    row: "id first_name last_name email phone mobile created_at updated_at address city state zip \
    ticket_subject ticket_description ticket_problem_type ticket_id customer_id contact_id mailbox_id \
    mailbox_name business_then_name has_attachments message_read status user_id location_id",
    more: "emails attachments appointments",
    permissions: ["Leads - List/Search", "Leads - List/Search", "", "", ""],
    ..PLAIN
};

const ASSETS: Shape = Shape {
    list: "assets",
    one: Some("asset"),
    per_page: Some(50),
    row: "id name customer_id contact_id created_at updated_at properties asset_type asset_serial \
    external_rmm_link customer rmm_links rmm_store address",
    permissions: [
        "Assets - List/Search",
        "Assets - View Details",
        "Assets - Create",
        "Assets - Edit",
        "",
    ],
    ..PLAIN
};

const PORTAL_USERS: Shape = Shape {
    list: "portal_users",
    per_page: Some(100),
    row: "id email account_id customer_id contact_id created_at updated_at portal_group_id",
    permissions: [GLOBAL_ADMIN; 5],
    ..PLAIN
};

const CONTRACTS: Shape = Shape {
    list: "contracts",
    per_page: Some(50),
    row: "id account_id customer_id name contract_amount start_date end_date primary_contact \
    description created_at updated_at status likelihood apply_to_all sla_id",
    permissions: [
        "Contracts - List/Search",
        "Contracts - Edit",
        "Contracts - Edit",
        "Contracts - Edit",
        "Contracts - Delete",
    ],
    ..PLAIN
};

const CANNED_RESPONSES: Shape = Shape {
    list: "canned_responses",
    per_page: None,
    row: "id title body subject canned_response_category_id category_name",
    permissions: ["Ticket Canned Responses - Manage"; 5],
    ..PLAIN
};

const RMM_ALERTS: Shape = Shape {
    list: "rmm_alerts",
    one: Some("rmm_alert"),
    meta: Meta::Pages,
    newest_first: true,
    row: "id customer_id ticket_number ticket_status computer_name properties resolved check_id \
    status formatted_output description created_at updated_at asset_id",
    permissions: [
        "RMM Alerts - List",
        "RMM Alerts - List",
        "RMM Alerts - Create",
        "",
        "RMM Alerts - Delete",
    ],
    ..PLAIN
};

const PHONES: Shape = Shape {
    list: "phones",
    per_page: None,
    newest_first: true,
    row: "id label number customer_id created_at updated_at extension",
    permissions: [
        "Customers - View Detail",
        "Customers - View Detail",
        "Customers - Edit",
        "Customers - Edit",
        "Customers - Edit",
    ],
    ..PLAIN
};

/// Either of two permissions opens tickets; the other one only those of the token's owner.
pub const VIEW_TICKETS: &str = "Tickets - View Details";
/// The permission that opens only tickets assigned to the token's owner.
pub const VIEW_OWN_TICKETS: &str = "Tickets - View 'Their Ticket' Details (assigned to them)";
/// What an administrator may do.
pub const GLOBAL_ADMIN: &str = "Global Admin";

/// How the API shows the kind with a key; none for kinds that only the product's screens show.
pub fn shape(key: &str) -> Option<&'static Shape> {
    Some(match key {
        "customers" => &CUSTOMERS,
        "contacts" => &CONTACTS,
        "users" => &USERS,
        "tickets" => &TICKETS,
        "comments" => &COMMENTS,
        "leads" => &LEADS,
        "customer_assets" => &ASSETS,
        "portal_users" => &PORTAL_USERS,
        "contracts" => &CONTRACTS,
        "canned_responses" => &CANNED_RESPONSES,
        "rmm_alerts" => &RMM_ALERTS,
        "phones" => &PHONES,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_an_id_first_and_says_when_it_changed() {
        let catalogue = catalogue();
        for schema in catalogue.all() {
            assert_eq!(schema.position("id"), Some(0), "{}", schema.about.key);
            assert!(schema.changed.is_some(), "{}", schema.about.key);
            if let Some((parent, field)) = schema.about.parent {
                assert!(catalogue.find(parent).is_some() && schema.position(field).is_some());
            }
        }
    }
}
