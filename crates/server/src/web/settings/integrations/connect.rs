//! `GET` and `POST /settings/integrations/{provider}/connect`, and `…/credentials` for new ones: the connect form.
//!
//! The form has two buttons: *Test Connection* saves nothing and shows the form again with the answer, *Connect*
//! tests and saves. Secrets are never sent back to a page; with scripts they stay in the browser's form.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::provider::Provider;
use domain::settings::IntegrationSettings;
use store::integrations::Integration;
use sync::connect::{
    ConnectOutcome, ConnectionSummary, Refusal, Start, StoredValue, TestOutcome, connect as save,
    stored_values, test_connection, update_credentials as save_credentials,
};

use super::connect_page::{ConnectPage, Field, MissingRight, TestResult};
use super::find::{address, find_of, find_provider};
use super::options::{self, Options};
use super::settings_form::{Problems, read_options};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page_with, see_other};
use crate::web::view::Section;

type Stored = BTreeMap<&'static str, StoredValue>;

/// The empty form.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn connect_form(State(app): State<App>, staff: Staff, Path(key): Path<String>) -> Answer {
    let form = Form::load(&app, &key, false).await?;
    if form.is_connected() {
        return see_other(&address(form.provider, ""));
    }
    let settings = form.settings();
    form.render(
        &staff,
        StatusCode::OK,
        &Typed {
            settings,
            ..Typed::default()
        },
    )
}

/// The form for new credentials, with what is stored and no secret.
///
/// # Errors
/// As [`connect_form`].
pub async fn credentials_form(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
) -> Answer {
    let form = Form::load(&app, &key, true).await?;
    if !form.is_connected() {
        return see_other(&format!("{}/connect", address(form.provider, "")));
    }
    let values = form.stored.iter().filter_map(|(name, value)| match value {
        StoredValue::Shown(value) => Some(((*name).to_owned(), value.clone())),
        StoredValue::Hidden => None,
    });
    let typed = Typed {
        values: values.collect(),
        settings: form.settings(),
        ..Typed::default()
    };
    form.render(&staff, StatusCode::OK, &typed)
}

/// Tests, or tests and connects.
///
/// # Errors
/// As [`connect_form`].
pub async fn connect(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let form = Form::load(&app, &key, false).await?;
    let offered = options::offered(form.provider);
    let (settings, problems) = read_options(&fields, form.settings(), offered);
    let mut typed = Typed {
        values: fields.to_map(),
        settings: settings.clone(),
        sent: true,
        ..Typed::default()
    };
    if fields.text("action") != "save" {
        return form.test(&app, &staff, typed).await;
    }
    if !problems.is_empty() {
        typed.problems = problems;
        return form.render(&staff, StatusCode::UNPROCESSABLE_ENTITY, &typed);
    }
    match save(
        app.engine(),
        &staff.actor(),
        form.provider.key,
        &typed.values,
        Some(settings),
        Start::Now,
    )
    .await?
    {
        ConnectOutcome::Connected { .. } => see_other(&address(form.provider, "connected")),
        ConnectOutcome::Refused(refusal) => {
            // The second of two clicks: what it asked for was done by the first.
            let now = find_of(app.store(), form.provider).await?;
            if now.is_some_and(|integration| integration.has_credentials()) {
                return see_other(&address(form.provider, "already_connected"));
            }
            form.refused(&staff, typed, &refusal)
        }
    }
}

/// Tests, or tests and saves new credentials.
///
/// # Errors
/// As [`connect_form`].
pub async fn update_credentials(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let form = Form::load(&app, &key, true).await?;
    let Some(integration) = form
        .integration
        .as_ref()
        .filter(|one| one.has_credentials())
    else {
        return see_other(&address(form.provider, "not_connected"));
    };
    let typed = Typed {
        values: fields.to_map(),
        settings: form.settings(),
        sent: true,
        ..Typed::default()
    };
    if fields.text("action") != "save" {
        return form.test(&app, &staff, typed).await;
    }
    match save_credentials(app.engine(), &staff.actor(), integration.id, &typed.values).await? {
        ConnectOutcome::Connected { .. } => {
            see_other(&address(form.provider, "credentials_updated"))
        }
        ConnectOutcome::Refused(refusal) => form.refused(&staff, typed, &refusal),
    }
}

/// What a person typed, and what came of it.
#[derive(Debug, Default)]
struct Typed {
    values: BTreeMap<String, String>,
    settings: IntegrationSettings,
    problems: Problems,
    /// Whether the form was sent, so that its secret fields are empty again.
    sent: bool,
    blamed: Option<&'static str>,
    result: Option<TestResult>,
}

struct Form {
    provider: &'static Provider,
    integration: Option<Integration>,
    stored: Stored,
    update: bool,
    /// The installation has a value of its own for fields that ask for one.
    installation_code: bool,
}

impl Form {
    async fn load(app: &App, key: &str, update: bool) -> Result<Self, Failure> {
        let provider = find_provider(key)?;
        let integration = find_of(app.store(), provider).await?;
        let stored = match &integration {
            Some(one) if update && one.has_credentials() => {
                stored_values(app.engine(), provider, one.id).await?
            }
            _ => Stored::new(),
        };
        Ok(Self {
            provider,
            integration,
            stored,
            update,
            installation_code: app
                .engine()
                .config()
                .installation_codes
                .contains_key(provider.key),
        })
    }

    fn is_connected(&self) -> bool {
        self.integration
            .as_ref()
            .is_some_and(Integration::has_credentials)
    }

    fn settings(&self) -> IntegrationSettings {
        self.integration
            .as_ref()
            .map(|one| one.settings.clone())
            .unwrap_or_default()
    }

    async fn test(&self, app: &App, staff: &Staff, mut typed: Typed) -> Answer {
        let existing = self
            .integration
            .as_ref()
            .filter(|_| self.update)
            .map(|one| one.id);
        match test_connection(app.engine(), self.provider.key, existing, &typed.values).await? {
            TestOutcome::Connected(summary) => {
                typed.result = Some(good(summary));
                self.render(staff, StatusCode::OK, &typed)
            }
            TestOutcome::Failed(refusal) => self.refused(staff, typed, &refusal),
        }
    }

    fn refused(&self, staff: &Staff, mut typed: Typed, refusal: &Refusal) -> Answer {
        typed.blamed = refusal.field;
        typed.result = Some(TestResult {
            title: "Not connected.".to_owned(),
            message: refusal.message.clone(),
            hint: refusal
                .hint
                .map(|hint| hint.while_connecting().to_owned())
                .unwrap_or_default(),
            ..TestResult::default()
        });
        self.render(staff, StatusCode::UNPROCESSABLE_ENTITY, &typed)
    }

    fn render(&self, staff: &Staff, status: StatusCode, typed: &Typed) -> Answer {
        let fields: Vec<Field> = self
            .provider
            .form
            .iter()
            .map(|field| self.field(field, typed))
            .collect();
        let offered = options::offered(self.provider);
        let options = Options::new(&typed.settings, offered, self.integration.is_some())
            .with(&typed.problems);
        // Refused for no field in particular: it may be one of those under Advanced.
        let failed = typed.result.as_ref().is_some_and(|one| !one.connected);
        let unexplained = failed && typed.blamed.is_none();
        let filled = |field: &Field| {
            typed
                .values
                .get(field.key)
                .is_some_and(|one| !one.is_empty())
        };
        page_with(
            status,
            &ConnectPage {
                shell: staff.shell(Section::Settings),
                key: self.provider.key,
                name: self.provider.name,
                description: self.provider.description,
                documentation: self.provider.documentation,
                update: self.update,
                has_advanced: fields.iter().any(|field| field.advanced),
                advanced_open: unexplained
                    || fields
                        .iter()
                        .any(|field| field.advanced && (filled(field) || !field.error.is_empty())),
                fields,
                result: typed.result.clone(),
                retype: typed.sent
                    && self
                        .provider
                        .form
                        .iter()
                        .any(|field| field.secret && !self.stored.contains_key(field.key)),
                options,
            },
        )
    }

    fn field(&self, field: &domain::field::FormField, typed: &Typed) -> Field {
        let blamed = typed.blamed == Some(field.key);
        // With a hint the vendor's words stand in the banner, which is about all fields; without, they are about this one.
        let message = typed
            .result
            .as_ref()
            .map(|result| match result.hint.is_empty() {
                true => result.message.clone(),
                false => "Check this value.".to_owned(),
            });
        let lacking = field
            .without_installation
            .filter(|_| !self.installation_code);
        Field {
            key: field.key,
            label: field.label,
            help: lacking.unwrap_or(field.help),
            example: field.example,
            secret: field.secret,
            required: field.required || lacking.is_some(),
            advanced: field.advanced && lacking.is_none(),
            max_length: field.max_length,
            value: if field.secret {
                String::new()
            } else {
                typed.values.get(field.key).cloned().unwrap_or_default()
            },
            error: message.filter(|_| blamed).unwrap_or_default(),
            stored: field.secret && self.stored.contains_key(field.key),
        }
    }
}

fn good(summary: ConnectionSummary) -> TestResult {
    let missing = summary.missing.into_iter().map(|right| MissingRight {
        area: right.area,
        right: right.right,
        required: right.required,
    });
    TestResult {
        connected: true,
        account: summary.account,
        missing: missing.collect(),
        ..TestResult::default()
    }
}
