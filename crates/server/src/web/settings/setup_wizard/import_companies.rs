//! *Import Companies*: the list of the provider's companies, and the import of the chosen ones.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use domain::id::PublicId;
use domain::imports::ImportKind;
use domain::provider::{Provider, ScopeField};
use store::integrations::Integration;
use store::listing::PageKey;
use sync::import_companies::{
    CompanyAction, CompanyChoice, CompanyCounts, CompanyImportQuery, ImportCompanies, Why, begin,
    counts, list_for_import, why,
};

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

    /// From the form: a search or another page keeps what was ticked one by one, another search nothing of *Select all*.
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
            ..Self::of_query(&asked)
        };
        let same = fields.text("was") == chosen.words();
        let place = if fields.has("to") { "to" } else { "page" };
        chosen.page = asked.0.text(place).parse().ok().filter(|_| same);
        chosen.everyone = fields.has("everyone") && (same || !fields.has("was"));
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
        format!("{}{search}", u8::from(self.unlinked_only))
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
    Ok(Companies::List(list))
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
        let list = list(app, shell, here, offer, chosen, String::new()).await?;
        return Ok(Answered::List(StatusCode::OK, Box::new(list)));
    }
    let wanted = ImportCompanies {
        integration: here.1.id,
        rows: chosen.rows(),
        everyone: chosen
            .everyone
            .then(|| chosen.search.clone().unwrap_or_default()),
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
            let free = here.is_none();
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
                same_id: row
                    .same_name
                    .as_ref()
                    .map(|one| one.uuid.to_string())
                    .unwrap_or_default(),
                same_name: row
                    .same_name
                    .map(|one| Link::new(format!("/companies/{}", one.uuid), one.name)),
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
                ticked: free && (chosen.everyone || chosen.picks.contains(&row.id)),
                create: chosen.links.get(&row.id) == Some(&None),
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
        help: "Also those on other pages. One whose name a company in Portico has is linked to it; the others are made."
            .to_owned(),
        on: chosen.everyone,
    });
    let (nothing, nothing_help) = nothing(provider, &chosen, all);
    // Of those on other pages that everybody covers, only a choice about one is carried.
    let away = chosen.picks.difference(&shown);
    let carried: Vec<i64> = away
        .filter(|id| !chosen.everyone || chosen.links.contains_key(id))
        .copied()
        .collect();
    let selected = if chosen.everyone {
        usize::try_from(of_search.unlinked()).unwrap_or(usize::MAX)
    } else {
        carried.len() + rows.iter().filter(|row| row.ticked).count()
    };
    Ok(CompanyList {
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
