//! `POST /welcome`.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use domain::email::email_address;
use domain::id::IdentityId;
use domain::secret::Secret;
use domain::text::has_visible;

use super::show::{Errors, WelcomePage};
use super::{TOKEN, is_local, is_open, may_set_up};
use crate::administrator;
use crate::app::App;
use crate::web::access::Visitor;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page_with, see_other};
use crate::web::{password, sign_in};

/// Creates the first administrator and signs in.
///
/// # Errors
/// When the database does not answer.
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    if !is_open(&app).await? {
        return see_other("/sign-in");
    }
    let peer = peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| {
        peer.0.0.ip().to_canonical()
    });
    let (name, email) = (fields.text("name"), fields.text("email"));
    let given = Secret::from(fields.find("password").unwrap_or_default());
    let mut errors = check(
        name,
        email,
        &given,
        fields.find("repeated").unwrap_or_default(),
    );
    if !may_set_up(&app, &visitor, peer, &headers, fields.text("token")).await? {
        errors.token = "This is not the setup token. It stands in Portico's log, in the line that ends with /welcome.".to_owned();
    }
    if errors != Errors::default() {
        return page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &WelcomePage {
                csrf: &visitor.form_token,
                asks_token: !is_local(&app, peer, &visitor, &headers),
                token: fields.text("token"),
                name,
                email,
                errors,
                warning: visitor.warning.as_deref(),
            },
        );
    }
    let hash = password::hash(&app, given).await?;
    let Some(identity) = insert(&app, name, email, &hash).await? else {
        return see_other("/sign-in");
    };
    tracing::info!("the first administrator was created");
    let known = store::identities::find_identity(app.store(), identity).await?;
    let set_at = known.and_then(|known| known.password_changed_at);
    sign_in::lead_on(&app, &visitor, identity, set_at, "/?notice=welcome", None)
        .await?
        .map_or_else(|| see_other("/sign-in"), Ok)
}

/// The mistakes in the form.
fn check(name: &str, email: &str, given: &Secret, repeated: &str) -> Errors {
    let mut errors = Errors::default();
    if !has_visible(name) || name.chars().count() > 200 || name.chars().any(char::is_control) {
        errors.name = "Enter a name of at most 200 characters, in one line.".to_owned();
    }
    if email_address(email).is_none() {
        errors.email = "Enter a valid e-mail address, such as ann@example.com.".to_owned();
    }
    errors.password = password::problem(given, &[name, email]).unwrap_or_default();
    if errors.password.is_empty() && given.expose() != repeated {
        errors.repeated = "The two passwords differ.".to_owned();
    }
    errors
}

/// Stores the administrator, unless somebody else was faster.
async fn insert(
    app: &App,
    name: &str,
    email: &str,
    hash: &Secret,
) -> Result<Option<IdentityId>, Failure> {
    let mut tx = app.store().begin().await?;
    let identity = administrator::create_first(&mut tx, name, email, hash).await?;
    if identity.is_some() {
        store::installation_settings::remove_setting(&mut tx, TOKEN).await?;
        tx.commit().await?;
    }
    Ok(identity)
}
