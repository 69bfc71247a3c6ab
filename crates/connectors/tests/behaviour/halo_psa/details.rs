//! What lists of Halo PSA leave out and is asked for beside them: details of single clients, tickets with a new action.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use connectors::connector::Fetched;
use connectors::page::Page;
use connectors::{Connect, Connector};
use domain::clock::UtcMillis;
use domain::record::{Batch, ContactRecord};
use domain::side_list::SideList;
use domain::stream::{PullMode, Stream};
use serde_json::{Value, json};
use simulator::{Fault, FaultKind};

use super::HaloPsa;
use crate::vendor::{FULL, Stand, Vendor, ids, record, record_of, walk, whole};

/// A connector of another job in the same process.
fn another(connect: &Connect) -> Arc<dyn Connector> {
    connectors::build("halo_psa", connect.clone()).expect("a connector")
}

/// Requests for single clients.
fn asked(stand: &Stand) -> usize {
    let journal = stand.control().journal();
    let of_one = journal.iter().filter(|entry| {
        let path = entry.path.to_lowercase();
        let id = path.rsplit('/').next().unwrap_or_default();
        path.contains("/client/") && id.parse::<i64>().is_ok()
    });
    of_one.count()
}

/// Who is left out of a list beside the pages.
fn passed_over(pages: &[Page], list: SideList) -> BTreeSet<String> {
    let beside = pages.iter().flat_map(|page| &page.beside);
    let over = beside.filter(|one| one.list == list);
    over.flat_map(|one| one.passed_over.clone()).collect()
}

/// Web site and main contact come with a request for each client, once a day and where its row changed.
pub async fn web_sites_and_main_contacts() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let connect = stand.connect();
    // Nobody knows who is a main contact before the clients were read, and what is stored stays.
    let pages = whole(&*another(&connect), Stream::Contacts).await;
    let pages = pages.expect("pages");
    assert_eq!(passed_over(&pages, SideList::MainContacts), ids(&pages));
    let companies = async || {
        let pages = whole(&*another(&connect), Stream::Companies).await;
        pages.expect("pages")
    };
    let before = companies().await;
    let active = |pages: &[Page]| -> BTreeSet<String> {
        let all = ids(pages).into_iter();
        all.filter(|id| record(pages, id)["active"] == true)
            .collect()
    };
    let first = asked(&stand);
    assert_eq!(first, active(&before).len(), "each active client once");
    let mut told = 0;
    for id in active(&before) {
        let there = control.get("client", id.parse().expect("a number"));
        let there = there.expect("a client");
        let here = record(&before, &id);
        assert_eq!(here["website"], there["website"], "{id}");
        assert_eq!(here["fields"]["domain"], there["domain"], "{id}");
        told += usize::from(here["website"] != Value::Null);
    }
    assert!(told > 5, "{told}");
    let left = passed_over(&before, SideList::Details);
    assert_eq!(
        left.len(),
        ids(&before).len() - first,
        "the others keep theirs"
    );
    assert_eq!(companies().await.len(), before.len());
    assert_eq!(asked(&stand), first, "nothing changed");

    // The main contact of the client before that of its site.
    let pages = whole(&*another(&connect), Stream::Contacts).await;
    let pages = pages.expect("pages");
    let known = passed_over(&pages, SideList::MainContacts);
    assert!(known.len() < ids(&pages).len() / 2, "{known:?}");
    let Some(Batch::Contacts(contacts)) = pages.first().map(|page| &page.batch) else {
        panic!("contacts")
    };
    let main = contacts.iter().find(|one| one.primary && one.active);
    let main = main.expect("one").clone();
    let same =
        |one: &&ContactRecord| one.company_external_id == main.company_external_id && !one.primary;
    let other = contacts.iter().find(same).expect("another").clone();
    let client: i64 = main
        .company_external_id
        .as_ref()
        .expect("one")
        .parse()
        .expect("a number");
    let user: i64 = other.external_id.parse().expect("a number");
    control.patch(
        "client",
        client,
        json!({"main_contact_id": user, "ref": "Changed"}),
    );
    companies().await;
    assert_eq!(asked(&stand), first + 1, "the one that changed");
    let pages = whole(&*another(&connect), Stream::Contacts).await;
    let pages = pages.expect("pages");
    assert_eq!(record(&pages, &other.external_id)["primary"], true);
    assert_eq!(record(&pages, &main.external_id)["primary"], false);
}

/// A client has the address of its main site, wherever that stands in the list, and without one of the first that is in
/// use; the same goes for the main contact. As long as nobody knows which it is, what is stored stays.
pub async fn main_site() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    // The client without a site.
    let client = 2;
    let site = |name: &str, inactive: bool| {
        let site = json!({
            "name": name, "client_id": client, "phonenumber": name, "delivery_address_line1": name, "inactive": inactive,
        });
        let site = control.create("site", site);
        let user = control.create("users", json!({"name": name, "site_id": site}));
        control.patch("site", site, json!({ "maincontact_id": user }));
        (site, user.to_string())
    };
    let (closed, open, later) = (
        site("Closed", true),
        site("Open", false),
        site("Later", false),
    );
    let connect = stand.connect();
    let address = async || {
        let pages = whole(&*another(&connect), Stream::Companies).await;
        let here = record(&pages.expect("pages"), "2");
        assert_eq!(here["phone"], here["street"]);
        here["phone"].clone()
    };
    let main = async || {
        let pages = whole(&*another(&connect), Stream::Contacts).await;
        let pages = pages.expect("pages");
        let users = [&closed.1, &open.1, &later.1];
        users.map(|user| record(&pages, user)["primary"] == true)
    };
    assert_eq!(address().await, "Open");
    assert_eq!(main().await, [false, true, false]);
    for (main_site, name) in [(later.0, "Later"), (closed.0, "Closed")] {
        control.patch(
            "client",
            client,
            json!({"main_site_id": main_site, "ref": name}),
        );
        assert_eq!(address().await, name);
        let before = asked(&stand);
        assert_eq!(address().await, name, "and it stays");
        assert_eq!(asked(&stand), before, "its row is the same");
        let is_main = [&closed, &open, &later].map(|one| one.0 == main_site);
        assert_eq!(main().await, is_main, "{name}");
    }
    let fetched = another(&connect).fetch(Stream::Companies, "2").await;
    let Fetched::Record(alone, _) = fetched.expect("it") else {
        panic!("a client")
    };
    let alone = record_of(&alone, "2").expect("it");
    assert_eq!(alone["phone"], "Closed", "by itself as in the list");
    let down = FaultKind::Status {
        code: 500,
        body: None,
        retry_after: None,
    };
    control.set_fault(Fault::new(down).on_path("client/2?"));
    let kept = async |active: bool| {
        let pages = whole(&*another(&stand.connect()), Stream::Companies).await;
        let pages = pages.expect("pages");
        let mut kept = passed_over(&pages, SideList::Sites);
        kept.retain(|id| record(&pages, id)["active"] == active);
        kept
    };
    assert_eq!(kept(true).await, ["2".to_owned()].into());
    // One that is switched off stays where it was.
    control.clear_faults();
    control.patch("client", client, json!({ "inactive": true }));
    assert_eq!(address().await, "Closed");
    assert!(kept(false).await.contains("2"));
    assert!(kept(true).await.is_empty());
}

/// Types of contacts at sites come with a client's turn and stand beside user roles. A site that cannot be read costs the
/// types and nothing else of its client.
pub async fn site_contact_types() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let connect = stand.connect();
    let read = async |connect: &Connect, stream: Stream| {
        let pages = whole(&*another(connect), stream).await;
        pages.expect("pages")
    };
    let types = |pages: &[Page], id: &str| -> BTreeSet<String> {
        let here = record(pages, id)["fields"]["site_contact_types"].clone();
        let names = here.as_array().into_iter().flatten();
        names
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect()
    };
    let pages = read(&connect, Stream::Contacts).await;
    assert_eq!(passed_over(&pages, SideList::ContactTypes), ids(&pages));
    read(&connect, Stream::Companies).await;
    let told = read(&connect, Stream::Contacts).await;
    let mut there: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for site in control.ids("site") {
        let site = control.get("site", site).expect("a site");
        for one in site["sitecontacts"].as_array().into_iter().flatten() {
            assert!(one["user_name"].is_string(), "{one}");
            let name = one["type_name"].as_str().expect("a name").to_owned();
            there
                .entry(one["uid"].to_string())
                .or_default()
                .insert(name);
        }
    }
    let kept = passed_over(&told, SideList::ContactTypes);
    let known: Vec<String> = ids(&told).difference(&kept).cloned().collect();
    let mut names = BTreeSet::new();
    for id in &known {
        let expected = there.remove(id).unwrap_or_default();
        assert_eq!(types(&told, id), expected, "{id}");
        names.extend(expected);
    }
    assert!(names.len() > 1, "{names:?}");

    let one = known.first().expect("a contact");
    let before = record(&told, one);
    let user: i64 = one.parse().expect("a number");
    let client = before["company_external_id"].as_str().expect("a client");
    let site = control.get("users", user).expect("it")["site_id"].as_f64();
    let site = site.expect("a site") as i64;
    let called = |name: &str| json!({"id": 1, "site": site, "uid": user, "type": 1, "type_name": name});
    let both = json!([called("Approver"), called("Key Holder")]);
    control.patch("site", site, json!({ "sitecontacts": both }));
    control.patch(
        "client",
        client.parse().expect("a number"),
        json!({"ref": "Changed"}),
    );
    read(&connect, Stream::Companies).await;
    let told = read(&connect, Stream::Contacts).await;
    let expected = ["Approver", "Key Holder"].map(str::to_owned);
    assert_eq!(types(&told, one), expected.into());
    let roles = |contact: &Value| contact["fields"]["user_roles"].clone();
    assert_eq!(roles(&record(&told, one)), roles(&before));

    let answer = |code, body| FaultKind::Status {
        code,
        body,
        retry_after: None,
    };
    let odd = json!({"sitecontacts": "none of your business"});
    for fault in [answer(500, None), answer(200, Some(odd)), answer(302, None)] {
        control.clear_faults();
        control.set_fault(Fault::new(fault.clone()).on_path(&format!("site/{site}?")));
        let connect = stand.connect();
        let clients = read(&connect, Stream::Companies).await;
        let without = passed_over(&clients, SideList::Details);
        assert!(!without.contains(client), "{fault:?}");
        let pages = read(&connect, Stream::Contacts).await;
        let kept = passed_over(&pages, SideList::ContactTypes);
        assert!(kept.contains(one), "{fault:?}");
        assert!(!passed_over(&pages, SideList::MainContacts).contains(one));
    }
}

/// A run asks with fifty requests, and two of them go for a client with a site; the others have their turn with the next
/// ones.
pub async fn details_by_turns() {
    let stand = HaloPsa.start().await;
    let connect = stand.connect();
    for number in 0..70 {
        let client = json!({"name": format!("Client {number}"), "website": "https://example.com"});
        stand.control().create("client", client);
    }
    let run = async || {
        let before = asked(&stand);
        let pages = walk(&*another(&connect), Stream::Companies, FULL, 30).await;
        let pages = pages.expect("pages");
        (
            asked(&stand) - before,
            passed_over(&pages, SideList::Details),
        )
    };
    let (first, mut over) = run().await;
    // One of them has no site, and a few have several.
    assert!((22..=27).contains(&first), "{first}");
    assert!(over.len() >= 45, "{over:?}");
    let mut turns = vec![first];
    loop {
        let (asked, still) = run().await;
        assert!(still.is_subset(&over) && still.len() == over.len() - asked);
        over = still;
        turns.push(asked);
        if asked == 0 {
            break;
        }
        assert!(asked <= 27, "{turns:?}");
    }
    assert!((5..=6).contains(&turns.len()), "{turns:?}");
}

/// A client that cannot be asked about keeps what is stored and holds up nobody; where none can, the run soon asks no more.
pub async fn details_that_fail() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let server_error = || FaultKind::Status {
        code: 500,
        body: None,
        retry_after: None,
    };
    let first = whole(&*another(&stand.connect()), Stream::Companies).await;
    let first = first.expect("pages");
    let all = ids(&first);
    let active = |id: &&String| record(&first, id)["active"] == true;
    let broken = all.iter().filter(active).nth(1).expect("some").clone();
    control.set_fault(Fault::new(server_error()).on_path(&format!("client/{broken}")));
    let pages = whole(&*another(&stand.connect()), Stream::Companies).await;
    let pages = pages.expect("the clients come all the same");
    assert_eq!(ids(&pages), all);
    let kept = passed_over(&pages, SideList::Details);
    let asked_in_vain = kept.iter().filter(active).collect::<Vec<_>>();
    assert_eq!(asked_in_vain, [&broken]);

    control.clear_faults();
    control.set_fault(Fault::new(server_error()).on_path("client/"));
    control.clear_journal();
    let pages = whole(&*another(&stand.connect()), Stream::Companies).await;
    assert_eq!(ids(&pages.expect("all the same")), all);
    let journal = control.journal();
    let of_one = journal
        .iter()
        .filter(|entry| entry.path.to_lowercase().contains("/client/"));
    let tried: BTreeSet<&str> = of_one.map(|entry| entry.path.as_str()).collect();
    // Three in a row, and those that were under way by then.
    assert!((3..=5).contains(&tried.len()), "{tried:?}");
    assert!(all.iter().filter(active).count() > 8);
}

/// An action by which somebody asks on.
fn reply(ticket: i64) -> Value {
    json!({"ticket_id": ticket, "outcome_id": 2, "note": "And?", "hiddenfromuser": false})
}

/// An action that is no change of its ticket shows all the same, by its own date; and nothing comes twice.
pub async fn replies() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let connector = stand.connector();
    let tickets = control.ids("tickets");
    for quiet in [true, false] {
        control.patch("instanceinfo", 1, json!({ "quiet_actions": quiet }));
        control.advance_clock(UtcMillis::HOUR);
        let since = UtcMillis(control.now_ms());
        control.advance_clock(UtcMillis::MINUTE);
        let (answered, changed) = ([tickets[3], tickets[9]], [tickets[9], tickets[20]]);
        for ticket in answered {
            control.create("actions", reply(ticket));
        }
        for ticket in changed {
            control.patch(
                "tickets",
                ticket,
                json!({"summary": format!("Edited {quiet}")}),
            );
        }
        let mode = PullMode::Since { since };
        let pages = walk(&*connector, Stream::Tickets, mode, 50).await;
        let pages = pages.expect("pages");
        let all: BTreeSet<String> = answered
            .iter()
            .chain(&changed)
            .map(ToString::to_string)
            .collect();
        assert_eq!(ids(&pages), all, "quiet: {quiet}");
        let came: usize = pages.iter().map(|page| page.batch.len()).sum();
        assert_eq!(came, all.len(), "each once");
        assert!(pages.iter().all(|page| page.oddity.is_none()));
    }
    // Nothing new costs two requests, not more.
    control.advance_clock(UtcMillis::HOUR);
    let mode = PullMode::Since {
        since: UtcMillis(control.now_ms()),
    };
    // With a token of its own: the other one is over.
    let connector = stand.connector();
    let before = stand.requests_about("tickets").len();
    let pages = walk(&*connector, Stream::Tickets, mode, 50).await;
    assert!(ids(&pages.expect("pages")).is_empty());
    assert_eq!(stand.requests_about("tickets").len() - before, 2);
}

/// A ticket that cannot be read is set aside once, whether it comes with one of the two lists or with both.
pub async fn unreadable_replies() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let connector = stand.connector();
    let tickets = control.ids("tickets");
    let (answered, both, changed) = (tickets[3], tickets[9], tickets[20]);
    control.patch("instanceinfo", 1, json!({ "quiet_actions": true }));
    control.advance_clock(UtcMillis::HOUR);
    let since = UtcMillis(control.now_ms());
    control.advance_clock(UtcMillis::MINUTE);
    for ticket in [answered, both] {
        control.create("actions", reply(ticket));
    }
    for ticket in [both, changed] {
        control.patch("tickets", ticket, json!({"summary": "Edited"}));
    }
    for bad in [answered, both, changed] {
        control.clear_faults();
        let garbled = FaultKind::GarbledRecord {
            id: Some(bad),
            field: "summary".to_owned(),
        };
        control.set_fault(Fault::new(garbled).on_entity("tickets"));
        let pages = walk(&*connector, Stream::Tickets, PullMode::Since { since }, 50).await;
        let pages = pages.expect("the others go on");
        let aside = pages.iter().flat_map(|page| &page.unreadable);
        let aside: Vec<&str> = aside.map(|one| one.external_id.as_str()).collect();
        assert_eq!(aside, [bad.to_string()]);
        let mut others = BTreeSet::from([answered, both, changed]);
        others.remove(&bad);
        let others: BTreeSet<String> = others.iter().map(ToString::to_string).collect();
        assert_eq!(ids(&pages), others, "without {bad}");
        let received: u32 = pages.iter().map(|page| page.received).sum();
        assert_eq!(received, 3, "each counts once, {bad} too");
    }
}
