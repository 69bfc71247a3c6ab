//! Where a tenant's API is: its codebase changes with each upgrade, so it is looked up, kept, and looked up again when
//! every address answers *not found*.

use domain::secret::Secret;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde::de::IgnoredAny;

use super::client::Client;
use super::wire::CwCompanyInfo;
use crate::error::{Error, ErrorKind, Result};
use crate::http::decode::{Text, document};
use crate::http::exchange::{Api, Place, look_up};
use crate::http::send::{Answer, Request};
use crate::limits::Limits;

const OPERATION: &str = "look up the company";

/// Most requests at once of a whole tenant, one of them kept for people who wait. The vendor publishes no figure; its
/// clients keep to three or four.
const AT_ONCE: u32 = 4;

/// Where a tenant's API is.
#[derive(Debug, Clone)]
pub(super) struct Base {
    root: String,
    headers: HeaderMap,
    limits: Limits,
    /// What the vendor calls the tenant, with its release.
    pub(super) name: String,
}

impl Place for Base {
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
    /// The base as far as this process knows it, else as the look-up tells.
    ///
    /// # Errors
    /// `AuthFailed` for an unknown company, `Unavailable` for a page instead of an answer; else as any request.
    pub(super) async fn find_base(&self) -> Result<Base> {
        if let Some(kept) = self.memory.recall(&self.base_key)
            && let Ok(base) = self.base_in(kept.expose())
        {
            return Ok(base);
        }
        self.look_up_base().await
    }

    /// Needs no credentials and sends none.
    /// <https://developer.connectwise.com/Products/ConnectWise_PSA/Developer_Guide#Cloud_URL_Formatting>
    pub(super) async fn look_up_base(&self) -> Result<Base> {
        let limits = Limits {
            account_key: format!("connectwise_psa:look-up+{}", self.config.site),
            requests: None,
            concurrency: None,
        };
        let headers = HeaderMap::new();
        let request = Request {
            operation: OPERATION,
            endpoint: "companyinfo",
            method: Method::GET,
            url: self.config.look_up_address()?,
            headers: &headers,
            body: None,
        };
        look_up(&self.sender, &limits, &request, |answer| {
            self.base_from(answer)
        })
        .await
    }

    fn base_from(&self, answer: &Answer) -> Result<Base> {
        if !answer.is_success() {
            let error = self.refusal(OPERATION, answer);
            return Err(match error.kind {
                // Some hosts answer so for a company they do not know.
                ErrorKind::NotFound if is_json(answer) => {
                    self.unknown_company().with_status(answer.status)
                }
                // So does whatever stands before a server that is being upgraded, of which no schedule is to be paused.
                ErrorKind::NotFound => self
                    .no_look_up()
                    .with_status(answer.status)
                    .with_retry_after(answer.retry_after),
                _ => Error {
                    field: None,
                    ..error
                },
            });
        }
        let text = Text::of(&answer.body);
        let base = self.base_in(text.as_str())?;
        let kept = Secret::from(text.as_str());
        self.memory.remember(self.base_key.clone(), kept);
        Ok(base)
    }

    fn base_in(&self, text: &str) -> Result<Base> {
        let found: Option<CwCompanyInfo> = document(OPERATION, text)?;
        let found = found.ok_or_else(|| self.unknown_company())?;
        let codebase = found.codebase.filter(|codebase| is_codebase(codebase));
        let codebase = codebase.ok_or_else(|| {
            let message = "the look-up named no codebase that can be used";
            Error::new(ErrorKind::Unexpected, OPERATION, message)
        })?;
        let root = self.config.root(found.site_url.as_deref(), &codebase);
        let name = found
            .company_name
            .unwrap_or_else(|| self.config.company.clone());
        let version = found.version_code.unwrap_or_default();
        let name = format!("{name}, ConnectWise {version}");
        Ok(Base {
            root,
            headers: self.headers.clone(),
            limits: Limits {
                account_key: format!(
                    "connectwise_psa:{}@{}",
                    self.config.company.to_lowercase(),
                    self.config.site
                ),
                requests: None,
                concurrency: Some(AT_ONCE),
            },
            name: domain::text::without_nul(name),
        })
    }

    /// A page where the company is told.
    fn no_look_up(&self) -> Error {
        let (site, company) = (&self.config.site, &self.config.company);
        let message = format!(
            "There is a page without the company {company} at {site}. If it stays so, check API URL and Company ID."
        );
        Error::new(ErrorKind::Unavailable, OPERATION, message)
            .with_field("company_id")
            .with_among(&["site", "company_id"])
    }

    fn unknown_company(&self) -> Error {
        let message = format!(
            "ConnectWise knows no company with the ID {} at {}.",
            self.config.company, self.config.site
        );
        Error::new(ErrorKind::AuthFailed, OPERATION, message)
            .with_status(200)
            .with_field("company_id")
    }
}

/// Whether an answer is of the product and not of what stands before it.
fn is_json(answer: &Answer) -> bool {
    serde_json::from_slice::<IgnoredAny>(&answer.body).is_ok()
}

/// Whether a text can stand as a part of an address.
fn is_codebase(text: &str) -> bool {
    let name = text.trim_matches('/');
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}
