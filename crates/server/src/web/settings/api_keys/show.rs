//! `GET /settings/api-keys`.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::id::{IdentityId, PublicId};
use domain::secret::Secret;
use domain::viewer::Viewer;
use store::api_keys::{KeyMaker, list_api_keys, list_makers};
use store::identities::MembershipStatus;

use crate::app::App;
use crate::web::access::Staff;
use crate::web::api::scope::{self, Scope};
use crate::web::error::Answer;
use crate::web::page::page_with;
use crate::web::token;
use crate::web::view::{Section, Shell, Time};

#[derive(Template)]
#[template(path = "settings/api_keys/show.html")]
struct ApiKeysPage<'a> {
    shell: Shell,
    keys: Vec<KeyRow>,
    /// Those the person may give.
    scopes: Vec<ScopeChoice>,
    /// Some scopes are left out, since the person may not give them.
    fewer: bool,
    /// Why the person cannot make a key at all; empty when they can.
    cannot: &'static str,
    base_address: String,
    /// Makes the next key another one than the last; the same form sent twice makes one.
    form: String,
    typed: Typed<'a>,
    created: Option<Created>,
}

struct KeyRow {
    uuid: PublicId,
    name: String,
    hint: String,
    scopes: String,
    creator: String,
    created: Time,
    used: Option<Time>,
    revoked: Option<Time>,
}

struct ScopeChoice {
    key: &'static str,
    meaning: &'static str,
    ticked: bool,
}

/// What was typed into the form, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Typed<'a> {
    /// Name.
    pub name: &'a str,
    /// Ticked scopes.
    pub scopes: Vec<Scope>,
    /// What is wrong with the name.
    pub name_error: &'static str,
    /// What is wrong with the scopes.
    pub scopes_error: String,
}

/// A key that was just made: the only time its token is shown.
#[derive(Debug)]
pub struct Created {
    /// Its name.
    pub name: String,
    /// The token.
    pub token: Secret,
}

/// Shows the keys.
///
/// # Errors
/// When the database does not answer.
pub async fn show(State(app): State<App>, staff: Staff) -> Answer {
    render(&app, &staff, StatusCode::OK, Typed::default(), None).await
}

/// The page, after a mistake or with a new key.
///
/// # Errors
/// When the database does not answer.
pub async fn render(
    app: &App,
    staff: &Staff,
    status: StatusCode,
    typed: Typed<'_>,
    created: Option<Created>,
) -> Answer {
    let shell = staff.shell(Section::Settings);
    let keys = list_api_keys(app.store()).await?;
    let makers = list_makers(app.store()).await?.into_iter();
    let makers: BTreeMap<IdentityId, String> = makers.map(|one| (one.id, maker(one))).collect();
    let keys = keys
        .into_iter()
        .map(|key| KeyRow {
            created: shell.time(key.created_at),
            used: shell.maybe_time(key.last_used_at),
            revoked: shell.maybe_time(key.revoked_at),
            uuid: key.uuid,
            name: key.name,
            hint: key.token_hint,
            scopes: scope::of_grants(&key.scopes)
                .map(Scope::key)
                .collect::<Vec<_>>()
                .join(", "),
            creator: key
                .created_by
                .and_then(|id| makers.get(&id).cloned())
                .unwrap_or_else(|| "—".to_owned()),
        })
        .collect();
    let given = scope::grantable(staff.viewer(), &staff.grants);
    let cannot = match staff.viewer() {
        _ if !given.is_empty() => "",
        Viewer::Staff(_) => {
            "A key reads companies, tickets, opportunities or integrations. Your role may see none of these, and nobody gives a \
             key more than they have, so you cannot create one."
        }
        Viewer::Members(_) | Viewer::ApiKey(_) => {
            "A key reads every company, and you see some of them only. Ask somebody who sees all of them to create one."
        }
    };
    let fewer = given.len() < Scope::ALL.len();
    let scopes = given
        .into_iter()
        .map(|scope| ScopeChoice {
            key: scope.key(),
            meaning: scope.meaning(),
            ticked: typed.scopes.contains(&scope),
        })
        .collect();
    page_with(
        status,
        &ApiKeysPage {
            shell,
            keys,
            scopes,
            fewer,
            cannot,
            base_address: app.config().base_address(),
            form: token::random()?,
            typed,
            created,
        },
    )
}

/// Who made a key. It works on when its maker is deactivated, which is then to be seen.
fn maker(maker: KeyMaker) -> String {
    match maker.status {
        MembershipStatus::Disabled => format!("{} (deactivated)", maker.name),
        _ => maker.name,
    }
}
