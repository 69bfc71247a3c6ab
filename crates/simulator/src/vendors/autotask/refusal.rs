//! How the vendor says no: a status and English sentences.

use serde_json::json;

use crate::exchange::Answer;

/// A refused request.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Status code.
    pub status: u16,
    /// What is wrong; empty for the HTML page of an unknown route.
    pub errors: Vec<String>,
}

impl Refusal {
    /// A request that the vendor finds invalid: validation, business rules, bad queries.
    pub fn invalid(text: impl Into<String>) -> Self {
        Self {
            status: 500,
            errors: vec![text.into()],
        }
    }

    /// A refusal with another status.
    pub fn with_status(status: u16, text: impl Into<String>) -> Self {
        Self {
            status,
            errors: vec![text.into()],
        }
    }

    /// A route that does not exist.
    pub fn no_route() -> Self {
        Self {
            status: 404,
            errors: Vec::new(),
        }
    }

    /// A method that the address does not support.
    pub fn method(method: &str) -> Self {
        Self::with_status(
            405,
            format!("The requested resource does not support http method '{method}'."),
        )
    }

    /// The answer to send.
    pub fn answer(self) -> Answer {
        if self.errors.is_empty() {
            return Answer::html(404, NOT_FOUND.to_owned());
        }
        Answer::json(self.status, &json!({"errors": self.errors}))
    }
}

const NOT_FOUND: &str = "<!DOCTYPE html>\r\n<html><head><title>404 - File or directory not found.</title></head>\r\n\
<body><h1>Server Error</h1><h2>404 - Nothing answers at this address.</h2></body></html>\r\n";
