//! Amounts of money as vendors write them. Pure.

/// Hundredths from a JSON number, digit by digit, so that no amount is off by a rounding of binary fractions. Digits
/// beyond the second are rounded half away from zero. `None` for what is no number or exceeds the range.
#[must_use]
pub fn cents(number: &str) -> Option<i64> {
    let (negative, number) = number
        .strip_prefix('-')
        .map_or((false, number), |rest| (true, rest));
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            exponent.parse::<i32>().ok().filter(|e| e.abs() < 40)?,
        ),
        None => (number, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    if whole.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // Where the hundredths end, counted in digits from the left.
    let end = whole.len() as i32 + exponent + 2;
    let digit = |position: i32| {
        usize::try_from(position)
            .ok()
            .and_then(|at| digits.get(at))
            .map_or(0, |d| i64::from(d - b'0'))
    };
    let mut cents: i64 = 0;
    for position in 0..end.max(0) {
        cents = cents.checked_mul(10)?.checked_add(digit(position))?;
    }
    if end >= 0 && digit(end) >= 5 {
        cents = cents.checked_add(1)?;
    }
    Some(if negative { -cents } else { cents })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_exact() {
        let cases = [
            ("0", Some(0)),
            ("12", Some(1_200)),
            ("12.5", Some(1_250)),
            ("0.1", Some(10)),
            ("0.07", Some(7)),
            ("1.005", Some(101)),
            ("1.00499999999999999999", Some(100)),
            ("-1.005", Some(-101)),
            ("90071992547409.93", Some(9_007_199_254_740_993)),
            ("1.25e3", Some(125_000)),
            ("125E-1", Some(1_250)),
            ("5e-3", Some(1)),
            ("4e-9", Some(0)),
            ("92233720368547758.07", Some(i64::MAX)),
            ("92233720368547758.08", None),
            ("1e30", None),
            ("\"12\"", None),
            ("true", None),
            ("", None),
        ];
        for (number, expected) in cases {
            assert_eq!(cents(number), expected, "{number}");
        }
    }
}
