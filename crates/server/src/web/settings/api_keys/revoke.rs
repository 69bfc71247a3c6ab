//! `GET` and `POST /settings/api-keys/{key}/revoke`.

use askama::Template;
use axum::extract::{Path, State};
use domain::id::PublicId;
use store::api_keys::{self, ApiKey};

use crate::app::App;
use crate::web::access::Staff;
use crate::web::audit::{self, Subject};
use crate::web::error::{Answer, Failure};
use crate::web::page::{page, see_other};
use crate::web::view::{Section, Shell};

#[derive(Template)]
#[template(path = "settings/api_keys/revoke.html")]
struct RevokePage {
    shell: Shell,
    name: String,
    key: PublicId,
}

/// Asks before a key is revoked.
///
/// # Errors
/// When the database does not answer, or there is no such key.
pub async fn ask_revoke(State(app): State<App>, staff: Staff, Path(id): Path<String>) -> Answer {
    let key = find(&app, &id).await?;
    page(&RevokePage {
        shell: staff.shell(Section::Settings),
        name: key.name,
        key: key.uuid,
    })
}

/// Revokes a key; it stops working with the next request.
///
/// # Errors
/// When the database does not answer, or there is no such key.
pub async fn revoke(State(app): State<App>, staff: Staff, Path(id): Path<String>) -> Answer {
    let key = find(&app, &id).await?;
    let mut tx = app.store().begin().await?;
    if api_keys::revoke_api_key(&mut tx, &key.uuid).await? {
        let subject = Subject {
            kind: "api_key",
            id: key.uuid.as_str(),
            label: &key.name,
        };
        audit::write(&mut tx, &staff, "api_key.revoke", subject, None, None).await?;
    }
    tx.commit().await?;
    see_other("/settings/api-keys?notice=key_revoked")
}

async fn find(app: &App, id: &str) -> Result<ApiKey, Failure> {
    let keys = api_keys::list_api_keys(app.store()).await?;
    keys.into_iter()
        .find(|key| key.uuid.as_str() == id)
        .ok_or_else(|| Failure::not_found("API key"))
}
