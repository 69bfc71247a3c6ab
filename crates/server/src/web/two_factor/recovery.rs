//! Recovery codes: for the day the phone is gone. Ten, shown once, each good once, kept as hashes.

use domain::id::IdentityId;

use crate::web::error::Failure;
use crate::web::token;

/// How many there are.
pub const COUNT: usize = 10;

/// Letters and digits that are not mistaken for each other.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// New codes, in groups of four: 80 random bits each, so that a plain hash is enough.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn generate() -> Result<Vec<String>, Failure> {
    (0..COUNT).map(|_| one()).collect()
}

fn one() -> Result<String, Failure> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::unexpected("no randomness").because(anyhow::anyhow!("{error}"))
    })?;
    let letters: Vec<char> = bytes
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    Ok(groups.join("-"))
}

/// What is stored instead of a code; spelling does not matter.
#[must_use]
pub fn hash(identity: IdentityId, code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' | '1' => 'l',
            c => c,
        })
        .collect();
    token::hash(&format!("recovery:{identity}:{plain}"))
}

/// The hashes of codes.
#[must_use]
pub fn hashes(identity: IdentityId, codes: &[String]) -> Vec<String> {
    codes.iter().map(|code| hash(identity, code)).collect()
}

/// The codes as a file to download, whole in its address, so that no script and no second request is needed.
#[must_use]
pub fn download(codes: &[String], email: &str, place: &str) -> String {
    let text = format!(
        "Recovery codes for {email} at {place}\r\nEach works once. Keep them where your phone is not.\r\n\r\n{}\r\n",
        codes.join("\r\n")
    );
    let encoded = percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC);
    format!("data:text/plain;charset=utf-8,{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ_and_spelling_does_not_matter() {
        let codes = generate().unwrap();
        assert_eq!(codes.len(), COUNT);
        let distinct: std::collections::BTreeSet<_> = codes.iter().collect();
        assert_eq!(distinct.len(), COUNT);
        assert_eq!(codes[0].len(), 19);
        let ann = IdentityId(7);
        let typed = format!(" {} ", codes[0].to_uppercase().replace('-', " "));
        assert_eq!(hash(ann, &typed), hash(ann, &codes[0]));
        assert_eq!(hash(ann, "O000"), hash(ann, "0000"));
        assert_ne!(hash(ann, &codes[0]), hash(IdentityId(8), &codes[0]));
        assert_ne!(hash(ann, &codes[0]), hash(ann, &codes[1]));
    }

    #[test]
    fn the_file_holds_every_code() {
        let codes = vec!["aaaa-bbbb".to_owned(), "cccc-dddd".to_owned()];
        let file = download(&codes, "ann@example.com", "portal.example.com");
        assert!(file.starts_with("data:text/plain;charset=utf-8,"));
        assert!(file.contains("aaaa%2Dbbbb%0D%0Acccc%2Ddddd"));
        assert!(!file.contains('"') && !file.contains('\n'));
    }
}
