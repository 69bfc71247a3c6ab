//! Companies for viewers: the list and one company.

pub(crate) mod company;
pub(crate) mod contact_counts;
pub(crate) mod few;
pub(crate) mod list;

pub use company::{
    Company, CompanyField, ExternalCompany, FieldRule, Removal, exists_for_viewer, find_for_viewer,
};
pub use contact_counts::count_contacts;
pub use list::{
    CompanyFilter, CompanyLink, CompanyRow, CompanySort, count_for_viewer, list_for_viewer,
};
