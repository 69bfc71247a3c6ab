//! Instants as people read them: in the viewer's zone, relative and absolute, never the server's zone.

use std::fmt;

use domain::clock::UtcMillis;
use jiff::tz::TimeZone;

/// One instant, ready for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Time {
    /// For the `datetime` attribute.
    pub machine: String,
    /// `6 min ago`, `in 3 h`, or the date when it is more than a week away.
    pub relative: String,
    /// `14 Mar 2026, 09:05 CET`.
    pub absolute: String,
    /// `14 Mar 2026`.
    pub date: String,
}

impl Time {
    /// The instant as seen at `now` from `zone`.
    #[must_use]
    pub fn new(at: UtcMillis, now: UtcMillis, zone: &TimeZone) -> Self {
        let Ok(stamp) = jiff::Timestamp::from_millisecond(at.0) else {
            let text = at.to_rfc3339();
            return Self {
                machine: text.clone(),
                relative: text.clone(),
                absolute: text.clone(),
                date: text,
            };
        };
        let there = stamp.to_zoned(zone.clone());
        let date = there.strftime("%-d %b %Y").to_string();
        Self {
            machine: at.to_rfc3339(),
            relative: relative(now.since(at)).unwrap_or_else(|| date.clone()),
            absolute: there.strftime("%-d %b %Y, %H:%M %Z").to_string(),
            date,
        }
    }
}

/// Renders `<time>` with the relative text and the absolute one as its title.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Every part is made above from numbers and names of zones, so nothing needs escaping.
        write!(
            f,
            r#"<time datetime="{}" title="{}">{}</time>"#,
            self.machine, self.absolute, self.relative
        )
    }
}

impl askama::filters::HtmlSafe for Time {}

fn relative(passed: i64) -> Option<String> {
    let length = passed.abs();
    if length < 45 * UtcMillis::SECOND {
        // What began while the page was made is no time to come.
        return Some(if passed < -UtcMillis::SECOND {
            "in a moment".into()
        } else {
            "just now".into()
        });
    }
    if length >= 7 * UtcMillis::DAY {
        return None;
    }
    let text = length_of(length);
    Some(if passed < 0 {
        format!("in {text}")
    } else {
        format!("{text} ago")
    })
}

/// A length of time in its largest unit: `45 s`, `6 min`, `3 h`, `2 d`; rounded up, so that it is a bound.
#[must_use]
pub fn length_of(millis: i64) -> String {
    let up =
        |unit: i64| millis.max(0).div_euclid(unit) + i64::from(millis.max(0).rem_euclid(unit) > 0);
    if millis < UtcMillis::MINUTE {
        format!("{} s", up(UtcMillis::SECOND))
    } else if millis <= UtcMillis::HOUR {
        format!("{} min", up(UtcMillis::MINUTE))
    } else if millis <= 2 * UtcMillis::DAY {
        format!("{} h", up(UtcMillis::HOUR))
    } else {
        format!("{} d", up(UtcMillis::DAY))
    }
}

/// A length of time between two repetitions: `hour`, `5 min`, `day`.
#[must_use]
pub fn every(millis: i64) -> String {
    match millis {
        UtcMillis::HOUR => "hour".to_owned(),
        UtcMillis::DAY => "day".to_owned(),
        other => length_of(other),
    }
}

/// How long something took: `840 ms`, `12.4 s`, `3 min 20 s`, `2 h 5 min`.
#[must_use]
pub fn duration(millis: i64) -> String {
    let seconds = millis / 1_000;
    match millis {
        ..1_000 => format!("{millis} ms"),
        1_000..60_000 => format!("{}.{} s", seconds, millis % 1_000 / 100),
        60_000..3_600_000 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// A date that stands for itself (midnight UTC of it) and is never shifted into a zone.
#[must_use]
pub fn plain_date(at: UtcMillis) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(
        |_| at.to_rfc3339(),
        |stamp| {
            stamp
                .to_zoned(TimeZone::UTC)
                .strftime("%-d %b %Y")
                .to_string()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_shown_in_the_viewers_zone() {
        let at = UtcMillis(1_772_373_900_000); // 2026-03-01T14:05:00Z
        let zone = TimeZone::get("America/New_York").expect("compiled in");
        let time = Time::new(at, at.plus(6 * UtcMillis::MINUTE), &zone);
        assert_eq!(time.absolute, "1 Mar 2026, 09:05 EST");
        assert_eq!(time.relative, "6 min ago");
        assert_eq!(
            Time::new(at, at.plus(8 * UtcMillis::DAY), &zone).relative,
            "1 Mar 2026"
        );
        assert_eq!(
            Time::new(at, at.plus(-3 * UtcMillis::HOUR), &zone).relative,
            "in 3 h"
        );
        assert_eq!(Time::new(at, at, &zone).relative, "just now");
        assert_eq!(Time::new(at, at.plus(-200), &zone).relative, "just now");
        assert_eq!(
            Time::new(at, at.plus(-5 * UtcMillis::SECOND), &zone).relative,
            "in a moment"
        );
        assert!(
            time.to_string()
                .contains(r#"datetime="2026-03-01T14:05:00.000Z""#)
        );
    }

    #[test]
    fn lengths_are_bounds_and_durations_are_exact() {
        assert_eq!(length_of(5 * UtcMillis::MINUTE + 1), "6 min");
        assert_eq!(length_of(90 * UtcMillis::MINUTE), "2 h");
        assert_eq!(length_of(3 * UtcMillis::DAY), "3 d");
        assert_eq!(duration(840), "840 ms");
        assert_eq!(duration(12_480), "12.4 s");
        assert_eq!(duration(200_000), "3 min 20 s");
        assert_eq!(duration(7_500_000), "2 h 5 min");
    }
}
