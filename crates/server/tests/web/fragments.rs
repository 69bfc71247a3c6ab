//! Links that lead to a place inside a page, such as `#set-aside`: some template has the place.

use std::collections::BTreeSet;
use std::path::Path;

/// Texts of the files with this ending in a folder and below, with their names.
fn texts(folder: &Path, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(texts(&path, ending));
        } else if path.extension().is_some_and(|one| one == ending) {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), text));
        }
    }
    found
}

/// The place that an address names; `None` when it names none, and for the symbols of the one file of symbols.
fn place(address: &str) -> Option<&str> {
    let (page, place) = address.rsplit_once('#')?;
    let named = place.starts_with(|first: char| first.is_ascii_lowercase())
        && place
            .chars()
            .all(|one| one.is_ascii_lowercase() || one == '-');
    let is_address = page.is_empty() || page.starts_with(['/', '{']);
    (named && is_address && !page.ends_with(".svg")).then_some(place)
}

#[test]
fn places_that_links_lead_to_are_there() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let templates = texts(&home.join("templates"), "html");
    let code = texts(&home.join("src/web"), "rs");
    let ids: BTreeSet<&str> = templates
        .iter()
        .flat_map(|(_, text)| text.split(" id=\"").skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let linked: Vec<(&str, &str)> = templates
        .iter()
        .chain(&code)
        .flat_map(|(file, text)| text.split('"').map(move |quoted| (file.as_str(), quoted)))
        .filter_map(|(file, quoted)| Some((file, place(quoted)?)))
        .collect();
    let names: BTreeSet<&str> = linked.iter().map(|(_, place)| *place).collect();
    for known in ["content", "missing-rights", "security", "set-aside"] {
        assert!(names.contains(known), "{known}: {names:?}");
    }
    let dead: Vec<_> = linked
        .into_iter()
        .filter(|(_, place)| !ids.contains(place))
        .collect();
    assert!(dead.is_empty(), "no template has such an id: {dead:?}");
}
