//! Reference data: boards, queues, statuses, priorities, types, categories and the like.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What ids of values begin with that stand in no list of the vendor's and were seen in records, of kinds that may have a
/// list as well.
pub const SEEN: &str = "seen:";

/// What a reference item is a value of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceKind {
    /// Queue, board or team of a ticket.
    Queue,
    /// Ticket status.
    TicketStatus,
    /// Ticket priority.
    TicketPriority,
    /// Ticket category.
    TicketCategory,
    /// Ticket type.
    TicketType,
    /// Ticket issue type.
    IssueType,
    /// Ticket sub-issue type; `parent` is the issue type.
    SubIssueType,
    /// Where a ticket came from.
    TicketSource,
    /// Company type.
    CompanyType,
    /// Kind of comment.
    NoteType,
    /// Audience of a comment.
    NotePublish,
    /// Opportunity stage.
    OpportunityStage,
    /// Opportunity status.
    OpportunityStatus,
    /// Opportunity category.
    OpportunityCategory,
    /// A person who may own an opportunity.
    Owner,
    /// Company status, for vendors that have one beside *active*.
    CompanyStatus,
    /// Kind of contact: decision maker, billing.
    ContactType,
    /// Team inside a queue or board; `parent` is the queue.
    Team,
    /// What a ticket is about, below type and sub-type.
    TicketItem,
    /// Impact of a ticket.
    Impact,
    /// Urgency or severity of a ticket.
    Urgency,
    /// Opportunity type.
    OpportunityType,
    /// Probability of winning, as a choice.
    OpportunityProbability,
    /// Type of the project a ticket belongs to.
    ProjectType,
    /// Workflow that tickets and opportunities go through.
    Workflow,
    /// Second category of a ticket or opportunity.
    Category2,
    /// Third category.
    Category3,
    /// Fourth category.
    Category4,
    /// Contract a ticket is worked on under.
    Contract,
    /// What kinds of opportunity were seen, for vendors that have no list of them: the texts are their own ids.
    SeenOpportunityKind,
    /// Which fields of the account's own were seen in contacts, for vendors where one of them tells the type of a contact: the
    /// names are their own ids.
    SeenContactField,
    /// What kind of work a ticket is billed as.
    WorkType,
    /// Classification of a company.
    CompanyClassification,
    /// Territory of a company.
    Territory,
    /// Market segment of a company.
    MarketSegment,
    /// Country.
    Country,
    /// Licence of a technician.
    LicenseType,
    /// Where an opportunity came from.
    LeadSource,
    /// Why an opportunity was won.
    WinReason,
    /// Why an opportunity was lost.
    LossReason,
}

impl ReferenceKind {
    /// Every kind.
    pub const ALL: [Self; 40] = [
        Self::Queue,
        Self::TicketStatus,
        Self::TicketPriority,
        Self::TicketCategory,
        Self::TicketType,
        Self::IssueType,
        Self::SubIssueType,
        Self::TicketSource,
        Self::CompanyType,
        Self::NoteType,
        Self::NotePublish,
        Self::OpportunityStage,
        Self::OpportunityStatus,
        Self::OpportunityCategory,
        Self::Owner,
        Self::CompanyStatus,
        Self::ContactType,
        Self::Team,
        Self::TicketItem,
        Self::Impact,
        Self::Urgency,
        Self::OpportunityType,
        Self::OpportunityProbability,
        Self::ProjectType,
        Self::Workflow,
        Self::Category2,
        Self::Category3,
        Self::Category4,
        Self::Contract,
        Self::SeenOpportunityKind,
        Self::SeenContactField,
        Self::WorkType,
        Self::CompanyClassification,
        Self::Territory,
        Self::MarketSegment,
        Self::Country,
        Self::LicenseType,
        Self::LeadSource,
        Self::WinReason,
        Self::LossReason,
    ];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::TicketStatus => "ticket_status",
            Self::TicketPriority => "ticket_priority",
            Self::TicketCategory => "ticket_category",
            Self::TicketType => "ticket_type",
            Self::IssueType => "issue_type",
            Self::SubIssueType => "sub_issue_type",
            Self::TicketSource => "ticket_source",
            Self::CompanyType => "company_type",
            Self::NoteType => "note_type",
            Self::NotePublish => "note_publish",
            Self::OpportunityStage => "opportunity_stage",
            Self::OpportunityStatus => "opportunity_status",
            Self::OpportunityCategory => "opportunity_category",
            Self::Owner => "owner",
            Self::CompanyStatus => "company_status",
            Self::ContactType => "contact_type",
            Self::Team => "team",
            Self::TicketItem => "ticket_item",
            Self::Impact => "impact",
            Self::Urgency => "urgency",
            Self::OpportunityType => "opportunity_type",
            Self::OpportunityProbability => "opportunity_probability",
            Self::ProjectType => "project_type",
            Self::Workflow => "workflow",
            Self::Category2 => "category_2",
            Self::Category3 => "category_3",
            Self::Category4 => "category_4",
            Self::Contract => "contract",
            Self::SeenOpportunityKind => "seen_opportunity_kind",
            Self::SeenContactField => "seen_contact_field",
            Self::WorkType => "work_type",
            Self::CompanyClassification => "company_classification",
            Self::Territory => "territory",
            Self::MarketSegment => "market_segment",
            Self::Country => "country",
            Self::LicenseType => "license_type",
            Self::LeadSource => "lead_source",
            Self::WinReason => "win_reason",
            Self::LossReason => "loss_reason",
        }
    }

    /// The id of a value that stands in no list of the vendor's and was seen in records, by its text. A kind that has a list
    /// as well tells the two apart.
    #[must_use]
    pub fn seen_id(self, text: &str) -> String {
        match self {
            Self::ContactType => format!("{SEEN}{text}"),
            _ => text.to_owned(),
        }
    }

    /// The kind with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// One value of reference data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceItem {
    /// What it is a value of.
    pub kind: ReferenceKind,
    /// The vendor's id of the value, as records carry it.
    pub external_id: String,
    /// The label people see there.
    pub label: String,
    /// The parent value's id for chained lists.
    pub parent: Option<String>,
    /// Whether it may still be chosen; inactive values only explain old records.
    pub active: bool,
    /// The vendor's order.
    pub sort_order: i64,
    /// Whether the vendor calls it a system value (Autotask: status 1 and 5).
    pub system: bool,
    /// Whether by the vendor's own word a ticket with this status is closed, whatever the status is called.
    pub closes: bool,
}

/// Names of queues and boards by id, for what each board has of its own and others call alike.
#[derive(Debug, Clone, Default)]
pub struct Boards<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> FromIterator<(&'a str, &'a str)> for Boards<'a> {
    /// From ids and labels.
    fn from_iter<T: IntoIterator<Item = (&'a str, &'a str)>>(boards: T) -> Self {
        Self(boards.into_iter().collect())
    }
}

impl Boards<'_> {
    /// The label of a value as it is told apart from all others: of a status that belongs to a board, with the board.
    #[must_use]
    pub fn label(&self, kind: ReferenceKind, label: &str, parent: Option<&str>) -> String {
        let board = parent.and_then(|parent| self.0.get(parent));
        match board.filter(|_| kind == ReferenceKind::TicketStatus) {
            Some(board) => format!("{board}: {label}"),
            None => label.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_of_a_board_is_called_with_its_board() {
        let boards: Boards<'_> = [("1", "Help Desk")].into_iter().collect();
        let label = |kind, parent| boards.label(kind, "New", parent);
        let status = ReferenceKind::TicketStatus;
        assert_eq!(label(status, Some("1")), "Help Desk: New");
        assert_eq!(label(status, Some("2")), "New", "of a board nobody knows");
        assert_eq!(label(status, None), "New");
        assert_eq!(label(ReferenceKind::TicketType, Some("1")), "New");
    }
}
