//! Connecting, testing and disconnecting (rules X1, X4).

use domain::hint::Hint;
use domain::run::{RunState, Trigger};
use domain::secret::Secret;
use serde_json::json;
use simulator::{Fault, FaultKind};
use store::{audit, integrations, jobs, reference_items};
use sync::connect::{
    ConnectOutcome, Start, StoredValue, TestOutcome, connect, delete_data, disconnect, read_again,
    stored_values, test_connection, update_credentials,
};
use sync::reference_data::refresh_reference_data;
use sync::request::RunMode;

use crate::portal::{Kind, Portal, ann};

on_both_engines! {
    x1_credentials_are_sealed_and_never_shown_again,
    x4_every_change_leaves_an_audit_entry,
    connecting_saves_everything_in_one_commit,
    a_test_alone_and_a_failed_connection_save_nothing,
    messages_say_what_to_do,
    newer_credentials_are_not_put_back,
    reading_again_tells_granted_rights_and_starts_nothing,
}

async fn connecting_saves_everything_in_one_commit(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    let integration = portal.integration(id).await;
    assert!(integration.has_credentials() && !integration.account.is_empty());
    assert!(integration.next_sync_at.is_some() && integration.next_reconciliation_at.is_some());
    let settings = &integration.settings;
    assert!(settings.company_source && !settings.stages.is_empty());
    assert!(
        !settings.closed_statuses.is_empty() && !settings.public_note_audiences.is_empty(),
        "{settings:?}"
    );
    assert!(
        !reference_items::list_reference_items(portal.store(), id, None)
            .await
            .expect("a list")
            .is_empty()
    );
    let run = portal.last_run(id).await;
    assert_eq!(
        (run.trigger_key, run.state),
        (Trigger::Connect, RunState::Waiting)
    );
    let again = connect(
        &portal.engine,
        &ann(),
        "autotask",
        &portal.form(),
        None,
        Start::Now,
    )
    .await
    .expect("an outcome");
    assert!(
        matches!(again, ConnectOutcome::Refused(_)),
        "one connection per PSA"
    );
    portal.idle().await;
    portal.assert_equal(id).await;
    let tickets = portal.tickets().await;
    assert!(
        tickets.values().any(|ticket| ticket.company_uuid.is_some()),
        "companies were adopted"
    );
}

async fn a_test_alone_and_a_failed_connection_save_nothing(kind: Kind) {
    let portal = Portal::start(kind).await;
    let tested = test_connection(&portal.engine, "autotask", None, &portal.form())
        .await
        .expect("an outcome");
    assert!(matches!(tested, TestOutcome::Connected(_)), "{tested:?}");
    let mut wrong = portal.form();
    wrong.insert("secret".to_owned(), "not the secret".to_owned());
    let outcome = connect(&portal.engine, &ann(), "autotask", &wrong, None, Start::Now)
        .await
        .expect("an outcome");
    assert!(matches!(outcome, ConnectOutcome::Refused(_)));
    // The test passes, reference data does not come.
    portal.control.set_fault(
        Fault::new(FaultKind::Status {
            code: 503,
            body: None,
            retry_after: None,
        })
        .on_path("entityInformation/fields"),
    );
    let outcome = connect(
        &portal.engine,
        &ann(),
        "autotask",
        &portal.form(),
        None,
        Start::Now,
    )
    .await
    .expect("an outcome");
    assert!(matches!(outcome, ConnectOutcome::Refused(_)), "{outcome:?}");
    assert!(
        integrations::list_integrations(portal.store())
            .await
            .expect("a list")
            .is_empty()
    );
    assert_eq!(
        jobs::count_jobs(portal.store()).await.expect("counts").due,
        0
    );
    assert!(
        audit::list_entries(portal.store(), None, 5)
            .await
            .expect("the log")
            .is_empty()
    );
}

async fn messages_say_what_to_do(kind: Kind) {
    let portal = Portal::start(kind).await;
    let test = |form| {
        let engine = portal.engine.clone();
        async move {
            match test_connection(&engine, "autotask", None, &form)
                .await
                .expect("an outcome")
            {
                TestOutcome::Failed(refusal) => refusal,
                TestOutcome::Connected(summary) => panic!("connected: {summary:?}"),
            }
        }
    };
    let mut form = portal.form();
    form.insert("secret".to_owned(), "wrong".to_owned());
    let refusal = test(form).await;
    assert_eq!(refusal.hint, Some(Hint::Credentials), "{refusal:?}");
    let mut form = portal.form();
    form.remove("user_name");
    let refusal = test(form).await;
    assert_eq!(
        (refusal.field, refusal.message.as_str()),
        (Some("user_name"), "API Username is missing.")
    );
    portal.control.set_fault(Fault::new(FaultKind::Status {
        code: 503,
        body: None,
        retry_after: None,
    }));
    let refusal = test(portal.form()).await;
    assert!(refusal.message.contains("HTTP 503"), "{refusal:?}");
    assert_eq!(refusal.hint, Some(Hint::VendorTrouble));
    portal.control.clear_faults();

    portal.control.set_security("Tickets", "query", "None");
    let mut trimmed = portal.form();
    for value in trimmed.values_mut() {
        *value = format!("  {value}\n");
    }
    let tested = test_connection(&portal.engine, "autotask", None, &trimmed)
        .await
        .expect("an outcome");
    let TestOutcome::Connected(summary) = tested else {
        panic!("{tested:?}")
    };
    assert!(summary.lacks_required(), "{summary:?}");
    assert!(
        summary
            .missing
            .iter()
            .any(|right| right.area.contains("Ticket") && !right.right.is_empty()),
        "{summary:?}"
    );
}

async fn newer_credentials_are_not_put_back(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let owner = store::secrets::integration_owner(id);
    let mut bobs = portal.form();
    bobs.insert("secret".to_owned(), String::new());
    for reads_again in [false, true] {
        portal
            .control
            .set_fault(Fault::new(FaultKind::Hold).times(1));
        let (engine, bobs) = (portal.engine.clone(), bobs.clone());
        let late = tokio::spawn(async move {
            match reads_again {
                true => read_again(&engine, &ann(), id).await,
                false => update_credentials(&engine, &ann(), id, &bobs).await,
            }
        });
        portal.until_held().await;
        let newer = Secret::from(format!("newer {reads_again}"));
        let mut tx = portal.store().begin().await.expect("begins");
        store::secrets::put_secret(&mut tx, &owner, "secret", &newer)
            .await
            .expect("put");
        tx.commit().await.expect("committed");
        portal.control.clear_faults();
        let outcome = late.await.expect("ends").expect("an outcome");
        let ConnectOutcome::Refused(refusal) = outcome else {
            panic!("{outcome:?}")
        };
        assert!(
            refusal.message.contains("Somebody else changed"),
            "{refusal:?}"
        );
        let stored = store::secrets::find_secrets(portal.store(), &owner).await;
        assert_eq!(stored.expect("secrets")["secret"], newer);
        // Back to what works, for the next round.
        update_credentials(&portal.engine, &ann(), id, &portal.form())
            .await
            .expect("saved");
    }
}

async fn reading_again_tells_granted_rights_and_starts_nothing(kind: Kind) {
    let portal = Portal::start(kind).await;
    portal
        .control
        .set_security("Opportunities", "query", "None");
    let id = portal.connect_in_wizard().await;
    let lacking = portal.integration(id).await.missing_permissions;
    assert!(lacking.iter().any(|right| right.area == "Opportunities"));
    let mut tx = portal.store().begin().await.expect("begins");
    reference_items::replace_reference_items(&mut tx, id, &[])
        .await
        .expect("replaced");
    tx.commit().await.expect("committed");
    portal.control.set_security("Opportunities", "query", "All");
    let outcome = read_again(&portal.engine, &ann(), id).await;
    assert!(matches!(outcome, Ok(ConnectOutcome::Connected { .. })));
    let now = portal.integration(id).await;
    assert_eq!(now.missing_permissions, []);
    let items = reference_items::list_reference_items(portal.store(), id, None).await;
    assert!(items.expect("a list").iter().any(|item| item.active));
    let runs = store::runs::list_runs(portal.store(), id, None, 5).await;
    assert_eq!(runs.expect("runs").len(), 0);
}

async fn x1_credentials_are_sealed_and_never_shown_again(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let form = portal.form();
    let provider = domain::provider::find("autotask").expect("known");
    let shown = stored_values(&portal.engine, provider, id)
        .await
        .expect("values");
    assert_eq!(shown["secret"], StoredValue::Hidden);
    assert_eq!(
        shown["user_name"],
        StoredValue::Shown(form["user_name"].clone())
    );
    // An empty secret means the stored one.
    let mut without = form.clone();
    without.insert("secret".to_owned(), String::new());
    let tested = test_connection(&portal.engine, "autotask", Some(id), &without)
        .await
        .expect("an outcome");
    assert!(matches!(tested, TestOutcome::Connected(_)), "{tested:?}");

    let items = portal.control.records("Tickets", i64::MIN, 1);
    let mut items = items.expect("a ticket");
    items[0]["dueDateTime"] = json!("Call Ann at +43 316 5578");
    let page =
        json!({ "items": items, "pageDetails": { "count": 1, "nextPageUrl": "https://next" } });
    let odd = FaultKind::Status {
        code: 200,
        body: Some(page),
        retry_after: None,
    };
    let odd = Fault::new(odd)
        .on_entity("Tickets")
        .on_path("Tickets/query");
    portal.control.set_fault(odd.times(1));
    portal.sync(id, RunMode::Incremental).await;
    let run = portal.last_run(id).await;
    let bundle = sync::diagnostics::bundle(&portal.engine, &run.uuid)
        .await
        .expect("a bundle")
        .expect("of the run");
    assert!(!bundle.contains(&form["user_name"]), "{bundle}");
    assert!(
        bundle.contains("a date was expected") && !bundle.contains("Call Ann"),
        "what is wrong with a record, without the client's words: {bundle}"
    );
    let mut texts = vec![bundle, format!("{:?}", portal.engine)];
    for entry in audit::list_entries(portal.store(), None, 50)
        .await
        .expect("the log")
    {
        texts.push(format!("{entry:?}"));
    }
    for text in texts {
        assert!(
            !text.contains(&form["secret"]) && !text.contains(&form["integration_code"]),
            "{text}"
        );
    }
    if kind == Kind::Sqlite {
        for file in std::fs::read_dir(portal.folder()).expect("a folder") {
            let bytes = std::fs::read(file.expect("an entry").path()).expect("bytes");
            let secret = form["secret"].as_bytes();
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret),
                "sealed at rest"
            );
        }
    }
}

async fn x4_every_change_leaves_an_audit_entry(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let mut settings = portal.integration(id).await.settings;
    settings.interval_minutes = 30;
    sync::settings::update_settings(&portal.engine, &ann(), id, 1, settings.clone())
        .await
        .expect("saved");
    let conflict = sync::settings::update_settings(
        &portal.engine,
        &ann(),
        id,
        1,
        domain::settings::IntegrationSettings::default(),
    )
    .await;
    assert_eq!(
        conflict.expect("an outcome"),
        sync::connect::SettingsOutcome::Conflict
    );
    update_credentials(&portal.engine, &ann(), id, &portal.form())
        .await
        .expect("saved");
    refresh_reference_data(&portal.engine, &ann(), id)
        .await
        .expect("asked");
    sync::clear_resync::clear_and_resync(&portal.engine, &ann(), id)
        .await
        .expect("asked");
    disconnect(&portal.engine, &ann(), id).await.expect("done");
    delete_data(&portal.engine, &ann(), id).await.expect("done");
    portal.connect().await;
    let entries = audit::list_entries(portal.store(), None, 50)
        .await
        .expect("the log");
    let actions: Vec<&str> = entries
        .iter()
        .rev()
        .map(|entry| entry.action.as_str())
        .collect();
    assert_eq!(
        actions,
        [
            "integration.connect",
            "integration.settings",
            "integration.credentials",
            "integration.reference_data",
            "integration.clear_resync",
            "integration.disconnect",
            "integration.delete_data",
            "integration.reconnect",
        ]
    );
    assert!(
        entries
            .iter()
            .all(|entry| entry.actor == "person:Ann" && entry.subject_kind == "integration")
    );
    let saved = entries
        .iter()
        .find(|entry| entry.action == "integration.settings")
        .expect("an entry");
    assert!(
        saved
            .before_state
            .as_deref()
            .is_some_and(|before| before.contains("\"interval_minutes\":15"))
    );
    assert!(
        saved
            .after_state
            .as_deref()
            .is_some_and(|after| after.contains("\"interval_minutes\":30"))
    );
}
