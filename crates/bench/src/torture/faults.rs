//! The vendor's bad days: a seeded mix of faults for one life of the server.

use serde_json::{Value, json};
use simulator::desk::{Desk, Kind};

use crate::dice::Dice;

/// Draws the faults of one life. Some lives have none, so that kills also meet a sync at full speed.
pub fn draw(dice: &mut Dice, desk: &Desk) -> Vec<Value> {
    if dice.percent(20) {
        return Vec::new();
    }
    let count = 1 + dice.below(3);
    (0..count).map(|_| one(dice, desk)).collect()
}

fn one(dice: &mut Dice, desk: &Desk) -> Value {
    let tickets = desk.entity(Kind::Ticket);
    let entities: Vec<&str> = desk.all_entities().collect();
    let entity = dice.pick(&entities).copied().or(tickets);
    // Share of the requests harmed: often enough to be met, seldom enough to get somewhere.
    let share = [0.1, 0.2, 0.35];
    let share = dice.pick(&share).copied().unwrap_or(0.2);
    let (matches, kind) = match dice.below(14) {
        0 => (json!({}), json!({"type": "status", "code": 500})),
        1 => (
            json!({}),
            json!({"type": "status", "code": 502, "body": "<html>bad gateway</html>"}),
        ),
        2 => (
            json!({}),
            json!({"type": "status", "code": 429, "retry_after": {"seconds": 1}}),
        ),
        3 => (
            json!({}),
            json!({"type": "status", "code": 503, "retry_after": {"date": 1}}),
        ),
        4 => (json!({}), json!({"type": "cut"})),
        5 => (json!({}), json!({"type": "malformed"})),
        6 => (json!({}), json!({"type": "html"})),
        7 => (json!({}), json!({"type": "lose_answer"})),
        8 => (
            json!({}),
            json!({"type": "delay", "ms": 30 + dice.below(120)}),
        ),
        9 => (json!({"entity": entity}), json!({"type": "repeat_page"})),
        10 => (
            json!({"entity": entity}),
            json!({"type": "cap_page", "max": 20 + dice.below(200)}),
        ),
        11 => (
            json!({"entity": entity}),
            json!({"type": "duplicate_record"}),
        ),
        12 => (
            json!({"entity": tickets}),
            json!({"type": "garbled_record", "field": desk.strict_field}),
        ),
        _ => (
            json!({"entity": entity}),
            json!({"type": "shrink_total", "by": 1 + dice.below(5)}),
        ),
    };
    json!({"match": matches, "probability": share, "kind": kind})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_comes_up() {
        let mut dice = Dice::new(1);
        let mut kinds = std::collections::BTreeSet::new();
        for _ in 0..500 {
            for fault in draw(&mut dice, crate::torture::desk_of("autotask").unwrap()) {
                kinds.insert(fault["kind"]["type"].as_str().unwrap_or("?").to_owned());
            }
        }
        assert_eq!(kinds.len(), 11, "{kinds:?}");
    }
}
