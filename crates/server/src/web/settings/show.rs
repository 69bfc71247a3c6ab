//! `GET /settings`: the first tab this person may open.

use domain::permission::{Area, Permission};

use crate::web::access::SignedIn;
use crate::web::error::{Answer, Failure};
use crate::web::page::see_other;

/// Leads to the first tab.
///
/// # Errors
/// `403` when the role opens none.
pub async fn show(person: SignedIn) -> Answer {
    let read_integrations = Permission::read(Area::Integrations);
    if person.may(read_integrations) {
        return see_other("/settings/integrations");
    }
    if person.may(Permission::read(Area::Users)) {
        return see_other("/settings/users");
    }
    if person.may(Permission::read(Area::Roles)) {
        return see_other("/settings/roles");
    }
    if person.may(Permission::manage(Area::Settings)) {
        return see_other("/settings/api-keys");
    }
    Err(Failure::forbidden(&read_integrations.label()))
}
