//! *Delete data*: everything one integration brought, removed in parts (design 3). Its row, its sync log and the audit
//! log stay, and so do Portico's own companies that people or other tools belong to. A block stays too: of a company that a
//! person removed, the vendor's id is kept, so that it does not come again with the same account.

use domain::id::IntegrationId;
use domain::stream::Stream;

use crate::error::Result;
use crate::open::Store;
use crate::pages::count_shown;
use crate::tx::Tx;

/// How many records of a kind an integration brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// All of them.
    pub all: u64,
    /// Those of them that no page shows: out of scope, or removed.
    pub hidden: u64,
}

/// What an integration brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldData {
    /// Companies of the vendor, but those that a person removed and blocked.
    pub companies: Held,
    /// Contacts.
    pub contacts: Held,
    /// Technicians.
    pub technicians: Held,
    /// Tickets.
    pub tickets: Held,
    /// Comments of tickets.
    pub notes: Held,
    /// Opportunities.
    pub opportunities: Held,
}

row! {
    #[derive(Default)]
    struct Hidden {
        blocked: i64,
        blocked_hidden: i64,
        companies: i64,
        contacts: i64,
        technicians: i64,
        tickets: i64,
        notes: i64,
        opportunities: i64,
    }
}

/// Counts what *Disconnect* keeps and [`remove_batch`] would remove in the end. Large counts may be a minute old, as
/// [`count_shown`] says.
///
/// # Errors
/// As any statement.
pub async fn count_held(store: &Store, integration: IntegrationId) -> Result<HeldData> {
    let found: Option<Hidden> = read_one!(store, HIDDEN, integration.0)?;
    let found = found.unwrap_or_default();
    let held = async |stream, hidden: i64| -> Result<Held> {
        let hidden = hidden.unsigned_abs();
        let shown = count_shown(store, integration, stream).await?;
        Ok(Held {
            all: shown + hidden,
            hidden,
        })
    };
    let companies = held(Stream::Companies, found.companies).await?;
    Ok(HeldData {
        // Blocked ones are on no page and stay, so they count neither way.
        companies: Held {
            all: companies.all.saturating_sub(found.blocked.unsigned_abs()),
            hidden: companies
                .hidden
                .saturating_sub(found.blocked_hidden.unsigned_abs()),
        },
        contacts: held(Stream::Contacts, found.contacts).await?,
        technicians: held(Stream::Technicians, found.technicians).await?,
        tickets: held(Stream::Tickets, found.tickets).await?,
        notes: held(Stream::TicketNotes, found.notes).await?,
        opportunities: held(Stream::Opportunities, found.opportunities).await?,
    })
}

row! {
    /// Portico's companies that came from an integration, by what [`forget_account`] would do with them.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub struct CompaniesFromHere {
        /// Removed: nobody and no other tool belongs to them.
        pub going: i64,
        /// They stay.
        pub staying: i64,
        /// Accounts of people at those that stay.
        pub accounts: i64,
    }
}

/// Counts Portico's companies that came from an integration, before its data are deleted.
///
/// # Errors
/// As any statement.
pub async fn count_companies_from_here(
    store: &Store,
    integration: IntegrationId,
) -> Result<CompaniesFromHere> {
    let found: Option<CompaniesFromHere> = read_one!(store, COMPANIES_FROM_HERE, integration.0)?;
    Ok(found.unwrap_or_default())
}

/// Removes up to `limit` rows of each kind of record; answers how many were removed. Call it again, each time in a
/// transaction of its own, until it answers zero.
///
/// # Errors
/// As any statement.
pub async fn remove_batch(tx: &mut Tx, integration: IntegrationId, limit: i64) -> Result<u64> {
    let mut removed = 0;
    for statement in [
        NOTES,
        TICKETS,
        OPPORTUNITIES,
        CONTACTS,
        GROUP_MEMBERS,
        GROUPS,
        TECHNICIANS,
        COMPANIES,
        BLOCKED_COMPANIES,
        SET_ASIDE,
        IMPORT_LINES,
    ] {
        removed += execute!(tx, statement, integration.0, limit)?;
    }
    if removed > 0 {
        tx.tell("integration", integration.0);
    }
    Ok(removed)
}

/// Forgets what is left once the records are gone: checkpoints, reference data, open questions, whose account it was.
/// Companies that came from here and that nobody else knows are marked as removed.
///
/// # Errors
/// As any statement.
pub async fn forget_account(tx: &mut Tx, integration: IntegrationId) -> Result<()> {
    let now = tx.store().now();
    for statement in [
        CONTACT_SKIPS,
        CANDIDATES,
        QUESTIONS,
        CHECKPOINTS,
        REFERENCE_ITEMS,
        WAKE_UPS,
        REFERENCE_READ,
        ACCOUNT,
    ] {
        execute!(tx, statement, integration.0)?;
    }
    execute!(tx, LONELY_COMPANIES, integration.0, now.0)?;
    execute!(tx, PRIMARY, integration.0)?;
    tx.tell("integration", integration.0);
    Ok(())
}

/// Forgets the blocks that outlived *Delete data*: another account has come, whose ids mean other companies. A company that
/// no other tool knows is simply removed then. Answers how many there were.
///
/// # Errors
/// As any statement.
pub async fn forget_blocks(tx: &mut Tx, integration: IntegrationId) -> Result<u64> {
    execute!(tx, LAST_BLOCKS, integration.0)?;
    let forgotten = execute!(tx, BLOCKS, integration.0)?;
    tx.tell("integration", integration.0);
    Ok(forgotten)
}

/// Whether a company of a vendor is one that a person removed.
macro_rules! blocked {
    () => {
        "EXISTS (SELECT 1 FROM company c WHERE c.id = external_company.company_id AND c.removed_at IS NOT NULL AND c.removed_reason = 'blocked')"
    };
}

/// The companies of a vendor that a person removed.
macro_rules! blocked_ones {
    () => {
        "FROM company c CROSS JOIN external_company x WHERE c.removed_at IS NOT NULL AND c.removed_reason = 'blocked'
            AND x.company_id = c.id AND x.integration_id = $1"
    };
}

statements! {
    // From the companies that were removed, and from the rows that are hidden: both are few.
    HIDDEN = concat!("SELECT (SELECT COUNT(*) ", blocked_ones!(), ") AS blocked, (SELECT COUNT(*) ", blocked_ones!(), " AND x.absent <> 0) AS blocked_hidden,
            (SELECT COUNT(*) FROM external_company WHERE integration_id = $1 AND absent <> 0) AS companies,
            (SELECT COUNT(*) FROM external_contact WHERE integration_id = $1 AND absent <> 0) AS contacts,
            (SELECT COUNT(*) FROM technician WHERE integration_id = $1 AND absent <> 0) AS technicians,
            (SELECT COUNT(*) FROM ticket WHERE integration_id = $1 AND absent <> 0) AS tickets,
            (SELECT COUNT(*) FROM ticket_note WHERE integration_id = $1 AND absent <> 0) AS notes,
            (SELECT COUNT(*) FROM opportunity WHERE integration_id = $1 AND absent <> 0) AS opportunities");
    NOTES = "WITH old AS MATERIALIZED (SELECT id FROM ticket_note WHERE integration_id = $1 LIMIT $2) DELETE FROM ticket_note WHERE id IN (SELECT id FROM old)";
    TICKETS = "WITH old AS MATERIALIZED (SELECT id FROM ticket WHERE integration_id = $1 LIMIT $2) DELETE FROM ticket WHERE id IN (SELECT id FROM old)";
    OPPORTUNITIES = "WITH old AS MATERIALIZED (SELECT id FROM opportunity WHERE integration_id = $1 LIMIT $2) DELETE FROM opportunity WHERE id IN (SELECT id FROM old)";
    CONTACTS = "WITH old AS MATERIALIZED (SELECT id FROM external_contact WHERE integration_id = $1 LIMIT $2) DELETE FROM external_contact WHERE id IN (SELECT id FROM old)";
    GROUP_MEMBERS = "WITH old AS MATERIALIZED (SELECT id FROM contact_group_member WHERE integration_id = $1 LIMIT $2) DELETE FROM contact_group_member WHERE id IN (SELECT id FROM old)";
    GROUPS = "WITH old AS MATERIALIZED (SELECT id FROM contact_group WHERE integration_id = $1 LIMIT $2) DELETE FROM contact_group WHERE id IN (SELECT id FROM old)";
    TECHNICIANS = "WITH old AS MATERIALIZED (SELECT id FROM technician WHERE integration_id = $1 LIMIT $2) DELETE FROM technician WHERE id IN (SELECT id FROM old)";
    COMPANIES = concat!("WITH old AS MATERIALIZED (SELECT id FROM external_company WHERE integration_id = $1 AND NOT ", blocked!(), " LIMIT $2)
        DELETE FROM external_company WHERE id IN (SELECT id FROM old)");
    // No hash is the one of a record, so that whatever comes under this id is written.
    BLOCKED_COMPANIES = concat!("WITH old AS MATERIALIZED (SELECT id FROM external_company WHERE integration_id = $1 AND ", blocked!(), "
            AND (absent <> 1 OR content_hash <> 0 OR fields <> '{}') LIMIT $2)
        UPDATE external_company SET active = 0, type_id = NULL, status_id = NULL, phone = NULL, website = NULL, street = NULL, city = NULL, state = NULL,
            postal_code = NULL, country = NULL, parent_external_id = NULL, owner_external_id = NULL, created_at = NULL, updated_at = NULL,
            fields = '{}', content_hash = 0, absent = 1, removed_reason = 'cleared' WHERE id IN (SELECT id FROM old)");
    LAST_BLOCKS = "UPDATE company SET removed_reason = 'removed' WHERE removed_reason = 'blocked'
        AND EXISTS (SELECT 1 FROM external_company x WHERE x.company_id = company.id AND x.integration_id = $1)
        AND NOT EXISTS (SELECT 1 FROM external_company x WHERE x.company_id = company.id AND x.integration_id <> $1)";
    BLOCKS = "DELETE FROM external_company WHERE integration_id = $1";
    SET_ASIDE = "WITH old AS MATERIALIZED (SELECT id FROM set_aside WHERE integration_id = $1 LIMIT $2) DELETE FROM set_aside WHERE id IN (SELECT id FROM old)";
    IMPORT_LINES = "WITH old AS MATERIALIZED (SELECT line.import_id, line.line_number FROM import_line AS line JOIN import ON import.id = line.import_id WHERE import.integration_id = $1 LIMIT $2)
        DELETE FROM import_line WHERE (import_id, line_number) IN (SELECT import_id, line_number FROM old)";
    CONTACT_SKIPS = "DELETE FROM contact_skip WHERE integration_id = $1";
    CANDIDATES = "DELETE FROM removal_candidate WHERE question_id IN (SELECT id FROM removal_question WHERE integration_id = $1)";
    QUESTIONS = "DELETE FROM removal_question WHERE integration_id = $1";
    CHECKPOINTS = "DELETE FROM checkpoint WHERE integration_id = $1";
    REFERENCE_ITEMS = "DELETE FROM reference_item WHERE integration_id = $1";
    WAKE_UPS = "DELETE FROM wake_up WHERE integration_id = $1";
    REFERENCE_READ = "DELETE FROM reference_read WHERE integration_id = $1";
    ACCOUNT = "UPDATE integration SET account = '', web_url = NULL, connected_at = NULL, reference_data_at = NULL, last_success_at = NULL WHERE id = $1";
    LONELY_COMPANIES = "UPDATE company SET removed_at = $2, removed_reason = 'cleared' WHERE primary_integration_id = $1 AND removed_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM external_company WHERE external_company.company_id = company.id)
        AND NOT EXISTS (SELECT 1 FROM company_membership WHERE company_membership.company_id = company.id)";
    COMPANIES_FROM_HERE = "WITH own AS MATERIALIZED (SELECT c.id AS id,
                EXISTS (SELECT 1 FROM company_membership m WHERE m.company_id = c.id)
                    OR EXISTS (SELECT 1 FROM external_company x WHERE x.company_id = c.id AND x.integration_id <> $1) AS kept
            FROM company c WHERE c.primary_integration_id = $1 AND c.removed_at IS NULL)
        SELECT (SELECT COUNT(*) FROM own WHERE NOT kept) AS going, (SELECT COUNT(*) FROM own WHERE kept) AS staying,
            (SELECT COUNT(DISTINCT m.identity_id) FROM company_membership m JOIN own ON own.id = m.company_id) AS accounts";
    PRIMARY = "UPDATE company SET primary_integration_id = NULL WHERE primary_integration_id = $1";
}
