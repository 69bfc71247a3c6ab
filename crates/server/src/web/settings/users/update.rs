//! `POST /settings/users/{user}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use store::roles::find_role_by_uuid;
use sync::users::{UserChange, update_user};

use super::form::{UserForm, UserValues, merge};
use super::show::{find, render};
use super::{editor, problem};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::see_other;

/// Saves what this person changed. What somebody else saved meanwhile stays, and is shown when it is the same field.
///
/// # Errors
/// `404` when there is no such user.
pub async fn update(
    State(app): State<App>,
    staff: Staff,
    Path(user): Path<String>,
    fields: Fields,
) -> Answer {
    let found = find(app.store(), &user).await?;
    let theirs = found.values();
    let base: UserValues =
        serde_json::from_str(fields.text("base")).unwrap_or_else(|_| theirs.clone());
    let mut mine = UserValues::read(&fields);
    if mine.role.is_empty() {
        // The role could not be chosen on that page.
        mine.role.clone_from(&base.role);
    }
    let merged = merge(&base, &theirs, &mine);
    if !merged.conflicts.is_empty() {
        let mut form = UserForm {
            values: merged.values,
            ..UserForm::default()
        };
        for key in merged.conflicts {
            let saved = saved_text(&app, key, theirs.get(key)).await?;
            let text =
                format!("Meanwhile saved by somebody else: {saved}. Save again to replace it.");
            match key {
                "role" => form.role_meanwhile = text,
                key => form.meanwhile.push((key, text)),
            }
        }
        return render(&app, &staff, StatusCode::CONFLICT, &found, form).await;
    }
    let values = merged.values;
    let changed = |new: &String, old: &String| (new != old).then(|| new.clone());
    let change = UserChange {
        name: changed(&values.name, &theirs.name),
        email: changed(&values.email, &theirs.email),
        job_title: changed(&values.title, &theirs.title),
        phone: changed(&values.phone, &theirs.phone),
        role: changed(&values.role, &theirs.role).and_then(|role| role.parse().ok()),
    };
    match update_user(app.engine(), &editor(&staff), &found.identity.uuid, &change).await? {
        Ok(any) => {
            let notice = if any { "user_saved" } else { "unchanged" };
            see_other(&format!(
                "/settings/users/{}?notice={notice}",
                found.identity.uuid
            ))
        }
        Err(refusal) => {
            let mut form = UserForm {
                values,
                ..UserForm::default()
            };
            form.tell(vec![problem(&refusal)]);
            render(&app, &staff, StatusCode::UNPROCESSABLE_ENTITY, &found, form).await
        }
    }
}

async fn saved_text(app: &App, key: &str, value: &str) -> Result<String, Failure> {
    if key == "role"
        && let Ok(role) = value.parse()
    {
        let found = find_role_by_uuid(app.store(), &role).await?;
        return Ok(found.map_or_else(|| "a role that is gone".to_owned(), |role| role.name));
    }
    Ok(if value.is_empty() {
        "nothing".to_owned()
    } else {
        format!("“{value}”")
    })
}
