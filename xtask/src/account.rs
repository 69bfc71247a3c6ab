//! The account PostgreSQL runs under: ours, or `postgres` when we are root, which `initdb` and `postgres` refuse.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{find_program, is_root};

/// An account to start server processes under.
pub enum Account {
    /// The account that runs xtask.
    Current,
    /// Another account, reachable because we are root.
    Other {
        /// Its user id.
        uid: u32,
        /// Its primary group's id.
        gid: u32,
    },
}

impl Account {
    /// Our own account, or as root the one named `postgres`, or `nobody` where the server came without an account.
    pub fn for_server() -> Result<Self> {
        if !is_root() {
            return Ok(Self::Current);
        }
        let passwd = std::fs::read_to_string("/etc/passwd").context("read /etc/passwd")?;
        find(&passwd, "postgres")
            .or_else(|| find(&passwd, "nobody"))
            .map(|(uid, gid)| Self::Other { uid, gid })
            .context(
                "PostgreSQL refuses to run as root, and there is no account `postgres` or `nobody`",
            )
    }

    /// Hands a file or folder to the account.
    pub fn own(&self, path: &Path) -> Result<()> {
        match self {
            Self::Current => Ok(()),
            Self::Other { uid, gid } => std::os::unix::fs::chown(path, Some(*uid), Some(*gid))
                .with_context(|| format!("hand {} to uid {uid}", path.display())),
        }
    }

    /// A command that runs under the account and, if asked, gets `death_signal` when the thread that started it ends.
    ///
    /// Where `setpriv` is missing the command still runs, without the death signal.
    pub fn command(&self, program: impl AsRef<OsStr>, death_signal: Option<&str>) -> Command {
        let Some(setpriv) = find_program("setpriv") else {
            return self.plain_command(program);
        };
        let mut command = Command::new(setpriv);
        if let Self::Other { uid, gid } = self {
            command
                .arg(format!("--reuid={uid}"))
                .arg(format!("--regid={gid}"))
                .arg("--clear-groups");
        }
        if let Some(signal) = death_signal {
            command.arg(format!("--pdeathsig={signal}"));
        } else if matches!(self, Self::Current) {
            return self.plain_command(program);
        }
        command.arg("--").arg(program);
        clean(&mut command);
        command
    }

    fn plain_command(&self, program: impl AsRef<OsStr>) -> Command {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new(program);
        if let Self::Other { uid, gid } = self {
            command.uid(*uid).gid(*gid);
        }
        clean(&mut command);
        command
    }
}

/// Keeps a person's own PostgreSQL settings away from the throwaway one.
fn clean(command: &mut Command) {
    for key in [
        "PGDATA",
        "PGHOST",
        "PGPORT",
        "PGUSER",
        "PGDATABASE",
        "PGOPTIONS",
        "PGPASSWORD",
    ] {
        command.env_remove(key);
    }
    command.current_dir("/");
}

fn find(passwd: &str, name: &str) -> Option<(u32, u32)> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next() != Some(name) {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some((uid, gid))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_is_found_by_whole_name() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\npostgres2:x:7:8::/:/bin/sh\npostgres:x:101:104::/:/bin/sh\n";
        assert_eq!(find(passwd, "postgres"), Some((101, 104)));
        assert_eq!(find(passwd, "nobody"), None);
    }
}
