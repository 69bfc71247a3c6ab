//! Opportunities for viewers: the list and one opportunity.

/// Columns of an opportunity in lists.
macro_rules! opportunity_columns {
    () => {
        "o.id, o.uuid, o.integration_id AS integration, i.provider, o.external_id, o.title, o.stage_id, sg.label AS stage_label, o.status_id,
            st.label AS status_label, o.amount_cents, o.probability, o.projected_close_at, COALESCE(c.name, x.name) AS company,
            c.uuid AS company_uuid, TRIM(w.first_name || ' ' || w.last_name) AS owner_name, o.updated_at"
    };
}

/// Where those that are not the opportunity's own come from.
macro_rules! opportunity_joins {
    () => {
        "
        LEFT JOIN reference_item sg ON sg.integration_id = o.integration_id AND sg.kind = 'opportunity_stage' AND sg.external_id = o.stage_id
        LEFT JOIN reference_item st ON st.integration_id = o.integration_id AND st.kind = 'opportunity_status' AND st.external_id = o.status_id
        LEFT JOIN external_company x ON x.integration_id = o.integration_id AND x.external_id = o.company_external_id
        LEFT JOIN company c ON c.id = x.company_id
        LEFT JOIN technician w ON w.integration_id = o.integration_id AND w.external_id = o.owner_external_id"
    };
}

pub(crate) mod list;
pub(crate) mod opportunity;

pub use list::{OpportunityFilter, OpportunityRow, OpportunitySort, list_for_viewer};
pub use opportunity::{Opportunity, find_for_viewer};
