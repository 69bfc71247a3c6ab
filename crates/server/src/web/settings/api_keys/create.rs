//! `POST /settings/api-keys`.

use axum::extract::State;
use axum::http::StatusCode;
use domain::secret::Secret;
use serde_json::json;
use store::api_keys::{NewApiKey, insert_api_key};

use super::show::{Created, Typed, render};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::api::key;
use crate::web::api::scope::{self, Scope};
use crate::web::audit::{self, Subject};
use crate::web::error::Answer;
use crate::web::form::Fields;
use crate::web::token;

/// Makes a key and shows its token, this once. The page is the answer to the form itself: a redirect would have to
/// keep the token somewhere.
///
/// # Errors
/// When the database does not answer.
pub async fn create(State(app): State<App>, staff: Staff, fields: Fields) -> Answer {
    let name = fields.text("name");
    let scopes: Vec<Scope> = fields.all("scope").filter_map(Scope::from_key).collect();
    let name_error = if name.is_empty() || name.chars().count() > 100 {
        "Enter a name of at most 100 characters."
    } else {
        ""
    };
    let scopes_error = if fields
        .all("scope")
        .any(|key| Scope::from_key(key).is_none())
    {
        "There is no such scope. Choose from the list."
    } else if scopes.is_empty() {
        "Choose what the key may read."
    } else {
        ""
    };
    if !name_error.is_empty() || !scopes_error.is_empty() {
        let typed = Typed {
            name,
            scopes,
            name_error,
            scopes_error,
        };
        return render(&app, &staff, StatusCode::UNPROCESSABLE_ENTITY, typed, None).await;
    }
    let token = Secret::from(format!("{}{}", key::PREFIX, token::random()?));
    let keys: Vec<&str> = scopes.iter().map(|scope| scope.key()).collect();
    let mut tx = app.store().begin().await?;
    let new = NewApiKey {
        name,
        token_hash: &token::hash(token.expose()),
        token_hint: &key::hint(token.expose()),
        scopes: &scope::to_grants(&scopes),
        created_by: Some(staff.identity),
    };
    let uuid = insert_api_key(&mut tx, &new).await?;
    let subject = Subject {
        kind: "api_key",
        id: uuid.as_str(),
        label: name,
    };
    audit::write(
        &mut tx,
        &staff,
        "api_key.create",
        subject,
        None,
        Some(json!({ "scopes": keys })),
    )
    .await?;
    tx.commit().await?;
    let created = Created {
        name: name.to_owned(),
        token,
    };
    render(
        &app,
        &staff,
        StatusCode::CREATED,
        Typed::default(),
        Some(created),
    )
    .await
}
