//! Commands that run to their end.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use domain::clock::SystemClock;
use domain::secret::Secret;
use domain::settings::IntegrationSettings;
use store::integrations::{self, NewIntegration};
use store::{Store, StoreConfig, audit, identities, secrets, two_factor};

use crate::process::{portico, run, run_with_input, text};

/// The audit log of a database nobody has open: who did what to what, oldest first.
async fn trail(data: &std::path::Path) -> Vec<String> {
    let config = StoreConfig::sqlite(data.join("portico.db"));
    let store = Store::open(config, Arc::new(SystemClock)).await.unwrap();
    let entries = audit::list_entries(&store, None, 50).await.unwrap();
    store.close().await;
    let told = |entry: audit::AuditRow| {
        let (who, what) = (entry.actor, entry.action);
        format!(
            "{who} {what} {} {}",
            entry.subject_kind, entry.subject_label
        )
    };
    entries.into_iter().rev().map(told).collect()
}

#[tokio::test]
async fn an_administrator_is_created_and_reset() {
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
    let unseen = "\u{200b}\u{feff}";
    let refused = run_with_input(
        data.path(),
        &["create-admin", "--email", "a@example.com", "--name", unseen],
        "four wet grey stones\n",
    );
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("not only invisible ones"));
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

#[tokio::test]
async fn keys_are_rotated() {
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
    let kept = trail(data.path()).await;
    for what in ["rotate", "forget"] {
        let entry = format!("command_line:Command line master_key.{what} installation Master key");
        let times = kept.iter().filter(|one| **one == entry).count();
        assert_eq!(times, 1, "{entry}: {kept:?}");
    }
}

/// What a lost key sealed, by way of the store: an integration's credentials and an authenticator app's secret.
#[tokio::test]
async fn a_lost_key_is_given_up() {
    let data = tempfile::tempdir().unwrap();
    let create = ["create-admin", "--email", "a@example.com", "--name", "A"];
    run_with_input(data.path(), &create, "four wet grey stones\n");
    let open = async || {
        let config = StoreConfig::sqlite(data.path().join("portico.db"));
        Store::open(config, Arc::new(SystemClock)).await.unwrap()
    };
    let store = open().await;
    let ann = identities::find_identity_by_email(&store, "a@example.com")
        .await
        .unwrap()
        .unwrap();
    let secret = Secret::from("sealed with the first key");
    let mut tx = store.begin().await.unwrap();
    let new = NewIntegration {
        provider: "autotask",
        name: "Autotask of East",
        settings: &IntegrationSettings::default(),
    };
    let integration = integrations::insert_integration(&mut tx, &new)
        .await
        .unwrap()
        .id;
    integrations::update_connected(&mut tx, integration, "East", None, &[], store.now())
        .await
        .unwrap();
    let owner = secrets::integration_owner(integration);
    secrets::put_secret(&mut tx, &owner, "secret", &secret)
        .await
        .unwrap();
    two_factor::enable(&mut tx, ann.id, &secret, 1, &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    store.close().await;

    let output = run(data.path(), &["rotate-key", "--lost", "--yes"]);
    assert!(
        text(&output.stderr).contains("Nothing is lost"),
        "{}",
        text(&output.stderr)
    );
    std::fs::remove_file(data.path().join("portico.db.key")).unwrap();
    let output = run_with_input(data.path(), &create, "four wet grey stones\n");
    let told = text(&output.stderr);
    assert!(
        !output.status.success() && told.contains("rotate-key --lost"),
        "{told}"
    );
    let output = run_with_input(data.path(), &["rotate-key", "--lost"], "no\n");
    let told = text(&output.stdout);
    assert!(
        told.contains("Autotask of East") && told.contains("a@example.com"),
        "{told}"
    );
    assert!(text(&output.stderr).contains("Nothing was given up"));
    let output = run_with_input(data.path(), &["rotate-key", "--lost"], "yes\n");
    assert!(output.status.success(), "{}", text(&output.stderr));

    let store = open().await;
    let kept = integrations::find_integration(&store, integration)
        .await
        .unwrap()
        .unwrap();
    assert!(!kept.has_credentials());
    assert!(!two_factor::has_second_factor(&store, ann.id).await.unwrap());
    assert!(
        secrets::find_secrets(&store, &owner)
            .await
            .unwrap()
            .is_empty()
    );
    store.close().await;
    let told = text(&run(data.path(), &["doctor"]).stdout);
    assert!(told.contains("the one key"), "{told}");
    let kept = trail(data.path()).await;
    let lost = [
        "integration.disconnect integration Autotask of East",
        "two_factor.reset identity a@example.com",
        "master_key.give_up installation Master key",
    ];
    assert_eq!(
        kept[kept.len() - 3..],
        lost.map(|what| format!("command_line:Command line {what}"))
    );
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

#[test]
fn every_vendor_has_a_sandbox_command_with_its_own_options() {
    let data = tempfile::tempdir().unwrap();
    let all = text(&run(data.path(), &["sandbox", "--help"]).stdout);
    for vendor in &simulator::VENDORS {
        assert!(all.contains(vendor.about()), "{}: {all}", vendor.key());
        let command = vendor.key().replace('_', "-");
        let own = text(&run(data.path(), &["sandbox", &command, "--help"]).stdout);
        assert!(own.starts_with(vendor.about()), "{own}");
        let companies = format!("[default: {}]", simulator::WorldConfig::SANDBOX_COMPANIES);
        assert!(own.contains(&companies), "several pages: {own}");
        for option in vendor.options() {
            let long = format!("--{} <", option.key.replace('_', "-"));
            assert!(own.contains(&long), "{long}: {own}");
        }
        let unknown = run(data.path(), &["sandbox", &command, "--nonsense"]);
        assert_eq!(unknown.status.code(), Some(2), "{command}");
    }
}
