//! What values look like, so that one of another field or product is recognised.

/// What the values of a field look like whoever has the account, so that one of another field or product is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// 32 hexadecimal digits in five groups.
    Guid,
    /// An e-mail address, though no mail may ever arrive there.
    Email,
    /// Some 27 capital letters and digits.
    TrackingCode,
    /// A GUID that goes on after a hyphen.
    LongGuid,
    /// A `T`, hexadecimal digits, a hyphen, and hexadecimal digits again.
    SplitToken,
    /// Sixteen letters of both cases and digits. Other generated words may look so by accident.
    MixedWord,
    /// A word with signs that keys made of letters and digits never have. Passwords may look so.
    SignedWord,
}

impl Looks {
    const ALL: [Self; 7] = [
        Self::Guid,
        Self::Email,
        Self::TrackingCode,
        Self::LongGuid,
        Self::SplitToken,
        Self::MixedWord,
        Self::SignedWord,
    ];

    /// What a value looks like, when it is unmistakable.
    #[must_use]
    pub fn of(value: &str) -> Option<Self> {
        Self::likely(value).filter(|looks| looks.is_sure())
    }

    /// The same with what it may be by accident.
    #[must_use]
    pub fn likely(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|looks| looks.fits(value))
    }

    /// Whether nothing else looks so.
    #[must_use]
    pub const fn is_sure(self) -> bool {
        !matches!(self, Self::MixedWord | Self::SignedWord)
    }

    /// Whether a value looks like this.
    #[must_use]
    pub fn fits(self, value: &str) -> bool {
        match self {
            Self::Guid => {
                let groups: Vec<&str> = value.split('-').collect();
                groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
                    && groups.concat().chars().all(|c| c.is_ascii_hexdigit())
            }
            Self::Email => is_plain_address(value),
            Self::LongGuid => value.split_at_checked(36).is_some_and(|(guid, rest)| {
                let rest = rest.strip_prefix('-').unwrap_or_default();
                let hexadecimal = rest.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
                Self::Guid.fits(guid) && !rest.is_empty() && hexadecimal
            }),
            Self::SplitToken => value.split_once('-').is_some_and(|(head, tail)| {
                let hexadecimal = |text: &str, least: usize| {
                    text.len() >= least && text.chars().all(|c| c.is_ascii_hexdigit())
                };
                head.strip_prefix('T')
                    .is_some_and(|head| hexadecimal(head, 12))
                    && hexadecimal(tail, 24)
            }),
            Self::MixedWord => {
                let has = |is: fn(&char) -> bool| value.chars().any(|c| is(&c));
                value.len() == 16
                    && value.chars().all(|c| c.is_ascii_alphanumeric())
                    && has(char::is_ascii_uppercase)
                    && has(char::is_ascii_lowercase)
                    && has(char::is_ascii_digit)
            }
            Self::SignedWord => {
                let signs = |c: char| "$*#!%^&~".contains(c);
                (10..=64).contains(&value.len())
                    && value.chars().any(signs)
                    && value.chars().any(|c| c.is_ascii_alphanumeric())
                    && value.chars().all(|c| c.is_ascii_graphic())
            }
            Self::TrackingCode => {
                (25..=29).contains(&value.len())
                    && value
                        .chars()
                        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
                    && value.contains(|c: char| c.is_ascii_uppercase())
            }
        }
    }
}

/// Whether a text is an e-mail address of the usual kind. Generated secrets have `@` and dots too, among signs that no
/// address people are given has.
fn is_plain_address(text: &str) -> bool {
    let usual = |part: &str, signs: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
    };
    text.split_once('@').is_some_and(|(local, domain)| {
        let last = domain.rsplit_once('.').map(|(_, last)| last);
        usual(local, "._+-'")
            && usual(domain, ".-")
            && last.is_some_and(|last| {
                last.len() >= 2 && last.chars().all(|c| c.is_ascii_alphabetic())
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_value_looks_like_is_told_when_it_is_unmistakable() {
        for (value, looks) in [
            ("12345678-90ab-CDEF-1234-567890abcdef", Some(Looks::Guid)),
            ("12345678-90ab-cdef-1234-567890abcdez", None),
            ("api.user@acme.example", Some(Looks::Email)),
            ("HLN4QZX7TB2WKD6MVRP3SJC8YAE", Some(Looks::TrackingCode)),
            ("Tq4vZ8mKxW2sRb7N", None),
            ("123456789012345678901234567", None),
            (
                "12345678-90ab-cdef-1234-567890abcdef-2e9d",
                Some(Looks::LongGuid),
            ),
            (
                "T5c1f0b7d2e8a4f9731-3d0c9be2a47f81336ae0d4c2b795f108",
                Some(Looks::SplitToken),
            ),
            ("T5c1f0b7d2e8a4f9731-3d0c9be2", None),
            ("", None),
        ] {
            assert_eq!(Looks::of(value), looks, "{value}");
        }
        for (value, looks) in [
            ("Tq4vZ8mKxW2sRb7N", Some(Looks::MixedWord)),
            ("tq4vz8mkxw2srb7n", None),
            ("5t$WJ*e9#Kb2", Some(Looks::SignedWord)),
            ("5t.WJ@e9-Kb2", None),
            ("short$1", None),
        ] {
            assert_eq!(Looks::likely(value), looks, "{value}");
        }
    }
}
