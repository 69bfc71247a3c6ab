//! The suite against the capability: nothing claimed goes unproved, nothing unclaimed half works.

use std::collections::BTreeSet;

use connectors::ErrorKind;
use domain::record::{TicketNoteRecord, TicketRecord, Visibility};
use domain::secret::Secret;
use domain::stream::Stream;
use libtest_mimic::Trial;

use crate::case::{Case, Claim};
use crate::vendor::{FULL, Vendor, capability, walk};

/// The cases of this area, and those of `write` and `webhook` for a vendor that cannot.
pub fn cases(vendor: &'static dyn Vendor, others: &[Case]) -> Vec<Case> {
    let claimed: BTreeSet<Claim> = Claim::of(capability(vendor)).into_iter().collect();
    let proved: BTreeSet<Claim> = others
        .iter()
        .flat_map(|case| case.proved().iter().copied())
        .collect();
    let unproved: Vec<Claim> = claimed.difference(&proved).copied().collect();
    let mut cases = vec![
        Case::new(
            "completeness",
            "every_claim_has_a_trial",
            move || async move {
                assert!(unproved.is_empty(), "claimed without a trial: {unproved:?}");
            },
        ),
        Case::new(
            "completeness",
            "the_connector_claims_what_the_provider_says",
            move || async move {
                let stand = vendor.start().await;
                let connector = stand.connector();
                assert_eq!(connector.provider(), vendor.key());
                assert_eq!(connector.capability(), capability(vendor));
                assert!(connector.mapper_version() > 0);
            },
        ),
        Case::new(
            "completeness",
            "unclaimed_streams_are_unsupported",
            move || unclaimed_streams(vendor),
        ),
        Case::new(
            "completeness",
            "record_fields_are_in_the_catalogue",
            move || catalogue(vendor),
        ),
    ];
    if !claimed.contains(&Claim::Write) {
        cases.push(Case::new("write", "is_unsupported", move || {
            no_write(vendor)
        }));
    }
    if !claimed.contains(&Claim::Webhooks) {
        cases.push(Case::new("webhook", "is_unsupported", move || {
            no_webhooks(vendor)
        }));
    }
    cases
}

/// A case that is shown as not run is no proof.
pub fn what_is_not_run_proves_nothing() -> Trial {
    let name = "every_vendor::completeness::a_case_that_is_not_run_proves_nothing";
    Trial::test(name, || {
        let case = |there| {
            let case = Case::new("completeness", "sample", || async {});
            case.proving([Claim::Write]).needing(there)
        };
        match (case(true).proved(), case(false).proved()) {
            ([Claim::Write], []) => Ok(()),
            other => Err(format!("{other:?}").into()),
        }
    })
}

/// No connector is exempt from this suite.
pub fn every_connector_is_here(vendors: &[&dyn Vendor]) -> Trial {
    let here: BTreeSet<&str> = vendors.iter().map(|vendor| vendor.key()).collect();
    Trial::test(
        "every_vendor::completeness::every_connector_is_here",
        move || {
            let available = domain::provider::ALL
                .into_iter()
                .filter(|provider| provider.available);
            let missing: Vec<_> = available
                .map(|provider| provider.key)
                .filter(|key| !here.contains(key))
                .collect();
            if missing.is_empty() {
                Ok(())
            } else {
                Err(format!("available without trials: {missing:?}").into())
            }
        },
    )
}

async fn unclaimed_streams(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let connector = stand.connector();
    for stream in Stream::ALL {
        let claimed = capability(vendor).stream(stream);
        if claimed.is_none() {
            let error = walk(&*connector, stream, FULL, 10)
                .await
                .expect_err("it is not claimed");
            assert_eq!(error.kind, ErrorKind::Unsupported, "{}", stream.key());
        }
        if !claimed.is_some_and(|claimed| claimed.by_id) {
            let error = connector
                .fetch(stream, "1")
                .await
                .expect_err("it is not claimed");
            assert_eq!(error.kind, ErrorKind::Unsupported, "{}", stream.key());
        }
    }
    assert_eq!(
        stand.control().request_count(),
        0,
        "nothing is asked of the vendor"
    );
}

/// Every further field a record carries has a label, but for those a tenant names.
async fn catalogue(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let connector = stand.connector();
    let provider = domain::provider::find(vendor.key()).expect("a provider");
    for claimed in capability(vendor).streams {
        for page in walk(&*connector, claimed.stream, FULL, 500)
            .await
            .expect("pages")
        {
            for id in crate::vendor::batch_ids(&page.batch) {
                let record = crate::vendor::record_of(&page.batch, &id).unwrap_or_default();
                let keys = record["fields"]
                    .as_object()
                    .into_iter()
                    .flat_map(|fields| fields.keys());
                for key in keys.filter(|key| !key.starts_with("udf:")) {
                    assert!(
                        provider.catalogue_field(key).is_some(),
                        "{key} of {}",
                        claimed.stream.key()
                    );
                }
            }
        }
    }
}

async fn no_write(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let connector = stand.connector();
    let error = connector
        .create_ticket(&TicketRecord::default(), "marker")
        .await
        .expect_err("it is not claimed");
    assert_eq!(
        (error.kind, error.no_effect),
        (ErrorKind::Unsupported, true)
    );
    let note = TicketNoteRecord {
        external_id: String::new(),
        ticket_external_id: "1".into(),
        title: String::new(),
        body: domain::body::Body::plain("Hello"),
        visibility: Visibility::Public,
        system: false,
        describes: false,
        contact_external_id: None,
        author: None,
        technician_external_id: None,
        created_at: None,
        updated_at: None,
    };
    let error = connector
        .create_ticket_note(&note, "marker")
        .await
        .expect_err("it is not claimed");
    assert_eq!(
        (error.kind, error.no_effect),
        (ErrorKind::Unsupported, true)
    );
    assert_eq!(stand.control().request_count(), 0);
}

async fn no_webhooks(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let address = url::Url::parse("https://portal.example.com/hooks/1").expect("an address");
    let error = stand
        .connector()
        .provision_webhooks(&address, &Secret::from("secret"))
        .await;
    assert_eq!(
        error.expect_err("it is not claimed").kind,
        ErrorKind::Unsupported
    );
    assert_eq!(stand.control().request_count(), 0);
}
