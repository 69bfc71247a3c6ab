//! Who may do what (rule X2).
//!
//! Every route states a [`Rule`] in [`super::router`]; the guard here checks it before the handler runs and leaves
//! what it established in the request. Handlers take it as an argument: [`Staff`], [`SignedIn`], [`Visitor`] or
//! [`ApiCaller`]. A handler that asks for more than its route's rule established is answered with a failure, so a
//! mistake in the table closes a page and never opens one.

mod guard;
mod instead;

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::clock::UtcMillis;
use domain::permission::{Area, Permission};
use domain::viewer::Viewer;
use store::sessions::SessionStage;

use super::api::scope::Scope;
use super::error::Failure;
use super::session::Person;
use super::view::{Notice, Rights, Section, Shell};
use crate::app::App;

pub use guard::{guard, refuse};

/// What a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Anybody, and nothing about the caller is read: files, health, the API's description.
    Open,
    /// Anybody; forms are protected, and a signed-in person is recognised.
    Public,
    /// Somebody whose sign-in is at this stage: the password was right, and something is still asked for.
    Halfway(SessionStage),
    /// Anybody who is signed in.
    SignedIn,
    /// Staff whose role grants the permission.
    Staff(Permission),
    /// Staff whose role grants both permissions.
    StaffOfBoth(Permission, Permission),
    /// An API key with the scope.
    Api(Scope),
    /// This machine, or a scraper with the configured token.
    Metrics,
}

impl Rule {
    /// The permissions a role has to grant.
    pub fn permissions(self) -> impl Iterator<Item = Permission> {
        let (one, other) = match self {
            Self::Staff(permission) => (Some(permission), None),
            Self::StaffOfBoth(one, other) => (Some(one), Some(other)),
            _ => (None, None),
        };
        one.into_iter().chain(other)
    }

    /// Whether somebody has to be signed in.
    #[must_use]
    pub const fn needs_person(self) -> bool {
        matches!(
            self,
            Self::SignedIn | Self::Staff(_) | Self::StaffOfBoth(..)
        )
    }
}

/// What the guard established about a request for a page.
#[derive(Debug)]
pub struct Visit {
    /// The route's rule.
    pub rule: Rule,
    /// The signed-in person.
    pub person: Option<Arc<Person>>,
    /// Somebody whose password was right and whose sign-in is not complete: nobody, except to the pages that complete
    /// it.
    pub halfway: Option<Arc<Person>>,
    /// The token forms of this answer carry: the session's, or that of the form cookie.
    pub form_token: String,
    /// Where the request comes from.
    pub client: IpAddr,
    /// The browser, as it calls itself, cut to 200 characters.
    pub user_agent: String,
    /// Path and query.
    pub address: String,
    /// When it came.
    pub now: UtcMillis,
    /// A standing warning about the installation.
    pub warning: Option<String>,
    notice: Option<Notice>,
}

/// An argument of handlers of public pages.
#[derive(Debug, Clone)]
pub struct Visitor(pub Arc<Visit>);

impl Deref for Visitor {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.0
    }
}

/// An argument of handlers that complete a sign-in.
#[derive(Debug, Clone)]
pub struct Halfway {
    visit: Arc<Visit>,
    person: Arc<Person>,
}

impl Halfway {
    /// The request.
    #[must_use]
    pub fn visit(&self) -> &Visit {
        &self.visit
    }
}

impl Deref for Halfway {
    type Target = Person;

    fn deref(&self) -> &Person {
        &self.person
    }
}

/// An argument of handlers that need somebody who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    visit: Arc<Visit>,
    person: Arc<Person>,
}

impl SignedIn {
    /// The request.
    #[must_use]
    pub fn visit(&self) -> &Visit {
        &self.visit
    }

    /// The person.
    #[must_use]
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// On whose behalf queries run.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.person.viewer
    }

    /// Who asks, for the audit log and the sync log.
    #[must_use]
    pub fn actor(&self) -> sync::Actor {
        sync::Actor::Person {
            id: self.person.identity,
            name: self.person.name.clone(),
        }
    }

    /// When the request came.
    #[must_use]
    pub fn now(&self) -> UtcMillis {
        self.visit.now
    }

    /// Whether the role grants a permission, for what a page shows or hides.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.person.grants.allow(permission)
    }

    /// The frame of a page in this part of the sidebar.
    #[must_use]
    pub fn shell(&self, section: Section) -> Shell {
        shell(&self.visit, &self.person, section)
    }
}

impl Deref for SignedIn {
    type Target = Person;

    fn deref(&self) -> &Person {
        &self.person
    }
}

/// An argument of handlers that need staff with the route's permission.
#[derive(Debug, Clone)]
pub struct Staff(SignedIn);

impl Deref for Staff {
    type Target = SignedIn;

    fn deref(&self) -> &SignedIn {
        &self.0
    }
}

/// An argument of API handlers: the key, with the route's scope checked.
#[derive(Debug, Clone)]
pub struct ApiCaller {
    /// Row id of the key.
    pub key: i64,
    /// On whose behalf queries run.
    pub viewer: Viewer,
}

/// The page frame for a person.
#[must_use]
pub fn shell(visit: &Visit, person: &Person, section: Section) -> Shell {
    let may = |permission| person.grants.allow(permission);
    Shell {
        name: person.name.clone(),
        email: person.email.clone(),
        role: person.role.clone(),
        csrf: visit.form_token.clone(),
        section,
        rights: Rights {
            companies: may(Permission::read(Area::Companies)),
            manage_companies: may(Permission::manage(Area::Companies)),
            tickets: may(Permission::read(Area::Tickets)),
            opportunities: may(Permission::read(Area::Opportunities)),
            settings: may(Permission::read(Area::Integrations))
                || may(Permission::read(Area::Users))
                || may(Permission::read(Area::Roles))
                || may(Permission::manage(Area::Settings)),
            read_integrations: may(Permission::read(Area::Integrations)),
            write_integrations: may(Permission::write(Area::Integrations)),
            manage_integrations: may(Permission::manage(Area::Integrations)),
            read_users: may(Permission::read(Area::Users)),
            write_users: may(Permission::write(Area::Users)),
            manage_users: may(Permission::manage(Area::Users)),
            read_roles: may(Permission::read(Area::Roles)),
            manage_roles: may(Permission::manage(Area::Roles)),
            manage_settings: may(Permission::manage(Area::Settings)),
        },
        notice: visit.notice,
        warning: visit.warning.clone(),
        now: visit.now,
        zone: person.zone.clone(),
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        let visit = parts.extensions.get::<Arc<Visit>>().cloned();
        visit
            .map(Self)
            .ok_or_else(|| Failure::unexpected("the route's rule reads nothing about the caller"))
    }
}

impl FromRequestParts<App> for Halfway {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Visitor(visit) = Visitor::from_request_parts(parts, app).await?;
        let person = visit.halfway.clone();
        match (visit.rule, person) {
            (Rule::Halfway(stage), Some(person)) if person.stage == stage => {
                Ok(Self { visit, person })
            }
            _ => Err(Failure::unexpected(
                "the route's rule is not for this stage of a sign-in",
            )),
        }
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Visitor(visit) = Visitor::from_request_parts(parts, app).await?;
        if !visit.rule.needs_person() {
            return Err(Failure::unexpected(
                "the route's rule does not need a signed-in person",
            ));
        }
        let person = visit
            .person
            .clone()
            .ok_or_else(|| Failure::unexpected("the guard let a stranger pass"))?;
        Ok(Self { visit, person })
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let signed_in = SignedIn::from_request_parts(parts, app).await?;
        let mut permissions = signed_in.visit.rule.permissions().peekable();
        if permissions.peek().is_some() && permissions.all(|one| signed_in.may(one)) {
            Ok(Self(signed_in))
        } else {
            Err(Failure::unexpected("the route's rule names no permission"))
        }
    }
}

impl FromRequestParts<App> for ApiCaller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Failure::unexpected("the route's rule names no scope"))
    }
}
