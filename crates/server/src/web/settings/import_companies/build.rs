//! From the store to the list of companies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::id::PublicId;
use domain::imports::ImportKind;
use domain::stream::Stream;
use store::company_import::{CompanyImportRow, find_company_name, list_found, list_linked_among};
use sync::import_companies::{
    CompanyImportQuery, Why, counts, list_for_import, list_some_for_import, why,
};
use sync::quick_match::{self, Matches};

use super::addresses::Addresses;
use super::picker::{CompanyList, CompanyRow};
use super::state::Chosen;
use super::words::{nothing, outlook, rule, several, twins};
use crate::app::App;
use crate::web::error::Failure;
use crate::web::settings::imports::Source;
use crate::web::settings::imports::list_frame::{Carried, Everyone, ListFrame, Page, Tick};
use crate::web::settings::imports::list_state::{ListState, View};
use crate::web::settings::imports::list_sync::Listed;
use crate::web::settings::imports::quick_match::QuickMatch;
use crate::web::settings::setup_wizard::wizard::Offer;
use crate::web::view::list::{PAGE_ROWS, count_text};
use crate::web::view::{Link, Shell};

/// What the list of companies of a source shows.
pub(super) const fn listed(source: &Source) -> Listed<'_> {
    Listed {
        provider: source.provider,
        integration: &source.integration,
        stream: Stream::Companies,
    }
}

/// The list of companies for what is chosen in it.
///
/// # Errors
/// When the database does not answer.
pub async fn list(
    app: &App,
    shell: &Shell,
    source: &Source,
    addresses: Addresses,
    offer: &Offer,
    chosen: Chosen,
) -> Result<CompanyList, Failure> {
    let (provider, integration) = (source.provider, &source.integration);
    let settings = &integration.settings;
    let (one_lower, many_lower) = (
        provider.words.company.to_lowercase(),
        provider.words.companies.to_lowercase(),
    );
    let asked = &chosen.list;
    let query = CompanyImportQuery {
        integration: integration.id,
        search: asked.searched().map(str::to_owned),
        unlinked_only: asked.unlinked_only,
        page: asked.page.clone(),
        limit: PAGE_ROWS,
    };
    let mut quick = None;
    let mut matches = Default::default();
    let found = match asked.view {
        View::All => list_for_import(app.store(), &query).await?,
        View::Quick => {
            let found: Arc<Matches> = quick_match::companies(app.engine(), integration.id).await?;
            let words = (one_lower.as_str(), many_lower.as_str());
            quick = Some(QuickMatch::of(
                found.of_search(asked.searched()),
                words,
                "Link…",
            ));
            matches = found;
            list_some_for_import(app.store(), &query, matches.listed()).await?
        }
        View::Selected => {
            let picks: Vec<i64> = asked.picks.iter().copied().collect();
            let only = list_found(app.store(), integration.id, &picks).await?;
            list_some_for_import(app.store(), &query, &only).await?
        }
    };
    let all = counts(app.engine(), integration.id, settings, None).await?;
    let of_search = match asked.searched() {
        None => all,
        some => counts(app.engine(), integration.id, settings, some).await?,
    };
    // Select all means what is not here, and in Quick Match only what has a proposal.
    let meant_by_all = |id: &i64| !asked.is_quick() || matches.target(*id).is_some();
    let chosen_names = names_of_links(app, &found.rows, &chosen).await?;
    let mut offered = BTreeSet::new();
    let rows: Vec<CompanyRow> = found
        .rows
        .into_iter()
        .map(|row| {
            let reason = why(settings, &row);
            let about = about(&row);
            let here = row.company.filter(|_| !matches!(reason, Why::Rule(_)));
            let free = here.is_none();
            let proposal = matches.get(row.id);
            let proposed = proposal.and_then(|found| found.target());
            let covered =
                free && asked.everyone && meant_by_all(&row.id) && !asked.except.contains(&row.id);
            // What was chosen in another view of the list comes before what this one proposes.
            let same = match (chosen_names.get(&row.id), proposed) {
                (Some(target), _) => Some(target.clone()),
                (None, Some(target)) => Some((target.uuid.clone(), target.name.clone())),
                (None, None) if asked.is_quick() => None,
                (None, None) => row.same_name.map(|one| (one.uuid, one.name)),
            };
            // Of two with one name only the first is surely that company, as Select all has it on other pages.
            let twice = same
                .as_ref()
                .is_some_and(|(uuid, _)| !offered.insert(uuid.clone()));
            CompanyRow {
                id: row.id,
                about,
                blocked: reason == Why::Blocked,
                synced: Some(shell.time(row.stored_at)),
                linked: here.map(|one| match reason {
                    Why::Blocked => Link::new(
                        if shell.rights.manage_companies {
                            "/companies/blocked"
                        } else {
                            ""
                        },
                        reason.sentence(),
                    ),
                    _ => Link::new(format!("/companies/{}", one.uuid), one.name),
                }),
                future: if free && same.is_none() && proposal.is_none() && row.same_names > 1 {
                    several(row.same_names)
                } else if free
                    && same.is_none()
                    && proposal.is_none()
                    && row.twins > 1
                    && row.same_names > 0
                {
                    twins(provider, row.twins)
                } else {
                    reason.sentence().to_owned()
                },
                same_id: same
                    .as_ref()
                    .map(|(uuid, _)| uuid.to_string())
                    .unwrap_or_default(),
                same_name: same.map(|(uuid, name)| Link::new(format!("/companies/{uuid}"), name)),
                covered: free && meant_by_all(&row.id),
                proposal: proposal
                    .map(|found| QuickMatch::words(found, "company"))
                    .unwrap_or_default(),
                link_address: addresses.question(row.id, "link"),
                unlink_address: if row.link_origin.as_deref() == Some("import")
                    && reason != Why::Blocked
                {
                    addresses.question(row.id, "unlink")
                } else {
                    String::new()
                },
                ticked: covered || (free && asked.picks.contains(&row.id)),
                create: match chosen.links.get(&row.id) {
                    Some(choice) => choice.is_none(),
                    None => twice,
                },
                name: row.name,
            }
        })
        .collect();
    let meant = quick
        .as_ref()
        .map_or(of_search.unlinked(), |quick| quick.links);
    let covered_here = rows.iter().filter(|row| row.covered).count() as u64;
    let everyone = everyone(asked, meant, covered_here);
    let narrowed = (asked.view, asked.searched().is_some());
    let (nothing, nothing_help) = nothing(provider, narrowed, all);
    let ticks = rows.iter().map(|row| Tick {
        id: row.id,
        ticked: row.ticked,
        covered: row.covered,
    });
    let page = Page {
        listed: listed(source),
        kind: ImportKind::Companies,
        in_setup: addresses.in_setup,
        state: asked,
        ticks: ticks.collect(),
        around: (found.previous, found.next),
        quick,
        everyone,
        carried: carried(app, &chosen, &rows, meant_by_all).await?,
    };
    let list = ListFrame {
        action: addresses.action(),
        cancel: if addresses.in_setup {
            String::new()
        } else {
            "/companies".to_owned()
        },
        by: "name",
        count: count_text(found.count, &one_lower, &many_lower),
        many: many_lower,
        nothing,
        nothing_help,
        ..ListFrame::load(app, shell, page).await?
    };
    Ok(CompanyList {
        list,
        one: provider.words.company,
        many: provider.words.companies,
        rule: rule(provider, integration, offer),
        outlook: outlook(all),
        rows,
    })
}

/// Type and place; of several with one name also how each is reached, and the vendor's number.
fn about(row: &CompanyImportRow) -> String {
    let number = format!("No. {}", row.external_id);
    let twin = |fact: &Option<String>| fact.clone().filter(|_| row.twins > 1);
    let facts = [
        row.type_label.clone(),
        row.city.clone(),
        twin(&row.phone),
        twin(&row.website),
        twin(&Some(number)),
    ];
    let known: Vec<String> = facts
        .into_iter()
        .flatten()
        .filter(|fact| !fact.trim().is_empty())
        .collect();
    known.join(" · ")
}

/// *Select all*, where it means more than the page shows, or what Quick Match proposes.
fn everyone(state: &ListState, meant: u64, here: u64) -> Option<Everyone> {
    if state.is_quick() {
        return Everyone::proposed(meant, "company", state);
    }
    let (is, are) = if state.search.is_empty() {
        ("is not here yet", "are not here yet")
    } else {
        (
            "is not here yet and matches the search",
            "are not here yet and match the search",
        )
    };
    (meant > here).then(|| Everyone {
        count: meant,
        label: Everyone::label(meant, is, are),
        help: "Also those on other pages. One whose name a company in Portico has is linked to it; the others are made."
            .to_owned(),
        on: state.everyone,
        except: state.except.len() as u64,
    })
}

/// Choices about companies that are not shown.
async fn carried(
    app: &App,
    chosen: &Chosen,
    rows: &[CompanyRow],
    meant_by_all: impl Fn(&i64) -> bool,
) -> Result<Vec<Carried>, Failure> {
    let shown: BTreeSet<i64> = rows.iter().map(|row| row.id).collect();
    // Of those that Select all means, only a choice about one is carried.
    let by_all = |id: &i64| chosen.list.everyone && meant_by_all(id);
    let away: Vec<i64> = chosen.list.picks.difference(&shown).copied().collect();
    let linked = list_linked_among(app.store(), &away).await?;
    let mut carried = Vec::new();
    for id in away.iter().filter(|id| !linked.contains(id)) {
        let link = chosen.links.get(id);
        if by_all(id) && link.is_none() {
            continue;
        }
        carried.push(Carried::pick(*id, !by_all(id)));
        if let Some(company) = link {
            let value = company.as_ref().map(ToString::to_string);
            carried.push(Carried {
                name: format!("link.{id}"),
                value: value.unwrap_or_default(),
                counts: false,
            });
        }
    }
    Ok(carried)
}

/// The companies that rows of this page were chosen to be linked to, where that is not the one of the same name.
async fn names_of_links(
    app: &App,
    rows: &[CompanyImportRow],
    chosen: &Chosen,
) -> Result<BTreeMap<i64, (PublicId, String)>, Failure> {
    let mut names = BTreeMap::new();
    for row in rows {
        let Some(Some(company)) = chosen.links.get(&row.id) else {
            continue;
        };
        let known = row
            .same_name
            .as_ref()
            .is_some_and(|same| same.uuid == *company);
        if known || !chosen.list.picks.contains(&row.id) {
            continue;
        }
        if let Some(name) = find_company_name(app.store(), company).await? {
            names.insert(row.id, (company.clone(), name));
        }
    }
    Ok(names)
}
