//! Programs the tests need that cargo cannot bring: a PostgreSQL server, Chromium with a font, rustfmt, clippy.
//!
//! As root with apt (continuous integration) what is missing is installed. Anyone else is told the one command that
//! does it. A missing program is a failure, never a skipped test.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::postgres;
use crate::process::{capture, cargo, describe, find_program, is_root};

/// Where tests find Chromium.
pub const TEST_CHROMIUM: &str = "PORTICO_TEST_CHROMIUM";

const CLUSTER_CONFIG: &str = "/etc/postgresql-common/createcluster.conf";

/// Something the tests need, and the Debian package that brings it.
struct Tool {
    what: &'static str,
    package: &'static str,
    present: fn() -> bool,
}

const TOOLS: &[Tool] = &[
    Tool {
        what: "a PostgreSQL server (initdb, postgres)",
        package: "postgresql",
        present: || postgres::find_bin_dir().is_some(),
    },
    Tool {
        what: "Chromium",
        package: "chromium",
        present: || find_chromium().is_some(),
    },
    Tool {
        what: "a text font",
        package: "fonts-dejavu-core",
        present: || has_font("DejaVuSans.ttf"),
    },
    Tool {
        what: "an emoji font",
        package: "fonts-noto-color-emoji",
        present: || has_font("NotoColorEmoji.ttf"),
    },
];

/// The browser for tests: the one named by `PORTICO_TEST_CHROMIUM`, else the first one in `PATH`.
pub fn find_chromium() -> Option<PathBuf> {
    if let Some(chosen) = std::env::var_os(TEST_CHROMIUM).filter(|value| !value.is_empty()) {
        return Some(PathBuf::from(chosen));
    }
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(find_program)
}

/// Installs or names what is missing; returns a line that says what was found.
pub fn provide() -> Result<String> {
    components()?;
    let mut lacking = missing();
    if !lacking.is_empty() {
        for tool in &lacking {
            println!("missing: {} (package {})", tool.what, tool.package);
        }
        let packages: Vec<&str> = lacking.iter().map(|tool| tool.package).collect();
        install(&packages)?;
        lacking = missing();
    }
    if let Some(tool) = lacking.first() {
        bail!(
            "{} is still missing after installing {}",
            tool.what,
            tool.package
        );
    }
    let server = postgres::find_bin_dir()
        .context("PostgreSQL")?
        .join("postgres");
    let server = capture(Command::new(server).arg("--version"))?;
    println!("{}", server.trim());
    if let Some(browser) = find_chromium() {
        println!("{}", browser.display());
    }
    let version = server
        .split_whitespace()
        .nth(2)
        .unwrap_or("of unknown version");
    Ok(format!("PostgreSQL {version}"))
}

fn missing() -> Vec<&'static Tool> {
    TOOLS.iter().filter(|tool| !(tool.present)()).collect()
}

/// Fails unless cargo can format and lint.
fn components() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if capture(cargo().args([subcommand, "--version"])).is_err() {
            bail!(
                "the Rust toolchain has no {component}; install it with: rustup component add rustfmt clippy"
            );
        }
    }
    Ok(())
}

fn install(packages: &[&str]) -> Result<()> {
    let apt = find_program("apt-get");
    let Some(apt) = apt.filter(|_| is_root()) else {
        bail!(
            "missing packages; install them with: sudo apt-get install --no-install-recommends {}",
            packages.join(" ")
        );
    };
    no_main_cluster()?;
    let apt_get = || {
        let mut command = Command::new(&apt);
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .env("UCF_FORCE_CONFFOLD", "1");
        command.args(["-o", "Acquire::Retries=3", "-q"]);
        command
    };
    quietly(apt_get().arg("update"))?;
    quietly(
        apt_get()
            .args(["install", "-y", "--no-install-recommends"])
            .args(packages),
    )
}

/// Runs apt-get, whose hundreds of lines matter only when it fails.
fn quietly(command: &mut Command) -> Result<()> {
    println!("$ {}", describe(command));
    capture(command).map(drop)
}

/// Keeps Debian from creating and starting a cluster of its own when the server is installed.
fn no_main_cluster() -> Result<()> {
    let path = Path::new(CLUSTER_CONFIG);
    if path.exists() {
        return Ok(());
    }
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).with_context(|| format!("create {}", dir.display()))?;
    }
    std::fs::write(path, "create_main_cluster = false\n")
        .with_context(|| format!("write {CLUSTER_CONFIG}"))
}

/// Looks where Debian puts fonts, two folders deep.
fn has_font(file: &str) -> bool {
    let Ok(kinds) = std::fs::read_dir("/usr/share/fonts") else {
        return false;
    };
    kinds.flatten().any(|kind| {
        std::fs::read_dir(kind.path()).is_ok_and(|families| {
            families
                .flatten()
                .any(|family| family.path().join(file).is_file())
        })
    })
}
