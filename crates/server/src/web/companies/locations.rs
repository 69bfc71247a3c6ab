//! Locations of a company as its tools have them, under their word for them.

use domain::location::{self, LOCATIONS};
use domain::provider::{self, Words};
use store::companies::ExternalCompany;

/// The locations of a company.
#[derive(Debug, Clone, Default)]
pub struct Locations {
    /// What they are called.
    pub title: &'static str,
    /// In the order of the tools, and of each tool.
    pub rows: Vec<LocationRow>,
}

/// A location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationRow {
    /// Name.
    pub name: String,
    /// Address in one line.
    pub address: String,
    /// Telephone number.
    pub phone: String,
    /// It is not in use any more.
    pub inactive: bool,
    /// The tool that has it.
    pub tool: String,
}

impl Locations {
    /// Those of the records that stand for a company. Tools that call them alike give the heading; else it is ours.
    #[must_use]
    pub fn of(externals: &[ExternalCompany]) -> Self {
        let mut titles = Vec::new();
        let mut rows = Vec::new();
        for external in externals.iter().filter(|external| !external.removed) {
            let field = external.fields.iter().find(|field| field.key == LOCATIONS);
            let places = field.map_or_else(Vec::new, |field| location::of(&field.value));
            if places.is_empty() {
                continue;
            }
            let words = provider::find(&external.origin.provider);
            titles.push(words.map_or(Words::PLAIN, |one| one.words).locations);
            rows.extend(places.into_iter().map(|place| LocationRow {
                address: place.address(),
                name: match place.name.trim() {
                    "" => "(no name)".to_owned(),
                    name => name.to_owned(),
                },
                phone: place.phone.unwrap_or_default(),
                inactive: place.inactive,
                tool: external.origin.integration_name.clone(),
            }));
        }
        let one = titles.first().copied().unwrap_or_default();
        let title = if titles.iter().all(|title| *title == one) {
            one
        } else {
            Words::PLAIN.locations
        };
        Self { title, rows }
    }
}

/// Locations for samples of pages.
#[cfg(test)]
pub fn sample() -> Locations {
    use crate::web::view::sample::{HOSTILE, long};
    let row = |name: &str| LocationRow {
        name: name.into(),
        address: "Hauptplatz 1, 8010 Graz, Austria".into(),
        phone: HOSTILE.into(),
        inactive: true,
        tool: "ConnectWise Manage".into(),
    };
    Locations {
        title: "Sites",
        rows: vec![row("Main"), row(HOSTILE), row(&long())],
    }
}
