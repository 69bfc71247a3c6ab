//! Passkey ceremonies: making one and signing with one. The state between the two requests is in the store, by the
//! session's token; each is good for one answer and for five minutes.
//!
//! Passkeys belong to a host name. It is the base address's; on this machine, where people also type 127.0.0.1, it is
//! `localhost`. With a base address that is another number there are no passkeys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use store::passkeys;
use url::{Host, Url};
use webauthn_rs::prelude::{
    Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Uuid, Webauthn, WebauthnBuilder,
};

use crate::app::App;
use crate::web::error::Failure;
use crate::web::session::Person;

/// A ceremony that has begun.
#[derive(Serialize, Deserialize)]
enum Begun {
    Making(PasskeyRegistration),
    Signing(PasskeyAuthentication),
}

/// What the page's script needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The options for the browser, as JSON.
    pub options: String,
    /// The host the page must be open at.
    pub host: String,
    /// The address to open it at.
    pub origin: String,
}

/// A passkey that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The authenticator's id of it.
    pub credential_id: String,
    /// What is kept of it.
    pub state: String,
}

/// What became of an answer.
#[derive(Debug)]
pub enum Answered<T> {
    /// It holds.
    Good(T),
    /// What to say instead.
    Refused(&'static str),
}

const TOO_LATE: &str = "That took too long, or another page asked meanwhile. Try again.";
const REFUSED: &str = "The passkey was not accepted. Try again, or use another way.";
const COPIED: &str = "This passkey answered with an older count than before, as a copy of it would. Use another way to sign in, remove the \
     passkey on your profile and make a new one.";

/// The host name and address passkeys belong to.
#[must_use]
pub fn place(base_address: &str) -> Option<(String, Url)> {
    let mut origin = Url::parse(base_address).ok()?;
    match origin.host()?.to_owned() {
        Host::Domain(name) => Some((name, origin)),
        Host::Ipv4(address) if address.is_loopback() => local(&mut origin),
        Host::Ipv6(address) if address.is_loopback() => local(&mut origin),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

fn local(origin: &mut Url) -> Option<(String, Url)> {
    origin.set_host(Some("localhost")).ok()?;
    Some(("localhost".to_owned(), origin.clone()))
}

/// Whether this installation can have passkeys at all.
#[must_use]
pub fn is_possible(app: &App) -> bool {
    place(&app.config().base_address()).is_some()
}

fn library(app: &App) -> Result<Option<(Webauthn, String, String)>, Failure> {
    let Some((host, origin)) = place(&app.config().base_address()) else {
        return Ok(None);
    };
    let library = WebauthnBuilder::new(&host, &origin)
        .map(|builder| builder.rp_name("Portico"))
        .and_then(WebauthnBuilder::build)
        .map_err(Failure::internal)?;
    Ok(Some((library, host, origin.origin().ascii_serialization())))
}

/// Begins making a passkey; `None` where there are none.
///
/// # Errors
/// When the database does not answer.
pub async fn begin_making(app: &App, person: &Person) -> Result<Option<Offer>, Failure> {
    let Some((library, host, origin)) = library(app)? else {
        return Ok(None);
    };
    let known = passkeys::list_passkeys(app.store(), person.identity).await?;
    let known = known
        .iter()
        .filter_map(|passkey| URL_SAFE_NO_PAD.decode(&passkey.credential_id).ok())
        .collect();
    let user: Uuid = person.uuid.as_str().parse().map_err(Failure::internal)?;
    let (options, state) = library
        .start_passkey_registration(user, &person.email, &person.name, Some(known))
        .map_err(Failure::internal)?;
    keep(app, person, &Begun::Making(state)).await?;
    let options = serde_json::to_string(&options).map_err(Failure::internal)?;
    Ok(Some(Offer {
        options,
        host,
        origin,
    }))
}

/// Ends making a passkey.
///
/// # Errors
/// When the database does not answer.
pub async fn end_making(
    app: &App,
    person: &Person,
    credential: &str,
) -> Result<Answered<Made>, Failure> {
    let Some((library, ..)) = library(app)? else {
        return Ok(Answered::Refused(REFUSED));
    };
    let Some(Begun::Making(state)) = take(app, person).await? else {
        return Ok(Answered::Refused(TOO_LATE));
    };
    let Ok(answer) = serde_json::from_str::<RegisterPublicKeyCredential>(credential) else {
        return Ok(Answered::Refused(REFUSED));
    };
    match library.finish_passkey_registration(&answer, &state) {
        Ok(passkey) => Ok(Answered::Good(Made {
            credential_id: URL_SAFE_NO_PAD.encode(passkey.cred_id()),
            state: serde_json::to_string(&passkey).map_err(Failure::internal)?,
        })),
        Err(error) => {
            tracing::info!(%error, "a new passkey was not accepted");
            Ok(Answered::Refused(REFUSED))
        }
    }
}

/// Begins signing with one of the person's passkeys; `None` when there is none.
///
/// # Errors
/// When the database does not answer.
pub async fn begin_signing(app: &App, person: &Person) -> Result<Option<Offer>, Failure> {
    let Some((library, host, origin)) = library(app)? else {
        return Ok(None);
    };
    let known: Vec<Passkey> = passkeys::list_passkeys(app.store(), person.identity)
        .await?
        .iter()
        .filter_map(|passkey| serde_json::from_str(&passkey.state).ok())
        .collect();
    if known.is_empty() {
        return Ok(None);
    }
    let (options, state) = library
        .start_passkey_authentication(&known)
        .map_err(Failure::internal)?;
    keep(app, person, &Begun::Signing(state)).await?;
    let options = serde_json::to_string(&options).map_err(Failure::internal)?;
    Ok(Some(Offer {
        options,
        host,
        origin,
    }))
}

/// Ends signing with a passkey of the person, and notes its use.
///
/// # Errors
/// When the database does not answer.
pub async fn end_signing(
    app: &App,
    person: &Person,
    credential: &str,
) -> Result<Answered<()>, Failure> {
    let Some((library, ..)) = library(app)? else {
        return Ok(Answered::Refused(REFUSED));
    };
    let Some(Begun::Signing(state)) = take(app, person).await? else {
        return Ok(Answered::Refused(TOO_LATE));
    };
    let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(credential) else {
        return Ok(Answered::Refused(REFUSED));
    };
    let result = match library.finish_passkey_authentication(&answer, &state) {
        Ok(result) => result,
        Err(error) => {
            tracing::info!(%error, "a passkey was not accepted");
            return Ok(Answered::Refused(REFUSED));
        }
    };
    let id = URL_SAFE_NO_PAD.encode(result.cred_id());
    let known = passkeys::find_passkey(app.store(), &id).await?;
    let Some(known) = known.filter(|known| known.identity == person.identity) else {
        return Ok(Answered::Refused(REFUSED));
    };
    let mut passkey: Passkey = serde_json::from_str(&known.state).map_err(Failure::internal)?;
    passkey.update_credential(&result);
    let state = serde_json::to_string(&passkey).map_err(Failure::internal)?;
    let mut tx = app.store().begin().await?;
    let counted =
        passkeys::update_passkey_used(&mut tx, &id, &state, i64::from(result.counter())).await?;
    tx.commit().await?;
    Ok(match counted {
        true => Answered::Good(()),
        false => Answered::Refused(COPIED),
    })
}

async fn keep(app: &App, person: &Person, begun: &Begun) -> Result<(), Failure> {
    let text = serde_json::to_string(begun).map_err(Failure::internal)?;
    let mut tx = app.store().begin().await?;
    passkeys::put_ceremony(&mut tx, &person.session_hash, &text).await?;
    tx.commit().await?;
    Ok(())
}

async fn take(app: &App, person: &Person) -> Result<Option<Begun>, Failure> {
    let mut tx = app.store().begin().await?;
    let text = passkeys::take_ceremony(&mut tx, &person.session_hash).await?;
    tx.commit().await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_belong_to_a_host_name() {
        let place = |base: &str| place(base).map(|(host, origin)| format!("{host} {origin}"));
        assert_eq!(
            place("https://portal.example.com").as_deref(),
            Some("portal.example.com https://portal.example.com/")
        );
        assert_eq!(
            place("http://127.0.0.1:8080").as_deref(),
            Some("localhost http://localhost:8080/")
        );
        assert_eq!(
            place("http://[::1]:8080").as_deref(),
            Some("localhost http://localhost:8080/")
        );
        assert_eq!(place("http://192.0.2.7:8080"), None);
    }
}
