//! ConnectWise PSA in the suite, and what only it has: codebases, boards with statuses of their own, notes by ticket.

mod contacts;
mod desk;
mod money;
mod place;
mod projects;
mod sizes;
mod tickets;

use std::collections::BTreeSet;
use std::path::Path;

use domain::reference::ReferenceKind;
use domain::stream::Stream;
use serde_json::{Value, json};
use simulator::{
    ConnectWisePsaCredentials, Control, FaultKind, Sandbox, SandboxConfig, WorldConfig,
};

use crate::case::Case;
use crate::reference_data;
use crate::specification::Document;
use crate::specification::open_api::OpenApi;
use crate::vendor::{Boxed, Stand, Vendor, Wrong};

/// When the sandbox's clock starts: far from the machine's, so that a mix-up of clocks shows.
const START: i64 = 1_893_456_000_000; // 2030-01-01T00:00:00Z

/// The vendor.
pub struct ConnectWisePsa;

impl Vendor for ConnectWisePsa {
    fn key(&self) -> &'static str {
        "connectwise_psa"
    }

    fn start(&self) -> Boxed<Stand> {
        Box::pin(async {
            let credentials = ConnectWisePsaCredentials::default();
            let world = WorldConfig {
                seed: 7,
                companies: 9,
                contacts_per_company: 4,
                technicians: 4,
                tickets: 120,
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
            let sandbox = Sandbox::start_connectwise_psa(config)
                .await
                .expect("a sandbox");
            let form = [
                ("site", "na.myconnectwise.net"),
                ("company_id", credentials.company_id.as_str()),
                ("public_key", credentials.public_key.as_str()),
                ("private_key", credentials.private_key.as_str()),
                ("client_id", credentials.client_id.as_str()),
            ];
            Stand::new("connectwise_psa", sandbox, &form)
        })
    }

    fn entity(&self, stream: Stream) -> &'static str {
        match stream {
            Stream::Companies => "company/companies",
            Stream::Technicians => "system/members",
            Stream::Contacts => "company/contacts",
            Stream::TicketNotes => "service/tickets/notes",
            Stream::Opportunities => "sales/opportunities",
            _ => "service/tickets",
        }
    }

    fn wrong_credentials(&self) -> Vec<Wrong> {
        let wrong = |field, value, blamed| Wrong {
            field,
            value,
            blamed,
        };
        vec![
            wrong("company_id", "elsewhere", "company_id"),
            wrong("public_key", "Wr0ngKeyWr0ngKey", "private_key"),
            wrong("private_key", "Wr0ngKeyWr0ngKey", "private_key"),
            wrong(
                "client_id",
                "00000000-1111-2222-3333-444444444444",
                "client_id",
            ),
        ]
    }

    fn edit(&self, stream: Stream) -> Value {
        match stream {
            Stream::Companies => json!({ "phoneNumber": "555-7000" }),
            Stream::Technicians | Stream::Contacts => {
                json!({ "title": "Head of something else" })
            }
            Stream::Opportunities => json!({ "name": "Edited" }),
            _ => json!({ "summary": "Edited" }),
        }
    }

    fn deleted(&self, _stream: Stream) -> &'static str {
        "service/tickets"
    }

    fn title(&self) -> &'static str {
        "summary"
    }

    fn reference_kinds(&self) -> &'static [ReferenceKind] {
        use ReferenceKind::{
            CompanyStatus, CompanyType, ContactType, Impact, OpportunityProbability,
            OpportunityStage, OpportunityStatus, OpportunityType, Owner, ProjectType, Queue,
            SubIssueType, Team, TicketItem, TicketPriority, TicketSource, TicketStatus, TicketType,
            Urgency,
        };
        &[
            Queue,
            TicketStatus,
            TicketPriority,
            TicketType,
            SubIssueType,
            TicketItem,
            TicketSource,
            Team,
            Impact,
            Urgency,
            CompanyType,
            CompanyStatus,
            ContactType,
            OpportunityStage,
            OpportunityStatus,
            OpportunityType,
            OpportunityProbability,
            ProjectType,
            Owner,
        ]
    }

    fn parents(&self, kind: ReferenceKind) -> Option<ReferenceKind> {
        use ReferenceKind::{Queue, SubIssueType, Team, TicketItem, TicketStatus, TicketType};
        matches!(
            kind,
            TicketStatus | TicketType | SubIssueType | TicketItem | Team
        )
        .then_some(Queue)
    }

    fn notes_of(&self, control: &Control, ticket: i64) -> BTreeSet<String> {
        let of = |entity: &str, field: &str| -> Vec<Value> {
            let records = control.records(entity, 0, 100_000).expect("records");
            let of_ticket = records
                .into_iter()
                .filter(|record| record[field].as_i64() == Some(ticket));
            of_ticket.collect()
        };
        let shown = |entry: &Value| {
            [
                "addToDetailDescriptionFlag",
                "addToInternalAnalysisFlag",
                "addToResolutionFlag",
            ]
            .iter()
            .any(|flag| entry[*flag] == true)
        };
        let notes = of("service/tickets/notes", "ticketId");
        let notes = notes.iter().map(|note| note["id"].to_string());
        let entries = of("time/entries", "chargeToId");
        let entries = entries.iter().filter(|entry| shown(entry));
        let entries = entries.map(|entry| format!("TimeEntryNote-{}", entry["id"]));
        notes.chain(entries).collect()
    }

    fn location(&self) -> Option<(&'static str, &'static str, &'static str)> {
        Some(("company/companies/sites", "company", "phoneNumber"))
    }

    fn contract_field(&self) -> Option<&'static str> {
        Some("agreement")
    }

    /// A company below another one, and tickets of projects.
    fn fill(&self, control: &Control) {
        let companies = control.ids("company/companies");
        let below = json!({ "parentCompany": { "id": companies[1] }, "addressLine2": "Floor 2" });
        control.patch("company/companies", companies[2], below);
        let projects = control.records("project/projects", 0, 3);
        for project in projects.expect("projects") {
            let ticket = json!({
                "summary": "Step", "project": {"id": project["id"]}, "company": {"id": project["company"]["id"]},
            });
            control.create("project/tickets", ticket);
        }
    }

    fn expire(&self) -> Option<fn(&Control)> {
        Some(|control| control.set_zone_moved(true))
    }

    fn error_body(&self, words: &str) -> Value {
        json!({ "code": "InvalidObject", "message": words, "errors": [{ "code": "x", "message": words }] })
    }

    /// Instants are whole seconds.
    fn resolution(&self) -> i64 {
        1_000
    }

    fn document(&self, folder: &Path) -> Option<Box<dyn Document>> {
        Some(Box::new(OpenApi::read(
            &folder.join("connectwise-psa/psa-2025.1.reconstructed.openapi.json"),
            &["/v2025_1/apis/3.0"],
            &["/login/companyinfo"],
        )))
    }

    fn own_cases(&self) -> Vec<Case> {
        vec![
            Case::new(
                "reference_data",
                "capped_people_are_read_to_the_end",
                || reference_data::capped_pages_are_read_to_the_end(VENDOR, "system/members"),
            ),
            Case::new("reference_data", "unreadable_value_costs_no_other", || {
                let (entity, kind) = ("service/sources", ReferenceKind::TicketSource);
                reference_data::unreadable_one_costs_no_other(VENDOR, entity, kind)
            }),
            Case::new("connect", "codebase_is_remembered", place::remembered),
            Case::new(
                "connect",
                "company_info_outage_is_no_wrong_company",
                place::outage,
            ),
            Case::new("connect", "an_upgrade_is_no_wrong_company", place::upgrade),
            Case::new(
                "connect",
                "company_info_without_a_codebase",
                place::no_codebase,
            ),
            Case::new(
                "connect",
                "optional_rights_are_optional",
                place::optional_rights,
            ),
            Case::new("list", "pages_are_forward_only", desk::forward_only),
            Case::new(
                "list",
                "capped_notes_are_read_to_the_end",
                desk::capped_notes,
            ),
            Case::new(
                "list",
                "contacts_without_communications",
                contacts::without_communications,
            ),
            Case::new(
                "list",
                "unreadable_communications_cost_one_contact",
                contacts::unreadable_communications,
            ),
            Case::new(
                "limits",
                "one_count_for_a_tenant",
                contacts::one_count_for_a_tenant,
            ),
            Case::new("list", "sites_keep_nobody_waiting", desk::many_sites),
            Case::new("list", "sites_come_by_turns", desk::sites_by_turns),
            Case::new(
                "list",
                "deleted_companies_are_inactive",
                desk::deleted_companies,
            ),
            Case::new(
                "list",
                "inactive_by_the_name_of_the_status",
                desk::inactive_companies,
            ),
            Case::new("list", "pages_fit_older_servers", sizes::older_servers),
            Case::new("list", "a_size_is_found_out_once", sizes::size_shared),
            Case::new(
                "errors",
                "a_server_that_refuses_every_page_is_left_alone",
                sizes::no_size_will_do,
            ),
            Case::new("list", "undated_notes_are_dated", tickets::undated_notes),
            Case::new(
                "list",
                "an_internal_note_stays_internal",
                tickets::internal_notes,
            ),
            Case::new(
                "errors",
                "without_the_right_to_own_notes",
                tickets::refused_notes,
            ),
            Case::new(
                "list",
                "tickets_opened_again_are_open",
                tickets::opened_again,
            ),
            Case::new(
                "list",
                "passwords_in_custom_fields_are_not_kept",
                tickets::passwords,
            ),
            Case::new(
                "reference_data",
                "a_table_that_may_not_be_read_is_left_out",
                desk::without_a_table,
            ),
            Case::new(
                "list",
                "tickets_of_projects_follow_the_others",
                projects::follow,
            ),
            Case::new(
                "list",
                "a_ticket_that_becomes_one_of_a_project_stays",
                projects::converted,
            ),
            Case::new(
                "errors",
                "without_the_right_to_project_tickets",
                projects::without_the_right,
            ),
            Case::new("list", "amounts_of_opportunities", money::amounts),
            Case::new(
                "list",
                "without_the_right_to_amounts",
                money::without_the_right,
            ),
            Case::new("list", "an_outage_is_no_lack_of_money", money::outage),
            Case::new(
                "list",
                "recorded_contacts_map_whole",
                desk::recorded_contacts,
            )
            .needing(std::env::var_os("PORTICO_SPECS").is_some()),
            Case::new(
                "reference_data",
                "the_same_id_in_two_boards",
                desk::same_id_in_two_boards,
            ),
            Case::new(
                "reference_data",
                "ten_thousand_statuses",
                desk::many_statuses,
            ),
            Case::new("reference_data", "a_renamed_board", desk::renamed_board),
            Case::new(
                "reference_data",
                "missing_opportunity_right_leaves_it_out",
                desk::without_opportunities,
            ),
        ]
    }
}

const VENDOR: &ConnectWisePsa = &ConnectWisePsa;

fn status(code: u16, body: Value) -> FaultKind {
    FaultKind::Status {
        code,
        body: Some(body),
        retry_after: None,
    }
}
