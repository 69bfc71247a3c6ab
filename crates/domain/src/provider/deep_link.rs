//! Deep links: the page of one record in the vendor's own product.

use url::Url;

/// Where records are found in a vendor's product. A pattern holds `{web_url}`, the address of the product as the vendor
/// told it, and `{id}`, the vendor's id of the record; an empty pattern means that there is no such page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeepLinks {
    /// A ticket.
    pub ticket: &'static str,
    /// A company.
    pub company: &'static str,
}

impl DeepLinks {
    /// No links.
    pub const NONE: Self = Self {
        ticket: "",
        company: "",
    };
}

/// The address of one record, from a pattern of [`DeepLinks`]. The id is percent-encoded, so that it can only ever be a
/// value and never another parameter or path. `None` when there is no pattern, no id, or the vendor's address is not an
/// http or https one; a vendor's answer is not trusted to name a place a browser runs.
#[must_use]
pub fn deep_link(pattern: &str, web_url: Option<&str>, id: &str) -> Option<String> {
    let base = web_url?.trim();
    let parsed = Url::parse(base).ok()?;
    if pattern.is_empty() || id.is_empty() || !matches!(parsed.scheme(), "http" | "https") {
        return None;
    }
    // What stands behind a path, such as a query, would swallow the rest of the pattern.
    let mut base = parsed;
    base.set_query(None);
    base.set_fragment(None);
    let slash = if base.path().ends_with('/') { "" } else { "/" };
    let address = pattern
        .replace("{web_url}", &format!("{base}{slash}"))
        .replace("{id}", &encoded(id));
    Url::parse(&address).ok().map(String::from)
}

/// Everything but letters, digits and `-._~` as `%XX`.
fn encoded(id: &str) -> String {
    let mut text = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATTERN: &str = "{web_url}Autotask/x.aspx?Code=Open&TicketID={id}";

    #[test]
    fn table() {
        let good = "https://ww3.autotask.net/Autotask/x.aspx?Code=Open&TicketID=296";
        for (pattern, web_url, id, expected) in [
            (
                PATTERN,
                Some("https://ww3.autotask.net/"),
                "296",
                Some(good),
            ),
            (PATTERN, Some("https://ww3.autotask.net"), "296", Some(good)),
            (
                PATTERN,
                Some("https://ww3.autotask.net/?a=b#c"),
                "296",
                Some(good),
            ),
            (
                PATTERN,
                Some("http://127.0.0.1:4000/zone1/"),
                "7",
                Some("http://127.0.0.1:4000/zone1/Autotask/x.aspx?Code=Open&TicketID=7"),
            ),
            (
                PATTERN,
                Some("https://ww3.autotask.net/"),
                "1&Code=Other#/../ü\"",
                Some(
                    "https://ww3.autotask.net/Autotask/x.aspx?Code=Open&TicketID=1%26Code%3DOther%23%2F..%2F%C3%BC%22",
                ),
            ),
            (PATTERN, Some("javascript:alert(1)//"), "296", None),
            (PATTERN, Some("data:text/html,x"), "296", None),
            (PATTERN, Some("ww3.autotask.net"), "296", None),
            (PATTERN, Some(""), "296", None),
            (PATTERN, None, "296", None),
            (PATTERN, Some("https://ww3.autotask.net/"), "", None),
            ("", Some("https://ww3.autotask.net/"), "296", None),
        ] {
            let found = deep_link(pattern, web_url, id);
            assert_eq!(found.as_deref(), expected, "{pattern} {web_url:?} {id}");
        }
    }
}
