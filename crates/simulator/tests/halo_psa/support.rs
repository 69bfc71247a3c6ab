//! A sandbox and a client that speaks to it.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::{Control, HaloPsaCredentials, Sandbox, SandboxConfig, WorldConfig};

/// A fixed instant, a Monday at noon.
pub const START_MS: i64 = 1_772_452_800_000;

/// A running sandbox and its client.
pub struct Desk {
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
    pub token: String,
}

/// A response: status, headers and JSON (or text).
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|v| v.to_str().unwrap())
    }

    /// The rows of a list, with or without an envelope.
    pub fn rows(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.body);
        let inner = || {
            self.body
                .as_object()
                .unwrap()
                .values()
                .find(|v| v.is_array())
        };
        self.body
            .as_array()
            .or_else(|| inner()?.as_array())
            .unwrap()
            .clone()
    }

    /// The ids in a list.
    pub fn ids(&self) -> Vec<i64> {
        self.rows()
            .iter()
            .map(|r| r["id"].as_i64().unwrap())
            .collect()
    }
}

/// A small world that starts at a fixed instant.
pub fn small() -> SandboxConfig<HaloPsaCredentials> {
    SandboxConfig {
        world: WorldConfig {
            tickets: 1_500,
            ..WorldConfig::default()
        },
        clock_start_ms: Some(START_MS),
        ..SandboxConfig::default()
    }
}

/// Starts the small world.
pub async fn desk() -> Desk {
    start(small()).await
}

/// Starts a world and signs in.
pub async fn start(config: SandboxConfig<HaloPsaCredentials>) -> Desk {
    let sandbox = Sandbox::start_halo_psa(config).await.unwrap();
    let http = reqwest::Client::builder()
        .timeout(Duration::from_secs(120))
        .no_proxy()
        .build()
        .unwrap();
    let mut desk = Desk {
        sandbox,
        http,
        token: String::new(),
    };
    let reply = desk.sign_in("", &good("")).await;
    desk.token = reply.body["access_token"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    desk
}

/// The parts of a token request that is accepted, with a scope.
pub fn good(scope: &str) -> Vec<(&'static str, String)> {
    let known = HaloPsaCredentials::default();
    let mut parts = vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", known.client_id),
        ("client_secret", known.client_secret),
    ];
    if !scope.is_empty() {
        parts.push(("scope", scope.to_owned()));
    }
    parts
}

impl Desk {
    pub fn control(&self) -> &Control {
        self.sandbox.control()
    }

    /// Asks for a token.
    pub async fn sign_in(&self, query: &str, parts: &[(&str, String)]) -> Reply {
        let url = format!("{}auth/token{query}", self.sandbox.base_url());
        self.reply(self.http.post(url).form(parts)).await
    }

    /// An address of the API.
    pub fn url(&self, path: &str) -> String {
        format!("{}api/{path}", self.sandbox.base_url())
    }

    /// A request with the token.
    pub fn request(&self, method: &str, url: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method.parse().unwrap(), url)
            .bearer_auth(&self.token)
    }

    pub async fn reply(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Reply {
            status,
            headers,
            body,
        }
    }

    /// Reads JSON.
    pub async fn get(&self, path: &str) -> Reply {
        self.reply(self.request("GET", &self.url(path))).await
    }

    /// Sends a list with one record and reads the answer.
    pub async fn post(&self, path: &str, record: Value) -> Reply {
        let body = json!([record]);
        self.reply(self.request("POST", &self.url(path)).json(&body))
            .await
    }

    /// All rows of a paged list.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let glue = if path.contains('?') { '&' } else { '?' };
        for page in 1.. {
            let rows = self
                .get(&format!(
                    "{path}{glue}pageinate=true&page_size=100&page_no={page}&order=id"
                ))
                .await
                .rows();
            let done = rows.len() < 100;
            all.extend(rows);
            if done {
                break;
            }
        }
        all
    }
}
