//! Signing webhook bodies as the vendor does.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The value of `X-Hook-Signature` for a body, as an independent check of a receiver's code.
pub fn webhook_signature(secret: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    format!("sha1={}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// Appends a JSON string with the vendor's escapes: everything outside ASCII and a handful of
/// characters that matter in HTML become `\uXXXX`.
pub fn write_text(text: &str, out: &mut String) {
    use std::fmt::Write;
    out.push('"');
    for unit in text.encode_utf16() {
        match char::from_u32(u32::from(unit)) {
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(c) if (' '..='~').contains(&c) && !"&<>'\"+`".contains(c) => out.push(c),
            _ => {
                let _ = write!(out, "\\u{unit:04X}");
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "portico-test-secret-0123456789";
    const BODY: &str = r#"{"Action":"Update","Guid":"0a6c1c52-7f0e-4a5c-9a3a-3f6e5c1d2b10","EntityType":"Ticket","Id":34567,"Fields":{"TicketNumber":"T20260301.0042","Title":"Caf\u00E9 \u0026 bar","Status":"5"},"EventTime":"2026-03-01T14:05:12Z","SequenceNumber":118,"PersonID":29682885}"#;

    #[test]
    fn known_vector() {
        assert_eq!(BODY.len(), 261);
        assert_eq!(
            webhook_signature(SECRET, BODY.as_bytes()),
            "sha1=YMP/nxzJqACm3vAnThEVER8G87A="
        );
    }

    #[test]
    fn escapes_like_the_vendor() {
        let mut out = String::new();
        write_text("Café & <b>'\"+` 🔥\n", &mut out);
        assert_eq!(
            out,
            "\"Caf\\u00E9 \\u0026 \\u003Cb\\u003E\\u0027\\u0022\\u002B\\u0060 \\uD83D\\uDD25\\n\""
        );
    }
}
