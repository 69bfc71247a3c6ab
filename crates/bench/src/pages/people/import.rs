//! Staff as users: all of them imported as a person does it, and many of them changed at once.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::ask;
use crate::browser::{self, Browser};
use crate::form::{self, Form};
use crate::pages::catalogue::{Measured, plain};
use crate::pages::report::Timed;

/// How often is looked whether an import has ended.
const LOOK: Duration = Duration::from_millis(250);
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(900);
/// What only the page of an import that has ended says.
const ENDED: &str = "aria-label=\"Result of the import\"";
/// What only the answer to a change says that was not done to everybody.
const NOT_DONE: &str = "id=\"refused\"";

/// Users changed at once.
const MANY: usize = 1_000;
/// Where several are changed.
const BULK: &str = "/settings/users/bulk";

/// What an import did.
pub struct Imported {
    /// Users it made.
    pub users: u64,
    /// Seconds until its report was complete, as far as somebody sees who looks four times a second.
    pub seconds: f64,
    /// Where the report is.
    pub report: String,
}

/// Imports everybody in a dialog who can be, with the last of its roles: they are sorted by name, which puts the one of
/// administrators first.
pub async fn everybody(browser: &Browser, dialog: &str) -> Result<Imported> {
    let page = browser.get(dialog).await?.body;
    let role = browser::options(&page, "role").pop();
    let role = role.context("the import of people offers no role")?;
    let token = token(&page)?;
    let wanted = form::form(&[
        ("csrf", token.as_str()),
        ("everyone", "1"),
        ("role", role.as_str()),
        ("action", "import"),
    ]);
    let start = Instant::now();
    let report = browser.submit(dialog, &wanted).await?;
    loop {
        let page = browser.get(&report).await?.body;
        if page.contains(ENDED) {
            let users = made(&page).context("the import made no user")?;
            let seconds = start.elapsed().as_secs_f64();
            return Ok(Imported {
                users,
                seconds,
                report,
            });
        }
        if start.elapsed() > PATIENCE {
            bail!("the import of people did not end within {PATIENCE:?}");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// How many were created, as the report of an import says.
fn made(report: &str) -> Option<u64> {
    let (_, part) = report.split_once("id=\"result-created\"")?;
    let (_, count) = part.split_once("class=\"badge good\">")?;
    let count = count.split('<').next()?;
    count.replace(',', "").trim().parse().ok()
}

/// Deactivates many users and reactivates them, so many times.
pub async fn change_many(browser: &Browser, times: usize) -> Result<Vec<Timed>> {
    let (token, users) = some_users(browser).await?;
    let count = users.len();
    let change = |name: String, action: &str, confirmed: bool| {
        let mut sent = form::form(&[("csrf", token.as_str()), ("action", action)]);
        if confirmed {
            sent.push(("confirmed".to_owned(), "yes".to_owned()));
        }
        sent.extend(users.iter().map(|id| ("pick".to_owned(), id.clone())));
        of_bulk(&name, sent)
    };
    let mut all = [
        change(
            format!("users, the question before {count} are deactivated"),
            "disable",
            false,
        ),
        change(format!("users, {count} deactivated"), "disable", true),
        change(format!("users, {count} reactivated"), "enable", true),
    ]
    .map(Timed::new);
    for _ in 0..times {
        for timed in &mut all {
            let answered = ask(browser, &timed.page).await?;
            if answered.body.contains(NOT_DONE) {
                bail!("{}: not all of them", timed.page.name);
            }
            timed.push(&answered);
        }
    }
    Ok(all.into())
}

fn of_bulk(name: &str, form: Form) -> Measured {
    Measured {
        form,
        ..plain(name, BULK)
    }
}

/// The token for forms, and the ids of users that an import made, from the pages that list them.
async fn some_users(browser: &Browser) -> Result<(String, Vec<String>)> {
    let mut address = "/settings/users?status=imported".to_owned();
    let mut users = Vec::new();
    loop {
        let page = browser.get(&address).await?.body;
        users.extend(form::values(&page, "pick"));
        match browser::next_link(&page) {
            Some(next) if users.len() < MANY => address = next,
            _ => {
                users.truncate(MANY);
                return Ok((token(&page)?, users));
            }
        }
    }
}

fn token(page: &str) -> Result<String> {
    form::hidden(page, "csrf").context("a form has no token")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_from_the_report() {
        let report = r#"<section aria-labelledby="result-created"><h2 id="result-created"><svg/>Created
            <span class="badge good">5,000</span></h2>"#;
        assert_eq!(made(report), Some(5_000));
        assert_eq!(made("<h2 id=\"result-skipped\">"), None);
    }
}
