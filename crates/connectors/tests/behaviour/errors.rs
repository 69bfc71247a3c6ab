//! What goes wrong on the way: limits, outages, cut and garbled answers, refusals; and that no secret gets out.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use connectors::error::Result;
use connectors::limits::{Limits, Permit, Permits, Urgency, Usage};
use connectors::{Error, ErrorKind};
use domain::hint::Hint;
use domain::stream::Stream;
use serde_json::json;
use simulator::{Fault, FaultKind, RetryAfter};

use crate::case::Case;
use crate::vendor::{FULL, Stand, Vendor, ids, ids_of, tickets, walk, whole};

type MakeFault = fn() -> FaultKind;

/// The cases of this area.
pub fn cases(vendor: &'static dyn Vendor) -> Vec<Case> {
    let mut cases = vec![
        Case::new(
            "errors",
            "retry_after_short_seconds_is_waited_for",
            move || async move {
                let (stand, outcome) =
                    tickets_under(vendor, limited(Some(RetryAfter::Seconds(1))).times(1)).await;
                assert_eq!(
                    outcome.expect("after a second"),
                    ids_of(stand.control(), vendor.entity(Stream::Tickets))
                );
            },
        ),
        Case::new(
            "errors",
            "retry_after_long_seconds_goes_back_to_the_job",
            move || async move {
                let (stand, outcome) =
                    tickets_under(vendor, limited(Some(RetryAfter::Seconds(7_200)))).await;
                let error = outcome.expect_err("limited");
                assert_eq!(
                    (error.kind, error.retry_after),
                    (ErrorKind::RateLimited, Some(7_200_000)),
                    "uncapped"
                );
                assert_eq!(error.hint(), Some(Hint::RateLimit));
                assert_eq!(
                    stand.requests_about(vendor.entity(Stream::Tickets)).len(),
                    1,
                    "asked once"
                );
            },
        ),
        Case::new(
            "errors",
            "retry_after_as_a_date_goes_back_to_the_job",
            move || async move {
                let (stand, outcome) =
                    tickets_under(vendor, limited(Some(RetryAfter::Date(90)))).await;
                let error = outcome.expect_err("limited");
                let wait = error.retry_after.expect("a wait");
                // The sandbox's clock is years from ours: only the vendor's own Date header makes sense of the date.
                assert!((88_000..=91_000).contains(&wait), "{wait}");
                assert_eq!(
                    stand.requests_about(vendor.entity(Stream::Tickets)).len(),
                    1
                );
            },
        ),
        Case::new(
            "errors",
            "a_limit_without_a_wait_is_not_pressed",
            move || async move {
                let (stand, outcome) = tickets_under(vendor, limited(None)).await;
                let error = outcome.expect_err("limited");
                assert_eq!(
                    (error.kind, error.retry_after),
                    (ErrorKind::RateLimited, None)
                );
                assert_eq!(
                    stand.requests_about(vendor.entity(Stream::Tickets)).len(),
                    1
                );
            },
        ),
        Case::new(
            "errors",
            "a_limit_is_reported_to_the_permits",
            move || async move {
                let stand = vendor.start().await;
                stand.control().set_fault(
                    limited(Some(RetryAfter::Seconds(60)))
                        .on_entity(vendor.entity(Stream::Tickets)),
                );
                let permits = Arc::new(Noting::default());
                let connector = stand.connector_asking(Arc::clone(&permits) as Arc<dyn Permits>);
                whole(&*connector, Stream::Tickets)
                    .await
                    .expect_err("limited");
                let reports = permits.reports.lock().expect("unpoisoned").clone();
                assert!(
                    reports.iter().any(|(_, blocked)| *blocked == Some(60_000)),
                    "{reports:?}"
                );
            },
        ),
        Case::new(
            "errors",
            "a_limit_without_a_wait_stops_the_others_too",
            move || async move {
                let stand = vendor.start().await;
                stand
                    .control()
                    .set_fault(limited(None).on_entity(vendor.entity(Stream::Tickets)));
                let permits = Arc::new(Noting::default());
                let connector = stand.connector_asking(Arc::clone(&permits) as Arc<dyn Permits>);
                whole(&*connector, Stream::Tickets)
                    .await
                    .expect_err("limited");
                let reports = permits.reports.lock().expect("unpoisoned").clone();
                let blocked = reports.iter().filter_map(|(_, blocked)| *blocked);
                assert!(blocked.min() >= Some(10_000), "{reports:?}");
            },
        ),
        Case::new(
            "errors",
            "every_request_asks_for_a_permit",
            move || async move {
                let stand = vendor.start().await;
                let permits = Arc::new(Noting::default());
                let connector = stand.connector_asking(Arc::clone(&permits) as Arc<dyn Permits>);
                connector.test_connection().await.expect("good credentials");
                whole(&*connector, Stream::Tickets).await.expect("pages");
                connector.reference_data().await.expect("reference data");
                assert_eq!(
                    permits.asked.lock().expect("unpoisoned").len() as u64,
                    stand.control().request_count()
                );
            },
        ),
        Case::new("errors", "no_permit_no_request", move || async move {
            let stand = vendor.start().await;
            let connector = stand.connector_asking(Arc::new(Refusing));
            let error = whole(&*connector, Stream::Tickets)
                .await
                .expect_err("no permit");
            assert_eq!(
                (error.kind, error.retry_after),
                (ErrorKind::RateLimited, Some(600_000))
            );
            assert_eq!(stand.control().request_count(), 0);
        }),
        Case::new(
            "errors",
            "a_slow_answer_is_waited_for",
            move || async move {
                let (stand, outcome) =
                    tickets_under(vendor, Fault::new(FaultKind::Delay { ms: 300 })).await;
                assert_eq!(
                    outcome.expect("slow"),
                    ids_of(stand.control(), vendor.entity(Stream::Tickets))
                );
            },
        ),
        Case::new("errors", "a_400_on_page_50_ends_the_walk", move || {
            refused_late(vendor)
        }),
        Case::new("errors", "a_right_revoked_between_runs", move || {
            revoked_between_runs(vendor)
        }),
        Case::new("errors", "a_right_revoked_between_pages", move || {
            revoked_between_pages(vendor)
        }),
        Case::new("errors", "no_secret_gets_out", move || {
            no_secret_gets_out(vendor)
        }),
    ];
    let passing: [(&str, MakeFault); 5] = [
        ("cut_body", || FaultKind::Cut),
        ("malformed_json", || FaultKind::Malformed),
        ("html_502", || FaultKind::Html),
        ("closed_without_an_answer", || FaultKind::LoseAnswer),
        ("html_503", || FaultKind::Status {
            code: 503,
            body: Some(json!("<html>Down for maintenance</html>")),
            retry_after: None,
        }),
    ];
    for (name, kind) in passing {
        cases.push(Case::new(
            "errors",
            format!("{name}_once"),
            move || async move {
                let (stand, outcome) =
                    tickets_under(vendor, Fault::new(kind()).after(1).times(1)).await;
                assert_eq!(
                    outcome.expect("it passed"),
                    ids_of(stand.control(), vendor.entity(Stream::Tickets))
                );
            },
        ));
        cases.push(Case::new(
            "errors",
            format!("{name}_for_good"),
            move || async move {
                let (stand, outcome) = tickets_under(vendor, Fault::new(kind())).await;
                let error = outcome.expect_err("it does not pass");
                assert!(
                    error.kind == ErrorKind::Unavailable && error.is_temporary(),
                    "{error}"
                );
                assert!(
                    matches!(error.hint(), Some(Hint::Network | Hint::VendorTrouble)),
                    "{:?}",
                    error.hint()
                );
                assert!(
                    !error.message.contains('<'),
                    "no page of HTML: {}",
                    error.message
                );
                assert!(
                    stand.requests_about(vendor.entity(Stream::Tickets)).len() <= 3,
                    "no hammering"
                );
            },
        ));
    }
    cases
}

fn limited(retry_after: Option<RetryAfter>) -> Fault {
    Fault::new(FaultKind::Status {
        code: 429,
        body: None,
        retry_after,
    })
}

/// Walks the tickets in small pages while a fault is planned for them.
async fn tickets_under(
    vendor: &'static dyn Vendor,
    fault: Fault,
) -> (Stand, Result<std::collections::BTreeSet<String>>) {
    let stand = vendor.start().await;
    stand
        .control()
        .set_fault(fault.on_entity(vendor.entity(Stream::Tickets)));
    let outcome = walk(&*stand.connector(), Stream::Tickets, FULL, 40)
        .await
        .map(|pages| ids(&pages));
    (stand, outcome)
}

async fn revoked_between_pages(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let connector = stand.connector();
    let scope = domain::scope::Scope::default();
    let first = connector
        .list_page(tickets(None, &scope, 40))
        .await
        .expect("a page");
    stand
        .control()
        .set_security(vendor.entity(Stream::Tickets), "query", "None");
    let error = connector
        .list_page(tickets(first.next.as_ref(), &scope, 40))
        .await
        .expect_err("revoked");
    let (kind, word) = vendor.missing_right();
    assert_eq!(error.kind, kind);
    assert!(error.message.contains(word), "{error}");
    if kind == ErrorKind::PermissionDenied {
        assert_eq!(error.hint(), Some(Hint::Permissions));
        let right = error.right.as_ref().expect("the right by its name");
        let provider = domain::provider::find(vendor.key()).expect("there");
        assert_eq!(right.area, provider.words.stream(Stream::Tickets));
        assert_ne!(right.missing.as_deref(), Some(error.message.as_str()));
    }
    stand
        .control()
        .set_security(vendor.entity(Stream::Tickets), "query", "All");
    connector
        .list_page(tickets(first.next.as_ref(), &scope, 40))
        .await
        .expect("the same cursor goes on");
}

/// A refusal late in a walk is told, and not repeated.
async fn refused_late(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let entity = vendor.entity(Stream::Tickets);
    let page_size = vendor.smallest_page().max(2);
    let pages = stand.control().ids(entity).len() / page_size as usize;
    let fine = u32::try_from(pages.min(50)).expect("a few pages") - 1;
    let fault = Fault::new(FaultKind::Status {
        code: 400,
        body: None,
        retry_after: None,
    });
    stand
        .control()
        .set_fault(fault.on_entity(entity).after(fine));
    let connector = stand.connector();
    let error = walk(&*connector, Stream::Tickets, FULL, page_size)
        .await
        .expect_err("refused");
    assert_eq!((error.kind, error.status), (ErrorKind::Invalid, Some(400)));
    assert_eq!(stand.requests_about(entity).len(), fine as usize + 1);
}

/// What a run may read another may not: told in the vendor's words, by the list and by the test of the connection.
async fn revoked_between_runs(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let entity = vendor.entity(Stream::Contacts);
    let right = |access: &str| stand.control().set_security(entity, "query", access);
    whole(&*stand.connector(), Stream::Contacts)
        .await
        .expect("allowed");
    right("None");
    let error = whole(&*stand.connector(), Stream::Contacts)
        .await
        .expect_err("revoked");
    let (kind, word) = vendor.missing_right();
    assert_eq!(error.kind, kind);
    assert!(error.message.contains(word), "{error}");
    whole(&*stand.connector(), Stream::Companies)
        .await
        .expect("only that one is gone");
    let report = stand.connector().test_connection().await;
    let report = report.expect("a missing right is no error");
    assert_eq!(report.missing_required().count(), 1, "{report:?}");
    right("All");
    whole(&*stand.connector(), Stream::Contacts)
        .await
        .expect("allowed again");
}

/// A vendor that repeats every secret in every kind of answer.
async fn no_secret_gets_out(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let secrets = stand.secrets();
    assert!(!secrets.is_empty());
    let echo = format!("you sent {}", secrets.join(" and "));
    let mut errors: Vec<Error> = Vec::new();
    for code in [200, 301, 400, 401, 403, 404, 409, 429, 500, 503] {
        for body in [
            vendor.error_body(&echo),
            json!(format!("<html><p>{echo}</p></html>")),
            json!({ "items": [{ "id": echo }] }),
        ] {
            // From the first request on, and only after the first: some vendors begin with a look-up.
            for passing in [0, 1] {
                stand.control().clear_faults();
                let kind = FaultKind::Status {
                    code,
                    body: Some(body.clone()),
                    retry_after: Some(RetryAfter::Seconds(30)),
                };
                stand.control().set_fault(Fault::new(kind).after(passing));
                errors.extend(stand.connector().test_connection().await.err());
                stand.control().clear_faults();
                let kind = FaultKind::Status {
                    code,
                    body: Some(body.clone()),
                    retry_after: Some(RetryAfter::Seconds(30)),
                };
                stand.control().set_fault(Fault::new(kind).after(passing));
                errors.extend(whole(&*stand.connector(), Stream::Tickets).await.err());
            }
        }
    }
    stand.control().clear_faults();
    let connector = stand.connector();
    connector.limits().await.expect("a zone or none");
    for kind in [FaultKind::Cut, FaultKind::Malformed, FaultKind::LoseAnswer] {
        stand.control().set_fault(Fault::new(kind).times(9));
        errors.extend(whole(&*connector, Stream::Tickets).await.err());
        stand.control().clear_faults();
    }
    assert!(errors.len() > 80, "{}", errors.len());
    for error in errors {
        let mut shown = format!("{error} {error:?} {error:#?}");
        let mut cause = std::error::Error::source(&error);
        while let Some(link) = cause {
            shown.push_str(&format!(" {link} {link:?}"));
            cause = link.source();
        }
        for secret in &secrets {
            assert!(!shown.contains(secret.as_str()), "a secret in: {shown}");
        }
    }
}

/// Hands out permits and takes notes.
#[derive(Default)]
struct Noting {
    asked: Mutex<Vec<String>>,
    reports: Mutex<Vec<(Option<Usage>, Option<i64>)>>,
}

#[async_trait]
impl Permits for Noting {
    async fn acquire(&self, _limits: &Limits, endpoint: &str, _urgency: Urgency) -> Result<Permit> {
        self.asked
            .lock()
            .expect("unpoisoned")
            .push(endpoint.to_owned());
        Ok(Permit::free())
    }

    async fn report(&self, _limits: &Limits, usage: Option<Usage>, blocked_for: Option<i64>) {
        self.reports
            .lock()
            .expect("unpoisoned")
            .push((usage, blocked_for));
    }
}

/// Has no permit to give for ten minutes.
struct Refusing;

#[async_trait]
impl Permits for Refusing {
    async fn acquire(
        &self,
        _limits: &Limits,
        _endpoint: &str,
        _urgency: Urgency,
    ) -> Result<Permit> {
        Err(
            Error::new(ErrorKind::RateLimited, "wait for a permit", "used up")
                .with_retry_after(Some(600_000))
                .without_effect(),
        )
    }

    async fn report(&self, _limits: &Limits, _usage: Option<Usage>, _blocked_for: Option<i64>) {}
}
