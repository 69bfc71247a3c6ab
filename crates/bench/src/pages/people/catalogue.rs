//! Which of these pages are measured, found by reading the site: those of the table, and the lists of both imports.

use anyhow::Result;

use super::places::Place::{At, Linked};
use super::places::{PAGES, import_of_companies, import_of_people};
use crate::browser::{self, Browser};
use crate::form::{self, Form};
use crate::pages::catalogue::{DEEP, Measured, deep, plain};

/// Words to search an import for; the first that finds something is measured.
const PEOPLE: [&str; 3] = ["maria", "anna", "tom"];
const COMPANIES: [&str; 3] = ["group", "dental", "partners"];

/// What a row of an import begins with.
const ROW: &str = "<tr data-pick=";

/// What was found.
#[derive(Default)]
pub struct Catalogue {
    /// The pages.
    pub pages: Vec<Measured>,
    /// Names of those that this site has nothing for.
    pub missing: Vec<String>,
}

/// Reads the site and lists what to measure.
pub struct Reader<'a> {
    browser: &'a Browser,
    provider: &'a str,
    found: Catalogue,
}

impl<'a> Reader<'a> {
    /// Nothing yet.
    pub fn new(browser: &'a Browser, provider: &'a str) -> Self {
        Self {
            browser,
            provider,
            found: Catalogue::default(),
        }
    }

    /// What is another page while nobody is imported.
    pub async fn before_import(mut self) -> Result<Catalogue> {
        self.add(
            "setup, Import, people, nobody imported",
            "/settings/integrations/{provider}/setup/import?tab=users&now=on",
        );
        let people = import_of_people(self.provider);
        self.import("import of people, nobody imported", &people, &PEOPLE)
            .await?;
        Ok(self.found)
    }

    /// Every page, once an import whose report is at `report` has ended.
    pub async fn after_import(mut self, report: &str) -> Result<Catalogue> {
        for (name, place) in PAGES {
            match place {
                At(address) => self.add(name, address),
                Linked(on, like) => self.follow(name, on, like).await?,
            }
        }
        let further = deep(self.browser, "/settings/users").await?;
        let name = "users, a later page";
        self.take(name, further.map(|page| plain(name, &page.address)));
        let people = import_of_people(self.provider);
        self.import("import of people, all imported", &people, &PEOPLE)
            .await?;
        self.add("import of people, its report", report);
        let companies = import_of_companies(self.provider);
        self.import("import of companies", &companies, &COMPANIES)
            .await?;
        self.follow(
            "import of companies, Link…",
            "import of companies, Show Unlinked Only",
            "/companies/import/{provider}/*/link",
        )
        .await?;
        Ok(self.found)
    }

    fn add(&mut self, name: &str, address: &str) {
        let address = self.address(address);
        self.found.pages.push(plain(name, &address));
    }

    fn take(&mut self, name: &str, page: Option<Measured>) {
        if let Some(page) = page {
            self.found.pages.push(page);
        } else {
            eprintln!("note: there is no page for {name}");
            self.found.missing.push(name.to_owned());
        }
    }

    fn address(&self, pattern: &str) -> String {
        pattern.replace("{provider}", self.provider)
    }

    /// A page that a page before it links to.
    async fn follow(&mut self, name: &str, on: &str, like: &str) -> Result<()> {
        let like = self.address(like);
        let from = self.found.pages.iter().find(|page| page.name == on);
        let body = match from {
            Some(from) => self.browser.get(&from.address).await?.body,
            None => String::new(),
        };
        let link = browser::links(&body, "").find(|link| is_like(link, &like));
        self.take(name, link.map(|address| plain(name, &address)));
        Ok(())
    }

    /// The list of an import: as it opens, narrowed, with what Quick Match proposes, searched, and far down.
    async fn import(&mut self, name: &str, address: &str, words: &[&str]) -> Result<()> {
        self.add(name, address);
        for (what, query) in [
            ("Show Unlinked Only", "unlinked=1"),
            ("Quick Match", "view=quick"),
        ] {
            self.add(&format!("{name}, {what}"), &format!("{address}?{query}"));
        }
        let search = format!("{name}, search");
        let mut searched = None;
        for word in words {
            let here = format!("{address}?search={word}");
            if self.browser.get(&here).await?.body.contains(ROW) {
                searched = Some(plain(&search, &here));
                break;
            }
        }
        self.take(&search, searched);
        let later = format!("{name}, a later page");
        let form = turned(self.browser, address).await?;
        let page = form.map(|form| Measured {
            form,
            ..plain(&later, address)
        });
        self.take(&later, page);
        Ok(())
    }
}

/// What is sent for a page deep inside a list whose pages are turned by a form, reached as a person would.
async fn turned(browser: &Browser, address: &str) -> Result<Option<Form>> {
    let mut page = browser.get(address).await?.body;
    let mut reached = None;
    for _ in 0..DEEP {
        let Some(next) = form::next_page(&page) else {
            break;
        };
        page = browser.post(address, &next).await?.body;
        reached = Some(next);
    }
    Ok(reached)
}

/// Whether an address is like a pattern, in which `*` is an id: the part of an address that has a digit.
fn is_like(address: &str, pattern: &str) -> bool {
    let is_id = |part: &str| {
        let mut letters = part.chars();
        part.contains(|letter: char| letter.is_ascii_digit())
            && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    let (parts, wanted): (Vec<&str>, Vec<&str>) =
        (address.split('/').collect(), pattern.split('/').collect());
    parts.len() == wanted.len()
        && parts
            .into_iter()
            .zip(wanted)
            .all(|(part, wanted)| part == wanted || (wanted == "*" && is_id(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_a_digit_and_is_one_part() {
        let user = "/settings/users/0196f5a4-0000-7000-8000-000000000000";
        assert!(is_like(user, "/settings/users/*"));
        assert!(is_like(
            &format!("{user}/unlink/7"),
            "/settings/users/*/unlink/*"
        ));
        for other in ["/settings/users/new", "/settings/users?page=1", "/settings"] {
            assert!(!is_like(other, "/settings/users/*"), "{other}");
        }
        assert!(!is_like(&format!("{user}/deactivate"), "/settings/users/*"));
        assert!(!is_like(&format!("{user}?notice=x"), "/settings/users/*"));
    }
}
