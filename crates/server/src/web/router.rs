//! The index of everything that can be reached by HTTP: address, right, handler.
//!
//! A route that is not in this table cannot be mounted ([`super::route_table`]); `tests/web/access_coverage.rs` tries
//! each one signed out and with too little right.

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
use super::access::Rule::{Halfway, Metrics, Open, Public, SignedIn, Staff};
use super::api::{self, describe};
use super::error::Failure;
use super::route_table::{RouteEntry, RouteTable};
use super::{
    access, assets, companies, contacts, headers, health, home, layers, metrics, onboarding,
    opportunities, profile, set_password, settings, sign_in, tickets, two_factor,
};
use crate::app::App;

const READ_COMPANIES: Rule = Staff(Permission::read(Area::Companies));
const READ_TICKETS: Rule = Staff(Permission::read(Area::Tickets));
const READ_OPPORTUNITIES: Rule = Staff(Permission::read(Area::Opportunities));
const READ_INTEGRATIONS: Rule = Staff(Permission::read(Area::Integrations));
const WRITE_INTEGRATIONS: Rule = Staff(Permission::write(Area::Integrations));
const MANAGE_INTEGRATIONS: Rule = Staff(Permission::manage(Area::Integrations));
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
        .get("/companies/{company}", READ_COMPANIES, companies::show)
        .get("/contacts", READ_COMPANIES, contacts::list)
        .get("/contacts.csv", READ_COMPANIES, contacts::export)
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
    let table = own_account(table);
    let table = mail(table);
    let table = people(setup_wizard(integrations(table)))
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

fn people(table: RouteTable) -> RouteTable {
    use settings::{import_users, imports, roles, users};
    table
        .get("/settings/users", READ_USERS, users::list)
        .get("/settings/users.csv", READ_USERS, users::export)
        .get("/settings/users/new", MANAGE_USERS, users::new)
        .post("/settings/users/new", MANAGE_USERS, users::create)
        .post("/settings/users/bulk", WRITE_USERS, users::bulk)
        // The page says who may import; the form itself needs the right.
        .get(
            "/settings/users/import/{provider}",
            READ_USERS,
            import_users::show,
        )
        .post(
            "/settings/users/import/{provider}",
            MANAGE_USERS,
            import_users::import,
        )
        .get(
            "/settings/users/import/{provider}/people",
            MANAGE_USERS,
            import_users::people,
        )
        .get(
            "/settings/users/import/{provider}/reports/{import}",
            MANAGE_USERS,
            imports::users,
        )
        .get(
            "/settings/users/import/{provider}/reports/{import}/events",
            MANAGE_USERS,
            imports::users_events,
        )
        .get(
            "/settings/users/import/{provider}/reports/{import}/report.csv",
            MANAGE_USERS,
            imports::export_users,
        )
        .get("/settings/users/{user}", READ_USERS, users::show)
        .post("/settings/users/{user}", WRITE_USERS, users::update)
        .post(
            "/settings/users/{user}/welcome",
            WRITE_USERS,
            users::welcome,
        )
        .get(
            "/settings/users/{user}/deactivate",
            MANAGE_USERS,
            users::ask_deactivate,
        )
        .post(
            "/settings/users/{user}/deactivate",
            MANAGE_USERS,
            users::deactivate,
        )
        .get(
            "/settings/users/{user}/reactivate",
            MANAGE_USERS,
            users::ask_reactivate,
        )
        .post(
            "/settings/users/{user}/reactivate",
            MANAGE_USERS,
            users::reactivate,
        )
        .get(
            "/settings/users/{user}/unlink/{record}",
            MANAGE_USERS,
            users::ask_unlink,
        )
        .post(
            "/settings/users/{user}/unlink/{record}",
            MANAGE_USERS,
            users::unlink,
        )
        .get("/settings/roles", READ_ROLES, roles::list)
        .get("/settings/roles/new", MANAGE_ROLES, roles::new)
        .post("/settings/roles/new", MANAGE_ROLES, roles::create)
        .get("/settings/roles/{role}", READ_ROLES, roles::show)
        .post("/settings/roles/{role}", WRITE_ROLES, roles::update)
        .post(
            "/settings/roles/{role}/duplicate",
            MANAGE_ROLES,
            roles::duplicate,
        )
        .get(
            "/settings/roles/{role}/delete",
            MANAGE_ROLES,
            roles::ask_remove,
        )
        .post("/settings/roles/{role}/delete", MANAGE_ROLES, roles::remove)
}

/// The person's own page.
fn own_account(table: RouteTable) -> RouteTable {
    use profile::{app, codes, email, passkeys, password};
    table
        .get("/profile", SignedIn, profile::show)
        .post("/profile", SignedIn, profile::update)
        .post("/profile/notifications", SignedIn, profile::notifications)
        .get("/profile/email", SignedIn, email::show)
        .post("/profile/email", SignedIn, email::change)
        .get("/profile/password", SignedIn, password::show)
        .post("/profile/password", SignedIn, password::change)
        .get("/profile/two-factor", SignedIn, app::begin)
        .post("/profile/two-factor", SignedIn, app::scan)
        .post("/profile/two-factor/confirm", SignedIn, app::confirm)
        .get("/profile/two-factor/remove", SignedIn, app::ask_remove)
        .post("/profile/two-factor/remove", SignedIn, app::remove)
        .get("/profile/recovery-codes", SignedIn, codes::ask_replace)
        .post("/profile/recovery-codes", SignedIn, codes::replace)
        .get("/profile/passkeys/new", SignedIn, passkeys::new)
        .post("/profile/passkeys/new", SignedIn, passkeys::begin)
        .post("/profile/passkeys", SignedIn, passkeys::create)
        .get(
            "/profile/passkeys/{passkey}/remove",
            SignedIn,
            passkeys::ask_remove,
        )
        .post(
            "/profile/passkeys/{passkey}/remove",
            SignedIn,
            passkeys::remove,
        )
        .post(
            "/profile/sessions/{session}/revoke",
            SignedIn,
            profile::revoke_session,
        )
        .post(
            "/profile/sessions/revoke-others",
            SignedIn,
            profile::revoke_others,
        )
}

/// E-mail, and the second factor of somebody else.
fn mail(table: RouteTable) -> RouteTable {
    use settings::mail;
    table
        .get("/settings/mail", MANAGE_SETTINGS, mail::show)
        .post("/settings/mail/test", MANAGE_SETTINGS, mail::test)
        .get("/settings/mail/{mail}", MANAGE_SETTINGS, mail::read)
        .post("/settings/mail/{mail}/retry", MANAGE_SETTINGS, mail::retry)
        .get(
            "/settings/users/{user}/two-factor/reset",
            MANAGE_USERS,
            two_factor::reset::ask_reset,
        )
        .post(
            "/settings/users/{user}/two-factor/reset",
            MANAGE_USERS,
            two_factor::reset::reset,
        )
}

fn integrations(table: RouteTable) -> RouteTable {
    use settings::{integrations as pages, sync_log};
    table
        .get("/settings/integrations", READ_INTEGRATIONS, pages::list)
        .get(
            "/settings/integrations/events",
            READ_INTEGRATIONS,
            pages::list_events,
        )
        .get(
            "/settings/integrations/{provider}",
            READ_INTEGRATIONS,
            pages::show,
        )
        .get(
            "/settings/integrations/{provider}/events",
            READ_INTEGRATIONS,
            pages::show_events,
        )
        .post(
            "/settings/integrations/{provider}/auto-sync",
            MANAGE_INTEGRATIONS,
            pages::auto_sync,
        )
        .post(
            "/settings/integrations/{provider}/resync",
            WRITE_INTEGRATIONS,
            pages::resync,
        )
        .post(
            "/settings/integrations/{provider}/quick-sync",
            WRITE_INTEGRATIONS,
            pages::quick_sync,
        )
        .post(
            "/settings/integrations/{provider}/reference-data",
            WRITE_INTEGRATIONS,
            pages::reference_data,
        )
        .get(
            "/settings/integrations/{provider}/clear",
            MANAGE_INTEGRATIONS,
            pages::ask_clear,
        )
        .post(
            "/settings/integrations/{provider}/clear",
            MANAGE_INTEGRATIONS,
            pages::clear,
        )
        .get(
            "/settings/integrations/{provider}/disconnect",
            MANAGE_INTEGRATIONS,
            pages::ask_disconnect,
        )
        .post(
            "/settings/integrations/{provider}/disconnect",
            MANAGE_INTEGRATIONS,
            pages::disconnect,
        )
        .get(
            "/settings/integrations/{provider}/delete",
            MANAGE_INTEGRATIONS,
            pages::ask_delete,
        )
        .post(
            "/settings/integrations/{provider}/delete",
            MANAGE_INTEGRATIONS,
            pages::delete,
        )
        .get(
            "/settings/integrations/{provider}/runs",
            READ_INTEGRATIONS,
            sync_log::list,
        )
        .get(
            "/settings/integrations/{provider}/runs/events",
            READ_INTEGRATIONS,
            sync_log::list_events,
        )
        .get(
            "/settings/integrations/{provider}/runs/{run}",
            READ_INTEGRATIONS,
            sync_log::show,
        )
        .get(
            "/settings/integrations/{provider}/runs/{run}/events",
            READ_INTEGRATIONS,
            sync_log::show_events,
        )
        .get(
            "/settings/integrations/{provider}/runs/{run}/diagnostics",
            READ_INTEGRATIONS,
            sync_log::diagnostics,
        )
        .post(
            "/settings/integrations/{provider}/removals/{question}",
            MANAGE_INTEGRATIONS,
            sync_log::answer,
        )
        .post(
            "/settings/integrations/{provider}/set-aside/{record}/retry",
            WRITE_INTEGRATIONS,
            sync_log::retry,
        )
}

fn setup_wizard(table: RouteTable) -> RouteTable {
    use settings::setup_wizard as steps;
    table
        .get(
            "/settings/integrations/{provider}/setup",
            MANAGE_INTEGRATIONS,
            steps::show,
        )
        .get(
            "/settings/integrations/{provider}/setup/events",
            MANAGE_INTEGRATIONS,
            steps::events,
        )
        .get(
            "/settings/integrations/{provider}/setup/connect",
            MANAGE_INTEGRATIONS,
            steps::connect,
        )
        .post(
            "/settings/integrations/{provider}/setup/connect",
            MANAGE_INTEGRATIONS,
            steps::submit_connect,
        )
        .get(
            "/settings/integrations/{provider}/setup/sync",
            MANAGE_INTEGRATIONS,
            steps::sync_step,
        )
        .post(
            "/settings/integrations/{provider}/setup/sync",
            MANAGE_INTEGRATIONS,
            steps::submit_sync,
        )
        .get(
            "/settings/integrations/{provider}/setup/auto-import",
            MANAGE_INTEGRATIONS,
            steps::auto_import,
        )
        .get(
            "/settings/integrations/{provider}/setup/configure",
            MANAGE_INTEGRATIONS,
            steps::configure,
        )
        .post(
            "/settings/integrations/{provider}/setup/configure",
            MANAGE_INTEGRATIONS,
            steps::submit_configure,
        )
        .get(
            "/settings/integrations/{provider}/setup/import",
            MANAGE_INTEGRATIONS,
            steps::import,
        )
        .post(
            "/settings/integrations/{provider}/setup/import/users",
            MANAGE_INTEGRATIONS,
            steps::import_users,
        )
        .post(
            "/settings/integrations/{provider}/setup/import/companies",
            MANAGE_INTEGRATIONS,
            steps::import_companies,
        )
        .get(
            "/settings/integrations/{provider}/setup/import/companies/{record}/link",
            MANAGE_INTEGRATIONS,
            steps::ask_link,
        )
        .post(
            "/settings/integrations/{provider}/setup/import/companies/{record}/link",
            MANAGE_INTEGRATIONS,
            steps::link,
        )
        .get(
            "/settings/integrations/{provider}/setup/import/companies/{record}/unlink",
            MANAGE_INTEGRATIONS,
            steps::ask_unlink,
        )
        .post(
            "/settings/integrations/{provider}/setup/import/companies/{record}/unlink",
            MANAGE_INTEGRATIONS,
            steps::unlink,
        )
        .get(
            "/settings/integrations/{provider}/imports/{import}/events",
            MANAGE_INTEGRATIONS,
            settings::imports::companies_events,
        )
        .get(
            "/settings/integrations/{provider}/imports/{import}/report.csv",
            MANAGE_INTEGRATIONS,
            settings::imports::export_companies,
        )
        .post(
            "/settings/integrations/{provider}/setup/complete",
            MANAGE_INTEGRATIONS,
            steps::complete,
        )
}

/// The routes as data, for tests and the command line.
#[must_use]
pub fn routes() -> Vec<RouteEntry> {
    table().into_parts().1
}

/// The description of the API.
#[must_use]
pub fn document() -> OpenApi {
    table().into_parts().2
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
