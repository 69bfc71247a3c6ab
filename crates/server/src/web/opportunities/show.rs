//! `GET /opportunities/{opportunity}`.

use axum::extract::{Path, State};
use store::opportunities::{Opportunity, find_for_viewer};
use sync::sanitise;

use super::show_page::ShowPage;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::page;
use crate::web::tickets::row::{titled, tool};
use crate::web::view::fields::{name_people, origin, sections};
use crate::web::view::number::amount;
use crate::web::view::time::plain_date;
use crate::web::view::{BodyView, Fact, Facts, Section, Shell};

/// The opportunity.
///
/// # Errors
/// `404` when there is none, or none the viewer may see.
pub async fn show(State(app): State<App>, staff: Staff, Path(opportunity): Path<String>) -> Answer {
    let uuid = opportunity
        .parse()
        .map_err(|_| Failure::not_found("Opportunity"))?;
    let found = find_for_viewer(app.store(), staff.viewer(), &uuid).await?;
    let mut found = found.ok_or_else(|| Failure::not_found("Opportunity"))?;
    name_people(
        app.store(),
        staff.viewer(),
        &found.origin,
        &mut found.fields,
    )
    .await?;
    let shell = staff.shell(Section::Opportunities);
    let may = shell.rights.companies;
    let description = found
        .description
        .as_ref()
        .filter(|body| !body.text.trim().is_empty());
    page(&ShowPage {
        badges: [&found.row.stage, &found.row.status]
            .into_iter()
            .flatten()
            .map(|value| value.text().to_owned())
            .collect(),
        description: description
            .map(|body| BodyView::sanitised(sanitise::to_html(body.format, &body.text))),
        facts: facts(&shell, &found),
        sections: sections(&found.fields),
        origin: origin(&app, &shell, &found.origin, Some(found.row.updated_at)),
        title: titled(found.row.title),
        company_href: found
            .row
            .company_uuid
            .filter(|_| may)
            .map(|uuid| format!("/companies/{uuid}"))
            .unwrap_or_default(),
        company: found.row.company.unwrap_or_default(),
        shell,
    })
}

fn facts(shell: &Shell, found: &Opportunity) -> Vec<Fact> {
    let mut facts = Facts::default();
    let text = |value: &Option<store::tickets::Labelled>| {
        value.as_ref().map(|value| value.text().to_owned())
    };
    facts.add_some("Stage", text(&found.row.stage));
    facts.add_some("Status", text(&found.row.status));
    facts.add_some("Category", text(&found.category));
    if let Some(cents) = found.row.amount_cents {
        // Records are kept without a currency: amounts are in the one the tool is set to.
        let currency = format!("in the currency of {}", tool(&found.row.provider));
        facts
            .0
            .push(Fact::new("Amount", amount(cents)).from(currency));
    }
    facts.add_some(
        "Probability",
        found.row.probability.map(|percent| format!("{percent} %")),
    );
    facts.add_some(
        "Projected close",
        found.row.projected_close_at.map(plain_date),
    );
    facts.add_some("Owner", found.row.owner.clone());
    facts.add_some("Contact", found.contact.clone());
    facts.add_some(
        "Created",
        found.created_at.map(|at| shell.time(at).absolute),
    );
    facts.add_some("Closed", found.closed_at.map(|at| shell.time(at).absolute));
    facts.add("Last activity", shell.time(found.row.updated_at).absolute);
    facts.0
}
