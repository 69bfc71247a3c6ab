//! Runs `cargo test`, keeps its output short, and adds up what the many test binaries report.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process::describe;

/// Sums over all test binaries.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
    failures: Vec<String>,
}

/// Runs the tests and returns the totals, or fails with them. Tests that pass are printed only when `verbose`.
pub fn run(command: &mut Command, verbose: bool) -> Result<String> {
    let shown = describe(command);
    println!("$ {shown}");
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start `{shown}`"))?;
    let output = child.stdout.take().context("the output of cargo test")?;
    let mut counts = Counts::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line.context("read the output of cargo test")?;
        let line = String::from_utf8_lossy(&line);
        counts.read(&line);
        if verbose || !is_noise(&line) {
            println!("{line}");
        }
    }
    let status = child.wait()?;
    let total = format!(
        "{} tests passed, {} failed, {} ignored",
        counts.passed, counts.failed, counts.ignored
    );
    for failure in &counts.failures {
        println!("failed: {failure}");
    }
    if !status.success() {
        bail!("{total}");
    }
    if counts.passed == 0 {
        bail!("no test ran");
    }
    Ok(total)
}

impl Counts {
    fn read(&mut self, line: &str) {
        if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            self.failures.push(name.trim_end().to_owned());
        }
        let Some(numbers) = line.strip_prefix("test result: ") else {
            return;
        };
        for part in numbers.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(word)) = (words.next(), words.next()) else {
                continue;
            };
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match word {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

/// Passed tests, and the frame around a binary without tests.
fn is_noise(line: &str) -> bool {
    let passed = line.starts_with("test ")
        && (line.ends_with(" ... ok") || line.ends_with("... ok (should panic)"));
    passed
        || line.is_empty()
        || line == "running 0 tests"
        || line.starts_with("test result: ok. 0 passed; 0 failed; 0 ignored")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_several_binaries_are_added() {
        let mut counts = Counts::default();
        for line in [
            "test a ... ok",
            "test b::c ... FAILED",
            "test halo_psa::list::pages          ... FAILED",
            "test result: FAILED. 5 passed; 2 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.01s",
            "test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        ] {
            counts.read(line);
        }
        let failures = vec!["b::c".to_owned(), "halo_psa::list::pages".to_owned()];
        assert_eq!(
            counts,
            Counts {
                passed: 12,
                failed: 2,
                ignored: 1,
                failures
            }
        );
    }

    #[test]
    fn passed_tests_are_noise_and_failures_are_not() {
        assert!(is_noise("test a ... ok"));
        assert!(!is_noise("test a ... FAILED"));
        assert!(!is_noise(
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured"
        ));
    }
}
