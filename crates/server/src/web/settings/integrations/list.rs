//! `GET /settings/integrations` and its live stream.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::provider;
use domain::status::IntegrationStatus;
use sync::status::overviews;

use super::card::Card;
use super::list_page::{CardPart, ListPage};
use super::to_card::card;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::live::{self, Parts};
use crate::web::page::page_with;
use crate::web::settings::setup_wizard::form::INTERVAL_PROBLEM;
use crate::web::view::{Badge, Section, Shell};

/// A card for every provider.
///
/// # Errors
/// When the database does not answer.
pub async fn list(State(app): State<App>, staff: Staff) -> Answer {
    let shell = staff.shell(Section::Settings);
    let cards = cards(&app, &shell).await?;
    render(StatusCode::OK, shell, cards)
}

/// The cards with what is wrong with the interval that was sent for one of them.
///
/// # Errors
/// When the database does not answer.
pub async fn refuse_interval(app: &App, staff: &Staff, key: &str) -> Answer {
    let shell = staff.shell(Section::Settings);
    let mut cards = cards(app, &shell).await?;
    if let Some(card) = cards.iter_mut().find(|card| card.key == key) {
        card.interval_error = INTERVAL_PROBLEM.to_owned();
    }
    render(StatusCode::UNPROCESSABLE_ENTITY, shell, cards)
}

fn render(status: StatusCode, shell: Shell, cards: Vec<Card>) -> Answer {
    let statuses = [
        IntegrationStatus::Connected,
        IntegrationStatus::Disconnected,
        IntegrationStatus::Error,
        IntegrationStatus::Syncing,
    ];
    let statuses = statuses.map(Badge::status).into();
    page_with(
        status,
        &ListPage {
            cards,
            statuses,
            shell,
        },
    )
}

async fn cards(app: &App, shell: &Shell) -> Result<Vec<Card>, Failure> {
    let known = overviews(app.engine()).await?;
    let mut cards = Vec::with_capacity(provider::ALL.len());
    for provider in provider::ALL {
        let overview = known
            .iter()
            .find(|one| one.integration.provider == provider.key);
        cards.push(card(app, shell, provider, overview).await?);
    }
    Ok(cards)
}

/// The cards as they change.
///
/// # Errors
/// Does not fail.
pub async fn list_events(State(app): State<App>, staff: Staff) -> Answer {
    let looking = app.clone();
    Ok(live::stream(&app, move || {
        let app = looking.clone();
        let shell = Shell {
            now: app.clock().now(),
            ..staff.shell(Section::Settings)
        };
        async move {
            let mut elements = BTreeMap::new();
            for card in cards(&app, &shell)
                .await?
                .iter()
                .filter(|card| card.state.is_some())
            {
                elements.insert(
                    format!("card-{}", card.key),
                    CardPart {
                        shell: &shell,
                        card,
                    }
                    .render()?,
                );
            }
            Ok(Parts {
                elements,
                done: false,
            })
        }
    }))
}
