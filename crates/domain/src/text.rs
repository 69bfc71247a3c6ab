//! Normal forms of text: what is compared and sorted by, as against what is shown.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

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

/// Text of a vendor as it may be shown: control characters become visible pictures, and characters that change the
/// direction of what follows are left out, so that a title cannot reorder the words beside it or hide a file's ending.
/// Tab and the ends of lines stay. Stored text keeps all of it (see `docs/admin/sync.md`).
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(needs_care) {
        return Cow::Borrowed(text);
    }
    text.chars()
        .filter(|letter| !turns_direction(*letter))
        .map(|letter| match letter {
            '\t' | '\n' | '\r' => letter,
            '\u{7f}' => '\u{2421}',
            '\0'..='\u{1f}' => char::from_u32(0x2400 + letter as u32).unwrap_or('\u{fffd}'),
            letter if letter.is_control() => '\u{fffd}',
            letter => letter,
        })
        .collect::<String>()
        .into()
}

/// Whether [`shown`] shows a character in another way, or not at all.
#[must_use]
pub fn needs_care(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\t' | '\n' | '\r')) || turns_direction(letter)
}

/// Embeddings, overrides and isolates of the bidirectional algorithm.
const fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The key a name is sorted and looked up by: trimmed, inner white space single, lower case, cut to a fixed length,
/// so that both databases order alike whatever their collation. Letters with accents are composed (NFC): some keyboards
/// and file systems take them apart.
#[must_use]
pub fn name_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len().min(KEY_LENGTH * 4));
    let mut characters = 0;
    for word in name.split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
            characters += 1;
        }
        for letter in word.nfc().flat_map(char::to_lowercase) {
            if characters >= KEY_LENGTH {
                return key;
            }
            key.push(letter);
            characters += 1;
        }
    }
    key
}

/// Whether a text can stand as somebody's phone number: nothing, or one line of at most 60 characters with a digit.
/// Extensions, signs and words such as *ask at the front desk, 12* are what people enter, so they pass.
#[must_use]
pub fn is_phone(text: &str) -> bool {
    let text = text.trim();
    let fits = text.chars().count() <= 60 && !text.chars().any(char::is_control);
    text.is_empty() || (fits && text.chars().any(|letter| letter.is_ascii_digit()))
}

/// Whether there is anything to see in a text: one of blanks and characters that take no room alone names nobody.
#[must_use]
pub fn has_visible(text: &str) -> bool {
    // The empty pattern of Braille is drawn as a blank, and is none to Unicode.
    let is_blank = |letter: char| letter.is_whitespace() || letter == '\u{2800}';
    text.chars()
        .any(|letter| !(is_blank(letter) || letter.is_control() || is_invisible(letter)))
}

/// Characters that take no room (Unicode: default ignorable), which get into copied addresses and could tell two
/// addresses apart that nobody can.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// A text that was typed over several lines as one: the ends of lines become blanks.
#[must_use]
pub fn one_line(text: &str) -> String {
    let lines = text.split(['\r', '\n']).map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    lines.join(" ")
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
    fn what_would_mislead_is_shown_or_left_out() {
        for (text, expected) in [
            ("plain Söhne 🏭", "plain Söhne 🏭"),
            ("two\nlines\tand a tab\r", "two\nlines\tand a tab\r"),
            (
                "bell\u{7} and escape\u{1b}[31m",
                "bell\u{2407} and escape\u{241b}[31m",
            ),
            (
                "\u{0}\u{1f}\u{7f}\u{85}",
                "\u{2400}\u{241f}\u{2421}\u{fffd}",
            ),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("\u{2066}a\u{2069}\u{202a}b\u{202c}", "ab"),
            ("עברית \u{200f}x", "עברית \u{200f}x"),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
        assert!(matches!(shown("plain"), Cow::Borrowed(_)), "costs nothing");
    }

    #[test]
    fn phones() {
        for fine in ["", "+43 (1) 555-0100 ext 7", "ask Büro 2", &"5".repeat(60)] {
            assert!(is_phone(fine), "{fine:?}");
        }
        for not in ["call me", "12\n34", &"5".repeat(61)] {
            assert!(!is_phone(not), "{not:?}");
        }
    }

    #[test]
    fn what_can_be_seen() {
        for seen in [
            "Ann",
            " .",
            "\u{200b}Ann\u{feff}",
            "\u{200f}עברית",
            "李",
            "🏭\u{fe0f}",
        ] {
            assert!(has_visible(seen), "{seen:?}");
        }
        for unseen in [
            "",
            " \u{a0}\u{3000}",
            "\u{200b}",
            "\u{200b} \u{2060}\u{feff}",
            "\u{ad}\u{3164}\u{e0041}",
            "\u{2800}",
            "\0\n",
        ] {
            assert!(!has_visible(unseen), "{unseen:?}");
        }
    }

    #[test]
    fn lines_become_one() {
        for (text, expected) in [
            (" Gives tickets\r\n\r\n out\n", "Gives tickets out"),
            ("one\rtwo", "one two"),
            ("two  blanks stay", "two  blanks stay"),
            ("\r\n", ""),
        ] {
            assert_eq!(one_line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn keys() {
        assert_eq!(name_key("  Café   MÜLLER & Söhne "), "café müller & söhne");
        assert_eq!(name_key("Dvor\u{30c}a\u{301}k"), "dvořák");
        assert_eq!(name_key(&"x".repeat(300)).chars().count(), KEY_LENGTH);
        assert_eq!(without_nul("a\0b".into()), "ab");
        assert_eq!(cut("wörld", 2), "wö…");
    }
}
