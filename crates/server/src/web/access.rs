//! Who may do what (rule X2).
//!
//! Every route states a [`Rule`] in [`super::router`]; the guard here checks it before the handler runs and leaves
//! what it established in the request. Handlers take it as an argument: [`Staff`], [`SignedIn`], [`Visitor`] or
//! [`ApiCaller`]. A handler that asks for more than its route's rule established is answered with a failure, so a
//! mistake in the table closes a page and never opens one.

mod instead;

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::clock::UtcMillis;
use domain::permission::{Area, Permission};
use domain::viewer::Viewer;
use store::sessions::SessionStage;

use super::address::client_address;
use super::api::scope::Scope;
use super::cookie::CookieKind;
use super::error::Failure;
use super::form::{Fields, MAX_BODY};
use super::session::Person;
use super::view::{Notice, Rights, Section, Shell};
use super::{api, csrf, metrics, session, token};
use crate::app::App;

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

/// Checks a request against its route's rule before the handler sees it.
pub async fn guard(rule: Rule, request: Request, next: Next) -> Response {
    let Some(app) = request.extensions().get::<App>().cloned() else {
        return Failure::unexpected("the router was built without its layers").into_response();
    };
    let result = match rule {
        Rule::Open => Ok(next.run(request).await),
        Rule::Metrics => metrics::guard(&app, request, next).await,
        Rule::Api(scope) => api::key::guard(&app, scope, request, next).await,
        Rule::Public
        | Rule::Halfway(_)
        | Rule::SignedIn
        | Rule::Staff(_)
        | Rule::StaffOfBoth(..) => page_guard(&Gate { app, rule }, request, next).await,
    };
    result.unwrap_or_else(IntoResponse::into_response)
}

/// Answers a request that no route takes, in the layout of whoever is signed in.
pub async fn refuse(app: &App, request: Request, failure: Failure) -> Response {
    let mut response = failure.into_response();
    let (parts, _) = request.into_parts();
    let is_page =
        !parts.uri.path().starts_with("/api/") && !parts.uri.path().starts_with("/static/");
    let gate = Gate {
        app: app.clone(),
        rule: Rule::Public,
    };
    // Who it is decides only how the refusal looks, so a database that does not answer is no matter here.
    if is_page && let Ok((visit, _)) = look(&gate, &parts).await {
        response.extensions_mut().insert(Arc::new(visit));
    }
    response
}

struct Gate {
    app: App,
    rule: Rule,
}

async fn page_guard(gate: &Gate, request: Request, next: Next) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let changes = !matches!(parts.method, Method::GET | Method::HEAD);
    if changes && !csrf::is_own_site(&parts.headers, &gate.app.config().base_address()) {
        return Err(Failure::forged());
    }
    let (visit, new_form_token) = look(gate, &parts).await?;
    let visit = Arc::new(visit);
    let mut response = match admit(gate, &visit, parts, body).await {
        Ok(Admission::Handler(mut request)) => {
            request.extensions_mut().insert(Arc::clone(&visit));
            next.run(*request).await
        }
        Ok(Admission::Instead(response)) => response,
        Err(failure) => failure.into_response(),
    };
    if new_form_token
        && let Some(cookie) =
            gate.app
                .cookies()
                .set(CookieKind::Form, &visit.form_token, 12 * 60 * 60)
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response.extensions_mut().insert(visit);
    Ok(response)
}

enum Admission {
    Handler(Box<Request>),
    Instead(Response),
}

async fn admit(gate: &Gate, visit: &Visit, parts: Parts, body: Body) -> Result<Admission, Failure> {
    let changes = !matches!(parts.method, Method::GET | Method::HEAD);
    let (body, fields) = if changes {
        read_form(&parts.headers, body).await?
    } else {
        (body, Fields::default())
    };
    let headers = &parts.headers;
    if let Some(response) =
        instead::instead(&gate.app, gate.rule, visit, headers, changes, &fields)?
    {
        return Ok(Admission::Instead(response));
    }
    if changes && !csrf::has_token(headers, &fields, &visit.form_token) {
        // A sign-in form that was opened before the person signed in in another tab carries the older token.
        let older = gate
            .app
            .cookies()
            .read(headers, CookieKind::Form)
            .unwrap_or_default();
        if gate.rule != Rule::Public || !csrf::has_token(headers, &fields, &older) {
            return Err(Failure::forged());
        }
    }
    Ok(Admission::Handler(Box::new(Request::from_parts(
        parts, body,
    ))))
}

/// Reads who is there. The flag tells that the form token is new and its cookie is to be set.
async fn look(gate: &Gate, parts: &Parts) -> Result<(Visit, bool), Failure> {
    let app = &gate.app;
    let headers = &parts.headers;
    let now = app.clock().now();
    let person = match app.cookies().read(headers, CookieKind::Session) {
        Some(token) => session::find_person(app, &token).await?,
        None => None,
    };
    // The one place that tells a complete sign-in from one that is not.
    let (person, halfway) = match person {
        Some(person) if person.stage == SessionStage::Full => (Some(person), None),
        other => (None, other),
    };
    let known = person.as_ref().or(halfway.as_ref());
    let (form_token, new) = match (known, app.cookies().read(headers, CookieKind::Form)) {
        (Some(person), _) => (person.csrf.clone(), false),
        (None, Some(token)) if token.len() == 43 => (token, false),
        (None, _) => (token::random()?, true),
    };
    let query = parts.uri.query().unwrap_or_default();
    let notice = Fields::parse(query.as_bytes())
        .find("notice")
        .and_then(Notice::find);
    let user_agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let visit = Visit {
        rule: gate.rule,
        person: person.map(Arc::new),
        halfway: halfway.map(Arc::new),
        form_token,
        client: client_address(
            &parts.extensions,
            headers,
            &app.config().server.trusted_proxies,
        ),
        user_agent: user_agent.chars().take(200).collect(),
        address: parts
            .uri
            .path_and_query()
            .map_or_else(|| "/".to_owned(), ToString::to_string),
        now,
        warning: app.warning().map(str::to_owned),
        notice,
    };
    Ok((visit, new))
}

/// Takes the body in, at most 2 MB, and reads it as a form; the handler gets it again.
async fn read_form(headers: &HeaderMap, body: Body) -> Result<(Body, Fields), Failure> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    if text(header::CONTENT_LENGTH)
        .parse::<usize>()
        .is_ok_and(|length| length > MAX_BODY)
    {
        return Err(Failure::too_large());
    }
    let bytes = to_bytes(body, MAX_BODY)
        .await
        .map_err(|error| match is_too_long(&error) {
            true => Failure::too_large(),
            false => Failure::unreadable_form(),
        })?;
    let is_form = text(header::CONTENT_TYPE).starts_with("application/x-www-form-urlencoded");
    let fields = if is_form {
        Fields::parse(&bytes)
    } else {
        Fields::default()
    };
    Ok((Body::from(bytes), fields))
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("length limit exceeded") {
            return true;
        }
        cause = error.source();
    }
    false
}
