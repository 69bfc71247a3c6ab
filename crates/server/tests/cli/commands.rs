//! Commands that run to their end.

use std::os::unix::fs::PermissionsExt;

use crate::process::{portico, run, run_with_input, text};

#[test]
fn an_administrator_is_created_and_reset() {
    let data = tempfile::tempdir().unwrap();
    let create = [
        "create-admin",
        "--email",
        "ann@example.com",
        "--name",
        "Ann Porter",
    ];
    let output = run_with_input(data.path(), &create, "four wet grey stones\n");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("Created the administrator Ann Porter"));
    let output = run_with_input(data.path(), &create, "nine dry green leaves\n");
    assert!(text(&output.stdout).contains("has the new password now"));
    let output = run_with_input(data.path(), &create, "short\n");
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("at least 15"));
    let output = run(data.path(), &create);
    assert!(
        text(&output.stderr).contains("--generate-password"),
        "no input at all"
    );
    let mut generate = create.to_vec();
    generate.push("--generate-password");
    assert!(text(&run(data.path(), &generate).stdout).contains("Password: "));
}

#[test]
fn doctor_finds_what_is_wrong() {
    let data = tempfile::tempdir().unwrap();
    let output = run(data.path(), &["doctor"]);
    assert!(!output.status.success());
    assert!(
        text(&output.stdout).contains("FAIL  Database          there is no database at"),
        "{}",
        text(&output.stdout)
    );
    run_with_input(
        data.path(),
        &["create-admin", "--email", "a@example.com", "--name", "A"],
        "four wet grey stones\n",
    );
    let output = run(data.path(), &["doctor"]);
    assert!(output.status.success(), "{}", text(&output.stdout));
    let mode = |name: &str| {
        std::fs::metadata(data.path().join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode("portico.db.key"), 0o600);
    std::fs::set_permissions(
        data.path().join("portico.db.key"),
        std::fs::Permissions::from_mode(0o644),
    )
    .unwrap();
    assert!(text(&run(data.path(), &["doctor"]).stdout).contains("WARN  File permissions"));
    std::fs::remove_file(data.path().join("portico.db.key")).unwrap();
    let output = run(data.path(), &["doctor"]);
    assert!(!output.status.success(), "{}", text(&output.stdout));
}

#[test]
fn a_backup_goes_back_in() {
    let data = tempfile::tempdir().unwrap();
    let create = |email: &str| {
        let output = run_with_input(
            data.path(),
            &["create-admin", "--email", email, "--name", "A"],
            "four wet grey stones\n",
        );
        text(&output.stdout)
    };
    let refused = run_with_input(
        data.path(),
        &["create-admin", "--email", "peter@x", "--name", "A"],
        "four wet grey stones\n",
    );
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("\"peter@x\" is no e-mail address"));
    create("ann@example.com");
    let file = data.path().join("copy.db");
    let to = file.to_str().unwrap();
    let output = run(data.path(), &["backup", "--to", to]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(
        text(&output.stdout).contains("not part of this backup"),
        "{}",
        text(&output.stdout)
    );
    assert!(
        !run(data.path(), &["backup", "--to", to]).status.success(),
        "never over something"
    );
    create("bob@example.com");
    let output = run(data.path(), &["restore", "--from", to]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("is kept as"));
    assert!(
        text(&output.stdout).contains("The credentials in it can be read"),
        "{}",
        text(&output.stdout)
    );
    let key = data.path().join("portico.db.key");
    let elsewhere = data.path().join("elsewhere");
    std::fs::rename(&key, &elsewhere).unwrap();
    let output = run(data.path(), &["restore", "--from", to]);
    assert!(
        text(&output.stderr).contains("is missing or lacks the key"),
        "{}",
        text(&output.stderr)
    );
    std::fs::rename(&elsewhere, &key).unwrap();
    assert!(
        create("ann@example.com").contains("existed"),
        "Ann is in the backup"
    );
    assert!(
        create("bob@example.com").contains("Created"),
        "Bob came after it"
    );
    std::fs::write(&file, "nonsense").unwrap();
    let output = run(data.path(), &["restore", "--from", to]);
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("nothing was changed"));
}

#[test]
fn keys_are_rotated() {
    let data = tempfile::tempdir().unwrap();
    run_with_input(
        data.path(),
        &["create-admin", "--email", "a@example.com", "--name", "A"],
        "four wet grey stones\n",
    );
    let output = run(data.path(), &["rotate-key"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("Every stored secret is sealed with"));
    let told = text(&run(data.path(), &["doctor"]).stdout);
    let old = told
        .split("--forget ")
        .nth(1)
        .expect("the way to retire a key");
    let old = old.split_whitespace().next().unwrap();

    // By hand it is no way: the database still asks for the key.
    let file = data.path().join("portico.db.key");
    let both = std::fs::read_to_string(&file).unwrap();
    let newest = both.lines().last().unwrap();
    std::fs::write(&file, newest).unwrap();
    let output = run(data.path(), &["rotate-key", "--seal"]);
    assert!(
        text(&output.stderr).contains(old),
        "{}",
        text(&output.stderr)
    );
    std::fs::write(&file, &both).unwrap();

    let output = run(data.path(), &["rotate-key", "--forget", "0123456789abcdef"]);
    assert!(
        text(&output.stderr).contains("there is no key"),
        "{}",
        text(&output.stderr)
    );
    let output = run(data.path(), &["rotate-key", "--forget", old]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let left = std::fs::read_to_string(&file).unwrap();
    let keys: Vec<_> = left.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(keys, [newest]);
    let create = ["create-admin", "--email", "a@example.com", "--name", "A"];
    let output = run_with_input(data.path(), &create, "nine dry green leaves\n");
    assert!(
        output.status.success(),
        "it starts without the old key: {}",
        text(&output.stderr)
    );
    assert!(text(&run(data.path(), &["doctor"]).stdout).contains("the one key"));
}

#[test]
fn the_api_is_described_without_a_database() {
    let data = tempfile::tempdir().unwrap();
    let output = run(data.path(), &["openapi"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        document["openapi"].as_str().map(|version| &version[..3]),
        Some("3.1")
    );
    assert!(
        std::fs::read_dir(data.path()).unwrap().next().is_none(),
        "nothing was created"
    );
}

#[test]
fn mistakes_are_told_in_a_sentence() {
    let data = tempfile::tempdir().unwrap();
    for (arguments, message) in [
        (vec!["worker"], "needs PostgreSQL"),
        (vec!["serve", "--no-worker"], "needs PostgreSQL"),
        (vec!["sync", "autotask"], "nothing is connected yet"),
        (
            vec!["doctor", "--config", "/nowhere/portico.toml"],
            "cannot be read",
        ),
    ] {
        let output = run(data.path(), &arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(
            text(&output.stderr).contains(message),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        assert!(!text(&output.stderr).contains("panicked"));
    }
    let output = portico(data.path(), &["doctor"])
        .env("PORTICO__LOG__LEVLE", "warn")
        .output()
        .unwrap();
    assert!(
        text(&output.stderr).contains("levle"),
        "{}",
        text(&output.stderr)
    );
}
