//! Turns a connector's failure into a sentence for the person who waits for it. Pure.

use connectors::{Error, ErrorKind};
use domain::clock::UtcMillis;
use domain::provider::Provider;

use super::outcome::Refusal;

/// The sentence, hint and field for a failure met while somebody waits.
#[must_use]
pub fn refusal(provider: &Provider, error: &Error) -> Refusal {
    Refusal {
        message: sentence(provider.name, error),
        hint: error.hint(),
        field: error.field,
        among: error.among,
        others: Vec::new(),
        // What a connector refuses before it sends anything.
        asked: !(error.kind == ErrorKind::Invalid && error.no_effect),
    }
}

/// A refusal of our own.
#[must_use]
pub fn plain(message: impl Into<String>) -> Refusal {
    Refusal {
        message: message.into(),
        hint: None,
        field: None,
        among: &[],
        others: Vec::new(),
        asked: false,
    }
}

/// Fields of a form that cannot be used, in the form's order; nothing when there are none.
#[must_use]
pub fn fields(mut problems: Vec<(&'static str, String)>) -> Option<Refusal> {
    if problems.is_empty() {
        return None;
    }
    let (field, message) = problems.remove(0);
    Some(Refusal {
        message,
        hint: None,
        field: Some(field),
        among: &[],
        others: problems,
        asked: false,
    })
}

/// What happened, with the vendor's own words where it said any.
#[must_use]
pub fn sentence(provider: &str, error: &Error) -> String {
    let words = ended(&error.message);
    match error.kind {
        ErrorKind::AuthFailed => format!("{provider} does not accept these credentials. {words}"),
        ErrorKind::PermissionDenied => {
            let right = error.right.as_ref();
            let right = right.and_then(|finding| finding.missing.as_deref());
            let right = right.map(|right| format!(" The right that is missing: {}", ended(right)));
            let right = right.unwrap_or_default();
            format!("{provider} refused access. {words}{right}")
        }
        ErrorKind::RateLimited => match error.retry_after {
            Some(wait) => format!(
                "{provider}'s request limit is used up; it accepts requests again in {}. {words}",
                duration(wait)
            ),
            None => format!("{provider}'s request limit is used up. {words}"),
        },
        ErrorKind::Unavailable => match error.status {
            Some(status) => {
                format!("{provider} answers with an error of its own (HTTP {status}). {words}")
            }
            None => format!("{provider} could not be reached. {words}"),
        },
        ErrorKind::Unsupported => format!("{provider} cannot do that here. {words}"),
        ErrorKind::Unexpected => {
            format!("{provider} answered in a way Portico does not understand. {words}")
        }
        ErrorKind::NotFound | ErrorKind::Invalid | ErrorKind::Conflict => words,
    }
    .trim_end()
    .to_owned()
}

/// A length of time in words, rounded up.
#[must_use]
pub fn duration(millis: i64) -> String {
    let (amount, unit) = if millis > 90 * UtcMillis::MINUTE {
        (up(millis, UtcMillis::HOUR), "hour")
    } else if millis > 90 * UtcMillis::SECOND {
        (up(millis, UtcMillis::MINUTE), "minute")
    } else {
        (up(millis.max(1), UtcMillis::SECOND), "second")
    };
    format!("{amount} {unit}{}", if amount == 1 { "" } else { "s" })
}

fn up(millis: i64, unit: i64) -> i64 {
    millis.saturating_add(unit - 1) / unit
}

/// The vendor's words as a sentence with an end.
pub(crate) fn ended(words: &str) -> String {
    let words = words.trim();
    let mut letters = words.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let mut sentence: String = first.to_uppercase().chain(letters).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_a_sentence_that_carries_the_vendors_words() {
        let error = |kind| Error::new(kind, "list tickets", "The words");
        assert_eq!(
            sentence("Autotask", &error(ErrorKind::AuthFailed)),
            "Autotask does not accept these credentials. The words."
        );
        assert_eq!(
            sentence("Autotask", &error(ErrorKind::Unavailable).with_status(503)),
            "Autotask answers with an error of its own (HTTP 503). The words."
        );
        assert_eq!(
            sentence(
                "Autotask",
                &error(ErrorKind::RateLimited).with_retry_after(Some(90_001))
            ),
            "Autotask's request limit is used up; it accepts requests again in 2 minutes. The words."
        );
        assert_eq!(
            sentence("Autotask", &error(ErrorKind::Invalid)),
            "The words."
        );
        assert_eq!(
            sentence("Autotask", &Error::new(ErrorKind::Unavailable, "x", "")),
            "Autotask could not be reached."
        );
    }

    #[test]
    fn durations_round_up() {
        for (millis, words) in [
            (0, "1 second"),
            (1_001, "2 seconds"),
            (90_000, "90 seconds"),
            (61 * 60_000, "61 minutes"),
            (100 * 60_000, "2 hours"),
        ] {
            assert_eq!(duration(millis), words, "{millis}");
        }
    }
}
