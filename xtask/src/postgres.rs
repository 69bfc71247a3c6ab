//! A throwaway PostgreSQL: one cluster in a temporary folder, on a unix socket only, gone when its owner is gone.
//!
//! `postgres` itself is started, not `pg_ctl`, and it asks the kernel for SIGQUIT when the thread that started it
//! ends (`setpriv --pdeathsig`, from util-linux, which every Debian has). So no server outlives us, whether we return,
//! fail, are interrupted or are killed. The signal follows the *thread*: start clusters from the main thread. What
//! stays behind after a kill is the folder; [`sweep`] removes such folders at the next start. Whose folder is dead is
//! told by a file lock, which the kernel also releases by itself, never by a process id, which may be reused.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::account::Account;
use crate::process::{capture, find_program};

const PREFIX: &str = "portico-pg-";
const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(20);
/// A lock file younger than this may belong to a start that has not taken its lock yet.
const SWEEP_AGE: Duration = Duration::from_secs(60);

/// What the cluster is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Tests: nothing is flushed to disk.
    Tests,
    /// Measurements: PostgreSQL's own defaults, every commit flushed.
    Durable,
}

/// A running throwaway cluster; dropping it stops the server and removes the folder.
pub struct Cluster {
    server: Child,
    dir: PathBuf,
    lock_path: PathBuf,
    _lock: File,
}

impl Cluster {
    /// Creates and starts a cluster, and waits until it answers. Call it on the main thread.
    ///
    /// Fails when no PostgreSQL server is installed, when it refuses to start, and after a minute without answer.
    pub fn start(purpose: Purpose) -> Result<Self> {
        let bin = find_bin_dir()
            .context("no PostgreSQL server found; run `cargo xtask test --only tools`")?;
        let base = base_dir();
        sweep(&base);
        let name = unique_name();
        let lock_path = base.join(format!("{name}.lock"));
        let lock =
            File::create(&lock_path).with_context(|| format!("create {}", lock_path.display()))?;
        lock.lock()
            .with_context(|| format!("lock {}", lock_path.display()))?;
        let dir = base.join(name);
        match launch(&bin, &dir, purpose) {
            Ok(server) => Ok(Self {
                server,
                dir,
                lock_path,
                _lock: lock,
            }),
            Err(error) => {
                remove(&dir, &lock_path);
                Err(error)
            }
        }
    }

    /// The superuser's address, understood by sqlx and by libpq (`psql "$URL"`).
    pub fn url(&self) -> String {
        format!(
            "postgres://postgres@localhost/postgres?host={}",
            self.dir.display()
        )
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        stop(&mut self.server);
        remove(&self.dir, &self.lock_path);
    }
}

/// The folder that holds `initdb` and `postgres`: `pg_config`'s, else Debian's newest, else the one in `PATH`.
pub fn find_bin_dir() -> Option<PathBuf> {
    let mut candidates = Vec::new();
    if let Some(pg_config) = find_program("pg_config")
        && let Ok(text) = capture(Command::new(pg_config).arg("--bindir"))
    {
        candidates.push(PathBuf::from(text.trim()));
    }
    candidates.extend(debian_bin_dirs());
    if let Some(dir) = find_program("initdb").and_then(|file| Some(file.parent()?.to_path_buf())) {
        candidates.push(dir);
    }
    candidates
        .into_iter()
        .find(|dir| dir.join("initdb").is_file() && dir.join("postgres").is_file())
}

/// Debian's `/usr/lib/postgresql/NN/bin`, highest version first.
fn debian_bin_dirs() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir("/usr/lib/postgresql") else {
        return Vec::new();
    };
    let mut versions: Vec<u32> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    versions
        .into_iter()
        .map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")))
        .collect()
}

/// A unix socket's path may have about 107 bytes, so a long `TMPDIR` is not used.
fn base_dir() -> PathBuf {
    let dir = std::env::temp_dir();
    if dir.as_os_str().len() <= 60 {
        dir
    } else {
        PathBuf::from("/tmp")
    }
}

fn unique_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{PREFIX}{}-{count}", std::process::id())
}

fn launch(bin: &Path, dir: &Path, purpose: Purpose) -> Result<Child> {
    let account = Account::for_server()?;
    std::fs::create_dir(dir).with_context(|| format!("create {}", dir.display()))?;
    account.own(dir)?;
    let data = dir.join("data");
    initdb(bin, &data, &account)?;

    let log_path = dir.join("log");
    let log = File::create(&log_path).context("create the server's log")?;
    let mut server = account.command(bin.join("postgres"), Some("QUIT"));
    server
        .arg("-D")
        .arg(&data)
        .args(["-c", "listen_addresses=", "-c", "max_connections=200"]);
    server
        .arg("-c")
        .arg(format!("unix_socket_directories={}", dir.display()));
    if purpose == Purpose::Tests {
        for setting in [
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
        ] {
            server.args(["-c", setting]);
        }
    }
    server
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    let mut child = server.spawn().context("start postgres")?;
    if let Err(error) = wait_until_ready(&mut child, &data, &log_path) {
        stop(&mut child);
        return Err(error);
    }
    Ok(child)
}

/// A linguistic collation is asked for on purpose: production databases have one, and text that Portico sorts without
/// `COLLATE "C"` then fails in a test instead of at a customer.
fn initdb(bin: &Path, data: &Path, account: &Account) -> Result<()> {
    let mut base = vec![
        "--no-sync",
        "--no-instructions",
        "--auth=trust",
        "--username=postgres",
        "--encoding=UTF8",
    ];
    base.push("--locale=C.UTF-8");
    let icu = ["--locale-provider=icu", "--icu-locale=en-US"];
    let mut command = account.command(bin.join("initdb"), None);
    command.arg("-D").arg(data).args(&base).args(icu);
    if capture(&mut command).is_ok() {
        return Ok(());
    }
    // Before version 15, and in builds without ICU, the plain locale has to do.
    let mut command = account.command(bin.join("initdb"), None);
    command.arg("-D").arg(data).args(&base);
    capture(&mut command).map(drop)
}

/// The eighth line of `postmaster.pid` says `ready` once connections are accepted.
fn wait_until_ready(child: &mut Child, data: &Path, log: &Path) -> Result<()> {
    let start = Instant::now();
    loop {
        let pid_file = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        if pid_file
            .lines()
            .nth(7)
            .is_some_and(|line| line.trim() == "ready")
        {
            return Ok(());
        }
        let ended = child.try_wait()?;
        if ended.is_some() || start.elapsed() > START_TIMEOUT {
            let text = std::fs::read_to_string(log).unwrap_or_default();
            bail!("PostgreSQL did not become ready ({ended:?}):\n{text}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Immediate shutdown, then a kill when it is not heard.
fn stop(server: &mut Child) {
    // The shell's own `kill`: no dependency, and procps is not on every machine.
    let _ = Command::new("sh")
        .arg("-c")
        .arg(format!("kill -QUIT {}", server.id()))
        .status();
    let start = Instant::now();
    while start.elapsed() < STOP_TIMEOUT {
        if !matches!(server.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = server.kill();
    let _ = server.wait();
}

/// Removes the folders of runs that are over. Trouble is ignored: it only costs disk space.
fn sweep(base: &Path) {
    let Ok(entries) = std::fs::read_dir(base) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(stem) = name.to_str().and_then(|name| name.strip_suffix(".lock")) else {
            continue;
        };
        let old = entry
            .metadata()
            .and_then(|meta| meta.modified())
            .is_ok_and(is_old);
        if !stem.starts_with(PREFIX) || !old {
            continue;
        }
        let Ok(file) = File::open(entry.path()) else {
            continue;
        };
        match file.try_lock() {
            Ok(()) => remove(&base.join(stem), &entry.path()),
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
        }
    }
}

fn is_old(modified: std::time::SystemTime) -> bool {
    modified.elapsed().is_ok_and(|age| age > SWEEP_AGE)
}

/// The lock file goes last: as long as it stands, another sweep can finish an interrupted one.
fn remove(dir: &Path, lock_path: &Path) {
    if std::fs::remove_dir_all(dir).is_ok() || !dir.exists() {
        let _ = std::fs::remove_file(lock_path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leftover(base: &Path, name: &str, age: Duration) -> File {
        let dir = base.join(format!("{PREFIX}{name}"));
        std::fs::create_dir_all(dir.join("data")).unwrap();
        let lock = File::create(dir.with_extension("lock")).unwrap();
        #[expect(
            clippy::disallowed_methods,
            reason = "the age of a file is a matter of the wall clock"
        )]
        lock.set_modified(std::time::SystemTime::now() - age)
            .unwrap();
        lock
    }

    #[test]
    fn sweep_removes_folders_of_dead_runs_only() {
        let base = std::env::temp_dir().join(format!("portico-sweep-{}", std::process::id()));
        std::fs::create_dir_all(&base).unwrap();
        drop(leftover(&base, "dead", SWEEP_AGE * 2));
        drop(leftover(&base, "starting", Duration::ZERO));
        let alive = leftover(&base, "alive", SWEEP_AGE * 2);
        alive.lock().unwrap();
        sweep(&base);
        let mut left: Vec<String> = std::fs::read_dir(&base)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        std::fs::remove_dir_all(&base).unwrap();
        let expected = ["alive", "alive.lock", "starting", "starting.lock"]
            .map(|name| format!("{PREFIX}{name}"));
        assert_eq!(left, expected);
    }

    #[test]
    fn cluster_listens_while_it_lives_and_leaves_nothing() {
        if find_bin_dir().is_none() {
            assert!(
                std::env::var_os(crate::test::REQUIRE_ALL).is_none(),
                "no PostgreSQL server on this machine"
            );
            return;
        }
        let cluster = Cluster::start(Purpose::Tests).unwrap();
        let (dir, lock_path) = (cluster.dir.clone(), cluster.lock_path.clone());
        assert!(
            cluster.url().ends_with(dir.to_str().unwrap()),
            "{}",
            cluster.url()
        );
        let socket = std::os::unix::net::UnixStream::connect(dir.join(".s.PGSQL.5432"));
        assert!(socket.is_ok(), "{socket:?}");
        drop(cluster);
        assert!(!dir.exists() && !lock_path.exists());
    }
}
