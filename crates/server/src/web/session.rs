//! Sessions: a random token in a cookie, its hash in the store. Every request reads who is behind it, so that a
//! changed role or an ended session takes effect at once (design 3).

use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::clock::UtcMillis;
use domain::id::{IdentityId, PublicId};
use domain::permission::Grants;
use domain::viewer::Viewer;
use jiff::tz::TimeZone;
use store::Tx;
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
    /// How far the sign-in has got.
    pub stage: SessionStage,
    /// Whether the role asks for a second factor.
    pub requires_two_factor: bool,
}

/// A sign-in that is not complete must come to an end within this time.
pub const HALFWAY: i64 = 15 * UtcMillis::MINUTE;

/// The page that a sign-in at this stage goes on with.
#[must_use]
pub const fn stage_page(stage: SessionStage) -> &'static str {
    match stage {
        SessionStage::Full => "/",
        SessionStage::SecondFactor => "/sign-in/two-factor",
        SessionStage::Enrol => "/sign-in/enrol",
    }
}

/// The person behind a session's token, if the session lives and the person may still sign in. The sign-in may not be
/// complete yet: look at the stage.
///
/// # Errors
/// When the database does not answer.
pub async fn find_person(app: &App, token: &str) -> Result<Option<Person>, Failure> {
    find_person_by_hash(app, &token::hash(token)).await
}

/// The same by the hash of the token.
///
/// # Errors
/// When the database does not answer.
pub async fn find_person_by_hash(app: &App, session_hash: &str) -> Result<Option<Person>, Failure> {
    let Some(found) = sessions::find_signed_in(app.store(), session_hash).await? else {
        return Ok(None);
    };
    let Some(staff) = found.staff else {
        return Ok(None);
    };
    let (session, now, security) = (found.session, app.clock().now(), &app.config().security);
    // The store ends sessions after the longest times; the configuration may be stricter.
    let is_over = now.since(session.last_seen_at) >= security.session_idle()
        || now.since(session.created_at) >= security.session_absolute()
        || session.stage != SessionStage::Full && now.since(session.created_at) >= HALFWAY;
    if is_over {
        let mut tx = app.store().begin().await?;
        sessions::remove_session(&mut tx, session_hash).await?;
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
        session_hash: session_hash.to_owned(),
        csrf: session.csrf_token,
        stage: session.stage,
        requires_two_factor: staff.requires_two_factor,
    }))
}

/// What a sign-in of this identity needs after the password. Keep the identity before, so that a second factor that is
/// being set up at this moment either is seen here or ends the session that begins.
async fn next_stage_in(tx: &mut Tx, identity: IdentityId) -> Result<SessionStage, Failure> {
    if store::two_factor::has_second_factor_in(tx, identity).await? {
        return Ok(SessionStage::SecondFactor);
    }
    let staff = store::identities::find_staff_member_in(tx, identity).await?;
    Ok(match staff {
        Some(staff) if staff.requires_two_factor => SessionStage::Enrol,
        _ => SessionStage::Full,
    })
}

/// A session's new cookie and the token its forms carry.
#[derive(Debug)]
pub struct Started {
    /// The header that sets the cookie.
    pub cookie: HeaderValue,
    /// The token of forms.
    pub csrf: String,
    /// The hash of the session's token.
    pub session_hash: String,
    /// How far the sign-in has got.
    pub stage: SessionStage,
}

/// Starts a session, in the place of the one the browser may have had; `None` when the password that was found right,
/// which was set at `password_changed_at`, was changed meanwhile, or the person switched off. Where `factor_given` the
/// person was signed in fully already; else a second factor may still be asked for.
///
/// # Errors
/// When the database does not answer.
pub async fn start(
    app: &App,
    visit: &Visit,
    identity: IdentityId,
    password_changed_at: Option<UtcMillis>,
    factor_given: bool,
) -> Result<Option<Started>, Failure> {
    let (token, csrf) = (token::random()?, token::random()?);
    let mut tx = app.store().begin().await?;
    let session_hash = token::hash(&token);
    store::identities::find_identity_kept_in(&mut tx, identity).await?;
    let stage = match factor_given {
        true => SessionStage::Full,
        false => next_stage_in(&mut tx, identity).await?,
    };
    let session = NewSession {
        token_hash: &session_hash,
        identity,
        csrf_token: &csrf,
        user_agent: &visit.user_agent,
        address: &visit.client.to_string(),
        stage,
    };
    if !sessions::insert_verified_session(&mut tx, &session, password_changed_at).await? {
        tx.rollback().await?;
        return Ok(None);
    }
    for old in visit.person.iter().chain(&visit.halfway) {
        sessions::remove_session(&mut tx, &old.session_hash).await?;
    }
    if stage == SessionStage::Full {
        store::identities::update_last_sign_in(&mut tx, identity).await?;
    }
    tx.commit().await?;
    Ok(Some(Started {
        cookie: cookie(app, &token)?,
        csrf,
        session_hash,
        stage,
    }))
}

/// Completes a sign-in in the transaction that took its second factor: the session gets another token and is full.
///
/// # Errors
/// When the database does not answer, or the session ended meanwhile.
pub async fn complete(app: &App, tx: &mut Tx, halfway: &Person) -> Result<Started, Failure> {
    let (token, csrf) = (token::random()?, token::random()?);
    let session_hash = token::hash(&token);
    sessions::update_stage(tx, &halfway.session_hash, SessionStage::Full).await?;
    if !sessions::update_token(tx, &halfway.session_hash, &session_hash, &csrf).await? {
        return Err(Failure::unauthorized(
            "Your session ended. Sign in again to go on.",
        ));
    }
    store::identities::update_last_sign_in(tx, halfway.identity).await?;
    Ok(Started {
        cookie: cookie(app, &token)?,
        csrf,
        session_hash,
        stage: SessionStage::Full,
    })
}

fn cookie(app: &App, token: &str) -> Result<HeaderValue, Failure> {
    let seconds = app.config().security.session_absolute() / UtcMillis::SECOND;
    app.cookies()
        .set(CookieKind::Session, token, seconds)
        .ok_or_else(|| Failure::unexpected("a token that fits no header"))
}

/// Tells the browser to forget its session.
pub fn forget(app: &App, response: &mut Response) {
    if let Some(cookie) = app.cookies().set(CookieKind::Session, "", 0) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
