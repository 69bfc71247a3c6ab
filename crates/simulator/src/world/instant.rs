//! Instants as milliseconds since 1970 UTC, and their text.

/// Milliseconds of a minute.
pub const MINUTE: i64 = 60_000;
/// Milliseconds of an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Milliseconds of a day.
pub const DAY: i64 = 24 * HOUR;

/// Year, month and day of a day counted from 1970.
pub fn civil(day: i64) -> (i64, u32, u32) {
    // Days are counted from 1 March of year 0 so that the leap day is the last of its year.
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * of_year + 2) / 153;
    let day_of_month = of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u32, day_of_month as u32)
}

/// Appends `2026-03-01T14:05:12.033Z`; whole seconds go without a fraction.
pub fn push_iso(out: &mut String, ms: i64) {
    let day = ms.div_euclid(DAY);
    let of_day = ms.rem_euclid(DAY);
    let (year, month, day_of_month) = civil(day);
    let mut text = *b"0000-00-00T00:00:00.000Z";
    digits(&mut text[0..4], year.clamp(0, 9_999) as u32);
    digits(&mut text[5..7], month);
    digits(&mut text[8..10], day_of_month);
    digits(&mut text[11..13], (of_day / HOUR) as u32);
    digits(&mut text[14..16], (of_day / MINUTE % 60) as u32);
    digits(&mut text[17..19], (of_day / 1_000 % 60) as u32);
    let fraction = (of_day % 1_000) as u32;
    digits(&mut text[20..23], fraction);
    let text = str::from_utf8(&text).unwrap_or_default();
    if fraction == 0 {
        out.push_str(&text[..19]);
        out.push('Z');
    } else {
        out.push_str(text);
    }
}

/// The text of an instant.
pub fn iso(ms: i64) -> String {
    let mut out = String::with_capacity(24);
    push_iso(&mut out, ms);
    out
}

fn digits(out: &mut [u8], mut number: u32) {
    for place in out.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// Reads an instant of any precision; without a zone it is UTC, without a time it is midnight.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(stamp) = text.parse::<jiff::Timestamp>() {
        return Some(stamp.as_millisecond());
    }
    let civil = text
        .parse::<jiff::civil::DateTime>()
        .or_else(|_| text.parse::<jiff::civil::Date>().map(|d| d.at(0, 0, 0, 0)))
        .ok()?;
    let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_millisecond())
}

/// The midnight before an instant.
pub fn midnight(ms: i64) -> i64 {
    ms.div_euclid(DAY) * DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for text in [
            "2026-03-01T14:05:12.033Z",
            "1970-01-01T00:00:00Z",
            "2024-02-29T23:59:59Z",
        ] {
            assert_eq!(iso(parse(text).unwrap()), text);
        }
        assert_eq!(parse("2026-03-01"), parse("2026-03-01T00:00:00Z"));
        assert_eq!(parse("2026-03-01T02:00:00+02:00"), parse("2026-03-01"));
        assert_eq!(parse("2026-03-01T00:00:00.0000001"), parse("2026-03-01"));
        assert_eq!(parse("yesterday"), None);
    }
}
