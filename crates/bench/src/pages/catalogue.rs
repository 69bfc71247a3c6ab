//! Which pages are measured: every list with every filter and sort it offers, found by reading the pages themselves,
//! so that a filter that is added later is measured too.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use url::Url;

use crate::browser::{self, Browser};
use crate::form::Form;

/// Pages followed to get deep into a list.
pub const DEEP: usize = 20;

/// One page to measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// The list and the filter: what a row of the table is for.
    pub group: String,
    /// The whole name, sort included.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// What is sent to get it; nothing for a page that is only asked for.
    pub form: Form,
}

/// A list, with words that are common in it; the first that finds something is searched for.
struct List {
    path: &'static str,
    common: &'static [&'static str],
}

const LISTS: [List; 4] = [
    List {
        path: "/tickets",
        common: &["printer", "password", "outlook"],
    },
    List {
        path: "/companies",
        common: &["group", "dental", "partners"],
    },
    List {
        path: "/contacts",
        common: &["anna", "maria", "david", "james", "sarah"],
    },
    List {
        path: "/opportunities",
        common: &["renewal", "firewall", "migration"],
    },
];

/// A word that is nowhere, and what every ticket's number of a year begins with.
const RARE: &str = "zzzz";
const NUMBER: &str = "T2026";

/// Reads the site and lists what to measure.
pub async fn read(browser: &Browser) -> Result<Vec<Measured>> {
    let mut all = vec![
        plain("home", "/"),
        plain("integrations", "/settings/integrations"),
    ];
    for list in &LISTS {
        let first = browser.get(list.path).await?.body;
        let sorts = sorts(browser, list.path, &first).await?;
        for (filter, query) in filters(browser, list, &first).await? {
            for sort in &sorts {
                let query: Vec<&str> = [query.as_str(), sort.as_str()]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect();
                let mark = if query.is_empty() { "" } else { "?" };
                all.push(Measured {
                    group: format!("{} {filter}", list.path),
                    name: format!("{} {filter} {}", list.path, named(sort)),
                    address: format!("{}{mark}{}", list.path, query.join("&")),
                    form: Form::new(),
                });
            }
        }
        all.extend(deep(browser, list.path).await?);
        let inside = format!("{}/", list.path);
        if let Some(address) = browser::links(&first, &inside).find(|link| !link.contains('?')) {
            all.push(plain(&format!("{} one", list.path), &address));
        }
    }
    Ok(all)
}

/// A page that is a row of its own.
pub fn plain(name: &str, address: &str) -> Measured {
    Measured {
        group: name.to_owned(),
        name: name.to_owned(),
        address: address.to_owned(),
        form: Form::new(),
    }
}

/// `sort=` and `direction=` as the headings offer them, in both directions; the list's own order first.
async fn sorts(browser: &Browser, path: &str, first: &str) -> Result<Vec<String>> {
    let mut found = BTreeSet::from([String::new()]);
    for link in browser::sort_links(first) {
        found.insert(sort_of(&link)?);
        for back in browser::sort_links(&browser.get(&link).await?.body) {
            found.insert(sort_of(&back)?);
        }
    }
    if found.len() == 1 {
        // Too few rows for headings, or none offered.
        eprintln!("note: {path} offers no sort");
    }
    Ok(found.into_iter().collect())
}

fn sort_of(link: &str) -> Result<String> {
    let url = Url::parse("http://host/")?.join(link)?;
    let pairs = url
        .query_pairs()
        .filter(|(name, _)| matches!(name.as_ref(), "sort" | "direction"))
        .map(|(name, value)| format!("{name}={value}"));
    Ok(pairs.collect::<Vec<_>>().join("&"))
}

fn named(sort: &str) -> String {
    if sort.is_empty() {
        "default".to_owned()
    } else {
        sort.replace("sort=", "")
            .replace("direction=", "")
            .replace('&', " ")
    }
}

/// Every filter by itself, as name and query.
async fn filters(browser: &Browser, list: &List, first: &str) -> Result<Vec<(String, String)>> {
    let mut found = vec![("unfiltered".to_owned(), String::new())];
    for select in selects(first) {
        let values = browser::options(first, &select);
        // The first and the last stand for a common and a rare value.
        let ends: BTreeSet<&String> = values.first().into_iter().chain(values.last()).collect();
        for value in ends {
            // An id of this installation is no name: another one has another.
            let name = if value.len() > 30 {
                select.clone()
            } else {
                format!("{select}={value}")
            };
            found.push((name, format!("{select}={value}")));
        }
    }
    found.push(("search, rare word".to_owned(), format!("search={RARE}")));
    if let Some(query) = common_word(browser, list).await? {
        found.push(("search, common word".to_owned(), query));
    }
    if list.path == "/tickets" {
        let query = format!("closed=all&search={NUMBER}");
        found.push(("search, every number".to_owned(), query));
        for shown in ["closed", "all"] {
            found.push((format!("closed={shown}"), format!("closed={shown}")));
        }
        // Two filters at once, over everything.
        let ends = ["status", "technician"].map(|name| browser::options(first, name).pop());
        if let [Some(status), Some(technician)] = ends {
            let query = format!("closed=all&status={status}&technician={technician}");
            found.push(("status and technician".to_owned(), query));
        }
    }
    if list.path != "/companies" {
        let companies = browser.get("/companies").await?.body;
        let company = browser::links(&companies, "/companies/").next();
        let company = company.context("there is no company")?;
        let uuid = company.trim_start_matches("/companies/").to_owned();
        found.push(("company".to_owned(), format!("company={uuid}")));
    }
    Ok(found)
}

/// The query for the first common word that finds something, among all that is there.
async fn common_word(browser: &Browser, list: &List) -> Result<Option<String>> {
    let all = if list.path == "/tickets" {
        "closed=all&"
    } else {
        ""
    };
    for word in list.common {
        let query = format!("{all}search={word}");
        let page = browser.get(&format!("{}?{query}", list.path)).await?.body;
        if browser::links(&page, &format!("{}/", list.path))
            .next()
            .is_some()
        {
            return Ok(Some(query));
        }
    }
    eprintln!("note: {} finds none of {:?}", list.path, list.common);
    Ok(None)
}

fn selects(page: &str) -> BTreeSet<String> {
    page.split("<select")
        .skip(1)
        .filter_map(|rest| {
            rest.split('>')
                .next()?
                .split_once("name=\"")?
                .1
                .split('"')
                .next()
        })
        .map(str::to_owned)
        .collect()
}

/// A page deep inside the list, reached as a person would.
pub async fn deep(browser: &Browser, path: &str) -> Result<Option<Measured>> {
    let start = if path == "/tickets" {
        "/tickets?closed=all"
    } else {
        path
    };
    let mut address = start.to_owned();
    for _ in 0..DEEP {
        match browser::next_link(&browser.get(&address).await?.body) {
            Some(next) => address = next,
            None => break,
        }
    }
    Ok((address != start).then(|| plain(&format!("{path} deep"), &address)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_are_read_from_headings() {
        let sort = sort_of("/tickets?closed=all&sort=created&direction=asc&after=3").unwrap();
        assert_eq!(sort, "sort=created&direction=asc");
        assert_eq!(named(&sort), "created asc");
        assert_eq!(named(""), "default");
    }

    #[test]
    fn selects_are_found() {
        let page = r#"<select id="a" name="status" data-x></select><select name="queue"></select>"#;
        assert_eq!(
            selects(page).into_iter().collect::<Vec<_>>(),
            ["queue", "status"]
        );
    }
}
