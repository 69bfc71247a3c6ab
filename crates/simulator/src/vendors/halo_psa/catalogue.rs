//! Every kind of record of the API: address, fields with their types, where it comes from, which fields only the
//! record by itself shows.

use super::made;
use super::made::numbers as n;
use crate::records::schema::{About, Catalogue, Schema, kind};
use crate::world::listing::Listing;

/// Fields of tickets, sales and projects: they are one table to the product.
const TICKET: &str = "id:i* dateoccurred:d summary:s! details:s status_id:@status status_name:s* \
    tickettype_id:@tickettype! tickettype_name:s* requesttype_name:s* sla_id:@sla sla_name:s* priority_id:i \
    priority_name:s* client_id:@client client_name:s* site_id:@site site_name:s* user_id:@users user_name:s* team:s \
    agent_id:@agent agent_name:s* category_1:s category_2:s category_3:s category_4:s categoryid_1:i* categoryid_2:i* \
    categoryid_3:i* categoryid_4:i* reportedby:s user_email:s estimate:n timetaken:n parent_id:i child_count:i* \
    attachment_count:i* flagged:b enduserstatus:i onhold:b respondbydate:d fixbydate:d deadlinedate:d dateclosed:d* \
    date_fully_closed:d* dateassigned:d* excludefromsla:b slaresponsestate:s* slaholdtime:n* lastactiondate:d* \
    last_update:d* hasbeenclosed:b* inactive:b impact:i urgency:i startdate:d targetdate:d source:i use:s* \
    itil_requesttype_id:i* workflow_id:i workflow_step:i pipeline_stage_id:i pipeline_stage_name:s merged_into_id:i* \
    third_party_id_string:s web_url:s* created_by:s* emailtolist:s emailcclist:s ticket_tags:s oppcompanyname:s \
    oppcontactname:s oppemailaddress:s opptel:s opptype:s oppvalue:n oppvalue_monthly:n oppvalue_annual:n \
    oppvalue_oneoff:n oppvalueadjusted:n* oppprofit:n* oppconversionprobability:n oppreason:s opphear:s \
    oppclosurecategory:i oppconverteddate:d* customfields:m details_html:s datecreated:d* tags:m external_links:m \
    third_party_id:i is_opportunity:b* is_project:b* contract_id:i contract_ref:s deleted:b*- _recover:b-";

/// Fields of a ticket that lists leave out.
const TICKET_DETAIL: &[&str] = &[
    "details_html",
    "datecreated",
    "tags",
    "external_links",
    "third_party_id",
    "is_opportunity",
    "is_project",
    "contract_id",
    "contract_ref",
];

/// Those of them that lists show where they are asked to.
pub const OF_CONTRACTS: [&str; 2] = ["contract_id", "contract_ref"];

/// The field that says when a record was last changed; kinds that are not here have a hidden one.
const CHANGED: [(&str, &str); 9] = [
    ("client", "alastupdate"),
    ("site", "slastupdate"),
    ("users", "lastupdate"),
    ("agent", "last_modified"),
    ("tickets", "last_update"),
    ("opportunities", "last_update"),
    ("projects", "last_update"),
    ("actions", "last_updated"),
    ("team", "last_modified"),
];

/// Fields that only the record by itself shows.
const DETAIL: [(&str, &[&str]); 7] = [
    (
        "client",
        &[
            "isopportunity",
            "main_site_id",
            "main_site_name",
            "main_contact_id",
            "main_contact_name",
            "main_contact_email",
            "main_contact_phonenumber",
            "main_phonenumber",
            "website",
            "domain",
            "datecreated",
            "alastupdate",
            "accountmanagertech_name",
            "external_links",
        ],
    ),
    (
        "site",
        &[
            "maincontact_name",
            "delivery_address",
            "invoice_address",
            "isinvoicesite",
            "sitecontacts",
            "datecreated",
            "slastupdate",
        ],
    ),
    (
        "users",
        &[
            "ismaincontact",
            "iscontractcontact",
            "roles",
            "department",
            "isheadofdept",
            "web_access_level",
            "showmeonly",
            "canadd",
            "ulastupdate",
            "datecreated",
        ],
    ),
    (
        "agent",
        &["roles", "is_admin", "datecreated", "last_modified"],
    ),
    ("tickets", TICKET_DETAIL),
    ("opportunities", TICKET_DETAIL),
    ("projects", TICKET_DETAIL),
];

/// Whether lists leave a field of a kind out.
pub fn is_detail(kind: &str, field: &str) -> bool {
    DETAIL
        .iter()
        .any(|(key, fields)| *key == kind && fields.contains(&field))
}

const KINDS: [About; 28] = [
    kind(
        "client",
        "client",
        "CUD",
        &["name"],
        "id:i* name:s! toplevel_id:@toplevel toplevel_name:s* inactive:b colour:s is_vip:b customertype:i \
    customer_relationship:m customer_relationship_list:s accountmanagertech:@agent pritech:@agent sectech:@agent \
    ref:s accountsid:s azure_tenants:m azure_tenant_id:s notes:s open_ticket_count:i* customfields:m stopped:i \
    is_account:b use:s* isopportunity:i main_site_id:@site main_site_name:s* main_contact_id:@users \
    main_contact_name:s* main_contact_email:s* main_contact_phonenumber:s* main_phonenumber:s website:s domain:s \
    datecreated:d* alastupdate:d* accountmanagertech_name:s* external_links:m newclient_sitename:s- \
    newclient_contactname:s- newclient_contactemail:s- newclient_phonenumber:s-",
    )
    .made(Listing::Companies, n::CLIENTS),
    kind(
        "site",
        "site",
        "CUD",
        &["name"],
        "id:i* name:s! client_id:@client! client_name:s* clientsite_name:s* inactive:b sla_id:i phonenumber:s \
    colour:s timezone:s notes:s isstocklocation:b ref:s maincontact_id:@users delivery_address_line1:s \
    delivery_address_line2:s delivery_address_line3:s delivery_address_line4:s delivery_address_line5:s \
    customfields:m use:s* maincontact_name:s* delivery_address:m invoice_address:m isinvoicesite:b sitecontacts:m \
    datecreated:d* slastupdate:d*",
    )
    .made(Listing::Companies, n::SITES),
    kind(
        "users",
        "user",
        "CUD",
        &["name"],
        "id:i* name:s! site_id:@site! site_id_int:i* site_name:s* client_id:@client* client_name:s* firstname:s \
    surname:s initials:s title:s emailaddress:s email2:s email3:s phonenumber_preferred:s phonenumber:s homenumber:s \
    mobilenumber:s mobilenumber2:s fax:s login:s inactive:b colour:s isserviceaccount:b linked_agent_id:@agent \
    isimportantcontact:b isimportantcontact2:b* role_list:s* role_ids:m other1:s other2:s other3:s other4:s other5:s \
    notes:s neversendemails:b is_prospect:b azureoid:s azure_id:s okta_id:s relationship_id:i user_relationships:m \
    lastupdate:d* use:s* customfields:m ismaincontact:b* iscontractcontact:b roles:m department:s isheadofdept:b \
    web_access_level:i showmeonly:i canadd:b ulastupdate:d* datecreated:d* add_roles:m- is_general:b*-",
    )
    .made(Listing::People, n::USERS)
    .within("client_id", "client"),
    kind(
        "agent",
        "agent",
        "U",
        &["name"],
        "id:i* name:s! team:s isdisabled:b email:s lastlogindate:d* initials:s firstname:s surname:s colour:s \
    jobtitle:s sms:s extensionnumber:s is_agent:b teams:m departments:m role_list:s isapiagent:b use:s* \
    namewithinactive:s* roles:m is_admin:b datecreated:d* last_modified:d*",
    )
    .made(Listing::Technicians, n::AGENTS),
    kind("tickets", "ticket", "CUD", &["summary"], TICKET).made(Listing::Tickets, n::TICKETS),
    kind("opportunities", "opportunity", "CUD", &["summary"], TICKET)
        .made(Listing::Opportunities, n::OPPORTUNITIES),
    kind("projects", "project", "CUD", &["summary"], TICKET),
    kind(
        "actions",
        "action",
        "CUD",
        &["note"],
        "id:i* number:i*- ticket_id:i! outcome:s outcome_id:@outcome who:s who_type:i* who_agentid:i* datetime:d \
    actiondatecreated:d* last_updated:d* note:s note_html:s emailbody:s emailbody_html:s emailsubject:s emailfrom:s \
    emailto:s emailcc:s emaildirection:s* hiddenfromuser:b important:b timetaken:n old_status:i* new_status:i \
    new_status_name:s* attachment_count:i* attachments:m actionby_agent_id:i* actionby_user_id:i* \
    actionby_application_id:s* on_behalf_of:i on_behalf_of_name:s guid:s* sendemail:b- system:b*-",
    )
    .made(Listing::Notes, 0)
    .within("ticket_id", "tickets"),
    kind(
        "status",
        "status",
        "CUD",
        &["name"],
        "id:i* guid:s* name:s! shortname:s type:i sequence:i colour:s slaaction:s domain:s-*",
    ),
    kind(
        "tickettype",
        "ticket type",
        "CU",
        &["name"],
        "id:i* guid:s* name:s! use:s sequence:i default_sla:i group_id:i group_name:s cancreate:b agentscanselect:b \
    itilrequesttype:i allowattachments:b enduserscanselect:b anonymouscanselect:b hasmandatorytechfields:b \
    hasmandatoryuserfields:b default_agent:i default_team:s workflow_name:s workflow_id:i default_priority:i visible:b \
    initial_status:i statusafteruserupdate:i reopenedstatus:i allowall_status:b allowed_status:m domain:s-*",
    ),
    kind(
        "priority",
        "priority",
        "",
        &["name"],
        "id:i* slaid:i priorityid:i name:s! fixtime:n fixunits:s responsetime:n responseunits:s ishidden:b colour:s",
    ),
    kind("sla", "SLA", "", &["name"], "id:i* name:s! priorities:m"),
    kind(
        "team",
        "team",
        "CU",
        &["name"],
        "id:i* guid:s* name:s! sequence:i forrequests:b foropps:b forprojects:b department_id:i department_name:s \
    inactive:b managers:m last_modified:d*",
    ),
    kind(
        "category",
        "category",
        "CU",
        &["category_name"],
        "id:i* guid:s* value:s! category_name:s type_id:i sla_id:i priority_id:i",
    ),
    kind(
        "outcome",
        "outcome",
        "CU",
        &["outcome"],
        "id:i* guid:s* outcome:s! buttonname:s sequence:i hidden:b hidefromuser:b sendemail:i newstatus:i \
    actionvisibility:b systemid:i mustaddnote:b",
    ),
    kind(
        "lookup",
        "lookup",
        "",
        &["name"],
        "id:i* entry:i*- lookupid:i name:s value2:s sequence:i inactive:b",
    ),
    kind(
        "userroles",
        "user role",
        "CU",
        &["name"],
        "id:i* guid:s* name:s! isimportantcontact2:b web_access_level:i showmeonly:i ispoapprover:b canadd:b canviewopps:b \
    canaccessinvoices:b notes:s",
    ),
    kind("roles", "role", "", &["name"], "id:i* name:s!"),
    kind(
        "fieldinfo",
        "field",
        "",
        &["name"],
        "id:i* name:s label:s typeid:i type:i usage:i custom:i",
    ),
    kind("toplevel", "top level", "", &["name"], "id:i* name:s! inactive:b"),
    kind("workflow", "workflow", "", &["name"], "id:i* name:s! steps:m"),
    kind(
        "attachment",
        "attachment",
        "CD",
        &["filename"],
        "id:i* ticket_id:i action_id:i filename:s! datecreated:d* filesize:i* isimage:b* note:s data_base64:s-",
    ),
    kind(
        "asset",
        "asset",
        "CUD",
        &["inventory_number"],
        "id:i* inventory_number:s! client_id:i site_id:i user_id:i assettype_id:i assettype_name:s key_field:s key_field2:s \
    status_id:i inactive:b",
    ),
    kind(
        "webhook",
        "webhook",
        "CUD",
        &["name"],
        "id:i* guid:s* name:s! type:i url:s! content_type:s authentication_type:i method:i basic_username:s \
    basic_password:s- active:b systemuse:s runbook_start_type:i inbound_authentication_type:i authentication_header:s batch_method:i batch_delay_seconds:i batch_limit:i \
    algorithm:i digest:i signature_prefix:s note:s version_number:s last_status:i*",
    ),
    kind(
        "notification",
        "notification",
        "CUD",
        &["name"],
        "id:i* webhook_id:s type:i delivery_method:i eventno:i name:s agent_id:i filter_type:i conditions:m",
    ),
    kind(
        "webhookevent",
        "webhook event",
        "",
        &["event"],
        "id:i* guid:s* webhook_id:s event:s timestamp:d requestbody:s",
    ),
    kind("appointment", "appointment", "", &["subject"], "id:i* subject:s start_date:d end_date:d agent_id:i"),
    kind("instanceinfo", "instance", "", &["version"], "id:i* version:s licensed_agents:i lenient:b*- ticket_cap:i*- list_cap:i*- usual_rows:i*- webhook_retries:i*- quiet_actions:b*- bare_lists:b*- open_lists:b*-"),
];

/// All kinds.
pub fn catalogue() -> Catalogue {
    let schemas = KINDS.iter().map(|about| {
        let own = CHANGED.iter().find(|(key, _)| *key == about.key);
        let changed = own.map_or("changed_at", |(_, field)| *field);
        let hidden: &[&'static str] = if own.is_some() {
            &[]
        } else {
            &["changed_at:d-*"]
        };
        Schema::new(*about, hidden, changed, |name| {
            made::getter(about.key, name)
        })
    });
    Catalogue::new(schemas.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::schema::Kind;

    #[test]
    fn links_lead_to_kinds_and_fields_named_elsewhere_exist() {
        let catalogue = catalogue();
        for schema in catalogue.all() {
            let key = schema.about.key;
            assert!(schema.changed.is_some(), "{key}");
            for field in &schema.fields {
                if let Kind::Link(target) = &field.kind {
                    assert!(catalogue.find(target).is_some(), "{key}.{}", field.name);
                }
            }
            for title in schema.about.title {
                assert!(schema.position(title).is_some(), "{key} {title}");
            }
        }
        for (key, fields) in DETAIL {
            let schema = catalogue.get(catalogue.find(key).unwrap());
            for field in fields {
                assert!(schema.position(field).is_some(), "{key} {field}");
            }
        }
    }
}
