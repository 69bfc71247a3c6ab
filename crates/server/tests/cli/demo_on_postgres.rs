//! `portico demo --database`: its records in a PostgreSQL database that holds nothing else.

use std::path::Path;
use std::process::Output;

use domain::secret::Secret;

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
    assert!(told.contains("another demo than the one in"), "{told}");
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

/// Creates a database that holds nothing.
async fn create(database: &str) {
    let nobodys = store::KeySource::Text(Secret::from(""));
    let config = store::StoreConfig::postgres(Secret::from(database), nobodys);
    store::whose::create_database(&config).await.unwrap();
}

/// What is in the folder of a demo that began and what it lacks decide where the next start goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_demo_goes_on_from_wherever_its_first_start_ended() {
    let Some(database) = missing_database() else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("demo");
    let empty = arguments(&database, &["--empty"]);
    // It ended before the database was claimed, and after the mark was made.
    create(&database).await;
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("database.mark"), "mine").unwrap();
    let mut demo = Running::start(&folder, &empty);
    demo.wait_for("the same command goes on", PATIENCE);
    assert_eq!(demo.terminate(), Some(0));
    let mark = || std::fs::read_to_string(folder.join("database.mark")).unwrap();
    assert_eq!(mark(), "mine");

    // A command that knows nothing of the database leaves one of its own in the folder.
    let admin = ["create-admin", "--email", "a@example.com", "--name", "A"];
    let made = run(
        &folder,
        &[admin.as_slice(), &["--generate-password"]].concat(),
    );
    assert!(made.status.success(), "{}", text(&made.stderr));
    let mut demo = Running::start(&folder, &empty);
    demo.wait_for("the same command goes on", PATIENCE);
    assert_eq!(demo.terminate(), Some(0));

    // Without its key or its mark it does not go on, and makes none anew.
    let (key, away) = (folder.join("demo.key"), folder.join("away"));
    std::fs::rename(&key, &away).unwrap();
    let told = refused(&run(&folder, &empty));
    assert!(
        told.contains("demo.key") && told.contains("is gone"),
        "{told}"
    );
    assert!(!key.exists());
    std::fs::rename(&away, &key).unwrap();
    std::fs::write(folder.join("database.mark"), "another").unwrap();
    let told = refused(&run(&folder, &empty));
    assert!(told.contains("another demo than the one in"), "{told}");
    assert_eq!(mark(), "another");
}

#[test]
fn a_first_start_that_fails_leaves_the_folder_free() {
    let Some(database) = missing_database() else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("demo");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut to_taken = vec!["demo", "--database", &database, "--port", &port];
    to_taken.extend(["--companies", "3", "--tickets", "20"]);
    let told = refused(&run(&folder, &to_taken));
    assert!(told.contains("--port"), "{told}");
    let mut demo = Running::start(&folder, &["demo", "--empty", "--port", "0"]);
    demo.wait_for("the same command goes on", PATIENCE);
    assert_eq!(demo.terminate(), Some(0));
    assert!(folder.join("portico.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_refuses_the_database_of_an_installation() {
    let Some(database) = missing_database() else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let key = data.path().join("portico.key");
    store::key_ring::create(&key).unwrap();
    let key = key.to_str().unwrap();
    create(&database).await;
    let made = install(data.path(), &database, key);
    assert!(made.status.success(), "{}", text(&made.stderr));

    for folder in ["demo", "elsewhere"] {
        let folder = data.path().join(folder);
        let told = refused(&run(&folder, &arguments(&database, &["--empty"])));
        assert!(
            told.contains("holds something else than a demo: an installation"),
            "{told}"
        );
        assert!(!folder.exists(), "nothing was made");
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
        (
            "mysql://nobody:sesame@127.0.0.1/portico",
            "--database begins with mysql://",
        ),
        ("nobody:sesame", "--database is no address"),
        ("", "--database is empty"),
        (
            "postgres://nobody:sesame@127.0.0.1:1",
            "--database names no database",
        ),
        (
            "postgres://nobody:sesame@127.0.0.1:1/?dbname=",
            "--database names no database",
        ),
        (
            "postgres://nobody:sesame@127.0.0.1:1/postgres",
            "is the server's own",
        ),
        (
            "postgres://nobody:sesame@127.0.0.1:1/mine?dbname=template1",
            "is the server's own",
        ),
        ("postgres://nobody:sesame@[::1/portico", "cannot be read"),
    ] {
        let told = refused(&run(&folder, &arguments(address, &[])));
        assert!(
            told.contains(said) && !told.contains("sesame"),
            "{address:?}: {told}"
        );
        assert!(!folder.exists(), "nothing was made");
    }
}
