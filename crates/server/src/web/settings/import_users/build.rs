//! From the store to the list of people.

use std::collections::BTreeSet;

use domain::clock::UtcMillis;
use domain::email::{email_address, email_key};
use domain::imports::ImportKind;
use domain::stream::Stream;
use store::checkpoints::find_checkpoint;
use store::identities::MembershipStatus;
use store::listing::Count;
use store::staff::{StaffQuery, list_staff_page};
use store::technicians::{
    ImportCounts, ImportQuery, ImportRow, count_importable, list_importable, list_some_importable,
};
use sync::quick_match::{self, Match, Matches};
use sync::users::at_client;

use super::picker::{Carried, Everyone, LinkPerson, PickRow, PickState, Picker};
use super::state::PickerState;
use super::troubleshooting;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Failure;
use crate::web::settings::imports::list_sync::{self, Listed, list_sync};
use crate::web::settings::imports::quick_match::QuickMatch;
use crate::web::settings::imports::{Source, last};
use crate::web::settings::users::role_choices;
use crate::web::view::list::PAGE_ROWS;
use crate::web::view::number::{counted, grouped};
use crate::web::view::{Section, Shell};

/// Users offered to link to before anything is typed.
pub const PEOPLE: u32 = 200;

/// Where the component's forms lead.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    /// The form.
    pub action: String,
    /// *Cancel*; empty: there is none.
    pub cancel: String,
    /// Whether it is a part of the wizard.
    pub in_setup: bool,
}

/// What the list of people of a source shows.
#[must_use]
pub const fn listed(source: &Source) -> Listed<'_> {
    Listed {
        provider: source.provider,
        integration: &source.integration,
        stream: Stream::Technicians,
    }
}

/// The list of people for a state.
///
/// # Errors
/// When the database does not answer.
pub async fn picker(
    app: &App,
    staff: &Staff,
    source: &Source,
    addresses: &Addresses,
    state: &PickerState,
) -> Result<Picker, Failure> {
    let store = app.store();
    let integration = source.integration.id;
    let search = Some(state.search.clone()).filter(|text| !text.is_empty());
    let counts = count_importable(store, integration, search.as_deref()).await?;
    let query = ImportQuery {
        integration,
        search,
        unlinked_only: state.unlinked_only,
        page: state.page.clone(),
        limit: PAGE_ROWS,
    };
    let (quick, found, matches) = if state.quick {
        let matches = quick_match::people(app.engine(), integration).await?;
        let told = QuickMatch::of(
            matches.of_search(query.search.as_deref()),
            ("person", "people"),
            "Link User",
        );
        let found = list_some_importable(store, &query, matches.listed()).await?;
        (Some(told), found, matches)
    } else {
        let found = list_importable(store, &query).await?;
        (None, found, Default::default())
    };
    let checkpoint = find_checkpoint(store, integration, Stream::Technicians).await?;
    let read_at = checkpoint.and_then(|checkpoint| checkpoint.last_completed_at);
    let shell = staff.shell(Section::Settings);
    let rows: Vec<PickRow> = found
        .rows
        .into_iter()
        .map(|row| {
            let found = matches.get(row.id);
            to_row(&shell, row, state, read_at, found)
        })
        .collect();
    let words = source.provider.words;
    let many_lower = words.technicians.to_lowercase();
    let (nothing, nothing_help) = nothing(&many_lower, state, counts);
    let carried = carried(state, &rows, &matches);
    let (people, more_people) = people(app, "").await?;
    let everyone = everyone(state, counts, quick.as_ref(), &rows);
    let shown: BTreeSet<i64> = rows.iter().map(|row| row.id).collect();
    let except = state.except.difference(&shown).copied().collect();
    let sync = list_sync(
        app,
        &shell,
        listed(source),
        list_sync::address(source.provider, Stream::Technicians),
        String::new(),
    )
    .await?;
    Ok(Picker {
        sync,
        action: addresses.action.clone(),
        cancel: addresses.cancel.clone(),
        people_address: if more_people {
            format!("/settings/users/import/{}/people", source.provider.key)
        } else {
            String::new()
        },
        provider: source.provider.name.to_owned(),
        many: words.technicians.to_owned(),
        search: state.search.clone(),
        shown: state.shown(),
        unlinked_only: state.unlinked_only,
        count: format!(
            "{}, {} unlinked",
            counted(
                number(counts.all),
                &words.technician.to_lowercase(),
                &many_lower
            ),
            grouped(number(counts.unlinked))
        ),
        error: String::new(),
        nothing,
        nothing_help,
        selected: selected(everyone.as_ref(), &rows, &carried),
        rows,
        carried,
        except,
        quick,
        everyone,
        people,
        last: last(
            app,
            &shell,
            (source.provider, integration),
            ImportKind::Users,
            addresses.in_setup,
        )
        .await?,
        roles: role_choices(store, &staff.grants, &state.role, false).await?,
        role_error: String::new(),
        welcome: state.welcome,
        page: state
            .page
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        previous: found.previous.map(|key| key.to_string()),
        next: found.next.map(|key| key.to_string()),
        troubleshooting: troubleshooting::ALL,
        notes: source.provider.documentation.staff_import,
        many_lower,
    })
}

/// The users one can link to whose name or e-mail matches, without those who are deactivated, and whether there are more.
///
/// # Errors
/// When the database does not answer.
pub async fn people(app: &App, search: &str) -> Result<(Vec<LinkPerson>, bool), Failure> {
    let query = StaffQuery {
        search: Some(search.to_owned()).filter(|text| !text.is_empty()),
        limit: PEOPLE,
        ..StaffQuery::default()
    };
    let found = list_staff_page(app.store(), &query).await?;
    let more = match found.count {
        Count::Exact(count) | Count::MoreThan(count) => count > u64::from(PEOPLE),
        Count::Cut { .. } => true,
    };
    let person = |row: store::staff::StaffRow| LinkPerson {
        about: about(&row),
        email: row.email,
        name: row.name,
    };
    let active = found
        .rows
        .into_iter()
        .filter(|row| row.status != MembershipStatus::Disabled);
    Ok((active.map(person).collect(), more))
}

/// What tells users of one name apart beside the address: their role, and the tools they are linked to.
fn about(user: &store::staff::StaffRow) -> String {
    let tools: Vec<&str> = user
        .sources
        .iter()
        .map(|source| source.integration.as_str())
        .collect();
    if tools.is_empty() {
        user.role_name.clone()
    } else {
        format!("{}, linked to {}", user.role_name, tools.join(" and "))
    }
}

fn to_row(
    shell: &Shell,
    row: ImportRow,
    state: &PickerState,
    read_at: Option<UtcMillis>,
    found: Option<&Match>,
) -> PickRow {
    let id = row.id;
    let email = row.email.unwrap_or_default();
    let has_email = email_address(&email).is_some();
    let pick = match row.identity {
        Some(user) => PickState::Linked {
            href: if shell.rights.read_users {
                format!("/settings/users/{}", user.uuid)
            } else {
                String::new()
            },
            name: user.name,
        },
        None if has_email => PickState::Ready,
        None => PickState::NeedsEmail,
    };
    let taken_by = row.taken_by.map(|user| (user.email, user.name));
    let proposed = found
        .and_then(Match::target)
        .map(|target| (target.email.clone(), target.name.clone()));
    let (suggested, suggested_name) = taken_by.or_else(|| proposed.clone()).unwrap_or_default();
    let linked = pick.is_linked();
    let meant = pick == PickState::Ready && (!state.quick || proposed.is_some());
    let covered = state.everyone && meant && !state.except.contains(&id);
    let ticked = state.picks.contains(&id)
        || state.link_of(id).is_some()
        || covered
        || (state.tick_page && pick == PickState::Ready);
    let client = row
        .client
        .map(|person| at_client(&person.name, Some(&person.company)))
        .unwrap_or_default();
    let join = !client.is_empty() && state.joins(id, &email);
    let join_key = email_key(&email).unwrap_or_default();
    // Emptied by the person: somebody new is wanted, and the proposal does not come back.
    let emptied = state.suggested.contains_key(&id) && !state.links.contains_key(&id);
    PickRow {
        id,
        ticked: ticked && !linked,
        covered: meant,
        proposal: found
            .map(|found| QuickMatch::words(found, "user"))
            .unwrap_or_default(),
        typed_email: state.emails.get(&id).cloned().unwrap_or_else(|| {
            if has_email {
                String::new()
            } else {
                email.clone()
            }
        }),
        link: state.links.get(&id).cloned().unwrap_or_else(|| {
            if emptied {
                String::new()
            } else {
                suggested.clone()
            }
        }),
        synced: Some(shell.time(read_at.map_or(row.stored_at, |at| at.max(row.stored_at)))),
        name: if row.name.is_empty() {
            "(no name)".to_owned()
        } else {
            row.name
        },
        email,
        title: row.title.unwrap_or_default(),
        state: pick,
        suggested,
        suggested_name,
        client,
        join,
        join_key,
        ..PickRow::default()
    }
}

/// Choices about people who are not on this page.
fn carried(state: &PickerState, rows: &[PickRow], matches: &Matches) -> Vec<Carried> {
    // In Quick Match, Select all means only those with a proposal.
    let by_all = |id: &i64| state.everyone && (!state.quick || matches.target(*id).is_some());
    let away = |id: &i64| rows.iter().all(|row| row.id != *id);
    let mut carried = Vec::new();
    for id in state.chosen().iter().filter(|id| away(id)) {
        let special = state.emails.contains_key(id) || state.link_of(*id).is_some();
        // Who is among everybody is not counted twice.
        if !by_all(id) || special {
            carried.push(Carried {
                name: "pick".to_owned(),
                value: id.to_string(),
                counts: true,
            });
        }
    }
    for (what, values) in [
        ("email", &state.emails),
        ("link", &state.links),
        ("suggested", &state.suggested),
        ("join", &state.joins),
    ] {
        for (id, value) in values.iter().filter(|(id, _)| away(id)) {
            carried.push(Carried {
                name: format!("{what}.{id}"),
                value: value.clone(),
                counts: false,
            });
        }
    }
    carried
}

const WHO_IS_HERE: &str = "One whose address a user has is linked to that user.";

/// Offered when more can be imported than the page shows.
fn everyone(
    state: &PickerState,
    counts: ImportCounts,
    quick: Option<&QuickMatch>,
    rows: &[PickRow],
) -> Option<Everyone> {
    if let Some(quick) = quick {
        return (quick.links > 0).then(|| Everyone {
            count: quick.links,
            label: format!(
                "Select all {} that are proposed",
                grouped(number(quick.links))
            ),
            help: "Also those on other pages. Each is linked to the user who stands in its row."
                .to_owned(),
            on: state.everyone,
            except: state.except.len() as u64,
        });
    }
    let count = counts.unlinked.saturating_sub(counts.without_email);
    let here = rows.iter().filter(|row| row.covered).count() as u64;
    if count <= here {
        return None;
    }
    let matching = if state.search.is_empty() {
        ""
    } else {
        " that match"
    };
    Some(Everyone {
        count,
        label: format!("Select all {} unlinked{matching}", grouped(number(count))),
        help: match counts.without_email {
            0 => format!("Not only those on this page. {WHO_IS_HERE}"),
            missing => format!(
                "Not only those on this page. {WHO_IS_HERE} {} without an e-mail address {} left out.",
                grouped(number(missing)),
                if missing == 1 { "is" } else { "are" }
            ),
        },
        on: state.everyone,
        except: state.except.len() as u64,
    })
}

fn selected(everyone: Option<&Everyone>, rows: &[PickRow], carried: &[Carried]) -> u64 {
    let all = everyone.filter(|everyone| everyone.on);
    let ticked = rows
        .iter()
        .filter(|row| row.ticked && !(all.is_some() && row.covered))
        .count();
    let carried = carried.iter().filter(|carried| carried.counts).count();
    all.map_or(0, |everyone| everyone.count.saturating_sub(everyone.except))
        + ticked as u64
        + carried as u64
}

fn nothing(many: &str, state: &PickerState, counts: ImportCounts) -> (String, String) {
    if state.quick && state.search.is_empty() {
        return (
            "Quick Match has nothing to propose".to_owned(),
            format!(
                "No unlinked one of the {many} has the address of a user who is not linked yet, or the name of one with the same e-mail domain."
            ),
        );
    }
    if !state.search.is_empty() {
        return (
            format!("No {many} match"),
            format!(
                "Search for less, or for another name or e-mail address. {}",
                troubleshooting::MISSING_USERS.solution
            ),
        );
    }
    if state.unlinked_only && counts.all > 0 {
        return (
            "Everybody is linked".to_owned(),
            format!(
                "All {} are linked to users already.",
                grouped(number(counts.all))
            ),
        );
    }
    (
        format!("No active {many} yet"),
        format!(
            "They appear here once they have been read. {}",
            troubleshooting::MISSING_USERS.solution
        ),
    )
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
