//! What a list's form says about rows that are not ticked: with *Select all* on, a row on the page without its tick is
//! left out, and stays so on other pages.

use std::collections::BTreeSet;
use std::str::FromStr;

use crate::web::form::Fields;

/// The rows a form showed, and those left out before.
#[derive(Debug)]
pub struct Marks<T> {
    /// Rows of the page that could be ticked, shown while *Select all* was on.
    shown: BTreeSet<T>,
    /// Rows of other pages that were left out.
    kept: BTreeSet<T>,
}

impl<T: FromStr + Ord + Clone> Marks<T> {
    /// What was sent. `all_shown` is set where the page had its rows ticked by *Select all*: by the server, or by the
    /// script when the tick was set.
    #[must_use]
    pub fn read(fields: &Fields) -> Self {
        let ids = |name: &str| fields.all(name).filter_map(|id| id.parse().ok()).collect();
        if fields.text("all_shown") != "1" {
            return Self {
                shown: BTreeSet::new(),
                kept: BTreeSet::new(),
            };
        }
        Self {
            shown: ids("on_page"),
            kept: ids("except"),
        }
    }

    /// Those whom *Select all* leaves out, given those that are ticked.
    #[must_use]
    pub fn except(&self, picks: &BTreeSet<T>) -> BTreeSet<T> {
        let left_out = self.shown.union(&self.kept).cloned();
        left_out.filter(|id| !picks.contains(id)).collect()
    }

    /// Takes out of what is ticked what only *Select all* had ticked on the page.
    pub fn forget(&self, picks: &mut BTreeSet<T>) {
        picks.retain(|id| !self.shown.contains(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> Marks<i64> {
        Marks::read(&Fields::parse(text.as_bytes()))
    }

    #[test]
    fn what_lost_its_tick_under_select_all_is_left_out() {
        let picks = BTreeSet::from([1, 3]);
        let sent = "on_page=1&on_page=2&on_page=x&except=9&except=3";
        assert!(
            marks(sent).except(&picks).is_empty(),
            "nothing was ticked by it"
        );
        let all = marks(&format!("{sent}&all_shown=1"));
        assert_eq!(all.except(&picks), [2, 9].into());
        let mut left = picks.clone();
        all.forget(&mut left);
        assert_eq!(left, [3].into(), "what was ticked one by one stays");
    }
}
