//! Companies removed by hand: no sync makes them again until the block is taken off (issue 3).

use domain::id::{IdentityId, PublicId};
use domain::role_preset::RolePreset;
use domain::viewer::Viewer;
use serde_json::Value;
use store::audit;
use store::companies::{self, CompanyFilter, CompanyRow, CompanySort};
use store::identities::{MembershipStatus, upsert_company_membership};
use store::listing::Direction;
use store::roles::find_preset_in;
use sync::Actor;
use sync::company_removal::{remove, unblock};
use sync::import_companies::{
    CompanyAction, CompanyChoice, CompanyImportQuery, CompanySkip, ImportCompanies, Why, apply,
    counts, list_for_import, why,
};
use sync::imports::Everyone;
use sync::request::RunMode;

use crate::at_once::administrator;
use crate::portal::{Kind, Portal, ann};

on_both_engines! {
    a_removed_company_stays_away_until_it_is_unblocked,
    a_company_removed_at_this_moment_is_no_target,
    who_lost_access_can_be_looked_up,
}

pub async fn here(portal: &Portal) -> Vec<CompanyRow> {
    let viewer = Viewer::Staff(IdentityId(1));
    let filter = CompanyFilter::default();
    let store = portal.store();
    let sort = CompanySort::Name;
    let all = companies::list_for_viewer(
        store,
        &viewer,
        &filter,
        sort,
        Direction::Ascending,
        None,
        500,
    );
    all.await.expect("a list").rows
}

async fn actions(portal: &Portal, company: &PublicId) -> Vec<String> {
    let entries = audit::list_entries_of(portal.store(), "company", company.as_str(), None, 10);
    let entries = entries.await.expect("the log");
    entries.into_iter().map(|entry| entry.action).collect()
}

async fn who_lost_access_can_be_looked_up(kind: Kind) {
    let portal = Portal::start(kind).await;
    portal.connected().await;
    let company = here(&portal).await[0].clone();
    let (who, uuid) = administrator(&portal, "cleo@example.com").await;
    let mut tx = portal.store().begin().await.expect("begins");
    let role = find_preset_in(&mut tx, RolePreset::CompanyViewer)
        .await
        .expect("a role");
    let active = MembershipStatus::Active;
    upsert_company_membership(&mut tx, who, company.id, role.id, active, None)
        .await
        .expect("kept");
    tx.commit().await.expect("committed");
    let removed = remove(&portal.engine, &ann(), &company.uuid).await;
    assert_eq!(removed.expect("done").expect("removed").members, 1);
    let entries = audit::list_entries_of(portal.store(), "company", company.uuid.as_str(), None, 1);
    let entry = entries.await.expect("the log").remove(0);
    let before: Value = serde_json::from_str(&entry.before_state.expect("what was")).expect("JSON");
    let expected = serde_json::json!([{
        "user": uuid.as_str(),
        "name": "Administrator",
        "role": role.uuid.as_str(),
        "role_name": role.name,
        "status": "active",
    }]);
    assert_eq!(before["ended"], expected);
}

async fn a_removed_company_stays_away_until_it_is_unblocked(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let before = here(&portal).await;
    let company = before[0].clone();
    let removed = remove(&portal.engine, &ann(), &company.uuid)
        .await
        .expect("done");
    assert_eq!(removed.expect("removed").blocked, 1);
    let again = remove(&portal.engine, &ann(), &company.uuid)
        .await
        .expect("an answer");
    assert_eq!(again, None, "nothing is done twice");
    portal.sync(id, RunMode::Full).await;
    let names = |rows: &[CompanyRow]| rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>();
    assert_eq!(
        names(&here(&portal).await),
        names(&before[1..]),
        "a full sync leaves it away"
    );
    // Nor does an import by hand bring it.
    let query = CompanyImportQuery {
        integration: id,
        search: None,
        unlinked_only: false,
        page: None,
        limit: 500,
    };
    let listed = list_for_import(portal.store(), &query)
        .await
        .expect("a list")
        .rows;
    let settings = portal.integration(id).await.settings;
    let row = listed
        .iter()
        .find(|row| why(&settings, row) == Why::Blocked);
    let row = row.expect("one row says that it is blocked");
    let told = counts(&portal.engine, id, &settings, None)
        .await
        .expect("counts");
    assert_eq!((told.blocked, told.linked), (1, before.len() as u64 - 1));
    let wanted = ImportCompanies {
        integration: id,
        rows: vec![CompanyChoice {
            external: row.id,
            action: CompanyAction::Create,
        }],
        everyone: Some(Everyone::default()),
    };
    let report = apply(&portal.engine, &Actor::CommandLine, &wanted)
        .await
        .expect("done")
        .expect("a report");
    let skipped: Vec<_> = report.skipped.iter().map(|one| &one.reason).collect();
    let name = company.name.clone();
    assert_eq!(skipped, [&CompanySkip::Blocked { name }]);

    let freed = unblock(&portal.engine, &ann(), &company.uuid)
        .await
        .expect("done");
    assert_eq!(freed, Some(1));
    assert_eq!(
        unblock(&portal.engine, &ann(), &company.uuid)
            .await
            .expect("an answer"),
        None
    );
    portal.sync(id, RunMode::Full).await;
    let after = here(&portal).await;
    let back = after.iter().find(|row| row.name == company.name);
    assert_ne!(
        back.expect("it is back").uuid,
        company.uuid,
        "as a new company"
    );
    assert_eq!(
        actions(&portal, &company.uuid).await[..2],
        ["company.unblock", "company.remove"]
    );
}

async fn a_company_removed_at_this_moment_is_no_target(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let all = here(&portal).await;
    let (target, other) = (all[0].clone(), all[1].clone());
    // Its company here is gone, so that the vendor's is free to be linked.
    remove(&portal.engine, &ann(), &other.uuid)
        .await
        .expect("done");
    unblock(&portal.engine, &ann(), &other.uuid)
        .await
        .expect("done");
    let query = CompanyImportQuery {
        integration: id,
        search: None,
        unlinked_only: true,
        page: None,
        limit: 500,
    };
    let listed = list_for_import(portal.store(), &query)
        .await
        .expect("a list")
        .rows;
    let row = listed
        .iter()
        .find(|row| row.external_id == other.links[0].external_id);
    let wanted = ImportCompanies {
        integration: id,
        rows: vec![CompanyChoice {
            external: row.expect("free").id,
            action: CompanyAction::Link {
                company: target.uuid.clone(),
            },
        }],
        everyone: None,
    };
    let ann = ann();
    let (linked, removed) = tokio::join!(
        apply(&portal.engine, &Actor::CommandLine, &wanted),
        remove(&portal.engine, &ann, &target.uuid)
    );
    let report = linked.expect("an outcome").expect("a report");
    let removed = removed.expect("an outcome").expect("removed");
    if report.linked.is_empty() {
        assert_eq!(report.skipped[0].reason, CompanySkip::LinkTargetGone);
        assert_eq!(removed.blocked, 1);
    } else {
        assert_eq!(removed.blocked, 2, "what was linked before is blocked too");
    }
}
