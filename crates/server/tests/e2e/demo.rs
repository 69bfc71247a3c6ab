//! The real binary as a person starts it: `portico demo`, in a folder of its own, on a free port.

use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long a start may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running demo and what it printed.
pub struct Demo {
    child: Child,
    _data: TempDir,
    /// Address of the pages.
    pub address: String,
    /// E-mail to sign in with.
    pub email: String,
    /// Password to sign in with.
    pub password: String,
    /// Every line printed up to the sign-in, for walks that need the sandbox's credentials.
    pub printed: Vec<String>,
}

impl Demo {
    /// Starts the demo and reads where it is and how to sign in.
    pub async fn start(arguments: &[&str]) -> Self {
        let data = tempfile::tempdir().expect("a folder for the data");
        let mut child = Command::new(env!("CARGO_BIN_EXE_portico"))
            .arg("demo")
            .args(["--port", "0", "--data"])
            .arg(data.path())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the demo starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
        let mut demo = Self {
            child,
            _data: data,
            address: String::new(),
            email: String::new(),
            password: String::new(),
            printed: Vec::new(),
        };
        let reading = async {
            // Without a connection the sandboxes' credentials follow the sign-in, Autotask's first.
            let empty = arguments.contains(&"--empty");
            let mut sandbox_told = !empty;
            while demo.password.is_empty() || !sandbox_told {
                let line = lines
                    .next_line()
                    .await
                    .expect("its output is text")
                    .expect("it prints a sign-in");
                if let Some(address) = value_after(&line, "Open") {
                    demo.address = address;
                } else if let Some(email) = value_after(&line, "E-mail") {
                    demo.email = email;
                } else if let Some(password) = value_after(&line, "Password") {
                    demo.password = password;
                }
                sandbox_told |= line.trim_start().starts_with("Integration code");
                demo.printed.push(line);
            }
        };
        tokio::time::timeout(PATIENCE, reading)
            .await
            .expect("the demo is up in time");
        // Somebody must go on reading, or the demo would wait for its reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        demo
    }

    /// The value printed beside a label, such as the sandbox's secret.
    pub fn printed_value(&self, label: &str) -> String {
        self.printed
            .iter()
            .find_map(|line| value_after(line, label))
            .unwrap_or_else(|| panic!("\"{label}\" is printed:\n{}", self.printed.join("\n")))
    }

    /// Stops it.
    pub async fn stop(mut self) {
        let _already_gone = self.child.kill().await;
    }
}

fn value_after(line: &str, label: &str) -> Option<String> {
    let rest = line.trim().strip_prefix(label)?;
    let value = rest.trim_start_matches([':', ' ']).trim();
    (!value.is_empty()).then(|| value.to_owned())
}
