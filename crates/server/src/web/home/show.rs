//! `GET /`.

use axum::extract::State;
use domain::permission::{Area, Permission};
use domain::status::IntegrationStatus;
use store::integrations::list_integrations;
use store::listing::Direction;
use store::staff::list_administrators_without_second_factor;
use store::tickets::{TicketFilter, TicketRow, TicketSort};
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
    if person.may(Permission::manage(Area::Users)) {
        attention.extend(unguarded(&app, &person).await?);
    }
    let (counts, newest) = if anything_connected {
        known_records(&app, &person, &shell).await?
    } else {
        (Vec::new(), Vec::new())
    };
    page(&HomePage {
        anything_connected,
        attention,
        counts,
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
            // Some of them begin with the name.
            title: if problem.title.starts_with(provider.name) {
                problem.title
            } else {
                format!("{}: {}", provider.name, problem.title)
            },
            sentence: if problem.message.is_empty() {
                problem.hint.unwrap_or_default()
            } else {
                problem.message
            },
            link: problem.link.or_else(|| Some(Link::new(page, "Look at it"))),
        }));
    }
    Ok(
        (overview.status.status == IntegrationStatus::Disconnected).then(|| Attention {
            tone: Tone::Warning,
            tone_class: "warn-text",
            title: format!("{} is disconnected", provider.name),
            sentence: "Its data is kept and is no longer kept up to date.".to_owned(),
            link: Some(Link::new(page, "Look at it")),
        }),
    )
}

/// Administrators named when several have no second factor.
const NAMED: usize = 3;

/// Who can be signed in as an administrator with a password alone.
async fn unguarded(app: &App, person: &SignedIn) -> Result<Option<Attention>, Failure> {
    let found = list_administrators_without_second_factor(app.store()).await?;
    let names: Vec<&str> = found.iter().map(|(_, name)| name.as_str()).collect();
    let title = match names.as_slice() {
        [] => return Ok(None),
        [only] => format!("{only} has no second factor"),
        several => format!("{} administrators have no second factor", several.len()),
    };
    let who = match names.as_slice() {
        [_] => String::new(),
        several if several.len() > NAMED => {
            format!("{} and others. ", several[..NAMED].join(", "))
        }
        several => format!("{}. ", several.join(", ")),
    };
    let own = found.iter().any(|(id, _)| *id == person.identity);
    let link = if own {
        Some(Link::new("/profile#security", "Set up yours"))
    } else {
        // Whoever sees no roles is not sent to a page that is closed.
        person
            .may(Permission::read(Area::Roles))
            .then(|| Link::new("/settings/roles", "Require it by role"))
    };
    Ok(Some(Attention {
        tone: Tone::Warning,
        tone_class: "warn-text",
        title,
        sentence: format!(
            "{who}Whoever learns an administrator's password sees the data of every client. A second factor prevents that: each sets it up \
             under Profile, and a role can require it."
        ),
        link,
    }))
}

/// How much of everything there is that this person may see, and the newest open tickets. All are asked for at once.
async fn known_records(
    app: &App,
    person: &SignedIn,
    shell: &Shell,
) -> Result<(Vec<Count>, Vec<TicketRow>), Failure> {
    let (store, viewer, rights) = (app.store(), person.viewer(), &shell.rights);
    let all_companies = companies::CompanyFilter::default();
    let all_contacts = contacts::ContactFilter::default();
    let all_opportunities = opportunities::OpportunityFilter::default();
    let open = TicketFilter {
        closed: Some(false),
        ..TicketFilter::default()
    };
    let (companies, contacts, tickets, opportunities) = tokio::try_join!(
        of_right(
            rights.companies,
            companies::count_for_viewer(store, viewer, &all_companies)
        ),
        of_right(
            rights.companies,
            contacts::count_for_viewer(store, viewer, &all_contacts)
        ),
        of_right(
            rights.tickets,
            tickets::list_for_viewer(
                store,
                viewer,
                &open,
                TicketSort::Created,
                Direction::Descending,
                None,
                TICKETS,
            )
        ),
        of_right(
            rights.opportunities,
            opportunities::list_for_viewer(
                store,
                viewer,
                &all_opportunities,
                opportunities::OpportunitySort::default(),
                Direction::Descending,
                None,
                1,
            )
        ),
    )?;
    let counts = [
        ("Companies", companies, "/companies"),
        ("Contacts", contacts, "/contacts"),
        (
            "Open tickets",
            tickets.as_ref().map(|list| list.count),
            "/tickets",
        ),
        (
            "Opportunities",
            opportunities.map(|list| list.count),
            "/opportunities",
        ),
    ];
    let counts = counts.into_iter().filter_map(|(label, count, href)| {
        Some(Count {
            label,
            value: count_number(count?),
            href: href.to_owned(),
        })
    });
    Ok((
        counts.collect(),
        tickets.map(|list| list.rows).unwrap_or_default(),
    ))
}

/// What only a right lets be asked.
async fn of_right<T>(
    right: bool,
    asked: impl Future<Output = store::error::Result<T>>,
) -> store::error::Result<Option<T>> {
    if right {
        asked.await.map(Some)
    } else {
        Ok(None)
    }
}
