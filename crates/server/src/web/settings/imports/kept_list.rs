//! A list of companies to import while a question about one of its rows is on the screen. Where scripts run the question
//! is a dialog and the list stays under it. Without them it is a page: the list's form is sent to it as it stands, the
//! page carries that as one text, and *Cancel* and the answer send it back, so that no tick is lost on the way.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use url::form_urlencoded::Serializer;

use crate::web::csrf;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::see_other;

/// The hidden field that carries it.
const FIELD: &str = "list";

/// A hidden field of the list's form that no other form has.
const OF_THE_LIST: &str = "was";

/// What a list says about itself that is not for the next time: the token, and what a button asked for.
const ONCE: [&str; 4] = [csrf::FIELD, "action", "to", FIELD];

/// What stands in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptList {
    /// Where the list's form goes.
    pub action: String,
    /// Its fields as one text; empty: there is no list to go back to.
    pub text: String,
}

impl KeptList {
    /// The list whose form was sent to a question, which opens by that.
    #[must_use]
    pub fn opened(action: &str, fields: &Fields) -> Option<Self> {
        if !fields.has(OF_THE_LIST) {
            return None;
        }
        let mut text = Serializer::new(String::new());
        text.extend_pairs(fields.iter().filter(|(name, _)| !ONCE.contains(name)));
        Some(Self {
            action: action.to_owned(),
            text: text.finish(),
        })
    }

    /// The list that the question's own form carries.
    #[must_use]
    pub fn carried(action: &str, fields: &Fields) -> Self {
        Self {
            action: action.to_owned(),
            text: fields.text(FIELD).to_owned(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The way back with a notice: to the list with all that stood in it, or to `else_to` when none is kept.
    ///
    /// # Errors
    /// When the address is none.
    pub fn lead_back(&self, else_to: &str, notice: &str) -> Answer {
        if self.is_empty() {
            let and = if else_to.contains('?') { '&' } else { '?' };
            return see_other(&format!("{else_to}{and}notice={notice}"));
        }
        // The browser sends the same form, with the list in it, to the list.
        let to = format!("{}?notice={notice}", self.action);
        let to = HeaderValue::from_str(&to).map_err(Failure::internal)?;
        Ok((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response())
    }
}

/// The fields of a list: those a question carried, when it leads back, else those that were sent.
#[must_use]
pub fn unfold(fields: Fields) -> Fields {
    match fields.find(FIELD) {
        Some(text) => Fields::parse(text.as_bytes()),
        None => fields,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back_as_it_was_sent() {
        let sent = Fields::parse(b"csrf=t&was=0a%26b&pick=1&pick=2&link.2=&action=import&to=x");
        let kept = KeptList::opened("/list", &sent).expect("the list's own form");
        assert_eq!(kept.text, "was=0a%26b&pick=1&pick=2&link.2=");
        let mut carried = Serializer::new(String::new());
        carried
            .append_pair("csrf", "t")
            .append_pair("list", &kept.text);
        let carried = Fields::parse(carried.finish().as_bytes());
        assert_eq!(KeptList::carried("/list", &carried), kept);
        assert_eq!(KeptList::opened("/list", &carried), None);
        assert_eq!(unfold(carried), Fields::parse(kept.text.as_bytes()));
        assert_eq!(unfold(sent.clone()), sent);
    }
}
