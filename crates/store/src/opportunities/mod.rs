//! Opportunities for viewers: the list and one opportunity.

pub(crate) mod list;
pub(crate) mod opportunity;

pub use list::{OpportunityFilter, OpportunityRow, OpportunitySort, list_for_viewer};
pub use opportunity::{Opportunity, find_for_viewer};
