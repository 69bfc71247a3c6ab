//! What has to be there before companies can be imported: the rights, and a tool to import from.

use axum::http::StatusCode;
use domain::permission::{Area, Permission};
use domain::viewer::Viewer;

use crate::web::access::Staff;
use crate::web::error::Failure;
use crate::web::settings::imports::Missing;

/// Whether somebody may import companies: a company that is imported is a company that is added, and which records of a
/// tool it takes is a matter of its integration. Whoever is limited to some companies may not, since the list names them
/// all.
#[must_use]
pub fn may_import(staff: &Staff) -> bool {
    missing(staff).is_none()
}

/// Refuses whoever may not.
///
/// # Errors
/// `403` then.
pub fn require_import(staff: &Staff) -> Result<(), Failure> {
    for area in [Area::Companies, Area::Integrations] {
        let right = Permission::manage(area);
        if !staff.may(right) {
            return Err(Failure::forbidden(&right.label()));
        }
    }
    if may_import(staff) {
        return Ok(());
    }
    Err(Failure::new(
        StatusCode::FORBIDDEN,
        "forbidden",
        "Companies are not yours to import",
        "You see some companies only. Importing and linking them is for staff who see all of them.",
    ))
}

/// The right somebody lacks, in words; `None` who may import.
#[must_use]
pub fn missing(staff: &Staff) -> Option<Missing> {
    let lacking = [Area::Companies, Area::Integrations]
        .map(Permission::manage)
        .into_iter()
        .find(|right| !staff.may(*right));
    let (title, sentence) = match (lacking, staff.viewer()) {
        (Some(right), _) => {
            let right = right.label();
            (
                format!("You need the right {right}"),
                format!(
                    "You must have the {right} permission to import or link companies. Ask an administrator to give it \
                     to your role."
                ),
            )
        }
        (None, Viewer::Staff(_)) => return None,
        (None, _) => (
            "You see some companies only".to_owned(),
            "Importing and linking companies is for staff who see all of them.".to_owned(),
        ),
    };
    Some(Missing {
        symbol: "lock",
        title,
        sentence,
        href: String::new(),
        label: String::new(),
    })
}
