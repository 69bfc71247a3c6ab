//! The rule for new passwords, after NIST SP 800-63B-4, section 3.1.1.
//!
//! * **15 characters** at least, for everybody. The standard lets eight be enough beside a second factor; but a second
//!   factor can be switched off later and the password stays, so there is one length.
//! * 256 at most; any character counts, white space and every script included; measured in NFKC.
//! * **No rules of composition**, no expiry, no hints, no questions. Pasting is allowed.
//! * **What is known or easily guessed is refused, with the reason**: lists of passwords, words, names, keyboard
//!   patterns, repeats and dates, and what belongs to the person or to this product. The estimate is zxcvbn's; below
//!   a hundred million guesses a password is refused. Its lists hold few passwords of fifteen characters, so what is put
//!   together of known ones, of phrases and of rows of keys is refused besides ([`super::known`]).

use domain::secret::Secret;
use zxcvbn::Score;
use zxcvbn::feedback::Warning;

use super::known::is_mostly_known;
use super::normal;

/// Shortest new password, in characters.
pub const SHORTEST: usize = 15;

/// Longest password, in characters.
pub const LONGEST: usize = 256;

/// Fewest letters and digits beside a name or an address in a password.
const LEAST_BESIDE_OWN: usize = 8;

/// Said of what is little more than known passwords, phrases, dates and rows of keys.
const KNOWN: &str =
    "This is little more than words, phrases, dates or rows of keys that everybody tries first.";

/// The rule in words, for beside the field.
pub const HELP: &str = "At least 15 characters. Four or five words that have nothing to do with each other are easy to \
    remember and hard to guess. Symbols and digits are allowed, not required.";

/// What is wrong with a new password, in a sentence; `None` when it is fine. `others` are texts a password must not be
/// made of, such as the person's name and e-mail address.
#[must_use]
pub fn problem(password: &Secret, others: &[&str]) -> Option<String> {
    let password = normal(password);
    let text = password.expose();
    let length = text.chars().count();
    if length < SHORTEST {
        return Some(format!(
            "This has {length} characters. Use at least {SHORTEST}: a few words in a row are easy to remember."
        ));
    }
    if length > LONGEST {
        return Some(format!(
            "This has {length} characters. Use at most {LONGEST}; nothing of it is cut off."
        ));
    }
    let inputs = inputs(others);
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let estimate = zxcvbn::zxcvbn(text, &inputs);
    let lower = text.to_lowercase();
    let mostly_own = rests(&lower, &inputs) < LEAST_BESIDE_OWN;
    let mostly_known = is_mostly_known(&lower, &inputs);
    if estimate.score() >= Score::Three && !mostly_own && !mostly_known {
        return None;
    }
    if mostly_own
        || inputs
            .iter()
            .any(|own| own.chars().count() >= 4 && lower.contains(own))
    {
        return Some(
            "This is little more than a name or an address. Choose something that has nothing to do with you or \
             Portico."
                .to_owned(),
        );
    }
    // What the estimate lets pass comes with no reason.
    let reason = if estimate.score() >= Score::Three {
        KNOWN
    } else {
        reason(estimate.feedback().and_then(|feedback| feedback.warning()))
    };
    Some(format!(
        "{reason} Choose another, such as four words that do not belong together."
    ))
}

/// How many letters and digits are left without the texts that are the person's own.
fn rests(lower: &str, own: &[&str]) -> usize {
    let mut longest_first: Vec<&str> = own.to_vec();
    longest_first.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let mut rest = lower.to_owned();
    for text in longest_first {
        rest = rest.replace(text, " ");
    }
    match rest == lower {
        true => usize::MAX,
        false => rest.chars().filter(|c| c.is_alphanumeric()).count(),
    }
}

/// The texts a password must not be made of: whole, and their parts.
fn inputs(others: &[&str]) -> Vec<String> {
    let mut inputs = vec!["portico".to_owned()];
    for other in others {
        let other = other.to_lowercase();
        let parts = other.split(|c: char| !c.is_alphanumeric());
        inputs.extend(
            parts
                .filter(|part| part.chars().count() >= 3)
                .map(str::to_owned),
        );
        inputs.push(other);
    }
    inputs
}

fn reason(warning: Option<Warning>) -> &'static str {
    match warning {
        Some(
            Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword,
        ) => "This is, or is nearly, one of the best known passwords.",
        Some(
            Warning::StraightRowsOfKeysAreEasyToGuess
            | Warning::ShortKeyboardPatternsAreEasyToGuess,
        ) => "This follows the keys of the keyboard, which is easy to guess.",
        Some(
            Warning::RepeatsLikeAaaAreEasyToGuess
            | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess,
        ) => "This repeats itself; repeats make a password longer, not harder to guess.",
        Some(Warning::SequencesLikeAbcAreEasyToGuess) => {
            "This is a sequence such as abc or 6543, which is easy to guess."
        }
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => {
            "This is little more than a date or year, which is easy to guess."
        }
        Some(
            Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess,
        ) => "This is little more than names, which are easy to guess.",
        Some(Warning::AWordByItselfIsEasyToGuess) | None => "This is easy to guess.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem_of(text: &str) -> Option<String> {
        problem(
            &Secret::from(text),
            &["Ann Porter", "ann.porter@example.com"],
        )
    }

    #[test]
    fn length_and_how_easily_it_is_guessed_are_all_that_is_asked() {
        for fine in [
            "granite kettle oboe thursday mist",
            "four wet grey stones",
            "zwölf große Bären",
            "x9!kd02mzpqwz7b",
            "passwordless evenings in june",
            "すごく長いパスフレーズの例です",
            "                 x9!kd02mz                ",
        ] {
            assert_eq!(problem_of(fine), None, "{fine}");
        }
        for (bad, why) in [
            ("short", "This has 5 characters"),
            ("fourteen chars", "at least 15"),
            ("password1234567", "best known passwords"),
            ("Portico1234567890", "a name or an address"),
            ("aaaaaaaaaaaaaaaaaaaa", "repeats itself"),
            ("abcabcabcabcabcabc", "repeats itself"),
            ("ann.porter@example.com", "a name or an address"),
            ("Ann Porter 2026!", "a name or an address"),
            ("qwertyuiopasdfghjkl", "Choose another"),
            ("123456789012345", "Choose another"),
            ("correct horse battery staple", "everybody tries first"),
            ("Thisisapassword1", "Choose another"),
            ("Welcome2Portico!", "a name or an address"),
            ("mynameisannporter", "a name or an address"),
            ("P@ssw0rdP@ssw0rd", "Choose another"),
        ] {
            let problem = problem_of(bad).unwrap_or_default();
            assert!(problem.contains(why), "{bad}: {problem}");
        }
        assert!(
            problem_of(&"ab3 ".repeat(65))
                .is_some_and(|problem| problem.contains("Use at most 256")),
            "longer than the longest"
        );
    }

    #[test]
    fn a_long_password_does_not_keep_the_server_busy() {
        let long: String = "a9 Zü".chars().cycle().take(LONGEST).collect();
        let _either_way = problem_of(&long);
        assert!(HELP.contains(&SHORTEST.to_string()));
    }
}
