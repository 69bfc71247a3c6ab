//! How the vendor says no. Its parts do so in different shapes, and a missing permission is a 401.

use serde_json::{Value, json};

use crate::exchange::Answer;
use crate::state::Record;

/// A refused request.
#[derive(Debug, PartialEq)]
pub struct Refusal {
    /// Status code.
    pub status: u16,
    /// Body.
    pub body: Value,
}

impl Refusal {
    fn new(status: u16, body: Value) -> Self {
        Self { status, body }
    }

    /// A body or parameter that cannot be understood.
    pub fn malformed(sentence: &str) -> Self {
        Self::new(400, json!({"error": sentence}))
    }

    /// A token that is not accepted.
    pub fn token() -> Self {
        Self::new(401, json!({"error": "Unauthorized"}))
    }

    /// Something that the token's permissions do not allow.
    pub fn permission() -> Self {
        let sentence = "Not authorized. Please ask account admin to update your group permissions.";
        Self::new(401, json!({"error": sentence}))
    }

    /// A record or address that does not exist, or that the token cannot see.
    pub fn not_found() -> Self {
        Self::new(404, json!({"message": "Not found"}))
    }

    /// A ticket without a customer.
    pub fn customer_required() -> Self {
        Self::new(422, json!({"error": "Customer required field"}))
    }

    /// Files that are not where they should be.
    pub fn files() -> Self {
        let sentence = "Missing files param - or not an array like \
            [{'url':'http://foo','filename': 'test'}]";
        Self::new(422, json!({"error": sentence}))
    }

    /// Fields that are not as they should be, with what was sent.
    pub fn invalid(messages: Vec<String>, params: &Record) -> Self {
        Self::new(
            422,
            json!({"success": false, "message": messages, "params": params}),
        )
    }

    /// As [`Self::invalid`], as parts that show the record that could not be saved say it.
    pub fn record(record: Value, errors: &str) -> Self {
        Self::new(422, json!({"record": record, "errors": errors}))
    }

    /// As [`Self::invalid`], as newer parts say it.
    pub fn field(field: &str, sentence: &str) -> Self {
        Self::new(422, json!({"errors": {field: [sentence]}}))
    }

    /// The answer to send.
    pub fn answer(self) -> Answer {
        Answer::json(self.status, &self.body)
    }
}
