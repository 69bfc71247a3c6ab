//! `GET` and `POST /settings/users/new`.

use axum::extract::State;
use axum::http::StatusCode;
use domain::email::email_key;
use domain::id::PublicId;
use serde_json::Value;
use sync::users::{self, NewUser, UserRefusal};

use super::form::{UserForm, UserValues};
use super::show_page::NewPage;
use super::{editor, problem, role_choices};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::audit;
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

/// Adds a user: one for a double click.
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
            Ok(created) => return to_added(&created.uuid, created.joined, welcome),
            Err(refusal) => {
                if let Some((user, joined)) = find_just_added(&app, &staff, &new, &refusal).await? {
                    return to_added(&user, joined, welcome);
                }
                refused.push(refusal);
            }
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

fn to_added(user: &PublicId, joined: bool, welcome: bool) -> Answer {
    let notice = match (joined, welcome) {
        (true, _) => "user_joined",
        (false, true) => "user_welcomed",
        (false, false) => "user_added",
    };
    see_other(&format!("/settings/users/{user}?notice={notice}"))
}

/// Whoever the first of two clicks added with the same form, so that the address is taken now; and whether it is a person
/// at a client who joined.
async fn find_just_added(
    app: &App,
    staff: &Staff,
    new: &NewUser,
    refusal: &UserRefusal,
) -> Result<Option<(PublicId, bool)>, Failure> {
    let UserRefusal::EmailTaken { by, .. } = refusal else {
        return Ok(None);
    };
    let mut tx = app.store().begin().await?;
    let first = audit::find_first_click(&mut tx, staff, "user.add").await?;
    tx.rollback().await?;
    let Some(first) = first.filter(|first| first.subject_id == by.as_str()) else {
        return Ok(None);
    };
    let made = first.after_state.as_deref().unwrap_or_default();
    let made: Value = serde_json::from_str(made).unwrap_or_default();
    // Who joined keeps the own name, whatever was typed.
    let joined = made["was"].is_string();
    Ok((joined || made["name"] == new.name.as_str()).then(|| (by.clone(), joined)))
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
