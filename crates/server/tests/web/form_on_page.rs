//! Forms of pages as a browser fills and sends them.

use std::collections::BTreeMap;

use crate::harness::{Browser, Page};

/// Name and value of the fields of a form.
pub type Form = Vec<(String, String)>;

impl Browser<'_> {
    /// Sends a form with the token of the last page.
    pub async fn send(&mut self, path: &str, form: &[(String, String)]) -> Page {
        let fields: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.post(path, &fields).await
    }
}

impl Page {
    /// The page as a person reads it, tags included.
    pub fn read(&self) -> String {
        plain(&self.text)
    }

    /// The texts of all labels and legends, without marks such as *optional*.
    pub fn labels(&self) -> Vec<String> {
        let mut labels = Vec::new();
        for tag in ["label", "legend"] {
            for piece in self.text.split(&format!("<{tag}")).skip(1) {
                let (_, inner) = piece.split_once('>').unwrap();
                let (inner, _) = inner.split_once(&format!("</{tag}>")).unwrap();
                let inner = inner.split(" <span class=\"optional\"").next().unwrap();
                labels.push(plain(&without_tags(inner)).trim().to_owned());
            }
        }
        labels
    }

    /// What a browser sends of the form with this id when nothing was changed in it, without its token and buttons.
    #[track_caller]
    pub fn form(&self, id: &str) -> Form {
        let start = format!("id=\"{id}\"");
        let Some((_, after)) = self.text.split_once(&start) else {
            panic!("no form {id}: {}", self.text)
        };
        let (form, _) = after.split_once("</form>").unwrap();
        let mut reading = Reading::default();
        for piece in form.split('<').skip(1) {
            reading.tag(piece.split_once('>').map_or(piece, |(tag, _)| tag));
        }
        reading.fields.retain(|(name, _)| name != "csrf");
        reading.fields
    }
}

#[derive(Default)]
struct Reading {
    fields: Form,
    /// The open list: its name, and whether one of its values is marked as chosen.
    select: Option<(String, bool)>,
    /// Inside of a part that is switched off.
    disabled: bool,
}

impl Reading {
    fn tag(&mut self, tag: &str) {
        let (element, rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let attributes = attributes(rest);
        let value = |name: &str| attributes.get(name).cloned().unwrap_or_default();
        let has = |name: &str| attributes.contains_key(name);
        match element {
            "fieldset" => self.disabled = has("disabled"),
            "/fieldset" => self.disabled = false,
            _ if self.disabled => {}
            "input" if has("name") => {
                let kind = value("type");
                let ticked = has("checked") || !["checkbox", "radio"].contains(&kind.as_str());
                if ticked {
                    let value = match kind.as_str() {
                        "checkbox" if !has("value") => "on".to_owned(),
                        _ => value("value"),
                    };
                    self.fields.push((attributes["name"].clone(), value));
                }
            }
            "select" => self.select = Some((value("name"), false)),
            "option" => {
                let chosen = has("selected");
                if let Some((name, was)) = &mut self.select {
                    let first = self.fields.last().is_none_or(|(last, _)| last != name);
                    if chosen && !first && !*was {
                        self.fields.pop();
                    }
                    if first || (chosen && !*was) {
                        self.fields.push((name.clone(), value("value")));
                    }
                    *was |= chosen;
                }
            }
            "/select" => self.select = None,
            _ => {}
        }
    }
}

/// The attributes of a tag; those without a value have an empty one.
fn attributes(mut rest: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '=')
            .unwrap_or(rest.len());
        if end == 0 {
            return found;
        }
        let (name, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => ("", after),
        };
        found.insert(name.to_owned(), plain(value));
        rest = after;
    }
}

/// What stands in a part of a page to read, without fields and tags.
pub fn words(html: &str) -> String {
    plain(&without_tags(html))
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    for (at, piece) in html.split('<').enumerate() {
        let visible = match at {
            0 => piece,
            _ => piece.split_once('>').map_or("", |(_, after)| after),
        };
        text.push_str(visible);
    }
    text
}

fn plain(html: &str) -> String {
    html.replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&lt;", "<")
        .replace("&#62;", ">")
        .replace("&gt;", ">")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

/// The value of a field of a form.
pub fn value<'f>(form: &'f Form, name: &str) -> Option<&'f str> {
    let found = form.iter().find(|(have, _)| have == name);
    found.map(|(_, value)| value.as_str())
}

/// Fills in a field of a form, as if what it holds were typed over.
pub fn set(form: &mut Form, name: &str, value: &str) {
    form.retain(|(have, _)| have != name);
    form.push((name.to_owned(), value.to_owned()));
}

#[test]
fn a_form_is_sent_as_a_browser_sends_it() {
    let text = r#"<form class="x" id="f" novalidate><input type="hidden" name="csrf" value="t">
        <input type="hidden" name="base" value="{&#34;a&#34;:1}"><input type="checkbox" name="a" value="1" checked>
        <input type="checkbox" name="a" value="2"><label><input type="radio" name="r" value="x" checked>X</label>
        <select id="s" name="s"><option value="">None</option><option value="1">One</option></select>
        <select name="t"><option value="">None</option><option value="2" selected>Two</option></select>
        <fieldset disabled><input name="off" value="9"></fieldset><input name="on" value="8">
        <label for="on">On <span class="optional">optional</span></label></form><input name="after" value="7">"#;
    let page = Page {
        status: axum::http::StatusCode::OK,
        headers: axum::http::HeaderMap::new(),
        text: text.to_owned(),
    };
    let form = page.form("f");
    let pairs: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        pairs,
        [
            ("base", "{\"a\":1}"),
            ("a", "1"),
            ("r", "x"),
            ("s", ""),
            ("t", "2"),
            ("on", "8"),
        ]
    );
    assert_eq!(page.labels(), ["X", "On"]);
}
