//! Which external companies a viewer's records hang on: where a list for somebody begins.

use domain::id::{IntegrationId, PublicId};
use domain::viewer::Viewer;

use crate::error::Result;
use crate::open::Store;

/// An external company: integration and the vendor's id.
pub(crate) type External = (i64, String);

/// Somebody with more external companies than this is served from the whole list, much of which is theirs.
const MERGED: usize = 32;

/// External companies that records must belong to, when a filter or the viewer limits them to few: those of the
/// filter's company, else those of the viewer's memberships. `None` when the whole list is to be walked. Every
/// statement carries the viewer all the same.
pub(crate) async fn limited_to(
    store: &Store,
    viewer: &Viewer,
    company: Option<&PublicId>,
    integration: Option<IntegrationId>,
) -> Result<Option<Vec<External>>> {
    let integration = integration.map(|id| id.0);
    if let Some(company) = company {
        return Ok(Some(read_all!(
            store,
            EXTERNALS_OF_COMPANY,
            company.as_str(),
            integration
        )?));
    }
    let (all, identity) = viewer.bind();
    if all == 1 {
        return Ok(None);
    }
    let externals: Vec<External> = read_all!(
        store,
        EXTERNALS_OF_MEMBER,
        identity,
        integration,
        MERGED as i64 + 1
    )?;
    Ok((externals.len() <= MERGED).then_some(externals))
}

/// The integration of a filter, or every one.
pub(crate) async fn integrations(
    store: &Store,
    integration: Option<IntegrationId>,
) -> Result<Vec<i64>> {
    if let Some(id) = integration {
        return Ok(vec![id.0]);
    }
    let rows: Vec<(i64,)> = read_all!(store, INTEGRATIONS)?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

statements! {
    INTEGRATIONS = "SELECT id FROM integration ORDER BY id";
    EXTERNALS_OF_COMPANY = "SELECT x.integration_id, x.external_id FROM company c JOIN external_company x ON x.company_id = c.id
        WHERE c.uuid = $1 AND (CAST($2 AS BIGINT) IS NULL OR x.integration_id = $2)";
    EXTERNALS_OF_MEMBER = "SELECT x.integration_id, x.external_id FROM company_membership m JOIN external_company x ON x.company_id = m.company_id
        WHERE m.identity_id = $1 AND m.status = 'active' AND (CAST($2 AS BIGINT) IS NULL OR x.integration_id = $2) LIMIT $3";
}
