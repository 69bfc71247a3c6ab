//! The site in an address that people paste.

use url::Url;

use super::{host_of, is_of};

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

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
