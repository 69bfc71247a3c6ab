//! The viewer in SQL (rule X3): conditions every statement on behalf of somebody carries.
//!
//! Both take the two values of `Viewer::bind`: `$1` is 1 when every company may be seen, `$2` the identity whose active
//! memberships limit it otherwise. They are macros, so that statements are put together at compile time.

/// The condition for a viewer to see a record: every company may be seen (`$1` = 1), or the identity `$2` has an
/// active membership of the company the record's external company is linked to (rule X3). A macro, so that statements
/// can be put together from it at compile time.
macro_rules! record_viewer {
    ($alias:literal) => {
        concat!(
            "(CAST($1 AS BIGINT) = 1 OR EXISTS (SELECT 1 FROM external_company vx JOIN company_membership vm ON vm.company_id = vx.company_id
             WHERE vx.integration_id = ",
            $alias,
            ".integration_id AND vx.external_id = ",
            $alias,
            ".company_external_id AND vm.identity_id = $2 AND vm.status = 'active'))"
        )
    };
}

/// The same where a statement reads the records of one external company, integration `$3` and vendor's id in the named
/// parameter: it says nothing about single rows, so a database decides it once.
macro_rules! external_company_viewer {
    ($parameter:literal) => {
        concat!(
            "(CAST($1 AS BIGINT) = 1 OR EXISTS (SELECT 1 FROM external_company vx JOIN company_membership vm ON vm.company_id = vx.company_id
             WHERE vx.integration_id = $3 AND vx.external_id = ",
            $parameter,
            " AND vm.identity_id = $2 AND vm.status = 'active'))"
        )
    };
}

/// The condition that a viewer may see every company. Statements that count for such a viewer carry it instead of
/// looking at every row: with anybody else they find nothing.
pub(crate) const EVERYTHING: &str = "CAST($1 AS BIGINT) = 1 AND CAST($2 AS BIGINT) IS NOT NULL";

/// The same for a company of Portico itself.
macro_rules! company_viewer {
    ($alias:literal) => {
        concat!(
            "(CAST($1 AS BIGINT) = 1 OR EXISTS (SELECT 1 FROM company_membership vm WHERE vm.company_id = ",
            $alias,
            ".id AND vm.identity_id = $2 AND vm.status = 'active'))"
        )
    };
}
