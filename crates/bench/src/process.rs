//! One child process: started, watched, stopped or killed, and surely gone when its owner is gone.
//!
//! Children are started from the main thread with `setpriv --pdeathsig` where that exists, so that they also end when
//! this program is killed. Only processes started here are ever signalled.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use crate::machine;

/// How long an orderly stop may take before it becomes a kill.
const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// Where what a child prints goes.
#[derive(Debug, Clone)]
pub struct Output {
    /// Standard output.
    pub out: PathBuf,
    /// Standard error.
    pub err: PathBuf,
}

impl Output {
    /// Two files in a folder, named after the child.
    pub fn in_dir(dir: &Path, name: &str) -> Self {
        Self {
            out: dir.join(format!("{name}.out")),
            err: dir.join(format!("{name}.err")),
        }
    }

    /// The same, and nothing an earlier child of that name printed.
    pub fn fresh(dir: &Path, name: &str) -> Self {
        let output = Self::in_dir(dir, name);
        for path in [&output.out, &output.err] {
            // Usually there is none.
            let _ = std::fs::remove_file(path);
        }
        output
    }

    /// The last lines of both, for an error message.
    fn tail(&self) -> String {
        let last = |path: &Path| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            lines[lines.len().saturating_sub(20)..].join("\n")
        };
        format!("{}\n{}", last(&self.out), last(&self.err))
    }
}

/// A running child.
pub struct Process {
    name: &'static str,
    child: Child,
    pid: u32,
    output: Output,
}

impl Process {
    /// Starts a program. What it prints is appended to the files of `output`.
    pub fn start(
        name: &'static str,
        program: &Path,
        arguments: &[String],
        environment: &[(String, String)],
        output: Output,
    ) -> Result<Self> {
        let file = |path: &Path| {
            std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(path)
                .with_context(|| format!("open {}", path.display()))
        };
        let mut command = mortal(program);
        command
            .args(arguments)
            .envs(environment.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null())
            .stdout(file(&output.out)?)
            .stderr(file(&output.err)?)
            .kill_on_drop(true);
        let child = command
            .spawn()
            .with_context(|| format!("start {}", program.display()))?;
        let pid = child.id().context("the process ended at once")?;
        Ok(Self {
            name,
            child,
            pid,
            output,
        })
    }

    /// Fails, with the last lines it printed, when the process has ended.
    pub fn check_alive(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("{} ended ({status}):\n{}", self.name, self.output.tail());
        }
        Ok(())
    }

    /// Waits for a line of standard output that `read` makes something of.
    pub async fn wait_for_line<T>(
        &mut self,
        patience: Duration,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T> {
        let start = Instant::now();
        loop {
            let text = std::fs::read_to_string(&self.output.out).unwrap_or_default();
            if let Some(found) = text.lines().find_map(&read) {
                return Ok(found);
            }
            self.check_alive()?;
            if start.elapsed() > patience {
                bail!(
                    "{} said nothing useful for {patience:?}:\n{}",
                    self.name,
                    self.output.tail()
                );
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The most memory it has had resident so far, in MB.
    pub fn peak_rss_mb(&self) -> Result<f64> {
        machine::peak_rss_mb(self.pid)
    }

    /// Processor seconds it has used so far.
    pub fn cpu_seconds(&self) -> Result<f64> {
        machine::cpu_seconds(self.pid)
    }

    /// Kills it at once, as a power cut would (`SIGKILL`).
    pub async fn kill(mut self) -> Result<()> {
        self.check_alive()?;
        self.signal(Signal::KILL);
        self.child.wait().await?;
        Ok(())
    }

    /// Asks it to end (`SIGTERM`), and fails when it does not, or not cleanly.
    pub async fn stop(mut self) -> Result<ExitStatus> {
        self.check_alive()?;
        self.signal(Signal::TERM);
        match tokio::time::timeout(STOP_PATIENCE, self.child.wait()).await {
            Ok(status) => Ok(status?),
            Err(_) => {
                self.signal(Signal::KILL);
                self.child.wait().await?;
                bail!(
                    "{} did not stop within {STOP_PATIENCE:?}:\n{}",
                    self.name,
                    self.output.tail()
                );
            }
        }
    }

    /// The child has not been waited for, so its id is still its own.
    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // The only failure is that it is gone already.
            let _ = kill_process(pid, signal);
        }
    }
}

/// A command that dies with the thread that starts it. Start children from the main thread.
fn mortal(program: &Path) -> Command {
    let setpriv = Path::new("/usr/bin/setpriv");
    if setpriv.is_file() {
        let mut command = Command::new(setpriv);
        command.args(["--pdeathsig", "KILL", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shell(script: &str, dir: &Path) -> Process {
        let arguments = ["-c".to_owned(), script.to_owned()];
        let output = Output::in_dir(dir, "shell");
        Process::start("shell", Path::new("/bin/sh"), &arguments, &[], output).unwrap()
    }

    #[tokio::test]
    async fn lines_are_read_and_the_child_stops() {
        let dir = tempfile::tempdir().unwrap();
        let mut child = shell("echo hello; echo port 17; exec sleep 60", dir.path()).await;
        let patience = Duration::from_secs(10);
        let port = child
            .wait_for_line(patience, |line| {
                line.strip_prefix("port ")?.parse::<u16>().ok()
            })
            .await
            .unwrap();
        assert_eq!(port, 17);
        assert!(child.peak_rss_mb().unwrap() > 0.0);
        assert!(
            !child.stop().await.unwrap().success(),
            "ended by the signal"
        );
    }

    #[tokio::test]
    async fn an_early_end_shows_what_was_printed() {
        let dir = tempfile::tempdir().unwrap();
        let mut child = shell("echo no port >&2; exit 3", dir.path()).await;
        let wait = child.wait_for_line(Duration::from_secs(10), |_| None::<()>);
        let error = wait.await.unwrap_err().to_string();
        assert!(error.contains("no port") && error.contains('3'), "{error}");
    }
}
