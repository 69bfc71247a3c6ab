//! What a connection to Syncro is made of, checked before anything is sent.

use std::fmt;

use domain::field::{host_of, subdomain_of};
use domain::provider;
use domain::secret::Secret;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use url::Url;

use crate::connector::Connect;
use crate::credentials::{header, not_of_another, refused, required};
use crate::error::Result;

/// The domain of every account.
const VENDOR: &str = "syncromsp.com";

/// A checked connection.
#[derive(Clone)]
pub(super) struct Config {
    /// The account: what stands before the vendor's domain, `acme` or `acme.shield`.
    pub(super) subdomain: String,
    /// The API token.
    pub(super) api_key: Secret,
    /// The address that stands in for the vendor's.
    base_url: Option<Url>,
}

impl Config {
    /// Checks what was typed in.
    ///
    /// # Errors
    /// `Invalid` with the form field that cannot be used.
    pub(super) fn new(connect: &Connect) -> Result<Self> {
        let typed = required(
            &connect.credentials,
            "subdomain",
            "Enter the Syncro subdomain: acme of acme.syncromsp.com.",
        )?;
        let subdomain = subdomain(&typed)?;
        let key = required(&connect.credentials, "api_key", "Enter the API key.")?;
        // Documentation shows the header; people copy it whole.
        let key = match key.split_once(':') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("authorization") => {
                value.trim()
            }
            _ => key.as_str(),
        };
        let key = match key.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => key,
        };
        if key.contains(char::is_whitespace) {
            return Err(refused(
                "api_key",
                "A Syncro API token has no blanks in it. Copy it again from Admin > API Tokens.",
            ));
        }
        let config = Self {
            subdomain,
            api_key: Secret::from(key),
            base_url: connect.base_url.clone(),
        };
        config.headers()?;
        Ok(config)
    }

    /// The headers every call carries. The token goes nowhere else: an address ends up in logs.
    ///
    /// # Errors
    /// `Invalid` when the token cannot be sent.
    pub(super) fn headers(&self) -> Result<HeaderMap> {
        let value = format!("Bearer {}", self.api_key.expose());
        Ok(HeaderMap::from_iter([(
            AUTHORIZATION,
            header("api_key", &value)?,
        )]))
    }

    /// Root of the API, without a slash at its end.
    pub(super) fn root(&self) -> String {
        match &self.base_url {
            Some(base) => format!("{}/api/v1", base.as_str().trim_end_matches('/')),
            None => format!("https://{}.{VENDOR}/api/v1", self.subdomain),
        }
    }

    /// What requests are counted under: the vendor limits the address they come from, so all accounts share it. A
    /// sandbox is an address of its own.
    pub(super) fn account_key(&self) -> String {
        match &self.base_url {
            Some(base) => format!("syncro:{}", base.authority()),
            None => "syncro".to_owned(),
        }
    }

    /// The account as the vendor calls it, whichever of its domains it is at.
    pub(super) fn account(&self) -> &str {
        self.subdomain.split('.').next().unwrap_or_default()
    }

    /// Address of the vendor's own user interface.
    pub(super) fn web_url(&self) -> String {
        format!("https://{}.{VENDOR}/", self.subdomain)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("subdomain", &self.subdomain)
            .field("base_url", &self.base_url.as_ref().map(Url::as_str))
            .finish_non_exhaustive()
    }
}

/// The account in what was typed.
fn subdomain(typed: &str) -> Result<String> {
    const FIELD: &str = "subdomain";
    const INSTEAD: &str = "Enter the subdomain only: acme of acme.syncromsp.com.";
    let syncro = provider::find("syncro");
    if let Some(subdomain) = syncro.and_then(|one| subdomain_of(one.domains, typed)) {
        return Ok(subdomain);
    }
    let host = host_of(typed).unwrap_or_default();
    not_of_another("syncro", FIELD, &host, INSTEAD)?;
    let what = if typed.contains(['@', '+']) {
        "This looks like another product's user name."
    } else {
        "This is no Syncro address."
    };
    Err(refused(FIELD, &format!("{what} {INSTEAD}")))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::connector::RequestCounter;
    use crate::error::ErrorKind;
    use crate::limits::{Unlimited, Urgency};

    fn connect(subdomain: &str, key: &str) -> Connect {
        Connect {
            credentials: [("subdomain", subdomain), ("api_key", key)]
                .into_iter()
                .map(|(key, value)| (key.to_owned(), Secret::from(value)))
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

    #[test]
    fn an_account_is_asked_at_its_own_address() {
        for typed in ["acme", " Acme \n", "https://acme.syncromsp.com/"] {
            let config = Config::new(&connect(typed, "T1")).expect(typed);
            assert_eq!(
                config.root(),
                "https://acme.syncromsp.com/api/v1",
                "{typed:?}"
            );
            assert_eq!(config.web_url(), "https://acme.syncromsp.com/");
            assert_eq!(config.account(), "acme");
        }
        for typed in ["acme.shield", "https://Acme.shield.syncromsp.com/api/v1"] {
            let config = Config::new(&connect(typed, "T1")).expect(typed);
            let root = "https://acme.shield.syncromsp.com/api/v1";
            assert_eq!(config.root(), root, "{typed:?}");
            assert_eq!(config.web_url(), "https://acme.shield.syncromsp.com/");
            assert_eq!(config.account(), "acme");
        }
    }

    #[test]
    fn what_is_of_another_product_is_refused_at_its_field() {
        for (subdomain, key, field) in [
            ("", "T1", "subdomain"),
            ("api.user@acme.example", "T1", "subdomain"),
            ("acme+publickey", "T1", "subdomain"),
            ("na.myconnectwise.net", "T1", "subdomain"),
            ("https://acme.halopsa.com/", "T1", "subdomain"),
            (
                "https://acme.syncromsp.com.evil.example/",
                "T1",
                "subdomain",
            ),
            ("evilsyncromsp.com", "T1", "subdomain"),
            ("acme.other.syncromsp.com", "T1", "subdomain"),
            ("acme.shield.evil.example", "T1", "subdomain"),
            ("shield.syncromsp.com", "T1", "subdomain"),
            ("syncromsp.com", "T1", "subdomain"),
            ("two words", "T1", "subdomain"),
            ("acme", " ", "api_key"),
            ("acme", "two words", "api_key"),
            ("acme", "T\u{1}1", "api_key"),
        ] {
            let error = Config::new(&connect(subdomain, key)).expect_err(subdomain);
            assert_eq!(
                (error.kind, error.field),
                (ErrorKind::Invalid, Some(field)),
                "{subdomain:?}"
            );
        }
    }

    #[test]
    fn the_token_goes_into_the_header_and_nowhere_else() {
        for line in [
            "authorization:T5c1-hush",
            "AUTHORIZATION : bearer  T5c1-hush",
        ] {
            let config = Config::new(&connect("acme", line)).expect("a pasted line");
            assert_eq!(config.api_key.expose(), "T5c1-hush", "{line}");
        }
        let config = Config::new(&connect("acme", "Authorization: Bearer T5c1-hush\r\n"))
            .expect("a pasted header");
        let headers = config.headers().expect("it can be sent");
        assert_eq!(headers[AUTHORIZATION].as_bytes(), b"Bearer T5c1-hush");
        assert!(headers[AUTHORIZATION].is_sensitive());
        let shown = format!("{config:?} {headers:?} {}", config.root());
        assert!(shown.contains("acme") && !shown.contains("hush"), "{shown}");
    }

    #[test]
    fn all_accounts_share_the_limit_of_the_address() {
        let key = |subdomain| {
            Config::new(&connect(subdomain, "T1"))
                .expect("good")
                .account_key()
        };
        assert_eq!(key("acme"), key("other"));
    }
}
