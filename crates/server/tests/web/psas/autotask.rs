//! Autotask: an API user; queues, resources.

use domain::stream::Stream;
use serde_json::{Value, json};
use simulator::{Control, Fault, FaultKind};

use super::portal::Portal;
use super::{Change, Lists, Nonsense, Offer, Pasted, Psa, Queue, Right};

const USER: &str = "q7xkd2mzvhw4pnt@harbourline.example";

const NO_USER: &str =
    "The API username looks like an e-mail address, such as api.user@yourdomain.com.";

const NO_ZONE: &str =
    "The zone address must begin with https:// and its host must end in .autotask.net";

/// Answers questions for the fields of tickets as before, but with another list of values of one of them: there is no
/// screen for it in the sandbox.
fn change_list(control: &Control, field: &str, change: impl FnOnce(&mut Vec<Value>)) {
    let path = "Tickets/entityInformation/fields";
    let journal = control.journal();
    let mut answers = journal
        .iter()
        .filter(|entry| entry.path.ends_with(path))
        .filter_map(|entry| entry.answer.as_deref());
    let mut body: Value = serde_json::from_str(answers.next_back().unwrap()).unwrap();
    let fields = body["fields"].as_array_mut().unwrap();
    let field = fields.iter_mut().find(|one| one["name"] == field).unwrap();
    change(field["picklistValues"].as_array_mut().unwrap());
    let kind = FaultKind::Status {
        code: 200,
        body: Some(body),
        retry_after: None,
    };
    control.set_fault(Fault::new(kind).on_path(path));
}

pub static PSA: Psa = Psa {
    key: "autotask",
    labels: &[
        "API Username",
        "API Secret",
        "Integration code",
        "Zone address",
    ],
    guide: &[
        "Account Settings & Users",
        "Security Levels",
        "API User (system)",
        "Can create webhooks to Yes",
        "Integration Vendor",
        "Generate Secret",
        "Associate lines of business",
        "Connection test fails",
        "Tickets not syncing",
        "Missing data",
        "Contacts not importing",
    ],
    pasted: &[Pasted {
        field: "user_name",
        typed: "  q7xkd2mzvhw4pnt@harbourline.example \r\n",
        becomes: USER,
    }],
    nonsense: &[
        Nonsense {
            field: "user_name",
            typed: "api user",
            says: NO_USER,
        },
        Nonsense {
            field: "user_name",
            typed: "https://ww3.autotask.net/",
            says: NO_USER,
        },
        Nonsense {
            field: "zone_url",
            typed: "https://webservices3.autotask.net.evil.example/",
            says: NO_ZONE,
        },
    ],
    wrong_secret: (
        "certainly-wrong",
        "secret",
        "The user name, secret or API integration code is not valid. Authorization denied.",
    ),
    rights: &[
        Right::required("Tickets", "Security level: Service Desk > Tickets — View"),
        Right::required("Companies", "Security level: CRM > Companies — View"),
        Right::optional(
            "Opportunities",
            "Security level: CRM > Opportunities — View",
        ),
    ],
    mixed_up: |_| NO_USER,
    offer: Offer {
        sync: &[
            "Enable Opportunity Sync",
            "Queues to Sync",
            "Categories",
            "Company types",
        ],
        choices: &["Monitoring Alert", "Portal Request", "Waiting Customer"],
        configure: &[
            "Note audiences clients may read",
            "Fallback Owner",
            "Default Stage",
            "Default Category",
            "Projected Close Days",
        ],
        statuses: &["Waiting Customer", "Complete"],
    },
    streams: &[
        (Stream::Companies, "Companies"),
        (Stream::Technicians, "Resources"),
        (Stream::Contacts, "Contacts"),
        (Stream::ContactGroups, "ContactGroups"),
        (Stream::ContactGroupMembers, "ContactGroupContacts"),
        (Stream::Tickets, "Tickets"),
        (Stream::TicketNotes, "TicketNotes"),
        (Stream::Opportunities, "Opportunities"),
    ],
    people: 4,
    tickets: &[">Queue<", "Service Desk", "In Progress"],
    changes: &[
        Change {
            stream: Stream::Companies,
            field: "companyName",
            from: 4,
            shown: "/companies?",
        },
        Change {
            stream: Stream::Technicians,
            field: "firstName",
            from: 1,
            shown: "/settings/users/import/autotask?",
        },
        Change {
            stream: Stream::Contacts,
            field: "firstName",
            from: 4,
            shown: "/contacts?",
        },
        Change {
            stream: Stream::Tickets,
            field: "title",
            from: 60,
            shown: "/tickets?closed=all&",
        },
        Change {
            stream: Stream::Opportunities,
            field: "title",
            from: 4,
            shown: "/opportunities?",
        },
    ],
    lists: Lists {
        delete_status: |control| {
            change_list(control, "status", |list| {
                list.retain(|value| value["value"] != "5");
            });
            "Complete".to_owned()
        },
        queue: Some(Queue {
            id: "29682969",
            name: "Level II Support",
            rename: |control, to| {
                change_list(control, "queueID", |list| {
                    for value in list.iter_mut().filter(|value| value["value"] == "29682969") {
                        value["label"] = to.into();
                    }
                });
            },
        }),
        many_statuses: |control, count| {
            change_list(control, "status", |list| {
                list.extend((0..count).map(|number| {
                    json!({
                        "value": (1_000 + number).to_string(), "label": format!("Status {number}"),
                        "isDefaultValue": false, "sortOrder": 100 + number, "parentValue": "",
                        "isActive": true, "isSystem": false,
                    })
                }));
            });
        },
    },
};

/// The code that goes with every request is refused like a wrong secret: it is named, and a value of another field too.
#[tokio::test]
async fn a_wrong_code_is_one_of_the_things_to_check() {
    let portal = Portal::start(&PSA).await;
    let mut browser = portal.site.admin().await;
    for (code, says) in [
        (
            "WR0NGWR0NGWR0NGWR0NGWR0NG77",
            "Autotask does not tell which is wrong: API Secret or Integration code.",
        ),
        (
            "0f4b7d2a-93c1-4e6f-8a75-d1c2b3e4f506",
            "This looks like the Client ID of Halo PSA or ConnectWise Manage.",
        ),
    ] {
        let form = portal.form(&[("integration_code", code)]);
        let page = portal.send(&mut browser, "test", form).await;
        let text = page.read();
        assert!(
            text.contains("A wrong Integration code is refused in the same way."),
            "{text}"
        );
        let (_, field) = text.split_once("id=\"integration_code-error\"").unwrap();
        let (field, _) = field.split_once("</p>").unwrap();
        assert!(field.contains(says), "{field}");
        let secret = "Autotask does not tell which is wrong: API Secret or Integration code. Check this value: the API Secret";
        assert!(text.contains(secret), "{text}");
        assert!(!text.contains("id=\"user_name-error\""), "{text}");
    }
    // Whose name is unknown there is told so, and of nothing else.
    let form = portal.form(&[
        ("user_name", "nobody@elsewhere.example"),
        ("integration_code", "WR0NGWR0NGWR0NGWR0NGWR0NG77"),
    ]);
    let text = portal.send(&mut browser, "test", form).await.read();
    assert!(text.contains("id=\"user_name-error\""), "{text}");
    for other in ["secret", "integration_code"] {
        assert!(!text.contains(&format!("id=\"{other}-error\"")), "{other}: {text}");
    }
    // A key of ConnectWise looks like one, and might be a secret all the same.
    let form = portal.form(&[("secret", "Tq4vZ8mKxW2sRb7N")]);
    let text = portal.send(&mut browser, "test", form).await.read();
    let hint = "This could be the Public Key or Private Key of ConnectWise Manage: check that it was copied from Autotask.";
    let help = text.split("id=\"secret-help\"").nth(1).unwrap();
    assert!(help.split("</p>").next().unwrap().contains(hint), "{help}");
}
