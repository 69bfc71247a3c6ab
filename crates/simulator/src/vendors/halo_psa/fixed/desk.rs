//! Configuration: statuses, ticket types, priorities, teams, categories, outcomes, lookups.

use serde_json::{Value, json};

use crate::vendors::halo_psa::made::numbers as n;
use crate::world::problem::{Area, PROBLEMS};
use crate::world::text::guid;

/// The fixed records of a kind, when it belongs here.
pub fn records(kind: &str) -> Option<Vec<Value>> {
    Some(match kind {
        "status" => statuses(),
        "tickettype" => ticket_types(),
        "priority" => (1..=n::SLAS.len() as i64).flat_map(priorities).collect(),
        "sla" => (1..)
            .zip(n::SLAS)
            .map(|(id, name)| json!({"id": id, "name": name, "priorities": priorities(id).into_iter().map(shown_priority).collect::<Vec<_>>()}))
            .collect(),
        "team" => teams(),
        "category" => categories(),
        "outcome" => outcomes(),
        "lookup" => lookups(),
        "userroles" => user_roles(),
        "roles" => (1..)
            .zip(["Administrator", "Agent", "API"])
            .map(|(id, name)| json!({"id": id, "name": name}))
            .collect(),
        "fieldinfo" => vec![
            json!({"id": 4, "name": "Summary", "label": "Summary", "typeid": 1, "type": 0, "custom": 0}),
            json!({"id": 137, "name": "CFSupportHours", "label": "Support hours", "typeid": 2, "type": 0, "custom": 1}),
            json!({"id": 138, "name": "CFSeats", "label": "Seats", "typeid": 2, "type": 0, "custom": 1}),
            json!({"id": 141, "name": "CFRoom", "label": "Room", "typeid": 1, "type": 0, "custom": 1}),
            json!({"id": 142, "name": "CFBudget", "label": "Budget", "typeid": 1, "type": 0, "custom": 1}),
        ],
        "toplevel" => (1..)
            .zip(["Customers", "Internal"])
            .map(|(id, name)| json!({"id": id, "name": name, "inactive": false}))
            .collect(),
        "workflow" => vec![json!({"id": 1, "name": "Standard", "steps": [
            {"id": 1, "name": "Open", "actions": [{"action_id": 2}, {"action_id": 3}, {"action_id": 7}]},
            {"id": 2, "name": "Done", "actions": [{"action_id": 6}]},
        ]})],
        "instanceinfo" => vec![json!({"id": 1, "version": "2.184.1", "licensed_agents": 25})],
        _ => return None,
    })
}

fn statuses() -> Vec<Value> {
    (1..)
        .zip(n::STATUSES)
        .map(|(sequence, (id, name, _))| {
            json!({
                "id": id, "guid": guid(id, 11), "name": name,
                "shortname": name.chars().filter(|c| c.is_uppercase()).collect::<String>(),
                "type": 0, "sequence": sequence, "colour": "#2bd3c6",
                "slaaction": if [4, 5, 23].contains(&id) { "H" } else { "N" },
                "domain": if n::is_sales_status(id) { "opps" } else { "reqs" },
            })
        })
        .collect()
}

fn ticket_types() -> Vec<Value> {
    // Id, name, ITIL type, domain, whether agents can choose it, first status.
    let all = [
        (1, "Incident", 1, "reqs", true, 1),
        (2, "Change Request", 2, "reqs", true, 1),
        (3, "Service Request", 3, "reqs", true, 1),
        (4, "Problem", 4, "reqs", true, 1),
        (n::PROJECT_TYPE, "Project", 22, "prjs", true, 1),
        (25, "Alert", 1, "reqs", false, 1),
        (n::SALES_TYPE, "Opportunity", 20, "opps", true, 31),
        (31, "Email Quarantine (old)", 21, "reqs", false, 1),
    ];
    (1..)
        .zip(all)
        .map(|(sequence, (id, name, itil, domain, selectable, first))| {
            json!({
                "id": id, "guid": guid(id, 12), "name": name, "sequence": sequence,
                "use": match domain { "opps" => "opportunity", "prjs" => "project", _ => "ticket" },
                "domain": domain, "default_sla": 1, "group_id": 0, "group_name": "",
                "cancreate": id != 31, "agentscanselect": selectable, "itilrequesttype": itil,
                "allowattachments": true, "enduserscanselect": id == 1 || id == 3,
                "anonymouscanselect": false, "hasmandatorytechfields": id == 1 || id == 3,
                "hasmandatoryuserfields": false, "default_agent": n::UNASSIGNED,
                "default_team": if domain == "opps" { "Sales" } else { "1st Line Support" },
                "workflow_name": "Standard", "workflow_id": 1, "default_priority": 3,
                "visible": id != 31, "initial_status": first, "statusafteruserupdate": 21,
                "reopenedstatus": 2, "allowall_status": true, "allowed_status": [],
            })
        })
        .collect()
}

/// The priorities of an SLA as they are stored; see [`shown_priority`].
fn priorities(sla: i64) -> Vec<Value> {
    (1..)
        .zip(n::PRIORITIES)
        .map(|(number, name)| {
            json!({
                "id": sla * 10 + number, "slaid": sla, "priorityid": number, "name": name,
                "fixtime": f64::from(1 << number) * 2.0, "fixunits": "H",
                "responsetime": f64::from(1 << number) / 2.0, "responseunits": "H",
                "ishidden": false, "colour": "#cc2200",
            })
        })
        .collect()
}

/// A priority as it is sent: its own id is a GUID.
fn shown_priority(mut priority: Value) -> Value {
    let id = priority["id"].as_i64().unwrap_or_default();
    priority["id"] = guid(id, 13).into();
    priority
}

fn teams() -> Vec<Value> {
    (1..)
        .zip(n::TEAMS)
        .map(|(id, (name, _, sales, used))| {
            json!({
                "id": id, "guid": guid(id, 14), "name": name, "sequence": id, "forrequests": !sales,
                "foropps": sales, "forprojects": name.contains("Projects"), "department_id": 1,
                "department_name": "Service", "inactive": !used, "managers": [],
            })
        })
        .collect()
}

fn categories() -> Vec<Value> {
    let category = |id: i64, level: i64, value: &str| {
        let name = value.rsplit('>').next().unwrap_or(value);
        json!({"id": id, "guid": guid(id, 15), "value": value, "category_name": name, "type_id": level, "sla_id": 0, "priority_id": 0})
    };
    let mut all: Vec<Value> = Area::ALL
        .iter()
        .map(|(area, name)| category(100 + *area as i64, 1, name))
        .collect();
    all.push(category(120, 1, "Sales"));
    for (number, problem) in (0u16..).zip(PROBLEMS.into_iter().flatten()) {
        let value = format!("{}>{}", Area::ALL[problem.area as usize].1, problem.detail);
        all.push(category(n::category(number), 1, &value));
    }
    let further = [
        (2, ["Remote", "On site", "Supplier"]),
        (3, ["Hardware fault", "User error", "Configuration"]),
        (4, ["Billable", "Contract", "Goodwill"]),
    ];
    for (level, names) in further {
        for (place, name) in (1..).zip(names) {
            all.push(category(level * 1_000 + place, level, name));
        }
    }
    all
}

fn outcomes() -> Vec<Value> {
    // Id, name, button, hidden from the user, whether the product writes it.
    let all = [
        (1, "Ticket Logged", "", false, true),
        (2, "Public Note", "Public Note", false, false),
        (3, "Email User", "Email User", false, false),
        (4, "Email Updated", "", false, true),
        (5, "Re-Assign", "Re-Assign", true, false),
        (6, "Closed", "Close Ticket", false, false),
        (7, "Private Note", "Private Note", true, false),
        (8, "Automation", "", true, true),
        (9, "Change Status", "Change Status", false, false),
        (NO_ACCESS, "CAB Approval", "CAB Approval", true, false),
    ];
    (1..)
        .zip(all)
        .map(|(sequence, (id, name, button, hidden, system))| {
            json!({
                "id": id, "guid": guid(id, 16), "outcome": name, "buttonname": button,
                "sequence": sequence, "hidden": system, "hidefromuser": hidden,
                "sendemail": i64::from(id == 3), "newstatus": if id == 6 { 9 } else { 0 },
                "actionvisibility": true, "systemid": if system { id } else { 0 }, "mustaddnote": id == 7,
            })
        })
        .collect()
}

/// The outcome that the API agent may not use.
pub const NO_ACCESS: i64 = 12;

fn lookups() -> Vec<Value> {
    let lists: [(i64, &[&str]); 8] = [
        (
            11,
            &[
                "Lookup types",
                "Impact",
                "Request types",
                "Source",
                "Urgency",
                "Customer relationship",
            ],
        ),
        (
            12,
            &[
                "Company Wide",
                "Multiple Users Affected",
                "Single User Affected",
            ],
        ),
        (21, &["Incident", "Service Request"]),
        (
            22,
            &[
                "Email",
                "Phone",
                "Portal",
                "In person",
                "Monitoring",
                "Chat",
                "Manual",
            ],
        ),
        (27, &["High", "Medium", "Low"]),
        (39, &["Draft", "Sent", "Accepted"]),
        (79, &["Booked", "Done"]),
        (89, &["Customer", "Prospect", "Supplier", "Partner"]),
    ];
    let mut all = Vec::new();
    for (list, names) in lists {
        // Request sources count from 0, all others from 1.
        let first = i64::from(list != 22);
        for (id, name) in (first..).zip(names) {
            all.push(json!({
                "id": list * 1_000 + id, "entry": id, "lookupid": list, "name": name, "value2": "",
                "sequence": id, "inactive": false,
            }));
        }
    }
    all
}

fn user_roles() -> Vec<Value> {
    (1..)
        .zip([
            "Portal Manager",
            "Billing Contact",
            "Approver",
            "Technical Contact",
        ])
        .map(|(id, name)| {
            json!({
                "id": id, "guid": guid(id, 17), "name": name, "isimportantcontact2": id == 1,
                "web_access_level": if id == 1 { 2 } else { 1 }, "showmeonly": i64::from(id > 1),
                "ispoapprover": id == 3, "canadd": true, "canviewopps": id == 1,
                "canaccessinvoices": id <= 2, "notes": "",
            })
        })
        .collect()
}
