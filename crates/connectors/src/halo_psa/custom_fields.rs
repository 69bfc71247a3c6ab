//! Custom fields of tickets and opportunities: rows of lists have those that are asked for by their ids, and no others. So
//! their ids are read first, once an hour. Where that cannot be done, what is stored of them stays.

use std::sync::Arc;

use domain::clock::UtcMillis;
use domain::side_list::SideList;
use domain::stream::Stream;
use serde_json::value::RawValue;

use super::client::Client;
use super::reference::readable;
use super::wire::HaloField;
use crate::error::{Error, ErrorKind, Result};
use crate::http::exchange::{Api as _, Call};
use crate::page::Beside;
use crate::probe::Area;
use crate::value::Whole;

/// The longest their ids may be in an address: web servers take 2,048 characters, and the rest of a question needs up to
/// 800, forty teams among them.
const LONGEST: usize = 1_200;

/// What stands between ids, as it is sent.
const COMMA: &str = "%2C";

/// How long their list is good.
const KEPT: i64 = UtcMillis::HOUR;

/// What the names of fields that the tenant made begin with.
const OWN: &str = "CF";

/// The right to their list. Which one it is Halo does not say.
pub(super) const FIELDS: Area = Area::new(
    "FieldInfo",
    "Custom fields",
    "Configuration > Integrations > Halo API > the application > Permissions, and the role of the API agent — the list of \
     fields (without it, new tickets and opportunities have no custom fields, and those of others stay as they are)",
    false,
);

/// What a connector was told of them.
#[derive(Debug, Clone, Default)]
pub(super) struct OwnFields {
    /// Their ids with commas between them; `None` where their list was not read.
    ids: Option<Arc<String>>,
    /// Whether it was refused.
    refused: bool,
}

impl Client {
    /// The ids of custom fields to ask for with the records of a stream, with commas between them, and what their list
    /// showed. Empty where there are none, where it was not read, and for streams whose rows have them unasked. One that
    /// cannot be read is asked for again by the next connector.
    ///
    /// # Errors
    /// `AuthFailed` and `RateLimited`; anything else is no error of the records.
    pub(super) async fn custom_fields(
        &self,
        stream: Stream,
    ) -> Result<(Arc<String>, Option<Beside>)> {
        if !matches!(stream, Stream::Tickets | Stream::Opportunities) {
            return Ok((Arc::default(), None));
        }
        let own = self.custom_fields.get_or_try_init(|| self.read_fields());
        let own = own.await?;
        let mut beside = FIELDS.beside(SideList::OwnFields, own.refused);
        beside.read = own.ids.is_some();
        Ok((own.ids.clone().unwrap_or_default(), Some(beside)))
    }

    async fn read_fields(&self) -> Result<OwnFields> {
        let now = self.sender().clock.now();
        let key = self.key("custom fields");
        let mut known: Option<Arc<String>> = self.memory.kept(&key, now.plus(-KEPT));
        if known.is_none() {
            let call = Call::get("list fields", FIELDS.entity, FIELDS.entity);
            let fields: Vec<HaloField> = match self.get::<Box<RawValue>>(call).await {
                Ok(all) => readable("list custom fields", &all).unwrap_or_default(),
                Err(error) if is_trouble(&error) => return Ok(OwnFields::default()),
                Err(error) => {
                    let refused = FIELDS.is_refusal(error)?;
                    return Ok(OwnFields { ids: None, refused });
                }
            };
            // What the agent may not see is often not refused, and built-in ones are in the list as well.
            if !fields.is_empty() {
                let ids = Arc::new(ids(&fields));
                self.memory.keep(key, now, Arc::clone(&ids));
                known = Some(ids);
            }
        }
        Ok(OwnFields {
            ids: known,
            refused: false,
        })
    }
}

/// Whether a failure says something about the vendor and nothing about a right.
pub(super) fn is_trouble(error: &Error) -> bool {
    matches!(
        error.kind,
        ErrorKind::Unavailable | ErrorKind::Unexpected | ErrorKind::Conflict
    )
}

/// The ids of those the tenant made, whatever they are for: which number stands for tickets is not documented, and one too
/// many does no harm.
fn ids(fields: &[HaloField]) -> String {
    let own = fields.iter().filter(|field| {
        let named = field
            .name
            .as_ref()
            .is_some_and(|name| name.starts_with(OWN));
        named || field.custom.is_some_and(|Whole(custom)| custom > 0)
    });
    let mut length = 0;
    let ids = own.map(|field| field.id.to_string()).take_while(|id| {
        length += id.len() + COMMA.len();
        length <= LONGEST
    });
    ids.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use domain::scope::Scope;
    use domain::stream::PullMode;
    use url::Url;

    use super::*;
    use crate::halo_psa::query::{acted, list, with_custom_fields};
    use crate::overlap::Numbered;

    #[test]
    fn only_fields_of_the_tenants_own_are_asked_for() {
        let fields = |text: &str| -> Vec<HaloField> { serde_json::from_str(text).expect("fields") };
        let some = r#"[{"id":4,"name":"Summary","custom":0},{"id":137,"name":"CFSerial"},
            {"id":"141","name":"CFRoom","custom":1},{"id":150.0,"name":"Seats","custom":1},{"id":9}]"#;
        assert_eq!(ids(&fields(some)), "137,141,150");
        assert_eq!(ids(&[]), "");
    }

    #[test]
    fn the_longest_question_fits_into_an_address() {
        const HOST: &str = "https://a-long-name-of-a-host.halopsa.com/api/Tickets";
        let (teams, page) = (1_000_001..=1_000_040, Numbered { page: 1, size: 100 });
        let scope = Scope {
            queues: teams.map(|team: i64| team.to_string()).collect(),
            ..Scope::default()
        };
        let now = UtcMillis(1_893_456_000_000);
        let full = PullMode::Full { floor: Some(now) };
        for first in [100, 1_000, 1_000_000] {
            let many = (first..first + 500).map(|id| HaloField {
                id,
                name: None,
                custom: Some(Whole(1)),
            });
            let ids = ids(&many.collect::<Vec<_>>());
            assert!(ids.split(',').count() > 100, "{ids}");
            for call in [
                list(Stream::Tickets, full, &scope, page),
                acted(now, now, page),
            ] {
                let call = with_custom_fields(call, &ids);
                let mut url = Url::parse(HOST).expect("an address");
                url.query_pairs_mut().extend_pairs(&call.query);
                assert!(url.as_str().len() <= 2_048, "{url}");
                assert!(url.as_str().contains(COMMA), "{url}");
            }
        }
    }
}
