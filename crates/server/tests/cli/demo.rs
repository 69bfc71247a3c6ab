//! `portico demo` from the first start to the second, and the sandbox alone.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use crate::process::{Running, portico, run, run_with_input, text};

pub const PATIENCE: Duration = Duration::from_secs(120);

pub async fn client_for(address: &str, email: &str, password: &str) -> reqwest::Client {
    let client = reqwest::Client::builder()
        .cookie_store(true)
        .no_proxy()
        .build()
        .unwrap();
    let page = client
        .get(format!("{address}/sign-in"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let token = page
        .split_once("name=\"csrf\" value=\"")
        .unwrap()
        .1
        .split_once('"')
        .unwrap()
        .0
        .to_owned();
    let form = [
        ("csrf", token.as_str()),
        ("email", email),
        ("password", password),
    ];
    let page = client
        .post(format!("{address}/sign-in"))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert!(page.status().is_success(), "{}", page.status());
    assert!(!page.url().path().contains("sign-in"), "{}", page.url());
    client
}

/// The number before a word in a line such as `5 companies, 1,234 tickets.`
fn count_of(line: &str, what: &str) -> i64 {
    let line = line.replace(',', "");
    let before = line.split(&format!(" {what}")).next().unwrap();
    before.split_whitespace().last().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_starts_syncs_stops_and_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("demo");
    let arguments = ["demo", "--port", "0", "--companies", "5", "--tickets", "60"];
    let mut demo = Running::start(&folder, &arguments);
    demo.wait_for("Ctrl-C", PATIENCE);
    let values = demo.values();
    let (address, email, password) = (&values["Open"], &values["E-mail"], &values["Password"]);
    // By its name, since passkeys belong to one; the number leads to the same pages.
    assert!(address.starts_with("http://localhost:"), "{address}");
    client_for(&address.replace("localhost", "127.0.0.1"), email, password).await;
    let client = client_for(address, email, password).await;
    assert_eq!(
        client
            .get(format!("{address}/profile"))
            .send()
            .await
            .unwrap()
            .status(),
        200,
        "usable at once"
    );
    let line = demo.wait_for("First sync complete", PATIENCE);
    assert_eq!(count_of(&line, "tickets"), 60, "{line}");
    assert_eq!(
        client
            .get(format!("{address}/readyz"))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    let other = run(
        &folder,
        &[
            "create-admin",
            "--email",
            "a@example.com",
            "--name",
            "A",
            "--generate-password",
        ],
    );
    assert!(
        text(&other.stderr).contains("in use by another Portico process"),
        "{}",
        text(&other.stderr)
    );
    let state = || std::fs::read(folder.join("sandbox.state")).unwrap();
    let before = state();
    let second = run(&folder, &["demo", "--port", "0"]);
    assert_eq!(second.status.code(), Some(1));
    let told = text(&second.stderr);
    assert!(
        told.contains("A demo runs in this folder already"),
        "{told}"
    );
    assert!(state().starts_with(&before), "not written anew");
    assert_eq!(demo.terminate(), Some(0));

    let mut demo = Running::start(&folder, &["demo", "--port", "0"]);
    demo.wait_for("Ctrl-C", PATIENCE);
    let again = demo.values();
    assert_eq!(
        (&again["E-mail"], &again["Password"]),
        (email, password),
        "the printed sign-in stays"
    );
    client_for(&again["Open"], email, password).await;
    demo.wait_for("Connected to the Autotask sandbox", PATIENCE);
    assert_eq!(demo.terminate(), Some(0));

    let mine = "nine dry green leaves";
    let change = ["create-admin", "--email", email, "--name", "Alex Demo"];
    assert!(
        run_with_input(&folder, &change, &format!("{mine}\n"))
            .status
            .success()
    );
    let mut demo = Running::start(&folder, &["demo", "--port", "0"]);
    demo.wait_for("Ctrl-C", PATIENCE);
    let changed = demo.values();
    assert_eq!(changed["Password"], "the one you chose");
    client_for(&changed["Open"], email, mine).await;
    assert_eq!(demo.terminate(), Some(0));

    let output = run(&folder, &["demo", "--port", "0", "--tickets", "70"]);
    assert!(
        text(&output.stderr).contains("holds a demo with"),
        "{}",
        text(&output.stderr)
    );
}

/// The settings of an installation on PostgreSQL with a mail server, in a file; neither server is there.
fn settings(folder: &Path) -> String {
    let file = folder.join("portico.toml");
    let key = folder.join("portico.key");
    std::fs::write(&key, format!("{}=\n", "A".repeat(43))).unwrap();
    std::fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    let text = format!(
        "[database]\nurl = \"postgres://nobody@127.0.0.1:1/portico\"\n\
         [security]\nmaster_key_file = \"{}\"\n\
         [mail]\ntransport = \"smtp\"\nsmtp_host = \"127.0.0.1\"\nsmtp_port = 1\n",
        key.display()
    );
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}

#[test]
fn a_demo_keeps_to_its_folder_whatever_is_configured() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("demo");
    let settings = settings(data.path());
    let small = ["--companies", "3", "--tickets", "20"];
    let arguments = ["demo", "--empty", "--port", "0", "--config", &settings];
    let mut demo = Running::start(&folder, &[arguments.as_slice(), &small].concat());
    demo.wait_for("Ctrl-C", PATIENCE);
    assert_eq!(demo.terminate(), Some(0));
    for own in ["portico.db", "portico.db.key", "world.json"] {
        assert!(folder.join(own).exists(), "{own}");
    }
}

/// A demo without connections in an environment that is wrong in all that a demo sets itself.
fn demo_amid_mistakes(folder: &Path, more: &[&str]) -> Running {
    let arguments = ["demo", "--empty", "--port", "0"];
    let mut command = portico(folder, &[arguments.as_slice(), more].concat());
    command.envs([
        ("PORTICO__SERVER__LISTEN", "everywhere"),
        (
            "PORTICO__DATABASE__URL",
            "mysql://nobody@127.0.0.1:1/portico",
        ),
        ("PORTICO__MAIL__TRANSPORT", "pigeon"),
        ("PORTICO__MAIL__SMTP_PASSWORD_FILE", "/nowhere/password"),
        ("PORTICO__SYNCRO__BASE_URL", "nowhere"),
    ]);
    Running::spawn(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_starts_over_mistakes_in_what_it_does_not_use() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("demo");
    let mut demo = demo_amid_mistakes(&folder, &["--companies", "3", "--tickets", "20"]);
    demo.wait_for("Ctrl-C", PATIENCE);
    let first = demo.values();
    let email = first["E-mail"].as_str();
    assert_eq!(demo.terminate(), Some(0));

    // Whoever forgot a password of their own is told a command that leads to this folder in this environment too.
    let change = ["create-admin", "--email", email, "--name", "Alex Demo"];
    let changed = run_with_input(&folder, &change, "nine dry green leaves\n");
    assert!(changed.status.success(), "{}", text(&changed.stderr));
    let mut demo = demo_amid_mistakes(&folder, &[]);
    demo.wait_for("Ctrl-C", PATIENCE);
    assert_eq!(demo.values()["Password"], "the one you chose");
    let told = demo.wait_for("--new-password", PATIENCE);
    assert!(
        told.contains("the same command with --new-password"),
        "{told}"
    );
    assert_eq!(demo.terminate(), Some(0));

    let mut demo = demo_amid_mistakes(&folder, &["--new-password"]);
    demo.wait_for("Ctrl-C", PATIENCE);
    let renewed = demo.values();
    assert_eq!(renewed["E-mail"], email);
    assert_ne!(renewed["Password"], first["Password"], "made up anew");
    client_for(&renewed["Open"], email, &renewed["Password"]).await;
    assert_eq!(demo.terminate(), Some(0));
}

#[test]
fn a_demo_refuses_mistakes_in_what_it_uses() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("demo");
    let mut command = portico(&folder, &["demo", "--empty", "--port", "0"]);
    command.env("PORTICO__WORKER__CONCURRENCY", "0");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(told.contains("worker.concurrency"), "{told}");
    assert!(!folder.exists(), "nothing was made");
}

#[test]
fn a_demo_refuses_the_folder_of_an_installation() {
    let data = tempfile::tempdir().unwrap();
    let admin = ["create-admin", "--email", "a@example.com", "--name", "A"];
    let admin = [admin.as_slice(), &["--generate-password"]].concat();
    assert!(run(data.path(), &admin).status.success());
    let names = || {
        let entries = std::fs::read_dir(data.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    let output = run(data.path(), &["demo", "--port", "0"]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(
        told.contains("holds the database of an installation") && told.contains("--data"),
        "{told}"
    );
    assert_eq!(names(), before, "nothing was changed");
}

#[test]
fn a_demo_of_an_earlier_release_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("demo");
    let settings = settings(data.path());
    // Earlier releases took the configured key, and knew no tickets of projects.
    let key = std::fs::read_to_string(&settings).unwrap();
    let key = key.lines().find(|line| line.starts_with("master_key_file"));
    let keyed = data.path().join("keyed.toml");
    std::fs::write(&keyed, format!("[security]\n{}\n", key.unwrap())).unwrap();
    let keyed = keyed.display().to_string();
    let admin = ["create-admin", "--email", "a@example.com", "--name", "A"];
    let more = ["--generate-password", "--config", &keyed];
    let made = run(&folder, &[admin.as_slice(), &more].concat());
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert!(!folder.join("portico.db.key").exists());
    let world = r#"{"seed": 42, "companies": 3, "contacts_per_company": 2, "technicians": 2,
        "tickets": 20, "opportunities": 2}"#;
    std::fs::write(folder.join("world.json"), world).unwrap();
    let mut demo = Running::start(
        &folder,
        &["demo", "--empty", "--port", "0", "--config", &settings],
    );
    demo.wait_for("Ctrl-C", PATIENCE);
    assert_eq!(demo.values()["E-mail"], "the one you chose");
    assert_eq!(demo.terminate(), Some(0));
}

#[test]
fn a_taken_port_is_named_with_a_way_out() {
    let data = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = run(data.path(), &["demo", "--port", &port]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("--port 8081"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn the_sandbox_prints_what_a_connector_needs() {
    let data = tempfile::tempdir().unwrap();
    let arguments = [
        "sandbox",
        "autotask",
        "--port",
        "0",
        "--tickets",
        "20",
        "--companies",
        "3",
        "--user",
        "me@example.com",
    ];
    let mut sandbox = Running::start(data.path(), &arguments);
    sandbox.wait_for("Ctrl-C", PATIENCE);
    let values = sandbox.values();
    assert_eq!(values["API user name"], "me@example.com");
    assert!(values["Zone look-up"].starts_with("http://127.0.0.1:"));
    assert_eq!(sandbox.terminate(), Some(0));
}
