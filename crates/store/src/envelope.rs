//! Sealed texts: `v1.<key id>.<nonce>.<ciphertext>`, XChaCha20-Poly1305 (rule X1).
//!
//! Where a text belongs is authenticated with it: an envelope copied into another row does not open there. Nonces are
//! 24 random bytes, so no counter has to survive a restore.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::secret::Secret;
use zeroize::Zeroizing;

use crate::error::{ErrorKind, Result, StoreError};
use crate::key_ring::{KeyRing, MasterKey, fill_random};

const VERSION: &str = "v1";
const NONCE_BYTES: usize = 24;

/// Seals a text with a key of the ring, for one place.
///
/// # Errors
/// `KeyMissing` when the key is not in the ring; when the system has no randomness to give.
pub fn seal(ring: &KeyRing, key: &str, place: &str, text: &Secret) -> Result<String> {
    let key = find(ring, key, place)?;
    let mut nonce = [0; NONCE_BYTES];
    fill_random(&mut nonce)?;
    let payload = Payload {
        msg: text.expose().as_bytes(),
        aad: place.as_bytes(),
    };
    let sealed = cipher(key)
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| StoreError::new(ErrorKind::Unexpected, "a secret could not be sealed"))?;
    Ok(format!(
        "{VERSION}.{}.{}.{}",
        key.id,
        URL_SAFE_NO_PAD.encode(nonce),
        URL_SAFE_NO_PAD.encode(sealed)
    ))
}

/// Opens an envelope that was sealed for the same place.
///
/// # Errors
/// `KeyMissing` when its key is not in the ring; `Corrupt` when it was altered or belongs elsewhere.
pub fn open(ring: &KeyRing, place: &str, envelope: &str) -> Result<Secret> {
    let corrupt = || {
        StoreError::new(
            ErrorKind::Corrupt,
            format!(
                "the sealed value of {place} cannot be opened: it was altered, or belongs elsewhere"
            ),
        )
    };
    let mut parts = envelope.split('.');
    let (Some(VERSION), Some(key_id), Some(nonce), Some(sealed), None) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return Err(corrupt());
    };
    let key = find(ring, key_id, place)?;
    let nonce: [u8; NONCE_BYTES] = URL_SAFE_NO_PAD
        .decode(nonce)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(corrupt)?;
    let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| corrupt())?;
    let payload = Payload {
        msg: &sealed,
        aad: place.as_bytes(),
    };
    let opened = Zeroizing::new(
        cipher(key)
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| corrupt())?,
    );
    let text = std::str::from_utf8(&opened).map_err(|_| corrupt())?;
    Ok(Secret::from(text))
}

/// The key an envelope was sealed with.
#[must_use]
pub fn key_id(envelope: &str) -> Option<&str> {
    envelope.split('.').nth(1)
}

fn find<'ring>(ring: &'ring KeyRing, id: &str, place: &str) -> Result<&'ring MasterKey> {
    ring.find(id).ok_or_else(|| {
        StoreError::new(
            ErrorKind::KeyMissing {
                key: Some(id.to_owned()),
            },
            format!(
                "the sealed value of {place} needs the master key {id}, which is not in the key ring"
            ),
        )
    })
}

fn cipher(key: &MasterKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&*key.bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key_ring::generate;

    #[test]
    fn an_envelope_opens_only_in_its_place_and_unaltered() {
        let ring = KeyRing::parse(&generate().unwrap()).unwrap();
        let id = ring.ids().remove(0);
        let text = Secret::from("hunter2");
        let seal = || seal(&ring, &id, "integration:1|password", &text).unwrap();
        let envelope = seal();
        assert!(!envelope.contains("hunter2"));
        assert_eq!(key_id(&envelope), Some(id.as_str()));
        assert_eq!(
            open(&ring, "integration:1|password", &envelope)
                .unwrap()
                .expose(),
            "hunter2"
        );
        assert_eq!(
            open(&ring, "integration:2|password", &envelope)
                .unwrap_err()
                .kind(),
            &ErrorKind::Corrupt
        );
        assert_ne!(envelope, seal(), "nonces differ");
        let mut altered = envelope.clone().into_bytes();
        if let Some(last) = altered.iter_mut().rev().nth(4) {
            *last = if *last == b'A' { b'B' } else { b'A' };
        }
        let altered = String::from_utf8(altered).unwrap();
        assert_eq!(
            open(&ring, "integration:1|password", &altered)
                .unwrap_err()
                .kind(),
            &ErrorKind::Corrupt
        );
        for nonsense in ["", "v1", "v2.a.b.c", "v1.a.b.c.d"] {
            assert!(open(&ring, "p", nonsense).is_err(), "{nonsense:?}");
        }
    }

    #[test]
    fn every_key_of_the_ring_opens_and_seals() {
        let (old, new) = (generate().unwrap(), generate().unwrap());
        let before = KeyRing::parse(&old).unwrap();
        let envelope = seal(&before, &before.ids()[0], "p", &Secret::from("x")).unwrap();
        let both = KeyRing::parse(&Secret::from(format!(
            "# keys\n{}\n\n{}\n",
            old.expose(),
            new.expose()
        )))
        .unwrap();
        assert_eq!(open(&both, "p", &envelope).unwrap().expose(), "x");
        let resealed = seal(&both, &both.ids()[1], "p", &Secret::from("x")).unwrap();
        assert!(matches!(
            open(&before, "p", &resealed).unwrap_err().kind(),
            ErrorKind::KeyMissing { key: Some(_) }
        ));
        for text in ["", "# nothing", "c2hvcnQ=", "not base64!"] {
            assert!(KeyRing::parse(&Secret::from(text)).is_err(), "{text:?}");
        }
    }
}
