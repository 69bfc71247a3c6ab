//! Which opportunities come in on their own. A vendor whose opportunities are tickets of a kind has many that are none for
//! a client's page: small ones, renewals, enquiries. Pure.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What an administrator chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OpportunityImport {
    /// Opportunities come in on their own. Off: no new one does, and those that are here stay in step with the vendor.
    pub enabled: bool,
    /// *Minimum value*, in hundredths: those of less, or of none, are left out.
    pub minimum_cents: Option<i64>,
    /// Kinds that come in; empty means all, and those without a kind.
    pub kinds: BTreeSet<String>,
}

impl Default for OpportunityImport {
    fn default() -> Self {
        Self {
            enabled: true,
            minimum_cents: None,
            kinds: BTreeSet::new(),
        }
    }
}

impl OpportunityImport {
    /// Whether an opportunity of this kind and amount belongs here; `here` says whether it is already.
    #[must_use]
    pub fn lets_in(&self, kind: Option<&str>, amount_cents: Option<i64>, here: bool) -> bool {
        if !self.enabled {
            return here;
        }
        let worth = self
            .minimum_cents
            .is_none_or(|least| amount_cents.is_some_and(|amount| amount >= least));
        let of_kind =
            self.kinds.is_empty() || kind.is_some_and(|kind| self.kinds.contains(kind.trim()));
        worth && of_kind
    }
}

/// Most that a minimum may be: a thousand millions.
const MOST: i64 = 100_000_000_000;

/// A typed amount in hundredths: digits, perhaps in groups of thousands, with up to two places after a point. What could
/// be read in two ways, such as `12,5`, is none.
#[must_use]
pub fn cents(typed: &str) -> Option<i64> {
    let (whole, part) = typed.trim().split_once('.').unwrap_or((typed.trim(), ""));
    let separators: &[char] = &[',', ' ', '\u{a0}'];
    let groups: Vec<&str> = whole.split(separators).collect();
    let grouped = groups.iter().skip(1).all(|group| group.len() == 3);
    if !grouped || (groups.len() > 1 && !(1..=3).contains(&groups[0].len())) {
        return None;
    }
    let whole = groups.concat();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(&whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    let cents = whole
        .parse::<i64>()
        .ok()?
        .checked_mul(100)?
        .checked_add(part)?;
    (cents <= MOST).then_some(cents)
}

/// An amount in hundredths as it is typed.
#[must_use]
pub fn typed(cents: i64) -> String {
    match cents % 100 {
        0 => (cents / 100).to_string(),
        part => format!("{}.{part:02}", cents / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p13_value_and_kind_decide_and_switched_off_only_what_is_here_stays() {
        let everything = OpportunityImport::default();
        assert!(everything.lets_in(None, None, false));
        let some = OpportunityImport {
            minimum_cents: Some(100_000),
            kinds: ["Project".to_owned()].into(),
            ..everything.clone()
        };
        for (kind, amount, expected) in [
            (Some("Project"), Some(100_000), true),
            (Some("Project "), Some(250_000), true),
            (Some("Project"), Some(99_999), false),
            (Some("Project"), None, false),
            (Some("Renewal"), Some(250_000), false),
            (None, Some(250_000), false),
        ] {
            for here in [false, true] {
                let found = some.lets_in(kind, amount, here);
                assert_eq!(found, expected, "{kind:?} {amount:?} {here}");
            }
        }
        let off = OpportunityImport {
            enabled: false,
            ..some
        };
        assert!(off.lets_in(None, None, true) && !off.lets_in(Some("Project"), Some(1), false));
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (text, expected) in [
            ("5000", Some(500_000)),
            (" 5,000.5 ", Some(500_050)),
            ("0", Some(0)),
            ("12.34", Some(1_234)),
            ("1000000000", Some(MOST)),
            ("1000000000.01", None),
            ("99999999999999999999", None),
            ("5 000 000", Some(500_000_000)),
            ("12,5", None),
            ("5000,50", None),
            ("1,00", None),
            (",500", None),
            ("-5", None),
            ("5.123", None),
            (".5", None),
            ("much", None),
            ("", None),
        ] {
            assert_eq!(cents(text), expected, "{text}");
        }
        for (amount, text) in [(500_000, "5000"), (1_204, "12.04"), (0, "0")] {
            assert_eq!(typed(amount), text);
            assert_eq!(cents(text), Some(amount));
        }
    }
}
