//! `GET` and `POST /settings/users/new`.

use axum::extract::State;
use axum::http::StatusCode;
use domain::email::email_key;
use domain::id::PublicId;
use sync::users::{self, NewUser};

use super::form::{UserForm, UserValues};
use super::show_page::NewPage;
use super::{editor, problem, role_choices};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page_with, see_other};
use crate::web::view::Section;

/// The empty form.
///
/// # Errors
/// When the database does not answer.
pub async fn new(State(app): State<App>, staff: Staff) -> Answer {
    let form = UserForm {
        welcome: true,
        ..UserForm::default()
    };
    render(&app, &staff, StatusCode::OK, form, true).await
}

/// Adds a user.
///
/// # Errors
/// When the database does not answer.
pub async fn create(State(app): State<App>, staff: Staff, fields: Fields) -> Answer {
    let values = UserValues::read(&fields);
    let welcome = fields.has("welcome");
    let new = NewUser {
        name: values.name.clone(),
        email: values.email.clone(),
        job_title: Some(values.title.clone()),
        phone: Some(values.phone.clone()),
        // The tick names the address it was set for.
        join: email_key(&values.email).is_some_and(|key| fields.text("join") == key),
    };
    let (engine, editor) = (app.engine(), editor(&staff));
    let role: Option<PublicId> = values.role.parse().ok();
    let mut refused = Vec::new();
    if let Some(role) = &role {
        match users::add_user(engine, &editor, &new, role, welcome).await? {
            Ok(created) => {
                let notice = match (created.joined, welcome) {
                    (true, _) => "user_joined",
                    (false, true) => "user_welcomed",
                    (false, false) => "user_added",
                };
                return see_other(&format!("/settings/users/{}?notice={notice}", created.uuid));
            }
            Err(refusal) => refused.push(refusal),
        }
    }
    // Every mistake at its field at once; the one that counted stays among them, whatever changed meanwhile.
    for problem in users::problems_of_new(engine, &editor, &new, role.as_ref()).await? {
        if !refused.iter().any(|one| one.field() == problem.field()) {
            refused.push(problem);
        }
    }
    let client = users::client_with(engine, &new.email).await?;
    let mut form = UserForm {
        values,
        welcome,
        join: new.join,
        join_key: email_key(&new.email).unwrap_or_default(),
        client: client
            .map(|client| format!("{} {}.", client.who(), client.becomes()))
            .unwrap_or_default(),
        ..UserForm::default()
    };
    form.tell(refused.iter().map(problem).collect());
    render(&app, &staff, StatusCode::UNPROCESSABLE_ENTITY, form, false).await
}

async fn render(
    app: &App,
    staff: &Staff,
    status: StatusCode,
    mut form: UserForm,
    preselect: bool,
) -> Result<axum::response::Response, Failure> {
    form.editable = true;
    form.role_needed = true;
    form.roles = role_choices(app.store(), &staff.grants, &form.values.role, preselect).await?;
    page_with(
        status,
        &NewPage {
            shell: staff.shell(Section::Settings),
            form,
        },
    )
}
