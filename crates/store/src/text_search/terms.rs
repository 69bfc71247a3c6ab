//! What a person typed into a search box, as terms that are matched literally.
//!
//! Words of three characters and more are looked up in the trigram index, anywhere in a text, whatever their case.
//! Shorter words narrow down what the longer ones found; alone they match the beginning of a number or name. Quotes,
//! `%` and `_` are characters like any other.

/// The words of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Words the index can find, longest first.
    long: Vec<String>,
    /// The others.
    short: Vec<String>,
    /// Everything typed, as a beginning of a key.
    whole: String,
}

/// Shortest word the trigram index can find, in characters.
const INDEXED: usize = 3;
/// Words beyond this many are ignored.
const WORDS: usize = 8;
/// Characters beyond this many are ignored.
const CHARACTERS: usize = 200;

impl Terms {
    /// Reads a search; `None` when nothing was typed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text: String = text
            .chars()
            .filter(|c| *c != '\0')
            .take(CHARACTERS)
            .collect();
        let whole = domain::text::name_key(&text);
        if whole.is_empty() {
            return None;
        }
        let words = whole.split(' ').take(WORDS).map(str::to_owned);
        let (mut long, short): (Vec<_>, Vec<_>) =
            words.partition(|word| word.chars().count() >= INDEXED);
        long.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        Some(Self { long, short, whole })
    }

    /// Whether the index can find anything of it.
    pub(crate) fn is_indexed(&self) -> bool {
        !self.long.is_empty()
    }

    /// The one word of a search that may be a whole number of something: it has a digit. In lower and in upper case.
    pub(crate) fn single(&self) -> Option<(String, String)> {
        let number = !self.whole.contains(' ') && self.whole.chars().any(|c| c.is_ascii_digit());
        number.then(|| (self.whole.clone(), self.whole.to_uppercase()))
    }

    /// SQLite: every long word as a phrase of FTS5, all of which must match.
    pub(crate) fn phrases(&self) -> String {
        let quoted = self
            .long
            .iter()
            .map(|word| format!("\"{}\"", word.replace('"', "\"\"")));
        quoted.collect::<Vec<_>>().join(" AND ")
    }

    /// PostgreSQL: the two longest words as patterns of `LIKE`.
    pub(crate) fn patterns(&self) -> [Option<String>; 2] {
        [0, 1].map(|index| self.long.get(index).map(|word| pattern(word)))
    }

    /// The half-open range of keys that begin with what was typed.
    pub(crate) fn range(&self) -> (String, String) {
        // No character sorts after this one, in bytes as in code points.
        (self.whole.clone(), format!("{}\u{10FFFF}", self.whole))
    }

    /// Whether a text has every word: what the index was not asked about is checked here.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.long
            .iter()
            .chain(&self.short)
            .all(|word| text.contains(word.as_str()))
    }
}

/// The words of a search in a short list, as patterns of `LIKE … ESCAPE`; words beyond the fourth must follow the fourth.
pub(crate) fn patterns(search: Option<&str>) -> [Option<String>; 4] {
    let words = words(search);
    std::array::from_fn(|index| words.get(index).map(|word| pattern(word)))
}

/// The same words as they are, for a list in memory: a text matches that has each of them.
pub(crate) fn words(search: Option<&str>) -> Vec<String> {
    let key = search.map(domain::text::name_key).unwrap_or_default();
    let words = key.splitn(4, ' ').filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn pattern(word: &str) -> String {
    let mut pattern = String::with_capacity(word.len() + 2);
    pattern.push('%');
    for character in word.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::Terms;

    #[test]
    fn words_are_literal() {
        let terms = Terms::parse("  100% \"Quoted\" a_b  ").expect("terms");
        assert_eq!(
            terms.phrases(),
            "\"\"\"quoted\"\"\" AND \"100%\" AND \"a_b\""
        );
        assert_eq!(
            terms.patterns(),
            [Some("%\"quoted\"%".into()), Some("%100\\%%".into())]
        );
        assert!(terms.matches("was 100% \"QUOTED\" as A_B"));
        assert!(!terms.matches("100 quoted ab"));
    }

    #[test]
    fn short_words_only_narrow() {
        assert_eq!(Terms::parse(" \u{0} "), None);
        let terms = Terms::parse("pc").expect("terms");
        assert!(!terms.is_indexed());
        assert_eq!(terms.range(), ("pc".into(), "pc\u{10FFFF}".into()));
        let terms = Terms::parse("pc printer").expect("terms");
        assert_eq!(terms.phrases(), "\"printer\"");
        assert!(terms.matches("Printer of PC 7") && !terms.matches("Printer 7"));
    }
}
