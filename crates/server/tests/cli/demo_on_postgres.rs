//! `portico demo --database`: its records in a PostgreSQL database that holds nothing else.

use std::path::Path;
use std::process::Output;

use crate::demo::{PATIENCE, client_for};
use crate::missing_database::missing_database;
use crate::process::{Running, portico, run, text};

/// A small demo on this database, with more arguments.
fn arguments<'a>(database: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["demo", "--port", "0", "--database", database];
    arguments.extend(["--companies", "3", "--tickets", "20"]);
    arguments.extend(more);
    arguments
}

/// What a demo that does not start says.
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    text(&output.stderr)
}

/// Whether each PSA has tickets in the list.
async fn lists_tickets_of_all(client: &reqwest::Client, address: &str) {
    let get = async |path: &str| {
        let answer = client.get(format!("{address}{path}")).send().await.unwrap();
        answer.text().await.unwrap()
    };
    let page = get("/tickets?closed=all").await;
    let (_, choices) = page.split_once("id=\"filter-integration\"").unwrap();
    let (choices, _) = choices.split_once("</select>").unwrap();
    for name in ["Autotask", "ConnectWise Manage", "Halo PSA", "Syncro"] {
        let (before, _) = choices.split_once(&format!(">{name}<")).expect(name);
        let (_, id) = before.rsplit_once("value=\"").unwrap();
        let (id, _) = id.split_once('"').unwrap();
        let page = get(&format!("/tickets?closed=all&integration={id}")).await;
        assert!(page.contains("href=\"/tickets/"), "{name} has tickets");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_keeps_its_records_in_the_database_given() {
    let Some(database) = missing_database() else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("demo");
    let mut command = portico(&folder, &arguments(&database, &[]));
    // What is configured is not used here either.
    command.envs([
        (
            "PORTICO__DATABASE__URL",
            "mysql://nobody@127.0.0.1:1/portico",
        ),
        ("PORTICO_MASTER_KEY_FILE", "/nowhere/portico.key"),
    ]);
    let mut demo = Running::spawn(command);
    demo.wait_for("the same command goes on", PATIENCE);
    let first = demo.values();
    let client = client_for(&first["Open"], &first["E-mail"], &first["Password"]).await;
    demo.wait_for("Syncro: ", PATIENCE);
    lists_tickets_of_all(&client, &first["Open"]).await;
    let second = refused(&run(&folder, &arguments(&database, &[])));
    assert!(
        second.contains("A demo runs in this folder already"),
        "{second}"
    );
    assert_eq!(demo.terminate(), Some(0));
    assert!(
        !folder.join("portico.db").exists(),
        "no record is in the folder"
    );

    // The same command goes on, with the same sign-in and what was read.
    let mut demo = Running::start(&folder, &arguments(&database, &[]));
    demo.wait_for("the same command goes on", PATIENCE);
    let again = demo.values();
    assert_eq!(again["Password"], first["Password"]);
    let client = client_for(&again["Open"], &again["E-mail"], &again["Password"]).await;
    lists_tickets_of_all(&client, &again["Open"]).await;
    assert_eq!(demo.terminate(), Some(0));

    // Without its database the folder is refused, and so is the database without its folder.
    let told = refused(&run(&folder, &["demo", "--port", "0"]));
    assert!(
        told.contains("keeps its records in PostgreSQL") && told.contains("--database"),
        "{told}"
    );
    let other = data.path().join("other");
    let told = refused(&run(&other, &arguments(&database, &[])));
    assert!(told.contains("a demo in another folder"), "{told}");
    assert!(!other.exists(), "nothing was made");
}

/// The variables of an installation on a database.
fn installation<'a>(database: &'a str, key: &'a str) -> [(&'a str, &'a str); 2] {
    [
        ("PORTICO__DATABASE__URL", database),
        ("PORTICO_MASTER_KEY_FILE", key),
    ]
}

/// Makes the administrator of an installation on this database.
fn install(folder: &Path, database: &str, key: &str) -> Output {
    let arguments = ["create-admin", "--email", "a@example.com", "--name", "A"];
    let mut command = portico(folder, &arguments);
    command
        .arg("--generate-password")
        .envs(installation(database, key));
    command.output().unwrap()
}

#[test]
fn a_demo_refuses_the_database_of_an_installation() {
    let Some(database) = missing_database() else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let key = data.path().join("portico.key");
    store::key_ring::create(&key).unwrap();
    let key = key.to_str().unwrap();
    let folder = data.path().join("demo");
    // A demo that ended on a taken port had its database created, and nothing put into it.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let told = refused(&run(
        &folder,
        &["demo", "--database", &database, "--port", &port],
    ));
    assert!(told.contains("--port"), "{told}");
    let made = install(data.path(), &database, key);
    assert!(made.status.success(), "{}", text(&made.stderr));

    for folder in [folder, data.path().join("elsewhere")] {
        let told = refused(&run(&folder, &arguments(&database, &["--empty"])));
        assert!(
            told.contains("holds something else than a demo: an installation"),
            "{told}"
        );
        assert!(!folder.join("world.json").exists(), "nothing made up");
    }
    let mut doctor = portico(data.path(), &["doctor"]);
    let report = doctor.envs(installation(&database, key)).output().unwrap();
    assert!(report.status.success(), "{}", text(&report.stdout));
}

#[test]
fn a_folder_with_records_in_sqlite_takes_no_database() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("demo");
    let small = [
        "demo",
        "--empty",
        "--port",
        "0",
        "--companies",
        "3",
        "--tickets",
        "20",
    ];
    let mut demo = Running::start(&folder, &small);
    demo.wait_for("Ctrl-C", PATIENCE);
    assert_eq!(demo.terminate(), Some(0));
    // Nobody is there, and nobody is asked.
    let nowhere = "postgres://nobody:sesame@127.0.0.1:1/portico";
    let told = refused(&run(&folder, &arguments(nowhere, &[])));
    assert!(
        told.contains("in SQLite") && told.contains("--database"),
        "{told}"
    );
    let mut demo = Running::start(&folder, &small);
    demo.wait_for("Ctrl-C", PATIENCE);
    assert_eq!(demo.terminate(), Some(0));
}

#[test]
fn an_address_that_leads_nowhere_is_told_without_its_password() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("demo");
    for (address, said) in [
        (
            "postgres://nobody:sesame@127.0.0.1:1/portico",
            "cannot reach PostgreSQL",
        ),
        ("mysql://nobody:sesame@127.0.0.1/portico", "postgres://"),
        ("nobody:sesame", "postgres://"),
        ("", "--database is empty"),
    ] {
        let told = refused(&run(&folder, &arguments(address, &[])));
        assert!(
            told.contains(said) && !told.contains("sesame"),
            "{address:?}: {told}"
        );
        assert!(!folder.exists(), "nothing was made");
    }
}
