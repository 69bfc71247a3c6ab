//! How SQLite reads a page of a list: one range of one index, in order, whatever the filter and sort.

use domain::record::Batch;
use sqlx::Connection;
use store::pages::Absence;
use store::{Database, Engine};

use crate::harness::{Home, execute, integration, sqlite_only};
use crate::records::{company, contact, store_companies, store_page, store_tickets, ticket};

#[test]
fn a_page_of_keys_is_one_range_of_one_index() {
    sqlite_only(async |home| {
        let store = home.open().await;
        check(&home).await;
        // Nobody runs ANALYZE here, and somebody might. What it says must not lead the planner elsewhere; for single
        // rows, not even what it said before there were any, which a connection goes by until it reads the schema anew.
        let at = integration(&store, "a").await;
        execute(&home, "ANALYZE").await;
        check_rows(&explain(&home).await);
        let companies: Vec<_> = (0..300)
            .map(|number| company(&number.to_string(), &format!("Company {number}")))
            .collect();
        store_companies(&store, at, &companies).await;
        let tickets: Vec<_> = (0..3_000_i64)
            .map(|number| {
                let mut ticket = ticket(&number.to_string(), &(number % 300).to_string(), number);
                ticket.status_id = Some(if number % 100 == 0 { "1" } else { "5" }.into());
                ticket.technician_external_id = Some((number % 3).to_string());
                ticket.priority_id = Some("2".into());
                ticket
            })
            .collect();
        store_tickets(&store, at, &tickets).await;
        let contacts: Vec<_> = (0..900)
            .map(|number| {
                contact(
                    &number.to_string(),
                    &(number % 300).to_string(),
                    "Ann",
                    &number.to_string(),
                )
            })
            .collect();
        store_page(&store, at, &contacts, Batch::Contacts, Absence::Present).await;
        execute(&home, "ANALYZE").await;
        check(&home).await;
        store.close().await;
    });
}

/// What a statement is handed as a list leads, and rows are looked up for it. The other way round, the list is gone
/// through once for every row of the table.
#[test]
fn a_list_that_is_handed_over_leads() {
    sqlite_only(async |home| {
        home.open().await.close().await;
        let mut checked = 0;
        for (name, steps) in explain_loops(&home).await {
            let is_list = |text: &str| {
                text.starts_with("SCAN json_each") || text == "SCAN f VIRTUAL TABLE INDEX 1:"
            };
            for (at, (parent, text)) in steps.iter().enumerate() {
                if !is_list(text) {
                    continue;
                }
                let around = steps[..at].iter().find(|(other, before)| {
                    other == parent && (before.starts_with("SCAN") || before.starts_with("SEARCH"))
                });
                assert_eq!(around, None, "{name} goes through its list for every row");
                checked += 1;
            }
        }
        assert!(checked >= 30, "{checked} lists were checked");
    });
}

/// Whether something is linked is looked up for each row, among what is linked to it, and not among all that a tool has;
/// and what Quick Match kept is checked without looking at a record.
#[test]
fn links_are_looked_up_by_what_they_lead_to() {
    sqlite_only(async |home| {
        home.open().await.close().await;
        let (mut links, mut versions) = (0, 0);
        for (name, steps) in explain(&home).await {
            let of = |module: &str| name.starts_with(&format!("store::{module}::"));
            if of("quick_match") || of("company_import") {
                for step in steps.iter().filter(|step| step.starts_with("SEARCH o ")) {
                    assert!(step.contains("company_id=?"), "{name}: {step}");
                    links += 1;
                }
            }
            if name == "store::quick_match::EXTERNAL_COMPANIES" {
                assert_eq!(
                    steps,
                    ["SCAN x USING COVERING INDEX external_company_version"]
                );
                versions += 1;
            }
            if name == "store::company_import::BLOCKED" {
                assert!(
                    steps[0].contains("company_removed_by")
                        && steps[1].contains("external_company_by_company (company_id=?"),
                    "{name}: {steps:?}"
                );
            }
        }
        assert!(
            links >= 4 && versions == 1,
            "{links} links, {versions} versions"
        );
    });
}

/// A batch of contacts to import is where the last one ended, and not what is left after all of them were sorted.
#[test]
fn contacts_to_import_are_walked_and_never_sorted() {
    sqlite_only(async |home| {
        home.open().await.close().await;
        let plans = explain(&home).await;
        let steps = steps_of(&plans, "store::contact_import::CANDIDATES_SQLITE");
        assert_eq!(steps[0], "SEARCH w USING INTEGER PRIMARY KEY (rowid>?)");
        assert!(
            !steps.iter().any(|step| step.contains("TEMP B-TREE")),
            "{steps:?}"
        );
    });
}

/// What a tool calls its statuses is looked up on every page of tickets, beside a contract for each company.
#[test]
fn reference_items_of_a_kind_are_one_range() {
    sqlite_only(async |home| {
        home.open().await.close().await;
        let plans = explain(&home).await;
        let steps = steps_of(&plans, "store::reference_items::LIST_KIND");
        assert_eq!(
            steps[0],
            "SEARCH reference_item USING INDEX sqlite_autoindex_reference_item_1 (integration_id=? AND kind=?)"
        );
    });
}

/// What is kept of a page whose records are not told whole is looked up with one statement, by the vendor's ids.
#[test]
fn parts_of_a_page_are_looked_up_together() {
    sqlite_only(async |home| {
        home.open().await.close().await;
        let plans = explain(&home).await;
        for kind in ["COMPANY", "CONTACT", "TICKET", "NOTE", "OPPORTUNITY"] {
            let steps = steps_of(&plans, &format!("store::pages::parts::{kind}_SQLITE"));
            let by_ids = steps.iter().any(|step| {
                step.starts_with("SEARCH") && step.ends_with("(integration_id=? AND external_id=?)")
            });
            let list = steps.iter().any(|step| step.starts_with("SCAN json_each"));
            assert!(by_ids && list, "{kind}: {steps:?}");
        }
    });
}

/// How many records there are is counted without looking at one.
#[test]
fn shown_records_are_counted_from_indexes_alone() {
    sqlite_only(async |home| {
        home.open().await.close().await;
        let mut checked = 0;
        for (name, steps) in explain(&home).await {
            if !name.ends_with("::count_shown") && name != "store::company_adoption::COUNT" {
                continue;
            }
            let reads = steps.iter().filter(|step| {
                step.starts_with("SEARCH")
                    || (step.starts_with("SCAN") && *step != "SCAN CONSTANT ROW")
            });
            for step in reads {
                assert!(
                    step.contains("COVERING INDEX"),
                    "{name} looks at rows: {step}"
                );
                checked += 1;
            }
        }
        assert_eq!(checked, 2 * 8 + 1);
    });
}

#[test]
fn companies_are_counted_by_the_rule_without_sorting_them() {
    sqlite_only(async |home| {
        home.open().await.close().await;
        let plans = explain(&home).await;
        let steps = steps_of(&plans, "store::company_import::GROUPS");
        assert_eq!(
            steps,
            &["SEARCH x USING COVERING INDEX external_company_by_rule (integration_id=?)"]
        );
    });
}

/// The steps of every statement's plan, by the statement's name.
async fn explain(home: &Home) -> Vec<(&'static str, Vec<String>)> {
    let texts = |steps: Vec<(i64, String)>| steps.into_iter().map(|step| step.1).collect();
    let plans = explain_loops(home).await.into_iter();
    plans.map(|(name, steps)| (name, texts(steps))).collect()
}

/// The steps of one statement.
fn steps_of<'a>(plans: &'a [(&'static str, Vec<String>)], wanted: &str) -> &'a [String] {
    let found = plans.iter().find(|(name, _)| *name == wanted);
    &found.expect("the statement").1
}

/// The same with the step each one is part of.
async fn explain_loops(home: &Home) -> Vec<(&'static str, Vec<(i64, String)>)> {
    let Database::Sqlite(path) = &home.config.database else {
        panic!("SQLite")
    };
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let mut connection = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    let mut plans = Vec::new();
    for statement in store::statement::all() {
        if !statement.engines.contains(&Engine::Sqlite) {
            continue;
        }
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.sql));
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        plans.push((
            statement.name,
            plan.into_iter().map(|step| (step.1, step.3)).collect(),
        ));
    }
    plans
}

async fn check(home: &Home) {
    let plans = explain(home).await;
    check_rows(&plans);
    check_ranges(&plans);
}

/// Rows of a page are looked up by id, whatever the planner believes about the size of a table.
fn check_rows(plans: &[(&'static str, Vec<String>)]) {
    let mut checked = 0;
    for (name, steps) in plans {
        if !(name.ends_with("::ROWS_SQLITE") || name.ends_with("::LINKS_SQLITE")) {
            continue;
        }
        let text = steps.join("\n");
        let by_id = ["t", "k", "o", "c", "x"]
            .map(|alias| format!("SEARCH {alias} USING INTEGER PRIMARY KEY (rowid=?)"));
        assert!(
            steps.iter().any(|step| by_id.contains(step)),
            "{name} does not look up by id:\n{text}"
        );
        // Integrations are a handful, and the ids are those of the page.
        let scans = steps.iter().filter(|step| {
            let mut words = step.split(' ');
            words.next() == Some("SCAN") && !matches!(words.next(), Some("i" | "f"))
        });
        assert_eq!(scans.count(), 0, "{name} scans:\n{text}");
        assert!(
            !text.contains("AUTOMATIC"),
            "{name} builds an index:\n{text}"
        );
        checked += 1;
    }
    assert_eq!(checked, 6);
}

fn check_ranges(plans: &[(&'static str, Vec<String>)]) {
    let mut checked = 0;
    for (name, steps) in plans {
        let Some((_, kind)) = name.rsplit_once("::") else {
            continue;
        };
        let ranges = ["keys_", "count_", "walk_"];
        if !ranges.iter().any(|range| kind.starts_with(range)) || name.contains("pages::") {
            continue;
        }
        let text = steps.join("\n");
        // A filter's tickets by creation are sorted, from an index that has all they need.
        let tickets = name.starts_with("store::tickets::");
        let sorted = tickets && kind.contains("_Created_") && !kind.starts_with("keys_All");
        assert_eq!(
            text.contains("TEMP B-TREE"),
            sorted,
            "{name} sorts:\n{text}"
        );
        let walked: Vec<&String> = steps
            .iter()
            .filter(|step| {
                ["SEARCH t ", "SCAN t USING", " k ", " o ", " c "]
                    .iter()
                    .any(|alias| format!("{step} ").contains(alias))
            })
            .collect();
        assert_eq!(walked.len(), 1, "{name} reads its table once:\n{text}");
        let by_company = kind.contains("_Company") && !kind.starts_with("count_plain_");
        let alone = kind.starts_with("count_plain_")
            || (tickets && !by_company && !kind.starts_with("keys_All_Updated"));
        assert!(
            !alone || walked[0].contains("COVERING INDEX"),
            "{name} looks at rows:\n{text}"
        );
        let index = match kind.split('_').find_map(|part| match part {
            "Company" => Some("company_update"),
            "Technician" | "Nobody" => Some("technician"),
            "Status" => Some("status"),
            "Priority" => Some("priority"),
            "Queue" => Some("queue"),
            _ => None,
        }) {
            Some(lead) if tickets => format!("INDEX ticket_by_{lead} ("),
            _ => "INDEX".to_owned(),
        };
        assert!(
            walked[0].contains(&index),
            "{name} is led by another index:\n{text}"
        );
        if !kind.starts_with("count_") && !sorted {
            assert!(
                walked[0].starts_with("SEARCH"),
                "{name} reads everything:\n{text}"
            );
            assert!(
                walked[0].contains(">?")
                    || walked[0].contains("<?")
                    || walked[0].contains("<(")
                    || walked[0].contains(">("),
                "{name} does not seek:\n{text}"
            );
        }
        let others = steps
            .iter()
            .filter(|step| step.starts_with("SCAN") && !walked.iter().any(|walk| walk == step))
            // What a walk found is gone through once.
            .filter(|step| !(kind.starts_with("walk_") && *step == "SCAN t"));
        assert_eq!(
            others.filter(|step| !step.contains("counted")).count(),
            0,
            "{name} scans:\n{text}"
        );
        checked += 1;
    }
    assert!(
        checked >= 28 + 2 + 14 + 4 + 4 + 12 + 3 + 8 + 4,
        "{checked} statements were checked"
    );
}
