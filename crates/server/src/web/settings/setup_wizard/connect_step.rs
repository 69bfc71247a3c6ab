//! `GET` and `POST …/setup/connect`: step 1.
//!
//! *Test Connection* saves nothing and shows the form again with the answer; *Next* and *Save & Exit* test and save.
//! Secrets are never sent back to a page; with scripts they stay in the browser's form.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::field::FormField;
use domain::hint::Hint;
use domain::provider::{Provider, likely_mistaken, mistaken};
use domain::setup::SetupStep;
use store::integrations::Integration;
use sync::connect::{
    ConnectOutcome, ConnectionSummary, Refusal, Start, StoredValue, TestOutcome, connect,
    connected_meanwhile, is_stored, read_again, removal_of, stored_values, test_connection,
    update_credentials,
};

use super::connect_page::{ConnectPage, Field, MissingRight, TestResult, flows};
use super::frame::Frame;
use super::wizard::Wizard;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page_with, see_other};
use crate::web::view::Section;

/// Room for a space or line break that was copied along with a value.
const COPIED_ALONG: usize = 20;

/// The field of a form that was opened before anybody connected. It stays until its sender is told that somebody did.
const UNCONNECTED: &str = "unconnected";

type Stored = BTreeMap<&'static str, StoredValue>;

/// The form, with what is stored and no secret.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn show(State(app): State<App>, staff: Staff, Path(key): Path<String>) -> Answer {
    let form = Form::load(&app, &key).await?;
    let values = form.stored.iter().filter_map(|(name, value)| match value {
        StoredValue::Shown(value) => Some(((*name).to_owned(), value.clone())),
        StoredValue::Hidden => None,
    });
    let typed = Typed {
        values: values.collect(),
        ..Typed::default()
    };
    form.render(&staff, StatusCode::OK, &typed)
}

/// Tests, or tests and saves.
///
/// # Errors
/// As [`show`].
pub async fn submit(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let form = Form::load(&app, &key).await?;
    let typed = Typed {
        values: fields.to_map(),
        sent: true,
        ..Typed::default()
    };
    let (target, unchanged) = match fields.text("action") {
        "next" => (form.wizard.address(SetupStep::Sync), String::new()),
        "exit" => (
            "/settings/integrations".to_owned(),
            "?notice=unchanged".to_owned(),
        ),
        _ => return form.test(&app, &staff, typed).await,
    };
    match form.connected() {
        None => {
            let outcome = connect(
                app.engine(),
                &staff.actor(),
                form.wizard.provider.key,
                &typed.values,
                None,
                Start::AfterWizard,
            )
            .await?;
            match outcome {
                ConnectOutcome::Connected { .. } => {
                    see_other(&format!("{target}?notice=setup_connected"))
                }
                ConnectOutcome::Refused(refusal) => {
                    // Somebody may have connected it meanwhile; what is shown then is the form of a connection.
                    let form = Form::load(&app, &key).await?;
                    if form.has_stored(&app, &typed).await? {
                        return see_other(&format!("{target}?notice=already_connected"));
                    }
                    form.refused(&staff, typed, &refusal)
                }
            }
        }
        // The form was opened before somebody connected: the second of two clicks, or another person's values.
        Some(_) if !fields.text(UNCONNECTED).is_empty() => {
            if form.has_stored(&app, &typed).await? {
                return see_other(&format!("{target}?notice=already_connected"));
            }
            form.refused(&staff, typed, &connected_meanwhile(form.wizard.provider))
        }
        // Nothing was typed: the stored credentials are tested once more, and rights and reference data read again.
        Some(integration) if form.is_as_stored(&typed) => {
            match read_again(app.engine(), &staff.actor(), integration.id).await? {
                ConnectOutcome::Connected { .. } => see_other(&format!("{target}{unchanged}")),
                ConnectOutcome::Refused(refusal) => form.refused(&staff, typed, &refusal),
            }
        }
        Some(integration) => {
            let actor = staff.actor();
            match update_credentials(app.engine(), &actor, integration.id, &typed.values).await? {
                ConnectOutcome::Connected { .. } => {
                    see_other(&format!("{target}?notice=credentials_updated"))
                }
                ConnectOutcome::Refused(refusal) => form.refused(&staff, typed, &refusal),
            }
        }
    }
}

/// What a person typed, and what came of it.
#[derive(Debug, Default)]
struct Typed {
    values: BTreeMap<String, String>,
    /// Whether the form was sent, so that its secret fields are empty again.
    sent: bool,
    /// What is wrong, by field.
    problems: BTreeMap<&'static str, String>,
    /// What is worth a look and may be right, by field.
    hints: BTreeMap<&'static str, String>,
    result: Option<TestResult>,
}

struct Form {
    wizard: Wizard,
    stored: Stored,
    /// The installation has a value of its own for fields that ask for one.
    installation_code: bool,
}

impl Form {
    async fn load(app: &App, key: &str) -> Result<Self, Failure> {
        let wizard = Wizard::load(app, key).await?;
        let stored = match &wizard.integration {
            // After a disconnect what was no secret is still there.
            Some(one) => stored_values(app.engine(), wizard.provider, one.id).await?,
            None => Stored::new(),
        };
        let codes = &app.engine().config().installation_codes;
        let installation_code = codes.contains_key(wizard.provider.key);
        Ok(Self {
            wizard,
            stored,
            installation_code,
        })
    }

    fn connected(&self) -> Option<&Integration> {
        self.wizard
            .integration
            .as_ref()
            .filter(|one| one.has_credentials())
    }

    /// Whether a form says what is stored: every secret left empty and none taken back, everything else as it is.
    fn is_as_stored(&self, typed: &Typed) -> bool {
        let taken_back = |key: &str| typed.values.contains_key(&removal_of(key));
        self.wizard.provider.form.iter().all(|field| {
            let typed = field.tidy(&typed.values);
            match self.stored.get(field.key) {
                Some(StoredValue::Shown(value)) => typed == *value,
                Some(StoredValue::Hidden) => typed.is_empty() && !taken_back(field.key),
                None => typed.is_empty(),
            }
        })
    }

    /// Whether a form has just what is stored: what it asks for was done already.
    async fn has_stored(&self, app: &App, typed: &Typed) -> Result<bool, Failure> {
        let Some(integration) = self.connected() else {
            return Ok(false);
        };
        let (provider, id) = (self.wizard.provider, integration.id);
        Ok(is_stored(app.engine(), provider, id, &typed.values).await?)
    }

    async fn test(&self, app: &App, staff: &Staff, mut typed: Typed) -> Answer {
        let existing = self.connected().map(|one| one.id);
        let provider = self.wizard.provider.key;
        match test_connection(app.engine(), provider, existing, &typed.values).await? {
            TestOutcome::Connected(summary) => {
                typed.result = Some(good(summary));
                self.render(staff, StatusCode::OK, &typed)
            }
            TestOutcome::Failed(refusal) => self.refused(staff, typed, &refusal),
        }
    }

    fn refused(&self, staff: &Staff, mut typed: Typed, refusal: &Refusal) -> Answer {
        let provider = self.wizard.provider;
        if *refusal == connected_meanwhile(provider) {
            typed.values.remove(UNCONNECTED);
        }
        typed.problems = problems(provider, refusal, &typed.values, &self.stored);
        typed.hints = hints(provider, refusal, &typed.values);
        // Without a hint and a field it is a rule of ours, not the vendor, that stood in the way.
        let title = match (refusal.hint, refusal.field) {
            (None, None) => "Nothing was saved.",
            _ => "Not connected.",
        };
        let hint = match refusal.hint {
            Some(hint) => hint.while_connecting(provider),
            None if refusal.field.is_some() && !refusal.asked => unsent(provider, &typed.problems),
            None if !refusal.asked => refusal.message.clone(),
            None => String::new(),
        };
        typed.result = Some(TestResult {
            title: title.to_owned(),
            message: if refusal.asked {
                refusal.message.clone()
            } else {
                String::new()
            },
            hint,
            ..TestResult::default()
        });
        self.render(staff, StatusCode::UNPROCESSABLE_ENTITY, &typed)
    }

    fn render(&self, staff: &Staff, status: StatusCode, typed: &Typed) -> Answer {
        let provider = self.wizard.provider;
        let fields: Vec<Field> = provider
            .form
            .iter()
            .map(|field| self.field(field, typed))
            .collect();
        // Refused for no field in particular: it may be one of those under Advanced.
        let failed = typed.result.as_ref().is_some_and(|one| !one.connected);
        let unexplained = failed && typed.problems.is_empty();
        let filled = |field: &Field| {
            typed.sent
                && typed
                    .values
                    .get(field.key)
                    .is_some_and(|one| !one.is_empty())
        };
        let secrets = provider.form.iter().filter(|field| field.secret);
        let retype = secrets
            .into_iter()
            .any(|field| !self.stored.contains_key(field.key));
        page_with(
            status,
            &ConnectPage {
                shell: staff.shell(Section::Settings),
                frame: Frame::new(provider, &self.wizard.place, SetupStep::Connect),
                documentation: provider.documentation,
                flows: flows(provider),
                account: self.connected().map(|one| one.account.clone()),
                unconnected: self.connected().is_none() || typed.values.contains_key(UNCONNECTED),
                has_advanced: fields.iter().any(|field| field.advanced),
                advanced_open: unexplained
                    || fields
                        .iter()
                        .any(|field| field.advanced && (filled(field) || !field.error.is_empty())),
                fields,
                result: typed.result.clone(),
                retype: typed.sent && retype,
            },
        )
    }

    fn field(&self, field: &FormField, typed: &Typed) -> Field {
        let lacking = field
            .without_installation
            .filter(|_| !self.installation_code);
        let stored = field.secret && self.stored.contains_key(field.key);
        let removal = removal_of(field.key);
        Field {
            key: field.key,
            label: field.label,
            help: lacking.unwrap_or(field.help),
            example: field.example,
            secret: field.secret,
            required: field.required || lacking.is_some(),
            advanced: field.advanced && lacking.is_none(),
            max_length: field.max_length + COPIED_ALONG,
            value: if field.secret {
                String::new()
            } else {
                // What is pasted in another form is understood, and shown corrected.
                field.tidy(&typed.values)
            },
            error: typed.problems.get(field.key).cloned().unwrap_or_default(),
            hint: typed.hints.get(field.key).cloned().unwrap_or_default(),
            stored,
            removed: typed.values.contains_key(&removal),
            removal: if stored && !field.required && lacking.is_none() {
                removal
            } else {
                String::new()
            },
        }
    }
}

fn good(summary: ConnectionSummary) -> TestResult {
    let missing = summary.missing.into_iter().map(MissingRight::from);
    TestResult {
        connected: true,
        account: summary.account,
        missing: missing.collect(),
        ..TestResult::default()
    }
}

/// What is said where Portico's own checks held a form back: each field says what is wrong with it.
fn unsent(provider: &Provider, problems: &BTreeMap<&'static str, String>) -> String {
    let marked = match problems.len() {
        1 => "the field marked above".to_owned(),
        count => format!("the {count} fields marked above"),
    };
    format!(
        "Nothing was sent to {} yet: look at {marked}.",
        provider.name
    )
}

/// What is said at a field whose value the vendor does not accept, for want of anything more particular.
fn check(provider: &Provider, key: &str) -> &'static str {
    let field = provider.form.iter().find(|field| field.key == key);
    match field.map(|field| field.refused) {
        Some(words) if !words.is_empty() => words,
        _ => "Check this value.",
    }
}

/// What is wrong with which field.
///
/// With a hint the vendor's words stand in the banner, which is about all fields; without, they are about the one that is
/// blamed. Where a vendor does not tell which of several it refuses, each of them says so and none more than another. One
/// with a blank is to be looked at too, since a browser makes one of a line break that was pasted along, and one that
/// looks like a value of another field or product.
fn problems(
    provider: &Provider,
    refusal: &Refusal,
    values: &BTreeMap<String, String>,
    stored: &Stored,
) -> BTreeMap<&'static str, String> {
    let typed = |key: &str| {
        values
            .get(key)
            .map(|value| value.trim())
            .unwrap_or_default()
    };
    let mut problems: BTreeMap<_, _> = refusal.others.iter().cloned().collect();
    let sent = |field: &&FormField| {
        let kept = stored.contains_key(field.key) && !values.contains_key(&removal_of(field.key));
        !typed(field.key).is_empty() || (field.secret && kept)
    };
    let among = |field: &&FormField| refusal.among.contains(&field.key);
    let unsure: Vec<&FormField> = provider.form.iter().filter(among).filter(sent).collect();
    if let [first @ .., last] = unsure.as_slice()
        && !first.is_empty()
    {
        let labels: Vec<&str> = first.iter().map(|field| field.label).collect();
        let labels = format!("{} or {}", labels.join(", "), last.label);
        for field in &unsure {
            let own = match field.refused {
                "" => String::new(),
                words => format!(" {words}"),
            };
            let message = format!(
                "{} does not tell which is wrong: {labels}.{own}",
                provider.name
            );
            problems.insert(field.key, message);
        }
    } else if let Some(field) = refusal.field {
        let message = match refusal.hint {
            None => refusal.message.clone(),
            Some(_) => check(provider, field).to_owned(),
        };
        problems.insert(field, message);
    }
    for field in credentials(provider, refusal) {
        if typed(field.key).contains(char::is_whitespace) {
            let message = "There is a blank in it. A line break that was copied along becomes one: paste it again, as one line.";
            problems.insert(field.key, message.to_owned());
        } else if let Some(message) = mistaken(provider, field, values) {
            problems.insert(field.key, message);
        }
    }
    problems
}

/// What may be a value of another product, by field.
fn hints(
    provider: &Provider,
    refusal: &Refusal,
    values: &BTreeMap<String, String>,
) -> BTreeMap<&'static str, String> {
    let hint = |field: &FormField| Some((field.key, likely_mistaken(provider, field, values)?));
    credentials(provider, refusal).filter_map(hint).collect()
}

/// The fields that may be at fault where the vendor refused the credentials.
fn credentials(provider: &Provider, refusal: &Refusal) -> impl Iterator<Item = &'static FormField> {
    let refused = refusal.hint == Some(Hint::Credentials);
    provider.form.iter().filter(move |_| refused)
}
