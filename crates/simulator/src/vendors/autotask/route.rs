//! Reading addresses: case, prefixes, doubled and trailing slashes do not matter.

use super::schema::Catalogue;

/// Segment in front of the path after the tenant moved to another zone.
pub const MOVED_ZONE: &str = "zone2";

/// What a path means.
#[derive(Debug, PartialEq, Eq)]
pub enum Route {
    /// Zone look-up.
    Zone,
    /// List of API versions.
    Versions,
    /// Another read at the root, by its lower-case name.
    Root(String),
    /// Query of an entity; the text is empty, `next` or `previous`.
    Query(usize, String),
    /// Count of an entity.
    Count(usize),
    /// Metadata of an entity; the text is empty, `fields` or `userdefinedfields`.
    Metadata(usize, String),
    /// The collection of an entity, for writes.
    Collection(usize),
    /// One record.
    Record(usize, i64),
    /// Children of a record: child entity, id of the parent.
    Children(usize, i64),
    /// One child of a record: child entity, id of the parent, id of the child.
    Child(usize, i64, i64),
    /// Nothing the vendor knows.
    Unknown,
}

/// A path read.
#[derive(Debug, PartialEq, Eq)]
pub struct Address {
    /// What it means.
    pub route: Route,
    /// Whether it is in the zone the tenant moves to.
    pub moved_zone: bool,
}

/// Reads a path.
pub fn read(catalogue: &Catalogue, path: &str) -> Address {
    let decoded = percent_encoding::percent_decode_str(path)
        .decode_utf8_lossy()
        .into_owned();
    let mut segments: Vec<&str> = decoded.split('/').filter(|s| !s.is_empty()).collect();
    let mut skip = |name: &str| {
        let there = segments
            .first()
            .is_some_and(|s| s.eq_ignore_ascii_case(name));
        if there {
            segments.remove(0);
        }
        there
    };
    let moved_zone = skip(MOVED_ZONE);
    skip("atservicesrest");
    let versioned = skip("v1.0") || skip("1.0");
    Address {
        route: route(catalogue, &segments, versioned),
        moved_zone,
    }
}

fn route(catalogue: &Catalogue, segments: &[&str], versioned: bool) -> Route {
    let Some((first, rest)) = segments.split_first() else {
        return Route::Unknown;
    };
    let lower: Vec<String> = rest.iter().map(|s| s.to_lowercase()).collect();
    let rest: Vec<&str> = lower.iter().map(String::as_str).collect();
    let name = first.to_lowercase();
    match (name.as_str(), rest.is_empty()) {
        ("zoneinformation", true) => return Route::Zone,
        ("versioninformation", true) => return Route::Versions,
        _ if !versioned => return Route::Unknown,
        (
            "version" | "authenticate" | "thresholdinformation" | "entityinformation" | "modules",
            true,
        ) => {
            return Route::Root(name);
        }
        _ => {}
    }
    let Some((entity, schema)) = catalogue.find(&name) else {
        return Route::Unknown;
    };
    let number = |text: &str| text.parse::<i64>().ok();
    match rest.as_slice() {
        [] => Route::Collection(entity),
        ["query"] => Route::Query(entity, String::new()),
        ["query", "count"] => Route::Count(entity),
        ["query", way @ ("next" | "previous")] => Route::Query(entity, (*way).to_owned()),
        ["entityinformation"] => Route::Metadata(entity, String::new()),
        ["entityinformation", part @ ("fields" | "userdefinedfields")] => {
            Route::Metadata(entity, (*part).to_owned())
        }
        [id] => number(id).map_or(Route::Unknown, |id| Route::Record(entity, id)),
        [parent, segment, more @ ..] => {
            let child = catalogue.child(schema.text.route, segment);
            match (number(parent), child, more) {
                (Some(parent), Some((child, _)), []) => Route::Children(child, parent),
                (Some(parent), Some((child, _)), [id]) => {
                    number(id).map_or(Route::Unknown, |id| Route::Child(child, parent, id))
                }
                _ => Route::Unknown,
            }
        }
    }
}
