//! The real binary as a person starts it: `portico demo`, in a folder of its own, on a free port.

use std::process::Stdio;
use std::time::Duration;

use domain::field::FormField;
use domain::provider;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long a start may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// What follows a vendor's name where its sandbox is described.
const HEADING: &str = " sandbox at ";

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
    /// Every line printed up to the sign-in, and those about the sandboxes where nothing is connected.
    printed: Vec<String>,
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
            // Without a connection the sandboxes' credentials follow the sign-in, and an empty line ends them.
            let empty = arguments.contains(&"--empty");
            let (mut begun, mut sandboxes_told) = (false, !empty);
            while demo.password.is_empty() || !sandboxes_told {
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
                begun |= line.contains(HEADING);
                sandboxes_told |= begun && line.trim().is_empty();
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

    /// The fields of a vendor's connect form with what is printed for them: below its heading, beside their labels.
    pub fn printed_form(&self, key: &str) -> Vec<(&'static str, String)> {
        let provider = provider::find(key).expect("a provider");
        let heading = format!("{}{HEADING}", provider.name);
        let below = self.printed.iter();
        let below = below.skip_while(|line| !line.starts_with(&heading)).skip(1);
        let block: Vec<&String> = below.take_while(|line| line.starts_with("  ")).collect();
        let value = |field: &FormField| {
            let found = block.iter().find_map(|line| beside(line, field.label));
            assert!(
                found.is_some() || !field.required,
                "\"{}\" of {key} is printed:\n{}",
                field.label,
                self.printed.join("\n")
            );
            Some((field.key, found?))
        };
        provider.form.iter().filter_map(value).collect()
    }

    /// Stops it.
    pub async fn stop(mut self) {
        let _already_gone = self.child.kill().await;
    }
}

/// What stands in the column beside a label, which no longer one begins with.
fn beside(line: &str, label: &str) -> Option<String> {
    let rest = line.trim().strip_prefix(label)?;
    rest.starts_with("  ").then(|| rest.trim().to_owned())
}

fn value_after(line: &str, label: &str) -> Option<String> {
    let rest = line.trim().strip_prefix(label)?;
    let value = rest.trim_start_matches([':', ' ']).trim();
    (!value.is_empty()).then(|| value.to_owned())
}
