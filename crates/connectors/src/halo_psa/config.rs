//! What a connection to Halo PSA is made of, checked before anything is sent.

use std::fmt;

use domain::clock::UtcMillis;
use domain::field::{host_of, site_of};
use domain::provider;
use domain::secret::Secret;
use url::Url;

use crate::connector::Connect;
use crate::credentials::{not_of_another, refused, required, typed};
use crate::error::Result;
use crate::limits::{Limits, RequestLimit};

/// Requests in a rolling span, by the most careful figure known (homotechsual/HaloAPI#31); newer hosted systems are
/// said to allow 700.
const REQUESTS: RequestLimit = RequestLimit {
    count: 300,
    window: 5 * UtcMillis::MINUTE,
};

/// What to enter as the address.
const ADDRESS: &str = "Enter the address you open Halo at, such as https://yourhalo.halopsa.com.";

/// A checked connection.
#[derive(Clone)]
pub(super) struct Config {
    /// The site as it was typed, without scheme: what people know the account by.
    pub(super) site: String,
    /// Root of the API, without a slash at its end.
    pub(super) resource: String,
    /// The sign-in, without a slash at its end, and whether it was given by hand.
    pub(super) auth: String,
    /// Whether the sign-in's address was given by hand.
    pub(super) auth_given: bool,
    /// The tenant, empty when none was given.
    pub(super) tenant: String,
    /// Id of the application.
    pub(super) client_id: String,
    /// Its secret.
    pub(super) client_secret: Secret,
    /// Scopes to ask for, when given by hand.
    pub(super) scope: Option<String>,
    /// Requests the instance allows.
    requests: RequestLimit,
    /// Whether process configuration replaces the vendor's addresses.
    replaced: bool,
}

impl Config {
    /// Checks what was typed in.
    ///
    /// # Errors
    /// `Invalid` with the form field that cannot be used.
    pub(super) fn new(connect: &Connect) -> Result<Self> {
        let form = &connect.credentials;
        let url = required(form, "url", "Enter the address of your Halo.")?;
        let site = site(&url).ok_or_else(|| refused("url", ADDRESS))?;
        let host = host_of(&site).unwrap_or_default();
        not_of_another("halo_psa", "url", &host, ADDRESS)?;
        let auth_typed = typed(form, "auth_url");
        let auth_given = match auth_typed.as_str() {
            "" => None,
            text => Some(auth_of(text).ok_or_else(|| {
                refused(
                    "auth_url",
                    "Enter the Authorisation Server as Halo shows it, such as https://yourhalo.halopsa.com/auth.",
                )
            })?),
        };
        let client_id = required(form, "client_id", "Enter the Client ID.")?;
        let secret = required(form, "client_secret", "Enter the Client Secret.")?;
        let scope = typed(form, "scope");
        let (resource, auth) = match &connect.base_url {
            Some(base) => {
                let base = base.as_str().trim_end_matches('/');
                (format!("{base}/api"), format!("{base}/auth"))
            }
            None => (
                format!("{site}/api"),
                auth_given.clone().unwrap_or_else(|| format!("{site}/auth")),
            ),
        };
        Ok(Self {
            site: site.trim_start_matches("https://").to_owned(),
            resource,
            auth,
            auth_given: auth_given.is_some(),
            tenant: typed(form, "tenant"),
            client_id,
            client_secret: Secret::from(secret),
            scope: (!scope.is_empty()).then_some(scope),
            replaced: connect.base_url.is_some(),
            requests: connect.allowed(REQUESTS),
        })
    }

    /// Address of the user interface.
    pub(super) fn web_url(&self) -> String {
        let root = self.resource.trim_end_matches("/api");
        format!("{root}/")
    }

    /// Limits of the instance: all its integrations share them.
    pub(super) fn limits(&self) -> Limits {
        let host = Url::parse(&self.resource)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_default();
        Limits {
            account_key: format!("halo_psa:{host}"),
            requests: Some(self.requests),
            concurrency: None,
        }
    }

    /// An address of a sign-in that the instance itself names, when credentials may go there.
    pub(super) fn accepted(&self, auth_url: &str) -> Option<String> {
        if self.replaced {
            return None;
        }
        auth_of(auth_url)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("resource", &self.resource)
            .field("auth", &self.auth)
            .field("tenant", &self.tenant)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// The site in what was pasted.
fn site(pasted: &str) -> Option<String> {
    site_of(pasted, provider::find("halo_psa")?.domains)
}

/// The sign-in in what was pasted, with or without its own path.
fn auth_of(pasted: &str) -> Option<String> {
    Some(format!("{}/auth", site(pasted)?))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::connector::RequestCounter;
    use crate::error::ErrorKind;
    use crate::limits::{Unlimited, Urgency};

    fn connect(values: &[(&str, &str)]) -> Connect {
        Connect {
            credentials: values
                .iter()
                .map(|(key, value)| ((*key).to_owned(), Secret::from(*value)))
                .collect(),
            public_note_audiences: None,
            contact_type_field: None,
            installation_code: None,
            base_url: None,
            request_limit: None,
            permits: Arc::new(Unlimited),
            urgency: Urgency::Person,
            memory: Arc::default(),
            requests: Arc::new(RequestCounter::default()),
        }
    }

    const GOOD: [(&str, &str); 3] = [
        ("url", " https://Acme.halopsa.com/ \n"),
        ("client_id", "0f4b7d2a-0000-0000-0000-000000000000"),
        ("client_secret", "hush\r\n"),
    ];

    #[test]
    fn every_form_of_the_address_means_the_same_servers() {
        for pasted in [
            "acme",
            "acme.halopsa.com",
            "https://acme.halopsa.com",
            "HTTP://acme.halopsa.com//",
            "https://acme.halopsa.com/api",
            "https://acme.halopsa.com/auth/",
            "https://acme.halopsa.com/tickets?area=1",
            "https://acme.halopsa.com/api/Client?x=1",
            "https://acme.halopsa.com/portal",
            "https://acme.halopsa.com/config/integrations?id=1#x",
            "https://acme.halopsa.com./agent",
        ] {
            let config = Config::new(&connect(&[("url", pasted), GOOD[1], GOOD[2]])).expect(pasted);
            assert_eq!(config.resource, "https://acme.halopsa.com/api", "{pasted}");
            assert_eq!(config.auth, "https://acme.halopsa.com/auth", "{pasted}");
            assert_eq!(config.web_url(), "https://acme.halopsa.com/");
            assert_eq!(config.limits().account_key, "halo_psa:acme.halopsa.com");
        }
        let own = [
            ("url", "halo.corp.example:8443/api"),
            ("auth_url", "login.corp.example/auth/token"),
            GOOD[1],
            GOOD[2],
        ];
        let config = Config::new(&connect(&own)).expect("a system of their own");
        assert_eq!(config.resource, "https://halo.corp.example:8443/api");
        assert_eq!(config.auth, "https://login.corp.example/auth");
        assert!(config.auth_given);
        assert_eq!(config.limits().account_key, "halo_psa:halo.corp.example");
    }

    #[test]
    fn what_cannot_be_used_names_its_field() {
        for pasted in [
            "",
            "ftp://acme.halopsa.com",
            "127.0.0.1",
            "https://[::1]/",
            "169.254.169.254",
            "localhost",
            "https://user:pass@acme.halopsa.com",
            "https://x@evil",
            "https://@acme.halopsa.com",
            "https://acme.halopsa.com\\@evil.example",
            "a b",
            "2130706433",
            "x.localhost",
        ] {
            let error = Config::new(&connect(&[("url", pasted), GOOD[1], GOOD[2]]));
            let error = error.expect_err(pasted);
            assert_eq!(
                (error.kind, error.field),
                (ErrorKind::Invalid, Some("url")),
                "{pasted}"
            );
        }
        for missing in ["client_id", "client_secret"] {
            let values: Vec<_> = GOOD
                .into_iter()
                .filter(|(key, _)| *key != missing)
                .collect();
            let error = Config::new(&connect(&values)).expect_err(missing);
            assert_eq!(error.field, Some(missing));
        }
        let odd = [GOOD[0], GOOD[1], GOOD[2], ("auth_url", "ldap://x.example")];
        assert_eq!(
            Config::new(&connect(&odd)).expect_err("no").field,
            Some("auth_url")
        );
    }

    #[test]
    fn copied_white_space_is_removed_and_debug_shows_no_secret() {
        let config = Config::new(&connect(&GOOD)).expect("good");
        assert_eq!(config.client_secret.expose(), "hush");
        let shown = format!("{config:?}");
        assert!(shown.contains("acme") && !shown.contains("hush"), "{shown}");
    }
}
