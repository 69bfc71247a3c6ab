//! From the store to the list of people.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::clock::UtcMillis;
use domain::email::{email_address, email_key};
use domain::imports::ImportKind;
use domain::stream::Stream;
use domain::text::{has_visible, name_key};
use store::checkpoints::find_checkpoint;
use store::identities::MembershipStatus;
use store::listing::Count;
use store::staff::{StaffQuery, list_staff_page};
use store::technicians::{
    ImportCounts, ImportQuery, ImportRow, count_importable, list_found, list_importable,
    list_sharing_address, list_some_importable,
};
use sync::import_users::SEVERAL_RECORDS;
use sync::quick_match::{self, Match, Matches};
use sync::users::{Client, contacts_with};

use super::picker::{LinkPerson, PickRow, PickState, Picker};
use super::state::PickerState;
use super::troubleshooting;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Failure;
use crate::web::settings::imports::Source;
use crate::web::settings::imports::list_frame::{Carried, Everyone, ListFrame, Page, Tick};
use crate::web::settings::imports::list_state::{ListState, View};
use crate::web::settings::imports::list_sync::Listed;
use crate::web::settings::imports::quick_match::QuickMatch;
use crate::web::settings::users::role_choices;
use crate::web::view::list::{PAGE_ROWS, count_text};
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

/// What is said of a user who was proposed on another view, at a row that is still ticked.
const KEPT: &str = "Selected before: the record is linked to this user.";

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
    let asked = &state.list;
    let counts = count_importable(store, integration, asked.searched()).await?;
    let query = ImportQuery {
        integration,
        search: asked.searched().map(str::to_owned),
        unlinked_only: asked.unlinked_only,
        page: asked.page.clone(),
        limit: PAGE_ROWS,
    };
    let mut quick = None;
    let mut matches = Default::default();
    let found = match asked.view {
        View::All => list_importable(store, &query).await?,
        View::Quick => {
            let found: Arc<Matches> = quick_match::people(app.engine(), integration).await?;
            let words = ("person", "people");
            quick = Some(QuickMatch::of(
                found.of_search(asked.searched()),
                words,
                "Link User",
            ));
            matches = found;
            list_some_importable(store, &query, matches.listed()).await?
        }
        View::Selected => {
            let chosen: Vec<i64> = state.chosen().into_iter().collect();
            let only = list_found(store, integration, &chosen).await?;
            list_some_importable(store, &query, &only).await?
        }
    };
    let checkpoint = find_checkpoint(store, integration, Stream::Technicians).await?;
    let read_at = checkpoint.and_then(|checkpoint| checkpoint.last_completed_at);
    let shell = staff.shell(Section::Settings);
    let clients = clients(app, &found.rows).await?;
    let sharing = list_sharing_address(store, integration).await?;
    let sharing: BTreeSet<i64> = sharing.into_iter().map(|one| one.0).collect();
    let rows = found.rows.into_iter().map(|row| {
        let about = About {
            found: matches.get(row.id),
            client: clients.get(&row.id),
            shares: sharing.contains(&row.id),
        };
        to_row(&shell, row, state, read_at, about)
    });
    let rows = tell_apart(rows.collect(), state);
    let words = source.provider.words;
    let (one_lower, many_lower) = (
        words.technician.to_lowercase(),
        words.technicians.to_lowercase(),
    );
    let (nothing, nothing_help) = nothing(&many_lower, asked, counts);
    let (people, more_people) = people(app, "").await?;
    let ticks = rows.iter().map(|row| Tick {
        id: row.id,
        ticked: row.ticked,
        covered: row.covered,
    });
    let page = Page {
        listed: listed(source),
        kind: ImportKind::Users,
        in_setup: addresses.in_setup,
        state: asked,
        ticks: ticks.collect(),
        around: (found.previous, found.next),
        everyone: everyone(asked, counts, quick.as_ref(), &rows),
        quick,
        carried: carried(state, &rows, &matches),
    };
    let list = ListFrame {
        action: addresses.action.clone(),
        cancel: addresses.cancel.clone(),
        by: "name or e-mail",
        count: match asked.view {
            View::All => format!(
                "{}, {} unlinked",
                counted(number(counts.all), &one_lower, &many_lower),
                grouped(number(counts.unlinked))
            ),
            View::Quick | View::Selected => count_text(found.count, &one_lower, &many_lower),
        },
        nothing,
        nothing_help,
        many: many_lower,
        ..ListFrame::load(app, &shell, page).await?
    };
    Ok(Picker {
        list,
        people_address: if more_people {
            format!("/settings/users/import/{}/people", source.provider.key)
        } else {
            String::new()
        },
        provider: source.provider.name.to_owned(),
        many: words.technicians.to_owned(),
        rows,
        people,
        roles: role_choices(store, &staff.grants, &state.role, false).await?,
        role_error: String::new(),
        welcome: state.welcome,
        troubleshooting: troubleshooting::ALL,
        notes: source.provider.documentation.staff_import,
    })
}

/// Tells apart those of one name by the vendor's number. Of several with the address of one user, or proposed for one,
/// none is linked beforehand: only a person can tell which it is.
fn tell_apart(mut rows: Vec<PickRow>, state: &PickerState) -> Vec<PickRow> {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let mut users: BTreeMap<String, usize> = BTreeMap::new();
    for row in &rows {
        *names.entry(name_key(&row.name)).or_default() += 1;
        *users.entry(row.suggested.clone()).or_default() += 1;
    }
    for row in &mut rows {
        if names.get(&name_key(&row.name)) == Some(&1) {
            row.number.clear();
        }
        if row.suggested.is_empty() || users.get(&row.suggested) == Some(&1) {
            continue;
        }
        if row.link == row.suggested && state.typed_link(row.id).is_none() {
            row.link.clear();
        }
        row.proposal = could_be(&row.suggested_name);
        row.suggested.clear();
        row.covered = false;
    }
    rows
}

fn could_be(user: &str) -> String {
    format!("Several records could be {user}. Use Link User at the right one.")
}

/// What else is known of a record.
struct About<'a> {
    /// What Quick Match says.
    found: Option<&'a Match>,
    /// Who at a client has its address.
    client: Option<&'a Client>,
    /// Whether another record that is linked to nobody has its address.
    shares: bool,
}

/// Why nothing is to be done with a record unasked: the user who has its address stands for another one, or several
/// records have it. Empty: it may.
fn unclear(row: &ImportRow, shares: bool) -> String {
    match (&row.taken_by, &row.taken_as) {
        (Some(user), Some(record)) => {
            let record = if has_visible(record) {
                record.as_str()
            } else {
                "another one"
            };
            format!(
                "{} has this address and is linked to the record of {record} already. Link this record to another user, \
                 or unlink that one first.",
                user.name
            )
        }
        (Some(user), None) if shares => could_be(&user.name),
        (None, _) if shares => SEVERAL_RECORDS.to_owned(),
        _ => String::new(),
    }
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
    about: About<'_>,
) -> PickRow {
    let About {
        found,
        client,
        shares,
    } = about;
    let id = row.id;
    let unclear = unclear(&row, shares);
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
    let suggested_off = row.taken_by.as_ref().is_some_and(|user| user.deactivated);
    let elsewhere = row.taken_as.is_some();
    let taken_by = row.taken_by.map(|user| (user.email, user.name));
    let proposed = found
        .and_then(Match::target)
        .map(|target| (target.email.clone(), target.name.clone()));
    // Proposed on another view and ticked there: it stays, unless that user was linked meanwhile.
    let earlier = state.link_of(id).filter(|link| {
        let same = |email: &str| email_key(email) == email_key(link);
        let held = elsewhere && taken_by.as_ref().is_some_and(|(email, _)| same(email));
        state.typed_link(id).is_none() && !held
    });
    let now = taken_by
        .filter(|_| unclear.is_empty())
        .or_else(|| proposed.clone());
    let (unclear, kept) = match (&now, earlier) {
        (Some(_), _) => (String::new(), String::new()),
        (None, Some(_)) => (String::new(), KEPT.to_owned()),
        (None, None) => (unclear, String::new()),
    };
    let (suggested, suggested_name) = now
        .or_else(|| earlier.map(|email| (email.to_owned(), email.to_owned())))
        .unwrap_or_default();
    let linked = pick.is_linked();
    // Whose address somebody at a client has is imported once a person said that they are staff.
    let plain = unclear.is_empty() && (client.is_none() || proposed.is_some());
    let meant = pick == PickState::Ready && plain && (!state.list.is_quick() || proposed.is_some());
    let covered = state.list.everyone && meant && !state.list.except.contains(&id);
    let ticked = state.list.picks.contains(&id)
        || state.link_of(id).is_some()
        || covered
        || (state.list.tick_page && pick == PickState::Ready && plain);
    let join = client.is_some() && state.joins(id, &email);
    // Emptied by the person: somebody new is wanted, and the proposal does not come back.
    let emptied = state.suggested.contains_key(&id) && !state.links.contains_key(&id);
    let link = match state.typed_link(id) {
        Some(typed) => typed.to_owned(),
        None if emptied => String::new(),
        None => suggested.clone(),
    };
    let mut picked = PickRow {
        id,
        ticked: ticked && !linked,
        covered: meant,
        proposal: found
            .map(|found| QuickMatch::words(found, "user"))
            .filter(|_| unclear.is_empty() && kept.is_empty())
            .unwrap_or(if kept.is_empty() { unclear } else { kept }),
        typed_email: state.emails.get(&id).cloned().unwrap_or_else(|| {
            if has_email {
                String::new()
            } else {
                email.clone()
            }
        }),
        link,
        synced: Some(shell.time(read_at.map_or(row.stored_at, |at| at.max(row.stored_at)))),
        name: if has_visible(&row.name) {
            row.name
        } else {
            "(no name)".to_owned()
        },
        number: row.external_id,
        email,
        title: row.title.unwrap_or_default(),
        state: pick,
        suggested,
        suggested_name,
        suggested_off,
        ..PickRow::default()
    };
    if let Some(client) = client {
        picked.tell_client(client, join);
    }
    picked
}

/// Who of these has the address of somebody at a client: of a person with an account here, or of a contact.
async fn clients(app: &App, rows: &[ImportRow]) -> Result<BTreeMap<i64, Client>, Failure> {
    let free =
        |row: &&ImportRow| row.identity.is_none() && row.taken_by.is_none() && row.client.is_none();
    let key = |row: &ImportRow| row.email.as_deref().and_then(email_key);
    let keys: Vec<String> = rows.iter().filter(free).filter_map(key).collect();
    let contacts = contacts_with(app.store(), &keys).await?;
    let of = |row: &ImportRow| match &row.client {
        Some(person) => Some(Client {
            name: person.name.clone(),
            email: person.email.clone(),
            company: Some(person.company.clone()),
            account: true,
        }),
        None if free(&row) => {
            let key = key(row)?;
            contacts.iter().find(|one| one.email == key).cloned()
        }
        None => None,
    };
    Ok(rows
        .iter()
        .filter_map(|row| Some((row.id, of(row)?)))
        .collect())
}

/// Choices about people who are not on this page.
fn carried(state: &PickerState, rows: &[PickRow], matches: &Matches) -> Vec<Carried> {
    // In Quick Match, Select all means only those with a proposal.
    let by_all =
        |id: &i64| state.list.everyone && (!state.list.is_quick() || matches.target(*id).is_some());
    let away = |id: &i64| rows.iter().all(|row| row.id != *id);
    let mut carried = Vec::new();
    for id in state.chosen().iter().filter(|id| away(id)) {
        let special = state.emails.contains_key(id) || state.link_of(*id).is_some();
        // Who is among everybody is not counted twice.
        if !by_all(id) || special {
            carried.push(Carried::pick(*id, true));
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
    state: &ListState,
    counts: ImportCounts,
    quick: Option<&QuickMatch>,
    rows: &[PickRow],
) -> Option<Everyone> {
    if let Some(quick) = quick {
        return Everyone::proposed(quick.links, "user", state);
    }
    let count = counts.unlinked.saturating_sub(counts.without_email);
    let ready = |row: &&PickRow| row.state == PickState::Ready;
    let here = rows.iter().filter(ready).count() as u64;
    if count <= here {
        return None;
    }
    let (is, are) = if state.search.is_empty() {
        ("is unlinked", "are unlinked")
    } else {
        ("is unlinked and matches", "are unlinked and match")
    };
    Some(Everyone {
        count,
        label: Everyone::label(count, is, are),
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

fn nothing(many: &str, state: &ListState, counts: ImportCounts) -> (String, String) {
    if state.view == View::Selected {
        return (
            "Nobody is selected".to_owned(),
            "Show the whole list and tick whom to import.".to_owned(),
        );
    }
    if state.is_quick() && state.search.is_empty() {
        return (
            "Quick Match has nothing to propose".to_owned(),
            format!(
                "No unlinked one of the {many} has the address of a user who is not linked yet, or the name of one with the same e-mail domain. Show the whole list: select there who is to become a new user, and use Link User for one you know by another name."
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
