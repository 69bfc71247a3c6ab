//! `portico create-admin`: an administrator from the command line, or a new password for one.

use std::io::{BufRead, IsTerminal};
use std::sync::Arc;

use anyhow::{Context, bail};
use domain::clock::{SharedClock, SystemClock};
use domain::email::{email_address, mailbox};
use domain::secret::Secret;
use domain::text::has_visible;
use store::identities::find_identity_by_email;

use super::{Source, output};
use crate::web::{password, token};
use crate::{administrator, app};

/// Arguments of `portico create-admin`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// E-mail address, with which the administrator signs in.
    #[arg(long)]
    email: String,
    /// Name.
    #[arg(long)]
    name: String,
    /// Also remove the person's second factors, when the phone and the recovery codes are lost.
    #[arg(long)]
    reset_two_factor: bool,

    /// Make a password up and print it, instead of reading one line from standard input.
    #[arg(long)]
    generate_password: bool,
}

/// Creates the administrator.
///
/// # Errors
/// When the address or password is not acceptable, or the database cannot be opened.
pub async fn run(source: &Source, arguments: Arguments) -> anyhow::Result<()> {
    let config = source.load(None)?;
    let email = arguments.email.trim();
    if mailbox(email).is_none() {
        bail!("{}", no_address(email));
    }
    let name = arguments.name.trim();
    if !has_visible(name) || name.chars().count() > 200 {
        bail!("the name must have 1 to 200 characters, and not only invisible ones");
    }
    let generated = arguments.generate_password;
    let new = if generated {
        generate()?
    } else {
        read_password()?
    };
    if let Some(problem) = password::problem(&new, &[name, email]) {
        bail!("{problem}");
    }
    let clock: SharedClock = Arc::new(SystemClock);
    let store = app::open_store(&config, clock).await?;
    // An administrator from before may have an address that would not be taken anew.
    if email_address(email).is_none() && find_identity_by_email(&store, email).await?.is_none() {
        bail!("{}", no_address(email));
    }
    let hash =
        password::hash_now(&new).map_err(|_| anyhow::anyhow!("the password cannot be hashed"))?;
    let reset = arguments.reset_two_factor;
    let created = administrator::create_or_reset(&store, name, email, &hash, reset).await?;
    store.close().await;
    output::say(&match created {
        true => format!("Created the administrator {name} <{email}>."),
        false => format!(
            "{email} existed: it has the new password now and is an administrator. Its sessions were ended."
        ),
    });
    if generated {
        output::say(&format!("Password: {}", new.expose()));
    }
    Ok(())
}

fn no_address(email: &str) -> String {
    format!("{email:?} is no e-mail address; it must be one such as ann@example.com")
}

/// A password nobody has to think up: 144 random bits as text.
///
/// # Errors
/// When the machine has no randomness to give.
pub fn generate() -> anyhow::Result<Secret> {
    let random =
        token::random().map_err(|_| anyhow::anyhow!("the machine has no randomness to give"))?;
    Ok(Secret::from(
        random
            .chars()
            .filter(|letter| letter.is_ascii_alphanumeric())
            .take(24)
            .collect::<String>(),
    ))
}

/// One line from standard input; on a terminal it is asked for and not shown.
fn read_password() -> anyhow::Result<Secret> {
    let stdin = std::io::stdin();
    let quiet = stdin.is_terminal().then(|| {
        output::complain("Password (at least 15 characters, not shown while typed): ");
        Quiet::start()
    });
    let mut line = String::new();
    stdin
        .lock()
        .read_line(&mut line)
        .context("The password cannot be read from standard input")?;
    drop(quiet);
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        bail!("Give the password as one line on standard input, or use --generate-password");
    }
    Ok(Secret::from(line))
}

/// Switches the terminal's echo off while it lives.
struct Quiet(Option<rustix::termios::Termios>);

impl Quiet {
    fn start() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let Ok(before) = tcgetattr(std::io::stdin()) else {
            return Self(None);
        };
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        match tcsetattr(std::io::stdin(), OptionalActions::Flush, &silent) {
            Ok(()) => Self(Some(before)),
            Err(_) => Self(None),
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _terminal_gone = rustix::termios::tcsetattr(
                std::io::stdin(),
                rustix::termios::OptionalActions::Flush,
                before,
            );
            output::complain("");
        }
    }
}
