//! Reads what an answer says about waiting: `Retry-After` in seconds or as a date, and the vendor's clock.

use domain::clock::UtcMillis;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The vendor's clock when it answered, from the `Date` header.
#[must_use]
pub fn vendor_time(headers: &HeaderMap) -> Option<UtcMillis> {
    headers.get(DATE)?.to_str().ok().and_then(http_date)
}

/// How long the vendor asks to wait, in milliseconds, uncapped. A date is taken against the vendor's own clock where
/// the answer tells it, else against `now`; one that has passed means no wait. `None` without a readable header.
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: UtcMillis) -> Option<i64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(
            i64::try_from(seconds)
                .unwrap_or(i64::MAX)
                .saturating_mul(UtcMillis::SECOND),
        );
    }
    if let Some(seconds) = text
        .parse::<f64>()
        .ok()
        .filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
    {
        // Some gateways send fractions; one that exceeds the range saturates.
        return Some((seconds * 1_000.0).ceil() as i64);
    }
    let until = http_date(text)?;
    Some(until.since(vendor_time(headers).unwrap_or(now)).max(0))
}

fn http_date(text: &str) -> Option<UtcMillis> {
    let instant = httpdate::parse_http_date(text).ok()?;
    let since_epoch = instant.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since_epoch.as_millis()).ok().map(UtcMillis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn headers(retry_after: &str, date: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(
            RETRY_AFTER,
            HeaderValue::from_str(retry_after).expect("a header value"),
        );
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_str(date).expect("a header value"));
        }
        headers
    }

    #[test]
    fn both_forms_and_nonsense() {
        let now = UtcMillis(1_772_373_900_000); // Sun, 01 Mar 2026 14:05:00 GMT
        let date = "Sun, 01 Mar 2026 14:06:00 GMT";
        let cases = [
            ("0", None, Some(0)),
            ("7", None, Some(7_000)),
            ("1.5", None, Some(1_500)),
            ("86400", None, Some(86_400_000)),
            ("99999999999999999999", None, Some(i64::MAX)),
            (date, None, Some(60_000)),
            (date, Some("Sun, 01 Mar 2026 14:05:58 GMT"), Some(2_000)),
            (date, Some("Sun, 01 Mar 2026 15:00:00 GMT"), Some(0)),
            ("soon", None, None),
            ("-5", None, None),
            ("", None, None),
        ];
        for (text, date, expected) in cases {
            assert_eq!(
                retry_after(&headers(text, date), now),
                expected,
                "{text} {date:?}"
            );
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
