//! The description of the API: the parts that belong to no single operation, and serving the whole.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Paths,
};

use crate::app::App;
use crate::web::error::Failure;
use crate::web::router;

/// The description before any operation is added.
#[must_use]
pub fn document() -> OpenApi {
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.description =
        Some("An API key made under Settings, API keys: `Authorization: Bearer pk_…`.".to_owned());
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Portico API")
                .version("1")
                .description(Some(
                    "Reads what Portico's pages read. Lists page by key: pass `next_cursor` of an answer as `cursor` of \
                     the next request. Instants are RFC 3339 in UTC. Each key may send 300 requests a minute; every \
                     answer says how many are left (X-RateLimit-Remaining).",
                ))
                .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
                .build(),
        )
        .paths(Paths::new())
        .components(Some(ComponentsBuilder::new().security_scheme("api_key", SecurityScheme::Http(scheme)).build()))
        .build()
}

/// The whole description as text.
///
/// # Errors
/// When it cannot be written as JSON, which would be a mistake in a description.
pub fn text() -> Result<String, serde_json::Error> {
    router::document().to_pretty_json()
}

/// `GET /api/v1/openapi.json`.
///
/// # Errors
/// As for [`text`].
pub async fn serve(State(app): State<App>) -> Result<Response, Failure> {
    let bytes = match app.api_document().get() {
        Some(bytes) => bytes.clone(),
        None => {
            let bytes = Bytes::from(text().map_err(Failure::internal)?);
            app.api_document().get_or_init(|| bytes).clone()
        }
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}
