//! Halo PSA in the suite, and what only Halo PSA has: tokens and scopes, pages that overlap, actions by ticket.

mod details;
mod lists;
mod tokens;

use std::collections::BTreeSet;
use std::path::Path;

use domain::reference::ReferenceKind;
use domain::stream::Stream;
use serde_json::{Value, json};
use simulator::{Control, HaloPsaCredentials, Sandbox, SandboxConfig, WorldConfig};

use crate::case::Case;
use crate::reference_data;
use crate::specification::Document;
use crate::specification::open_api::OpenApi;
use crate::vendor::{Boxed, Stand, Vendor, Wrong};

/// When the sandbox's clock starts: far from the machine's, so that a mix-up of clocks shows.
const START: i64 = 1_893_456_000_000; // 2030-01-01T00:00:00Z

/// The document describes no answers, but the records that requests carry: lists with the key of their rows and the
/// component that has their fields.
const ROWS: [(&str, &str, &str); 14] = [
    ("get /Client", "clients", "Area_List"),
    ("get /Site", "sites", "Site_List"),
    ("get /Users", "users", "Users_List"),
    ("get /Agent", "results", "Uname_List"),
    ("get /Tickets", "tickets", "Faults_List"),
    ("get /Opportunities", "tickets", "Faults_List"),
    ("get /Actions", "actions", "Actions"),
    ("get /Status", "results", "TStatus"),
    ("get /TicketType", "results", "RequestType"),
    ("get /Priority", "results", "Policy"),
    ("get /Team", "results", "SectionDetail"),
    ("get /Category", "results", "CategoryDetail"),
    ("get /Outcome", "results", "TOutcome"),
    ("get /Lookup", "results", "Lookup"),
];

/// The vendor.
pub struct HaloPsa;

/// A stand-in that knows this application.
async fn stand(credentials: HaloPsaCredentials) -> Stand {
    let world = WorldConfig {
        seed: 7,
        companies: 12,
        contacts_per_company: 5,
        technicians: 4,
        tickets: 95,
        opportunities: 14,
        ..WorldConfig::default()
    };
    let config = SandboxConfig {
        world,
        limits: false,
        credentials: credentials.clone(),
        clock_start_ms: Some(START),
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::start_halo_psa(config).await.expect("a sandbox");
    let form = [
        ("url", "https://harbourline.halopsa.com/"),
        ("client_id", credentials.client_id.as_str()),
        ("client_secret", credentials.client_secret.as_str()),
        ("tenant", credentials.tenant.as_str()),
    ];
    Stand::new("halo_psa", sandbox, &form)
}

impl Vendor for HaloPsa {
    fn key(&self) -> &'static str {
        "halo_psa"
    }

    fn start(&self) -> Boxed<Stand> {
        Box::pin(stand(HaloPsaCredentials::default()))
    }

    fn entity(&self, stream: Stream) -> &'static str {
        match stream {
            Stream::Companies => "client",
            Stream::Technicians => "agent",
            Stream::Contacts => "users",
            Stream::Opportunities => "opportunities",
            Stream::TicketNotes => "actions",
            _ => "tickets",
        }
    }

    fn wrong_credentials(&self) -> Vec<Wrong> {
        let wrong = |field, value, blamed| Wrong {
            field,
            value,
            blamed,
        };
        vec![
            wrong(
                "client_id",
                "11111111-2222-4333-8444-555555555555",
                "client_secret",
            ),
            wrong("client_secret", "somebody-elses", "client_secret"),
            wrong("tenant", "elsewhere", "tenant"),
        ]
    }

    fn edit(&self, stream: Stream) -> Value {
        match stream {
            Stream::Companies => json!({ "ref": "Edited" }),
            Stream::Contacts => json!({ "title": "Head of something else" }),
            _ => json!({ "summary": "Edited" }),
        }
    }

    fn deleted(&self, _stream: Stream) -> &'static str {
        "tickets"
    }

    fn title(&self) -> &'static str {
        "summary"
    }

    fn reference_kinds(&self) -> &'static [ReferenceKind] {
        &[
            ReferenceKind::Queue,
            ReferenceKind::TicketStatus,
            ReferenceKind::TicketPriority,
            ReferenceKind::TicketCategory,
            ReferenceKind::TicketType,
            ReferenceKind::TicketSource,
            ReferenceKind::CompanyType,
            ReferenceKind::NoteType,
            ReferenceKind::ContactType,
            ReferenceKind::OpportunityStage,
            ReferenceKind::OpportunityCategory,
            ReferenceKind::Owner,
            ReferenceKind::OpportunityType,
            ReferenceKind::Impact,
            ReferenceKind::Urgency,
            ReferenceKind::Workflow,
            ReferenceKind::Category2,
            ReferenceKind::Category3,
            ReferenceKind::Category4,
        ]
    }

    fn notes_of(&self, control: &Control, ticket: i64) -> BTreeSet<String> {
        let all = control.records("actions", -1, 100_000).expect("actions");
        let of_ticket = all
            .into_iter()
            .filter(|action| action["ticket_id"] == ticket);
        let people = of_ticket.filter(|action| {
            // The product's own entries are no comments.
            !["Ticket Logged", "Automation"]
                .contains(&action["outcome"].as_str().unwrap_or_default())
        });
        people
            .map(|action| format!("{ticket}-{}", action["id"]))
            .collect()
    }

    fn location(&self) -> Option<(&'static str, &'static str, &'static str)> {
        Some(("site", "client_id", "phonenumber"))
    }

    fn contract_field(&self) -> Option<&'static str> {
        Some("contract")
    }

    /// A client of two relationships, a sale of a category, and an action by somebody Halo does not know.
    fn fill(&self, control: &Control) {
        let two = json!([{"id": 4, "name": "Customer"}, {"id": 6, "name": "Vendor"}]);
        let clients = control.ids("client");
        control.patch(
            "client",
            clients[2],
            json!({ "customer_relationship": two }),
        );
        let sale = control.ids("opportunities")[0];
        control.patch("opportunities", sale, json!({ "categoryid_1": 120 }));
        let ticket = control.ids("tickets")[1];
        let action = json!({
            "ticket_id": ticket, "outcome_id": 2, "note": "By mail", "who": "Xavier Lane", "who_type": 1,
        });
        control.create("actions", action);
    }

    fn expire(&self) -> Option<fn(&Control)> {
        Some(|control| control.advance_clock(3_700_000))
    }

    fn error_body(&self, words: &str) -> Value {
        json!({ "error": words })
    }

    fn smallest_page(&self) -> u32 {
        10
    }

    fn document(&self, folder: &Path) -> Option<Box<dyn Document>> {
        let path = folder.join("halo-psa/halo-api-v2-openapi-2025-03.json");
        let document = OpenApi::read(&path, &["/api"], &["/auth/token"]);
        Some(Box::new(document.with_rows(&ROWS)))
    }

    fn own_cases(&self) -> Vec<Case> {
        vec![
            Case::new(
                "connect",
                "a_token_is_shared_and_renewed_in_time",
                tokens::shared,
            ),
            Case::new(
                "connect",
                "the_widest_scope_that_is_granted",
                tokens::scopes,
            ),
            Case::new(
                "connect",
                "scopes_granted_and_taken_back_are_noticed",
                tokens::granted_later,
            ),
            Case::new(
                "connect",
                "no_scope_at_all_is_a_missing_right",
                tokens::no_scope,
            ),
            Case::new(
                "connect",
                "a_sign_in_that_is_down_is_no_wrong_secret",
                tokens::outage,
            ),
            Case::new(
                "connect",
                "an_odd_answer_of_the_sign_in_is_no_refusal",
                tokens::odd_answers,
            ),
            Case::new(
                "connect",
                "an_agent_who_sees_no_client_is_told",
                tokens::sees_nothing,
            ),
            Case::new(
                "connect",
                "lists_to_choose_from_are_tried",
                tokens::lists_to_choose_from,
            ),
            Case::new(
                "connect",
                "opportunities_and_sites_are_optional",
                tokens::optional,
            ),
            Case::new(
                "connect",
                "teams_and_sites_that_are_not_seen_are_a_missing_right",
                tokens::unseen,
            ),
            Case::new(
                "list",
                "web_sites_and_main_contacts",
                details::web_sites_and_main_contacts,
            ),
            Case::new("list", "the_address_of_the_main_site", details::main_site),
            Case::new("list", "site_contact_types", details::site_contact_types),
            Case::new("list", "details_come_by_turns", details::details_by_turns),
            Case::new(
                "list",
                "details_that_fail_stop_nothing",
                details::details_that_fail,
            ),
            Case::new(
                "incremental",
                "a_reply_shows_though_it_is_no_change",
                details::replies,
            ),
            Case::new(
                "incremental",
                "an_unreadable_ticket_counts_once",
                details::unreadable_replies,
            ),
            Case::new("list", "sites_are_read_once_an_hour", lists::sites_kept),
            Case::new("list", "addresses_line_by_line", lists::addresses),
            Case::new("list", "types_are_relationships", lists::types),
            Case::new("list", "a_ticket_opened_again", lists::opened_again),
            Case::new("list", "lists_without_a_count", lists::uncounted),
            Case::new("list", "null_is_no_rows", lists::null_rows),
            Case::new("fields", "both_spellings_in_one_row", lists::both_spellings),
            Case::new(
                "reference_data",
                "lists_under_another_name",
                lists::another_name,
            ),
            Case::new(
                "list",
                "custom_fields_that_are_asked_for",
                lists::custom_fields,
            ),
            Case::new(
                "list",
                "custom_fields_that_are_not_told",
                lists::custom_fields_unread,
            ),
            Case::new("list", "ids_of_another_release", lists::other_release),
            Case::new("list", "people_who_are_no_contacts", lists::no_contacts),
            Case::new("list", "main_contacts_and_addresses", lists::main_contacts),
            Case::new("list", "comments_private_and_public", lists::comments),
            Case::new(
                "list",
                "comments_counted_and_not_sent",
                lists::more_counted_than_sent,
            ),
            Case::new("list", "comments_that_are_hidden", lists::hidden_comments),
            Case::new("list", "sales_are_no_tickets", lists::sales),
            Case::new(
                "list",
                "closed_ones_are_asked_for",
                lists::closed_too,
            ),
            Case::new("list", "a_team_renamed", lists::renamed_team),
            Case::new("reference_data", "ten_thousand_statuses", || {
                reference_data::many_statuses(&HaloPsa, |stand, count| {
                    for number in 0..count {
                        let status = json!({"name": format!("Status {number}")});
                        stand.control().create("status", status);
                    }
                })
            }),
        ]
    }
}
