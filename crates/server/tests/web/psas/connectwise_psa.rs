//! ConnectWise PSA, shown as *ConnectWise Manage*: a host and two keys; service boards, members.

use std::collections::BTreeSet;

use domain::reference::ReferenceKind;
use domain::settings::IntegrationSettings;
use domain::stage::Stage;
use domain::stream::Stream;
use portico::web::api::scope::Scope;
use serde_json::json;
use store::reference_items::list_reference_items;

use super::portal::Portal;
use super::{Change, Lists, Nonsense, Offer, Pasted, Psa, Queue, Right};
use crate::form_on_page::{set, value};
use crate::harness::key_with;

const fn pasted(typed: &'static str) -> Pasted {
    Pasted {
        field: "site",
        typed,
        becomes: "na.myconnectwise.net",
    }
}

const fn no_host(typed: &'static str) -> Nonsense {
    Nonsense {
        field: "site",
        typed,
        says: "Enter the host name alone, such as na.myconnectwise.net",
    }
}

pub static PSA: Psa = Psa {
    key: "connectwise_psa",
    labels: &[
        "API URL",
        "Company ID",
        "Public Key",
        "Private Key",
        "Client ID",
    ],
    guide: &[
        "na.myconnectwise.net",
        "Security Roles",
        "API Members",
        "API Keys",
        "Member Maintenance and Table Setup: Inquire All",
        "The private key is shown only once.",
        "developer.connectwise.com",
        "Missing companies after sync",
        "Permission errors",
        "Sync not starting",
        "Tickets from wrong boards",
        "Contacts not importing",
    ],
    pasted: &[
        pasted(" HTTPS://NA.myconnectwise.net/ \r\n"),
        pasted("na.myconnectwise.net/v4_6_release/apis/3.0"),
        pasted("http://na.myconnectwise.net:443//"),
        Pasted {
            field: "public_key",
            typed: " Harbourline+Tq4vZ8mKxW2sRb7N ",
            becomes: "Tq4vZ8mKxW2sRb7N",
        },
    ],
    nonsense: &[
        no_host("10.1.2.3"),
        no_host("localhost"),
        no_host("https://ann:hush@na.myconnectwise.net/"),
        no_host("two words"),
        no_host("na..myconnectwise.net"),
        no_host("-x.example"),
        Nonsense {
            field: "company_id",
            typed: "api.user@acme.example",
            says: "The company ID is the short name typed on the sign-in page of ConnectWise",
        },
        Nonsense {
            field: "public_key",
            typed: "Pub1ic:Priv4te",
            says: "Enter the public key alone",
        },
        Nonsense {
            field: "client_id",
            typed: "HLN4QZX7TB2WKD6MVRP3SJC8YAE",
            says: "A client ID has 32 letters and digits in five groups",
        },
    ],
    wrong_secret: ("Wr0ngKeyWr0ngKey", "private_key", "UserNotAuthenticated"),
    rights: &[
        Right::required(
            "service/tickets",
            "Security role: Service Desk > Service Tickets — Inquire All",
        ),
        Right::required(
            "system/members",
            "Security role: System > Member Maintenance — Inquire All",
        ),
        Right::optional(
            "project/tickets",
            "Security role: Project > Project Tickets — Inquire All (without it, tickets of projects are missing, and \
             tickets deleted in ConnectWise stay here)",
        ),
        Right::optional(
            "sales/opportunities",
            "Security role: Sales > Opportunity — Inquire All",
        ),
    ],
    mixed_up: |_| "Enter the host name alone",
    offer: Offer {
        sync: &[
            "Enable Opportunity Sync",
            "Boards to Sync",
            "Skip Inactive Companies",
            "Exclude Company Types",
            "Exclude Company Statuses",
            "Exclude Project Types",
            "Exclude Opportunity Types",
        ],
        choices: &[
            "Help Desk",
            "Help Desk: Waiting Client Response",
            "Projects",
            "Migration",
            "Prospect",
        ],
        configure: &[
            "Default Stage",
            "Default Status",
            "Default Type",
            "Default Probability",
            "Fallback Sales Rep",
        ],
        statuses: &["Help Desk: >Closed", "Security: In Progress"],
    },
    streams: &[
        (Stream::Companies, "company/companies"),
        (Stream::Technicians, "system/members"),
        (Stream::Contacts, "company/contacts"),
        (Stream::Tickets, "service/tickets"),
        (Stream::Opportunities, "sales/opportunities"),
    ],
    people: 4,
    tickets: &[">Service Board<", "Help Desk", ">Help Desk: In Progress<"],
    changes: &[
        Change {
            stream: Stream::Companies,
            field: "name",
            from: 4,
            shown: "/companies?",
        },
        Change {
            stream: Stream::Technicians,
            field: "firstName",
            from: 1,
            shown: "/settings/users/import/connectwise_psa?",
        },
        Change {
            stream: Stream::Contacts,
            field: "firstName",
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
            field: "name",
            from: 4,
            shown: "/opportunities?",
        },
    ],
    lists: Lists {
        delete_status: |control| {
            control.delete("service/boards/statuses", 111);
            "Help Desk: >Closed".to_owned()
        },
        queue: Some(Queue {
            id: "2",
            name: "Monitoring Alerts",
            rename: |control, to| {
                control.patch("service/boards", 2, json!({ "name": to }));
            },
        }),
        many_statuses: |control, count| {
            for number in 0..count {
                let status = json!({ "name": format!("Status {number}"), "board": { "id": 1 } });
                control.create("service/boards/statuses", status);
            }
        },
    },
};

/// Every board has statuses of the same names: one choice sets them all, and a board's own row holds.
#[tokio::test]
async fn a_status_of_every_board_is_set_once() {
    let portal = Portal::start(&PSA).await;
    let mut browser = portal.site.admin().await;
    portal.start_sync(&mut browser).await;
    portal.settle().await;
    let page = browser.get(&portal.step("configure")).await;
    let text = page.read();
    for words in ["On every board", ">Help Desk</h3>", "7 boards"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let form = page.form("setup-form");
    let all = "stage_all.in progress";
    assert_eq!(value(&form, all), Some("Working"), "they agree");
    let comment = "client_comment_status";
    assert_eq!(value(&form, comment), Some(""), "left as it is");
    let before = portal.integration().await.settings;
    let of_name = statuses_called(&portal, "In Progress").await;
    for id in &of_name {
        let own = format!("<option value=\"{id}\"");
        let (_, select) = text.split_once("<select id=\"client_comment_status\"").unwrap();
        let (select, _) = select.split_once("</select>").unwrap();
        assert!(!select.contains(&own), "offered once for all boards: {id}");
    }
    assert_eq!(of_name.len(), 7, "of eight boards one is out of use");
    portal
        .leave(&mut browser, "configure", |form| {
            set(form, all, "Waiting");
            set(form, &format!("stage.{}", of_name[2]), "Triaged");
            form.push(("closed_status_all".to_owned(), "in progress".to_owned()));
            set(form, comment, "all.in progress");
        })
        .await;
    let now = portal.integration().await.settings;
    let each: BTreeSet<String> = of_name.iter().cloned().collect();
    assert_eq!(now.client_comment_status, each, "the one of each board");
    for id in &of_name {
        let expected = if *id == of_name[2] {
            Stage::Triaged
        } else {
            Stage::Waiting
        };
        assert_eq!(now.stages.get(id), Some(&expected), "{id}");
        assert!(now.closed_statuses.contains(id), "{id}");
    }
    let others = |set: &IntegrationSettings| -> Vec<(String, Stage)> {
        let of_others = set.stages.iter().filter(|(id, _)| !of_name.contains(id));
        of_others.map(|(id, stage)| (id.clone(), *stage)).collect()
    };
    assert_eq!(others(&now), others(&before), "no other status changed");
    let page = browser.get(&portal.step("configure")).await;
    let form = page.form("setup-form");
    assert_eq!(value(&form, all), Some("board"), "one board differs");
    assert_eq!(value(&form, "closed_status_was.in progress"), Some("on"));
    assert_eq!(value(&form, comment), Some("all.in progress"));
    portal
        .leave(&mut browser, "configure", |form| {
            form.retain(|(name, value)| name != "closed_status_all" || value != "in progress");
        })
        .await;
    let last = portal.integration().await.settings;
    assert_eq!(
        last.closed_statuses, before.closed_statuses,
        "taken back at once"
    );
    assert_eq!(last.stages, now.stages, "left by board");
    assert_eq!(last.client_comment_status, each, "left as it was");
    let text = browser.get(&portal.step("import")).await.read();
    assert!(text.contains("In Progress (7 boards)"), "{text}");
}

/// A ticket that is due on a day is due on the same day for somebody far in the west; where a time is told, it is shown in
/// the viewer's zone.
#[tokio::test]
async fn a_due_date_is_the_same_day_everywhere() {
    let portal = Portal::start(&PSA).await;
    let company = portal.control().ids("company/companies")[2];
    for (summary, due) in [
        ("Duedate", "2026-03-10T00:00:00Z"),
        ("Duetime", "2026-03-10T17:30:00Z"),
    ] {
        let ticket = json!({ "summary": summary, "company": {"id": company}, "requiredDate": due });
        portal.control().create("service/tickets", ticket);
    }
    let mut browser = portal.site.admin().await;
    portal.set_up(&mut browser).await;
    let west = [("name", "Ann Harbour"), ("zone", "America/Los_Angeles")];
    let page = browser.post("/profile", &west).await;
    assert_eq!(page.location(), "/profile?notice=profile_saved");
    let key = key_with(&portal.site, &Scope::ALL).await;
    for (summary, shown, in_file, from_api) in [
        ("Duedate", "10 Mar 2026", "2026-03-10", "2026-03-10"),
        (
            "Duetime",
            "10 Mar 2026, 10:30 PDT",
            "2026-03-10 10:30:00",
            "2026-03-10T17:30:00.000Z",
        ),
    ] {
        let found = format!("/api/v1/tickets?search={summary}");
        let found = portal.site.api(&found, &key).await.json();
        let ticket = &found["data"][0];
        assert_eq!(ticket["due_at"], from_api, "{found}");
        let address = format!("/tickets/{}", ticket["id"].as_str().unwrap());
        let page = browser.get(&address).await;
        let due = format!("<dt>Due</dt><dd>{shown}</dd>");
        assert!(page.text.contains(&due), "{due}: {}", page.text);
        let file = format!("/tickets.csv?closed=all&search={summary}");
        let file = browser.get(&file).await.text;
        assert!(file.contains(&format!(",{in_file},")), "{in_file}: {file}");
    }
}

/// Ids of the statuses in use with this name.
async fn statuses_called(portal: &Portal, name: &str) -> Vec<String> {
    let kind = Some(ReferenceKind::TicketStatus);
    let id = portal.integration().await.id;
    let items = list_reference_items(portal.site.app.store(), id, kind)
        .await
        .unwrap();
    let called = items
        .into_iter()
        .filter(|item| item.label == name && item.active);
    called.map(|item| item.external_id).collect()
}

/// Keys of another product look unlike anything here, and are called what they look like.
#[tokio::test]
async fn keys_of_another_product_are_recognised() {
    let portal = Portal::start(&PSA).await;
    let mut browser = portal.site.admin().await;
    let form = portal.form(&[
        ("public_key", "api.user@acme.example"),
        ("private_key", "HLN4QZX7TB2WKD6MVRP3SJC8YAE"),
    ]);
    let page = portal.send(&mut browser, "test", form).await;
    let text = page.read();
    for words in [
        "A wrong Client ID is refused in the same way.",
        "This looks like the API Username of Autotask.",
        "This looks like the Integration code of Autotask.",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!page.text.contains("HLN4QZX7TB2WKD6MVRP3SJC8YAE"));
}
