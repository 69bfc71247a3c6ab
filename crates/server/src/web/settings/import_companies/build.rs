//! From the store to the list of companies.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::PublicId;
use domain::imports::ImportKind;
use domain::stream::Stream;
use store::company_import::{CompanyImportRow, find_company_name, list_linked_among};
use sync::import_companies::{
    CompanyImportQuery, Why, counts, list_for_import, list_some_for_import, why,
};
use sync::quick_match;

use super::addresses::Addresses;
use super::picker::{CarriedPick, CompanyList, CompanyRow};
use super::state::Chosen;
use super::words::{nothing, number, outlook, rule, several};
use crate::app::App;
use crate::web::error::Failure;
use crate::web::settings::import_users::picker::Everyone;
use crate::web::settings::imports::list_sync::{self, Listed, list_sync};
use crate::web::settings::imports::quick_match::QuickMatch;
use crate::web::settings::imports::{Source, last};
use crate::web::settings::setup_wizard::wizard::Offer;
use crate::web::view::list::{PAGE_ROWS, count_text};
use crate::web::view::{Link, Pager, Shell};

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
    let query = CompanyImportQuery {
        integration: integration.id,
        search: chosen.search.clone(),
        unlinked_only: chosen.unlinked_only,
        page: chosen.page.clone(),
        limit: PAGE_ROWS,
    };
    let (quick, found, matches) = if chosen.quick {
        let matches = quick_match::companies(app.engine(), integration.id).await?;
        let told = QuickMatch::of(
            matches.of_search(chosen.search.as_deref()),
            ("company", "companies"),
            "Link…",
        );
        let found = list_some_for_import(app.store(), &query, matches.listed()).await?;
        (Some(told), found, matches)
    } else {
        let found = list_for_import(app.store(), &query).await?;
        (None, found, Default::default())
    };
    let all = counts(app.engine(), integration.id, settings, None).await?;
    let of_search = match &chosen.search {
        None => all,
        some => counts(app.engine(), integration.id, settings, some.as_deref()).await?,
    };
    // Select all means what is not here, and in Quick Match only what has a proposal.
    let meant_by_all = |id: &i64| !chosen.quick || matches.target(*id).is_some();
    let chosen_names = names_of_links(app, &found.rows, &chosen).await?;
    let mut offered = BTreeSet::new();
    let rows: Vec<CompanyRow> = found
        .rows
        .into_iter()
        .map(|row| {
            let reason = why(settings, &row);
            let about = [row.type_label, row.city];
            let about: Vec<String> = about.into_iter().flatten().collect();
            let here = row.company.filter(|_| !matches!(reason, Why::Rule(_)));
            let free = here.is_none();
            let proposal = matches.get(row.id);
            let proposed = proposal.and_then(|found| found.target());
            let covered = free
                && chosen.everyone
                && meant_by_all(&row.id)
                && !chosen.except.contains(&row.id);
            // What was chosen in another view of the list comes before what this one proposes.
            let same = match (chosen_names.get(&row.id), proposed) {
                (Some(target), _) => Some(target.clone()),
                (None, Some(target)) => Some((target.uuid.clone(), target.name.clone())),
                (None, None) if chosen.quick => None,
                (None, None) => row.same_name.map(|one| (one.uuid, one.name)),
            };
            // Of two with one name only the first is surely that company, as Select all has it on other pages.
            let twice = same
                .as_ref()
                .is_some_and(|(uuid, _)| !offered.insert(uuid.clone()));
            CompanyRow {
                id: row.id,
                about: about.join(" · "),
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
                ticked: covered || (free && chosen.picks.contains(&row.id)),
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
    let shown: BTreeSet<i64> = rows.iter().map(|row| row.id).collect();
    let offered = if chosen.quick {
        meant > 0
    } else {
        meant > covered_here
    };
    let everyone = offered.then(|| Everyone {
        count: meant,
        label: format!(
            "Select all {} that {}{}",
            number(meant),
            if chosen.quick { "are proposed" } else { "are not here yet" },
            if chosen.search.is_some() {
                " and match the search"
            } else {
                ""
            }
        ),
        help: if chosen.quick {
            "Also those on other pages. Each is linked to the company that stands in its row."
        } else {
            "Also those on other pages. One whose name a company in Portico has is linked to it; the others are made."
        }
        .to_owned(),
        on: chosen.everyone,
        except: chosen.except.len() as u64,
    });
    let narrowed = (chosen.quick, chosen.search.is_some());
    let (nothing, nothing_help) = nothing(provider, narrowed, all);
    let except: Vec<i64> = chosen.except.difference(&shown).copied().collect();
    // Of those on other pages that Select all means, only a choice about one is carried.
    let by_all = |id: &i64| chosen.everyone && meant_by_all(id);
    let away: Vec<i64> = chosen.picks.difference(&shown).copied().collect();
    let linked = list_linked_among(app.store(), &away).await?;
    let carried: Vec<CarriedPick> = away
        .iter()
        .filter(|id| !linked.contains(id))
        .filter(|id| !by_all(id) || chosen.links.contains_key(id))
        .map(|id| CarriedPick {
            id: *id,
            counts: !by_all(id),
        })
        .collect();
    let together = if chosen.everyone {
        usize::try_from(meant)
            .unwrap_or(usize::MAX)
            .saturating_sub(chosen.except.len())
    } else {
        0
    };
    let one_by_one = rows.iter().filter(|row| row.ticked && !by_all(&row.id));
    let selected =
        together + one_by_one.count() + carried.iter().filter(|pick| pick.counts).count();
    let sync = list_sync(
        app,
        shell,
        listed(source),
        list_sync::address(provider, Stream::Companies),
        String::new(),
    )
    .await?;
    Ok(CompanyList {
        sync,
        action: addresses.action(),
        cancel: if addresses.in_setup {
            String::new()
        } else {
            "/companies".to_owned()
        },
        rule: rule(provider, integration, offer),
        outlook: outlook(all),
        error: String::new(),
        everyone,
        carried_links: carried
            .iter()
            .filter_map(|pick| {
                let company = chosen.links.get(&pick.id)?;
                let value = company.as_ref().map(ToString::to_string);
                Some((format!("link.{}", pick.id), value.unwrap_or_default()))
            })
            .collect(),
        except,
        quick,
        carried,
        last: last(
            app,
            shell,
            (provider, integration.id),
            ImportKind::Companies,
            addresses.in_setup,
        )
        .await?,
        selected,
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
        )
        .cut(found.count, "companies"),
        search: chosen.search.unwrap_or_default(),
        unlinked_only: chosen.unlinked_only,
        rows,
        nothing,
        nothing_help,
    })
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
        if known || !chosen.picks.contains(&row.id) {
            continue;
        }
        if let Some(name) = find_company_name(app.store(), company).await? {
            names.insert(row.id, (company.clone(), name));
        }
    }
    Ok(names)
}
