//! A browser without a network, and the answers it gets.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};

use super::{HOST, Site};

/// An answer.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    /// A header as text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The first link to choose a password, as a path.
    pub fn set_password_link(text: &str) -> String {
        let (_, after) = text.split_once("/set-password/").unwrap();
        let token: String = after
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
            .collect();
        format!("/set-password/{token}")
    }

    /// The value of a hidden or other input.
    pub fn input(&self, name: &str) -> Option<String> {
        let (_, after) = self.text.split_once(&format!("name=\"{name}\""))?;
        let (tag, _) = after.split_once('>')?;
        let (_, after) = tag.split_once(" value=\"")?;
        let (value, _) = after.split_once('"')?;
        Some(value.replace("&#38;", "&").replace("&amp;", "&"))
    }
}

/// A browser: cookies, the token of the last form, where it sits.
pub struct Browser<'a> {
    site: &'a Site,
    pub cookies: BTreeMap<String, String>,
    pub csrf: String,
    pub peer: String,
    /// Headers of every request, replacing the usual ones.
    pub extra: Vec<(&'static str, String)>,
}

impl<'a> Browser<'a> {
    /// One on this machine that has no cookies yet.
    pub fn new(site: &'a Site) -> Self {
        Self {
            site,
            cookies: BTreeMap::new(),
            csrf: String::new(),
            peer: "127.0.0.1".to_owned(),
            extra: Vec::new(),
        }
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str) -> Page {
        self.request(Method::GET, path, Body::empty()).await
    }

    /// Sends a form with the token of the last page.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        text.append_pair("csrf", &self.csrf);
        text.extend_pairs(fields);
        self.request(Method::POST, path, Body::from(text.finish()))
            .await
    }

    /// Sends a form and looks at the page it leads to, as a browser does.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.post(path, fields).await;
        if page.status != StatusCode::SEE_OTHER {
            return page;
        }
        let to = page.location().to_owned();
        self.get(&to).await
    }

    /// Sends a form as it is.
    pub async fn post_raw(&mut self, path: &str, body: impl Into<Body>) -> Page {
        self.request(Method::POST, path, body.into()).await
    }

    /// Takes the form token from a page.
    pub async fn csrf_from(&mut self, path: &str) {
        let page = self.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    }

    async fn request(&mut self, method: Method, path: &str, body: Body) -> Page {
        let mut headers: BTreeMap<&str, String> = [
            ("host", HOST.to_owned()),
            ("user-agent", "Test Firefox/1 (Linux)".to_owned()),
            // As every browser does: what compression makes of a body is part of the answer.
            ("accept-encoding", "gzip".to_owned()),
        ]
        .into();
        if method == Method::POST {
            headers.insert("origin", format!("http://{HOST}"));
            headers.insert(
                "content-type",
                "application/x-www-form-urlencoded".to_owned(),
            );
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            headers.insert("cookie", pairs.join("; "));
        }
        for (name, value) in &self.extra {
            headers.insert(name, value.clone());
        }
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let page = self
            .site
            .send(request.body(body).unwrap(), &self.peer)
            .await;
        for cookie in page.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            if text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some(token) = page.input("csrf") {
            self.csrf = token;
        }
        page
    }
}
