//! The shapes of form values, and how each is kept from what was typed.

use super::{Looks, host_of, site_of, subdomain_of};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_kept_without_what_was_pasted_around_it() {
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
        let site = FieldShape::Site(&["halopsa.com", "haloitsm.com"]);
        assert_eq!(site.tidy("acme/"), "https://acme.halopsa.com");
        assert_eq!(site.tidy("10.0.0.1"), "10.0.0.1");
    }
}
