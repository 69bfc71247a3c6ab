//! What is to be done with each record of a page: created, changed, unchanged or out of scope (rules P4, P13). Pure.

use domain::run::Counts;

/// Whether a stored record is present, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is there.
    Present,
    /// The vendor no longer has it.
    Removed,
    /// The scope leaves it out.
    OutOfScope,
}

/// What is stored about a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Its content hash.
    pub hash: i64,
    /// Whether it is present.
    pub presence: Presence,
}

/// What a record turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// New here.
    Created,
    /// Known and different, or back again.
    Changed,
    /// Known and equal: no write.
    Unchanged,
    /// Left out by the scope.
    OutOfScope,
}

/// What is written for a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// Nothing.
    Nothing,
    /// The whole row, with this presence.
    Row(Presence),
    /// Only its presence.
    Presence(Presence),
}

/// Classifies one record.
///
/// A record outside the scope that was never stored stays unstored. One that is stored is kept up to date even while
/// it is out of scope, so that a later change of the scope judges it by what it is now.
#[must_use]
pub fn classify(stored: Option<Stored>, hash: i64, in_scope: bool) -> (Class, Write) {
    let wanted = if in_scope {
        Presence::Present
    } else {
        Presence::OutOfScope
    };
    let Some(stored) = stored else {
        return if in_scope {
            (Class::Created, Write::Row(wanted))
        } else {
            (Class::OutOfScope, Write::Nothing)
        };
    };
    let write = if stored.hash != hash {
        Write::Row(wanted)
    } else if stored.presence != wanted {
        Write::Presence(wanted)
    } else {
        Write::Nothing
    };
    let class = match (in_scope, write) {
        (false, _) => Class::OutOfScope,
        (true, Write::Nothing) => Class::Unchanged,
        (true, _) => Class::Changed,
    };
    (class, write)
}

/// Adds one record to the counts.
pub const fn count(counts: &mut Counts, class: Class) {
    counts.fetched += 1;
    match class {
        Class::Created => counts.created += 1,
        Class::Changed => counts.changed += 1,
        Class::Unchanged => counts.unchanged += 1,
        Class::OutOfScope => counts.out_of_scope += 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p4_p13_table() {
        use Presence::{OutOfScope, Present, Removed};
        let stored = |hash, presence| Some(Stored { hash, presence });
        for (known, in_scope, expected) in [
            (None, true, (Class::Created, Write::Row(Present))),
            (None, false, (Class::OutOfScope, Write::Nothing)),
            (stored(1, Present), true, (Class::Unchanged, Write::Nothing)),
            (
                stored(2, Present),
                true,
                (Class::Changed, Write::Row(Present)),
            ),
            (
                stored(1, Removed),
                true,
                (Class::Changed, Write::Presence(Present)),
            ),
            (
                stored(1, OutOfScope),
                true,
                (Class::Changed, Write::Presence(Present)),
            ),
            (
                stored(2, OutOfScope),
                true,
                (Class::Changed, Write::Row(Present)),
            ),
            (
                stored(1, Present),
                false,
                (Class::OutOfScope, Write::Presence(OutOfScope)),
            ),
            (
                stored(1, OutOfScope),
                false,
                (Class::OutOfScope, Write::Nothing),
            ),
            (
                stored(2, OutOfScope),
                false,
                (Class::OutOfScope, Write::Row(OutOfScope)),
            ),
            (
                stored(1, Removed),
                false,
                (Class::OutOfScope, Write::Presence(OutOfScope)),
            ),
        ] {
            assert_eq!(
                classify(known, 1, in_scope),
                expected,
                "{known:?} {in_scope}"
            );
        }
    }

    #[test]
    fn p10_every_class_keeps_the_sum() {
        let mut counts = Counts::default();
        for class in [
            Class::Created,
            Class::Changed,
            Class::Unchanged,
            Class::OutOfScope,
        ] {
            count(&mut counts, class);
        }
        assert!(counts.adds_up());
        assert_eq!(counts.fetched, 4);
    }
}
