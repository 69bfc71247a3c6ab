//! How the vendor says no: a status, a code, a sentence, and a list of what is wrong with which field.

use serde_json::{Value, json};

use crate::exchange::Answer;

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// The vendor's word for it.
    pub code: &'static str,
    /// A sentence.
    pub message: String,
    /// Kind of record.
    pub resource: String,
    /// Field.
    pub field: String,
}

/// A refused request.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Status code.
    pub status: u16,
    /// The vendor's word for it.
    pub code: &'static str,
    /// A sentence.
    pub message: String,
    /// What is wrong in detail.
    pub issues: Vec<Issue>,
}

impl Refusal {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            issues: Vec::new(),
        }
    }

    /// A parameter or body that cannot be understood.
    pub fn argument(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidArgument", message)
    }

    /// A parameter whose number is too small or too large.
    pub fn out_of_range(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            issues: vec![Issue::new("", field, "OutOfRange", message.clone())],
            ..Self::argument(message)
        }
    }

    /// A record with wrong fields.
    pub fn object(name: &str, issues: Vec<Issue>) -> Self {
        Self {
            issues,
            ..Self::new(400, "InvalidObject", format!("{name} object is invalid"))
        }
    }

    /// A record with one wrong field.
    pub fn field(name: &str, field: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self::object(name, vec![Issue::new(name, field, code, message)])
    }

    /// A record that does not exist.
    pub fn not_found(name: &str, id: &str) -> Self {
        let mut letters = name.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        let label: String = first.into_iter().chain(letters).collect();
        Self::new(404, "NotFound", format!("{label} {id} not found"))
    }

    /// An address that does not exist.
    pub fn no_route() -> Self {
        Self::new(404, "ConnectWiseApi", "The endpoint does not exist.")
    }

    /// Keys that are not accepted.
    pub fn keys() -> Self {
        Self::new(401, "ConnectWiseApi", "UserNotAuthenticated")
    }

    /// A client id that is missing or not accepted.
    pub fn client_id() -> Self {
        Self::new(
            401,
            "Unauthorized",
            "The clientId header is missing or not valid.",
        )
    }

    /// Something that the security role does not allow.
    pub fn role() -> Self {
        Self::new(
            403,
            "Unauthorized",
            "You do not have security permission to perform this action.",
        )
    }

    /// A method that the address does not support.
    pub fn method(method: &str) -> Self {
        Self::new(
            405,
            "MethodNotAllowed",
            format!("The requested resource does not support http method '{method}'."),
        )
    }

    /// A body of the wrong media type.
    pub fn media_type() -> Self {
        Self::new(
            415,
            "UnsupportedMediaType",
            "The request entity's media type is not supported for this resource.",
        )
    }

    /// A record that others still use.
    pub fn in_use(message: impl Into<String>) -> Self {
        Self::new(409, "ObjectInUse", message)
    }

    /// The answer to send.
    pub fn answer(self) -> Answer {
        Answer::json(self.status, &self.body())
    }

    /// The body to send.
    pub fn body(&self) -> Value {
        let mut body = json!({"code": self.code, "message": self.message});
        if !self.issues.is_empty() {
            let issues = self.issues.iter().map(|issue| {
                json!({
                    "code": issue.code, "message": issue.message,
                    "resource": issue.resource, "field": issue.field,
                })
            });
            body["errors"] = issues.collect();
        }
        body
    }

    /// All sentences in one, for control calls.
    pub fn text(&self) -> String {
        let issues = self.issues.iter().map(|issue| issue.message.as_str());
        std::iter::once(self.message.as_str())
            .chain(issues)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

impl Issue {
    /// What is wrong with a field.
    pub fn new(
        resource: &str,
        field: &str,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            message: message.into(),
            resource: resource.to_owned(),
            field: field.to_owned(),
        }
    }

    /// A field that is needed.
    pub fn missing(resource: &str, field: &str) -> Self {
        let message = format!("The {field} field is required.");
        Self::new(resource, field, "MissingRequiredField", message)
    }
}
