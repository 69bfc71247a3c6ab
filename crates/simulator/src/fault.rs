//! Planned misbehaviour: which requests it meets and what happens to them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a refused client is told to come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u32),
    /// An HTTP date this many seconds ahead of the sandbox clock.
    Date(u32),
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FaultKind {
    /// Answers this status instead of doing anything.
    Status {
        /// The status code.
        code: u16,
        /// JSON body; a JSON string is sent as HTML. Absent: the vendor's error shape.
        #[serde(default)]
        body: Option<Value>,
        /// `Retry-After` header.
        #[serde(default)]
        retry_after: Option<RetryAfter>,
    },
    /// Does everything right, but later.
    Delay {
        /// Real milliseconds to wait before the answer.
        ms: u64,
    },
    /// Does everything right once no fault of this kind is planned any more: nothing depends on how fast a machine is.
    Hold,
    /// Announces the whole answer, sends half of it and closes the connection.
    Cut,
    /// Answers 200 with JSON that ends too early.
    Malformed,
    /// Answers 502 with the HTML page of a gateway.
    Html,
    /// Answers a following page with the records of the page before it.
    RepeatPage,
    /// Answers a following page as if records had come or gone before it since the page before was read: with 1 its first
    /// record is the last one of the page before, with -1 one record is on neither.
    ShiftPage {
        /// Records that came; negative for those that went.
        by: i64,
    },
    /// Answers pages smaller than asked for, as if the vendor had a lower limit.
    CapPage {
        /// Most records in a page.
        max: usize,
    },
    /// Counts fewer records than there are.
    ShrinkTotal {
        /// How many fewer.
        by: u64,
    },
    /// Performs the request, then closes the connection without an answer.
    LoseAnswer,
    /// Sends the first record of a page twice.
    DuplicateRecord,
    /// Sends one record with a field of the wrong JSON type.
    GarbledRecord {
        /// The record; absent: the first of the page.
        #[serde(default)]
        id: Option<i64>,
        /// The field.
        field: String,
    },
    /// Puts a NUL character into the texts of the first record of a page.
    NullByte,
    /// Stretches the texts of the first record of a page to 300 characters.
    Overlong,
}

impl FaultKind {
    /// Whether an answer holds something this can harm. What happens on the wire harms every answer.
    fn finds(&self, reach: Reach) -> bool {
        match self {
            Self::ShrinkTotal { .. } => reach.total,
            Self::RepeatPage
            | Self::ShiftPage { .. }
            | Self::CapPage { .. }
            | Self::DuplicateRecord => reach.page,
            Self::GarbledRecord { .. } | Self::NullByte | Self::Overlong => reach.record,
            Self::Status { .. }
            | Self::Delay { .. }
            | Self::Hold
            | Self::Cut
            | Self::Malformed
            | Self::Html
            | Self::LoseAnswer => true,
        }
    }

    /// Whether this harms what an answer says, so that only answers that say it count.
    fn is_of_content(&self) -> bool {
        !self.finds(Reach::default())
    }
}

/// What of an answer a fault of its content can harm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The answer is a page with records.
    pub page: bool,
    /// It holds a record that a fault of records is meant for, of a page or by itself.
    pub record: bool,
    /// It tells how many records there are.
    pub total: bool,
}

impl Reach {
    /// What answers hold at most where a list also tells how many records there are.
    pub fn counted_along(reads: bool) -> Self {
        Self {
            page: reads,
            record: reads,
            total: reads,
        }
    }

    /// What answers hold at most where the number of records has an address of its own.
    pub fn counted_apart(reads: bool, path: &str) -> Self {
        let counts = path.to_ascii_lowercase().ends_with("/count");
        Self {
            page: reads && !counts,
            record: reads && !counts,
            total: counts,
        }
    }
}

/// Which requests a fault meets; absent parts meet every request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultMatch {
    /// Part of the path and query, without regard to case.
    #[serde(default)]
    pub path: Option<String>,
    /// The entity, without regard to case.
    #[serde(default)]
    pub entity: Option<String>,
    /// The HTTP method, without regard to case.
    #[serde(default)]
    pub method: Option<String>,
}

/// A planned misbehaviour. One of the content counts only answers it could harm: a request for the number of records is not
/// one that a fault of pages meets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// Which requests it meets.
    #[serde(default, rename = "match")]
    pub matches: FaultMatch,
    /// Matching requests that pass unharmed first.
    #[serde(default)]
    pub after: u32,
    /// How many requests are harmed; absent: all that follow.
    #[serde(default)]
    pub times: Option<u32>,
    /// Share of matching requests that are harmed, 0.0 to 1.0; which ones is fixed, not random.
    #[serde(default)]
    pub probability: Option<f64>,
    /// What happens.
    pub kind: FaultKind,
}

impl Fault {
    /// A fault that meets every request.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            matches: FaultMatch::default(),
            after: 0,
            times: None,
            probability: None,
            kind,
        }
    }

    /// Reads a fault as another process sends it.
    ///
    /// # Errors
    /// A sentence for whoever sent it: it is no fault, has keys that mean nothing, or values that cannot be.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let not = |error: serde_json::Error| format!("not a fault: {error}");
        let sent: Value = serde_json::from_slice(text).map_err(not)?;
        let fault: Self = serde_json::from_value(sent.clone()).map_err(not)?;
        // A key that was mistyped would widen what the fault meets, and nobody would know.
        let known = serde_json::to_value(&fault).map_err(not)?;
        if let Some(key) = unknown_key(&sent, &known) {
            return Err(format!("not a fault: nothing is called {key:?} there"));
        }
        fault.check()?;
        Ok(fault)
    }

    /// Whether its values can be.
    ///
    /// # Errors
    /// A sentence for whoever plans it.
    pub fn check(&self) -> Result<(), String> {
        if let FaultKind::Status { code, .. } = &self.kind
            && !(200..=599).contains(code)
        {
            return Err(format!(
                "no answer has the status {code}; 200 to 599 can be"
            ));
        }
        match self.probability {
            Some(share) if !(0.0..=1.0).contains(&share) => {
                Err(format!("a probability is 0.0 to 1.0, not {share}"))
            }
            _ => Ok(()),
        }
    }

    /// Limits the fault to paths that contain `path`.
    #[must_use]
    pub fn on_path(mut self, path: &str) -> Self {
        self.matches.path = Some(path.to_owned());
        self
    }

    /// Limits the fault to one entity.
    #[must_use]
    pub fn on_entity(mut self, entity: &str) -> Self {
        self.matches.entity = Some(entity.to_owned());
        self
    }

    /// Limits the fault to one HTTP method.
    #[must_use]
    pub fn on_method(mut self, method: &str) -> Self {
        self.matches.method = Some(method.to_owned());
        self
    }

    /// Lets the first `n` matching requests pass.
    #[must_use]
    pub fn after(mut self, n: u32) -> Self {
        self.after = n;
        self
    }

    /// Harms at most `n` requests.
    #[must_use]
    pub fn times(mut self, n: u32) -> Self {
        self.times = Some(n);
        self
    }

    /// Harms this share of the matching requests.
    #[must_use]
    pub fn probability(mut self, share: f64) -> Self {
        self.probability = Some(share);
        self
    }
}

/// The first key of what was sent that is not in what was understood of it.
fn unknown_key<'s>(sent: &'s Value, known: &Value) -> Option<&'s str> {
    let Value::Object(entries) = sent else {
        return None;
    };
    entries
        .iter()
        .find_map(|(key, value)| match known.get(key) {
            None => Some(key.as_str()),
            Some(known) => unknown_key(value, known),
        })
}

struct Planned {
    id: u64,
    fault: Fault,
    seen: u32,
    harmed: u32,
}

impl Planned {
    fn meets(&self, method: &str, target: &str, entity: Option<&str>) -> bool {
        let wanted = &self.fault.matches;
        let path_fits = wanted
            .path
            .as_ref()
            .is_none_or(|p| target.to_lowercase().contains(&p.to_lowercase()));
        let entity_fits = wanted
            .entity
            .as_ref()
            .is_none_or(|e| entity.is_some_and(|have| have.eq_ignore_ascii_case(e)));
        let method_fits = wanted
            .method
            .as_ref()
            .is_none_or(|m| m.eq_ignore_ascii_case(method));
        path_fits && entity_fits && method_fits
    }

    fn strikes(&mut self) -> bool {
        let position = self.seen;
        self.seen += 1;
        if position < self.fault.after || self.fault.times.is_some_and(|t| self.harmed >= t) {
            return false;
        }
        if let Some(share) = self.fault.probability {
            // Spread evenly and the same in every run: the golden ratio's multiples are dense.
            let draw = (f64::from(position) * 0.618_033_988_75 + self.id as f64 * 0.37).fract();
            if draw >= share {
                return false;
            }
        }
        self.harmed += 1;
        true
    }
}

/// What was decided for one request before it was answered.
#[derive(Debug, Default)]
pub struct Strike {
    /// The misbehaviour, if any.
    pub kind: Option<FaultKind>,
    /// Faults of the content that counted the request, and whether they strike.
    counted: Vec<(u64, bool)>,
}

#[derive(Default)]
struct Plan {
    next_id: u64,
    planned: Vec<Planned>,
    /// Requests that wait for [`FaultKind::Hold`] to be taken away.
    held: usize,
    /// How often they were let go. Who waits since before the last time waits no more, also when more is held by now.
    releases: u64,
}

impl Plan {
    fn let_go(&mut self) {
        self.held = 0;
        self.releases += 1;
    }
}

/// The faults planned for a sandbox, asked once for each request.
#[derive(Default)]
pub struct Faults {
    plan: Mutex<Plan>,
}

impl Faults {
    /// Plans a fault and returns its number.
    pub fn add(&self, fault: Fault) -> u64 {
        let mut plan = self.plan();
        plan.next_id += 1;
        let id = plan.next_id;
        plan.planned.push(Planned {
            id,
            fault,
            seen: 0,
            harmed: 0,
        });
        id
    }

    /// Forgets all faults.
    pub fn clear(&self) {
        let mut plan = self.plan();
        plan.planned.clear();
        plan.let_go();
    }

    /// Forgets what holds requests; they are answered.
    pub fn release(&self) {
        let mut plan = self.plan();
        plan.planned.retain(|p| p.fault.kind != FaultKind::Hold);
        plan.let_go();
    }

    /// The misbehaviour for one request whose answer may hold what is `expected`; the earliest planned fault that strikes
    /// wins. Ends with [`Faults::settle`].
    pub fn strike(
        &self,
        method: &str,
        target: &str,
        entity: Option<&str>,
        expected: Reach,
    ) -> Strike {
        let mut strike = Strike::default();
        let mut plan = self.plan();
        let met = plan.planned.iter_mut();
        let met = met.filter(|p| p.fault.kind.finds(expected));
        for planned in met.filter(|p| p.meets(method, target, entity)) {
            let strikes = planned.strikes();
            if planned.fault.kind.is_of_content() {
                strike.counted.push((planned.id, strikes));
            }
            if strikes {
                strike.kind = Some(planned.fault.kind.clone());
                break;
            }
        }
        strike
    }

    /// The misbehaviour the answer really shows. For faults of the content that found nothing in it to harm, it is as if
    /// the request had not come.
    pub fn settle(&self, strike: Strike, reach: Reach) -> Option<FaultKind> {
        let mut plan = self.plan();
        for (id, struck) in strike.counted {
            let planned = plan.planned.iter_mut().find(|p| p.id == id);
            if let Some(planned) = planned.filter(|p| !p.fault.kind.finds(reach)) {
                planned.seen = planned.seen.saturating_sub(1);
                planned.harmed = planned.harmed.saturating_sub(u32::from(struck));
            }
        }
        strike.kind.filter(|kind| kind.finds(reach))
    }

    /// How many requests wait for [`FaultKind::Hold`] to be taken away.
    pub fn held(&self) -> usize {
        self.plan().held
    }

    /// Waits until requests that are held are let go.
    pub async fn hold(&self) {
        let place = Place::taken(self);
        while place.waits() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that waits; a client that goes away counts no longer.
struct Place<'a> {
    faults: &'a Faults,
    since: u64,
}

impl<'a> Place<'a> {
    fn taken(faults: &'a Faults) -> Self {
        let mut plan = faults.plan();
        plan.held += 1;
        Self {
            faults,
            since: plan.releases,
        }
    }

    fn waits(&self) -> bool {
        let plan = self.faults.plan();
        let holds = plan.planned.iter().any(|p| p.fault.kind == FaultKind::Hold);
        holds && plan.releases == self.since
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut plan = self.faults.plan();
        if plan.releases == self.since {
            plan.held = plan.held.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skips_counts_and_stops() {
        let faults = Faults::default();
        faults.add(
            Fault::new(FaultKind::Cut)
                .on_entity("tickets")
                .after(1)
                .times(2),
        );
        let strike = |entity| faults.strike("GET", "/x", Some(entity), Reach::default());
        let hits: Vec<bool> = (0..5).map(|_| strike("Tickets").kind.is_some()).collect();
        assert_eq!(hits, [false, true, true, false, false]);
        assert_eq!(strike("Contacts").kind, None);
    }

    #[test]
    fn what_cannot_be_harmed_does_not_count() {
        let (count, page) = (
            Reach {
                total: true,
                ..Reach::default()
            },
            Reach {
                page: true,
                record: true,
                total: false,
            },
        );
        let hits = |kind: FaultKind, answers: &[Reach]| {
            let faults = Faults::default();
            faults.add(Fault::new(kind).after(1).times(1));
            let struck = answers.iter().map(|reach| {
                let strike = faults.strike("GET", "/x", None, Reach::counted_along(true));
                faults.settle(strike, *reach).is_some()
            });
            struck.collect::<Vec<_>>()
        };
        let answers = [count, page, count, Reach::default(), page, page, count];
        for kind in [FaultKind::DuplicateRecord, FaultKind::NullByte] {
            let expected = [false, false, false, false, true, false, false];
            assert_eq!(hits(kind.clone(), &answers), expected, "{kind:?}");
        }
        let expected = [false, false, true, false, false, false, false];
        assert_eq!(hits(FaultKind::ShrinkTotal { by: 1 }, &answers), expected);
        let expected = [false, true, false, false, false, false, false];
        assert_eq!(hits(FaultKind::Cut, &answers), expected);

        let faults = Faults::default();
        faults.add(Fault::new(FaultKind::DuplicateRecord).times(1));
        faults.add(Fault::new(FaultKind::Cut).times(1));
        let strike = |path| {
            let expected = Reach::counted_apart(true, path);
            faults.settle(faults.strike("GET", path, None, expected), expected)
        };
        assert_eq!(strike("/x/Count"), Some(FaultKind::Cut), "stands in no way");
        assert_eq!(strike("/x"), Some(FaultKind::DuplicateRecord));
        assert_eq!(strike("/x"), None);
    }

    #[test]
    fn what_is_mistyped_is_refused() {
        let read = |fault: &str| Fault::read(fault.as_bytes());
        for good in [
            r#"{"kind":{"type":"hold"}}"#,
            r#"{"match":{"entity":"Tickets","path":"x"},"after":1,"times":2,"probability":0.5,"kind":{"type":"cut"}}"#,
            r#"{"kind":{"type":"status","code":599,"body":{"any":{"thing":1}},"retry_after":{"seconds":1}}}"#,
            r#"{"kind":{"type":"garbled_record","field":"title"}}"#,
        ] {
            assert!(read(good).is_ok(), "{good}: {:?}", read(good));
        }
        for (wrong, told) in [
            (
                r#"{"match":{"entiti":"x"},"kind":{"type":"cut"}}"#,
                "entiti",
            ),
            (r#"{"time":1,"kind":{"type":"cut"}}"#, "time"),
            (r#"{"kind":{"type":"hold","ms":1}}"#, "ms"),
            (r#"{"kind":{"type":"cap_page","max":1,"min":1}}"#, "min"),
            (r#"{"kind":{"type":"status","code":0}}"#, "status 0"),
            (r#"{"kind":{"type":"status","code":199}}"#, "status 199"),
            (r#"{"kind":{"type":"status","code":600}}"#, "status 600"),
            (r#"{"probability":1.5,"kind":{"type":"cut"}}"#, "1.5"),
            (r#"{"kind":{"type":"nonsense"}}"#, "nonsense"),
            ("{", "not a fault"),
        ] {
            let error = read(wrong).expect_err(wrong);
            assert!(error.contains(told), "{wrong}: {error}");
        }
    }

    #[test]
    fn probability_is_a_share() {
        let faults = Faults::default();
        faults.add(Fault::new(FaultKind::Html).probability(0.25));
        let hits = (0..1000)
            .filter(|_| {
                let strike = faults.strike("GET", "/", None, Reach::default());
                strike.kind.is_some()
            })
            .count();
        assert!((240..=260).contains(&hits), "{hits}");
    }
}
