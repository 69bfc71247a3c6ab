//! `POST /settings/api-keys`.

use axum::extract::State;
use axum::http::StatusCode;
use domain::text::has_visible;
use serde_json::json;
use store::api_keys::{Kept, NewApiKey, insert_api_key};

use super::show::{Created, Typed, render};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::api::key;
use crate::web::api::scope::{self, Scope};
use crate::web::audit::{self, Subject};
use crate::web::error::Answer;
use crate::web::form::Fields;
use crate::web::token;

/// Length of the random part of a form.
const FORM: usize = 43;

/// Makes a key and shows its token, this once. The page is the answer to the form itself: a redirect would have to
/// keep the token somewhere.
///
/// # Errors
/// When the database does not answer.
pub async fn create(State(app): State<App>, staff: Staff, fields: Fields) -> Answer {
    let name = fields.text("name");
    let scopes: Vec<Scope> = fields.all("scope").filter_map(Scope::from_key).collect();
    let name_error = if !has_visible(name) || name.chars().count() > 100 {
        "Enter a name of at most 100 characters."
    } else {
        ""
    };
    let given = scope::grantable(staff.viewer(), &staff.grants);
    let unknown = |key| Scope::from_key(key).is_none();
    let scopes_error = if fields.all("scope").any(unknown) {
        "There is no such scope. Choose from the list.".to_owned()
    } else if scopes.is_empty() {
        "Choose what the key may read.".to_owned()
    } else {
        scopes
            .iter()
            .find(|scope| !given.contains(scope))
            .map(|scope| not_given(*scope))
            .unwrap_or_default()
    };
    if !name_error.is_empty() || !scopes_error.is_empty() {
        let typed = Typed {
            name,
            scopes,
            name_error,
            scopes_error,
        };
        let status = if given.is_empty() {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        return render(&app, &staff, status, typed, None).await;
    }
    // A form without its random part is one that nobody was shown.
    let form = match fields.text("form") {
        form if form.len() == FORM => form.to_owned(),
        _ => token::random()?,
    };
    let token = key::token_for(&form, name, &scopes, &staff);
    let keys: Vec<&str> = scopes.iter().map(|scope| scope.key()).collect();
    let mut tx = app.store().begin().await?;
    let new = NewApiKey {
        name,
        token_hash: &token::hash(token.expose()),
        token_hint: &key::hint(token.expose()),
        scopes: &scope::to_grants(&scopes),
        created_by: Some(staff.identity),
    };
    match insert_api_key(&mut tx, &new).await? {
        Kept::New(uuid) => {
            let subject = Subject {
                kind: "api_key",
                id: uuid.as_str(),
                label: name,
            };
            let after = Some(json!({ "scopes": keys }));
            audit::write(&mut tx, &staff, "api_key.create", subject, None, after).await?;
        }
        Kept::Before => {}
        Kept::Revoked => {
            let typed = Typed {
                name,
                scopes,
                name_error: "This key was made before and is revoked. Press Create key once more for another one.",
                scopes_error: String::new(),
            };
            return render(&app, &staff, StatusCode::CONFLICT, typed, None).await;
        }
    }
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

/// Why somebody cannot give a scope.
fn not_given(scope: Scope) -> String {
    format!(
        "You cannot give {}: it needs the right “{}”, and nobody gives a key more than they have.",
        scope.key(),
        scope.permission().label()
    )
}
