//! Imports as background work: left and come back to, killed and gone on with, asked for twice, stopped (issue 3).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::clock::UtcMillis;
use domain::id::{IdentityId, IntegrationId, PublicId};
use domain::imports::{ImportKind, ImportStop};
use domain::permission::{Grants, RoleKind};
use simulator::WorldConfig;
use store::identities::{self, MembershipStatus};
use store::jobs::{self, JobState};
use store::roles::{self, RoleContent, RoleRemoval};
use store::staff::set_staff_status;
use sync::Actor;
use sync::import_companies::{self, CompanyImportQuery, ImportCompanies, list_for_import};
use sync::import_users::{self, ImportRefusal, ImportUsers};
use sync::imports::{AT_ONCE, Everyone, Import, find_import_by_uuid, find_last_import};
use sync::users::{Editor, UserRefusal};

use crate::at_once::{administrator, role, somebody_else, technicians};
use crate::portal::{Kind, Portal, Setup};

on_both_engines! {
    an_import_of_staff_that_is_killed_goes_on_and_doubles_nobody,
    an_import_of_companies_that_is_killed_goes_on_and_doubles_none,
    the_same_request_sent_twice_is_one_import,
    a_few_are_imported_at_once_and_leave_no_job,
    an_import_ends_when_its_role_is_deleted,
    an_import_ends_when_whoever_asked_loses_the_right,
    an_import_nobody_can_finish_says_so,
}

async fn start(kind: Kind, technicians: u32, companies: u32) -> (Portal, IntegrationId) {
    let usual = Setup::default();
    let world = WorldConfig {
        technicians,
        companies,
        contacts_per_company: 1,
        tickets: 20,
        ..usual.world
    };
    let portal = Portal::with(
        kind,
        Setup {
            world,
            page_size: 200,
            ..usual
        },
    )
    .await;
    let id = portal.connected().await;
    (portal, id)
}

async fn everybody(portal: &Portal, id: IntegrationId) -> ImportUsers {
    ImportUsers {
        integration: id,
        rows: Vec::new(),
        everyone: Some(Everyone::default()),
        role: Some(role(portal, "Technician").await.uuid),
        send_welcome: false,
    }
}

async fn begin(portal: &Portal, editor: &Editor, wanted: &ImportUsers) -> PublicId {
    import_users::begin(&portal.engine, editor, wanted)
        .await
        .expect("an outcome")
        .expect("begun")
}

async fn find(portal: &Portal, uuid: &PublicId) -> Import {
    find_import_by_uuid(portal.store(), uuid)
        .await
        .expect("a read")
        .expect("kept")
}

/// As the newest import is read.
fn without_request(import: Import) -> Import {
    Import {
        asked: serde_json::Value::Null,
        ..import
    }
}

async fn waiting(portal: &Portal) -> Vec<String> {
    let rows = jobs::list_jobs(portal.store(), JobState::Ready, 50)
        .await
        .expect("a list");
    let kinds = rows.iter().map(|row| row.payload.kind().to_owned());
    kinds.filter(|kind| kind == "import").collect()
}

/// Works on the import and dies after each commit or so, until it ended; answers how often it died on the way.
async fn die_and_go_on(portal: &mut Portal, uuid: &PublicId) -> usize {
    let mut died = 0;
    let mut seen = BTreeSet::new();
    for _ in 0..40 {
        let before = find(portal, uuid).await;
        if before.finished_at.is_some() {
            return died;
        }
        let engine = portal.engine.clone();
        let work = tokio::spawn(async move { engine.run_until_idle().await });
        loop {
            let now = find(portal, uuid).await;
            if now.counts.decided() > before.counts.decided() || work.is_finished() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        work.abort();
        let _aborted = work.await;
        let now = find(portal, uuid).await;
        if now.finished_at.is_none() {
            died += 1;
            seen.insert(now.counts.decided());
            assert_eq!(now.counts.decided() % 200, 0, "only whole commits");
        }
        portal.restart().await;
        // What the dead process held comes back: at once on SQLite, after its lease on PostgreSQL.
        portal.engine.take_back_own().await.expect("the reaper");
        portal.advance(16 * UtcMillis::SECOND);
        portal.engine.reap().await.expect("the reaper");
    }
    panic!("the import never ends: {seen:?}");
}

async fn an_import_of_staff_that_is_killed_goes_on_and_doubles_nobody(kind: Kind) {
    let (mut portal, id) = start(kind, 900, 3).await;
    let wanted = everybody(&portal, id).await;
    let uuid = begin(&portal, &somebody_else(), &wanted).await;
    let begun = find(&portal, &uuid).await;
    assert_eq!(begun.finished_at, None, "left to a job");
    assert!(begun.counts.total > 600, "{:?}", begun.counts);
    let died = die_and_go_on(&mut portal, &uuid).await;
    assert!(died >= 2, "it died {died} times in the middle");
    let ended = find(&portal, &uuid).await;
    assert_eq!((ended.counts.rest(), ended.stopped), (0, None));
    let report = import_users::report(&portal.engine, &ended, i64::MAX)
        .await
        .expect("a report");
    let total = usize::try_from(ended.counts.total).expect("small");
    assert_eq!(report.created.len() + report.skipped.len(), total);
    assert_eq!(report.created.len() as u64, ended.counts.created);
    let users: BTreeSet<&PublicId> = report.created.iter().map(|done| &done.user).collect();
    assert_eq!(users.len(), report.created.len(), "a line for each, once");
    let staff = identities::list_staff(portal.store())
        .await
        .expect("a list");
    let here: BTreeSet<&PublicId> = staff.iter().map(|one| &one.uuid).collect();
    assert_eq!((staff.len(), &here), (users.len(), &users), "nobody twice");
    let last = find_last_import(portal.store(), id, ImportKind::Users)
        .await
        .expect("a read");
    assert_eq!(last, Some(without_request(ended)));
    portal.idle().await;
    assert!(waiting(&portal).await.is_empty());
}

async fn an_import_of_companies_that_is_killed_goes_on_and_doubles_none(kind: Kind) {
    let usual = Setup::default();
    let world = WorldConfig {
        companies: 700,
        contacts_per_company: 1,
        tickets: 20,
        ..usual.world
    };
    let mut portal = Portal::with(
        kind,
        Setup {
            world,
            page_size: 200,
            ..usual
        },
    )
    .await;
    // Leads do not become companies on their own.
    for company in portal.control.ids("Companies") {
        portal.control.patch(
            "Companies",
            company,
            serde_json::json!({ "companyType": 2 }),
        );
    }
    let id = portal.connected().await;
    let everything = ImportCompanies {
        integration: id,
        rows: Vec::new(),
        everyone: Some(Everyone::default()),
    };
    let uuid = import_companies::begin(&portal.engine, &Actor::CommandLine, &everything)
        .await
        .expect("an outcome")
        .expect("begun");
    let died = die_and_go_on(&mut portal, &uuid).await;
    assert!(died >= 2, "it died {died} times in the middle");
    let ended = find(&portal, &uuid).await;
    assert_eq!((ended.counts.rest(), ended.stopped), (0, None));
    let report = import_companies::report(&portal.engine, &ended, i64::MAX)
        .await
        .expect("a report");
    assert_eq!(report.created.len() as u64, ended.counts.total);
    // Each of the vendor's stands for one company here, and no two for the same.
    let mut stands_for: BTreeMap<PublicId, usize> = BTreeMap::new();
    let mut page = None;
    loop {
        let query = CompanyImportQuery {
            integration: id,
            search: None,
            unlinked_only: false,
            page: page.take(),
            limit: 500,
        };
        let listed = list_for_import(portal.store(), &query)
            .await
            .expect("a list");
        for row in listed.rows {
            let company = row.company.expect("imported");
            *stands_for.entry(company.uuid).or_default() += 1;
        }
        match listed.next {
            Some(next) => page = Some(next),
            None => break,
        }
    }
    assert!(stands_for.values().all(|count| *count == 1));
    let made: BTreeSet<PublicId> = report.created.into_iter().map(|one| one.company).collect();
    assert!(made.iter().all(|company| stands_for.contains_key(company)));
    assert_eq!(made.len() as u64, ended.counts.total);
}

async fn the_same_request_sent_twice_is_one_import(kind: Kind) {
    let (portal, id) = start(kind, 40, 3).await;
    let wanted = everybody(&portal, id).await;
    let (ann, _) = administrator(&portal, "ann@msp.example").await;
    let as_person = |id: IdentityId, name: &str| Editor {
        actor: Actor::Person {
            id,
            name: name.to_owned(),
        },
        identity: id,
        grants: Grants::everything(),
    };
    let one = begin(&portal, &as_person(ann, "Ann"), &wanted).await;
    let two = begin(&portal, &as_person(ann, "Ann"), &wanted).await;
    assert_eq!(one, two, "a double click");
    let (bo, _) = administrator(&portal, "bo@msp.example").await;
    let other = begin(&portal, &as_person(bo, "Bo"), &wanted).await;
    assert_ne!(one, other, "another person gets a report of their own");
    let three = begin(&portal, &as_person(ann, "Ann"), &wanted).await;
    assert_eq!(one, three, "also after somebody else asked for the same");
    portal.idle().await;
    let (one, other) = (find(&portal, &one).await, find(&portal, &other).await);
    assert_eq!(one.counts.created + other.counts.created, one.counts.total);
    assert_eq!(one.counts.skipped + other.counts.skipped, one.counts.total);
    let nobody = import_users::begin(&portal.engine, &as_person(ann, "Ann"), &wanted)
        .await
        .expect("an outcome");
    assert_eq!(nobody, Err(ImportRefusal::NothingSelected), "all are here");
}

async fn a_few_are_imported_at_once_and_leave_no_job(kind: Kind) {
    let (portal, id) = start(kind, 4, 3).await;
    let wanted = everybody(&portal, id).await;
    let uuid = begin(&portal, &somebody_else(), &wanted).await;
    let ended = find(&portal, &uuid).await;
    assert!(ended.counts.total <= AT_ONCE);
    assert_eq!(
        (ended.finished_at.is_some(), ended.counts.rest()),
        (true, 0)
    );
    assert!(waiting(&portal).await.is_empty());
    let gone = ImportUsers {
        role: Some(PublicId::new(UtcMillis(1))),
        rows: vec![import_users::ImportRowChoice {
            technician: technicians(&portal, id).await[0].id,
            action: import_users::ImportAction::Create { email: None },
        }],
        ..wanted
    };
    let refused = import_users::begin(&portal.engine, &somebody_else(), &gone)
        .await
        .expect("an outcome");
    assert_eq!(refused, Err(ImportRefusal::Role(UserRefusal::RoleGone)));
    let last = find_last_import(portal.store(), id, ImportKind::Users).await;
    let before = Some(without_request(ended));
    assert_eq!(last.expect("a read"), before, "nothing is kept of it");
}

async fn an_import_ends_when_its_role_is_deleted(kind: Kind) {
    let (portal, id) = start(kind, 40, 3).await;
    let nothing = Grants::default();
    let content = RoleContent::new("Dispatch", &nothing);
    let mut tx = portal.store().begin().await.expect("begins");
    let made = roles::insert_role(&mut tx, RoleKind::Staff, &content).await;
    let made = made.expect("made");
    tx.commit().await.expect("committed");
    let wanted = ImportUsers {
        role: Some(role(&portal, "Dispatch").await.uuid),
        ..everybody(&portal, id).await
    };
    let uuid = begin(&portal, &somebody_else(), &wanted).await;
    let mut tx = portal.store().begin().await.expect("begins");
    let removed = roles::remove_role(&mut tx, made).await.expect("an outcome");
    assert_eq!(removed, RoleRemoval::Removed);
    tx.commit().await.expect("committed");
    portal.idle().await;
    let ended = find(&portal, &uuid).await;
    assert_eq!(ended.stopped, Some(ImportStop::RoleGone));
    assert_eq!(ended.counts.rest(), ended.counts.total);
    let people = technicians(&portal, id).await;
    assert!(people.iter().all(|row| row.identity.is_none()));
}

async fn an_import_ends_when_whoever_asked_loses_the_right(kind: Kind) {
    let (portal, id) = start(kind, 40, 40).await;
    let (ann, _) = administrator(&portal, "ann@msp.example").await;
    let actor = Actor::Person {
        id: ann,
        name: "Ann".to_owned(),
    };
    let editor = Editor {
        actor: actor.clone(),
        identity: ann,
        grants: Grants::everything(),
    };
    let uuid = begin(&portal, &editor, &everybody(&portal, id).await).await;
    let mut tx = portal.store().begin().await.expect("begins");
    set_staff_status(&mut tx, ann, MembershipStatus::Disabled)
        .await
        .expect("switched off");
    tx.commit().await.expect("committed");
    portal.idle().await;
    let ended = find(&portal, &uuid).await;
    assert_eq!(ended.stopped, Some(ImportStop::NotAllowed));
    assert_eq!((ended.counts.created, ended.actor), (0, actor));
    let people = technicians(&portal, id).await;
    assert!(people.iter().all(|row| row.identity.is_none()));
}

async fn an_import_nobody_can_finish_says_so(kind: Kind) {
    let (portal, id) = start(kind, 40, 3).await;
    let uuid = begin(&portal, &somebody_else(), &everybody(&portal, id).await).await;
    for _ in 0..=jobs::MAX_ATTEMPTS {
        // A worker takes it and vanishes.
        jobs::claim(portal.store(), "node-x", 10)
            .await
            .expect("claimed");
        portal.advance(16 * UtcMillis::SECOND);
        portal.engine.reap().await.expect("the reaper");
    }
    let ended = find(&portal, &uuid).await;
    assert_eq!(ended.stopped, Some(ImportStop::Trouble));
    assert!(ended.finished_at.is_some());
}
