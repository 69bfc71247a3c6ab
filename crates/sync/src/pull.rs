//! Pull: the one way records enter (rule P1), whatever woke it: wizard, button, schedule, webhook, retry.
//!
//! # What a part of a run does
//!
//! A run has one part per stream, read in a fixed order: companies before contacts before tickets (rule P8). A part
//! asks the vendor for pages and stores each page in one commit: the records that differ, the marks of what was seen,
//! the counts, what could not be read, and the cursor of the next page (rule P2), under the fence that this worker
//! still holds the lease. So there is no moment at which a page is half there, or there twice, or there without its
//! successor's address. After `kill -9` the next worker loads the part's row and goes on at the stored cursor, in the
//! stored mode; at most the page that was in flight is asked for again.
//!
//! While page *n* is stored, page *n + 1* is already asked for: the vendor's latency and the database's fsync overlap.
//! The look-ahead is exactly one page, in a task that dies with the part, so memory is two pages whatever the
//! vendor holds (rule P7).
//!
//! # Why hashes
//!
//! Most of what a vendor sends is known. A page's hashes are read with one query and only what differs is written
//! (rule P4): a full run over unchanged data costs reads, one small commit per page, and no write to record tables.
//! The hash covers the mapped fields, the mapper's version and the integration's generation, so a better mapper and
//! *Clear & Resync* (rule P14) rewrite everything without touching a row beforehand.
//!
//! # Cursor, watermark, checkpoint
//!
//! The cursor says where a part goes on; it lives in the part's row. The watermark says up to which instant of the
//! *vendor's* clock a stream is known complete; it lives in the checkpoint and moves only in the commit that finishes
//! a complete part (rule P3). A part that fails or is doubtful leaves it alone, and the next run asks again from where
//! certainty ended. Records that could not be read are set aside in their page's commit, with a job that tries them
//! again; they do not hold the watermark (rule P6). The clock that stamps records may be behind the one that dates
//! answers: how far at most, the stamps tell that came (`docs/decisions/0015-stamps-of-another-clock.md`).
//!
//! # Removal
//!
//! Absence is the weakest evidence there is, so a record is marked removed only by a part that read everything inside
//! its declared coverage, whose pages raised no doubt, whose distinct count agrees with the vendor's own total or
//! whose candidates the vendor denied one by one, and that does not trip the mass-removal guard (rules P5, P10, P11).
//! Nothing is deleted: a record that comes back is the same row.
//!
//! # What was rejected
//!
//! * A long transaction per run: locks everything out on SQLite and loses an hour's work at its last minute.
//! * Cursor and page in two commits, in either order: one order loses a page, the other repeats it for ever.
//! * `updated_at > last` with our own clock: loses what changed while clocks disagreed.
//! * Deleting what a list did not contain: one bad answer of a vendor empties a portal.
//! * Reading pages in parallel by offset: pages shift while records change, and cursors do not allow it.

mod classify;
mod contact_types;
pub(crate) mod deletions;
mod ending;
mod fetch;
mod finish;
mod main_contacts;
pub(crate) mod notes;
pub(crate) mod oddity;
mod page;
mod part;
mod records;
mod removal;
mod scope;
pub(crate) mod side_lists;
mod watermark;
mod writer;

pub(crate) use ending::{end_active_run, job_given_up, priority};
pub(crate) use part::stream;
pub(crate) use writer::store_one;
