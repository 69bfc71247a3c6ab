//! A sandbox and a client that speaks to it.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::{AutotaskCredentials, Control, Sandbox, SandboxConfig, WorldConfig};

/// A fixed instant, a Monday at noon.
pub const START_MS: i64 = 1_772_452_800_000;

/// A running sandbox and its client.
pub struct Desk {
    /// The sandbox.
    pub sandbox: Sandbox,
    /// A client.
    pub http: reqwest::Client,
}

/// A small world that starts at a fixed instant.
pub fn small() -> SandboxConfig<AutotaskCredentials> {
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
pub async fn start(config: SandboxConfig<AutotaskCredentials>) -> Desk {
    let sandbox = Sandbox::start_autotask(config).await.unwrap();
    let http = reqwest::Client::builder()
        .timeout(Duration::from_secs(60))
        .no_proxy()
        .build()
        .unwrap();
    Desk { sandbox, http }
}

/// A filter that everything passes.
pub fn everything() -> Value {
    json!([{"op": "gte", "field": "id", "value": 0}])
}

impl Desk {
    /// The control.
    pub fn control(&self) -> &Control {
        self.sandbox.control()
    }

    /// An address below the version segment.
    pub fn url(&self, path: &str) -> String {
        format!("{}atservicesrest/V1.0/{path}", self.sandbox.base_url())
    }

    /// A request with credentials.
    pub fn request(&self, method: &str, url: &str) -> reqwest::RequestBuilder {
        let credentials = AutotaskCredentials::default();
        self.http
            .request(method.parse().unwrap(), url)
            .header("UserName", credentials.user_name)
            .header("Secret", credentials.secret)
            .header("ApiIntegrationCode", credentials.integration_code)
    }

    /// Sends JSON and reads JSON.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let response = self
            .request(method, &self.url(path))
            .json(body)
            .send()
            .await
            .unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        )
    }

    /// Reads JSON.
    pub async fn get(&self, path: &str) -> (u16, Value) {
        let response = self.request("GET", &self.url(path)).send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        )
    }

    /// Queries by POST.
    pub async fn query(&self, entity: &str, filter: Value) -> (u16, Value) {
        let body = json!({"MaxRecords": 500, "filter": filter});
        self.send("POST", &format!("{entity}/query"), &body).await
    }

    /// The ids that pass a filter.
    pub async fn ids(&self, entity: &str, filter: Value) -> Vec<i64> {
        let (status, body) = self.query(entity, filter).await;
        assert_eq!(status, 200, "{body}");
        ids_of(&body)
    }
}

/// The ids in a page.
pub fn ids_of(body: &Value) -> Vec<i64> {
    body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_i64().unwrap())
        .collect()
}

/// The texts of an error answer as one.
pub fn errors(body: &Value) -> String {
    body["errors"]
        .as_array()
        .unwrap_or_else(|| panic!("no errors in {body}"))
        .iter()
        .map(|e| e.as_str().unwrap())
        .collect::<Vec<_>>()
        .join(" | ")
}
