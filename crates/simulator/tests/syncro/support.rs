//! A sandbox and a client that speaks to it.

use std::time::Duration;

use serde_json::Value;
use simulator::{Control, Sandbox, SandboxConfig, SyncroCredentials, WorldConfig};

/// A fixed instant, a Monday at noon.
pub const START_MS: i64 = 1_772_452_800_000;
/// The refusal for a missing permission.
pub const NOT_AUTHORIZED: &str =
    "Not authorized. Please ask account admin to update your group permissions.";

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

    /// The records of a list.
    pub fn rows(&self, key: &str) -> &Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body[key].as_array().unwrap()
    }

    /// The ids of a list.
    pub fn ids(&self, key: &str) -> Vec<i64> {
        let rows = self.rows(key).iter();
        rows.map(|r| r["id"].as_i64().unwrap()).collect()
    }

    /// The number in `meta`.
    pub fn meta(&self, name: &str) -> Option<u64> {
        self.body["meta"][name].as_u64()
    }
}

/// A world with several pages of everything.
pub fn small() -> SandboxConfig<SyncroCredentials> {
    SandboxConfig {
        world: WorldConfig {
            companies: 140,
            contacts_per_company: 5,
            tickets: 600,
            ..WorldConfig::default()
        },
        clock_start_ms: Some(START_MS),
        limits: false,
        ..SandboxConfig::default()
    }
}

/// Starts the small world.
pub async fn desk() -> Desk {
    start(small()).await
}

/// Starts a world.
pub async fn start(config: SandboxConfig<SyncroCredentials>) -> Desk {
    let sandbox = Sandbox::start_syncro(config).await.unwrap();
    let http = reqwest::Client::builder()
        .timeout(Duration::from_secs(120))
        .no_proxy()
        .build()
        .unwrap();
    Desk { sandbox, http }
}

impl Desk {
    pub fn control(&self) -> &Control {
        self.sandbox.control()
    }

    /// An address of the API.
    pub fn url(&self, path: &str) -> String {
        format!("{}api/v1/{path}", self.sandbox.base_url())
    }

    /// A request with the token.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method.parse().unwrap(), self.url(path))
            .bearer_auth(SyncroCredentials::default().token)
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
        self.reply(self.request("GET", path)).await
    }

    /// Sends JSON and reads JSON.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.reply(self.request(method, path).json(body)).await
    }

    /// All ids of a list, page by page to the end that `meta` tells.
    pub async fn walk(&self, path: &str, key: &str) -> Vec<i64> {
        let mut ids = Vec::new();
        for page in 1.. {
            let mark = if path.contains('?') { '&' } else { '?' };
            let reply = self.get(&format!("{path}{mark}page={page}")).await;
            ids.extend(reply.ids(key));
            if page >= reply.meta("total_pages").unwrap() {
                break;
            }
        }
        ids
    }

    /// The id of a ticket that fits.
    pub fn ticket(&self, fits: impl Fn(&Value) -> bool) -> i64 {
        let tickets = self.control().records("tickets", -1, 600).unwrap();
        let found = tickets.iter().find(|ticket| fits(ticket));
        found.expect("no such ticket")["id"].as_i64().unwrap()
    }
}
