//! The HTTP client everything here talks through, to programs on this machine only.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::{Client, Method, Response};
use serde_json::Value;
use url::Url;

/// Longer than anything that is expected to succeed takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Builds the client: no proxy, no redirects, so that what is timed is one request.
pub fn client() -> Result<Client> {
    Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        // Nothing here speaks https, and a bare machine has no trust store to load.
        .tls_certs_only(std::iter::empty())
        .build()
        .context("build an HTTP client")
}

/// Sends JSON, or nothing, and reads the JSON answer; fails on any status but success.
pub async fn json(
    client: &Client,
    method: Method,
    url: Url,
    body: Option<&Value>,
) -> Result<Value> {
    let shown = format!("{method} {url}");
    let mut request = client.request(method, url);
    if let Some(body) = body {
        request = request.json(body);
    }
    let answer = request.send().await.with_context(|| shown.clone())?;
    let status = answer.status();
    let text = text(answer).await.with_context(|| shown.clone())?;
    if !status.is_success() {
        bail!("{shown} answered {status}: {text}");
    }
    serde_json::from_str(&text).with_context(|| format!("{shown} answered no JSON"))
}

async fn text(answer: Response) -> Result<String> {
    Ok(answer.text().await?)
}
