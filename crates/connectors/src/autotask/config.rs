//! What a connection to Autotask is made of, checked before anything is sent.

use std::fmt;

use domain::clock::UtcMillis;
use domain::secret::Secret;
use reqwest::header::{HeaderMap, HeaderName};
use url::Url;

use crate::connector::Connect;
use crate::credentials::{header, refused, required, trimmed, typed};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::RequestLimit;

/// Where zones are looked up.
const LOOKUP: &str = "https://webservices.autotask.net/";

/// Hosts a zone may be on.
const VENDOR_HOSTS: &str = ".autotask.net";

/// Requests a tenant may make in a rolling hour, all its integrations together.
/// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/General_Topics/REST_Thresholds_Limits.htm>
const HOURLY: RequestLimit = RequestLimit {
    count: 10_000,
    window: UtcMillis::HOUR,
};

/// A checked connection.
#[derive(Clone)]
pub(super) struct Config {
    /// Name of the API user.
    pub(super) user_name: String,
    /// Its secret.
    pub(super) secret: Secret,
    /// The tracking identifier of the integration.
    pub(super) integration_code: Secret,
    /// The zone's address, given by hand.
    pub(super) zone_url: Option<Url>,
    /// Requests the tenant may make.
    pub(super) requests: RequestLimit,
    /// The address that stands in for the vendor's.
    base_url: Option<Url>,
}

impl Config {
    /// Checks what was typed in.
    ///
    /// # Errors
    /// `Invalid` with the form field that cannot be used.
    pub(super) fn new(connect: &Connect) -> Result<Self> {
        let user_name = required(&connect.credentials, "user_name", "Enter the API username.")?;
        if domain::email::email_key(&user_name).is_none() {
            return Err(refused(
                "user_name",
                "The API username looks like an e-mail address, such as api.user@yourdomain.com.",
            ));
        }
        let secret = required(&connect.credentials, "secret", "Enter the API secret.")?;
        let mut code = typed(&connect.credentials, "integration_code");
        if code.is_empty() {
            code = connect
                .installation_code
                .as_ref()
                .map(|code| trimmed(code.expose()))
                .unwrap_or_default();
        }
        if code.is_empty() {
            return Err(refused(
                "integration_code",
                "Autotask needs an integration code. Enter the tracking identifier of the API user's record here, \
                 or once for the installation.",
            ));
        }
        let mut config = Self {
            user_name,
            secret: Secret::from(secret),
            integration_code: Secret::from(code),
            zone_url: None,
            requests: connect.allowed(HOURLY),
            base_url: connect.base_url.clone(),
        };
        let zone = typed(&connect.credentials, "zone_url");
        if !zone.is_empty() {
            config.zone_url = Some(
                config
                    .zone_address(&zone)
                    .map_err(|error| error.with_field("zone_url"))?,
            );
        }
        config.headers()?;
        Ok(config)
    }

    /// The headers every call but the zone look-up carries.
    ///
    /// # Errors
    /// `Invalid` with the form field whose text cannot be sent.
    pub(super) fn headers(&self) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        let values = [
            ("username", "user_name", self.user_name.as_str()),
            ("secret", "secret", self.secret.expose()),
            (
                "apiintegrationcode",
                "integration_code",
                self.integration_code.expose(),
            ),
        ];
        for (name, field, value) in values {
            headers.insert(HeaderName::from_static(name), header(field, value)?);
        }
        Ok(headers)
    }

    /// Where to look up the zone of the API user.
    ///
    /// # Errors
    /// `Unexpected` when the replacement address cannot hold a path.
    pub(super) fn lookup_address(&self) -> Result<Url> {
        let base = self
            .base_url
            .as_ref()
            .map_or(LOOKUP, Url::as_str)
            .trim_end_matches('/');
        let mut address = Url::parse(&format!("{base}/atservicesrest/v1.0/zoneInformation"))
            .map_err(|error| {
                Error::new(
                    ErrorKind::Unexpected,
                    "look up the zone",
                    "the replacement address cannot be used",
                )
                .with_source(error)
            })?;
        address
            .query_pairs_mut()
            .append_pair("user", &self.user_name);
        Ok(address)
    }

    /// Accepts the address of a zone only where the credentials may go: to the vendor over HTTPS, or, when process
    /// configuration replaces the vendor's addresses, to the replacing host.
    ///
    /// # Errors
    /// `Invalid` for any other address.
    pub(super) fn zone_address(&self, text: &str) -> Result<Url> {
        let address = Url::parse(text.trim())
            .map_err(|_| invalid_zone("The zone address is no web address."))?;
        let host = address.host_str().unwrap_or_default();
        let accepted = match &self.base_url {
            Some(base) => {
                host == base.host_str().unwrap_or_default() && address.scheme() == base.scheme()
            }
            None => {
                address.scheme() == "https"
                    && host.ends_with(VENDOR_HOSTS)
                    && address.port().is_none()
            }
        };
        if !accepted || !address.username().is_empty() || address.password().is_some() {
            return Err(invalid_zone(
                "The zone address must begin with https:// and its host must end in .autotask.net, such as \
                 https://webservices3.autotask.net/atservicesrest/.",
            ));
        }
        Ok(address)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("user_name", &self.user_name)
            .field("zone_url", &self.zone_url.as_ref().map(Url::as_str))
            .field("base_url", &self.base_url.as_ref().map(Url::as_str))
            .finish_non_exhaustive()
    }
}

fn invalid_zone(message: &str) -> Error {
    Error::new(ErrorKind::Invalid, "check the zone address", message).without_effect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::RequestCounter;
    use crate::limits::{Unlimited, Urgency};
    use std::sync::Arc;

    fn connect(values: &[(&str, &str)], base: Option<&str>) -> Connect {
        Connect {
            credentials: values
                .iter()
                .map(|(key, value)| ((*key).to_owned(), Secret::from(*value)))
                .collect(),
            public_note_audiences: None,
            contact_type_field: None,
            installation_code: None,
            base_url: base.map(|base| Url::parse(base).expect("an address")),
            request_limit: None,
            permits: Arc::new(Unlimited),
            urgency: Urgency::Person,
            memory: Arc::default(),
            requests: Arc::new(RequestCounter::default()),
        }
    }

    const GOOD: [(&str, &str); 3] = [
        ("user_name", " api@x.example\n"),
        ("secret", "\ts3cr\r\net "),
        ("integration_code", "CODE1"),
    ];

    #[test]
    fn copied_white_space_is_removed_and_debug_shows_no_secret() {
        let config = Config::new(&connect(&GOOD, None)).expect("good credentials");
        assert_eq!(
            (config.user_name.as_str(), config.secret.expose()),
            ("api@x.example", "s3cret")
        );
        let shown = format!("{config:?}");
        assert!(
            shown.contains("api@x.example")
                && !shown.contains("s3cret")
                && !shown.contains("CODE1"),
            "{shown}"
        );
    }

    #[test]
    fn each_wrong_value_names_its_field() {
        let cases: [(&[(&str, &str)], &str); 6] = [
            (&[("secret", "x"), ("integration_code", "c")], "user_name"),
            (
                &[
                    ("user_name", "api user"),
                    ("secret", "x"),
                    ("integration_code", "c"),
                ],
                "user_name",
            ),
            (
                &[
                    ("user_name", "a@b.example"),
                    ("secret", " \n"),
                    ("integration_code", "c"),
                ],
                "secret",
            ),
            (
                &[("user_name", "a@b.example"), ("secret", "x")],
                "integration_code",
            ),
            (
                &[
                    ("user_name", "a@b.example"),
                    ("secret", "x\u{1}y"),
                    ("integration_code", "c"),
                ],
                "secret",
            ),
            (
                &[
                    GOOD[0],
                    GOOD[1],
                    GOOD[2],
                    ("zone_url", "http://webservices3.autotask.net/"),
                ],
                "zone_url",
            ),
        ];
        for (values, field) in cases {
            let error = Config::new(&connect(values, None)).expect_err(field);
            assert_eq!((error.kind, error.field), (ErrorKind::Invalid, Some(field)));
        }
    }

    #[test]
    fn the_code_of_the_installation_is_the_default() {
        let mut with_default = connect(&GOOD[..2], None);
        with_default.installation_code = Some(Secret::from("INSTALLED"));
        assert_eq!(
            Config::new(&with_default)
                .expect("a code")
                .integration_code
                .expose(),
            "INSTALLED"
        );
    }

    #[test]
    fn credentials_go_only_to_the_vendor_or_its_stand_in() {
        let vendor = Config::new(&connect(&GOOD, None)).expect("good credentials");
        let stand_in =
            Config::new(&connect(&GOOD, Some("http://127.0.0.1:4010/"))).expect("good credentials");
        let cases = [
            (
                "https://webservices3.autotask.net/atservicesrest/",
                true,
                false,
            ),
            ("https://autotask.net.evil.example/", false, false),
            ("https://evilautotask.net/", false, false),
            ("http://webservices3.autotask.net/", false, false),
            ("https://webservices3.autotask.net:8443/", false, false),
            ("https://u:p@webservices3.autotask.net/", false, false),
            ("http://127.0.0.1:4010/zone2/", false, true),
            ("http://127.0.0.2:4010/", false, false),
            ("webservices3", false, false),
        ];
        for (address, of_vendor, of_stand_in) in cases {
            assert_eq!(vendor.zone_address(address).is_ok(), of_vendor, "{address}");
            assert_eq!(
                stand_in.zone_address(address).is_ok(),
                of_stand_in,
                "{address}"
            );
        }
        assert_eq!(
            stand_in.lookup_address().expect("an address").as_str(),
            "http://127.0.0.1:4010/atservicesrest/v1.0/zoneInformation?user=api%40x.example"
        );
    }
}
