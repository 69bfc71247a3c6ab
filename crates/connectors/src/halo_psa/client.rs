//! Talks to Halo PSA: signing in, and what each refusal means.

use std::sync::Arc;

use async_trait::async_trait;
use domain::clock::UtcMillis;
use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::OnceCell;
use url::Url;

use super::NAME;
use super::beside::{Sites, Teams};
use super::config::Config;
use super::custom_fields::OwnFields;
use super::details::Asked;
use super::query::{any_action, one_row};
use super::reference::readable;
use super::wire::{HaloAuthInfo, HaloListed};
use crate::connector::{Connect, Memory};
use crate::error::{Error, ErrorKind, Result};
use crate::http::decode::{Text, document};
use crate::http::exchange::{Api, Call, Kept, Place, look_up, read};
use crate::http::refusal::Refusal;
use crate::http::send::{Answer, Request, Sender};
use crate::http::token::{self, Grant, Outcome, Token};
use crate::limits::Limits;
use crate::probe::Area;

/// Scopes to ask for, the widest first: an application that was granted single permissions may be refused `all`.
const SCOPES: [&str; 5] = [
    "all",
    "read:customers read:crm read:tickets read:sales",
    "read:customers read:tickets read:sales",
    "read:customers read:crm read:tickets",
    "read:customers read:tickets",
];

/// Words of the sign-in for credentials that it does not take, of which a 400 is one (RFC 6749, section 5.2).
const REFUSALS: [&str; 3] = ["invalid_client", "unauthorized_client", "invalid_grant"];

/// The instance with a token for it.
#[derive(Debug)]
pub(super) struct Desk {
    root: String,
    headers: HeaderMap,
    limits: Limits,
    token: Token,
}

impl Place for Desk {
    fn root(&self) -> &str {
        &self.root
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn is_over(&self, now: UtcMillis) -> bool {
        self.token.is_over(now)
    }
}

/// One connection to Halo PSA.
pub(super) struct Client {
    pub(super) config: Config,
    pub(super) sender: Sender,
    desk: Kept<Desk>,
    pub(super) memory: Arc<Memory>,
    memory_key: String,
    pub(super) teams: OnceCell<Option<Arc<Teams>>>,
    pub(super) sites: OnceCell<Option<Arc<Sites>>>,
    pub(super) custom_fields: OnceCell<OwnFields>,
    pub(super) details_asked: Asked,
}

impl Client {
    /// Checks the credentials' form; sends nothing.
    ///
    /// # Errors
    /// `Invalid` with the form field that cannot be used.
    pub(super) fn new(connect: Connect) -> Result<Self> {
        let config = Config::new(&connect)?;
        let sender = Sender::of(&connect, [&config.client_secret])?;
        Ok(Self {
            memory_key: connect.memory_key("halo_psa"),
            config,
            sender,
            desk: Kept::default(),
            memory: connect.memory,
            teams: OnceCell::new(),
            sites: OnceCell::new(),
            custom_fields: OnceCell::new(),
            details_asked: Asked::default(),
        })
    }

    fn desk_with(&self, token: Token) -> Result<Desk> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, token.header()?);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Ok(Desk {
            root: self.config.resource.clone(),
            headers,
            limits: self.config.limits(),
            token,
        })
    }

    /// The key of something this process remembers of the connection.
    pub(super) fn key(&self, what: &str) -> String {
        format!("{} {what}", self.memory_key)
    }

    /// The instance with the token another connector of this process got, else with a new one.
    async fn find(&self) -> Result<Desk> {
        let now = self.sender.clock.now();
        let known = self.memory.recall(&self.key("token"));
        match known.and_then(|text| Token::from_memory(&text, now)) {
            Some(token) => self.desk_with(token),
            None => self.sign_in().await,
        }
    }

    /// After a refusal: the token somebody else of this process got meanwhile, else a new one.
    async fn find_other(&self, refused: &Desk) -> Result<Desk> {
        let now = self.sender.clock.now();
        let known = self.memory.recall(&self.key("token"));
        match known.and_then(|text| Token::from_memory(&text, now)) {
            Some(token) if token != refused.token => self.desk_with(token),
            _ => self.sign_in().await,
        }
    }

    /// Forgets the token, with what it was granted: *Test Connection* looks at what is granted now.
    pub(super) async fn sign_in_anew(&self) -> Result<()> {
        self.memory.forget(&self.key("token"));
        self.desk.forget().await;
        self.place().await.map(drop)
    }

    /// Gets a token, with the widest scope the application was granted. Each token is asked for from the widest on: what
    /// was granted before may be more or less today.
    async fn sign_in(&self) -> Result<Desk> {
        let scopes: Vec<&str> = match &self.config.scope {
            Some(scope) => vec![scope],
            None => SCOPES.to_vec(),
        };
        let mut auth = self.config.auth.clone();
        let mut looked_for = self.config.auth_given;
        let mut at = 0;
        loop {
            let scope = scopes.get(at).copied().unwrap_or_default();
            let (status, error, description, json) = match self.ask_for_token(&auth, scope).await? {
                Outcome::Granted(token) => {
                    self.memory.remember(self.key("token"), token.to_memory());
                    return self.desk_with(token);
                }
                Outcome::Refused {
                    status,
                    error,
                    description,
                    json,
                } => (status, error, description, json),
            };
            if error == "invalid_scope" && at + 1 < scopes.len() {
                at += 1;
                continue;
            }
            if !json && !std::mem::replace(&mut looked_for, true) {
                // No sign-in there: some systems have it on another host, and say where.
                if let Some(elsewhere) = self.named_sign_in().await?.filter(|url| *url != auth) {
                    auth = elsewhere;
                    continue;
                }
            }
            return Err(self.refused_sign_in(status, &error, description, json));
        }
    }

    /// <https://halo.haloservicedesk.com/apidoc/authentication/clientcredentials>
    async fn ask_for_token(&self, auth: &str, scope: &str) -> Result<Outcome> {
        let mut address = self.address("sign in", &format!("{auth}/token"))?;
        if !self.config.tenant.is_empty() {
            address
                .query_pairs_mut()
                .append_pair("tenant", &self.config.tenant);
        }
        let grant = Grant {
            address,
            client_id: &self.config.client_id,
            client_secret: &self.config.client_secret,
            scope,
        };
        let fetched = token::fetch(&self.sender, &self.config.limits(), &grant).await;
        fetched.map_err(|error| match error.kind {
            // An outage as far as anybody can tell, and what some releases answer to a tenant they do not have.
            ErrorKind::Unavailable if !self.config.tenant.is_empty() => Error {
                message: format!(
                    "{}. If it stays so, check Tenant: Halo may answer a wrong one like this.",
                    error.message
                ),
                ..error
            },
            _ => error,
        })
    }

    /// Where the instance itself says that its sign-in is; needs no credentials and sends none.
    async fn named_sign_in(&self) -> Result<Option<String>> {
        const OPERATION: &str = "look up the sign-in";
        let headers = HeaderMap::new();
        let request = Request {
            operation: OPERATION,
            endpoint: "AuthInfo",
            method: Method::GET,
            url: self.address(OPERATION, &format!("{}/AuthInfo", self.config.resource))?,
            headers: &headers,
            body: None,
        };
        look_up(&self.sender, &self.config.limits(), &request, |answer| {
            let info = serde_json::from_slice::<HaloAuthInfo>(&answer.body).ok();
            let auth_url = info
                .filter(|_| answer.is_success())
                .and_then(|i| i.auth_url);
            Ok(auth_url.and_then(|url| self.config.accepted(&url)))
        })
        .await
    }

    fn address(&self, operation: &'static str, text: &str) -> Result<Url> {
        Url::parse(text).map_err(|error| {
            Error::new(
                ErrorKind::Unexpected,
                operation,
                "the address cannot be used",
            )
            .with_source(error)
        })
    }

    fn refused_sign_in(&self, status: u16, error: &str, description: String, json: bool) -> Error {
        let refused = |kind, words: String, field| {
            Error::new(kind, "sign in", words)
                .with_status(status)
                .with_field(field)
        };
        let says_no = status == 401 || (status == 400 && REFUSALS.contains(&error));
        match error {
            "invalid_request" if !self.config.tenant.is_empty() => {
                refused(ErrorKind::AuthFailed, said(description, "Halo does not know this tenant."), "tenant")
            }
            "invalid_scope" => refused(
                ErrorKind::PermissionDenied,
                "The application may not read customers and tickets. Grant read:customers and read:tickets on its \
                 Permissions tab."
                    .to_owned(),
                "client_id",
            ),
            _ if says_no && json => refused(
                ErrorKind::AuthFailed,
                said(
                    description,
                    "Halo does not accept this Client ID and Client Secret.",
                ),
                "client_secret",
            )
            .with_among(&["client_id", "client_secret"]),
            // A page of maintenance as far as anybody can tell, and no word about the credentials: they are not given up for
            // it. Whoever connects is told where to look all the same.
            _ => refused(
                if says_no {
                    ErrorKind::AuthFailed
                } else {
                    ErrorKind::Unavailable
                },
                said(
                    description,
                    "Something else than Halo's sign-in answers at this address. If it stays so, check Halo URL, and Tenant \
                     and Authorisation Server where they are filled.",
                ),
                "url",
            ),
        }
    }

    /// A whole document.
    pub(super) async fn get<T: DeserializeOwned + Send>(&self, call: Call) -> Result<T> {
        read(self, &call, |answer| {
            let text = Text::of(&answer.body);
            document(call.operation, text.as_str())
        })
        .await
    }

    /// Whether a list may be read, and how many rows the vendor counts where it counts.
    pub(super) async fn try_list(&self, entity: &'static str) -> Result<Option<i64>> {
        const OPERATION: &str = "test the connection";
        let call = Call::get(OPERATION, entity, entity);
        let one = one_row();
        // Agents, teams, fields and configuration lists have no pages and actions only a number of rows.
        let call = match entity {
            "Agent" | "Team" | "FieldInfo" => call,
            "TicketType" | "Status" => call.with("showall", "true"),
            "Actions" => any_action(OPERATION),
            _ => call
                .with("pageinate", "true")
                .with("page_no", one.page.to_string())
                .with("page_size", one.size.to_string()),
        };
        if matches!(entity, "Team" | "TicketType" | "Status") {
            // A count says nothing where the rows cannot be read.
            let all: Box<RawValue> = self.get(call).await?;
            let rows: Vec<HaloListed> = readable(OPERATION, &all)?;
            return Ok(rows.len().try_into().ok());
        }
        self.count(call).await
    }

    /// How many rows a list has, where the vendor counts or gives all of them.
    pub(super) async fn count(&self, call: Call) -> Result<Option<i64>> {
        let answer: Value = self.get(call).await?;
        let rows = answer
            .as_array()
            .and_then(|rows| rows.len().try_into().ok());
        Ok(rows.or(answer["record_count"].as_i64()))
    }
}

#[async_trait]
impl Api for Client {
    type Place = Desk;

    fn sender(&self) -> &Sender {
        &self.sender
    }

    async fn place(&self) -> Result<Arc<Desk>> {
        self.desk.get(self.sender.clock.now(), self.find()).await
    }

    async fn renewed(&self, refused: &Desk, error: &Error) -> Result<Option<Arc<Desk>>> {
        if error.status != Some(401) {
            return Ok(None);
        }
        self.desk.renew(refused, self.find_other(refused)).await
    }

    fn areas(&self) -> &'static [Area] {
        &super::probe::AREAS
    }

    fn refusal(&self, operation: &'static str, answer: &Answer) -> Error {
        let words = self.sender.redactor.message(&words(&answer.body));
        Refusal::by_status(answer, words).error(NAME, operation, answer)
    }
}

/// The vendor's sentence, or ours where it said nothing.
fn said(description: String, otherwise: &str) -> String {
    if description.is_empty() {
        otherwise.to_owned()
    } else {
        format!("{otherwise} Halo says: {description}")
    }
}

/// The sentence in an error body, which has no standard shape: a text, the value of a telling key, or of the only one.
/// Empty for what is no JSON.
fn words(body: &[u8]) -> String {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return String::new();
    };
    sentence(&value)
        .replace(['\r', '\n'], " ")
        .trim()
        .to_owned()
}

fn sentence(value: &Value) -> String {
    const TELLING: [&str; 6] = [
        "error_description",
        "error",
        "Message",
        "message",
        "errorMessage",
        "title",
    ];
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => {
            let all: Vec<String> = values.iter().map(sentence).collect();
            all.join(" ")
        }
        Value::Object(object) => {
            let telling = TELLING.iter().find_map(|key| object.get(*key));
            match telling.filter(|value| !value.is_null()) {
                Some(value) => sentence(value),
                None => {
                    let all = object.iter().map(|(key, value)| match sentence(value) {
                        words if words.is_empty() => String::new(),
                        words => format!("{key}: {words}"),
                    });
                    all.filter(|words| !words.is_empty())
                        .collect::<Vec<_>>()
                        .join(" ")
                }
            }
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_found_in_every_shape() {
        for (body, expected) in [
            (
                r#""CODE:APP03/2 Please select\r\nthe members""#,
                "CODE:APP03/2 Please select  the members",
            ),
            (r#"{"error":"no"}"#, "no"),
            (r#"{"error":{"error_description":"inner"}}"#, "inner"),
            (
                r#"{"ClassName":"System.X","Message":"It broke"}"#,
                "It broke",
            ),
            (r#"{"resultCode":7,"errorMessage":"seven"}"#, "seven"),
            (r#"{"[0].id":["is wrong","very"]}"#, "[0].id: is wrong very"),
            (r#"{"something":"text\r\n"}"#, "something: text"),
            ("<html>no</html>", ""),
            ("", ""),
            ("17", ""),
        ] {
            assert_eq!(words(body.as_bytes()), expected, "{body}");
        }
    }
}
