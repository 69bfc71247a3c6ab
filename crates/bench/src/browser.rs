//! A signed-in administrator, as far as an HTTP client can be one.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use url::Url;

use crate::form::hidden;
use crate::web;

const NAME: &str = "Bench Administrator";
const EMAIL: &str = "admin@bench.example";
const PASSWORD: &str = "seven-Grey-kettles-41";

/// Somebody with a session.
pub struct Browser {
    client: Client,
    root: Url,
    cookies: Vec<(String, String)>,
}

/// One page as it arrived.
pub struct Answered {
    /// Text of the page.
    pub body: String,
    /// Milliseconds on the server, as it says in `Server-Timing`.
    pub server_ms: f64,
    /// Milliseconds until all of it was here.
    pub wall_ms: f64,
}

impl Browser {
    /// Creates the first administrator, or signs in when there is one.
    pub async fn sign_in(root: Url) -> Result<Self> {
        let mut browser = Self {
            client: web::client()?,
            root,
            cookies: Vec::new(),
        };
        let (place, page) = browser.form_page().await?;
        let token = hidden(&page, "csrf").context("the sign-in form has no token")?;
        let mut form = vec![
            ("csrf", token.as_str()),
            ("email", EMAIL),
            ("password", PASSWORD),
        ];
        if place == "welcome" {
            form.extend([("name", NAME), ("repeated", PASSWORD)]);
        }
        let answer = browser
            .client
            .post(browser.root.join(place)?)
            .header(COOKIE, browser.cookie_line())
            .form(&form)
            .send()
            .await?;
        let status = answer.status();
        if !status.is_redirection() {
            bail!("signing in answered {status}: {}", answer.text().await?);
        }
        browser.keep_cookies(answer.headers());
        Ok(browser)
    }

    /// `/welcome` while there is nobody, `/sign-in` afterwards.
    async fn form_page(&mut self) -> Result<(&'static str, String)> {
        for place in ["welcome", "sign-in"] {
            let answer = self.client.get(self.root.join(place)?).send().await?;
            self.keep_cookies(answer.headers());
            if answer.status() == StatusCode::OK {
                return Ok((place, answer.text().await?));
            }
        }
        bail!("neither /welcome nor /sign-in shows a form")
    }

    /// Fetches a page; fails on any status but 200.
    pub async fn get(&self, address: &str) -> Result<Answered> {
        let request = self.client.get(self.root.join(address)?);
        self.page(address, request).await
    }

    /// Sends a form and takes the page that answers it; fails on any status but 200.
    pub async fn post(&self, address: &str, form: &[(String, String)]) -> Result<Answered> {
        let request = self.client.post(self.root.join(address)?).form(form);
        self.page(address, request).await
    }

    /// Sends a form that leads elsewhere and tells where; fails on any other answer.
    pub async fn submit(&self, address: &str, form: &[(String, String)]) -> Result<String> {
        let request = self.client.post(self.root.join(address)?).form(form);
        let answer = self.send(address, request).await?;
        let status = answer.status();
        let to = answer.headers().get(LOCATION).cloned();
        match to {
            Some(to) if status.is_redirection() => Ok(to.to_str()?.to_owned()),
            _ => bail!("{address} answered {status}: {}", answer.text().await?),
        }
    }

    async fn page(&self, address: &str, request: RequestBuilder) -> Result<Answered> {
        let start = Instant::now();
        let answer = self.send(address, request).await?;
        let status = answer.status();
        let server_ms = server_time(answer.headers());
        let to = answer.headers().get(LOCATION).cloned();
        let body = answer.text().await?;
        if status != StatusCode::OK {
            bail!("{address} answered {status} {to:?}: {body}");
        }
        Ok(Answered {
            body,
            server_ms: server_ms.with_context(|| format!("{address} has no Server-Timing"))?,
            wall_ms: start.elapsed().as_secs_f64() * 1_000.0,
        })
    }

    async fn send(&self, address: &str, request: RequestBuilder) -> Result<Response> {
        let request = request.header(COOKIE, self.cookie_line());
        request.send().await.with_context(|| address.to_owned())
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for value in headers.get_all(SET_COOKIE) {
            let text = value.to_str().unwrap_or_default();
            let pair = text.split(';').next().and_then(|pair| pair.split_once('='));
            if let Some((name, value)) = pair {
                self.cookies.retain(|(kept, _)| kept != name);
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    fn cookie_line(&self) -> String {
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }
}

/// `app;dur=1.25`.
fn server_time(headers: &HeaderMap) -> Option<f64> {
    let value = headers.get("server-timing")?.to_str().ok()?;
    value
        .split_once("dur=")?
        .1
        .split([',', ';'])
        .next()?
        .trim()
        .parse()
        .ok()
}

/// The addresses in a page's links that begin like this.
pub fn links<'a>(page: &'a str, start: &'a str) -> impl Iterator<Item = String> + 'a {
    page.split("href=\"")
        .skip(1)
        .filter_map(move |rest| {
            rest.split('"')
                .next()
                .filter(|href| href.starts_with(start))
        })
        .map(unescaped)
}

/// The addresses column headings sort by.
pub fn sort_links(page: &str) -> Vec<String> {
    let Some((_, rest)) = page.split_once("<thead") else {
        return Vec::new();
    };
    let head = rest.split("</thead>").next().unwrap_or_default();
    links(head, "").collect()
}

/// The address of the next page.
pub fn next_link(page: &str) -> Option<String> {
    let (before, _) = page.split_once(">Next")?;
    let (_, address) = before.rsplit_once("href=\"")?;
    Some(unescaped(address.split('"').next()?))
}

fn unescaped(address: &str) -> String {
    address.replace("&amp;", "&").replace("&#38;", "&")
}

/// The values a select offers, in their order and without the empty one.
pub fn options(page: &str, select: &str) -> Vec<String> {
    let Some((_, rest)) = page.split_once(&format!("name=\"{select}\"")) else {
        return Vec::new();
    };
    let inside = rest.split("</select>").next().unwrap_or_default();
    inside
        .split("<option")
        .skip(1)
        .filter_map(|option| option.split_once("value=\"")?.1.split('"').next())
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_links_are_read() {
        let page = r#"<form><select name="status">
            <option value="">Any</option><option value="1" selected>New</option></select></form>
            <table><thead><tr><th><a href="/tickets?sort=created">C</a></th></tr></thead></table>
            <a href="/companies">C</a><a class="b" href="/tickets?sort=created&amp;after=2" data-x>Next<svg/></a>"#;
        assert_eq!(options(page, "status"), ["1"]);
        assert_eq!(links(page, "/companies").count(), 1);
        assert_eq!(sort_links(page), ["/tickets?sort=created"]);
        assert_eq!(
            next_link(page).as_deref(),
            Some("/tickets?sort=created&after=2")
        );
    }

    #[test]
    fn server_timing_is_read() {
        let mut headers = HeaderMap::new();
        headers.insert("server-timing", "app;dur=1.25, db;dur=3".parse().unwrap());
        assert_eq!(server_time(&headers), Some(1.25));
    }
}
