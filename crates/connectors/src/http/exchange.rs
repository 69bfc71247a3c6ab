//! One read of a vendor, from the question to what was made of the answer: permits, short retries, limits told to the
//! permits, and the one renewal when the place it was asked at has moved or its token has run out.
//!
//! A connector says where it asks ([`Place`]), what a refusal means and how a place is found again ([`Api`]); the loop
//! is the same for all.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use domain::clock::UtcMillis;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use tokio::sync::Mutex;
use url::Url;

use crate::error::{Error, ErrorKind, Result};
use crate::http::retry::Retry;
use crate::http::send::{Answer, Request, Sender};
use crate::limits::Limits;
use crate::probe::Area;

/// Where requests go, and what all of them carry: a tenant's address with its credentials.
pub trait Place: Send + Sync {
    /// Root of the API, without a slash at its end.
    fn root(&self) -> &str;

    /// Headers of every request; those with secrets are marked sensitive.
    fn headers(&self) -> &HeaderMap;

    /// Limits there.
    fn limits(&self) -> &Limits;

    /// Whether it can no longer be used by our own clock, such as after the life of a token.
    fn is_over(&self, _now: UtcMillis) -> bool {
        false
    }
}

/// How long nobody asks a vendor that refused a request for their number and did not say how long, in milliseconds. Each
/// waiting job would send one more in vain otherwise.
const PAUSE: i64 = 30 * UtcMillis::SECOND;

/// A place found once and kept until it runs out or is refused. Whoever needs one meanwhile waits for the same.
pub struct Kept<P>(Mutex<Option<Arc<P>>>);

impl<P> Default for Kept<P> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<P: Place> Kept<P> {
    /// Lets go of the place, so that the next question finds one anew.
    pub async fn forget(&self) {
        *self.0.lock().await = None;
    }

    /// The place, found by `find` when there is none.
    ///
    /// # Errors
    /// As `find`.
    pub async fn get(
        &self,
        now: UtcMillis,
        find: impl Future<Output = Result<P>> + Send,
    ) -> Result<Arc<P>> {
        let mut kept = self.0.lock().await;
        if let Some(place) = kept.as_ref().filter(|place| !place.is_over(now)) {
            return Ok(Arc::clone(place));
        }
        let place = Arc::new(find.await?);
        *kept = Some(Arc::clone(&place));
        Ok(place)
    }

    /// Another place after `refused` was refused: the one somebody else found meanwhile, else what `find` finds. `None`
    /// when that is the same address with the same headers, or nothing: the refusal then stands.
    ///
    /// # Errors
    /// As `find`, when the failure passes by itself.
    pub async fn renew(
        &self,
        refused: &P,
        find: impl Future<Output = Result<P>> + Send,
    ) -> Result<Option<Arc<P>>> {
        let same =
            |place: &P| place.root() == refused.root() && place.headers() == refused.headers();
        let mut kept = self.0.lock().await;
        if let Some(place) = kept.as_ref().filter(|place| !same(place)) {
            return Ok(Some(Arc::clone(place)));
        }
        let found = match find.await {
            Ok(found) => Arc::new(found),
            Err(error) if error.is_temporary() => return Err(error),
            Err(_refused_too) => return Ok(None),
        };
        *kept = Some(Arc::clone(&found));
        Ok((!same(&found)).then_some(found))
    }
}

/// A question below the root of a place.
#[derive(Debug)]
pub struct Call {
    /// The operation, for errors: `list tickets`.
    pub operation: &'static str,
    /// The list or kind of record it is about, by which areas are found.
    pub endpoint: Cow<'static, str>,
    /// Path below the root, without a slash at its beginning.
    pub path: String,
    /// Query parameters, unencoded.
    pub query: Vec<(&'static str, String)>,
    /// A header of this question alone.
    pub header: Option<(HeaderName, HeaderValue)>,
    /// JSON body; with one it is a POST.
    pub body: Option<Vec<u8>>,
}

impl Call {
    /// A GET.
    #[must_use]
    pub fn get(
        operation: &'static str,
        endpoint: impl Into<Cow<'static, str>>,
        path: impl Into<String>,
    ) -> Self {
        Self {
            operation,
            endpoint: endpoint.into(),
            path: path.into(),
            query: Vec::new(),
            header: None,
            body: None,
        }
    }

    /// A POST that asks and changes nothing.
    ///
    /// # Errors
    /// `Unexpected` when the body cannot be written as JSON.
    pub fn ask(
        operation: &'static str,
        endpoint: impl Into<Cow<'static, str>>,
        path: impl Into<String>,
        body: &impl Serialize,
    ) -> Result<Self> {
        let body = serde_json::to_vec(body).map_err(|error| {
            let message = "the question cannot be written as JSON";
            Error::new(ErrorKind::Unexpected, operation, message).with_source(error)
        })?;
        Ok(Self {
            body: Some(body),
            ..Self::get(operation, endpoint, path)
        })
    }

    /// The same with a query parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    fn url(&self, root: &str) -> Result<Url> {
        let mut url = Url::parse(&format!("{root}/{}", self.path)).map_err(|error| {
            let message = "the address cannot be used";
            Error::new(ErrorKind::Unexpected, self.operation, message).with_source(error)
        })?;
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }
}

/// What one vendor's requests have of their own.
#[async_trait]
pub trait Api: Send + Sync {
    /// Where it is asked.
    type Place: Place;

    /// What sends.
    fn sender(&self) -> &Sender;

    /// The place to ask at.
    ///
    /// # Errors
    /// As any request; finding it may need one.
    async fn place(&self) -> Result<Arc<Self::Place>>;

    /// Another place to ask at once more, after this error at `refused`; `None` lets the error stand.
    ///
    /// # Errors
    /// A passing failure while looking for one.
    async fn renewed(
        &self,
        _refused: &Self::Place,
        _error: &Error,
    ) -> Result<Option<Arc<Self::Place>>> {
        Ok(None)
    }

    /// Areas of the product with the rights they take, by the name requests are counted under: a refusal in the middle of
    /// a run names the right as *Test Connection* does, whatever the vendor's own words leave out.
    fn areas(&self) -> &'static [Area];

    /// The name concurrency of a question is counted under. Vendors that mind requests of all kinds together have one.
    fn counted_under<'c>(&self, call: &'c Call) -> &'c str {
        &call.endpoint
    }

    /// What an answer that is no success means.
    fn refusal(&self, operation: &'static str, answer: &Answer) -> Error;

    /// Told after each answer that was of use, and after each one refused for the number of requests: the moment to
    /// ask the vendor for its own count where it has one.
    async fn answered(&self, _place: &Self::Place, _limited: bool) {}
}

/// Asks and makes something of the answer, with short retries.
///
/// # Errors
/// As the permits, the vendor and `make`.
pub async fn read<A: Api + ?Sized, T: Send>(
    api: &A,
    call: &Call,
    make: impl Fn(&Answer) -> Result<T> + Send + Sync,
) -> Result<T> {
    let mut place = api.place().await?;
    let mut renewed = false;
    let mut retry = Retry::reads();
    loop {
        let error = match once(api, &*place, call, &make).await {
            Ok(made) => {
                api.answered(&place, false).await;
                return Ok(made);
            }
            Err(error) => error,
        };
        if !renewed && let Some(other) = api.renewed(&place, &error).await? {
            renewed = true;
            place = other;
            continue;
        }
        // Refusals of our own permits have no status; the vendor need not be asked about them.
        if error.kind == ErrorKind::RateLimited && error.status.is_some() {
            let permits = &api.sender().permits;
            if let Some(wait) = error.retry_after {
                // Told first, so that others stop while the vendor is asked.
                permits.report(place.limits(), None, Some(wait)).await;
                api.answered(&place, true).await;
            } else {
                // The vendor's own count may tell how long; our pause would refuse the permit to ask for it.
                api.answered(&place, true).await;
                permits.report(place.limits(), None, Some(PAUSE)).await;
            }
        }
        retry.wait_after(error).await?;
    }
}

async fn once<A: Api + ?Sized, T>(
    api: &A,
    place: &A::Place,
    call: &Call,
    make: &(impl Fn(&Answer) -> Result<T> + Sync),
) -> Result<T> {
    let headers = match &call.header {
        None => Cow::Borrowed(place.headers()),
        Some((name, value)) => {
            let mut headers = place.headers().clone();
            headers.insert(name, value.clone());
            Cow::Owned(headers)
        }
    };
    let request = Request {
        operation: call.operation,
        endpoint: api.counted_under(call),
        method: if call.body.is_some() {
            Method::POST
        } else {
            Method::GET
        },
        url: call.url(place.root())?,
        headers: &headers,
        body: call.body.as_deref(),
    };
    let answer = api.sender().send(place.limits(), &request).await?;
    if answer.is_success() {
        make(&answer)
    } else {
        let error = api.refusal(call.operation, &answer);
        let area = || api.areas().iter().find(|area| area.entity == call.endpoint);
        match (error.kind, &error.right) {
            (ErrorKind::PermissionDenied, None) => Err(match area() {
                Some(area) => error.with_right(area.finding(true)),
                None => error,
            }),
            _ => Err(error),
        }
    }
}

/// Sends a question that belongs to no place yet (a look-up, a sign-in) and makes something of its answer, whatever
/// its status, with short retries.
///
/// # Errors
/// As the permits and `make`.
pub async fn look_up<T>(
    sender: &Sender,
    limits: &Limits,
    request: &Request<'_>,
    make: impl Fn(&Answer) -> Result<T>,
) -> Result<T> {
    let mut retry = Retry::reads();
    loop {
        let outcome = match sender.send(limits, request).await {
            Ok(answer) => make(&answer),
            Err(error) => Err(error),
        };
        match outcome {
            Ok(made) => return Ok(made),
            Err(error) => retry.wait_after(error).await?,
        }
    }
}
