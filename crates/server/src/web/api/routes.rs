//! The operations of the API with their scopes.

use utoipa_axum::routes;

use super::scope::Scope::{CompaniesRead, IntegrationsRead, OpportunitiesRead, TicketsRead};
use super::{
    companies, contacts, describe, integration_detail, integrations, opportunities, reference_data,
    reference_page, removal_questions, runs, set_aside, streams, technicians, tickets,
};
use crate::web::access::Rule;
use crate::web::route_table::RouteTable;

/// Adds the API to the table.
#[must_use]
pub fn add(table: RouteTable) -> RouteTable {
    table
        .get("/api/v1/openapi.json", Rule::Open, describe::serve)
        .get("/api/v1/docs", Rule::SignedIn, reference_page::show)
        .api("/api/v1/companies", CompaniesRead, routes!(companies::list))
        .api(
            "/api/v1/companies/{id}",
            CompaniesRead,
            routes!(companies::show),
        )
        .api("/api/v1/contacts", CompaniesRead, routes!(contacts::list))
        .api(
            "/api/v1/contacts/{id}",
            CompaniesRead,
            routes!(contacts::show),
        )
        .api(
            "/api/v1/contact-groups",
            CompaniesRead,
            routes!(contacts::groups),
        )
        .api(
            "/api/v1/contact-groups/members",
            CompaniesRead,
            routes!(contacts::group_members),
        )
        .api("/api/v1/tickets", TicketsRead, routes!(tickets::list))
        .api("/api/v1/tickets/{id}", TicketsRead, routes!(tickets::show))
        .api(
            "/api/v1/tickets/{id}/notes",
            TicketsRead,
            routes!(tickets::list_notes),
        )
        .api(
            "/api/v1/opportunities",
            OpportunitiesRead,
            routes!(opportunities::list),
        )
        .api(
            "/api/v1/opportunities/{id}",
            OpportunitiesRead,
            routes!(opportunities::show),
        )
        .api(
            "/api/v1/integrations",
            IntegrationsRead,
            routes!(integrations::list),
        )
        .api(
            "/api/v1/integrations/{id}",
            IntegrationsRead,
            routes!(integration_detail::show),
        )
        .api(
            "/api/v1/integrations/{id}/streams",
            IntegrationsRead,
            routes!(streams::list),
        )
        .api(
            "/api/v1/integrations/{id}/removal-questions",
            IntegrationsRead,
            routes!(removal_questions::list),
        )
        .api(
            "/api/v1/integrations/{id}/runs",
            IntegrationsRead,
            routes!(runs::list),
        )
        .api(
            "/api/v1/integrations/{id}/runs/{run}",
            IntegrationsRead,
            routes!(runs::show),
        )
        .api(
            "/api/v1/integrations/{id}/runs/{run}/set-aside",
            IntegrationsRead,
            routes!(runs::list_set_aside),
        )
        .api(
            "/api/v1/integrations/{id}/set-aside",
            IntegrationsRead,
            routes!(set_aside::list),
        )
        .api(
            "/api/v1/technicians",
            IntegrationsRead,
            routes!(technicians::list),
        )
        .api(
            "/api/v1/reference-data",
            IntegrationsRead,
            routes!(reference_data::list),
        )
}
