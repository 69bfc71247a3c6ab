//! `GET /contacts/accounts`: people at clients who have a portal account, all of them or those of a role or a company;
//! and what the pages of a contact, a company and a user show of them.

use axum::extract::State;
use domain::contact_import::ContactSkip;
use domain::id::PublicId;
use domain::stream::Stream;
use domain::viewer::Viewer;
use store::accounts::{Account, AccountsOf, find_of_contact, find_skip, list_for_viewer};
use store::contacts::Contact;
use store::integrations::{Integration, find_integration};
use store::roles::find_role_by_uuid;

use super::accounts_page::{AccountPart, AccountRow, AccountsPage};
use super::list::named;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::companies::name_of;
use crate::web::error::{Answer, Failure};
use crate::web::page::page;
use crate::web::settings::users::status_badge;
use crate::web::view::list::{PAGE_ROWS, address, count_text};
use crate::web::view::{Pager, Query, Section, Shell};

/// Accounts shown on a company's page.
const LINES: u32 = 10;

/// The list.
///
/// # Errors
/// When the database does not answer.
pub async fn accounts(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let company: Option<PublicId> = query.text("company").parse().ok();
    let role: Option<PublicId> = query.text("role").parse().ok();
    let only = match (&company, &role) {
        (Some(id), _) => name_of(&app, staff.viewer(), Some(id)).await?,
        (None, Some(id)) => find_role_by_uuid(app.store(), id)
            .await?
            .map_or_else(|| "a role that is not here".to_owned(), |role| role.name),
        (None, None) => String::new(),
    };
    let of = match (company.clone(), role.clone()) {
        (Some(id), _) => AccountsOf::Company(id),
        (None, Some(id)) => AccountsOf::Role(id),
        (None, None) => AccountsOf::All,
    };
    let search = query.some("search");
    let (store, viewer, from) = (app.store(), staff.viewer(), query.page());
    let found = list_for_viewer(
        store,
        viewer,
        &of,
        search.as_deref(),
        from.as_ref(),
        PAGE_ROWS,
    )
    .await?;
    let shell = staff.shell(Section::Contacts);
    let [company, role] = [company, role].map(|id| id.map(|id| id.to_string()).unwrap_or_default());
    let words = search.clone().unwrap_or_default();
    let to = |page: &str| {
        let asked = [
            ("search", words.as_str()),
            ("company", &company),
            ("role", &role),
            ("page", page),
        ];
        address("/contacts/accounts", &asked)
    };
    page(&AccountsPage {
        pager: Pager::new(
            count_text(found.count, "account", "accounts"),
            found.previous.as_ref(),
            found.next.as_ref(),
            to,
            String::new(),
        )
        .cut(found.count, "accounts"),
        filtered: search.is_some() || !only.is_empty(),
        rows: found
            .rows
            .into_iter()
            .map(|one| to_row(&shell, one))
            .collect(),
        search: search.unwrap_or_default(),
        company,
        role,
        only,
        shell,
    })
}

/// The first accounts at a company, and how many there are.
///
/// # Errors
/// When the database does not answer.
pub async fn of_company(
    app: &App,
    shell: &Shell,
    viewer: &Viewer,
    company: &PublicId,
) -> Result<(Vec<AccountRow>, String), Failure> {
    let of = AccountsOf::Company(company.clone());
    let found = list_for_viewer(app.store(), viewer, &of, None, None, LINES).await?;
    let count = count_text(found.count, "account", "accounts");
    let rows = found.rows.into_iter().map(|one| to_row(shell, one));
    Ok((rows.collect(), count))
}

/// The accounts somebody has at clients.
///
/// # Errors
/// When the database does not answer.
pub async fn of_person(
    app: &App,
    shell: &Shell,
    viewer: &Viewer,
    person: &PublicId,
) -> Result<Vec<AccountRow>, Failure> {
    let of = AccountsOf::Person(person.clone());
    let found = list_for_viewer(app.store(), viewer, &of, None, None, PAGE_ROWS).await?;
    Ok(found
        .rows
        .into_iter()
        .map(|one| to_row(shell, one))
        .collect())
}

/// What a contact's page says of an account; `None` where there cannot be one.
///
/// # Errors
/// When the database does not answer.
pub async fn of_contact(
    app: &App,
    shell: &Shell,
    viewer: &Viewer,
    contact: &Contact,
) -> Result<Option<AccountPart>, Failure> {
    let Some(company) = &contact.row.company_uuid else {
        return Ok(None);
    };
    let (store, row) = (app.store(), &contact.row);
    if let Some(account) = find_of_contact(store, viewer, &row.uuid).await? {
        let by_other = account.contact.as_ref() != Some(&row.uuid);
        return Ok(Some(AccountPart {
            others: format!("/contacts/accounts?company={company}"),
            by_other,
            account: Some(to_row(shell, account)),
            none: String::new(),
        }));
    }
    let found = find_integration(store, row.integration).await?;
    let skip = find_skip(store, row.integration, &row.external_id).await?;
    Ok(Some(AccountPart {
        account: None,
        by_other: false,
        others: format!("/contacts/accounts?company={company}"),
        none: found.map_or_else(String::new, |found| no_account(&found, row.active, skip)),
    }))
}

/// Why a contact has no account, and whether it gets one.
fn no_account(integration: &Integration, active: bool, skip: Option<ContactSkip>) -> String {
    let (name, settings) = (&integration.name, &integration.settings);
    if !integration.has_credentials() {
        return format!(
            "{name} is not connected, so Auto-Import makes none of its contacts a user."
        );
    }
    if !settings.auto_import {
        return format!("Auto-Import of {name} is off, so its contacts stay contacts.");
    }
    if !active {
        return format!("Inactive in {name}: Auto-Import takes active contacts only.");
    }
    if let Some(reason) = skip {
        return reason.sentence().to_owned();
    }
    let waits = if !integration.is_armed() {
        "which begins when step 2 of the setup is left"
    } else if !settings.reads(Stream::Contacts) {
        "but Sync Users is off, so none brings contacts now"
    } else if integration.refused_since.is_some() {
        "which waits until the credentials are accepted again"
    } else if !settings.auto_sync {
        "which somebody has to start with Resync, since auto-sync is off"
    } else {
        return "Auto-Import makes one with the next sync.".to_owned();
    };
    format!("Auto-Import makes one with the next sync of {name}, {waits}.")
}

fn to_row(shell: &Shell, account: Account) -> AccountRow {
    AccountRow {
        href: account
            .contact
            .map(|contact| format!("/contacts/{contact}"))
            .unwrap_or_default(),
        name: named(account.name),
        email: account.email,
        company_href: format!("/companies/{}", account.company),
        company: named(account.company_name),
        role_href: if shell.rights.read_roles {
            format!("/settings/roles/{}", account.role)
        } else {
            String::new()
        },
        role: account.role_name,
        status: status_badge(account.status),
        source: account.integration.unwrap_or_default(),
        since: shell.time(account.created_at),
        last_sign_in: shell.maybe_time(account.last_sign_in_at),
        staff: account.is_staff,
        staff_href: if account.is_staff && shell.rights.read_users {
            format!("/settings/users/{}", account.person)
        } else {
            String::new()
        },
    }
}
