//! `GET /`.

use axum::extract::State;
use domain::permission::{Area, Permission};
use domain::status::IntegrationStatus;
use store::integrations::list_integrations;
use store::listing::Direction;
use store::tickets::{TicketFilter, TicketSort};
use store::{companies, contacts, opportunities, tickets};
use sync::status::{Overview, overviews};

use super::page::{Attention, Count, HomePage, IntegrationLine};
use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::{Answer, Failure};
use crate::web::page::page;
use crate::web::settings::integrations::find::is_in_use;
use crate::web::settings::integrations::to_card::{freshness, state};
use crate::web::tickets::row::to_row;
use crate::web::view::list::count_number;
use crate::web::view::{Badge, Link, Section, Shell, Tone};

/// Newest tickets shown.
const TICKETS: u32 = 10;

/// What needs attention, counts, newest tickets; or what to do next.
///
/// # Errors
/// When the database does not answer.
pub async fn show(State(app): State<App>, person: SignedIn) -> Answer {
    let shell = person.shell(Section::Home);
    let sees_integrations = person.may(Permission::read(Area::Integrations));
    let known = if sees_integrations {
        overviews(app.engine())
            .await?
            .into_iter()
            .filter(|one| is_in_use(&one.integration))
            .collect()
    } else {
        Vec::new()
    };
    let anything_connected = if sees_integrations {
        !known.is_empty()
    } else {
        list_integrations(app.store()).await?.iter().any(is_in_use)
    };
    let mut attention = Vec::new();
    let mut integrations = Vec::new();
    for overview in &known {
        attention.extend(worst(&app, &shell, overview).await?);
        if let Some(provider) = overview.provider {
            integrations.push(IntegrationLine {
                name: provider.name.to_owned(),
                href: format!("/settings/integrations/{}", provider.key),
                status: Badge::status(overview.status.status),
                freshness: freshness(provider, overview),
            });
        }
    }
    let open = TicketFilter {
        closed: Some(false),
        ..TicketFilter::default()
    };
    let newest = if shell.rights.tickets && anything_connected {
        tickets::list_for_viewer(
            app.store(),
            person.viewer(),
            &open,
            TicketSort::Created,
            Direction::Descending,
            None,
            TICKETS,
        )
        .await?
        .rows
    } else {
        Vec::new()
    };
    page(&HomePage {
        anything_connected,
        attention,
        counts: if anything_connected {
            counts(&app, &person, &shell).await?
        } else {
            Vec::new()
        },
        tickets: newest.into_iter().map(|row| to_row(&shell, row)).collect(),
        integrations,
        shell,
    })
}

/// The worst about an integration, if anything: trouble, questions, records set aside, missing rights.
async fn worst(
    app: &App,
    shell: &Shell,
    overview: &Overview,
) -> Result<Option<Attention>, Failure> {
    let Some(provider) = overview.provider else {
        return Ok(None);
    };
    let page = format!("/settings/integrations/{}", provider.key);
    if let Some(problem) = state(app, shell, provider, overview).await?.problem {
        return Ok(Some(Attention {
            tone: problem.tone,
            tone_class: if problem.tone == Tone::Bad {
                "bad-text"
            } else {
                "warn-text"
            },
            title: format!("{}: {}", provider.name, problem.title),
            sentence: if problem.message.is_empty() {
                problem.hint.unwrap_or_default()
            } else {
                problem.message
            },
            link: problem
                .link
                .unwrap_or_else(|| Link::new(page, "Look at it")),
        }));
    }
    Ok(
        (overview.status.status == IntegrationStatus::Disconnected).then(|| Attention {
            tone: Tone::Warning,
            tone_class: "warn-text",
            title: format!("{} is disconnected", provider.name),
            sentence: "Its data is kept and is no longer kept up to date.".to_owned(),
            link: Link::new(page, "Look at it"),
        }),
    )
}

async fn counts(app: &App, person: &SignedIn, shell: &Shell) -> Result<Vec<Count>, Failure> {
    let (store, viewer) = (app.store(), person.viewer());
    let mut counts = Vec::new();
    let mut add = |label, count, href: &str| {
        counts.push(Count {
            label,
            value: count_number(count),
            href: href.to_owned(),
        })
    };
    if shell.rights.companies {
        add(
            "Companies",
            companies::count_for_viewer(store, viewer, &companies::CompanyFilter::default())
                .await?,
            "/companies",
        );
        add(
            "Contacts",
            contacts::count_for_viewer(store, viewer, &contacts::ContactFilter::default()).await?,
            "/contacts",
        );
    }
    if shell.rights.tickets {
        let open = TicketFilter {
            closed: Some(false),
            ..TicketFilter::default()
        };
        add(
            "Open tickets",
            tickets::count_for_viewer(store, viewer, &open).await?,
            "/tickets",
        );
    }
    if shell.rights.opportunities {
        let (all, sort) = (
            opportunities::OpportunityFilter::default(),
            opportunities::OpportunitySort::default(),
        );
        let found = opportunities::list_for_viewer(
            store,
            viewer,
            &all,
            sort,
            Direction::Descending,
            None,
            1,
        )
        .await?;
        add("Opportunities", found.count, "/opportunities");
    }
    Ok(counts)
}
