//! Zones: where a tenant lives, how it is found, and what happens when it moves.

use domain::secret::Secret;
use reqwest::Method;
use reqwest::header::HeaderMap;
use url::Url;

use super::client::Client;
use super::wire::{AutotaskErrors, AutotaskZone};
use crate::error::{Error, ErrorKind, Result};
use crate::http::decode::{Text, document};
use crate::http::exchange::{Api, Place, look_up};
use crate::http::send::{Answer, Request};
use crate::limits::Limits;

/// Requests at once per entity of a tenant, all its integrations together.
/// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/General_Topics/REST_Thresholds_Limits.htm>
const THREADS: u32 = 3;

/// Where a tenant lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Zone {
    /// Root of the API, without a slash at its end.
    root: String,
    /// What the vendor calls the zone.
    pub(super) name: Option<String>,
    /// Address of the user interface.
    pub(super) web_url: Option<String>,
    /// Number of the customer instance.
    pub(super) customer: Option<i64>,
    /// Limits of the tenant.
    limits: Limits,
    /// The credentials.
    headers: HeaderMap,
}

impl Place for Zone {
    fn root(&self) -> &str {
        &self.root
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }
}

impl Client {
    /// The tenant's zone as far as this process knows it, else as the look-up tells.
    ///
    /// # Errors
    /// `AuthFailed` for an unknown API user; else as any request.
    pub(super) async fn find_zone(&self) -> Result<Zone> {
        match &self.config.zone_url {
            Some(address) => Ok(self.zone_at(address, None)),
            None => match self.remembered_zone() {
                Some(zone) => Ok(zone),
                None => self.look_up_zone().await,
            },
        }
    }

    /// The zone an earlier connector of this process was told. A tenant that moved meanwhile refuses there, and
    /// a look-up follows.
    fn remembered_zone(&self) -> Option<Zone> {
        let text = self.memory.recall(&self.zone_key()?)?;
        self.zone_in("recall the zone", text.expose(), || {
            Error::new(
                ErrorKind::Unexpected,
                "recall the zone",
                "nothing remembered",
            )
        })
        .ok()
    }

    fn zone_key(&self) -> Option<String> {
        let address = self.config.lookup_address().ok()?;
        Some(format!("autotask zone {address}"))
    }

    fn zone_at(&self, address: &Url, found: Option<AutotaskZone>) -> Zone {
        let (name, web_url, customer) = found.map_or((None, None, None), |found| {
            let clean = |text: Option<String>| text.map(domain::text::without_nul);
            (clean(found.name), clean(found.web_url), found.ci)
        });
        let account_key = match customer {
            Some(customer) => format!("autotask:{customer}"),
            None => format!(
                "autotask:{}+{}",
                address.host_str().unwrap_or_default(),
                self.config.user_name
            ),
        };
        Zone {
            root: format!("{}/V1.0", address.as_str().trim_end_matches('/')),
            headers: self.headers.clone(),
            name,
            web_url,
            customer,
            limits: Limits {
                account_key,
                requests: Some(self.config.requests),
                concurrency: Some(THREADS),
            },
        }
    }

    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/API_Calls/REST_ZoneInformation.htm>; needs no
    /// credentials and sends none.
    pub(super) async fn look_up_zone(&self) -> Result<Zone> {
        const OPERATION: &str = "look up the zone";
        let limits = Limits {
            account_key: format!("autotask:zone+{}", self.config.user_name),
            requests: None,
            concurrency: None,
        };
        let headers = HeaderMap::new();
        let url = self.config.lookup_address()?;
        let request = Request {
            operation: OPERATION,
            endpoint: "zoneInformation",
            method: Method::GET,
            url,
            headers: &headers,
            body: None,
        };
        look_up(&self.sender, &limits, &request, |answer| {
            self.zone_from(OPERATION, answer)
        })
        .await
    }

    fn zone_from(&self, operation: &'static str, answer: &Answer) -> Result<Zone> {
        let unknown = || {
            let message = format!(
                "Autotask knows no API user named {}.",
                self.config.user_name
            );
            Error::new(ErrorKind::AuthFailed, operation, message)
                .with_status(answer.status)
                .with_field("user_name")
        };
        if !answer.is_success() {
            let error = self.refusal(operation, answer);
            // An unknown user is a 500 in the vendor's error shape that speaks of the user or the zone; some report a 404.
            // Any other 500 is an outage, whatever its shape, and anything else comes from something in between, such
            // as a proxy: both say nothing about the credentials and must not pause the schedule (rule S2).
            return Err(match answer.status {
                401 | 404 if !error.is_temporary() => unknown(),
                500 if self.speaks_of_user(answer) => unknown(),
                500 => Error {
                    kind: ErrorKind::Unavailable,
                    ..error
                },
                _ => error,
            });
        }
        let text = Text::of(&answer.body);
        let zone = self.zone_in(operation, text.as_str(), unknown)?;
        if let Some(key) = self.zone_key() {
            self.memory.remember(key, Secret::from(text.as_str()));
        }
        Ok(zone)
    }

    /// Whether an error answer of the look-up is about the user it was asked for.
    fn speaks_of_user(&self, answer: &Answer) -> bool {
        let user = self.config.user_name.to_lowercase();
        serde_json::from_slice::<AutotaskErrors>(&answer.body).is_ok_and(|body| {
            body.errors.iter().any(|text| {
                let text = text.to_lowercase();
                text.contains(&user) || text.contains("user") || text.contains("zone")
            })
        })
    }

    /// Reads the answer of the look-up; `unknown` is what an answer without an address means.
    fn zone_in(
        &self,
        operation: &'static str,
        text: &str,
        unknown: impl FnOnce() -> Error,
    ) -> Result<Zone> {
        let found: AutotaskZone = document(operation, text)?;
        let address = found
            .url
            .as_deref()
            .filter(|url| !url.trim().is_empty())
            .ok_or_else(unknown)?;
        let address = self.config.zone_address(address).map_err(|_elsewhere| {
            let message = "the zone look-up named an address that is not Autotask's; no credentials were sent to it";
            Error::new(ErrorKind::Unexpected, operation, message).without_effect()
        })?;
        Ok(self.zone_at(&address, Some(found)))
    }
}
