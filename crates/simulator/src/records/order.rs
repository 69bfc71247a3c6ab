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
    sort_kinds(base, &[(kind, ids)], order)
}

/// Puts the ids of several kinds with the same fields into one order; equal ones stay in the order they come in.
pub fn sort_kinds(base: Base<'_>, kinds: &[(usize, Vec<i64>)], order: &[(Path, bool)]) -> Vec<i64> {
    let mut keyed: Vec<(Vec<_>, i64)> = kinds
        .iter()
        .flat_map(|(kind, ids)| ids.iter().map(|id| (*kind, *id)))
        .filter_map(|(kind, id)| {
            let schema = base.schema(kind);
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
