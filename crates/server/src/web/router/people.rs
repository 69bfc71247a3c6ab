//! The index of people: users, roles, and everybody's own account; and of what is imported, staff and companies.

use super::{
    IMPORT_COMPANIES, MANAGE_ROLES, MANAGE_USERS, READ_COMPANIES, READ_ROLES, READ_USERS, SignedIn,
    WRITE_ROLES, WRITE_USERS,
};
use crate::web::route_table::RouteTable;
use crate::web::{profile, settings, two_factor};

/// The companies of a tool, imported in the dialog or the wizard.
pub(super) fn import_companies(table: RouteTable) -> RouteTable {
    use settings::{import_companies as pages, imports};
    table
        // The page says who may import; the form itself needs the rights.
        .get("/companies/import/{provider}", READ_COMPANIES, pages::show)
        .post(
            "/companies/import/{provider}",
            IMPORT_COMPANIES,
            pages::import,
        )
        .get(
            "/companies/import/{provider}/events",
            IMPORT_COMPANIES,
            imports::list_sync::list_of_companies,
        )
        .get(
            "/companies/import/{provider}/reports/{import}",
            IMPORT_COMPANIES,
            imports::companies,
        )
        .get(
            "/companies/import/{provider}/reports/{import}/events",
            IMPORT_COMPANIES,
            imports::companies_events,
        )
        .get(
            "/companies/import/{provider}/reports/{import}/report.csv",
            IMPORT_COMPANIES,
            imports::export_companies,
        )
        .get(
            "/companies/import/{provider}/{record}/link",
            IMPORT_COMPANIES,
            pages::ask_link,
        )
        .post(
            "/companies/import/{provider}/{record}/link",
            IMPORT_COMPANIES,
            pages::link,
        )
        .get(
            "/companies/import/{provider}/{record}/unlink",
            IMPORT_COMPANIES,
            pages::ask_unlink,
        )
        .post(
            "/companies/import/{provider}/{record}/unlink",
            IMPORT_COMPANIES,
            pages::unlink,
        )
}

/// Staff users and their roles.
pub(super) fn people(table: RouteTable) -> RouteTable {
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
            "/settings/users/import/{provider}/events",
            MANAGE_USERS,
            imports::list_sync::list_of_people,
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
pub(super) fn own_account(table: RouteTable) -> RouteTable {
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
