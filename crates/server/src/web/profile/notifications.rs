//! `POST /profile/notifications`.

use axum::extract::State;
use domain::account::{Notification, Notifications};
use store::identities::{self, Profile};

use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::see_other;

/// Saves what the person wants to be told.
///
/// # Errors
/// When the database does not answer.
pub async fn notifications(State(app): State<App>, person: SignedIn, fields: Fields) -> Answer {
    let mut chosen = Notifications::default();
    for notification in Notification::ALL {
        let on = fields
            .all("notification")
            .any(|key| key == notification.key());
        chosen.set(notification, on);
    }
    let mut tx = app.store().begin().await?;
    let known = identities::find_identity_by_uuid_in(&mut tx, &person.uuid).await?;
    let known =
        known.ok_or_else(|| Failure::unexpected("an identity vanished while its session lives"))?;
    let profile = Profile {
        notifications: &chosen,
        ..super::update::unchanged(&known)
    };
    identities::update_profile(&mut tx, person.identity, &profile).await?;
    tx.commit().await?;
    see_other("/profile?notice=notifications_saved")
}
