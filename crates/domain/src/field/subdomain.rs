//! The subdomain in an address that people paste.

use super::host::is_label;
use super::is_of;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::FieldShape;

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
}
