//! What has to be there before people can be imported, each with the place where it can be made.

use domain::permission::{Area, Permission, RoleKind};
use domain::provider::Provider;
use domain::stream::Stream;
use store::checkpoints::find_checkpoint;
use store::roles::list_roles;

use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::Failure;
use crate::web::settings::imports::source::{Missing, Source, find_source};

/// The source of the people, or what is missing.
///
/// # Errors
/// When the database does not answer.
pub async fn source(
    app: &App,
    person: &SignedIn,
    provider: &'static Provider,
) -> Result<Result<Source, Missing>, Failure> {
    if !person.may(Permission::manage(Area::Users)) {
        return Ok(Err(Missing {
            symbol: "lock",
            title: "You need the right Manage Users".to_owned(),
            sentence: "You must have the Manage Users permission to import people. Ask an administrator to give it to \
                       your role."
                .to_owned(),
            // Whoever sees no users is not sent to a page that is closed as well.
            href: if person.may(Permission::read(Area::Users)) {
                "/settings/users".to_owned()
            } else {
                String::new()
            },
            label: "See the users".to_owned(),
        }));
    }
    let source = match find_source(app, person, provider, Stream::Technicians).await? {
        Ok(source) => source,
        Err(missing) => return Ok(Err(missing)),
    };
    let roles = list_roles(app.store(), RoleKind::Staff).await?;
    if !roles.iter().any(|role| role.grants.within(&person.grants)) {
        let makes = person.may(Permission::manage(Area::Roles));
        return Ok(Err(Missing {
            symbol: "shield",
            title: "No role to give".to_owned(),
            sentence: if makes {
                "User roles must be created first: there is no staff role that grants no more than yours.".to_owned()
            } else {
                "There is no staff role that grants no more than yours. Somebody with the right Manage Roles can create one.".to_owned()
            },
            href: if makes {
                "/settings/roles/new".to_owned()
            } else {
                String::new()
            },
            label: "Create a role".to_owned(),
        }));
    }
    Ok(Ok(source))
}

/// Why the people of a source were never read, and where to look, unless the first sync is still to bring them.
///
/// # Errors
/// When the database does not answer.
pub async fn unread(
    app: &App,
    person: &SignedIn,
    source: &Source,
) -> Result<Option<Missing>, Failure> {
    let found = find_checkpoint(app.store(), source.integration.id, Stream::Technicians).await?;
    if found.is_some_and(|checkpoint| checkpoint.last_completed_at.is_some()) {
        return Ok(None);
    }
    let provider = source.provider;
    let many = provider.words.technicians.to_lowercase();
    if !source.integration.settings.reads(Stream::Technicians) {
        return Ok(Some(Missing {
            symbol: "hourglass",
            title: "Sync Users is off".to_owned(),
            sentence: format!(
                "The {many} of {} are not read while Sync Users is off. Switch it on in the Sync step, and they appear \
                 here once they have been read.",
                provider.name
            ),
            href: if person.may(Permission::manage(Area::Integrations)) {
                format!("/settings/integrations/{}/setup/sync", provider.key)
            } else {
                String::new()
            },
            label: "Open the Sync step".to_owned(),
        }));
    }
    let known = sync::status::overview(app.engine(), source.integration.id).await?;
    // While the first sync is under way the list says how far it is, and when there is something to show.
    let ended = known.filter(|known| known.active_run.is_none() && known.last_run.is_some());
    if let Some(known) = ended {
        // Others have nothing to do with it.
        let about = provider.words.stream(Stream::Technicians);
        let rights = known.missing_rights.iter();
        let rights: Vec<String> = rights
            .filter(|right| right.area == about)
            .map(|right| format!("{}: {}", right.area, right.right))
            .collect();
        return Ok(Some(Missing {
            symbol: "alert",
            title: format!("The {many} could not be read"),
            sentence: if rights.is_empty() {
                format!(
                    "The last sync of {} ended without them. Its page says why and what to check.",
                    provider.name
                )
            } else {
                format!(
                    "The last sync of {} ended without them. The account Portico signs in with lacks rights there: {}. Grant them, \
                     then run Resync.",
                    provider.name,
                    rights.join("; ")
                )
            },
            href: if person.may(Permission::read(Area::Integrations)) {
                format!("/settings/integrations/{}", provider.key)
            } else {
                String::new()
            },
            label: format!("Look at {}", provider.name),
        }));
    }
    Ok(None)
}
