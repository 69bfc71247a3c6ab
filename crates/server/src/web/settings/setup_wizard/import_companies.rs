//! *Import Companies*: the list of the provider's companies, and the import of the chosen ones.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use domain::id::PublicId;
use domain::imports::ImportKind;
use domain::provider::{Provider, ScopeField};
use domain::stream::Stream;
use store::company_import::list_unlinked;
use store::integrations::Integration;
use store::listing::PageKey;
use sync::import_companies::{
    CompanyAction, CompanyChoice, CompanyCounts, CompanyImportQuery, ImportCompanies, Why, begin,
    counts, list_for_import, list_some_for_import, why,
};

use sync::quick_match::{self, Matches};

use super::frame::address;
use super::import_page::{Companies, CompanyList, CompanyRow};
use super::merge::Labels;
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
use crate::web::view::number::grouped;
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
        match fields.text("action") {
            // All that is proposed is chosen, to be looked through.
            "quick" => {
                (chosen.quick, chosen.everyone, chosen.page) = (true, true, None);
                marks.forget(&mut chosen.picks);
                chosen.except.clear();
            }
            "quick_off" => {
                (chosen.quick, chosen.everyone, chosen.page) = (false, false, None);
                marks.forget(&mut chosen.picks);
                chosen.except.clear();
            }
            _ => {}
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
        let here = list_unlinked(app.store(), integration.id, chosen.search.as_deref()).await?;
        let here = here.iter().filter_map(|row| matches.get(&row.id));
        Some((QuickMatch::of(here, "company", "companies"), found, matches))
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
                && (!chosen.quick || proposed.is_some())
                && !chosen.except.contains(&row.id);
            let same = match proposed {
                Some(target) => Some((target.uuid.clone(), target.name.clone())),
                None if chosen.quick => None,
                None => row.same_name.map(|one| (one.uuid, one.name)),
            };
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
                covered: free && (!chosen.quick || proposed.is_some()),
                proposal: proposal.map(QuickMatch::words).unwrap_or_default(),
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
                create: chosen.links.get(&row.id) == Some(&None),
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
    let (nothing, nothing_help) = nothing(provider, &chosen, all);
    let except: Vec<i64> = chosen.except.difference(&shown).copied().collect();
    // Of those on other pages that everybody covers, only a choice about one is carried.
    let away = chosen.picks.difference(&shown);
    let carried: Vec<i64> = away
        .filter(|id| !chosen.everyone || chosen.links.contains_key(id))
        .copied()
        .collect();
    let selected = if chosen.everyone {
        usize::try_from(meant)
            .unwrap_or(usize::MAX)
            .saturating_sub(chosen.except.len())
    } else {
        carried.len() + rows.iter().filter(|row| row.ticked).count()
    };
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
            .filter_map(|id| {
                let company = chosen.links.get(id)?;
                let value = company.as_ref().map(ToString::to_string);
                Some((format!("link.{id}"), value.unwrap_or_default()))
            })
            .collect(),
        counts_carried: !chosen.everyone,
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
    let company = provider.words.company.to_lowercase();
    let who = if settings.skip_inactive_companies {
        format!("Every active {company}")
    } else {
        format!("Every {company}")
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
        (counts.blocked, "were removed here and are blocked"),
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
    if chosen.quick && chosen.search.is_none() {
        return (
            "Quick Match has nothing to propose".to_owned(),
            "Of what is not here yet nothing shares its name, web site or phone number with a company in Portico that is not linked yet.".to_owned(),
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
