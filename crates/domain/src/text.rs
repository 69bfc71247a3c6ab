//! Normal forms of text: what is compared and sorted by, as against what is shown.

/// Longest stored one-line text, in characters. Longer vendor texts are kept whole in shown columns; keys are cut.
const KEY_LENGTH: usize = 120;

/// Removes NUL, which PostgreSQL refuses in text. Everything else stays as received.
#[must_use]
pub fn without_nul(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "")
    } else {
        text
    }
}

/// The key a name is sorted and looked up by: trimmed, inner white space single, lower case, cut to a fixed length,
/// so that both databases order alike whatever their collation.
#[must_use]
pub fn name_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len().min(KEY_LENGTH * 4));
    let mut characters = 0;
    for word in name.split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
            characters += 1;
        }
        for letter in word.chars().flat_map(char::to_lowercase) {
            if characters >= KEY_LENGTH {
                return key;
            }
            key.push(letter);
            characters += 1;
        }
    }
    key
}

/// The first `length` characters, with an ellipsis when something was cut.
#[must_use]
pub fn cut(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        assert_eq!(name_key("  Café   MÜLLER & Söhne "), "café müller & söhne");
        assert_eq!(name_key(&"x".repeat(300)).chars().count(), KEY_LENGTH);
        assert_eq!(without_nul("a\0b".into()), "ab");
        assert_eq!(cut("wörld", 2), "wö…");
    }
}
