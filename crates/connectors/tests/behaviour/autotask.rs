//! Autotask in the suite, and what only Autotask has: zones, thread limits, audiences of notes, permission texts.

mod answers;
mod refusals;
mod specification;
mod zones;

use std::path::Path;

use domain::reference::ReferenceKind;
use domain::stream::Stream;
use serde_json::{Value, json};
use simulator::{AutotaskCredentials, Control, FaultKind, Sandbox, SandboxConfig, WorldConfig};

use crate::case::Case;
use crate::recorded;
use crate::reference_data;
use crate::specification::Document;
use crate::vendor::{Boxed, Stand, Vendor, Wrong};

/// When the sandbox's clock starts: far from the machine's, so that a mix-up of clocks shows.
const START: i64 = 1_893_456_000_000; // 2030-01-01T00:00:00Z

/// The vendor.
pub struct Autotask;

impl Vendor for Autotask {
    fn key(&self) -> &'static str {
        "autotask"
    }

    fn start(&self) -> Boxed<Stand> {
        Box::pin(async {
            let credentials = AutotaskCredentials::default();
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
            let sandbox = Sandbox::start_autotask(config).await.expect("a sandbox");
            let form = [
                ("user_name", credentials.user_name.as_str()),
                ("secret", credentials.secret.as_str()),
                ("integration_code", credentials.integration_code.as_str()),
            ];
            Stand::new("autotask", sandbox, &form)
        })
    }

    fn entity(&self, stream: Stream) -> &'static str {
        match stream {
            Stream::Companies => "Companies",
            Stream::Technicians => "Resources",
            Stream::Contacts => "Contacts",
            Stream::ContactGroups => "ContactGroups",
            Stream::ContactGroupMembers => "ContactGroupContacts",
            Stream::Tickets => "Tickets",
            Stream::TicketNotes => "TicketNotes",
            Stream::Opportunities => "Opportunities",
            Stream::DeletedTickets => "DeletedTicketLogs",
            Stream::DeletedTicketActivity => "DeletedTicketActivityLogs",
        }
    }

    fn wrong_credentials(&self) -> Vec<Wrong> {
        let wrong = |field, blamed| Wrong {
            field,
            value: "wrong@elsewhere.example",
            blamed,
        };
        vec![
            wrong("user_name", "user_name"),
            wrong("secret", "secret"),
            wrong("integration_code", "secret"),
        ]
    }

    fn edit(&self, stream: Stream) -> Value {
        match stream {
            Stream::Companies => json!({ "phone": "555-7000" }),
            Stream::Contacts => json!({ "title": "Head of something else" }),
            Stream::TicketNotes => json!({ "description": "Edited" }),
            _ => json!({ "title": "Edited" }),
        }
    }

    fn deleted(&self, stream: Stream) -> &'static str {
        match stream {
            Stream::DeletedTickets => "Tickets",
            _ => "TicketNotes",
        }
    }

    fn title(&self) -> &'static str {
        "title"
    }

    fn reference_kinds(&self) -> &'static [ReferenceKind] {
        use ReferenceKind::{
            CompanyClassification, CompanyType, Contract, Country, IssueType, LeadSource,
            LicenseType, LossReason, MarketSegment, NotePublish, NoteType, OpportunityCategory,
            OpportunityStage, OpportunityStatus, Owner, Queue, SubIssueType, Territory,
            TicketCategory, TicketPriority, TicketSource, TicketStatus, TicketType, WinReason,
            WorkType,
        };
        &[
            Queue,
            TicketStatus,
            TicketPriority,
            TicketCategory,
            TicketType,
            IssueType,
            SubIssueType,
            TicketSource,
            CompanyType,
            Contract,
            NoteType,
            NotePublish,
            OpportunityStage,
            OpportunityStatus,
            OpportunityCategory,
            Owner,
            WorkType,
            CompanyClassification,
            Territory,
            MarketSegment,
            Country,
            LicenseType,
            LeadSource,
            WinReason,
            LossReason,
        ]
    }

    fn location(&self) -> Option<(&'static str, &'static str, &'static str)> {
        Some(("CompanyLocations", "companyID", "phone"))
    }

    fn contract_field(&self) -> Option<&'static str> {
        Some("contract_id")
    }

    /// A company below another one.
    fn fill(&self, control: &Control) {
        let companies = control.ids("Companies");
        let parent = json!({ "parentCompanyID": companies[1] });
        control.patch("Companies", companies[2], parent);
    }

    fn expire(&self) -> Option<fn(&Control)> {
        Some(|control| control.set_zone_moved(true))
    }

    fn error_body(&self, words: &str) -> Value {
        json!({ "errors": [words] })
    }

    fn document(&self, folder: &Path) -> Option<Box<dyn Document>> {
        Some(Box::new(specification::Lists::read(folder)))
    }

    fn own_cases(&self) -> Vec<Case> {
        vec![
            Case::new("reference_data", "ten_thousand_statuses", || {
                reference_data::many_statuses(VENDOR, answers::more_statuses)
            }),
            Case::new("connect", "zone_is_remembered", zones::zone_is_remembered),
            Case::new("connect", "zone_moved_is_named", zones::zone_moved_is_named),
            Case::new("connect", "zone_given_by_hand", zones::zone_by_hand),
            Case::new(
                "connect",
                "zone_look_up_names_a_foreign_host",
                zones::foreign_zone,
            ),
            Case::new(
                "connect",
                "zone_look_up_outage_is_no_wrong_user",
                zones::zone_outage,
            ),
            Case::new(
                "connect",
                "zone_look_up_refused_in_between_is_no_wrong_user",
                zones::zone_behind_a_proxy,
            ),
            Case::new(
                "connect",
                "restricted_level_is_proved_by_a_query",
                zones::restricted,
            ),
            Case::new(
                "connect",
                "optional_rights_are_optional",
                zones::optional_rights,
            ),
            Case::new(
                "reference_data",
                "capped_people_are_read_to_the_end",
                || reference_data::capped_pages_are_read_to_the_end(VENDOR, "Resources"),
            ),
            Case::new("reference_data", "capped_list_is_read_to_the_end", || {
                reference_data::capped_pages_are_read_to_the_end(VENDOR, "OpportunityCategories")
            }),
            Case::new("reference_data", "unreadable_value_costs_no_other", || {
                let (entity, kind) = ("OpportunityCategories", ReferenceKind::OpportunityCategory);
                reference_data::unreadable_one_costs_no_other(VENDOR, entity, kind)
            }),
            Case::new("list", "repeated_page", answers::repeated_page),
            Case::new(
                "list",
                "page_repeated_for_good",
                answers::page_repeated_for_good,
            ),
            Case::new(
                "list",
                "full_page_without_a_next_page_goes_on",
                answers::full_page_goes_on,
            ),
            Case::new(
                "list",
                "company_0_is_marked_as_the_tenants_own",
                answers::own_company,
            ),
            Case::new(
                "list",
                "contact_activity_as_number_or_truth",
                answers::contact_activity,
            ),
            Case::new(
                "list",
                "a_recorded_ticket_maps_whole",
                answers::recorded_ticket,
            )
            .needing(recorded::file(answers::FACTS).is_some()),
            Case::new("list", "note_audiences", answers::note_audiences),
            Case::new(
                "list",
                "bad_dates_and_amounts_are_set_aside",
                answers::bad_values,
            ),
            Case::new("errors", "thread_limit_passes", refusals::thread_limit),
            Case::new("errors", "a_500_with_errors_is_final", refusals::final_500),
            Case::new(
                "errors",
                "a_500_about_permissions_is_a_missing_right",
                refusals::permission_500,
            ),
            Case::new(
                "errors",
                "usage_is_reported_every_200_requests",
                refusals::usage,
            ),
            Case::new(
                "errors",
                "usage_is_asked_for_after_a_refusal",
                refusals::usage_after_a_refusal,
            ),
            Case::new(
                "reference_data",
                "missing_opportunity_right_leaves_it_out",
                refusals::without_opportunities,
            ),
            Case::new(
                "reference_data",
                "system_values_are_marked",
                answers::system_values,
            ),
        ]
    }
}

const VENDOR: &Autotask = &Autotask;

fn status(code: u16, body: Value) -> FaultKind {
    FaultKind::Status {
        code,
        body: Some(body),
        retry_after: None,
    }
}
