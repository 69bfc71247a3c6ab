//! Syncro in the suite, and what only Syncro has: token permissions answered like wrong tokens, pages without totals or of the
//! vendor's own size, main contacts by address, first comments as descriptions.

mod answers;
mod connecting;
mod samples;

use std::collections::BTreeSet;
use std::path::Path;

use domain::reference::ReferenceKind;
use domain::stream::Stream;
use serde_json::{Value, json};
use simulator::{Control, Sandbox, SandboxConfig, SyncroCredentials, WorldConfig};

use crate::case::Case;
use crate::reference_data;
use crate::specification::Document;
use crate::specification::open_api::OpenApi;
use crate::vendor::{Boxed, Stand, Vendor, Wrong, ids_of};

/// When the sandbox's clock starts: far from the machine's, so that a mix-up of clocks shows.
const START: i64 = 1_893_456_000_000; // 2030-01-01T00:00:00Z

/// Places whose keys are an account's own, or whose sample is of another release.
const FREE: [&str; 3] = ["properties", "triggers", "ticket_types"];

/// The vendor.
pub struct Syncro;

impl Vendor for Syncro {
    fn key(&self) -> &'static str {
        "syncro"
    }

    fn start(&self) -> Boxed<Stand> {
        Box::pin(async {
            let credentials = SyncroCredentials::default();
            let world = WorldConfig {
                seed: 7,
                companies: 9,
                contacts_per_company: 4,
                technicians: 4,
                // A page holds at most 100.
                tickets: 96,
                opportunities: 12,
                ..WorldConfig::default()
            };
            let config = SandboxConfig {
                world,
                limits: false,
                credentials: credentials.clone(),
                clock_start_ms: Some(START),
                ..SandboxConfig::default()
            };
            let sandbox = Sandbox::start_syncro(config).await.expect("a sandbox");
            let form = [
                ("subdomain", credentials.subdomain.as_str()),
                ("api_key", credentials.token.as_str()),
            ];
            Stand::new("syncro", sandbox, &form)
        })
    }

    fn entity(&self, stream: Stream) -> &'static str {
        match stream {
            Stream::Companies => "customers",
            Stream::Technicians => "users",
            Stream::Contacts => "contacts",
            Stream::TicketNotes => "comments",
            _ => "tickets",
        }
    }

    /// A contact is made of each customer that has an address.
    fn ids(&self, control: &Control, stream: Stream) -> BTreeSet<String> {
        let mut ids = ids_of(control, self.entity(stream));
        if stream == Stream::Contacts {
            let customers = control.records("customers", -1, 5_000).expect("records");
            let addressed = customers.iter().filter(|c| c["email"].is_string());
            ids.extend(addressed.map(|c| format!("customer:{}", c["id"])));
        }
        ids
    }

    fn wrong_credentials(&self) -> Vec<Wrong> {
        let wrong = |field, value| Wrong {
            field,
            value,
            blamed: field,
        };
        vec![
            wrong("subdomain", "somebody-else"),
            wrong("api_key", "T0-0123456789"),
        ]
    }

    fn edit(&self, _: Stream) -> Value {
        json!({ "subject": "Edited" })
    }

    fn deleted(&self, _: Stream) -> &'static str {
        "tickets"
    }

    fn title(&self) -> &'static str {
        "subject"
    }

    fn reference_kinds(&self) -> &'static [ReferenceKind] {
        &[
            ReferenceKind::TicketStatus,
            ReferenceKind::TicketPriority,
            ReferenceKind::TicketCategory,
            ReferenceKind::TicketType,
        ]
    }

    fn in_order_of_ids(&self) -> bool {
        false
    }

    /// Any text may be a priority, whatever the settings list.
    fn free_texts(&self) -> &'static [ReferenceKind] {
        &[ReferenceKind::TicketPriority]
    }

    fn notes_of(&self, control: &Control, ticket: i64) -> BTreeSet<String> {
        let all = control.records("comments", -1, 5_000).expect("comments");
        let mut of: Vec<&Value> = all.iter().filter(|c| c["ticket_id"] == ticket).collect();
        // The first one is the description, when clients may read it.
        if of.first().is_some_and(|first| first["hidden"] == false) {
            of.remove(0);
        }
        of.into_iter().map(|c| c["id"].to_string()).collect()
    }

    fn error_body(&self, words: &str) -> Value {
        json!({ "error": words })
    }

    fn document(&self, folder: &Path) -> Option<Box<dyn Document>> {
        let path = folder.join("syncro/syncro-v1-openapi.json");
        let document = OpenApi::read(&path, &["/api/v1"], &[]);
        Some(Box::new(document.with_free(&FREE)))
    }

    fn contract_field(&self) -> Option<&'static str> {
        Some("contract")
    }

    fn own_cases(&self) -> Vec<Case> {
        vec![
            Case::new("reference_data", "ten_thousand_statuses", || {
                reference_data::many_statuses(VENDOR, |stand, count| {
                    for number in 0..count {
                        let status = json!({"name": format!("Status {number}")});
                        stand.control().create("ticket_statuses", status);
                    }
                })
            }),
            Case::new(
                "connect",
                "a_token_of_another_account_is_told",
                connecting::another_account,
            ),
            Case::new(
                "connect",
                "two_accounts_share_the_limit_of_the_address",
                connecting::shared_limit,
            ),
            Case::new(
                "connect",
                "contacts_without_a_right_leave_tickets_alone",
                connecting::contacts_only,
            ),
            Case::new(
                "connect",
                "each_right_is_named",
                connecting::each_right_is_named,
            ),
            Case::new(
                "connect",
                "tickets_of_others_that_are_hidden",
                connecting::others_tickets_are_hidden,
            ),
            Case::new(
                "connect",
                "the_token_is_in_no_address",
                connecting::token_in_no_address,
            ),
            Case::new("list", "repeated_page", answers::repeated_page),
            Case::new(
                "list",
                "page_repeated_for_good",
                answers::page_repeated_for_good,
            ),
            Case::new("list", "pages_of_the_vendors_own_size", answers::own_pages),
            Case::new(
                "list",
                "pages_of_the_vendors_own_size_as_asked",
                answers::own_pages_of_the_size_asked,
            ),
            Case::new(
                "list",
                "lists_that_say_nothing_about_their_pages",
                answers::no_meta,
            ),
            Case::new(
                "list",
                "more_technicians_than_a_minute_has_requests",
                answers::many_technicians,
            ),
            Case::new("list", "times_with_an_offset", answers::offsets),
            Case::new("list", "main_contact_by_address", answers::main_contact),
            Case::new(
                "list",
                "main_contact_needs_no_right_to_go_on",
                answers::without_customers,
            ),
            Case::new(
                "list",
                "a_customer_is_its_own_main_contact",
                answers::made_contact,
            ),
            Case::new(
                "list",
                "a_custom_field_is_the_contact_type",
                answers::contact_type,
            ),
            Case::new("list", "disabled_are_inactive", answers::inactive),
            Case::new(
                "list",
                "first_comment_is_the_description",
                answers::description,
            ),
            Case::new(
                "list",
                "a_ticket_that_was_resolved_once_is_not_closed_by_that",
                answers::opened_again,
            ),
            Case::new("list", "many_comments", answers::many_comments),
            Case::new("list", "odd_comment", answers::odd_comment),
            Case::new("list", "hidden_comments_are_internal", answers::hidden),
            Case::new(
                "completeness",
                "the_documents_samples_are_read",
                samples::are_read,
            )
            .needing(samples::folder().is_some()),
            Case::new(
                "reference_data",
                "a_renamed_status_is_another_one",
                answers::renamed_status,
            ),
        ]
    }
}

const VENDOR: &Syncro = &Syncro;
