//! Reading addresses: case, doubled and trailing slashes do not matter.

use crate::records::schema::Catalogue;

/// The codebase that every cloud host understands.
pub const USUAL_CODEBASE: &str = "v4_6_release";
/// The codebase of the tenant, and the one it has after an upgrade.
pub const CODEBASES: [&str; 2] = ["v2025_1", "v2025_2"];

/// What a path means.
#[derive(Debug, PartialEq, Eq)]
pub enum Route {
    /// Company info for a company id.
    CompanyInfo(String),
    /// The key that signs callbacks.
    CallbackKey,
    /// A record or records of the API.
    Resource(Address),
    /// Nothing the vendor knows.
    Unknown,
}

/// An address of the API.
#[derive(Debug, PartialEq, Eq)]
pub struct Address {
    /// The segments without ids, in lower case.
    pub key: String,
    /// The kind with that key.
    pub kind: Option<usize>,
    /// The ids, in order.
    pub ids: Vec<i64>,
    /// Name in place of an id: members can be read by identifier.
    pub name: Option<String>,
    /// Whether it ends in `/count`.
    pub count: bool,
    /// Whether it ends in `/search`.
    pub search: bool,
}

impl Address {
    /// The parent's id and the record's own, for the kind found.
    pub fn parts(&self, has_parent: bool) -> Option<(Option<i64>, Option<i64>)> {
        match (has_parent, self.ids.as_slice()) {
            (false, []) => Some((None, None)),
            (false, [id]) => Some((None, Some(*id))),
            (true, [parent]) => Some((Some(*parent), None)),
            (true, [parent, id]) => Some((Some(*parent), Some(*id))),
            _ => None,
        }
    }
}

/// Reads a path, for a tenant on a codebase.
pub fn read(catalogue: &Catalogue, path: &str, codebase: &str) -> Route {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let segments: Vec<&str> = decoded.split('/').filter(|s| !s.is_empty()).collect();
    let is = |have: &str, want: &str| have.eq_ignore_ascii_case(want);
    match segments.as_slice() {
        [login, info, company] if is(login, "login") && is(info, "companyinfo") => {
            Route::CompanyInfo((*company).to_owned())
        }
        [base, rest @ ..] if is(base, USUAL_CODEBASE) || is(base, codebase) => match rest {
            [system, key, index]
                if is(system, "system") && is(key, "callbackkey") && is(index, "index.rails") =>
            {
                Route::CallbackKey
            }
            [apis, version, rest @ ..] if is(apis, "apis") && is(version, "3.0") => {
                resource(catalogue, rest)
            }
            _ => Route::Unknown,
        },
        _ => Route::Unknown,
    }
}

fn resource(catalogue: &Catalogue, segments: &[&str]) -> Route {
    let mut address = Address {
        key: String::new(),
        kind: None,
        ids: Vec::new(),
        name: None,
        count: false,
        search: false,
    };
    for (place, segment) in segments.iter().enumerate() {
        let last = place + 1 == segments.len();
        let lower = segment.to_lowercase();
        if let Ok(id) = segment.parse::<i64>() {
            address.ids.push(id);
        } else if last && lower == "count" {
            address.count = true;
        } else if last && lower == "search" {
            address.search = true;
        } else if place == 2 && address.key == "system/members" && lower != "types" {
            address.name = Some((*segment).to_owned());
        } else {
            if !address.key.is_empty() {
                address.key.push('/');
            }
            address.key.push_str(&lower);
        }
    }
    if segments.len() < 2 {
        return Route::Unknown;
    }
    address.kind = catalogue.find(&address.key);
    if !is_in_order(catalogue, &address, segments) {
        return Route::Unknown;
    }
    Route::Resource(address)
}

/// Whether the ids stand where they belong: behind the parent's and the own name.
fn is_in_order(catalogue: &Catalogue, address: &Address, segments: &[&str]) -> bool {
    let words = address.key.split('/').count();
    let parent_words = match address.kind {
        Some(kind) => match catalogue.get(kind).about.parent {
            Some((parent, _)) => parent.split('/').count(),
            None => words,
        },
        // What is no kind is always something below a record.
        None => words - 1,
    };
    let first_id = segments.iter().position(|s| s.parse::<i64>().is_ok());
    first_id.is_none_or(|place| place == parent_words || place == words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendors::connectwise_psa::catalogue::catalogue;

    fn parts(path: &str) -> Option<(String, Vec<i64>, bool)> {
        match read(&catalogue(), path, CODEBASES[0]) {
            Route::Resource(a) if a.kind.is_some() => Some((a.key, a.ids, a.count)),
            _ => None,
        }
    }

    #[test]
    fn addresses() {
        let base = "/v4_6_release/apis/3.0";
        assert_eq!(
            parts(&format!("{base}//Service/Boards/4/statuses/")),
            Some(("service/boards/statuses".into(), vec![4], false))
        );
        assert_eq!(
            parts("/v2025_1//apis/3.0/service/tickets/10/notes/count"),
            Some(("service/tickets/notes".into(), vec![10], true))
        );
        assert_eq!(
            parts(&format!("{base}/company/companies/statuses/2")),
            Some(("company/companies/statuses".into(), vec![2], false))
        );
        assert_eq!(parts("/v2024_9/apis/3.0/service/boards"), None);
        assert_eq!(parts(&format!("{base}/service/nonsense")), None);
        assert_eq!(
            read(&catalogue(), "/login/companyInfo/acme", CODEBASES[0]),
            Route::CompanyInfo("acme".into())
        );
    }
}
