//! The amounts of opportunities, which stand in their forecasts.

use std::collections::BTreeMap;

use connectors::connector::Fetched;
use domain::record::{Batch, OpportunityRecord};
use domain::stream::Stream;
use serde_json::{Value, json};
use simulator::{Fault, FaultKind};

use super::{VENDOR, status};
use crate::vendor::{Stand, Vendor, whole};

/// All opportunities by id, and what could not be read.
async fn all(stand: &Stand) -> (BTreeMap<String, OpportunityRecord>, Vec<String>) {
    let pages = whole(&*stand.connector(), Stream::Opportunities)
        .await
        .expect("pages");
    let (mut found, mut odd) = (BTreeMap::new(), Vec::new());
    for page in pages {
        odd.extend(page.unreadable.into_iter().map(|one| one.external_id));
        if let Batch::Opportunities(some) = page.batch {
            found.extend(some.into_iter().map(|one| (one.external_id.clone(), one)));
        }
    }
    (found, odd)
}

/// The answer to the question for one forecast.
fn answer(stand: &Stand, id: i64, body: Value) {
    let path = format!("sales/opportunities/{id}/forecast");
    stand
        .control()
        .set_fault(Fault::new(status(200, body)).on_path(&path));
}

pub async fn amounts() {
    let stand = VENDOR.start().await;
    let ids = stand.control().ids(VENDOR.entity(Stream::Opportunities));
    let (usual, _) = all(&stand).await;
    let with = usual.values().filter(|one| one.amount_cents > Some(0));
    assert_eq!(with.count(), ids.len(), "{usual:?}");
    // As the document has it, without a sum, with nothing, and not at all.
    let item = |revenue: &str, counts: bool| {
        let revenue: Value = serde_json::from_str(revenue).expect("a number");
        json!({"revenue": revenue, "includeFlag": counts})
    };
    let items = json!([item("1200.10", true), item("0.05", true), item("99", false)]);
    answer(
        &stand,
        ids[0],
        json!([{"forecastItems": items, "forecastRevenueTotals": {"revenue": 17.5}}]),
    );
    answer(&stand, ids[1], json!({"forecastItems": items}));
    answer(
        &stand,
        ids[2],
        json!({"forecastItems": [], "forecastRevenueTotals": {"revenue": 0.0}}),
    );
    answer(
        &stand,
        ids[3],
        json!({"forecastRevenueTotals": {"revenue": "a lot"}}),
    );
    answer(&stand, ids[4], json!(17));
    let (found, odd) = all(&stand).await;
    let amount = |id: i64| found[&id.to_string()].amount_cents;
    assert_eq!(
        (amount(ids[0]), amount(ids[1]), amount(ids[2])),
        (Some(1_750), Some(120_015), None)
    );
    assert_eq!(
        odd,
        [ids[3].to_string(), ids[4].to_string()],
        "two set aside"
    );
    assert_eq!(found.len(), ids.len() - 2);
    let other = ids[5].to_string();
    assert_eq!(found[&other], usual[&other], "the others go on");
    let alone = stand.connector().fetch(Stream::Opportunities, &other).await;
    let Fetched::Record(Batch::Opportunities(alone), _) = alone.expect("an answer") else {
        panic!("it is there")
    };
    assert_eq!(alone, [usual[&other].clone()], "by itself as in the list");
}

pub async fn without_the_right() {
    let stand = VENDOR.start().await;
    stand
        .control()
        .set_security("sales/opportunities/forecast", "query", "None");
    let report = stand.connector().test_connection().await.expect("a report");
    assert_eq!(report.missing_required().count(), 0, "{report:?}");
    let told = report
        .permissions
        .iter()
        .filter_map(|one| one.missing.as_deref());
    let told: Vec<_> = told.collect();
    assert!(
        told.len() == 1 && told[0].contains("Opportunity Finance"),
        "{told:?}"
    );
    let before = stand.control().request_count();
    let (found, _) = all(&stand).await;
    assert!(found.values().all(|one| one.amount_cents.is_none()));
    assert!(
        stand.control().request_count() - before < 8,
        "not asked for each"
    );
}

/// An outage in the middle of the forecasts is no lack of money: the page comes again.
pub async fn outage() {
    let stand = VENDOR.start().await;
    stand
        .control()
        .set_fault(Fault::new(FaultKind::Html).on_path("/forecast").after(3));
    let error = whole(&*stand.connector(), Stream::Opportunities)
        .await
        .expect_err("it is down");
    assert!(error.is_temporary(), "{error}");
    stand.control().clear_faults();
    let (found, _) = all(&stand).await;
    assert!(found.values().all(|one| one.amount_cents.is_some()));
}
