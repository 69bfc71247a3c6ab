//! Values to filter by: one the vendors do not know is refused with those they do, rather than answered with an empty
//! list that looks like a fact.

use domain::id::{IntegrationId, PublicId};
use domain::reference::ReferenceKind;
use domain::viewer::Viewer;
use store::{Store, companies, integrations, reference_items, technicians};

use super::list::{Parameters, wrong};
use crate::web::error::Failure;

/// Most allowed values that a message lists.
const LISTED: usize = 40;

impl Parameters {
    /// The vendor's id of a status, queue and the like, if given.
    ///
    /// # Errors
    /// 400 when no integration asked has such a value, with those there are.
    pub async fn reference(
        &self,
        store: &Store,
        name: &str,
        kind: ReferenceKind,
        only: Option<IntegrationId>,
    ) -> Result<Option<String>, Failure> {
        let Some(value) = self.text(name) else {
            return Ok(None);
        };
        let mut allowed = Vec::new();
        for integration in integrations::list_integrations(store).await? {
            if only.is_some_and(|only| only != integration.id) {
                continue;
            }
            let items =
                reference_items::list_reference_items(store, integration.id, Some(kind)).await?;
            allowed.extend(items.into_iter().map(|item| (item.external_id, item.label)));
        }
        one_of(name, value, &allowed, "/api/v1/reference-data")
    }

    /// The vendor's id of a technician, if given.
    ///
    /// # Errors
    /// 400 when there is none of that id, with those there are.
    pub async fn technician(
        &self,
        store: &Store,
        viewer: &Viewer,
        only: Option<IntegrationId>,
    ) -> Result<Option<String>, Failure> {
        let Some(value) = self.text("technician") else {
            return Ok(None);
        };
        if let Some(one) = only
            && technicians::find_for_viewer(store, viewer, one, &value)
                .await?
                .is_some()
        {
            return Ok(Some(value));
        }
        let rows = technicians::list_for_viewer(store, viewer, only).await?;
        let allowed: Vec<_> = rows
            .into_iter()
            .map(|row| (row.external_id, row.name))
            .collect();
        one_of("technician", value, &allowed, "/api/v1/technicians")
    }

    /// The id of a company, if given.
    ///
    /// # Errors
    /// 400 when it is no id, or of no company the caller may see.
    pub async fn company(
        &self,
        store: &Store,
        viewer: &Viewer,
    ) -> Result<Option<PublicId>, Failure> {
        let Some(uuid) = self.id("company")? else {
            return Ok(None);
        };
        if companies::exists_for_viewer(store, viewer, &uuid).await? {
            return Ok(Some(uuid));
        }
        Err(wrong(
            "company",
            "is the id of no company; /api/v1/companies lists them",
        ))
    }
}

/// The value, if it is allowed.
fn one_of(
    name: &str,
    value: String,
    allowed: &[(String, String)],
    place: &str,
) -> Result<Option<String>, Failure> {
    if allowed.iter().any(|(id, _)| *id == value) {
        return Ok(Some(value));
    }
    if allowed.is_empty() {
        return Err(wrong(
            name,
            "cannot be filtered by: no integration has such values yet",
        ));
    }
    let listed: Vec<_> = allowed
        .iter()
        .take(LISTED)
        .map(|(id, label)| format!("{id} ({label})"))
        .collect();
    let more = match allowed.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more, see {place}"),
    };
    Err(wrong(
        name,
        format!("is one of {}{more}", listed.join(", ")),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_value_is_refused_with_the_known_ones() {
        let allowed: Vec<_> = (1..=42)
            .map(|number| (number.to_string(), format!("Queue {number}")))
            .collect();
        let ask = |value: &str, allowed: &[(String, String)]| {
            one_of("queue", value.to_owned(), allowed, "/api/v1/reference-data")
                .map_err(|failure| failure.message.into_owned())
        };
        assert_eq!(ask("42", &allowed), Ok(Some("42".to_owned())));
        let words = ask("99", &allowed).unwrap_err();
        assert!(words.starts_with("queue is one of 1 (Queue 1), 2 (Queue 2)"));
        assert!(words.ends_with("and 2 more, see /api/v1/reference-data"));
        let none = ask("1", &[]).unwrap_err();
        assert!(none.contains("no integration has such values yet"));
    }
}
