//! ConnectWise PSA, shown as *ConnectWise Manage*: a host and two keys; service boards, members.

use domain::stream::Stream;
use serde_json::json;

use super::{Change, Lists, Nonsense, Offer, Pasted, Psa, Queue, Right};

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
    ],
    nonsense: &[
        no_host("10.1.2.3"),
        no_host("localhost"),
        no_host("https://ann:hush@na.myconnectwise.net/"),
        no_host("two words"),
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
    mixed_up: &[
        ("autotask", "Enter the host name alone"),
        ("halo_psa", "This is the address of Halo PSA."),
        ("syncro", "Enter the host name alone"),
    ],
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
