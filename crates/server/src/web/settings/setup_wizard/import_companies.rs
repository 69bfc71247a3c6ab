//! *Import Companies*: the list of the provider's companies, and the import of the chosen ones.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use domain::id::PublicId;
use domain::imports::ImportKind;
use domain::provider::Provider;
use domain::stream::Stream;
use store::company_import::{CompanyImportRow, find_company_name, list_unlinked_ids};
use store::integrations::Integration;
use store::listing::PageKey;
use sync::import_companies::{
    CompanyAction, CompanyChoice, CompanyImportQuery, ImportCompanies, Why, begin, counts,
    list_for_import, list_some_for_import, why,
};

use sync::quick_match::{self, Matches};

use super::company_words::{nothing, number, outlook, rule};
use super::frame::address;
use super::import_page::{CarriedPick, Companies, CompanyList, CompanyRow};
use super::wizard::Offer;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Failure;
use crate::web::form::Fields;
use crate::web::settings::import_users::picker::Everyone;
use crate::web::settings::imports::last;
use crate::web::settings::imports::list_sync::{self, Listed, list_sync, sync_now};
use crate::web::settings::imports::marks::Marks;
use crate::web::settings::imports::quick_match::QuickMatch;
use crate::web::view::list::{PAGE_ROWS, count_text};
use crate::web::view::{Link, Pager, Query, Shell};
use domain::setup::SetupStep;

/// What the list shows and what is chosen in it.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    search: Option<String>,
    unlinked_only: bool,
    page: Option<PageKey>,
    picks: BTreeSet<i64>,
    /// The company each is to be linked to; `None` inside: a new one is wanted.
    links: BTreeMap<i64, Option<PublicId>>,
    everyone: bool,
    /// Those whom *Select all* leaves out.
    except: BTreeSet<i64>,
    /// Only what Quick Match has something to say about is shown, with what it proposes.
    quick: bool,
    import: bool,
    sync: bool,
}

impl Chosen {
    /// From an address.
    #[must_use]
    pub fn of_query(query: &Query) -> Self {
        Self {
            search: query.some("search"),
            unlinked_only: query.text("unlinked") == "1",
            quick: query.text("quick") == "1",
            ..Self::default()
        }
    }

    /// From the form: a search or another page keeps what was ticked one by one. Another search keeps nothing of *Select
    /// all*, also not the part of it that was on the page.
    #[must_use]
    pub fn of_form(fields: &Fields) -> Self {
        let asked = Query(fields.clone());
        let mut chosen = Self {
            picks: fields
                .all("pick")
                .filter_map(|id| id.parse().ok())
                .collect(),
            links: fields
                .iter()
                .filter_map(|(name, value)| {
                    let id = name.strip_prefix("link.")?.parse().ok()?;
                    Some((id, value.parse().ok()))
                })
                .collect(),
            import: matches!(fields.text("action"), "import" | "complete"),
            sync: fields.text("action") == "sync",
            ..Self::of_query(&asked)
        };
        let same = fields.text("was") == chosen.words();
        let place = if fields.has("to") { "to" } else { "page" };
        chosen.page = asked.0.text(place).parse().ok().filter(|_| same);
        chosen.everyone = fields.has("everyone") && (same || !fields.has("was"));
        let marks = Marks::read(fields);
        chosen.except = marks.except(&chosen.picks);
        if !same {
            marks.forget(&mut chosen.picks);
            chosen.except.clear();
        }
        // What is proposed is looked through before anything of it is selected.
        if let action @ ("quick" | "quick_off") = fields.text("action") {
            chosen.quick = action == "quick";
            (chosen.everyone, chosen.page) = (false, None);
            marks.forget(&mut chosen.picks);
            chosen.except.clear();
        }
        chosen
    }

    /// Whether anything is chosen.
    #[must_use]
    pub fn selects(&self) -> bool {
        self.everyone || !self.picks.is_empty()
    }

    /// The chosen rows, each with what is to become of it.
    fn rows(&self) -> Vec<CompanyChoice> {
        let row = |external: &i64| CompanyChoice {
            external: *external,
            action: match self.links.get(external) {
                Some(Some(company)) => CompanyAction::Link {
                    company: company.clone(),
                },
                _ => CompanyAction::Create,
            },
        };
        self.picks.iter().map(row).collect()
    }

    /// What the list is narrowed to, to tell whether a place in it still means something.
    fn words(&self) -> String {
        let search = self.search.as_deref().unwrap_or_default();
        let quick = if self.quick { "q" } else { "" };
        format!("{}{quick}{search}", u8::from(self.unlinked_only))
    }
}

/// What became of the sent list.
#[derive(Debug)]
pub enum Answered {
    /// It is shown again.
    List(StatusCode, Box<CompanyList>),
    /// An import began: its report is looked at next.
    Begun(PublicId),
}

/// The list.
///
/// # Errors
/// When the database does not answer.
pub async fn companies(
    app: &App,
    shell: &Shell,
    here: (&'static Provider, &Integration),
    offer: &Offer,
    chosen: Chosen,
) -> Result<Companies, Failure> {
    let list = list(app, shell, here, offer, chosen, String::new()).await?;
    Ok(Companies::List(list.into()))
}

/// The list again, or an import when the form asked for it.
///
/// # Errors
/// When the database does not answer.
pub async fn import_or_list(
    app: &App,
    staff: &Staff,
    shell: &Shell,
    here: (&'static Provider, &Integration),
    offer: &Offer,
    chosen: Chosen,
) -> Result<Answered, Failure> {
    if !chosen.import {
        let told = if chosen.sync {
            sync_now(app, staff, listed(here)).await?
        } else {
            String::new()
        };
        let mut list = list(app, shell, here, offer, chosen, String::new()).await?;
        list.sync.told = told;
        return Ok(Answered::List(StatusCode::OK, Box::new(list)));
    }
    let wanted = ImportCompanies {
        integration: here.1.id,
        rows: chosen.rows(),
        everyone: chosen.everyone.then(|| sync::imports::Everyone {
            search: chosen.search.clone().unwrap_or_default(),
            except: chosen.except.clone(),
            proposed: chosen.quick,
        }),
    };
    Ok(match begin(app.engine(), &staff.actor(), &wanted).await? {
        Ok(import) => Answered::Begun(import),
        Err(refusal) => {
            let error = refusal.sentence().to_owned();
            let list = list(app, shell, here, offer, chosen, error).await?;
            Answered::List(StatusCode::UNPROCESSABLE_ENTITY, Box::new(list))
        }
    })
}

const fn listed<'a>((provider, integration): (&'static Provider, &'a Integration)) -> Listed<'a> {
    Listed {
        provider,
        integration,
        stream: Stream::Companies,
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
    let quick = if chosen.quick {
        let matches = quick_match::companies(app.engine(), integration.id).await?;
        let only = matches.keys().copied().collect();
        let found = list_some_for_import(app.store(), &query, &only).await?;
        let (companies, by_hand) = (("company", "companies"), "Link…");
        let told = match &chosen.search {
            None => QuickMatch::of(matches.values(), companies, by_hand),
            some => {
                let here = list_unlinked_ids(app.store(), integration.id, some.as_deref()).await?;
                QuickMatch::of(
                    here.iter().filter_map(|id| matches.get(id)),
                    companies,
                    by_hand,
                )
            }
        };
        Some((told, found, matches))
    } else {
        None
    };
    let (quick, found, matches) = match quick {
        Some((quick, found, matches)) => (Some(quick), found, matches),
        None => (
            None,
            list_for_import(app.store(), &query).await?,
            Matches::new(),
        ),
    };
    let all = counts(app.engine(), integration.id, settings, None).await?;
    let of_search = match &chosen.search {
        None => all,
        some => counts(app.engine(), integration.id, settings, some.as_deref()).await?,
    };
    // Select all means what is not here, and in Quick Match only what has a proposal.
    let meant_by_all = |id: &i64| {
        !chosen.quick
            || matches
                .get(id)
                .is_some_and(|found| found.target().is_some())
    };
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
            let proposal = matches.get(&row.id);
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
                future: reason.sentence().to_owned(),
                same_id: same
                    .as_ref()
                    .map(|(uuid, _)| uuid.to_string())
                    .unwrap_or_default(),
                same_name: same.map(|(uuid, name)| Link::new(format!("/companies/{uuid}"), name)),
                covered: free && meant_by_all(&row.id),
                proposal: proposal
                    .map(|found| QuickMatch::words(found, "company"))
                    .unwrap_or_default(),
                link_address: format!(
                    "{}/companies/{}/link",
                    address(provider, SetupStep::Import),
                    row.id
                ),
                unlink_address: if row.link_origin.as_deref() == Some("import")
                    && reason != Why::Blocked
                {
                    format!(
                        "{}/companies/{}/unlink",
                        address(provider, SetupStep::Import),
                        row.id
                    )
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
    let carried: Vec<CarriedPick> = chosen
        .picks
        .difference(&shown)
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
        listed((provider, integration)),
        list_sync::address(provider, Stream::Companies),
        String::new(),
    )
    .await?;
    Ok(CompanyList {
        sync,
        action: format!("{}/companies", address(provider, SetupStep::Import)),
        rule: rule(provider, integration, offer),
        outlook: outlook(all),
        error,
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
            true,
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
