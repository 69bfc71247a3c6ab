//! Putting records into an order that a client asked for.

use super::base::Base;
use super::filter::{Path, own, sort_order, value};

/// Puts ids into the order asked for; equal ones stay in order of id.
pub fn sort(base: Base<'_>, kind: usize, ids: Vec<i64>, order: &[(Path, bool)]) -> Vec<i64> {
    match order {
        [] | [(Path::Field(0), false)] => return ids,
        [(Path::Field(0), true)] => return ids.into_iter().rev().collect(),
        _ => {}
    }
    let schema = base.schema(kind);
    let mut keyed: Vec<(Vec<_>, i64)> = ids
        .into_iter()
        .filter_map(|id| {
            let row = base.find(kind, id)?;
            let keys = order
                .iter()
                .map(|(path, _)| own(value(base, schema, &row, path)));
            Some((keys.collect(), id))
        })
        .collect();
    keyed.sort_by(|(a, _), (b, _)| {
        let each = a.iter().zip(b).zip(order).map(|((a, b), (_, down))| {
            let order = sort_order(a, b);
            if *down { order.reverse() } else { order }
        });
        each.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    keyed.into_iter().map(|(_, id)| id).collect()
}
