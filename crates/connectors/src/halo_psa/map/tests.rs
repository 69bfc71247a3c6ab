//! The mapping over recorded shapes: what differs between releases, and what stands for nothing.

use serde_json::json;

use super::*;
use crate::halo_psa::beside::ClientSites;
use crate::mapping::Record;

fn teams() -> Arc<Teams> {
    let list = serde_json::from_str(r#"[{"id":7,"name":"1st Line Support"}]"#);
    Arc::new(Teams::of(list.expect("teams")))
}

fn mapped<'a, W: Record<'a, Tenant = Tenant>>(text: &'a str, tenant: &Tenant) -> W::Ours {
    let record: W = serde_json::from_str(text).expect("a record");
    record.map(tenant).expect("it makes sense")
}

#[test]
fn a_ticket_of_two_releases_is_the_same() {
    let rows: Vec<Value> =
        serde_json::from_str(include_str!("../fixtures/tickets.json")).expect("rows");
    let tenant = Tenant {
        teams: teams(),
        ..Tenant::default()
    };
    let [old, new] = [rows[0].to_string(), rows[1].to_string()];
    let old = mapped::<HaloTicket<'_>>(&old, &tenant);
    let new = mapped::<HaloTicket<'_>>(&new, &tenant);
    assert_eq!(old, new, "decimals, texts and twin names");
    assert_eq!(old.queue_id.as_deref(), Some("7"));
    assert_eq!(old.source_id.as_deref(), Some("0"));
    assert_eq!(old.technician_external_id, None, "agent 1 is nobody");
    assert_eq!(old.closed_at, None, "1900 is no date");
    assert_eq!(old.updated_at, UtcMillis::parse("2026-02-10T14:05:33.147Z"));
    assert_eq!(old.fields["udf:Serial number"], json!("SN-1001"));
    assert_eq!(
        old.fields["udf:Room"],
        json!("Second floor"),
        "the text of a choice"
    );
}

#[test]
fn a_ticket_that_was_opened_again_is_not_closed() {
    let date = UtcMillis::parse("2026-02-10T14:05:00Z");
    for (flag, expected) in [
        ("", date),
        (r#","hasbeenclosed":null"#, date),
        (r#","hasbeenclosed":true"#, date),
        (r#","hasbeenclosed":false"#, None),
    ] {
        let text = format!(r#"{{"id":5,"dateclosed":"2026-02-10T14:05:00"{flag}}}"#);
        let ticket = mapped::<HaloTicket<'_>>(&text, &Tenant::default());
        let sale = mapped::<HaloOpportunity<'_>>(&text, &Tenant::default());
        assert_eq!(
            (ticket.closed_at, sale.closed_at),
            (expected, expected),
            "{flag}"
        );
    }
}

#[test]
fn a_team_nobody_knows_is_still_named() {
    let text = r#"{"id":5,"summary":"x","team":"Gone"}"#;
    let ticket = mapped::<HaloTicket<'_>>(text, &Tenant::default());
    assert_eq!(
        (ticket.queue_id, &ticket.fields["team"]),
        (None, &json!("Gone"))
    );
}

#[test]
fn what_makes_no_sense_names_its_field() {
    let bad = |text: &str| {
        let record: HaloTicket<'_> = serde_json::from_str(text).expect("JSON");
        to_ticket(record, &Tenant::default())
            .expect_err("nonsense")
            .field
    };
    assert_eq!(bad(r#"{"id":1,"dateoccurred":"soon"}"#), "dateoccurred");
    assert_eq!(bad(r#"{"id":1,"lastupdate":"0000-00-00"}"#), "last_update");
    let sale: HaloOpportunity<'_> =
        serde_json::from_str(r#"{"id":1,"oppvalue":"a lot"}"#).expect("JSON");
    assert_eq!(
        to_opportunity(sale, &Tenant::default())
            .expect_err("no")
            .field,
        "oppvalue"
    );
    assert!(
        serde_json::from_str::<HaloTicket<'_>>(r#"{"id":1.5}"#).is_err(),
        "half an id is none"
    );
}

#[test]
fn an_action_is_internal_unless_it_says_otherwise() {
    let note = |more: &str| {
        let text = format!(r#"{{"id":3,"ticket_id":"40.0","note":"x"{more}}}"#);
        let record: HaloAction<'_> = serde_json::from_str(&text).expect("JSON");
        to_ticket_note(record, &Tenant::default()).expect("it makes sense")
    };
    assert_eq!(note("").visibility, Visibility::Internal);
    assert_eq!(
        note(r#","hiddenfromuser":true"#).visibility,
        Visibility::Internal
    );
    assert_eq!(
        note(r#","hiddenfromuser":null"#).visibility,
        Visibility::Internal
    );
    let public = note(
        r#","hiddenfromuser":false,"note_html":"<p>x</p>","actionby_user_id":9,"who_agentid":4"#,
    );
    assert_eq!(public.visibility, Visibility::Public);
    assert_eq!(public.external_id, "40-3");
    assert_eq!(public.body.format, BodyFormat::Html);
    assert_eq!(
        (
            public.contact_external_id.as_deref(),
            public.technician_external_id
        ),
        (Some("9"), None),
        "who wrote it, not who is behind the integration"
    );
    let author = |more: &str| note(more).author;
    let name = r#","who":"Xavier Lane","who_type":1,"who_agentid":0"#;
    assert_eq!(author(name).as_deref(), Some("Xavier Lane"));
    let agent = r#","who":"Ann Roe","who_agentid":4"#;
    assert_eq!(author(agent), None, "the id says it");
    let user = r#","who":"Xavier Lane","actionby_user_id":9"#;
    assert_eq!(author(user), None);
    assert_eq!(author(r#","who":"""#), None);
}

#[test]
fn the_main_contact_is_decided_once_for_a_client() {
    let mut main = Sites::new();
    for site in [
        r#"{"id":9,"client_id":12.0,"name":"Harbour","maincontact_id":31,"phonenumber":"2"}"#,
        r#"{"id":8,"client_id":12.0,"name":"Main","maincontact_id":0,"phonenumber":"1","delivery_address_line1":"Street"}"#,
        r#"{"id":2,"client_id":12,"name":"Shelves","isstocklocation":true,"maincontact_id":77}"#,
        r#"{"id":3,"client_id":0}"#,
    ] {
        ClientSites::take(&mut main, serde_json::from_str(site).expect("a site"));
    }
    assert_eq!(main.len(), 1);
    let tenant = Tenant {
        sites: Arc::new(main),
        ..Tenant::default()
    };
    let user = |id| {
        let text =
            format!(r#"{{"id":{id},"name":"Ann Other","client_id":12,"role_list":"Approver"}}"#);
        mapped::<HaloUser<'_>>(&text, &tenant)
    };
    assert!(user(31).primary && !user(77).primary);
    assert_eq!(user(31).last_name, "Ann Other");
    assert_eq!(user(31).fields["user_roles"], json!("Approver"));
    let client = mapped::<HaloClient<'_>>(r#"{"id":12,"name":"Acme","inactive":false}"#, &tenant);
    assert_eq!(
        (client.phone.as_deref(), client.street.as_deref()),
        (Some("1"), Some("Street"))
    );
    let places = json!([
        {"name": "Main", "phone": "1", "street": "Street"},
        {"name": "Harbour", "phone": "2"},
    ]);
    assert_eq!(client.fields["locations"], places);
    let several = r#"{"id":13,"name":"Two Ltd","customer_relationship":[{"id":4,"name":"Customer"},{"id":6,"name":"Vendor"}]}"#;
    let several = mapped::<HaloClient<'_>>(several, &tenant);
    assert_eq!(
        (several.type_id.as_deref(), several.other_type_ids),
        (Some("4"), vec!["6".to_owned()])
    );
    for none in [
        "",
        r#","customer_relationship":null"#,
        r#","customer_relationship":[]"#,
    ] {
        let text = format!(r#"{{"id":14,"name":"Caller","customertype":4{none}}}"#);
        let caller = mapped::<HaloClient<'_>>(&text, &tenant);
        assert_eq!(caller.type_id, None, "another field with other numbers");
    }
    let unknown = mapped::<HaloClient<'_>>(r#"{"id":1,"name":"Unknown"}"#, &tenant);
    assert!(!unknown.active && unknown.fields["built_in"] == json!(true));
}

#[test]
fn the_address_is_that_of_the_main_site_else_of_the_first_in_use() {
    let mut sites = Sites::new();
    for site in [
        r#"{"id":8,"client_id":12,"phonenumber":"8","maincontact_id":38,"inactive":true}"#,
        r#"{"id":9,"client_id":12,"phonenumber":"9","maincontact_id":39}"#,
        r#"{"id":10,"client_id":12,"phonenumber":"10","delivery_address_line1":"Quay 4","delivery_address_line2":" ",
            "delivery_address_line3":"Harbour","delivery_address_line4":"Graz","delivery_address_line5":"8010"}"#,
    ] {
        ClientSites::take(&mut sites, serde_json::from_str(site).expect("a site"));
    }
    let tenant = Tenant {
        sites: Arc::new(sites),
        ..Tenant::default()
    };
    for (main, expected) in [("0", "9"), ("10", "10"), ("8", "8"), ("77", "9")] {
        let text = format!(r#"{{"id":12,"name":"Acme","main_site_id":{main}}}"#);
        let client = mapped::<HaloClient<'_>>(&text, &tenant);
        assert_eq!(client.phone.as_deref(), Some(expected), "main site {main}");
        let lines = (main == "10").then_some("Quay 4\nHarbour\nGraz");
        let postcode = (main == "10").then_some("8010");
        assert_eq!(
            (client.street.as_deref(), client.postal_code.as_deref()),
            (lines, postcode)
        );
        assert_eq!(
            (client.city, client.state, client.country),
            (None, None, None)
        );
    }
    let primary = |id| {
        let text = format!(r#"{{"id":{id},"name":"Ann Other","client_id":12}}"#);
        mapped::<HaloUser<'_>>(&text, &tenant).primary
    };
    assert!(primary(39) && !primary(38), "of the one in use");
}

#[test]
fn users_who_are_no_clients_are_inactive() {
    let active = |more: &str| {
        let text = format!(r#"{{"id":4,"client_id":12,"inactive":false{more}}}"#);
        mapped::<HaloUser<'_>>(&text, &Tenant::default()).active
    };
    assert!(active(
        r#","name":"Ann Other","isserviceaccount":false,"linked_agent_id":0"#
    ));
    assert!(!active(r#","name":"General User""#));
    assert!(!active(r#","name":"Scanner","isserviceaccount":true"#));
    assert!(!active(r#","name":"Our Agent","linked_agent_id":4"#));
}

#[test]
fn agents_who_are_no_people() {
    let agent = |more: &str| {
        let text = format!(r#"{{"id":4,"name":"Ann Other","isdisabled":false{more}}}"#);
        mapped::<HaloAgent<'_>>(&text, &Tenant::default())
    };
    assert!(agent("").person && agent("").active);
    assert!(!agent(r#","isapiagent":true"#).person);
}
