//! `GET` and `POST /settings/users/{user}/two-factor/reset`: an administrator lets somebody in again who lost phone and
//! recovery codes. Nobody resets a person whose role grants more than the own one, and nobody the own second factor:
//! the profile asks for the password.

use askama::Template;
use axum::extract::{Path, State};
use domain::id::PublicId;
use store::identities::{self, Identity, StaffMember};
use store::{passkeys, sessions, two_factor};
use sync::mail::{Circumstances, Receiver, queue_two_factor_changed};

use crate::app::App;
use crate::web::access::Staff;
use crate::web::audit::{self, Subject};
use crate::web::error::{Answer, Failure};
use crate::web::page::{page, see_other};
use crate::web::view::{Section, Shell};

#[derive(Template)]
#[template(path = "settings/users/reset_two_factor.html")]
struct ResetPage {
    shell: Shell,
    user: PublicId,
    name: String,
    required: bool,
}

/// Asks before a person's second factors are removed.
///
/// # Errors
/// When there is no such person, or its role grants more than the own one.
pub async fn ask_reset(State(app): State<App>, staff: Staff, Path(id): Path<String>) -> Answer {
    let (identity, member) = find(&app, &staff, &id).await?;
    page(&ResetPage {
        shell: staff.shell(Section::Settings),
        user: identity.uuid,
        name: identity.name,
        required: member.requires_two_factor,
    })
}

/// Removes a person's second factors, signs the person out everywhere and tells it by e-mail.
///
/// # Errors
/// As [`ask_reset`]; else when the database does not answer.
pub async fn reset(State(app): State<App>, staff: Staff, Path(id): Path<String>) -> Answer {
    let (identity, _) = find(&app, &staff, &id).await?;
    let back = format!("/settings/users/{}", identity.uuid);
    if !two_factor::has_second_factor(app.store(), identity.id).await? {
        return see_other(&format!("{back}?notice=no_two_factor"));
    }
    let mut tx = app.store().begin().await?;
    two_factor::disable(&mut tx, identity.id).await?;
    passkeys::remove_passkeys(&mut tx, identity.id).await?;
    sessions::remove_sessions(&mut tx, identity.id, None).await?;
    let subject = Subject {
        kind: "identity",
        id: identity.uuid.as_str(),
        label: &identity.email,
    };
    audit::write(&mut tx, &staff, "two_factor.reset", subject, None, None).await?;
    let to = Receiver {
        identity: identity.id,
        name: &identity.name,
        email: &identity.email,
    };
    let circumstances = Circumstances {
        by: Some(&staff.name),
        client: "",
        at: staff.now(),
    };
    let what = "Your second factors were removed, so that you can sign in with your password and set up new ones.";
    queue_two_factor_changed(&mut tx, to, what, circumstances).await?;
    tx.commit().await?;
    see_other(&format!("{back}?notice=two_factor_reset"))
}

async fn find(app: &App, staff: &Staff, id: &str) -> Result<(Identity, StaffMember), Failure> {
    let missing = || Failure::not_found("User");
    let id: PublicId = id.parse().map_err(|_| missing())?;
    let identity = identities::find_identity_by_uuid(app.store(), &id).await?;
    let identity = identity.ok_or_else(missing)?;
    let member = identities::find_staff_member(app.store(), identity.id).await?;
    let member = member.ok_or_else(missing)?;
    if identity.id == staff.identity {
        return Err(Failure::bad_request(
            "Your own second factors are on your profile, where your password is asked for.",
        ));
    }
    if !member.grants.within(&staff.grants) {
        return Err(Failure::forbidden(&format!(
            "every right of the role {}",
            member.role_name
        )));
    }
    Ok((identity, member))
}
