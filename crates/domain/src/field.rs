//! Form fields of a connection and the catalogue of a provider's further fields, both as data.

use std::collections::BTreeMap;

use url::Url;

use crate::reference::ReferenceKind;
use crate::stream::Stream;

/// What a form value must look like. What is pasted in another form is understood where that is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldShape {
    /// Any text.
    Text,
    /// A host name without scheme: `na.myconnectwise.net`.
    Host,
    /// What stands before the first of these domains in the account's address: `acme` of `acme.syncromsp.com`. The others
    /// are below it, and their part stays: `acme.shield` of `acme.shield.syncromsp.com`.
    SubdomainOf(&'static [&'static str]),
    /// The address of a site: `https://yourhalo.halopsa.com`. Below these domains are the vendor's own systems; a bare
    /// name means the one of that name below the first.
    Site(&'static [&'static str]),
    /// The address of a service that every host of the product has at this path.
    Service(&'static str),
    /// A text that people copy with the value of another field and a plus sign before it: `acme+key`.
    Behind(&'static str),
}

impl FieldShape {
    /// The value as it is kept, from what was typed or pasted: without the white space around it, and without the braces
    /// around a GUID; of a whole address, the host. A text that cannot be read that way stays as it is, for whoever
    /// checks it to refuse.
    #[must_use]
    pub fn tidy(self, typed: &str) -> String {
        match self {
            Self::Text | Self::Behind(_) => bare_guid(typed.trim()).to_owned(),
            Self::Host => host_of(typed).unwrap_or_else(|| typed.to_owned()),
            Self::SubdomainOf(domains) => {
                subdomain_of(domains, typed).unwrap_or_else(|| typed.to_owned())
            }
            Self::Site(hosted) => site_of(typed, hosted).unwrap_or_else(|| typed.to_owned()),
            Self::Service(path) => match host_of(typed) {
                Some(host) => format!("https://{host}{path}"),
                None => typed.to_owned(),
            },
        }
    }
}

/// A GUID without the braces some screens and tools put around it; any other text as it is.
#[must_use]
pub fn bare_guid(text: &str) -> &str {
    text.strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'))
        .filter(|inner| Looks::Guid.fits(inner))
        .unwrap_or(text)
}

/// The host name in what was pasted as a site's address: with or without scheme, path and trailing slash; a port stays
/// unless it is the usual one. Lower case, letters outside of ASCII as the name system has them. `None` when it names no
/// host of the internet.
#[must_use]
pub fn host_of(pasted: &str) -> Option<String> {
    let pasted = pasted.trim().to_lowercase();
    let rest = pasted
        .strip_prefix("https://")
        .or_else(|| pasted.strip_prefix("http://"))
        .unwrap_or(&pasted);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains(['@', '%', '\\']) || authority.contains(char::is_whitespace) {
        return None;
    }
    let named = Url::parse(&format!("https://{authority}/")).ok()?;
    let host = match named.host()? {
        url::Host::Domain(name) => name.strip_suffix('.').unwrap_or(name),
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => return None,
    };
    let is_name = host.len() <= 253 && host.contains('.') && host.split('.').all(is_label);
    if !is_name || host.ends_with(".localhost") {
        return None;
    }
    match named.port() {
        Some(0) => None,
        Some(port) => Some(format!("{host}:{port}")),
        None => Some(host.to_owned()),
    }
}

/// Whether the name system could have this between two dots.
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}

/// Whether a host is this domain or below it.
#[must_use]
pub fn is_of(host: &str, domain: &str) -> bool {
    let before = host.strip_suffix(domain);
    before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// The subdomain in what was pasted as an account's address below the first of these domains: the bare name, or the
/// address with or without scheme, path and trailing slash. Of an address below one of the other domains, which are below
/// the first themselves, what tells them apart stays. Lower case. `None` when it names none, or one of another domain.
#[must_use]
pub fn subdomain_of(domains: &[&str], pasted: &str) -> Option<String> {
    let (&domain, zones) = domains.split_first()?;
    let pasted = pasted.trim().to_lowercase();
    let rest = pasted
        .strip_prefix("https://")
        .or_else(|| pasted.strip_prefix("http://"))
        .unwrap_or(&pasted);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let host = host.trim_end_matches('.');
    let before = match host.strip_suffix(domain) {
        Some(before) => before.strip_suffix('.')?,
        None => host,
    };
    let mut zones = zones
        .iter()
        .filter_map(|zone| zone.strip_suffix(domain)?.strip_suffix('.'));
    let name = match zones.find(|zone| is_of(before, zone)) {
        Some(zone) => before.strip_suffix(zone)?.strip_suffix('.')?,
        None => before,
    };
    let fits = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (fits && is_label(name)).then(|| before.to_owned())
}

/// The address of the site in what was pasted: `https://`, host, port where it is not the usual one, and a path that is
/// the site's own. A system below the domains of the vendor's own (`hosted`) has none; of others, what the product has
/// below it (its API, its sign-in, its pages) is left out. `None` for what names no site of the internet: numbers, single
/// names but the name of a hosted system, user names, backslashes, other schemes.
#[must_use]
pub fn site_of(pasted: &str, hosted: &[&str]) -> Option<String> {
    const OF_THE_PRODUCT: [&str; 7] = [
        "api",
        "auth",
        "token",
        "ticket",
        "tickets",
        "home",
        "customers",
    ];
    const AFTER_THE_HOST: [char; 3] = ['/', '?', '#'];
    let text = pasted.trim().trim_end_matches('/');
    if text.contains('\\') {
        return None;
    }
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if ["http", "https"].contains(&scheme.to_lowercase().as_str()) => rest,
        // What has one later on, such as an address to come back to, has no scheme itself.
        Some((before, _)) if !before.contains(AFTER_THE_HOST) => return None,
        _ => text,
    };
    let (authority, path) = rest.split_at(rest.find(AFTER_THE_HOST).unwrap_or(rest.len()));
    let is_bare = !authority.is_empty()
        && authority
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-')
        && authority.chars().any(|c| c.is_ascii_alphabetic())
        && !authority.eq_ignore_ascii_case("localhost");
    let host = if is_bare {
        host_of(&format!("{authority}.{}", hosted.first()?))?
    } else {
        host_of(authority)?
    };
    let mut site = format!("https://{host}");
    let name = host.split(':').next().unwrap_or_default();
    if hosted.iter().any(|domain| is_of(name, domain)) {
        return Some(site);
    }
    let url = Url::parse(&format!("{site}{path}")).ok()?;
    let own = url
        .path_segments()?
        .filter(|segment| !segment.is_empty())
        .take_while(|segment| !OF_THE_PRODUCT.contains(&segment.to_lowercase().as_str()));
    for segment in own {
        site.push('/');
        site.push_str(segment);
    }
    Some(site)
}

/// What the values of a field look like whoever has the account, so that one of another field or product is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// 32 hexadecimal digits in five groups.
    Guid,
    /// An e-mail address, though no mail may ever arrive there.
    Email,
    /// Some 27 capital letters and digits.
    TrackingCode,
    /// A GUID that goes on after a hyphen.
    LongGuid,
    /// A `T`, hexadecimal digits, a hyphen, and hexadecimal digits again.
    SplitToken,
    /// Sixteen letters of both cases and digits. Other generated words may look so by accident.
    MixedWord,
    /// A word with signs that keys made of letters and digits never have. Passwords may look so.
    SignedWord,
}

impl Looks {
    const ALL: [Self; 7] = [
        Self::Guid,
        Self::Email,
        Self::TrackingCode,
        Self::LongGuid,
        Self::SplitToken,
        Self::MixedWord,
        Self::SignedWord,
    ];

    /// What a value looks like, when it is unmistakable.
    #[must_use]
    pub fn of(value: &str) -> Option<Self> {
        Self::likely(value).filter(|looks| looks.is_sure())
    }

    /// The same with what it may be by accident.
    #[must_use]
    pub fn likely(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|looks| looks.fits(value))
    }

    /// Whether nothing else looks so.
    #[must_use]
    pub const fn is_sure(self) -> bool {
        !matches!(self, Self::MixedWord | Self::SignedWord)
    }

    /// Whether a value looks like this.
    #[must_use]
    pub fn fits(self, value: &str) -> bool {
        match self {
            Self::Guid => {
                let groups: Vec<&str> = value.split('-').collect();
                groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
                    && groups.concat().chars().all(|c| c.is_ascii_hexdigit())
            }
            Self::Email => is_plain_address(value),
            Self::LongGuid => value.split_at_checked(36).is_some_and(|(guid, rest)| {
                let rest = rest.strip_prefix('-').unwrap_or_default();
                let hexadecimal = rest.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
                Self::Guid.fits(guid) && !rest.is_empty() && hexadecimal
            }),
            Self::SplitToken => value.split_once('-').is_some_and(|(head, tail)| {
                let hexadecimal = |text: &str, least: usize| {
                    text.len() >= least && text.chars().all(|c| c.is_ascii_hexdigit())
                };
                head.strip_prefix('T')
                    .is_some_and(|head| hexadecimal(head, 12))
                    && hexadecimal(tail, 24)
            }),
            Self::MixedWord => {
                let has = |is: fn(&char) -> bool| value.chars().any(|c| is(&c));
                value.len() == 16
                    && value.chars().all(|c| c.is_ascii_alphanumeric())
                    && has(char::is_ascii_uppercase)
                    && has(char::is_ascii_lowercase)
                    && has(char::is_ascii_digit)
            }
            Self::SignedWord => {
                let signs = |c: char| "$*#!%^&~".contains(c);
                (10..=64).contains(&value.len())
                    && value.chars().any(signs)
                    && value.chars().any(|c| c.is_ascii_alphanumeric())
                    && value.chars().all(|c| c.is_ascii_graphic())
            }
            Self::TrackingCode => {
                (25..=29).contains(&value.len())
                    && value
                        .chars()
                        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
                    && value.contains(|c: char| c.is_ascii_uppercase())
            }
        }
    }
}

/// Whether a text is an e-mail address of the usual kind. Generated secrets have `@` and dots too, among signs that no
/// address people are given has.
fn is_plain_address(text: &str) -> bool {
    let usual = |part: &str, signs: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
    };
    text.split_once('@').is_some_and(|(local, domain)| {
        let last = domain.rsplit_once('.').map(|(_, last)| last);
        usual(local, "._+-'")
            && usual(domain, ".-")
            && last.is_some_and(|last| {
                last.len() >= 2 && last.chars().all(|c| c.is_ascii_alphabetic())
            })
    })
}

/// One field of a provider's connect form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormField {
    /// Stable key; the name under which the value is stored.
    pub key: &'static str,
    /// Label, in the vendor's words.
    pub label: &'static str,
    /// One sentence under the field.
    pub help: &'static str,
    /// An example value, shown as placeholder.
    pub example: &'static str,
    /// Hidden while typed, sealed when stored, never shown again.
    pub secret: bool,
    /// Must be filled.
    pub required: bool,
    /// Shown under *Advanced*.
    pub advanced: bool,
    /// Longest accepted text, in characters.
    pub max_length: usize,
    /// What it must look like.
    pub shape: FieldShape,
    /// What its values look like, where that tells them from those of other fields.
    pub looks: Option<Looks>,
    /// What is said at it when the vendor does not accept the value: what such a value is, for one of which nothing can
    /// be told by its looks.
    pub refused: &'static str,
    /// For a value an installation may have once for all its connections: the sentence under the field where it has
    /// none. The field is required and in the main part then, whatever the two flags above say.
    pub without_installation: Option<&'static str>,
}

impl FormField {
    /// The value as it is kept, from all that was typed into the form; empty where nothing was.
    #[must_use]
    pub fn tidy(&self, form: &BTreeMap<String, String>) -> String {
        let typed = |key: &str| form.get(key).map(|value| value.trim()).unwrap_or_default();
        let own = typed(self.key);
        if own.is_empty() {
            return String::new();
        }
        let tidy = self.shape.tidy(own);
        let FieldShape::Behind(other) = self.shape else {
            return tidy;
        };
        match tidy.split_once('+') {
            Some((before, own)) if before.trim().eq_ignore_ascii_case(typed(other)) => {
                own.trim().to_owned()
            }
            _ => tidy,
        }
    }
}

/// What the value of a vendor field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldValue {
    /// What a person reads.
    Plain,
    /// The vendor's id of a value of reference data. A page shows what it is called, and nothing when that is not known.
    Reference(ReferenceKind),
    /// The vendor's id of a technician, shown by name.
    Technician,
}

/// Where a vendor has a field that records of every provider have, such as the title of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommonField {
    /// The records that have it.
    pub stream: Stream,
    /// Its key in such a record, as it is serialised: `title`, `queue_id`.
    pub key: &'static str,
    /// Where the vendor has it, or how it is found out; empty where the vendor does not tell it.
    pub source: &'static str,
}

impl CommonField {
    /// A field with its source.
    #[must_use]
    pub const fn new(stream: Stream, key: &'static str, source: &'static str) -> Self {
        Self {
            stream,
            key,
            source,
        }
    }
}

/// The fields that records of every provider have, by stream: key and where the vendor has it.
macro_rules! common_fields {
    ($($stream:ident { $($key:ident = $source:literal,)* })*) => {
        &[$($(
            $crate::field::CommonField::new($crate::stream::Stream::$stream, stringify!($key), $source),
        )*)*]
    };
}
pub(crate) use common_fields;

/// Where a vendor field is shown and how it is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueField {
    /// Key in a record's `fields`.
    pub key: &'static str,
    /// Where the vendor has it: the record and the field, such as `Tickets.issueType`.
    pub source: &'static str,
    /// Label in the vendor's words.
    pub label: &'static str,
    /// Heading it is grouped under.
    pub section: &'static str,
    /// Hidden from company users unless a display group says otherwise.
    pub sensitive: bool,
    /// What the value is.
    pub value: FieldValue,
}

impl CatalogueField {
    /// A field that company users see.
    #[must_use]
    pub const fn shown(
        source: &'static str,
        key: &'static str,
        label: &'static str,
        section: &'static str,
    ) -> Self {
        Self {
            key,
            source,
            label,
            section,
            sensitive: false,
            value: FieldValue::Plain,
        }
    }

    /// A field that is hidden from company users unless a display group says otherwise.
    #[must_use]
    pub const fn sensitive(
        source: &'static str,
        key: &'static str,
        label: &'static str,
        section: &'static str,
    ) -> Self {
        Self {
            sensitive: true,
            ..Self::shown(source, key, label, section)
        }
    }

    /// The same with an id as its value.
    #[must_use]
    pub const fn id(self, value: FieldValue) -> Self {
        Self { value, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_value_looks_like_is_told_when_it_is_unmistakable() {
        for (value, looks) in [
            ("12345678-90ab-CDEF-1234-567890abcdef", Some(Looks::Guid)),
            ("12345678-90ab-cdef-1234-567890abcdez", None),
            ("api.user@acme.example", Some(Looks::Email)),
            ("HLN4QZX7TB2WKD6MVRP3SJC8YAE", Some(Looks::TrackingCode)),
            ("Tq4vZ8mKxW2sRb7N", None),
            ("123456789012345678901234567", None),
            (
                "12345678-90ab-cdef-1234-567890abcdef-2e9d",
                Some(Looks::LongGuid),
            ),
            (
                "T5c1f0b7d2e8a4f9731-3d0c9be2a47f81336ae0d4c2b795f108",
                Some(Looks::SplitToken),
            ),
            ("T5c1f0b7d2e8a4f9731-3d0c9be2", None),
            ("", None),
        ] {
            assert_eq!(Looks::of(value), looks, "{value}");
        }
        for (value, looks) in [
            ("Tq4vZ8mKxW2sRb7N", Some(Looks::MixedWord)),
            ("tq4vz8mkxw2srb7n", None),
            ("5t$WJ*e9#Kb2", Some(Looks::SignedWord)),
            ("5t.WJ@e9-Kb2", None),
            ("short$1", None),
        ] {
            assert_eq!(Looks::likely(value), looks, "{value}");
        }
    }

    #[test]
    fn a_host_is_found_in_what_people_paste() {
        let cases = [
            ("acme.example", Some("acme.example")),
            ("  https://Acme.example/ \n", Some("acme.example")),
            ("http://acme.example/v4_6/x?y=1#z", Some("acme.example")),
            ("acme.example:443/", Some("acme.example")),
            ("acme.example.", Some("acme.example")),
            ("acme.example:8443/x", Some("acme.example:8443")),
            ("B\u{fc}cher.example", Some("xn--bcher-kva.example")),
            ("acme.example:", Some("acme.example")),
            ("cw_1.a--b.example", Some("cw_1.a--b.example")),
            ("na..myconnectwise.net", None),
            (".myconnectwise.net", None),
            ("acme.example..", None),
            ("-x.example", None),
            ("x-.example", None),
            ("https://a.-b.example/", None),
            ("acme.example-", None),
            ("acme.example:0", None),
            ("acme.example:99999", None),
            ("x.localhost", None),
            ("acme.exa mple", None),
            ("acme%2eexample", None),
            ("https://user:pass@acme.example/", None),
            ("127.0.0.1", None),
            ("[::1]", None),
            ("localhost", None),
            ("acme", None),
            ("not a host", None),
            ("", None),
            ("https://", None),
        ];
        for (pasted, expected) in cases {
            assert_eq!(host_of(pasted).as_deref(), expected, "{pasted:?}");
        }
        let label = "a".repeat(63);
        let fits = format!("{label}.example");
        assert_eq!(host_of(&fits).as_deref(), Some(fits.as_str()));
        assert_eq!(host_of(&format!("a{fits}")), None, "a label of 64");
        let long = format!("{}a", "a.".repeat(126));
        assert_eq!(host_of(&long).as_deref(), Some(long.as_str()));
        assert_eq!(host_of(&format!("{long}a")), None, "254 characters");
        assert_eq!(FieldShape::Host.tidy("https://a.example/x"), "a.example");
        assert_eq!(FieldShape::Host.tidy("10.0.0.1"), "10.0.0.1");
        let service = FieldShape::Service("/rest/");
        for pasted in [
            "a.example",
            " HTTP://A.example/rest/v1.0/x?y ",
            "https://a.example",
        ] {
            assert_eq!(service.tidy(pasted), "https://a.example/rest/", "{pasted}");
        }
        assert_eq!(service.tidy("http://127.0.0.1:8/"), "http://127.0.0.1:8/");
        assert_eq!(
            FieldShape::Text.tidy(" https://a.example/x\r\n"),
            "https://a.example/x"
        );
        for (pasted, expected) in [
            (
                " {12345678-90AB-cdef-1234-567890abcdef} ",
                "12345678-90AB-cdef-1234-567890abcdef",
            ),
            ("{secret}", "{secret}"),
            ("{", "{"),
            ("{}", "{}"),
        ] {
            assert_eq!(FieldShape::Text.tidy(pasted), expected, "{pasted}");
        }
    }

    #[test]
    fn what_stands_behind_another_value_is_found() {
        let provider = crate::provider::find("connectwise_psa").expect("there");
        let fields = provider.form.iter();
        let field = fields.clone().find(|field| field.key == "public_key");
        let tidy = |company: &str, key: &str| {
            let form = [("company_id", company), ("public_key", key)];
            let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
            field.expect("there").tidy(&BTreeMap::from(form))
        };
        for (company, key, expected) in [
            ("acme", " Acme+Pub1ic ", "Pub1ic"),
            (" acme ", "acme + Pub1ic", "Pub1ic"),
            ("acme", "Pub1ic", "Pub1ic"),
            ("acme", "other+Pub1ic", "other+Pub1ic"),
            ("", "acme+Pub1ic", "acme+Pub1ic"),
            ("acme", "", ""),
        ] {
            assert_eq!(tidy(company, key), expected, "{company:?} {key:?}");
        }
        for field in fields {
            if let FieldShape::Behind(other) = field.shape {
                assert!(provider.form.iter().any(|field| field.key == other));
            }
        }
    }

    #[test]
    fn a_subdomain_is_found_in_what_people_paste() {
        const DOMAINS: &[&str] = &["syncromsp.com", "shield.syncromsp.com"];
        let cases = [
            ("acme", Some("acme")),
            (" Acme \n", Some("acme")),
            ("acme.syncromsp.com", Some("acme")),
            ("https://acme.syncromsp.com/", Some("acme")),
            ("http://a-1.syncromsp.com/api/v1//", Some("a-1")),
            ("acme.syncromsp.com.", Some("acme")),
            ("acme.syncromsp.com:443/", Some("acme")),
            ("acme/", Some("acme")),
            ("syncromsp.com", None),
            ("https://syncromsp.com/", None),
            ("evilsyncromsp.com", None),
            ("acme.syncromsp.com.evil.example", None),
            ("acme.shield.syncromsp.com", Some("acme.shield")),
            (
                "HTTPS://Acme.Shield.syncromsp.com/api/v1",
                Some("acme.shield"),
            ),
            (" acme.shield ", Some("acme.shield")),
            ("acme.shield.", Some("acme.shield")),
            ("acmeshield", Some("acmeshield")),
            ("acmeshield.syncromsp.com", Some("acmeshield")),
            ("shield.syncromsp.com", None),
            (".shield.syncromsp.com", None),
            ("-acme.shield", None),
            ("a.b.shield.syncromsp.com", None),
            ("acme.other.syncromsp.com", None),
            ("acme.shield.shield.syncromsp.com", None),
            ("acme.shield.evil.example", None),
            ("acme.shield.syncromsp.com.evil.example", None),
            ("evil.example/acme.shield.syncromsp.com", None),
            ("acme.shield@evil.example", None),
            ("https://x@acme.shield.syncromsp.com", None),
            ("na.myconnectwise.net", None),
            ("api.user@acme.example", None),
            ("acme+key", None),
            ("-acme", None),
            ("acme-.syncromsp.com", None),
            ("two words", None),
            ("", None),
        ];
        for (pasted, expected) in cases {
            let found = subdomain_of(DOMAINS, pasted);
            assert_eq!(found.as_deref(), expected, "{pasted:?}");
            let tidy = FieldShape::SubdomainOf(DOMAINS).tidy(pasted);
            assert_eq!(tidy, expected.unwrap_or(pasted), "{pasted:?}");
        }
    }

    #[test]
    fn a_site_is_found_in_what_people_paste() {
        const HOSTED: &[&str] = &["halopsa.com", "haloitsm.com"];
        let site = |pasted| site_of(pasted, HOSTED);
        for pasted in [
            "acme",
            "acme.halopsa.com",
            " https://Acme.halopsa.com/ \n",
            "HTTP://acme.halopsa.com//",
            "https://acme.halopsa.com/api",
            "https://acme.halopsa.com/auth/token",
            "https://acme.halopsa.com/tickets?area=1#x",
            "https://acme.halopsa.com:443/api/Client?x=1",
            "https://acme.halopsa.com/portal",
            "https://acme.halopsa.com/agent/x/../y",
            "https://acme.halopsa.com/config/integrations#x",
            "acme.halopsa.com?next=https://evil.example/",
            "https://acme.halopsa.com#/portal",
            "https://acme.halopsa.com./portal",
            "acme?x",
        ] {
            assert_eq!(
                site(pasted).as_deref(),
                Some("https://acme.halopsa.com"),
                "{pasted:?}"
            );
        }
        for (pasted, expected) in [
            (
                "halo.corp.example:8443/desk/api",
                "https://halo.corp.example:8443/desk",
            ),
            (
                "https://halo.corp.example/portal?x=1#y",
                "https://halo.corp.example/portal",
            ),
            (
                "https://Halo.corp.example./desk/Tickets",
                "https://halo.corp.example/desk",
            ),
            (
                "https://acme.haloitsm.com/portal",
                "https://acme.haloitsm.com",
            ),
            (
                "https://acme.halopsa.com:8443/portal",
                "https://acme.halopsa.com:8443",
            ),
            (
                "https://evilhalopsa.com/portal",
                "https://evilhalopsa.com/portal",
            ),
            (
                "https://acme.halopsa.com.evil.example/portal",
                "https://acme.halopsa.com.evil.example/portal",
            ),
        ] {
            assert_eq!(site(pasted).as_deref(), Some(expected), "{pasted:?}");
        }
        for pasted in [
            "",
            "https://",
            "ftp://acme.halopsa.com",
            "127.0.0.1",
            "https://[::1]/",
            "169.254.169.254",
            "localhost",
            "x.localhost",
            "https://user:pass@acme.halopsa.com",
            "https://x@evil",
            "https://@acme.halopsa.com",
            "https://acme.halopsa.com@evil.example",
            "https://acme.halopsa.com\\@evil.example",
            "https:\\\\acme.halopsa.com",
            "https://halo.corp.example/desk\\api",
            "acme%2ehalopsa.com",
            "acme..halopsa.com",
            "-acme",
            "a b",
            "2130706433",
        ] {
            assert_eq!(site(pasted), None, "{pasted:?}");
        }
        let shape = FieldShape::Site(HOSTED);
        assert_eq!(shape.tidy("acme/"), "https://acme.halopsa.com");
        assert_eq!(shape.tidy("10.0.0.1"), "10.0.0.1");
    }
}
