//! Refusals: everything Autotask says as a 500, its thread limit and its own count of requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use async_trait::async_trait;
use connectors::limits::{Limits, Permit, Permits, Urgency, Usage};
use connectors::{Error, ErrorKind};
use domain::clock::{Clock, SystemClock, UtcMillis};
use domain::scope::Scope;
use domain::stream::Stream;
use serde_json::json;
use simulator::Fault;

use super::{VENDOR, status};
use crate::vendor::{FULL, Vendor, ids, ids_of, whole};

pub async fn thread_limit() {
    for code in [429, 500] {
        let stand = VENDOR.start().await;
        let words = json!({ "errors": ["Itgenatr005: too many concurrent requests for this object endpoint."] });
        stand.control().set_fault(
            Fault::new(status(code, words))
                .on_path("Tickets/query")
                .times(1),
        );
        let pages = whole(&*stand.connector(), Stream::Tickets)
            .await
            .expect("it passes in a second");
        assert_eq!(
            ids(&pages),
            ids_of(stand.control(), "Tickets"),
            "under status {code}"
        );
    }
}

pub async fn final_500() {
    let stand = VENDOR.start().await;
    let words =
        json!({ "errors": ["Unable to find colour in the Ticket Entity.", "Second\n line."] });
    stand
        .control()
        .set_fault(Fault::new(status(500, words)).on_path("Tickets/query"));
    let error = whole(&*stand.connector(), Stream::Tickets)
        .await
        .expect_err("refused");
    assert_eq!((error.kind, error.status), (ErrorKind::Invalid, Some(500)));
    assert_eq!(
        error.message,
        "Unable to find colour in the Ticket Entity.; Second line."
    );
    assert_eq!(stand.requests_about("Tickets").len(), 1, "never repeated");
}

pub async fn permission_500() {
    let stand = VENDOR.start().await;
    let words = json!({ "errors": ["The logged in Resource does not have the adequate permissions to query this entity type."] });
    stand
        .control()
        .set_fault(Fault::new(status(500, words)).on_path("Tickets/query"));
    let error = whole(&*stand.connector(), Stream::Tickets)
        .await
        .expect_err("refused");
    assert_eq!(error.kind, ErrorKind::PermissionDenied);
    assert!(
        error.message.starts_with("The logged in Resource"),
        "{}",
        error.message
    );
}

pub async fn usage() {
    let stand = VENDOR.start().await;
    let connector = stand.connector();
    for _ in 0..201 {
        connector
            .total(Stream::ContactGroups, FULL, &Scope::default())
            .await
            .expect("a total");
    }
    let looks = stand
        .control()
        .journal()
        .into_iter()
        .filter(|entry| entry.path.ends_with("ThresholdInformation"))
        .count();
    assert_eq!(looks, 1);
}

/// Gives no permit any more once it was told to wait, as the real ones do, and notes when usage was said to be told.
#[derive(Default)]
struct Blocking {
    blocked: AtomicBool,
    told_at: AtomicI64,
}

#[async_trait]
impl Permits for Blocking {
    async fn acquire(
        &self,
        _limits: &Limits,
        _endpoint: &str,
        _urgency: Urgency,
    ) -> connectors::Result<Permit> {
        if self.blocked.load(Ordering::Relaxed) {
            let error = Error::new(ErrorKind::RateLimited, "wait for a permit", "blocked");
            return Err(error.with_retry_after(Some(30_000)).without_effect());
        }
        Ok(Permit::free())
    }

    async fn report(&self, _limits: &Limits, usage: Option<Usage>, blocked_for: Option<i64>) {
        if let Some(usage) = usage {
            self.told_at.store(usage.at.0, Ordering::Relaxed);
        }
        if blocked_for.is_some() {
            self.blocked.store(true, Ordering::Relaxed);
        }
    }
}

/// The hourly refusal rarely says for how long; the count of the tenant does. It is reckoned with our clock, so it is told
/// by that, though the vendor's is an hour behind.
pub async fn usage_after_a_refusal() {
    let stand = VENDOR.start().await;
    let words = json!({ "errors": ["You have exceeded the number of requests."] });
    stand
        .control()
        .set_fault(Fault::new(status(429, words)).on_path("Tickets/query"));
    let began = SystemClock.now().0;
    let control = stand.control();
    control.set_date_ahead(began - UtcMillis::HOUR - control.now_ms());
    let permits = Arc::new(Blocking::default());
    let connector = stand.connector_asking(permits.clone());
    for _ in 0..2 {
        let error = whole(&*connector, Stream::Tickets).await;
        assert_eq!(error.expect_err("limited").kind, ErrorKind::RateLimited);
    }
    let journal = stand.control().journal();
    let looks = journal
        .iter()
        .filter(|entry| entry.path.ends_with("ThresholdInformation"));
    assert_eq!(looks.count(), 1, "once, and then nobody asks");
    assert!(permits.told_at.load(Ordering::Relaxed) >= began);
    assert_eq!(stand.requests_about("Tickets").len(), 1);
}

pub async fn without_opportunities() {
    let stand = VENDOR.start().await;
    let words = json!({ "errors": ["You do not have the adequate permissions."] });
    stand
        .control()
        .set_fault(Fault::new(status(403, words)).on_path("Opportunit"));
    let items = stand.connector().reference_data().await.expect("the rest");
    assert!(
        items
            .iter()
            .any(|item| item.kind == domain::reference::ReferenceKind::Owner)
    );
    assert!(
        !items
            .iter()
            .any(|item| item.kind == domain::reference::ReferenceKind::OpportunityStage)
    );
}
