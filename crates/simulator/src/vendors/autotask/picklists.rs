//! The values of picklist fields, as a tenant of middling age has them.

use crate::world::problem::{Area, PROBLEMS};

/// One value.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The number in records.
    pub value: i64,
    /// The text in place of a number, for the few lists that hold texts.
    pub text: Option<&'static str>,
    /// What people see.
    pub label: String,
    /// Whether it may be chosen.
    pub active: bool,
    /// Whether it comes with the product.
    pub system: bool,
    /// Whether it is preset.
    pub preset: bool,
    /// The value of the parent field that it belongs to.
    pub parent: Option<i64>,
}

impl Choice {
    /// An active value.
    pub fn new(value: i64, label: &str) -> Self {
        Self {
            value,
            text: None,
            label: label.to_owned(),
            active: true,
            system: false,
            preset: false,
            parent: None,
        }
    }
}

/// Number of the first value of `issueType`.
pub const FIRST_ISSUE: i64 = 10;
/// Number of the first value of `subIssueType`.
pub const FIRST_SUB_ISSUE: i64 = 130;

/// All lists.
pub struct Picklists;

impl Picklists {
    /// A list by name. In the tables below `-` marks values no longer offered, `*` those of the
    /// product, `=` the preset one.
    pub fn get(&self, name: &str) -> Option<Vec<Choice>> {
        let table: &[(i64, &str)] = match name {
            "status" => &[
                (1, "*=New"),
                (8, "In Progress"),
                (19, "Customer Note Added"),
                (7, "Waiting Customer"),
                (12, "Waiting Vendor"),
                (9, "Waiting Materials"),
                (10, "Scheduled"),
                (11, "Escalate"),
                (13, "Waiting Approval"),
                (17, "On Hold"),
                (20, "Resolved – awaiting confirmation"),
                (16, "-Work Complete (old)"),
                (5, "*Complete"),
            ],
            "priority" => &[
                (4, "Critical"),
                (1, "High"),
                (2, "=Medium"),
                (3, "Low"),
                (5, "-Planned"),
            ],
            "queueID" => &[
                (29_682_833, "=Service Desk"),
                (29_682_969, "Level II Support"),
                (8, "Monitoring Alert"),
                (5, "Onsite Visits"),
                (29_683_481, "Security Operations"),
                (29_683_354, "Purchasing"),
                (29_683_356, "Projects & Changes"),
                (6, "Client Portal"),
                (29_683_378, "-Recurring Tickets (retired)"),
            ],
            "ticketType" => &[
                (1, "*=Service Request"),
                (2, "*Incident"),
                (3, "*Problem"),
                (4, "*Change Request"),
                (5, "*Alert"),
            ],
            "ticketCategory" => &[
                (3, "*=Standard"),
                (4, "*RMM Alert"),
                (101, "Portal Request"),
                (102, "Change"),
                (103, "-Legacy Import"),
            ],
            "source" => &[
                (-1, "*Insourced"),
                (2, "Phone"),
                (4, "Email"),
                (8, "Monitoring Alert"),
                (1, "Client Portal"),
                (11, "Chat"),
                (6, "In Person/Onsite"),
                (5, "-Voice Mail"),
            ],
            "creatorType" => &[(1, "*Resource"), (2, "*Contact"), (3, "*API User")],
            "lastActivityPersonType" => &[(1, "*Resource"), (2, "*Contact")],
            "serviceLevelAgreementID" => &[(1, "Gold SLA"), (2, "Silver SLA"), (3, "Bronze SLA")],
            "noteType" => &[
                (1, "Task Summary"),
                (2, "Task Detail"),
                (3, "=Task Notes"),
                (13, "*Workflow Rule Note - Task"),
                (15, "*Duplicate Ticket Note"),
                (18, "Client Portal Note"),
                (91, "-BMR Note"),
                (100, "*Forward/Modify Note"),
            ],
            "publish" => &[
                (1, "*=All Autotask Users"),
                (2, "*Internal Project Team"),
                (4, "*Internal & Co-Managed"),
            ],
            "companyType" => &[
                (1, "*=Customer"),
                (2, "*Lead"),
                (3, "*Prospect"),
                (4, "*Dead"),
                (6, "*Cancellation"),
                (7, "*Vendor"),
                (8, "*Partner"),
            ],
            "classification" => &[
                (13, "Managed Services"),
                (14, "Block Hours"),
                (15, "Time & Materials"),
                (16, "Strategic"),
                (200, "Non-profit"),
            ],
            "marketSegment" => &[
                (29_682_778, "Professional Services"),
                (29_682_779, "Healthcare"),
                (29_682_780, "Retail & Hospitality"),
                (29_682_781, "Manufacturing"),
            ],
            "territory" => &[
                (29_683_468, "South West"),
                (29_683_469, "Rest of UK & Ireland"),
                (29_683_470, "Europe"),
            ],
            "licenseType" => &[
                (1, "*Professional"),
                (2, "*Team Member"),
                (3, "*Dashboard User"),
                (4, "*Contractor"),
                (7, "*API User (API only)"),
            ],
            "userType" => &[
                (10, "Full Access"),
                (12, "Service Desk User"),
                (17, "API User (system)"),
            ],
            "stage" => &[
                (10, "Qualification"),
                (11, "=Needs Analysis"),
                (12, "Proposal / Quote"),
                (13, "Negotiation"),
                (14, "Won"),
                (15, "Lost"),
                (16, "-Old pipeline"),
            ],
            "opportunityStatus" => &[
                (0, "*Inactive"),
                (1, "*=Active"),
                (2, "*Lost"),
                (3, "*Closed"),
                (4, "*Implemented"),
            ],
            "rating" => &[(1, "Hot"), (2, "Warm"), (3, "Cold")],
            "leadSource" => &[
                (17, "Referral"),
                (18, "Website"),
                (19, "Trade Show"),
                (20, "Existing Client"),
                (21, "Cold Call"),
            ],
            "lossReason" => &[(1, "Price"), (2, "No decision"), (3, "Competitor")],
            "winReason" => &[(1, "Service"), (2, "Price"), (3, "Relationship")],
            "actionType" => &[
                (0, "*Opportunity Update"),
                (1, "*General"),
                (2, "Call"),
                (3, "Meeting"),
                (4, "E-mail"),
            ],
            "timeEntryType" => &[
                (2, "*ITServiceRequest"),
                (6, "*ProjectTask"),
                (10, "*GeneralTask"),
            ],
            "activityType" => &[(1, "*Note"), (2, "*Time Entry"), (3, "*Attachment")],
            "resourceType" => return Some(texts(&["Employee", "Contractor"])),
            "attachmentType" => {
                return Some(texts(&[
                    "FILE_ATTACHMENT",
                    "FILE_LINK",
                    "FOLDER_LINK",
                    "URL",
                ]));
            }
            "issueType" => return Some(issues()),
            "subIssueType" => return Some(sub_issues()),
            _ => return None,
        };
        Some(
            table
                .iter()
                .map(|(value, label)| marked(*value, label))
                .collect(),
        )
    }
}

fn marked(value: i64, label: &str) -> Choice {
    let name = label.trim_start_matches(['-', '*', '=']);
    let marks = &label[..label.len() - name.len()];
    Choice {
        active: !marks.contains('-'),
        system: marks.contains('*'),
        preset: marks.contains('='),
        ..Choice::new(value, name)
    }
}

fn texts(values: &[&'static str]) -> Vec<Choice> {
    values
        .iter()
        .zip(1..)
        .map(|(text, value)| Choice {
            text: Some(text),
            ..Choice::new(value, text)
        })
        .collect()
}

fn issues() -> Vec<Choice> {
    let mut issues: Vec<Choice> = Area::ALL
        .iter()
        .map(|(area, label)| Choice::new(FIRST_ISSUE + *area as i64, label))
        .collect();
    issues.push(marked(FIRST_ISSUE + 30, "-Fax"));
    issues
}

fn sub_issues() -> Vec<Choice> {
    PROBLEMS
        .iter()
        .copied()
        .flatten()
        .zip(FIRST_SUB_ISSUE..)
        .map(|(problem, value)| Choice {
            parent: Some(FIRST_ISSUE + problem.area as i64),
            ..Choice::new(value, problem.detail)
        })
        .collect()
}
