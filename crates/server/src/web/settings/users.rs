//! Settings → Users & Roles: who of the staff can sign in.

mod bulk;
mod bulk_action;
mod export;
pub mod form;
mod list;
mod list_page;
mod new;
mod query;
mod show;
mod show_page;
mod status;
mod update;

use domain::permission::{Grants, RoleKind};
use store::Store;
use store::identities::MembershipStatus;
use store::roles::list_roles;
use sync::users::{Editor, UserRefusal};

use crate::web::access::SignedIn;
use crate::web::error::Failure;
use crate::web::view::{Badge, Choice};

pub use bulk::bulk;
pub use bulk_action::BulkAction;
pub use export::export;
pub use list::list;
pub use new::{create, new};
pub use show::show;
pub use status::{
    ask_deactivate, ask_reactivate, ask_unlink, deactivate, reactivate, unlink, welcome,
};
pub use update::update;

/// Who changes users.
#[must_use]
pub fn editor(person: &SignedIn) -> Editor {
    Editor {
        actor: person.actor(),
        identity: person.identity,
        grants: person.grants.clone(),
    }
}

/// The staff roles somebody may give, the chosen one among them whatever it grants. `preselect` chooses the default
/// role when none is chosen.
///
/// # Errors
/// When the database does not answer.
pub async fn role_choices(
    store: &Store,
    own: &Grants,
    chosen: &str,
    preselect: bool,
) -> Result<Vec<Choice>, Failure> {
    let roles = list_roles(store, RoleKind::Staff).await?;
    Ok(roles
        .into_iter()
        .filter(|role| role.grants.within(own) || role.uuid.as_str() == chosen)
        .map(|role| {
            let on =
                role.uuid.as_str() == chosen || (preselect && chosen.is_empty() && role.is_default);
            Choice::new(role.uuid.as_str(), role.name, on)
        })
        .collect())
}

/// Why something was not done, at the field it belongs to and with a link to whoever stands in the way.
#[must_use]
pub fn problem(refusal: &UserRefusal) -> form::Problem {
    let mut problem = form::Problem::new(refusal.field(), refusal.sentence());
    if let UserRefusal::EmailTaken { by, name } | UserRefusal::EmailLooksLike { by, name, .. } =
        refusal
    {
        problem.href = format!("/settings/users/{by}");
        problem.label = format!("Open {name}");
    }
    problem
}

/// The status of a user as a badge.
#[must_use]
pub fn status_badge(status: MembershipStatus) -> Badge {
    let (class, icon) = match status {
        MembershipStatus::Imported => ("", "download"),
        MembershipStatus::Pending => ("", "clock"),
        MembershipStatus::Invited => ("info", "mail"),
        MembershipStatus::Active => ("good", "check-circle"),
        MembershipStatus::Disabled => ("bad", "pause"),
    };
    Badge {
        label: status_label(status).to_owned(),
        meaning: status_meaning(status).to_owned(),
        class,
        icon,
    }
}

/// The word for a status.
#[must_use]
pub const fn status_label(status: MembershipStatus) -> &'static str {
    match status {
        MembershipStatus::Imported => "Imported",
        MembershipStatus::Pending => "Pending",
        MembershipStatus::Invited => "Invited",
        MembershipStatus::Active => "Active",
        MembershipStatus::Disabled => "Deactivated",
    }
}

/// What a status means.
#[must_use]
pub const fn status_meaning(status: MembershipStatus) -> &'static str {
    match status {
        MembershipStatus::Imported | MembershipStatus::Pending => {
            "Has an account and has not been told. Send the welcome e-mail to let the person in."
        }
        MembershipStatus::Invited => "Has been sent a welcome e-mail and has not signed in yet.",
        MembershipStatus::Active => "Can sign in.",
        MembershipStatus::Disabled => {
            "Cannot sign in. The account and its history are kept, and it can be reactivated."
        }
    }
}
