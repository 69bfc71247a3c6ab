//! A device that makes a passkey, without a browser. It attests nothing about itself, so that nothing has to be signed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::harness::Page;

/// What it calls the passkey.
const ID: &[u8; 16] = b"a device's first";

/// The public key: any point of the curve P-256 will do, such as the one all others are multiples of.
const X: [u8; 32] = [
    0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
    0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
];
const Y: [u8; 32] = [
    0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16,
    0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
];

/// What a browser sends for the page that asks it for a passkey.
pub fn make_passkey(page: &Page) -> String {
    let asked = page.read();
    let part = |before: &str| {
        let (_, after) = asked.split_once(before).unwrap();
        after.split('"').next().unwrap().to_owned()
    };
    let client = json!({
        "type": "webauthn.create",
        "challenge": part("\"challenge\":\""),
        "origin": part("data-origin=\""),
    });
    // For whom; that somebody was there, and who it was, and that a key follows; never used; of no known make.
    let mut told = Sha256::digest(part("data-host=\"")).to_vec();
    told.push(0b0100_0101);
    told.extend_from_slice(&[0; 4 + 16]);
    told.extend_from_slice(&[0, 16]);
    told.extend_from_slice(ID);
    // A map of five as CBOR has it: a key of two coordinates, for ES256, on P-256, and these.
    told.extend_from_slice(&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
    told.extend_from_slice(&X);
    told.extend_from_slice(&[0x22, 0x58, 32]);
    told.extend_from_slice(&Y);
    let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
    object.push(u8::try_from(told.len()).unwrap());
    object.extend_from_slice(&told);
    let id = URL_SAFE_NO_PAD.encode(ID);
    let credential = json!({
        "id": id,
        "rawId": id,
        "type": "public-key",
        "response": {
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client.to_string()),
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
        },
    });
    credential.to_string()
}
