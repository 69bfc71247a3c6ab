//! Sessions: a random token in a cookie, its hash in the store. Every request reads who is behind it, so that a
//! changed role or an ended session takes effect at once (design 3).

use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::clock::UtcMillis;
use domain::id::{IdentityId, PublicId};
use domain::permission::Grants;
use domain::viewer::Viewer;
use jiff::tz::TimeZone;
use store::sessions::{self, NewSession, SessionStage};

use super::access::Visit;
use super::cookie::CookieKind;
use super::error::Failure;
use super::token;
use crate::app::App;

/// A signed-in person.
#[derive(Debug, Clone)]
pub struct Person {
    /// The identity.
    pub identity: IdentityId,
    /// Its id in addresses.
    pub uuid: PublicId,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Name of the role.
    pub role: String,
    /// What the role grants.
    pub grants: Grants,
    /// The zone times are shown in.
    pub zone: TimeZone,
    /// The name of that zone as chosen in the profile; empty: the installation's.
    pub zone_name: String,
    /// On whose behalf queries run.
    pub viewer: Viewer,
    /// The session, by its id in addresses.
    pub session: PublicId,
    /// The session, by the hash of its token.
    pub session_hash: String,
    /// The session's token against forged forms.
    pub csrf: String,
}

/// The person behind a session's token, if the session lives and the person may still sign in.
///
/// # Errors
/// When the database does not answer.
pub async fn find_person(app: &App, token: &str) -> Result<Option<Person>, Failure> {
    let session_hash = token::hash(token);
    let Some(found) = sessions::find_signed_in(app.store(), &session_hash).await? else {
        return Ok(None);
    };
    let Some(staff) = found.staff else {
        return Ok(None);
    };
    // A sign-in that is not complete opens nothing.
    if found.session.stage != SessionStage::Full {
        return Ok(None);
    }
    let (session, now, security) = (found.session, app.clock().now(), &app.config().security);
    // The store ends sessions after the longest times; the configuration may be stricter.
    let is_over = now.since(session.last_seen_at) >= security.session_idle()
        || now.since(session.created_at) >= security.session_absolute();
    if is_over {
        let mut tx = app.store().begin().await?;
        sessions::remove_session(&mut tx, &session_hash).await?;
        tx.commit().await?;
        return Ok(None);
    }
    let zone_name = found.identity.time_zone.unwrap_or_default();
    let viewer = match staff.all_companies {
        true => Viewer::Staff(staff.identity_id),
        false => Viewer::Members(staff.identity_id),
    };
    Ok(Some(Person {
        identity: staff.identity_id,
        uuid: staff.uuid,
        name: staff.name,
        email: staff.email,
        role: staff.role_name,
        grants: staff.grants,
        zone: TimeZone::get(&zone_name).unwrap_or(TimeZone::UTC),
        zone_name,
        viewer,
        session: session.uuid,
        session_hash,
        csrf: session.csrf_token,
    }))
}

/// Starts a session, in the place of the one the browser may have had, and returns its cookie.
///
/// # Errors
/// When the database does not answer.
pub async fn start(app: &App, visit: &Visit, identity: IdentityId) -> Result<HeaderValue, Failure> {
    let (token, csrf_token) = (token::random()?, token::random()?);
    let mut tx = app.store().begin().await?;
    if let Some(old) = &visit.person {
        sessions::remove_session(&mut tx, &old.session_hash).await?;
    }
    let session = NewSession {
        token_hash: &token::hash(&token),
        identity,
        csrf_token: &csrf_token,
        user_agent: &visit.user_agent,
        address: &visit.client.to_string(),
        stage: SessionStage::Full,
    };
    sessions::insert_session(&mut tx, &session).await?;
    store::identities::update_last_sign_in(&mut tx, identity).await?;
    tx.commit().await?;
    let seconds = app.config().security.session_absolute() / UtcMillis::SECOND;
    app.cookies()
        .set(CookieKind::Session, &token, seconds)
        .ok_or_else(|| Failure::unexpected("a token that fits no header"))
}

/// Tells the browser to forget its session.
pub fn forget(app: &App, response: &mut Response) {
    if let Some(cookie) = app.cookies().set(CookieKind::Session, "", 0) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
