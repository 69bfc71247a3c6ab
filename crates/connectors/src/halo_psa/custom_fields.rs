//! Custom fields of tickets and opportunities: rows of lists have those that are asked for by their ids, and no others. So
//! their ids are read first, once an hour.

use std::sync::Arc;

use domain::clock::UtcMillis;
use domain::stream::Stream;
use serde_json::value::RawValue;

use super::client::Client;
use super::reference::readable;
use super::wire::HaloField;
use crate::error::{ErrorKind, Result};
use crate::http::exchange::{Api as _, Call};
use crate::value::Whole;

/// Most fields asked for: with more the address would be too long for web servers, which take 2,048 characters.
const MOST: usize = 200;

/// How long their list is good.
const KEPT: i64 = UtcMillis::HOUR;

/// What the names of fields that the tenant made begin with.
const OWN: &str = "CF";

impl Client {
    /// The ids of custom fields to ask for with the records of a stream, with commas between them. Empty where there are
    /// none, where the agent may not see them, and for streams whose rows have them unasked.
    ///
    /// # Errors
    /// As any request. A missing right is none.
    pub(super) async fn custom_fields(&self, stream: Stream) -> Result<Arc<String>> {
        match stream {
            Stream::Tickets | Stream::Opportunities => {
                let ids = self.custom_fields.get_or_try_init(|| self.read_fields());
                ids.await.map(Arc::clone)
            }
            _ => Ok(Arc::default()),
        }
    }

    async fn read_fields(&self) -> Result<Arc<String>> {
        let now = self.sender().clock.now();
        let key = self.key("custom fields");
        if let Some(known) = self.memory.kept(&key, now.plus(-KEPT)) {
            return Ok(known);
        }
        let call = Call::get("list fields", "FieldInfo", "FieldInfo");
        let fields: Vec<HaloField> = match self.get::<Box<RawValue>>(call).await {
            Ok(all) => readable(&all),
            // Records come without them, as they do where there are none.
            Err(error)
                if matches!(
                    error.kind,
                    ErrorKind::PermissionDenied | ErrorKind::NotFound | ErrorKind::Invalid
                ) =>
            {
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        let ids = Arc::new(ids(&fields));
        self.memory.keep(key, now, Arc::clone(&ids));
        Ok(ids)
    }
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
    let ids: Vec<String> = own.take(MOST).map(|field| field.id.to_string()).collect();
    ids.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fields_of_the_tenants_own_are_asked_for() {
        let fields = |text: &str| -> Vec<HaloField> { serde_json::from_str(text).expect("fields") };
        let some = r#"[{"id":4,"name":"Summary","custom":0},{"id":137,"name":"CFSerial"},
            {"id":"141","name":"CFRoom","custom":1},{"id":150.0,"name":"Seats","custom":1},{"id":9}]"#;
        assert_eq!(ids(&fields(some)), "137,141,150");
        assert_eq!(ids(&[]), "");
        let many = (1..=500).map(|id| serde_json::json!({"id": id, "custom": 1}));
        let many = fields(&serde_json::Value::from_iter(many).to_string());
        assert_eq!(ids(&many).split(',').count(), MOST);
    }
}
