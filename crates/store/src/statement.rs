//! The registry of SQL texts.
//!
//! sqlx's checked macros can check against one engine only, and would compile both drivers a second time. Instead
//! every statement is a constant made by the macro `statements!`, and this file lists the modules that have some. One
//! test prepares each statement on a migrated SQLite and a migrated PostgreSQL and compares the number of parameters
//! and the names of the columns, which finds wrong tables, columns and types before anything runs. Another test reads
//! the sources and finds a module that is missing here.
//!
//! What both engines share: `$n` placeholders, `ON CONFLICT`, `RETURNING`, row values, partial indexes, `BIGINT` and
//! `TEXT`. Sums are cast to `BIGINT`, nullable parameters are cast where nothing else tells their type, and there is
//! no `ILIKE`, `GLOB` or `NOCASE`. Functions with one text per engine are few: bulk upsert, job claim, notify, text
//! search, and the questions about the engine itself.
//!
//! Rejected: a text per engine throughout (written twice, tested half), an ORM (its keyset pages do not seek), and
//! `sqlx::Any` (it cannot read what SQLite calls BOOLEAN, nor write `$n` for PostgreSQL).

use crate::db::Engine;

/// One SQL text.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// Module and constant.
    pub name: &'static str,
    /// The text.
    pub sql: &'static str,
    /// The engines it is for.
    pub engines: &'static [Engine],
}

/// Every statement of the crate.
#[must_use]
pub fn all() -> Vec<&'static Statement> {
    let lists: &[&'static [Statement]] = &[
        crate::migrate::STATEMENTS,
        crate::checkpoints::STATEMENTS,
        crate::integration_data::STATEMENTS,
        crate::integrations::STATEMENTS,
        crate::jobs::STATEMENTS,
        crate::jobs::claim::STATEMENTS,
        crate::jobs::listing::STATEMENTS,
        crate::jobs::queue::STATEMENTS,
        crate::jobs::settle::STATEMENTS,
        crate::nodes::STATEMENTS,
        crate::open::STATEMENTS,
        crate::pages::absence::STATEMENTS,
        crate::pages::coverage::STATEMENTS,
        crate::pages::labels::STATEMENTS,
        crate::pages::namesakes::STATEMENTS,
        crate::pages::parts::STATEMENTS,
        crate::pages::scope::STATEMENTS,
        crate::pages::seen::STATEMENTS,
        crate::permits::STATEMENTS,
        crate::reference_items::STATEMENTS,
        crate::reference_pages::STATEMENTS,
        crate::reference_reads::STATEMENTS,
        crate::removal_questions::STATEMENTS,
        crate::runs::STATEMENTS,
        crate::runs::streams::STATEMENTS,
        crate::runs::wake_ups::STATEMENTS,
        crate::runs::windows::STATEMENTS,
        crate::secrets::STATEMENTS,
        crate::set_aside::STATEMENTS,
        crate::tx::STATEMENTS,
        crate::account_links::STATEMENTS,
        crate::accounts::STATEMENTS,
        crate::api_keys::STATEMENTS,
        crate::audit::STATEMENTS,
        crate::client_contacts::STATEMENTS,
        crate::identities::STATEMENTS,
        crate::identities::memberships::STATEMENTS,
        crate::installation_settings::STATEMENTS,
        crate::outbox::STATEMENTS,
        crate::passkeys::STATEMENTS,
        crate::roles::STATEMENTS,
        crate::sessions::STATEMENTS,
        crate::sign_in_attempts::STATEMENTS,
        crate::staff::STATEMENTS,
        crate::two_factor::STATEMENTS,
        crate::vacuum::STATEMENTS,
        crate::whose::STATEMENTS,
        crate::backup::STATEMENTS,
        crate::doctor::STATEMENTS,
        crate::housekeeping::STATEMENTS,
        crate::row_id::STATEMENTS,
        crate::text_search::STATEMENTS,
        crate::tickets::row::STATEMENTS,
        crate::tickets::search::STATEMENTS,
        crate::viewer_companies::STATEMENTS,
        crate::companies::company::STATEMENTS,
        crate::companies::contact_counts::STATEMENTS,
        crate::companies::few::STATEMENTS,
        crate::companies::list::STATEMENTS,
        crate::company_adoption::STATEMENTS,
        crate::company_import::STATEMENTS,
        crate::company_import::link::STATEMENTS,
        crate::company_removal::STATEMENTS,
        crate::quick_match::STATEMENTS,
        crate::contact_import::STATEMENTS,
        crate::email_keys::STATEMENTS,
        crate::findings::STATEMENTS,
        crate::imports::STATEMENTS,
        crate::technicians::STATEMENTS,
        crate::technicians::import::STATEMENTS,
        crate::contacts::contact::STATEMENTS,
        crate::contacts::groups::STATEMENTS,
        crate::contacts::list::STATEMENTS,
        crate::contacts::people::STATEMENTS,
        crate::opportunities::list::STATEMENTS,
        crate::opportunities::opportunity::STATEMENTS,
        crate::tickets::notes::STATEMENTS,
        crate::tickets::ticket::STATEMENTS,
    ];
    let composed = [
        crate::pages::sql::statements(),
        crate::tickets::filter::statements(),
        crate::contacts::list::statements(),
        crate::opportunities::list::statements(),
        crate::companies::list::statements(),
    ];
    lists
        .iter()
        .copied()
        .flatten()
        .chain(composed.into_iter().flatten().copied())
        .collect()
}
