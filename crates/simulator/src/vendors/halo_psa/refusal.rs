//! How the vendor says no. There is no single shape: some refusals are a JSON text, some a map from field to
//! sentences, some the validation problem of its web framework, and those about the token have no body at all.

use serde_json::{Value, json};

use crate::exchange::Answer;

/// A refused request.
#[derive(Debug, PartialEq)]
pub struct Refusal {
    /// Status code.
    pub status: u16,
    /// The body; `Null` for none.
    pub body: Value,
}

impl Refusal {
    fn new(status: u16, body: impl Into<Value>) -> Self {
        Self {
            status,
            body: body.into(),
        }
    }

    /// A token that is missing, unknown or past its time.
    pub fn token() -> Self {
        Self::new(401, Value::Null)
    }

    /// A refusal of the token endpoint.
    pub fn oauth(status: u16, error: &str, description: &str) -> Self {
        Self::new(
            status,
            json!({"error": error, "error_description": description, "error_uri": Value::Null}),
        )
    }

    /// Something that scopes or the agent's role do not allow.
    pub fn role() -> Self {
        Self::new(403, "You do not have permission to perform this action.")
    }

    /// A record or address that does not exist.
    pub fn not_found() -> Self {
        Self::new(404, "The requested resource was not found.")
    }

    /// A method that the address does not support.
    pub fn method(method: &str) -> Self {
        Self::new(
            405,
            json!({"Message": format!("The requested resource does not support http method '{method}'.")}),
        )
    }

    /// A rule that is not kept, as a sentence.
    pub fn rule(message: impl Into<String>) -> Self {
        Self::new(400, message.into())
    }

    /// A value of the wrong type at a place of the body.
    pub fn field(place: &str, message: &str) -> Self {
        Self::new(400, json!({place: [message]}))
    }

    /// A body that is not what the address takes.
    pub fn body() -> Self {
        Self::new(
            400,
            json!({
                "type": "https://tools.ietf.org/html/rfc7231#section-6.5.1",
                "title": "One or more validation errors occurred.",
                "status": 400,
                "errors": {"$": ["The JSON value could not be converted to a list of records."]},
            }),
        )
    }

    /// Too many requests.
    pub fn too_many() -> Self {
        Self::new(429, "API calls quota exceeded.")
    }

    /// The answer to send.
    pub fn answer(self) -> Answer {
        if self.body.is_null() {
            let mut answer = Answer::json_text(self.status, String::new());
            answer.headers.push((
                "www-authenticate",
                "Bearer error=\"invalid_token\"".to_owned(),
            ));
            return answer;
        }
        Answer::json(self.status, &self.body)
    }

    /// The sentence, for control calls.
    pub fn text(&self) -> String {
        match &self.body {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}
