//! *Import Companies*: the list of the provider's companies, and what an import of the chosen ones did.

use std::collections::BTreeSet;

use domain::provider::{Provider, ScopeField};
use store::integrations::Integration;
use store::listing::PageKey;
use sync::import_companies::{
    CompanyAction, CompanyChoice, CompanyCounts, CompanyDone, CompanyImportQuery,
    CompanyImportReport, ImportCompanies, Why, apply, counts, list_for_import, why,
};

use super::frame::address;
use super::import_page::{Companies, CompanyList, CompanyResult, CompanyRow};
use super::merge::Labels;
use super::wizard::Offer;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Failure;
use crate::web::form::Fields;
use crate::web::settings::import_users::picker::Everyone;
use crate::web::view::list::{PAGE_ROWS, count_text};
use crate::web::view::number::{counted, grouped};
use crate::web::view::{Link, Pager, Query, Shell};
use domain::setup::SetupStep;

/// Lines of a result that are shown; the rest is counted.
const LINES: usize = 50;

/// What the list shows and what is chosen in it.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    search: Option<String>,
    unlinked_only: bool,
    page: Option<PageKey>,
    picks: BTreeSet<i64>,
    everyone: bool,
    import: bool,
}

impl Chosen {
    /// From an address.
    #[must_use]
    pub fn of_query(query: &Query) -> Self {
        Self {
            search: query.some("search"),
            unlinked_only: query.text("unlinked") == "1",
            ..Self::default()
        }
    }

    /// From the form: a search or another page keeps what was ticked.
    #[must_use]
    pub fn of_form(fields: &Fields) -> Self {
        let asked = Query(fields.clone());
        let mut chosen = Self {
            picks: fields
                .all("pick")
                .filter_map(|id| id.parse().ok())
                .collect(),
            everyone: fields.has("everyone"),
            import: fields.text("action") == "import",
            ..Self::of_query(&asked)
        };
        let same = fields.text("was") == chosen.words();
        let place = if fields.has("to") { "to" } else { "page" };
        chosen.page = asked.0.text(place).parse().ok().filter(|_| same);
        chosen
    }

    /// What the list is narrowed to, to tell whether a place in it still means something.
    fn words(&self) -> String {
        let search = self.search.as_deref().unwrap_or_default();
        format!("{}{search}", u8::from(self.unlinked_only))
    }
}

/// The list, or what the import did when the form asked for it.
///
/// # Errors
/// When the database does not answer.
pub async fn companies(
    app: &App,
    staff: &Staff,
    shell: &Shell,
    (provider, integration): (&'static Provider, &Integration),
    offer: &Offer,
    chosen: Chosen,
) -> Result<Companies, Failure> {
    let list = |chosen, error| list(app, shell, (provider, integration), offer, chosen, error);
    if !chosen.import {
        return Ok(Companies::List(list(chosen, String::new()).await?));
    }
    let search = chosen.search.clone().unwrap_or_default();
    let wanted = ImportCompanies {
        integration: integration.id,
        rows: chosen
            .picks
            .iter()
            .map(|external| CompanyChoice {
                external: *external,
                action: CompanyAction::Create,
            })
            .collect(),
        everyone: chosen.everyone.then_some(search),
    };
    match apply(app.engine(), &staff.actor(), &wanted).await? {
        Ok(report) => Ok(Companies::Done(result(provider, report))),
        Err(refusal) => Ok(Companies::List(
            list(chosen, refusal.sentence().to_owned()).await?,
        )),
    }
}

async fn list(
    app: &App,
    shell: &Shell,
    (provider, integration): (&'static Provider, &Integration),
    offer: &Offer,
    chosen: Chosen,
    error: String,
) -> Result<CompanyList, Failure> {
    let settings = &integration.settings;
    let query = CompanyImportQuery {
        integration: integration.id,
        search: chosen.search.clone(),
        unlinked_only: chosen.unlinked_only,
        page: chosen.page.clone(),
        limit: PAGE_ROWS,
    };
    let found = list_for_import(app.store(), &query).await?;
    let all = counts(app.engine(), integration.id, settings, None).await?;
    let of_search = match &chosen.search {
        None => all,
        some => counts(app.engine(), integration.id, settings, some.as_deref()).await?,
    };
    let rows: Vec<CompanyRow> = found
        .rows
        .into_iter()
        .map(|row| {
            let reason = why(settings, &row);
            let about = [row.type_label, row.city];
            let about: Vec<String> = about.into_iter().flatten().collect();
            let here = row.company.filter(|_| !matches!(reason, Why::Rule(_)));
            CompanyRow {
                id: row.id,
                about: about.join(" · "),
                synced: Some(shell.time(row.stored_at)),
                linked: here.map(|one| match reason {
                    Why::Blocked => Link::new("", reason.sentence()),
                    _ => Link::new(format!("/companies/{}", one.uuid), one.name),
                }),
                future: reason.sentence().to_owned(),
                same_name: row
                    .same_name
                    .map(|one| Link::new(format!("/companies/{}", one.uuid), one.name)),
                link_address: format!(
                    "{}/companies/{}/link",
                    address(provider, SetupStep::Import),
                    row.id
                ),
                ticked: chosen.picks.contains(&row.id),
                name: row.name,
            }
        })
        .collect();
    let unlinked_here = rows.iter().filter(|row| row.linked.is_none()).count() as u64;
    let shown: BTreeSet<i64> = rows.iter().map(|row| row.id).collect();
    let everyone = (of_search.unlinked() > unlinked_here).then(|| Everyone {
        count: of_search.unlinked(),
        label: format!(
            "Select all {} that are not here yet{}",
            number(of_search.unlinked()),
            if chosen.search.is_some() {
                " and match the search"
            } else {
                ""
            }
        ),
        help: "Also those on other pages.".to_owned(),
        on: chosen.everyone,
    });
    let (nothing, nothing_help) = nothing(provider, &chosen, all);
    Ok(CompanyList {
        action: format!("{}/companies", address(provider, SetupStep::Import)),
        rule: rule(provider, integration, offer),
        outlook: outlook(all),
        error,
        everyone,
        carried: chosen.picks.difference(&shown).copied().collect(),
        selected: chosen.picks.len(),
        page: chosen
            .page
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        was: chosen.words(),
        pager: Pager::new(
            count_text(found.count, "company", "companies"),
            found.previous.as_ref(),
            found.next.as_ref(),
            str::to_owned,
            String::new(),
        ),
        search: chosen.search.unwrap_or_default(),
        unlinked_only: chosen.unlinked_only,
        rows,
        nothing,
        nothing_help,
    })
}

fn number(count: u64) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

/// When a synced company becomes a company on its own.
fn rule(provider: &'static Provider, integration: &Integration, offer: &Offer) -> String {
    let settings = &integration.settings;
    if !settings.company_source {
        return format!(
            "Companies do not come from {} by themselves (step 2): each one waits until it is imported or linked.",
            provider.name
        );
    }
    let labels = Labels::of(provider, &offer.items, &offer.roles);
    let who = if settings.skip_inactive_companies {
        "Every active company"
    } else {
        "Every company"
    };
    let of = |field: ScopeField| labels.set(field.kind(), field.of(settings), "");
    let limits = [
        (ScopeField::CompanyTypes, " of type "),
        (ScopeField::ExcludeCompanyTypes, " not of type "),
        (ScopeField::ExcludeCompanyStatuses, " not in status "),
    ];
    let limits = limits.map(|(field, words)| (words, of(field)));
    let limits: String = limits
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(words, names)| format!("{words}{names}"))
        .collect();
    format!("{who}{limits} becomes a company in Portico by itself, with the sync that brings it.")
}

/// How many are here, and what becomes of the others.
fn outlook(counts: CompanyCounts) -> String {
    if counts.all == 0 {
        return String::new();
    }
    let mut parts = vec![format!("{} are here already", number(counts.linked))];
    let waiting = [
        (counts.on_their_own, "come with the next sync"),
        (
            counts.other_type,
            "stay out because of their type or status",
        ),
        (counts.inactive, "stay out because they are inactive"),
        (counts.not_the_source, "wait for you"),
    ];
    for (count, words) in waiting.into_iter().filter(|(count, _)| *count > 0) {
        parts.push(format!("{} {words}", number(count)));
    }
    format!("Of {}, {}.", number(counts.all), parts.join("; "))
}

fn nothing(provider: &Provider, chosen: &Chosen, all: CompanyCounts) -> (String, String) {
    if all.all == 0 {
        return (
            format!("No companies of {} yet", provider.name),
            "The sync brings them. Open this tab again when it has read the companies; the line above shows how far it is.".to_owned(),
        );
    }
    if chosen.search.is_some() {
        return (
            "No company matches".to_owned(),
            "Search for a part of its name.".to_owned(),
        );
    }
    (
        "All are here already".to_owned(),
        "Switch Show Unlinked Only off to see them.".to_owned(),
    )
}

fn result(provider: &'static Provider, report: CompanyImportReport) -> CompanyResult {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let (created, linked, skipped) = (
        report.created.len(),
        report.linked.len(),
        report.skipped.len(),
    );
    let mut parts = vec![format!(
        "{} created",
        counted(count(created), "company", "companies")
    )];
    if linked > 0 {
        parts.push(format!("{} linked", grouped(count(linked))));
    }
    if skipped > 0 {
        parts.push(format!("{} left out", grouped(count(skipped))));
    }
    if report.rest > 0 {
        parts.push(format!(
            "stopped half-way with {} to go, so import again",
            grouped(count(report.rest))
        ));
    }
    let link =
        |done: CompanyDone| Link::new(format!("/companies/{}", done.company), done.company_name);
    let hidden = [created, linked, skipped]
        .map(|number| number.saturating_sub(LINES))
        .into_iter()
        .sum::<usize>();
    CompanyResult {
        title: parts.join(", "),
        tone: match (created + linked, skipped + report.rest) {
            (0, _) => "info",
            (_, 0) => "good",
            _ => "warn",
        },
        created: report.created.into_iter().take(LINES).map(link).collect(),
        linked: report.linked.into_iter().take(LINES).map(link).collect(),
        skipped: report
            .skipped
            .into_iter()
            .take(LINES)
            .map(|one| {
                let sentence = one.reason.sentence();
                let name = if one.name.is_empty() {
                    "A company".to_owned()
                } else {
                    one.name
                };
                (name, sentence)
            })
            .collect(),
        more: if hidden > 0 {
            format!("And {} more.", grouped(count(hidden)))
        } else {
            String::new()
        },
        again: format!(
            "{}?tab=companies&now=on",
            address(provider, SetupStep::Import)
        ),
    }
}
