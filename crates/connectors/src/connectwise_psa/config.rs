//! What a connection to ConnectWise PSA is made of, checked before anything is sent.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::field::{bare_guid, host_of};
use domain::secret::Secret;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::connector::Connect;
use crate::credentials::{header, not_of_another, refused, required, trimmed, typed};
use crate::error::{Error, ErrorKind, Result};

/// The model of the answers this connector was written for. Without it a tenant answers in its newest.
const MODEL: &str = "application/vnd.connectwise.com+json; version=2025.1";

/// Domains of the vendor's cloud.
const CLOUD: [&str; 2] = [".myconnectwise.net", ".connectwisedev.com"];

/// Names of the cloud's user interface whose API is at the same name with `api-` before it.
const SCREENS: [&str; 6] = [
    "na.myconnectwise.net",
    "eu.myconnectwise.net",
    "au.myconnectwise.net",
    "aus.myconnectwise.net",
    "za.myconnectwise.net",
    "staging.connectwisedev.com",
];

/// A checked connection.
#[derive(Clone)]
pub(super) struct Config {
    /// Where people sign in: the host as typed.
    pub(super) site: String,
    /// The company ID of the sign-in page.
    pub(super) company: String,
    /// Public key of the API member.
    pub(super) public_key: String,
    /// Its private key.
    pub(super) private_key: Secret,
    /// Client id of the integration.
    pub(super) client_id: Secret,
    /// The address that stands in for the vendor's.
    pub(super) base_url: Option<Url>,
}

impl Config {
    /// Checks what was typed in.
    ///
    /// # Errors
    /// `Invalid` with the form field that cannot be used.
    pub(super) fn new(connect: &Connect) -> Result<Self> {
        let form = &connect.credentials;
        let site = required(form, "site", "Enter the API URL.")?;
        let site = checked_site(&site)?;
        let company = required(form, "company_id", "Enter the company ID.")?;
        if company.contains(['@', '/', ':', '+', ' ']) {
            return Err(refused(
                "company_id",
                "The company ID is the short name typed on the sign-in page of ConnectWise, without spaces, slashes \
                 or an at sign.",
            ));
        }
        let mut public_key = required(form, "public_key", "Enter the public key.")?;
        if let Some((before, key)) = public_key.split_once('+')
            && before.eq_ignore_ascii_case(&company)
        {
            public_key = key.to_owned();
        }
        if public_key.contains(['+', ':']) {
            return Err(refused(
                "public_key",
                "Enter the public key alone, without the company ID before it and the private key after it.",
            ));
        }
        let private_key = required(form, "private_key", "Enter the private key.")?;
        let mut client_id = typed(form, "client_id");
        if client_id.is_empty() {
            let installed = connect.installation_code.as_ref();
            client_id = installed
                .map(|code| trimmed(code.expose()))
                .unwrap_or_default();
        }
        let client_id = bare_guid(&client_id).to_owned();
        if client_id.is_empty() {
            return Err(refused(
                "client_id",
                "ConnectWise needs a client ID. Enter the one registered at developer.connectwise.com here, or once \
                 for the installation.",
            ));
        }
        if !is_guid(&client_id) {
            return Err(refused(
                "client_id",
                "A client ID has 32 letters and digits in five groups, such as 12345678-90ab-cdef-1234-567890abcdef.",
            ));
        }
        let config = Self {
            site,
            company,
            public_key,
            private_key: Secret::from(private_key),
            client_id: Secret::from(client_id),
            base_url: connect.base_url.clone(),
        };
        config.headers()?;
        Ok(config)
    }

    /// User name and password of the API, as they are sent.
    pub(super) fn pair(&self) -> Secret {
        let (company, public) = (&self.company, &self.public_key);
        let pair = format!("{company}+{public}:{}", self.private_key.expose());
        Secret::from(STANDARD.encode(pair))
    }

    /// The headers every call but the look-up of the company carries.
    /// <https://developer.connectwise.com/Products/ConnectWise_PSA/Developer_Guide>
    ///
    /// # Errors
    /// `Invalid` with the form field whose text cannot be sent.
    pub(super) fn headers(&self) -> Result<HeaderMap> {
        let pair = format!("Basic {}", self.pair().expose());
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, header("private_key", &pair)?);
        headers.insert(
            HeaderName::from_static("clientid"),
            header("client_id", self.client_id.expose())?,
        );
        headers.insert(ACCEPT, HeaderValue::from_static(MODEL));
        Ok(headers)
    }

    /// The root every address of this tenant stands below, without a slash at its end: the vendor's host, or its
    /// stand-in.
    fn origin(&self) -> String {
        match &self.base_url {
            Some(base) => base.as_str().trim_end_matches('/').to_owned(),
            None => format!("https://{}", api_host(&self.site)),
        }
    }

    /// Where codebase and API host of the company are told.
    ///
    /// # Errors
    /// `Unexpected` when the replacement address cannot hold a path.
    pub(super) fn look_up_address(&self) -> Result<Url> {
        let failed = || {
            let message = "the replacement address cannot be used";
            Error::new(ErrorKind::Unexpected, "look up the company", message)
        };
        let mut address =
            Url::parse(&self.origin()).map_err(|error| failed().with_source(error))?;
        address
            .path_segments_mut()
            .map_err(|()| failed())?
            .pop_if_empty()
            .extend(["login", "companyinfo", &self.company]);
        Ok(address)
    }

    /// Root of the API on a codebase, at the host the look-up told if credentials may go there: the configured one, or
    /// one of the vendor's cloud over HTTPS.
    pub(super) fn root(&self, told: Option<&str>, codebase: &str) -> String {
        let origin = match told.map(str::to_lowercase) {
            Some(host) if self.base_url.is_none() && self.may_go_to(&host) => {
                format!("https://{host}")
            }
            _ => self.origin(),
        };
        let codebase = codebase.trim_matches('/');
        format!("{origin}/{codebase}/apis/3.0")
    }

    fn may_go_to(&self, host: &str) -> bool {
        let cloud = |host: &str| CLOUD.iter().any(|domain| host.ends_with(domain));
        host_of(host).as_deref() == Some(host)
            && (host == api_host(&self.site) || (cloud(host) && cloud(&self.site)))
    }

    /// Address of the product's own screens.
    pub(super) fn web_url(&self) -> String {
        match &self.base_url {
            Some(base) => base.to_string(),
            None => format!("https://{}/", self.site.trim_start_matches("api-")),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("site", &self.site)
            .field("company", &self.company)
            .field("public_key", &self.public_key)
            .field("base_url", &self.base_url.as_ref().map(Url::as_str))
            .finish_non_exhaustive()
    }
}

/// The host of the API for a site.
fn api_host(site: &str) -> String {
    if SCREENS.contains(&site) {
        format!("api-{site}")
    } else {
        site.to_owned()
    }
}

fn checked_site(typed: &str) -> Result<String> {
    let Some(host) = host_of(typed) else {
        return Err(refused(
            "site",
            "Enter the host name alone, such as na.myconnectwise.net, or cw.yourcompany.com for a server of your own.",
        ));
    };
    let instead = "Enter the host of ConnectWise, such as na.myconnectwise.net.";
    not_of_another("connectwise_psa", "site", &host, instead)?;
    Ok(host)
}

fn is_guid(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::RequestCounter;
    use crate::limits::{Unlimited, Urgency};
    use std::sync::Arc;

    const GUID: &str = "6f1c2a54-8d0b-4e97-a3f6-2b7e915cd408";

    const GOOD: [(&str, &str); 5] = [
        ("site", " https://NA.myconnectwise.net/ "),
        ("company_id", "acme\n"),
        ("public_key", "acme+Pub1ic"),
        ("private_key", "\tPriv4te "),
        ("client_id", GUID),
    ];

    fn connect(values: &[(&str, &str)]) -> Connect {
        let credentials = values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Secret::from(*value)));
        Connect {
            credentials: credentials.collect(),
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
    fn what_is_pasted_in_another_form_is_understood() {
        let config = Config::new(&connect(&GOOD)).expect("good credentials");
        assert_eq!(
            (config.site.as_str(), config.public_key.as_str()),
            ("na.myconnectwise.net", "Pub1ic")
        );
        assert_eq!(
            STANDARD.decode(config.pair().expose()).expect("base 64"),
            b"acme+Pub1ic:Priv4te"
        );
        let shown = format!("{config:?} {:?}", config.headers().expect("headers"));
        for secret in ["Priv4te", GUID, config.pair().expose()] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert_eq!(
            config.look_up_address().expect("an address").as_str(),
            "https://api-na.myconnectwise.net/login/companyinfo/acme"
        );
        assert_eq!(config.web_url(), "https://na.myconnectwise.net/");
    }

    #[test]
    fn each_wrong_value_names_its_field() {
        let wrong = [
            ("site", ""),
            ("site", "localhost"),
            ("site", "10.1.2.3"),
            ("site", "na..myconnectwise.net"),
            ("site", "-x.example"),
            ("site", "https://acme.halopsa.com/"),
            ("site", "webservices3.autotask.net"),
            ("company_id", " "),
            ("company_id", "api.user@acme.example"),
            ("public_key", ""),
            ("public_key", "other+Pub1ic"),
            ("public_key", "Pub1ic:Priv4te"),
            ("private_key", ""),
            ("client_id", ""),
            ("client_id", "HLN4QZX7TB2WKD6MVRP3SJC8YAE"),
        ];
        for (field, value) in wrong {
            let values = GOOD.map(|(key, good)| (key, if key == field { value } else { good }));
            let error = Config::new(&connect(&values)).expect_err(value);
            assert_eq!(
                (error.kind, error.field),
                (ErrorKind::Invalid, Some(field)),
                "{value}: {error}"
            );
        }
        let mut installed = connect(&GOOD[..4]);
        installed.installation_code = Some(Secret::from(GUID));
        Config::new(&installed).expect("the installation's client id");
        let braces = format!("{{{GUID}}}");
        installed.installation_code = Some(Secret::from(braces.as_str()));
        let mut form = connect(&GOOD);
        form.credentials
            .insert("client_id".to_owned(), Secret::from(braces.as_str()));
        for connect in [installed, form] {
            let config = Config::new(&connect).expect("in braces");
            assert_eq!(config.client_id.expose(), GUID);
        }
    }

    #[test]
    fn credentials_go_only_to_the_vendor() {
        let site = |site| {
            let values = GOOD.map(|(key, good)| (key, if key == "site" { site } else { good }));
            Config::new(&connect(&values)).expect("good credentials")
        };
        let cloud = site("eu.myconnectwise.net");
        let own = site("cw.acme.example");
        for (config, told, expected) in [
            (&cloud, None, "api-eu.myconnectwise.net"),
            (
                &cloud,
                Some("api-na.myconnectwise.net"),
                "api-na.myconnectwise.net",
            ),
            (
                &cloud,
                Some("myconnectwise.net.evil.example"),
                "api-eu.myconnectwise.net",
            ),
            (
                &cloud,
                Some("evil.example/x.myconnectwise.net"),
                "api-eu.myconnectwise.net",
            ),
            (
                &cloud,
                Some("api-na..myconnectwise.net"),
                "api-eu.myconnectwise.net",
            ),
            (&own, Some("cw.acme.example"), "cw.acme.example"),
            (&own, Some("api-na.myconnectwise.net"), "cw.acme.example"),
        ] {
            assert_eq!(
                config.root(told, "v2025_1//"),
                format!("https://{expected}/v2025_1/apis/3.0"),
                "{told:?}"
            );
        }
    }
}
