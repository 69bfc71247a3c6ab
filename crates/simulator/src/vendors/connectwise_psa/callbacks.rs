//! Telling subscribers: which registrations an event concerns, the message, its signature.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::ConnectWisePsa;
use super::edit::{flag, linked, number, text};
use super::made::guid;
use super::refusal::Refusal;
use super::route::USUAL_CODEBASE;
use crate::courier::Message;
use crate::exchange::{Answer, Call};
use crate::records::base::Base;
use crate::records::filter::{Expr, Plain};
use crate::state::Record;

/// What happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is new.
    Added,
    /// Fields changed.
    Updated,
    /// It is gone.
    Deleted,
}

/// Something that subscribers may want to know.
pub struct Event {
    /// Position of the kind.
    pub kind: usize,
    /// The record.
    pub id: i64,
    /// What happened.
    pub action: Action,
    /// The record as it is now, or was.
    pub facts: Record,
    /// Identifier of the member that did it.
    pub member: String,
}

/// The value of `x-content-signature` for a body, as an independent check of a receiver's code.
pub fn callback_signature(signing_key: &str, body: &[u8]) -> String {
    let key = Sha256::digest(signing_key.as_bytes());
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else {
        return String::new();
    };
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The callback type of a kind.
fn type_of(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "service/tickets" | "project/tickets" => "ticket",
        "company/companies" => "company",
        "company/contacts" => "contact",
        "sales/opportunities" => "opportunity",
        "system/members" => "member",
        "time/entries" => "time",
        "finance/agreements" => "agreement",
        _ => return None,
    })
}

/// The signing key behind the id of a registration.
fn signing_key(id: &str) -> String {
    let digest = Sha256::digest(id.as_bytes());
    STANDARD.encode(&digest[..24])
}

/// Fields that messages leave out.
const NOT_SENT: [&str; 4] = [
    "customFields",
    "communicationItems",
    "types",
    "integratorTags",
];

impl ConnectWisePsa {
    /// Hands an event to the registrations it concerns.
    pub(super) fn publish(&self, base: Base<'_>, event: &Event, now_ms: i64) {
        let key = base.schema(event.kind).about.key;
        let Some(kind) = type_of(key) else { return };
        let Some(callbacks) = base.catalogue.find("system/callbacks") else {
            return;
        };
        let schema = base.schema(callbacks);
        for id in base.ids(callbacks, &Expr::all(), &Plain) {
            let Some(row) = base.find(callbacks, id) else {
                continue;
            };
            let registration = row.to_record(schema);
            if self.wants(&registration, kind, event) {
                let message = self.message(base, &registration, kind, event, now_ms);
                self.courier.add(id, message, now_ms);
            }
        }
    }

    fn wants(&self, registration: &Record, kind: &str, event: &Event) -> bool {
        let own = event.member == self.api_member()
            && number(registration, "memberId") == Some(self.api_member_id());
        if flag(registration, "inactiveFlag") || (flag(registration, "isSelfSuppressedFlag") && own)
        {
            return false;
        }
        if !text(registration, "type").eq_ignore_ascii_case(kind) {
            return false;
        }
        let level = text(registration, "level").to_lowercase();
        let object = number(registration, "objectId").unwrap_or(0);
        let facts = &event.facts;
        let has_type = || {
            let types = facts.get("types").and_then(Value::as_array);
            let types = types.into_iter().flatten();
            types.into_iter().any(|t| t["id"] == object)
        };
        match level.as_str() {
            "owner" => true,
            level if level == kind => event.id == object,
            "type" => has_type() || linked(facts, "type") == Some(object),
            "statusid" => linked(facts, "status") == Some(object),
            "securityrole" => linked(facts, "securityRole") == Some(object),
            "location" => linked(facts, "defaultLocation") == Some(object),
            level => linked(facts, level) == Some(object),
        }
    }

    fn message(
        &self,
        base: Base<'_>,
        registration: &Record,
        kind: &str,
        event: &Event,
        now_ms: i64,
    ) -> Message {
        let row = base
            .find(event.kind, event.id)
            .filter(|_| event.action != Action::Deleted);
        let entity = row.map(|row| {
            let mut entity = self.tree(base, event.kind, &row);
            for name in NOT_SENT {
                if let Some(entity) = entity.as_object_mut() {
                    entity.remove(name);
                }
            }
            entity.to_string()
        });
        let key_id = text(registration, "connectWiseID");
        let company = self.access.company();
        let action = match event.action {
            Action::Added => "added",
            Action::Updated => "updated",
            Action::Deleted => "deleted",
        };
        let body = json!({
            "Action": action,
            "CallbackObjectRecId": number(registration, "id"),
            "CompanyId": company,
            "Entity": entity,
            "FromUrl": self.host(),
            "ID": event.id,
            "MemberId": event.member,
            "MessageId": guid(now_ms, self.next_message()),
            "Metadata": {"key_url": format!(
                "{}/{}//system/callbackkey/index.rails?companyName={company}&id={key_id}",
                self.origin, self.codebase(),
            )},
            "PartnerId": "61ddc2817bcddc0001c70000",
            "ProductInstanceId": "639c96cab2eb560001dd0000",
            "Type": kind,
        })
        .to_string();
        Message {
            url: format!("{}{}", text(registration, "url"), event.id),
            headers: vec![(
                "x-content-signature".to_owned(),
                callback_signature(&signing_key(key_id), body.as_bytes()),
            )],
            body,
        }
    }

    /// Answers a request for a signing key; no credentials are asked for.
    pub(super) fn callback_key(&self, call: &Call) -> Result<Answer, Refusal> {
        let company = call.parameter("companyName").unwrap_or_default();
        let id = call.parameter("id").unwrap_or_default();
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let callbacks = base.catalogue.find("system/callbacks").unwrap_or(0);
        let known = base
            .ids(callbacks, &Expr::all(), &Plain)
            .into_iter()
            .filter_map(|callback| base.find(callbacks, callback))
            .any(|row| text(&row.to_record(base.schema(callbacks)), "connectWiseID") == id);
        if !known || !company.eq_ignore_ascii_case(self.access.company()) {
            return Err(Refusal::no_route());
        }
        // JSON within a JSON string, labelled as text: the way a client that parses twice needs it.
        let inner = json!({"signing_key": signing_key(&id)}).to_string();
        let mut answer = Answer::json(200, &inner.into());
        answer.content_type = "text/plain; charset=utf-8".into();
        Ok(answer)
    }

    /// The address of the API as links in records have it.
    pub(super) fn root(&self) -> String {
        format!("{}/{USUAL_CODEBASE}/apis/3.0/", self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_fact_sheet_says() {
        let body = r#"{"Action":"updated","ID":501,"Type":"ticket","MemberId":"Portico","CompanyId":"acme","Entity":"{\"id\":501,\"summary\":\"Printer down\"}","Metadata":{"key_url":"https://api-na.myconnectwise.net/v2025_1//system/callbackkey/index.rails?companyName=acme&id=89966c04-9889-46ad-8d5e-421103aca922"}}"#;
        assert_eq!(body.len(), 293);
        assert_eq!(
            callback_signature("portico-signing-key", body.as_bytes()),
            "rpmAQVRpaq5u7Ifk0d2/OybCZN/w2pZSGRK5fkVa5vk="
        );
    }
}
