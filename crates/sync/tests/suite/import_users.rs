//! Importing staff: nobody twice, nothing half done, and a reason for whoever is left out (issue 3).

use std::collections::BTreeSet;

use domain::clock::UtcMillis;
use domain::id::{IdentityId, IntegrationId, PublicId};
use domain::permission::{Area, Grants, Level, RoleKind};
use serde_json::json;
use simulator::WorldConfig;
use store::identities::{MembershipStatus, find_identity_by_email, find_staff_member};
use store::roles::{self, Role};
use store::technicians::{ImportQuery, ImportRow, list_importable};
use store::{audit, outbox};
use sync::Actor;
use sync::import_users::{
    ImportAction, ImportRefusal, ImportReport, ImportRowChoice, ImportUsers, SkipReason, Skipped,
    apply,
};
use sync::imports::Everyone;
use sync::request::RunMode;
use sync::users::{Editor, NewUser, UserRefusal, add_user};

use crate::portal::{Kind, Portal, Setup};

on_both_engines! {
    people_are_created_or_linked_and_the_rest_is_left_out_with_a_reason,
    everybody_means_whoever_is_here_is_linked,
    of_several_with_the_address_of_a_user_none_is_linked_unasked,
    of_several_with_an_address_nobody_has_here_only_a_person_tells_whose_it_is,
    what_a_list_proposed_holds_nobody_back,
    a_double_click_makes_nobody_twice,
    administrators_at_once_make_everybody_once,
    nothing_is_done_with_a_role_that_cannot_be_given,
    a_typed_address_stays_here_and_odd_spellings_are_recognised,
    the_welcome_goes_out_only_when_asked_for,
}

async fn start(kind: Kind) -> (Portal, IntegrationId) {
    let usual = Setup::default();
    let portal = Portal::with(
        kind,
        Setup {
            world: WorldConfig {
                technicians: 12,
                ..usual.world
            },
            ..usual
        },
    )
    .await;
    let id = portal.connected().await;
    (portal, id)
}

fn administrator() -> Editor {
    Editor {
        actor: Actor::System,
        identity: IdentityId(-1),
        grants: Grants::everything(),
    }
}

async fn role(portal: &Portal, name: &str) -> Role {
    roles::list_roles(portal.store(), RoleKind::Staff)
        .await
        .expect("a list")
        .into_iter()
        .find(|role| role.name == name)
        .expect("a shipped role")
}

async fn people(portal: &Portal, id: IntegrationId) -> Vec<ImportRow> {
    let query = ImportQuery {
        integration: id,
        search: None,
        unlinked_only: false,
        page: None,
        limit: 500,
    };
    let listed = list_importable(portal.store(), &query)
        .await
        .expect("a list");
    listed.rows
}

fn create(row: &ImportRow, email: Option<&str>) -> ImportRowChoice {
    ImportRowChoice {
        technician: row.id,
        action: ImportAction::Create {
            email: email.map(str::to_owned),
        },
    }
}

fn link(row: &ImportRow, user: &PublicId) -> ImportRowChoice {
    ImportRowChoice {
        technician: row.id,
        action: ImportAction::Link {
            identity: user.clone(),
        },
    }
}

fn wanted(id: IntegrationId, role: &Role, rows: Vec<ImportRowChoice>) -> ImportUsers {
    ImportUsers {
        integration: id,
        rows,
        everyone: None,
        role: Some(role.uuid.clone()),
        send_welcome: false,
    }
}

async fn import(portal: &Portal, asked: &ImportUsers) -> ImportReport {
    apply(&portal.engine, &administrator(), asked)
        .await
        .expect("an outcome")
        .expect("done")
}

async fn somebody(portal: &Portal, name: &str, email: &str) -> PublicId {
    let role = role(portal, "Technician").await;
    let new = NewUser {
        name: name.to_owned(),
        email: email.to_owned(),
        ..NewUser::default()
    };
    add_user(&portal.engine, &administrator(), &new, &role.uuid, false)
        .await
        .expect("an outcome")
        .expect("added")
        .uuid
}

/// Gives a resource another address at the vendor.
fn set_email(portal: &Portal, row: &ImportRow, email: &str) {
    let number = row.external_id.parse().expect("a number");
    portal
        .control
        .patch("Resources", number, json!({ "email": email }));
}

async fn people_are_created_or_linked_and_the_rest_is_left_out_with_a_reason(kind: Kind) {
    let (portal, id) = start(kind).await;
    let rows = people(&portal, id).await;
    let technician = role(&portal, "Technician").await;
    let ann = somebody(&portal, "Ann Porter", "ann@msp.example").await;
    let bea = somebody(&portal, "Bea Long", "bea@msp.example").await;
    set_email(&portal, &rows[1], "");
    set_email(&portal, &rows[2], "BEA@msp.example");
    let number: i64 = rows[5].external_id.parse().expect("a number");
    portal
        .control
        .patch("Resources", number, json!({ "isActive": false }));
    portal.sync(id, RunMode::Full).await;
    let gone = PublicId::new(UtcMillis(1));
    let asked = wanted(
        id,
        &technician,
        vec![
            create(&rows[0], None),
            create(&rows[1], None),
            create(&rows[2], None),
            link(&rows[3], &ann),
            link(&rows[4], &gone),
            create(&rows[5], None),
            link(&rows[6], &ann),
        ],
    );
    let report = import(&portal, &asked).await;
    assert_eq!(
        (report.created.len(), report.linked.len()),
        (1, 1),
        "{report:?}"
    );
    assert_eq!(report.linked[0].user, ann);
    let reason = |row: &ImportRow| {
        let found = report
            .skipped
            .iter()
            .find(|skipped| skipped.name == row.name);
        &found.expect("left out").reason
    };
    assert_eq!(*reason(&rows[1]), SkipReason::EmailRequired);
    assert!(matches!(reason(&rows[2]), SkipReason::EmailTaken((by, _)) if *by == bea));
    assert_eq!(*reason(&rows[4]), SkipReason::LinkTargetGone);
    assert_eq!(*reason(&rows[5]), SkipReason::Inactive);
    assert!(matches!(reason(&rows[6]), SkipReason::LinkTargetHasAnother((by, _)) if *by == ann));
    for skipped in &report.skipped {
        assert!(skipped.reason.sentence().len() > 20, "{skipped:?}");
    }
    let made = find_identity_by_email(portal.store(), &report.created[0].email)
        .await
        .expect("a read")
        .expect("a user");
    let staff = find_staff_member(portal.store(), made.id)
        .await
        .expect("a read")
        .expect("staff");
    assert_eq!(
        (staff.status, staff.role_id),
        (MembershipStatus::Imported, technician.id)
    );
    assert_eq!(made.password_hash, None);
    // Nothing new by a sync: the links stay.
    portal.sync(id, RunMode::Full).await;
    let linked = people(&portal, id)
        .await
        .into_iter()
        .filter(|row| row.identity.is_some())
        .count();
    assert_eq!(linked, 2);
    let entries = audit::list_entries(portal.store(), None, 50)
        .await
        .expect("the log");
    let actions: BTreeSet<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert!(
        actions.contains("user.add") && actions.contains("user.link"),
        "{actions:?}"
    );
}

async fn everybody_means_whoever_is_here_is_linked(kind: Kind) {
    let (portal, id) = start(kind).await;
    let technician = role(&portal, "Technician").await;
    let rows = people(&portal, id).await;
    let known = rows
        .iter()
        .rfind(|row| row.email.is_some())
        .expect("somebody with an address");
    let new = NewUser {
        name: "Ada".to_owned(),
        email: known.email.clone().unwrap_or_default().to_uppercase(),
        ..NewUser::default()
    };
    let ada = add_user(
        &portal.engine,
        &administrator(),
        &new,
        &technician.uuid,
        false,
    )
    .await
    .expect("an outcome")
    .expect("added");
    let asked = ImportUsers {
        everyone: Some(Everyone::default()),
        ..wanted(id, &technician, Vec::new())
    };
    let report = import(&portal, &asked).await;
    assert_eq!(report.linked.len(), 1, "{report:?}");
    assert_eq!(report.linked[0].user, ada.uuid);
    assert!(report.skipped.is_empty(), "{report:?}");
    let linked = people(&portal, id).await;
    let linked = linked.iter().find(|row| row.id == known.id);
    let linked = linked.and_then(|row| row.identity.as_ref());
    assert_eq!(linked.map(|user| &user.uuid), Some(&ada.uuid));
}

async fn of_several_with_the_address_of_a_user_none_is_linked_unasked(kind: Kind) {
    let (portal, id) = start(kind).await;
    let technician = role(&portal, "Technician").await;
    let rows = people(&portal, id).await;
    let address = "ada@harbourline.example";
    for row in &rows[1..3] {
        let number = row.external_id.parse().expect("a number");
        let email = json!({ "email": address });
        portal.control.patch("Resources", number, email);
    }
    portal.advance(UtcMillis::HOUR);
    portal.sync(id, RunMode::Full).await;
    let new = NewUser {
        name: "Ada".to_owned(),
        email: address.to_owned(),
        ..NewUser::default()
    };
    let (editor, role) = (administrator(), &technician.uuid);
    let added = add_user(&portal.engine, &editor, &new, role, false).await;
    added.expect("an outcome").expect("added");
    let asked = ImportUsers {
        everyone: Some(Everyone::default()),
        ..wanted(id, &technician, Vec::new())
    };
    let report = import(&portal, &asked).await;
    assert!(report.linked.is_empty(), "{report:?}");
    assert_eq!(report.created.len(), rows.len() - 2, "{report:?}");
    let several = |one: &Skipped| matches!(one.reason, SkipReason::SeveralRecordsOf(_));
    assert_eq!(report.skipped.iter().filter(|one| several(one)).count(), 2);
}

async fn of_several_with_an_address_nobody_has_here_only_a_person_tells_whose_it_is(kind: Kind) {
    let (portal, id) = start(kind).await;
    let technician = role(&portal, "Technician").await;
    let rows = people(&portal, id).await;
    let (one, other) = (&rows[1], &rows[2]);
    set_email(&portal, one, "Tom.Shared@harbourline.example");
    set_email(&portal, other, "tom.shared@harbourline.example");
    portal.advance(UtcMillis::HOUR);
    portal.sync(id, RunMode::Full).await;
    let skipped = |report: &ImportReport| -> Vec<(String, SkipReason)> {
        let mut skipped: Vec<_> = report
            .skipped
            .iter()
            .map(|one| (one.name.clone(), one.reason.clone()))
            .collect();
        skipped.sort_by(|a, b| a.0.cmp(&b.0));
        skipped
    };
    let mut both: Vec<_> = [one, other]
        .map(|row| (row.name.clone(), SkipReason::SeveralRecords))
        .into();
    both.sort_by(|a, b| a.0.cmp(&b.0));
    let everybody = ImportUsers {
        everyone: Some(Everyone::default()),
        send_welcome: true,
        ..wanted(id, &technician, Vec::new())
    };
    let report = import(&portal, &everybody).await;
    assert_eq!(report.created.len(), rows.len() - 2, "{report:?}");
    assert_eq!(skipped(&report), both);
    let mail = outbox::list_mail(portal.store(), None, None, 50).await;
    let mut to = mail.expect("a list").rows.into_iter();
    assert!(to.all(|mail| !mail.recipient.to_lowercase().starts_with("tom.shared@")));
    // Both ticked, which is what a tick for the whole page does.
    let ticked = wanted(
        id,
        &technician,
        vec![create(one, None), create(other, None)],
    );
    let report = import(&portal, &ticked).await;
    assert!(report.created.is_empty(), "{report:?}");
    assert_eq!(skipped(&report), both);
    // One of them is a choice, and the other has no address of its own from then on.
    let chosen = ImportUsers {
        rows: vec![create(other, None)],
        ..everybody.clone()
    };
    let report = import(&portal, &chosen).await;
    assert_eq!(report.created.len(), 1, "{report:?}");
    assert_eq!(report.created[0].there, other.name);
    let user = (
        report.created[0].user.clone(),
        report.created[0].name.clone(),
    );
    assert_eq!(report.skipped.len(), 1, "{report:?}");
    assert_eq!(report.skipped[0].name, one.name);
    let taken = SkipReason::LinkTargetHasAnother(user);
    for again in [everybody, wanted(id, &technician, vec![create(one, None)])] {
        let report = import(&portal, &again).await;
        assert_eq!(skipped(&report), [(one.name.clone(), taken.clone())]);
        assert!(report.created.is_empty(), "{report:?}");
    }
}

async fn what_a_list_proposed_holds_nobody_back(kind: Kind) {
    let (portal, id) = start(kind).await;
    let technician = role(&portal, "Technician").await;
    let rows = people(&portal, id).await;
    let ann = somebody(&portal, "Ann Porter", "ann@msp.example").await;
    let bob = somebody(&portal, "Bob Hill", "bob@msp.example").await;
    somebody(&portal, "Cem Kaya", "cem@msp.example").await;
    import(
        &portal,
        &wanted(id, &technician, vec![link(&rows[0], &ann)]),
    )
    .await;
    let suggested = |row: &ImportRow, email: &str| ImportRowChoice {
        technician: row.id,
        action: ImportAction::Suggested {
            email: email.to_owned(),
        },
    };
    let chosen = vec![
        suggested(&rows[1], "Ann@msp.example"),
        suggested(&rows[2], "gone@msp.example"),
        suggested(&rows[3], "bob@msp.example"),
        link(&rows[4], &bob),
        suggested(&rows[5], "cem@msp.example"),
        create(&rows[6], None),
    ];
    let report = import(&portal, &wanted(id, &technician, chosen)).await;
    let mut linked: Vec<_> = report
        .linked
        .iter()
        .map(|done| (done.there.as_str(), done.name.as_str()))
        .collect();
    linked.sort();
    let mut expected = vec![
        (rows[4].name.as_str(), "Bob Hill"),
        (rows[5].name.as_str(), "Cem Kaya"),
    ];
    expected.sort();
    assert_eq!(linked, expected, "{report:?}");
    assert_eq!(report.created.len(), 1, "{report:?}");
    let reason = |row: &ImportRow| {
        let mut skipped = report.skipped.iter();
        let found = skipped.find(|skipped| skipped.name == row.name);
        found.expect("left out").reason.clone()
    };
    assert_eq!(
        reason(&rows[1]),
        SkipReason::LinkTargetHasAnother((ann, "Ann Porter".to_owned()))
    );
    assert_eq!(reason(&rows[2]), SkipReason::LinkTargetGone);
    assert_eq!(
        reason(&rows[3]),
        SkipReason::LinkTargetHasAnother((bob, "Bob Hill".to_owned()))
    );
}

async fn a_double_click_makes_nobody_twice(kind: Kind) {
    let (portal, id) = start(kind).await;
    let rows = people(&portal, id).await;
    let technician = role(&portal, "Technician").await;
    let asked = ImportUsers {
        everyone: Some(Everyone::default()),
        ..wanted(
            id,
            &technician,
            vec![create(&rows[0], None), create(&rows[0], None)],
        )
    };
    let first = import(&portal, &asked).await;
    assert_eq!(
        (first.created.len(), first.skipped.len()),
        (rows.len(), 0),
        "{first:?}"
    );
    let second = import(
        &portal,
        &wanted(id, &technician, vec![create(&rows[0], None)]),
    )
    .await;
    assert!(second.created.is_empty());
    assert!(
        matches!(second.skipped[0].reason, SkipReason::AlreadyLinked(_)),
        "{second:?}"
    );
}

async fn administrators_at_once_make_everybody_once(kind: Kind) {
    let (portal, id) = start(kind).await;
    let rows = people(&portal, id).await;
    let technician = role(&portal, "Technician").await;
    let mut at_once = tokio::task::JoinSet::new();
    for number in 0..4 {
        let engine = portal.other_node(&format!("node-{number}"));
        // Each in another order.
        let mut mine: Vec<ImportRowChoice> = rows.iter().map(|row| create(row, None)).collect();
        mine.rotate_left(number * 3);
        let asked = wanted(id, &technician, mine);
        at_once.spawn(async move { apply(&engine, &administrator(), &asked).await });
    }
    let mut created = 0;
    while let Some(done) = at_once.join_next().await {
        let report = done.expect("no panic").expect("an outcome").expect("done");
        assert_eq!(report.created.len() + report.skipped.len(), rows.len());
        created += report.created.len();
    }
    assert_eq!(created, rows.len());
    assert!(
        people(&portal, id)
            .await
            .iter()
            .all(|row| row.identity.is_some())
    );
}

async fn nothing_is_done_with_a_role_that_cannot_be_given(kind: Kind) {
    let (portal, id) = start(kind).await;
    let rows = people(&portal, id).await;
    let administrator_role = role(&portal, "Administrator").await;
    let technician = role(&portal, "Technician").await;
    let modest = Editor {
        grants: Grants([(Area::Users, Level::Manage)].into()),
        ..administrator()
    };
    let chosen = vec![create(&rows[0], None)];
    let beyond = apply(
        &portal.engine,
        &modest,
        &wanted(id, &administrator_role, chosen.clone()),
    )
    .await
    .expect("an outcome");
    assert!(
        matches!(
            beyond,
            Err(ImportRefusal::Role(UserRefusal::RoleBeyondOwnRights { .. }))
        ),
        "{beyond:?}"
    );
    let gone = ImportUsers {
        role: Some(PublicId::new(UtcMillis(1))),
        ..wanted(id, &technician, chosen.clone())
    };
    let refused = apply(&portal.engine, &administrator(), &gone)
        .await
        .expect("an outcome");
    assert_eq!(refused, Err(ImportRefusal::Role(UserRefusal::RoleGone)));
    let without = ImportUsers {
        role: None,
        ..wanted(id, &technician, chosen.clone())
    };
    let refused = apply(&portal.engine, &administrator(), &without)
        .await
        .expect("an outcome");
    assert_eq!(refused, Err(ImportRefusal::Role(UserRefusal::RoleMissing)));
    let nobody = apply(
        &portal.engine,
        &administrator(),
        &wanted(id, &technician, Vec::new()),
    )
    .await
    .expect("an outcome");
    assert_eq!(nobody, Err(ImportRefusal::NothingSelected));
    assert!(
        people(&portal, id)
            .await
            .iter()
            .all(|row| row.identity.is_none())
    );
}

async fn a_typed_address_stays_here_and_odd_spellings_are_recognised(kind: Kind) {
    let (portal, id) = start(kind).await;
    let rows = people(&portal, id).await;
    let technician = role(&portal, "Technician").await;
    let ann = somebody(&portal, "Ann Porter", "ann@msp.example").await;
    for row in &rows[..5] {
        set_email(&portal, row, "");
    }
    portal.sync(id, RunMode::Full).await;
    portal.control.clear_journal();
    let asked = wanted(
        id,
        &technician,
        vec![
            create(&rows[0], Some("  Nora.New@MSP.example ")),
            create(&rows[1], Some("not an address")),
            create(&rows[2], Some(" Ann@msp.EXAMPLE")),
            create(&rows[3], Some("\u{0430}nn@msp.example")),
            create(&rows[4], Some("nora.new@msp.example")),
        ],
    );
    let report = import(&portal, &asked).await;
    let emails: Vec<&str> = report
        .created
        .iter()
        .map(|done| done.email.as_str())
        .collect();
    assert_eq!(emails.len(), 1, "{report:?}");
    assert!(
        emails[0].eq_ignore_ascii_case("nora.new@msp.example"),
        "{emails:?}"
    );
    let reason = |row: &ImportRow| {
        let found = report
            .skipped
            .iter()
            .find(|skipped| skipped.name == row.name);
        &found.expect("left out").reason
    };
    assert_eq!(*reason(&rows[1]), SkipReason::EmailInvalid);
    assert!(matches!(reason(&rows[2]), SkipReason::EmailTaken((by, _)) if *by == ann));
    assert!(matches!(reason(&rows[3]), SkipReason::LooksLike { user, .. } if user.0 == ann));
    assert!(
        matches!(reason(&rows[4]), SkipReason::EmailTaken(_)),
        "{report:?}"
    );
    assert!(
        portal.control.journal().is_empty(),
        "nothing is written to the vendor"
    );
}

async fn the_welcome_goes_out_only_when_asked_for(kind: Kind) {
    let (portal, id) = start(kind).await;
    let rows = people(&portal, id).await;
    let technician = role(&portal, "Technician").await;
    let sent = async || {
        outbox::list_mail(portal.store(), None, None, 50)
            .await
            .expect("a list")
            .rows
    };
    import(
        &portal,
        &wanted(id, &technician, vec![create(&rows[0], None)]),
    )
    .await;
    assert!(sent().await.is_empty());
    let told = ImportUsers {
        send_welcome: true,
        ..wanted(
            id,
            &technician,
            vec![create(&rows[1], None), create(&rows[2], None)],
        )
    };
    let report = import(&portal, &told).await;
    assert_eq!(report.welcome, 2);
    let mut recipients: Vec<String> = sent()
        .await
        .into_iter()
        .map(|mail| mail.recipient)
        .collect();
    recipients.sort();
    let mut expected: Vec<String> = report
        .created
        .iter()
        .map(|done| done.email.clone())
        .collect();
    expected.sort();
    assert_eq!(recipients, expected);
    let made = find_identity_by_email(portal.store(), &expected[0])
        .await
        .expect("a read")
        .expect("a user");
    let staff = find_staff_member(portal.store(), made.id)
        .await
        .expect("a read")
        .expect("staff");
    assert_eq!(staff.status, MembershipStatus::Invited);
}
