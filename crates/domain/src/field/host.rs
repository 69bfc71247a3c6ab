//! The host in an address that people paste.

use url::Url;

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
pub(super) fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}

/// Whether a host is this domain or below it.
#[must_use]
pub fn is_of(host: &str, domain: &str) -> bool {
    let before = host.strip_suffix(domain);
    before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
