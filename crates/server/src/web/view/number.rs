//! Numbers as people read them.

/// With separators: `12,480`.
#[must_use]
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 ticket`, `12,480 tickets`.
#[must_use]
pub fn counted(number: i64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        grouped(number),
        if number == 1 { one } else { many }
    )
}

/// Hundredths of a currency unit: `12,480.00`.
#[must_use]
pub fn amount(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let whole = i64::try_from(cents.unsigned_abs() / 100).unwrap_or(i64::MAX);
    format!("{sign}{}.{:02}", grouped(whole), cents.unsigned_abs() % 100)
}

/// The same for machines, without separators: `12480.00`.
#[must_use]
pub fn plain_amount(cents: i64) -> String {
    amount(cents).replace(',', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (-12_480, "-12,480"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(counted(1, "ticket", "tickets"), "1 ticket");
        assert_eq!(counted(2_000, "ticket", "tickets"), "2,000 tickets");
        assert_eq!(amount(1_248_005), "12,480.05");
        assert_eq!(amount(-50), "-0.50");
        assert_eq!(plain_amount(-50), "-0.50");
        assert_eq!(plain_amount(-1_248_005), "-12480.05");
    }
}
