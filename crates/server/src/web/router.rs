//! The index of everything that can be reached by HTTP: address, right, handler.
//!
//! A route that is not in this table cannot be mounted ([`super::route_table`]); `tests/web/access_coverage.rs` tries
//! each one signed out and with too little right.

mod integrations;
mod people;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use domain::permission::{Area, Permission};
use store::sessions::SessionStage::{Enrol, SecondFactor};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa::openapi::OpenApi;

use super::access::Rule;
use super::access::Rule::{Halfway, Metrics, Open, Public, SignedIn, Staff, StaffOfBoth};
use super::api::{self, describe, shared};
use super::error::Failure;
use super::route_table::{RouteEntry, RouteTable};
use super::{
    access, assets, companies, contacts, headers, health, home, layers, metrics, onboarding,
    opportunities, set_password, settings, sign_in, tickets,
};
use crate::app::App;

const READ_COMPANIES: Rule = Staff(Permission::read(Area::Companies));
const MANAGE_COMPANIES: Rule = Staff(Permission::manage(Area::Companies));
const READ_TICKETS: Rule = Staff(Permission::read(Area::Tickets));
const READ_OPPORTUNITIES: Rule = Staff(Permission::read(Area::Opportunities));
const READ_INTEGRATIONS: Rule = Staff(Permission::read(Area::Integrations));
const WRITE_INTEGRATIONS: Rule = Staff(Permission::write(Area::Integrations));
const MANAGE_INTEGRATIONS: Rule = Staff(Permission::manage(Area::Integrations));
const READ_AUTO_IMPORTS: Rule = StaffOfBoth(
    Permission::read(Area::Integrations),
    Permission::read(Area::Companies),
);
const IMPORT_COMPANIES: Rule = StaffOfBoth(
    Permission::manage(Area::Integrations),
    Permission::manage(Area::Companies),
);
const READ_USERS: Rule = Staff(Permission::read(Area::Users));
const WRITE_USERS: Rule = Staff(Permission::write(Area::Users));
const MANAGE_USERS: Rule = Staff(Permission::manage(Area::Users));
const READ_ROLES: Rule = Staff(Permission::read(Area::Roles));
const WRITE_ROLES: Rule = Staff(Permission::write(Area::Roles));
const MANAGE_ROLES: Rule = Staff(Permission::manage(Area::Roles));
const MANAGE_SETTINGS: Rule = Staff(Permission::manage(Area::Settings));

/// Every route with its rule.
#[must_use]
pub fn table() -> RouteTable {
    let table = RouteTable::new(describe::document())
        .files("/static", "/static/{*file}", assets::files())
        .get("/healthz", Open, health::health)
        .get("/readyz", Open, health::ready)
        .get("/metrics", Metrics, metrics::show)
        // Signing in and out, first start.
        .get("/sign-in", Public, sign_in::show)
        .post("/sign-in", Public, sign_in::submit)
        .post("/sign-out", SignedIn, sign_in::leave)
        .get("/welcome", Public, onboarding::show)
        .post("/welcome", Public, onboarding::create)
        .get(
            "/sign-in/two-factor",
            Halfway(SecondFactor),
            sign_in::two_factor::show,
        )
        .post(
            "/sign-in/two-factor",
            Halfway(SecondFactor),
            sign_in::two_factor::submit,
        )
        .get("/sign-in/enrol", Halfway(Enrol), sign_in::enrol::show)
        .post("/sign-in/enrol", Halfway(Enrol), sign_in::enrol::submit)
        .get("/forgot-password", Public, sign_in::forgot::show)
        .post("/forgot-password", Public, sign_in::forgot::submit)
        .get("/set-password/{token}", Public, set_password::show)
        .post("/set-password/{token}", Public, set_password::submit)
        // Everyday pages.
        .get("/", SignedIn, home::show)
        .get("/companies", READ_COMPANIES, companies::list)
        .get("/companies.csv", READ_COMPANIES, companies::export)
        .get("/companies/blocked", MANAGE_COMPANIES, companies::blocked)
        .get("/companies/{company}", READ_COMPANIES, companies::show)
        .get(
            "/companies/{company}/remove",
            MANAGE_COMPANIES,
            companies::ask_remove,
        )
        .post(
            "/companies/{company}/remove",
            MANAGE_COMPANIES,
            companies::remove,
        )
        .get(
            "/companies/{company}/unblock",
            MANAGE_COMPANIES,
            companies::ask_unblock,
        )
        .post(
            "/companies/{company}/unblock",
            MANAGE_COMPANIES,
            companies::unblock,
        )
        .get("/contacts", READ_COMPANIES, contacts::list)
        .get("/contacts.csv", READ_COMPANIES, contacts::export)
        .get("/contacts/accounts", READ_COMPANIES, contacts::accounts)
        .get("/contacts/{contact}", READ_COMPANIES, contacts::show)
        .get("/tickets", READ_TICKETS, tickets::list)
        .get("/tickets.csv", READ_TICKETS, tickets::export)
        .get("/tickets/{ticket}", READ_TICKETS, tickets::show)
        .get("/opportunities", READ_OPPORTUNITIES, opportunities::list)
        .get(
            "/opportunities.csv",
            READ_OPPORTUNITIES,
            opportunities::export,
        )
        .get(
            "/opportunities/{opportunity}",
            READ_OPPORTUNITIES,
            opportunities::show,
        );
    let table = people::own_account(table);
    let table = mail(table);
    let table = integrations::setup_wizard(integrations::integrations(table));
    let table = people::import_companies(table);
    let table = people::people(table)
        // Settings.
        .get("/settings", SignedIn, settings::show)
        .get(
            "/settings/api-keys",
            MANAGE_SETTINGS,
            settings::api_keys::show,
        )
        .post(
            "/settings/api-keys",
            MANAGE_SETTINGS,
            settings::api_keys::create,
        )
        .get(
            "/settings/api-keys/{key}/revoke",
            MANAGE_SETTINGS,
            settings::api_keys::ask_revoke,
        )
        .post(
            "/settings/api-keys/{key}/revoke",
            MANAGE_SETTINGS,
            settings::api_keys::revoke,
        );
    api::routes::add(table)
}

/// E-mail.
fn mail(table: RouteTable) -> RouteTable {
    use settings::mail;
    table
        .get("/settings/mail", MANAGE_SETTINGS, mail::show)
        .post("/settings/mail/test", MANAGE_SETTINGS, mail::test)
        .post(
            "/settings/mail/retry-failed",
            MANAGE_SETTINGS,
            mail::retry_all,
        )
        .get("/settings/mail/{mail}", MANAGE_SETTINGS, mail::read)
        .post("/settings/mail/{mail}/retry", MANAGE_SETTINGS, mail::retry)
}

/// The routes as data, for tests and the command line.
#[must_use]
pub fn routes() -> Vec<RouteEntry> {
    table().into_parts().1
}

/// The description of the API.
#[must_use]
pub fn document() -> OpenApi {
    shared::complete(table().into_parts().2)
}

/// The whole of Portico as a service.
pub fn build(app: &App) -> Router {
    let (router, _, _) = table().into_parts();
    router
        .fallback(missing)
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(app.clone(), layers::observe))
        .layer(from_fn_with_state(app.clone(), headers::add))
        .layer(Extension(app.clone()))
        .with_state(app.clone())
}

async fn missing(State(app): State<App>, request: Request) -> Response {
    access::refuse(&app, request, Failure::not_found("Page")).await
}

async fn wrong_method(State(app): State<App>, request: Request) -> Response {
    let mut failure =
        Failure::bad_request("This address exists, but not for this kind of request.");
    failure.status = StatusCode::METHOD_NOT_ALLOWED;
    failure.code = "method_not_allowed";
    access::refuse(&app, request, failure).await
}

fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| cause.downcast_ref::<String>().cloned());
    Failure::internal(anyhow::anyhow!(
        "a handler panicked: {}",
        text.unwrap_or_default()
    ))
    .into_response()
}
