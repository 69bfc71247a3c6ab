//! The table of routes: the only way to mount a handler, so that none is without a rule.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware::{Next, from_fn};
use axum::routing::{MethodRouter, get, post};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{OpenApi, RefOr, Schema};
use utoipa_axum::router::UtoipaMethodRouter;

use super::access::{Rule, guard};
use super::api::scope::Scope;
use crate::app::App;

/// One route, as tests and the reference of the API list it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteEntry {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path with its parameters, such as `/tickets/{id}`.
    pub path: &'static str,
    /// What it needs.
    pub rule: Rule,
}

/// Routes being collected.
pub struct RouteTable {
    router: Router<App>,
    entries: Vec<RouteEntry>,
    document: OpenApi,
}

impl RouteTable {
    /// An empty table. `document` is the API description the routes are added to.
    #[must_use]
    pub fn new(document: OpenApi) -> Self {
        Self {
            router: Router::new(),
            entries: Vec::new(),
            document,
        }
    }

    /// A page or other answer to GET.
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, rule: Rule, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.mount("GET", path, rule, get(handler))
    }

    /// A form's target.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, rule: Rule, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.mount("POST", path, rule, post(handler))
    }

    /// An API operation, with its description. Path and method come from the description, the required scope goes
    /// into it, so that neither can differ from what is mounted.
    #[must_use]
    pub fn api(
        mut self,
        path: &'static str,
        scope: Scope,
        operation: UtoipaMethodRouter<App>,
    ) -> Self {
        let (schemas, paths, method_router) = operation;
        for (described, mut item) in paths.paths {
            debug_assert_eq!(described, path, "the description names another path");
            if let Some(get) = item.get.as_mut() {
                get.security = Some(vec![SecurityRequirement::new("api_key", [scope.key()])]);
            }
            self.document.paths.paths.insert(described, item);
        }
        let components = self.document.components.get_or_insert_default();
        components.schemas.extend(
            schemas
                .into_iter()
                .collect::<Vec<(String, RefOr<Schema>)>>(),
        );
        self.mount("GET", path, Rule::Api(scope), method_router)
    }

    /// Files that are the same for everybody.
    #[must_use]
    pub fn files(mut self, prefix: &'static str, path: &'static str, files: Router<App>) -> Self {
        self.entries.push(RouteEntry {
            method: "GET",
            path,
            rule: Rule::Open,
        });
        self.router = self.router.nest(prefix, files);
        self
    }

    fn mount(
        mut self,
        method: &'static str,
        path: &'static str,
        rule: Rule,
        route: MethodRouter<App>,
    ) -> Self {
        let gate = from_fn(move |request: Request, next: Next| guard(rule, request, next));
        self.entries.push(RouteEntry { method, path, rule });
        self.router = self.router.route(path, route.route_layer(gate));
        self
    }

    /// The router, the list of its routes and the description of the API.
    pub fn into_parts(self) -> (Router<App>, Vec<RouteEntry>, OpenApi) {
        (self.router, self.entries, self.document)
    }
}
