//! `cargo xtask test`: everything continuous integration runs, in one command that a person can run too.

mod count;
mod outcome;
mod steps;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::process::target_dir;
use outcome::{Outcome, State};
pub use steps::REQUIRE_ALL;
use steps::{Context, STEPS, Step, smoke_steps};

/// What the person asked for.
#[derive(Default)]
struct Options {
    only: BTreeSet<String>,
    skip: BTreeSet<String>,
    list: bool,
    verbose: bool,
}

/// Runs the steps and returns the exit code: 0 when each one passed.
pub fn run(args: &[OsString]) -> Result<u8> {
    let steps: Vec<Step> = STEPS.iter().copied().chain(smoke_steps()).collect();
    let options = parse(args, &steps)?;
    if options.list {
        for step in &steps {
            println!("{:<10} {}", step.name, step.title);
        }
        return Ok(0);
    }
    let chosen = |step: &Step| {
        (options.only.is_empty() || options.only.contains(step.name))
            && !options.skip.contains(step.name)
    };
    let mut context = Context::new(options.verbose, is_fresh_build());
    let mut outcomes = Vec::new();
    let mut built = true;
    for step in steps.into_iter().filter(chosen) {
        if step.needs_build && !built {
            outcomes.push(Outcome {
                name: step.name,
                state: State::NotRun,
                took: None,
                note: "no build".to_owned(),
            });
            continue;
        }
        println!("\n=== {}: {}", step.name, step.title);
        let start = Instant::now();
        let result = (step.run)(&mut context, step.arguments);
        let outcome = Outcome::of(step.name, start.elapsed(), result);
        println!("--- {}: {}", step.name, outcome.headline());
        if step.name == steps::BUILD && outcome.state == State::Failed {
            built = false;
        }
        outcomes.push(outcome);
    }
    // The server stops before the summary, so that the summary is the last thing printed.
    drop(context);
    print!("\n{}", outcome::summary(&outcomes));
    Ok(u8::from(
        outcomes
            .iter()
            .any(|outcome| outcome.state != State::Passed),
    ))
}

fn parse(args: &[OsString], steps: &[Step]) -> Result<Options> {
    let mut options = Options::default();
    let mut words = args.iter().map(|arg| arg.to_string_lossy().into_owned());
    while let Some(word) = words.next() {
        match word.as_str() {
            "--list" => options.list = true,
            "--verbose" => options.verbose = true,
            "--only" | "--skip" => {
                let value = words
                    .next()
                    .with_context(|| format!("{word} needs the name of a step"))?;
                let set = if word == "--only" {
                    &mut options.only
                } else {
                    &mut options.skip
                };
                for name in value.split(',') {
                    if !steps.iter().any(|step| step.name == name) {
                        bail!("no step is named {name}; `cargo xtask test --list` lists them");
                    }
                    set.insert(name.to_owned());
                }
            }
            _ => bail!("unknown flag {word}; use --only STEP, --skip STEP, --list, --verbose"),
        }
    }
    Ok(options)
}

/// Whether this build starts from nothing, as on a CI machine: then incremental compilation only costs time and disk.
/// A person's target folder is left as it is, because the switch would build our crates anew.
fn is_fresh_build() -> bool {
    if std::env::var_os("CI").is_some() {
        return true;
    }
    let Ok(entries) = std::fs::read_dir(target_dir().join("debug/incremental")) else {
        return true;
    };
    entries
        .flatten()
        .all(|entry| entry.file_name().to_string_lossy().starts_with("xtask-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(words: &[&str]) -> Result<Options> {
        let args: Vec<OsString> = words.iter().map(OsString::from).collect();
        parse(&args, STEPS)
    }

    #[test]
    fn steps_are_chosen_by_name() {
        let options = options(&["--only", "format,checks", "--skip", "checks"]).unwrap();
        assert_eq!(options.only.len(), 2);
        assert!(options.skip.contains("checks"));
    }

    #[test]
    fn unknown_steps_and_flags_are_refused() {
        assert!(options(&["--only", "formt"]).is_err());
        assert!(options(&["--only"]).is_err());
        assert!(options(&["format"]).is_err());
    }
}
