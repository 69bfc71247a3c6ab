//! A sandbox and a client that speaks to it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use simulator::{ConnectWisePsaCredentials, Control, Sandbox, SandboxConfig, WorldConfig};

/// A fixed instant, a Monday at noon.
pub const START_MS: i64 = 1_772_452_800_000;

/// A running sandbox and its client.
pub struct Desk {
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
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

    /// The ids in a page.
    pub fn ids(&self) -> Vec<i64> {
        assert_eq!(self.status, 200, "{}", self.body);
        let rows = self.body.as_array().unwrap();
        rows.iter().map(|r| r["id"].as_i64().unwrap()).collect()
    }
}

/// A small world that starts at a fixed instant.
pub fn small() -> SandboxConfig<ConnectWisePsaCredentials> {
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

/// Starts a world.
pub async fn start(config: SandboxConfig<ConnectWisePsaCredentials>) -> Desk {
    let sandbox = Sandbox::start_connectwise_psa(config).await.unwrap();
    let http = reqwest::Client::builder()
        .timeout(Duration::from_secs(120))
        .no_proxy()
        .build()
        .unwrap();
    Desk { sandbox, http }
}

/// The `Authorization` header for keys.
pub fn basic(company: &str, public: &str, private: &str) -> String {
    format!(
        "Basic {}",
        STANDARD.encode(format!("{company}+{public}:{private}"))
    )
}

impl Desk {
    pub fn control(&self) -> &Control {
        self.sandbox.control()
    }

    /// An address below the version segment.
    pub fn url(&self, path: &str) -> String {
        format!("{}v4_6_release/apis/3.0/{path}", self.sandbox.base_url())
    }

    /// A request with credentials.
    pub fn request(&self, method: &str, url: &str) -> reqwest::RequestBuilder {
        let keys = ConnectWisePsaCredentials::default();
        self.http
            .request(method.parse().unwrap(), url)
            .header("clientId", keys.client_id)
            .header(
                "Authorization",
                basic(&keys.company_id, &keys.public_key, &keys.private_key),
            )
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

    /// Reads a list with parameters.
    pub async fn list(&self, path: &str, parameters: &[(&str, &str)]) -> Reply {
        let url = reqwest::Url::parse_with_params(&self.url(path), parameters).unwrap();
        self.reply(self.request("GET", url.as_str())).await
    }

    /// The ids that fit conditions, all of them.
    pub async fn ids(&self, path: &str, conditions: &str) -> Vec<i64> {
        self.list(path, &[("conditions", conditions), ("pageSize", "1000")])
            .await
            .ids()
    }

    /// Sends JSON and reads JSON.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.reply(self.request(method, &self.url(path)).json(body))
            .await
    }
}

/// The `code` and `field` of each item of an error body.
pub fn issues(body: &Value) -> Vec<(String, String)> {
    let items = body["errors"]
        .as_array()
        .unwrap_or_else(|| panic!("no errors in {body}"));
    items
        .iter()
        .map(|i| {
            let part = |name: &str| i[name].as_str().unwrap().to_owned();
            (part("code"), part("field"))
        })
        .collect()
}
