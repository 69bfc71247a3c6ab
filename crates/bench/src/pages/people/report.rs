//! The tables and the JSON of these pages.

use serde_json::{Value, json};

use super::import::Imported;
use crate::distribution::rounded;
use crate::pages::report::Timed;
use crate::place::Engine;
use crate::sandbox::World;
use crate::table::{Table, thousands};

/// Everything measured.
pub struct People {
    /// What the vendor has.
    pub world: World,
    /// What became of its staff.
    pub imported: Imported,
    /// Pages.
    pub pages: Vec<Timed>,
    /// Work for many at once.
    pub work: Vec<Timed>,
    /// Pages that this site has nothing for.
    pub missing: Vec<String>,
}

impl People {
    /// For a person: pages, the slowest first, and work.
    pub fn tables(&self, engine: Engine) -> [Table; 2] {
        let title = format!(
            "Server time of the pages of people, setup and settings with {} staff and {} companies at the vendor and {} \
             imported users, {}; the slowest first",
            thousands(self.world.technicians.into()),
            thousands(self.world.companies.into()),
            thousands(self.imported.users as f64),
            engine.name(),
        );
        let mut slowest_first: Vec<&Timed> = self.pages.iter().collect();
        slowest_first.sort_by(|a, b| b.server.p50().total_cmp(&a.server.p50()));
        let pages = table(title, slowest_first);
        let title = format!(
            "Work for many at once (the import of all staff took {:.1} s, in the background)",
            self.imported.seconds
        );
        [pages, table(title, self.work.iter().collect())]
    }

    /// For a program.
    pub fn json(&self) -> Value {
        let slowest = self
            .pages
            .iter()
            .max_by(|a, b| a.server.p50().total_cmp(&b.server.p50()));
        let work: Vec<Value> = self
            .work
            .iter()
            .map(|one| {
                let mut object = one.json();
                object["requests"] = json!(one.server.len());
                object
            })
            .collect();
        json!({
            "technicians": self.world.technicians,
            "companies": self.world.companies,
            "users": self.imported.users,
            "import_s": rounded(self.imported.seconds, 1),
            "slowest": slowest.map(Timed::json),
            "pages": self.pages.iter().map(Timed::json).collect::<Vec<_>>(),
            "work": work,
            "missing": self.missing,
        })
    }
}

fn table(title: String, timed: Vec<&Timed>) -> Table {
    let columns = [
        "page",
        "requests",
        "p50 ms",
        "p99 ms",
        "p50 ms outside",
        "kB",
    ];
    let mut table = Table::new(title, &columns);
    for one in timed {
        table.push(vec![
            one.page.name.clone(),
            one.server.len().to_string(),
            format!("{:.2}", one.server.p50()),
            format!("{:.2}", one.server.p99()),
            format!("{:.2}", one.wall.p50()),
            format!("{:.0}", one.bytes as f64 / 1024.0),
        ]);
    }
    table
}
