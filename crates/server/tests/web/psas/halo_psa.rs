//! Halo PSA: Halo URL and an application; teams, agents, clients.

use domain::stream::Stream;
use serde_json::json;

use super::portal::Portal;
use super::{Change, Lists, Nonsense, Offer, Pasted, Psa, Queue, Right};
use crate::harness::Page;

const SITE: &str = "https://harbourline.halopsa.com";

const fn pasted(typed: &'static str) -> Pasted {
    Pasted {
        field: "url",
        typed,
        becomes: SITE,
    }
}

const fn no_address(typed: &'static str) -> Nonsense {
    Nonsense {
        field: "url",
        typed,
        says: "Enter the address you open Halo at, such as https://yourhalo.halopsa.com.",
    }
}

const NOT_ACCEPTED: &str = "The specified client credentials are invalid.";

pub static PSA: Psa = Psa {
    key: "halo_psa",
    labels: &["Halo URL", "Client ID", "Client Secret"],
    guide: &[
        "https://yourhalo.halopsa.com",
        "Is an API-only Agent",
        "Client ID and Secret (Services)",
        "View Applications",
        "read:customers",
        "read:tickets",
        "admin:webhooks",
        "Departments & Teams",
        "Connection test fails",
        "Contacts not importing",
        "Permission errors",
    ],
    pasted: &[
        pasted(" HTTPS://Harbourline.halopsa.com/tickets?area=1 \r\n"),
        pasted("harbourline"),
        pasted("harbourline.halopsa.com/api"),
        pasted("https://harbourline.halopsa.com/auth/token"),
        pasted("https://harbourline.halopsa.com//"),
        pasted("https://harbourline.halopsa.com./portal#x"),
        Pasted {
            field: "client_id",
            typed: "{0f4b7d2a-93c1-4e6f-8a75-d1c2b3e4f506}",
            becomes: "0f4b7d2a-93c1-4e6f-8a75-d1c2b3e4f506",
        },
    ],
    nonsense: &[
        no_address("127.0.0.1"),
        no_address("https://[::1]/"),
        no_address("169.254.169.254"),
        no_address("localhost"),
        no_address("https://ann:hush@harbourline.halopsa.com"),
        no_address("https://harbourline.halopsa.com\\@evil.example"),
        no_address("two words"),
    ],
    wrong_secret: ("somebody-elses", "client_secret", NOT_ACCEPTED),
    rights: &[
        Right::required("tickets", "Permissions — read:tickets"),
        Right {
            entity: "client",
            action: "query",
            access: "Restricted",
            called: "Allow use of all Customers (the agent sees no customer)",
            required: true,
        },
        Right::optional("opportunities", "Permissions — read:sales and read:crm"),
    ],
    mixed_up: |typed| {
        if typed.contains('@') {
            "Enter the address you open Halo at"
        } else {
            NOT_ACCEPTED
        }
    },
    offer: Offer {
        sync: &[
            "Enable Opportunity Sync",
            "Teams to Sync",
            "Categories",
            "Ticket Types",
            "Exclude Opportunity Types",
            "Exclude Client Types",
            "Skip Inactive Clients",
        ],
        choices: &["1st Line Support", "Awaiting Parts", "Incident", "Supplier"],
        configure: &[
            "Fallback Owner",
            "Default Workflow",
            "Default Stage",
            "Default Type",
            "Default Conversion Probability",
            "Category 1",
            "Category 2",
            "Category 3",
            "Category 4",
            "Projected Close Days",
            "Enable opportunity auto-import",
            "Minimum value",
            "Opportunity types to auto-import",
        ],
        statuses: &["With User", "In Progress", "Closed"],
    },
    streams: &[
        (Stream::Companies, "client"),
        (Stream::Technicians, "agent"),
        (Stream::Contacts, "users"),
        (Stream::Tickets, "tickets"),
        (Stream::Opportunities, "opportunities"),
    ],
    people: 4,
    tickets: &[">Team<", "1st Line Support", "In Progress"],
    changes: &[
        Change {
            stream: Stream::Companies,
            field: "name",
            from: 4,
            shown: "/companies?",
        },
        Change {
            stream: Stream::Technicians,
            field: "firstname",
            from: 1,
            shown: "/settings/users/import/halo_psa?",
        },
        Change {
            stream: Stream::Contacts,
            field: "firstname",
            from: 4,
            shown: "/contacts?",
        },
        Change {
            stream: Stream::Tickets,
            field: "summary",
            from: 60,
            shown: "/tickets?closed=all&",
        },
        Change {
            stream: Stream::Opportunities,
            field: "summary",
            from: 4,
            shown: "/opportunities?",
        },
    ],
    lists: Lists {
        delete_status: |control| {
            control.delete("status", 9);
            "Closed".to_owned()
        },
        queue: Some(Queue {
            id: "2",
            name: "2nd Line Support",
            rename: |control, to| {
                control.patch("team", 2, json!({ "name": to }));
                // Its tickets carry the name.
                for ticket in control.records("tickets", 0, 10_000).unwrap() {
                    if ticket["team"] == "2nd Line Support" {
                        let id = ticket["id"].as_i64().unwrap();
                        control.patch("tickets", id, json!({ "team": to }));
                    }
                }
            },
        }),
        many_statuses: |control, count| {
            for number in 0..count {
                control.create("status", json!({ "name": format!("Status {number}") }));
            }
        },
    },
};

/// Opportunities are tickets there, and their stages are statuses: each list offers its own.
#[tokio::test]
async fn tickets_and_opportunities_have_their_own_statuses() {
    let portal = Portal::start(&PSA).await;
    let mut browser = portal.site.admin().await;
    portal.start_sync(&mut browser).await;
    let page = browser.get(&portal.step("configure")).await;
    let labels = page.labels();
    for sales in ["Qualification", "Proposal Sent", "Won", "Lost"] {
        assert!(
            !labels.iter().any(|label| label == sales),
            "{sales}: {labels:?}"
        );
    }
    let stages = options(&page, "default_stage");
    assert!(
        stages.iter().any(|name| name == "Qualification"),
        "{stages:?}"
    );
    assert!(
        !stages.iter().any(|name| name == "With Supplier"),
        "{stages:?}"
    );
    let categories = options(&page, "default_category");
    let mut tree = categories.clone();
    tree.sort_by_key(|name| name.split('>').map(str::to_lowercase).collect::<Vec<_>>());
    assert!(
        categories.len() > 10 && categories == tree,
        "{categories:?}"
    );
}

/// What a list to choose one from offers, but for *None*.
fn options(page: &Page, name: &str) -> Vec<String> {
    let text = page.read();
    let (_, list) = text.split_once(&format!("<select id=\"{name}\"")).unwrap();
    let (list, _) = list.split_once("</select>").unwrap();
    let options = list.split("<option").skip(2);
    let labels =
        options.filter_map(|option| option.trim_end().strip_suffix("</option>")?.split_once('>'));
    labels.map(|(_, label)| label.to_owned()).collect()
}
