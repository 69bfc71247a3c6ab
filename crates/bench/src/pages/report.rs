//! The table and the JSON of `bench pages`.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::catalogue::Measured;
use super::people::People;
use crate::browser::Answered;
use crate::distribution::{Samples, rounded};
use crate::machine::Machine;
use crate::place::Engine;
use crate::table::{Table, thousands};

/// One page and its times.
pub struct Timed {
    /// The page.
    pub page: Measured,
    /// Time on the server.
    pub server: Samples,
    /// Time until it was here.
    pub wall: Samples,
    /// Its size.
    pub bytes: usize,
}

impl Timed {
    /// Not asked yet.
    pub fn new(page: Measured) -> Self {
        Self {
            page,
            server: Samples::default(),
            wall: Samples::default(),
            bytes: 0,
        }
    }

    /// One more answer.
    pub fn push(&mut self, answered: &Answered) {
        self.server.push(answered.server_ms);
        self.wall.push(answered.wall_ms);
        self.bytes = answered.body.len();
    }

    /// As the results have it.
    pub fn json(&self) -> Value {
        json!({
            "page": self.page.name,
            "p50_ms": rounded(self.server.p50(), 2),
            "p99_ms": rounded(self.server.p99(), 2),
        })
    }
}

/// Everything measured.
pub struct Results {
    engine: Engine,
    machine: Machine,
    sizes: Vec<(u32, Vec<Timed>)>,
    /// The pages of people, setup and settings, where they were asked for.
    pub people: Option<People>,
}

impl Results {
    /// Nothing yet.
    pub const fn new(engine: Engine, machine: Machine) -> Self {
        Self {
            engine,
            machine,
            sizes: Vec::new(),
            people: None,
        }
    }

    /// One more size.
    pub fn push(&mut self, records: u32, timed: Vec<Timed>) {
        self.sizes.push((records, timed));
    }

    /// The tables, and the JSON of the largest size as the last line.
    pub fn print(&self) -> Result<()> {
        for (records, timed) in &self.sizes {
            print!("{}", self.table(*records, timed));
        }
        let (records, timed) = self.sizes.last().context("no size was measured")?;
        let mut object = self.json(*records, timed)?;
        if let [(small, before), (large, after)] = self.sizes.as_slice() {
            let ratios = ratios(before, after);
            print!("{}", comparison(*small, *large, &ratios));
            object["compared_with"] = json!(small);
            object["ratios"] = ratios
                .iter()
                .map(|ratio| {
                    json!({
                        "page": ratio.name,
                        "ratio": rounded(ratio.ratio(), 2),
                        "same_length": ratio.same_length,
                    })
                })
                .collect();
        }
        if let Some(people) = &self.people {
            for table in people.tables(self.engine) {
                print!("{table}");
            }
            object["people"] = people.json();
        }
        println!("{object}");
        Ok(())
    }

    /// One row for each filter of each list: the slowest of its sorts.
    fn table(&self, records: u32, timed: &[Timed]) -> Table {
        let title = format!(
            "Server time of pages with {} tickets, {}, load {} at the start; a row is a filter, of its sorts the slowest",
            thousands(records.into()),
            self.engine.name(),
            self.machine.load
        );
        let mut table = Table::new(
            title,
            &["page", "sorts", "p50 ms", "p99 ms", "p50 ms outside", "kB"],
        );
        let mut groups: BTreeMap<&str, Vec<&Timed>> = BTreeMap::new();
        for one in timed {
            groups.entry(&one.page.group).or_default().push(one);
        }
        for (group, members) in groups {
            let slowest = members
                .iter()
                .max_by(|a, b| a.server.p50().total_cmp(&b.server.p50()));
            let p99 = members
                .iter()
                .map(|one| one.server.p99())
                .fold(0.0, f64::max);
            if let Some(slowest) = slowest {
                table.push(vec![
                    group.to_owned(),
                    members.len().to_string(),
                    format!("{:.2}", slowest.server.p50()),
                    format!("{p99:.2}"),
                    format!("{:.2}", slowest.wall.p50()),
                    format!("{:.0}", slowest.bytes as f64 / 1024.0),
                ]);
            }
        }
        table
    }

    fn json(&self, records: u32, timed: &[Timed]) -> Result<Value> {
        let worst = timed
            .iter()
            .max_by(|a, b| a.server.p50().total_cmp(&b.server.p50()));
        let worst = worst.context("no page was measured")?;
        let pages: Vec<Value> = timed.iter().map(Timed::json).collect();
        Ok(json!({
            "engine": self.engine.name(),
            "records": records,
            "page": worst.page.name,
            "p50_ms": rounded(worst.server.p50(), 2),
            "p99_ms": rounded(worst.server.p99(), 2),
            "requests": worst.server.len(),
            "pages": pages,
            "machine": self.machine,
        }))
    }
}

/// Medians of one page at two sizes.
struct Ratio {
    name: String,
    small: f64,
    large: f64,
    /// Whether both show about as much: a filter that finds three rows at one size and fifty at the other compares
    /// rendering, not lists.
    same_length: bool,
}

impl Ratio {
    fn ratio(&self) -> f64 {
        self.large / self.small.max(0.01)
    }
}

/// Pages that exist at both sizes, the worst ratio first. Values of filters are the same in both worlds; a company's
/// address is not, and is named by what it is.
fn ratios(before: &[Timed], after: &[Timed]) -> Vec<Ratio> {
    let small: BTreeMap<&str, &Timed> = before
        .iter()
        .map(|one| (one.page.name.as_str(), one))
        .collect();
    let mut ratios: Vec<Ratio> = after
        .iter()
        .filter_map(|one| {
            let other = small.get(one.page.name.as_str())?;
            Some(Ratio {
                name: one.page.name.clone(),
                small: other.server.p50(),
                large: one.server.p50(),
                same_length: one.bytes.abs_diff(other.bytes) <= other.bytes / 5,
            })
        })
        .collect();
    ratios.sort_by(|a, b| b.ratio().total_cmp(&a.ratio()));
    ratios
}

fn comparison(small: u32, large: u32, ratios: &[Ratio]) -> Table {
    let like: Vec<&Ratio> = ratios.iter().filter(|ratio| ratio.same_length).collect();
    let middle = like.get(like.len() / 2).map_or(0.0, |ratio| ratio.ratio());
    let title = format!(
        "Medians at {} compared with {}, the 25 largest ratios of {} pages of the same length (half are below \
         {middle:.2}); {} pages show more at one size and are left out",
        thousands(large.into()),
        thousands(small.into()),
        like.len(),
        ratios.len() - like.len()
    );
    let mut table = Table::new(title, &["page", "small, ms", "large, ms", "ratio"]);
    for ratio in like.into_iter().take(25) {
        table.push(vec![
            ratio.name.clone(),
            format!("{:.2}", ratio.small),
            format!("{:.2}", ratio.large),
            format!("{:.2}", ratio.ratio()),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::plain;
    use super::*;

    fn timed(name: &str, millis: f64) -> Timed {
        let mut timed = Timed::new(plain(name, "/"));
        timed.server.push(millis);
        timed
    }

    #[test]
    fn the_worst_ratio_comes_first_and_unknown_pages_are_left_out() {
        let before = [timed("a", 2.0), timed("b", 2.0)];
        let after = [timed("a", 2.2), timed("b", 3.0), timed("c", 9.0)];
        let found: Vec<(String, f64)> = ratios(&before, &after)
            .into_iter()
            .map(|ratio| (ratio.name.clone(), rounded(ratio.ratio(), 2)))
            .collect();
        assert_eq!(found, [("b".to_owned(), 1.5), ("a".to_owned(), 1.1)]);
    }
}
