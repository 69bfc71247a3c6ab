//! Asking for pages: one at a time, one ahead, in a task that ends with the part (rule P7).

use std::sync::Arc;

use connectors::page::{Beside, Cursor, Page, PageRequest, PermissionFinding, Unreadable};
use connectors::{Connector, Error, ErrorKind};
use domain::clock::UtcMillis;
use domain::scope::Scope;
use domain::stream::{PullMode, Stream};
use tokio::task::JoinSet;

use super::records::Prepared;
use super::side_lists;

/// What a part asks for, page after page.
#[derive(Clone)]
pub(super) struct Question {
    pub connector: Arc<dyn Connector>,
    pub stream: Stream,
    pub mode: PullMode,
    pub scope: Arc<Scope>,
    pub page_size: u32,
}

/// A page, hashed and ready to be stored.
#[derive(Debug)]
pub(super) struct Fetched {
    pub records: Prepared,
    pub unreadable: Vec<Unreadable>,
    pub repeated: i64,
    pub next: Option<Cursor>,
    pub vendor_time: Option<UtcMillis>,
    /// When each record last changed, by the vendor's stamps.
    pub changes: Vec<UtcMillis>,
    pub oddity: Option<String>,
    pub findings: Vec<PermissionFinding>,
    pub beside: Vec<Beside>,
}

impl Fetched {
    /// Looks at each record of a page.
    pub(super) fn of(page: Page, mapper_version: u32, generation: i64) -> Self {
        let changes = page.batch.changes();
        let (records, repeats) = Prepared::from(page.batch, mapper_version, generation);
        Self {
            records: records.without(side_lists::unread(&page.beside)),
            unreadable: page.unreadable,
            repeated: i64::from(page.repeated) + repeats,
            next: page.next,
            vendor_time: page.vendor_time,
            changes,
            oddity: page.oddity,
            findings: page.findings,
            beside: page.beside,
        }
    }
}

/// A page that is on its way. Dropping it abandons the request.
pub(super) struct OnItsWay(JoinSet<connectors::Result<Page>>);

impl OnItsWay {
    /// Asks for the page at a cursor. Decoding happens in the task too, beside the storing of the page before.
    pub(super) fn ask(question: &Question, cursor: Option<Cursor>) -> Self {
        let question = question.clone();
        let mut task = JoinSet::new();
        task.spawn(async move { question.page(cursor.as_ref()).await });
        Self(task)
    }

    /// Waits for the page.
    pub(super) async fn page(mut self) -> connectors::Result<Page> {
        match self.0.join_next().await {
            Some(Ok(page)) => page,
            Some(Err(error)) => Err(broke_off(&error.to_string())),
            None => Err(broke_off("no page was asked for")),
        }
    }
}

fn broke_off(why: &str) -> Error {
    Error::new(
        ErrorKind::Unexpected,
        "read a page",
        format!("reading the page broke off: {why}"),
    )
}

impl Question {
    async fn page(&self, cursor: Option<&Cursor>) -> connectors::Result<Page> {
        let page = self
            .connector
            .list_page(PageRequest {
                stream: self.stream,
                mode: self.mode,
                cursor,
                scope: &self.scope,
                page_size: self.page_size,
            })
            .await?;
        if page.next.is_some() && page.next.as_ref() == cursor {
            return Err(Error::new(
                ErrorKind::Unexpected,
                "read a page",
                "the vendor answered without getting any further",
            ));
        }
        Ok(page)
    }
}
