//! `GET …/setup`: the present step; and the live stream of the line about the sync.

use askama::Template;
use axum::extract::{Path, State};

use super::strip::{StripPart, strip};
use super::wizard::Wizard;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::live::{self, Parts};
use crate::web::page::see_other;
use crate::web::settings::integrations::find::find;
use crate::web::view::{Section, Shell};

/// Leads to the step that was not left yet.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn show(State(app): State<App>, _staff: Staff, Path(key): Path<String>) -> Answer {
    let wizard = Wizard::load(&app, &key).await?;
    see_other(&wizard.address(wizard.place.present()))
}

/// The line about the sync as it changes.
///
/// # Errors
/// As [`show`].
pub async fn events(State(app): State<App>, staff: Staff, Path(key): Path<String>) -> Answer {
    find(app.store(), &key).await?;
    let looking = app.clone();
    Ok(live::stream(&app, move || {
        let (app, key) = (looking.clone(), key.clone());
        let shell = Shell {
            now: app.clock().now(),
            ..staff.shell(Section::Settings)
        };
        async move {
            let (provider, integration) = find(app.store(), &key).await?;
            let known = sync::status::overview(app.engine(), integration.id).await?;
            let known = known.ok_or_else(|| Failure::not_found("Integration"))?;
            let part = StripPart {
                strip: strip(&app, &shell, provider, &known).await?,
            };
            Ok(Parts {
                elements: [("sync-strip".to_owned(), part.render()?)].into(),
                done: false,
            })
        }
    }))
}
