//! Pages that only a few steps lead to: first start, links of mails, forms that come too late, second factors, syncs with
//! something to look at.

use std::process::Stdio;
use std::time::Duration;

use simulator::{Control, Fault, FaultKind, StandConfig, WorldConfig, start_vendor};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::Album;
use crate::browser::{Chromium, Tab};
use crate::chromium;
use crate::demo::Demo;
use crate::first_click_walk::{PASSWORD, code};
use crate::people::choose;
use crate::walk::{fill_in, on_step, open_setup, sign_in, wait_until_synced};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_meets_on_the_way_fits_too() {
    let Some(executable) = chromium() else { return };
    let mut album = Album::open();
    let demo = Demo::start(&["--tickets", "200"]).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&demo.address).await;
    tab.look(1440, false).await;

    tab.open("/nowhere").await;
    album.take_all(&tab, "failure-signed-out").await;
    tab.open("/forgot-password").await;
    tab.fill("email", &demo.email).await;
    tab.click("Send the link").await;
    tab.wait_until(
        "!document.querySelector('[name=email]')",
        "the link is on its way",
    )
    .await;
    album.take_all(&tab, "forgot-password-sent").await;

    sign_in(&tab, &demo).await;
    wait_until_synced(&tab).await;
    mail(&tab, &mut album, &demo).await;
    import(&tab, &mut album).await;
    late_forms(&tab, &mut album, &demo).await;
    second_factor(&tab, &mut album, &demo).await;
    tab.open("/settings/integrations/autotask/disconnect").await;
    tab.click("Disconnect").await;
    tab.wait_for_text("Disconnected").await;
    tab.open("/settings/integrations/autotask/delete").await;
    tab.wait_for_text("Delete for good").await;
    album.take_all(&tab, "confirm-delete").await;

    album.close();
    browser.close().await;
    demo.stop().await;
}

/// The message with a link, where the link leads, and what is said of one that was used.
async fn mail(tab: &Tab, album: &mut Album, demo: &Demo) {
    tab.open("/settings/mail").await;
    tab.click("Open").await;
    tab.wait_for_text("/set-password/").await;
    album.take_all(tab, "mail-message").await;
    let link = tab
        .text_of("document.querySelector('a[href*=\"/set-password/\"]').pathname")
        .await;
    tab.open("/").await;
    tab.sign_out().await;
    tab.open(&link).await;
    tab.wait_for_text("Choose a new password").await;
    album.take_all(tab, "set-password").await;
    tab.open("/set-password/of-nobody").await;
    album.take_all(tab, "set-password-spent").await;
    sign_in(tab, demo).await;
}

async fn import(tab: &Tab, album: &mut Album) {
    tab.open("/settings/users/import/autotask").await;
    choose(tab, "Technician").await;
    tab.click("Import Selected (1)").await;
    tab.wait_for_text("1 user created").await;
    album.take_all(tab, "import-report").await;
}

/// A form whose session ended, and what is asked after signing in again.
async fn late_forms(tab: &Tab, album: &mut Album, demo: &Demo) {
    let send = "document.querySelector('form[action=\"/profile\"]').submit()";
    tab.open("/profile").await;
    tab.forget_cookies().await;
    tab.text_of(send).await;
    tab.wait_for_text("Your session ended").await;
    album.take_all(tab, "session-ended").await;
    tab.fill("email", &demo.email).await;
    tab.fill("password", &demo.password).await;
    tab.click("Sign in").await;
    tab.wait_for_text("Send the form").await;
    album.take_all(tab, "send-it-again").await;
    tab.click("Send the form").await;
    tab.wait_until(
        "location.pathname === '/profile'",
        "the profile is shown again",
    )
    .await;
}

async fn second_factor(tab: &Tab, album: &mut Album, demo: &Demo) {
    tab.open("/profile").await;
    tab.click("Set up…").await;
    tab.fill("current_password", &demo.password).await;
    tab.click("Continue").await;
    tab.wait_until("document.querySelector('code.key')", "the key is shown")
        .await;
    album.take_all(tab, "two-factor-key").await;
    let key = tab
        .text_of("document.querySelector('code.key').innerText")
        .await;
    tab.fill("code", &code(&key, 0)).await;
    tab.click("Turn on").await;
    tab.wait_for_text("Keep these recovery codes").await;
    album.take_all(tab, "two-factor-codes").await;
    tab.click("I have saved them").await;
    tab.wait_for_text("Two-factor is on").await;
    tab.sign_out().await;
    tab.open("/").await;
    tab.fill("email", &demo.email).await;
    tab.fill("password", &demo.password).await;
    tab.click("Sign in").await;
    tab.wait_for_text("Confirm that it is you").await;
    album.take_all(tab, "sign-in-two-factor").await;
    tab.fill("code", &code(&key, 1)).await;
    tab.click("Sign in").await;
    tab.wait_for_text("Home").await;
}

/// `portico serve` in an empty folder, beside a sandbox that can be steered.
struct Serve {
    child: Child,
    _data: TempDir,
    address: String,
    /// Path and query of the page that makes the first administrator.
    welcome: String,
}

impl Serve {
    async fn start(sandbox: &str) -> Self {
        let data = tempfile::tempdir().expect("a folder for the data");
        let mut child = Command::new(env!("CARGO_BIN_EXE_portico"))
            .arg("serve")
            .env("PORTICO__STORAGE__DATA_DIR", data.path())
            .env("PORTICO__SERVER__LISTEN", "127.0.0.1:0")
            .env("PORTICO__AUTOTASK__BASE_URL", sandbox)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a log")).lines();
        let (address, welcome) = loop {
            let line = lines.next_line().await.expect("a log");
            let line = line.expect("it says where the first administrator is made");
            if let Some((before, token)) = line.split_once("/welcome?token=") {
                let at = before.rfind("http://").expect("a whole address");
                let token: String = token
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
                    .collect();
                break (before[at..].to_owned(), format!("/welcome?token={token}"));
            }
        };
        // Somebody must go on reading, or it would wait for its reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            child,
            _data: data,
            address,
            welcome,
        }
    }

    async fn stop(mut self) {
        let _already_gone = self.child.kill().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_and_syncs_with_something_to_look_at_fit_too() {
    let Some(executable) = chromium() else { return };
    let mut album = Album::open();
    let world = WorldConfig {
        companies: 6,
        tickets: 120,
        ..WorldConfig::default()
    };
    let config = StandConfig {
        world,
        limits: false,
        ..StandConfig::default()
    };
    let sandbox = start_vendor("autotask", config).await.expect("a sandbox");
    let control = sandbox.control().clone();
    let serve = Serve::start(sandbox.base_url().as_str()).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&serve.address).await;
    tab.look(1440, false).await;

    tab.open(&serve.welcome).await;
    tab.wait_for_text("Welcome to Portico").await;
    album.take_all(&tab, "welcome").await;
    for (name, text) in [
        ("name", "Ann Porter"),
        ("email", "ann@msp.example"),
        ("password", PASSWORD),
        ("repeated", PASSWORD),
    ] {
        tab.fill(name, text).await;
    }
    tab.click("Create administrator").await;
    tab.wait_until("!location.pathname.startsWith('/welcome')", "signed in")
        .await;
    for (name, path) in [
        ("home-empty", "/"),
        ("companies-nothing-yet", "/companies"),
        ("tickets-nothing-yet", "/tickets"),
    ] {
        tab.open(path).await;
        album.take_all(&tab, name).await;
    }

    spoil_one(&control);
    // Required rights that are missing keep the setup open.
    control.set_security("Contacts", "query", "None");
    open_setup(&tab, "autotask").await;
    let form = simulator::vendor("autotask").expect("a sandbox").form();
    fill_in(&tab, &form, &[]).await;
    // Meanwhile it says so, also to whoever does not see the page.
    control.set_fault(Fault::new(FaultKind::Hold));
    tab.click("Test Connection").await;
    let shown = |words: &str| {
        format!("document.querySelector('[role=status] > {words}').checkVisibility()")
    };
    tab.wait_until(
        &format!("{} && !{}", shown(".busy"), shown(".idle")),
        "the connection is being tested",
    )
    .await;
    control.release();
    tab.wait_for_text("These rights are missing").await;
    album.take_all(&tab, "setup-rights-missing").await;
    for step in ["sync", "configure", "import"] {
        tab.click("Next").await;
        on_step(&tab, step).await;
    }
    ended(&tab, "Partial").await;
    tab.open("/settings/integrations/autotask/setup/import")
        .await;
    tab.wait_for_text("cannot be completed yet").await;
    album.take_all(&tab, "setup-blocked").await;
    control.set_security("Contacts", "query", "All");
    tab.open("/settings/integrations/autotask/setup/connect")
        .await;
    tab.click("Next").await;
    on_step(&tab, "sync").await;
    tab.open("/settings/integrations/autotask/setup/import")
        .await;
    tab.click("Complete Setup").await;
    tab.wait_for_text("The setup is complete").await;
    newest_run(&tab, &mut album, "sync-run-set-aside").await;

    // Many are gone there: that is asked about. Other settings, so that it is not the same sync within two minutes.
    for ticket in control.ids("Tickets").into_iter().take(60) {
        control.delete("Tickets", ticket);
    }
    tab.open("/settings/integrations").await;
    tab.click("Auto-sync of Autotask").await;
    tab.wait_until(
        "document.querySelector('#card-autotask [role=switch]').ariaChecked === 'false'",
        "it is off",
    )
    .await;
    tab.open("/settings/integrations/autotask").await;
    control.set_fault(Fault::new(FaultKind::Hold).on_entity("Companies"));
    tab.click("Resync").await;
    tab.wait_until("location.pathname.includes('/runs/')", "the run is shown")
        .await;
    tab.look(390, false).await;
    tab.wait_until(
        "matchMedia('(width < 44rem)').matches && document.querySelector('#run-progress td > progress').checkVisibility()",
        "a phone shows how far it is",
    )
    .await;
    album.take_all(&tab, "sync-run-under-way").await;
    control.release();
    ended(&tab, "Partial").await;
    newest_run(&tab, &mut album, "sync-run-question").await;
    tab.open("/settings/integrations/autotask").await;
    album.take_all(&tab, "integration-question").await;

    album.close();
    browser.close().await;
    serve.stop().await;
    sandbox.stop().await;
}

/// Makes one ticket that cannot be read.
fn spoil_one(control: &Control) {
    let kind = FaultKind::GarbledRecord {
        id: control.ids("Tickets").get(3).copied(),
        field: "companyID".to_owned(),
    };
    control.set_fault(Fault::new(kind).on_entity("Tickets"));
}

/// Waits until the newest run has ended as said.
async fn ended(tab: &Tab, state: &str) {
    for _ in 0..240 {
        tab.open("/settings/integrations/autotask/runs").await;
        let newest = tab
            .text_of("(document.querySelector('main tbody tr') || document.body).innerText")
            .await;
        if newest.contains(state) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("the newest run is not {state}");
}

/// Takes the pictures of the newest run.
async fn newest_run(tab: &Tab, album: &mut Album, name: &str) {
    tab.open("/settings/integrations/autotask/runs").await;
    let run = tab
        .text_of("document.querySelector('main tbody tr a[href]').getAttribute('href')")
        .await;
    tab.open(&run).await;
    album.take_all(tab, name).await;
}
