//! The money of opportunities: it stands in their forecasts, which take a request for each.

use std::sync::atomic::{AtomicBool, Ordering};

use domain::record::{Batch, OpportunityRecord};
use domain::side_list::SideList;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::client::Client;
use super::map::to_amount;
use super::wire::{CwForecast, CwId};
use crate::error::{ErrorKind, Result};
use crate::http::decode::{Text, document};
use crate::http::exchange::{Call, read};
use crate::http::send::Answer;
use crate::page::{Page, Unreadable};
use crate::probe::Area;

const OPERATION: &str = "read the amount of an opportunity";

/// The name requests are counted by; the area has no list of its own.
pub(super) const ENDPOINT: &str = "sales/opportunities/forecast";

/// The right to them.
pub(super) const AREA: Area = Area::new(
    ENDPOINT,
    "Opportunity amounts",
    "Security role: Sales > Opportunity Finance — Inquire All (without it, new opportunities have no amount and those of \
     others stay as they are)",
    false,
);

/// Forecasts read at once; the permits hold back what the vendor does not want at once.
const AT_ONCE: usize = 3;

/// Whether the API member may see forecasts, as far as this connector was told.
#[derive(Debug, Default)]
pub(super) struct Refused(AtomicBool);

/// What a forecast told.
enum Told {
    /// The amount in hundredths, where it has one.
    Amount(Option<i64>),
    /// What about it cannot be read.
    Nonsense(String),
}

/// Adds their amounts to the opportunities of a page, or that they may not be read; one whose forecast makes no sense is
/// set aside.
///
/// # Errors
/// As any request.
pub(super) async fn add(client: &Client, page: &mut Page) -> Result<()> {
    let Batch::Opportunities(opportunities) = &mut page.batch else {
        return Ok(());
    };
    let ids: Vec<String> = opportunities
        .iter()
        .map(|one| one.external_id.clone())
        .collect();
    let mut reads: Vec<BoxFuture<'_, Result<Told>>> = Vec::with_capacity(ids.len());
    for id in &ids {
        reads.push(Box::pin(of(client, id)));
    }
    let told: Vec<Told> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
    let mut kept = Vec::with_capacity(told.len());
    for (opportunity, told) in std::mem::take(opportunities).into_iter().zip(told) {
        match told {
            Told::Amount(amount_cents) => kept.push(OpportunityRecord {
                amount_cents,
                ..opportunity
            }),
            Told::Nonsense(reason) => page.unreadable.push(Unreadable {
                external_id: opportunity.external_id,
                field: Some("forecast".to_owned()),
                reason,
            }),
        }
    }
    *opportunities = kept;
    if !ids.is_empty() {
        let refused = client.no_forecasts.0.load(Ordering::Relaxed);
        page.beside.push(AREA.beside(SideList::Forecasts, refused));
    }
    Ok(())
}

/// <https://developer.connectwise.com/Products/ConnectWise_PSA/REST#/Forecasts>
async fn of(client: &Client, id: &str) -> Result<Told> {
    if client.no_forecasts.0.load(Ordering::Relaxed) {
        return Ok(Told::Amount(None));
    }
    let path = format!("sales/opportunities/{id}/forecast");
    let make = |answer: &Answer| {
        let text = Text::of(&answer.body);
        let text = text.as_str();
        // One, as the product answers, or a list of it, as its document has it.
        let forecast = if text.trim_start().starts_with('[') {
            document::<Vec<CwForecast<'_>>>(OPERATION, text).map(|list| list.into_iter().next())
        } else {
            document(OPERATION, text).map(Some)
        };
        match forecast {
            Ok(forecast) => Ok(match to_amount(forecast.unwrap_or_default()) {
                Ok(amount) => Told::Amount(amount),
                Err(bad) => Told::Nonsense(bad.reason),
            }),
            Err(error) if error.kind == ErrorKind::Unexpected => Ok(Told::Nonsense(error.message)),
            Err(error) => Err(error),
        }
    };
    match read(client, &Call::get(OPERATION, ENDPOINT, path), make).await {
        Ok(told) => Ok(told),
        // One that is gone since has no money any more.
        Err(error) if error.kind == ErrorKind::NotFound => Ok(Told::Amount(None)),
        Err(error) if error.kind == ErrorKind::PermissionDenied => {
            client.no_forecasts.0.store(true, Ordering::Relaxed);
            Ok(Told::Amount(None))
        }
        Err(error) => Err(error),
    }
}

/// Asks for the forecast of some opportunity, to see whether the right is there. Where there is none nothing is refused.
///
/// # Errors
/// As any request.
pub(super) async fn try_one(client: &Client) -> Result<()> {
    let call = Call::get("test the connection", ENDPOINT, "sales/opportunities");
    let call = call.with("pageSize", "1").with("fields", "id");
    let first = |answer: &Answer| {
        let text = Text::of(&answer.body);
        let list: Vec<CwId> = document(call.operation, text.as_str())?;
        Ok(list.first().map(|one| one.id))
    };
    let Some(id) = read(client, &call, first).await? else {
        return Ok(());
    };
    let path = format!("sales/opportunities/{id}/forecast");
    let call = Call::get("test the connection", ENDPOINT, path);
    match read(client, &call, |_answer| Ok(())).await {
        Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
