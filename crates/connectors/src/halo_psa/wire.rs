//! The vendor's JSON: only the fields Portico uses, borrowed from the answer where they can be.
//!
//! Ids are read as whole numbers, decimals without a fraction and texts: releases differ. Some fields have two names,
//! one in lists and one in answers to changes. Dates stay text and money stays digits here; `map` reads them, so that
//! it can name the field that holds nonsense.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::http::decode::Readable;
use crate::value::{Flag, Text, Whole, whole_number};

/// A list, however it comes: bare, or in an object with a count, where the rows are under a known name or else are the
/// first list there is. Null, also under a known name, stands for no rows. An object with an id is a record and no list.
#[derive(Debug)]
pub(super) struct HaloPage<W> {
    pub(super) record_count: Option<Whole>,
    pub(super) rows: Vec<W>,
}

/// What rows are called in the lists that are known.
const ROWS: [&str; 8] = [
    "rows", "clients", "sites", "users", "tickets", "actions", "agents", "results",
];

impl<'de, W: Deserialize<'de>> Deserialize<'de> for HaloPage<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PageVisitor(PhantomData))
    }
}

struct PageVisitor<W>(PhantomData<W>);

impl<'de, W: Deserialize<'de>> Visitor<'de> for PageVisitor<W> {
    type Value = HaloPage<W>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(HaloPage {
            record_count: None,
            rows: Vec::new(),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = list.next_element()? {
            rows.push(row);
        }
        Ok(HaloPage {
            record_count: None,
            rows,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (mut record_count, mut is_record) = (None, false);
        let mut known: Option<Vec<W>> = None;
        let mut first: Option<&'de RawValue> = None;
        while let Some(key) = members.next_key::<Text<'de>>()? {
            let key = key.0.as_ref();
            if key == "record_count" {
                record_count = members.next_value::<Option<Whole>>()?;
            } else if ROWS.contains(&key) && known.as_ref().is_none_or(Vec::is_empty) {
                let rows = members.next_value::<Option<Vec<W>>>()?;
                known = Some(rows.unwrap_or_default());
            } else {
                is_record |= key == "id";
                let value = members.next_value::<&'de RawValue>()?;
                if first.is_none() && key != "columns" && value.get().starts_with('[') {
                    first = Some(value);
                }
            }
        }
        let rows = match (known, first) {
            (Some(rows), _) => rows,
            (None, Some(list)) if !is_record => {
                serde_json::from_str(list.get()).map_err(A::Error::custom)?
            }
            (None, None) if !is_record && record_count == Some(Whole(0)) => Vec::new(),
            _ => return Err(A::Error::missing_field("rows")),
        };
        Ok(HaloPage { record_count, rows })
    }
}

/// <https://halo.haloservicedesk.com/apidoc/info>, asked without credentials.
#[derive(Debug, Deserialize)]
pub(super) struct HaloAuthInfo {
    pub(super) auth_url: Option<String>,
}

/// A custom field of a record.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct HaloCustomField<'a> {
    pub(super) label: Option<Text<'a>>,
    pub(super) name: Option<Text<'a>>,
    /// The text of a choice; the value has its id.
    pub(super) display: Option<serde_json::Value>,
    pub(super) value: Option<serde_json::Value>,
}

/// Custom fields; missing, null and empty mean none.
pub(super) type CustomFields<'a> = Option<Vec<HaloCustomField<'a>>>;

/// A record. A field with a twin is read from either name; where a row has both, the first that says something counts.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($field:ident: $type:ty = $wire:literal $(| $twin:ident)?,)* }) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub(super) struct $name<'a> {
            pub(super) id: i64,
            $(pub(super) $field: $type,)*
        }

        const _: () = {
            #[derive(Deserialize)]
            #[serde(bound(deserialize = "'de: 'a"))]
            struct Sent<'a> {
                #[serde(deserialize_with = "whole_number")]
                id: i64,
                $(
                    #[serde(rename = $wire)]
                    $field: $type,
                    $($twin: $type,)?
                )*
            }

            impl<'de: 'a, 'a> Deserialize<'de> for $name<'a> {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let sent = Sent::<'a>::deserialize(deserializer)?;
                    Ok(Self {
                        id: sent.id,
                        $($field: sent.$field$(.or(sent.$twin))?,)*
                    })
                }
            }
        };
    };
}

/// A value of a multiple choice.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct HaloNamed<'a> {
    #[serde(deserialize_with = "whole_number")]
    pub(super) id: i64,
    pub(super) name: Option<Text<'a>>,
}

/// A connected directory of a client.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct HaloAzureTenant<'a> {
    pub(super) azure_tenant_id: Option<Text<'a>>,
}

record! {
    /// Client. <https://haloacademy.halopsa.com/apidoc/resources/client>
    HaloClient {
        name: Text<'a> = "name",
        inactive: Option<Flag> = "inactive",
        vip: Option<Flag> = "is_vip",
        relationship: Option<Vec<HaloNamed<'a>>> = "customer_relationship",
        top_level: Option<Text<'a>> = "toplevel_name",
        account_manager: Option<Whole> = "accountmanagertech",
        reference: Option<Text<'a>> = "ref",
        accounts_id: Option<Text<'a>> = "accountsid",
        azure_tenants: Option<Vec<HaloAzureTenant<'a>>> = "azure_tenants",
        // These stand in single clients only.
        website: Option<Text<'a>> = "website",
        domain: Option<Text<'a>> = "domain",
        main_contact: Option<Whole> = "main_contact_id",
        main_site: Option<Whole> = "main_site_id",
        custom: CustomFields<'a> = "customfields",
    }
}

record! {
    /// User. <https://haloacademy.halopsa.com/apidoc/resources/users>
    HaloUser {
        name: Option<Text<'a>> = "name",
        first_name: Option<Text<'a>> = "firstname",
        last_name: Option<Text<'a>> = "surname",
        title: Option<Text<'a>> = "title",
        email: Option<Text<'a>> = "emailaddress",
        email_2: Option<Text<'a>> = "email2",
        email_3: Option<Text<'a>> = "email3",
        phone: Option<Text<'a>> = "phonenumber",
        preferred_phone: Option<Text<'a>> = "phonenumber_preferred",
        mobile: Option<Text<'a>> = "mobilenumber",
        client: Option<Whole> = "client_id",
        service_account: Option<Flag> = "isserviceaccount",
        linked_agent: Option<Whole> = "linked_agent_id",
        site_name: Option<Text<'a>> = "site_name",
        inactive: Option<Flag> = "inactive",
        roles: Option<Text<'a>> = "role_list",
        vip: Option<Flag> = "isimportantcontact",
        updated: Option<Text<'a>> = "lastupdate",
        custom: CustomFields<'a> = "customfields",
    }
}

record! {
    /// Agent. <https://haloacademy.halopsa.com/apidoc/resources/agents>
    HaloAgent {
        name: Option<Text<'a>> = "name",
        first_name: Option<Text<'a>> = "firstname",
        last_name: Option<Text<'a>> = "surname",
        email: Option<Text<'a>> = "email",
        title: Option<Text<'a>> = "jobtitle",
        disabled: Option<Flag> = "isdisabled",
        api_only: Option<Flag> = "isapiagent",
        team: Option<Text<'a>> = "team",
    }
}

record! {
    /// Ticket. <https://haloacademy.halopsa.com/apidoc/resources/tickets>
    HaloTicket {
        summary: Option<Text<'a>> = "summary",
        details: Option<Text<'a>> = "details",
        client: Option<Whole> = "client_id",
        site_name: Option<Text<'a>> = "site_name",
        user: Option<Whole> = "user_id",
        user_email: Option<Text<'a>> = "user_email" | useremail,
        reported_by: Option<Text<'a>> = "reportedby",
        status: Option<Whole> = "status_id",
        team: Option<Text<'a>> = "team",
        department: Option<Whole> = "department_id",
        priority: Option<Whole> = "priority_id",
        ticket_type: Option<Whole> = "tickettype_id",
        category: Option<Whole> = "categoryid_1",
        category_1: Option<Text<'a>> = "category_1" | category1,
        category_2: Option<Text<'a>> = "category_2" | category2,
        category_3: Option<Text<'a>> = "category_3" | category3,
        category_4: Option<Text<'a>> = "category_4" | category4,
        impact: Option<Whole> = "impact",
        urgency: Option<Whole> = "urgency",
        source: Option<Whole> = "source",
        agent: Option<Whole> = "agent_id",
        sla: Option<Text<'a>> = "sla_name",
        parent: Option<Whole> = "parent_id",
        merged_into: Option<Whole> = "merged_into_id",
        on_hold: Option<Flag> = "onhold",
        hours: Option<serde_json::Number> = "timetaken",
        tags: Option<Text<'a>> = "ticket_tags" | tickettags,
        contract: Option<Text<'a>> = "contract_ref",
        fix_by: Option<Text<'a>> = "fixbydate",
        deadline: Option<Text<'a>> = "deadlinedate",
        created: Option<Text<'a>> = "dateoccurred",
        closed: Option<Text<'a>> = "dateclosed",
        has_been_closed: Option<Flag> = "hasbeenclosed",
        last_action: Option<Text<'a>> = "lastactiondate",
        last_update: Option<Text<'a>> = "last_update" | lastupdate,
        custom: CustomFields<'a> = "customfields",
    }
}

record! {
    /// Opportunity: a ticket of a type that is marked as one.
    /// <https://haloacademy.halopsa.com/apidoc/resources/opportunities>
    HaloOpportunity {
        summary: Option<Text<'a>> = "summary",
        details: Option<Text<'a>> = "details",
        client: Option<Whole> = "client_id",
        user: Option<Whole> = "user_id",
        agent: Option<Whole> = "agent_id",
        status: Option<Whole> = "status_id",
        ticket_type: Option<Whole> = "tickettype_id",
        category: Option<Whole> = "categoryid_1",
        pipeline_stage: Option<Text<'a>> = "pipeline_stage_name",
        kind: Option<Text<'a>> = "opptype",
        value: Option<&'a RawValue> = "oppvalue",
        monthly: Option<&'a RawValue> = "oppvalue_monthly",
        annual: Option<&'a RawValue> = "oppvalue_annual",
        one_off: Option<&'a RawValue> = "oppvalue_oneoff",
        probability: Option<serde_json::Number> = "oppconversionprobability",
        reason: Option<Text<'a>> = "oppreason",
        heard: Option<Text<'a>> = "opphear",
        prospect: Option<Text<'a>> = "oppcompanyname",
        target: Option<Text<'a>> = "targetdate",
        created: Option<Text<'a>> = "dateoccurred",
        closed: Option<Text<'a>> = "dateclosed",
        has_been_closed: Option<Flag> = "hasbeenclosed",
        last_action: Option<Text<'a>> = "lastactiondate",
        last_update: Option<Text<'a>> = "last_update" | lastupdate,
        custom: CustomFields<'a> = "customfields",
    }
}

record! {
    /// Action of a ticket; the id counts within it. <https://haloacademy.halopsa.com/apidoc/resources/actions>
    HaloAction {
        ticket: Option<Whole> = "ticket_id",
        outcome: Option<Text<'a>> = "outcome",
        note: Option<Text<'a>> = "note",
        note_html: Option<Text<'a>> = "note_html",
        email_body: Option<Text<'a>> = "emailbody",
        hidden: Option<Flag> = "hiddenfromuser",
        who: Option<Text<'a>> = "who",
        agent: Option<Whole> = "who_agentid",
        user: Option<Whole> = "actionby_user_id",
        written: Option<Text<'a>> = "datetime",
        updated: Option<Text<'a>> = "last_updated",
    }
}

/// Site, as far as its client and its users need it.
#[derive(Debug, Deserialize)]
pub(super) struct HaloSite {
    #[serde(deserialize_with = "whole_number")]
    pub(super) id: i64,
    pub(super) client_id: Option<Whole>,
    pub(super) name: Option<String>,
    pub(super) isstocklocation: Option<Flag>,
    pub(super) inactive: Option<Flag>,
    pub(super) phonenumber: Option<String>,
    pub(super) maincontact_id: Option<Whole>,
    pub(super) delivery_address_line1: Option<String>,
    pub(super) delivery_address_line2: Option<String>,
    pub(super) delivery_address_line3: Option<String>,
    pub(super) delivery_address_line4: Option<String>,
    pub(super) delivery_address_line5: Option<String>,
}

/// Who is called about what at a site: in a site by itself only.
#[derive(Debug, Deserialize)]
pub(super) struct HaloSiteContacts {
    pub(super) sitecontacts: Option<Readable<HaloSiteContact>>,
}

/// A contact of a site.
#[derive(Debug, Deserialize)]
pub(super) struct HaloSiteContact {
    /// The user.
    pub(super) uid: Option<Whole>,
    pub(super) type_name: Option<String>,
}

/// Team.
#[derive(Debug, Deserialize)]
pub(super) struct HaloTeam {
    #[serde(deserialize_with = "whole_number")]
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) department_id: Option<Whole>,
    pub(super) inactive: Option<Flag>,
}

/// A field of records, built in or the tenant's own.
#[derive(Debug, Deserialize)]
pub(super) struct HaloField {
    #[serde(deserialize_with = "whole_number")]
    pub(super) id: i64,
    pub(super) name: Option<String>,
    /// 0 for one that is built in.
    pub(super) custom: Option<Whole>,
}

/// A row of a configuration list, as far as *Test Connection* needs it.
#[derive(Debug, Deserialize)]
pub(super) struct HaloListed {
    #[expect(dead_code, reason = "only whether it is a number matters")]
    #[serde(deserialize_with = "whole_number")]
    id: i64,
}

/// A value of a configuration list, whatever its list calls its name.
#[derive(Debug, Deserialize)]
pub(super) struct HaloValue {
    /// A number, but for priorities, whose own id is another.
    pub(super) id: Option<serde_json::Value>,
    pub(super) priorityid: Option<Whole>,
    #[serde(alias = "value", alias = "outcome")]
    pub(super) name: Option<String>,
    pub(super) inactive: Option<Flag>,
    pub(super) visible: Option<Flag>,
    pub(super) ishidden: Option<Flag>,
    pub(super) hidden: Option<Flag>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_in_one_row() {
        let ticket = |text| serde_json::from_str::<HaloTicket<'_>>(text).expect("a ticket");
        let both = ticket(
            r#"{"id":1,"last_update":null,"lastupdate":"b","category_1":"c","category1":"d"}"#,
        );
        assert_eq!(both.last_update.expect("one").0, "b");
        assert_eq!(both.category_1.expect("one").0, "c");
        let second = ticket(r#"{"id":1,"useremail":"e"}"#);
        assert_eq!(second.user_email.expect("one").0, "e");
    }

    #[test]
    fn rows_are_found_whatever_they_are_called() {
        let rows = |text| serde_json::from_str::<HaloPage<i64>>(text).map(|page| page.rows);
        for text in [
            "[1,2]",
            r#"{"record_count":2,"teams":[1,2],"columns":null}"#,
            r#"{"columns":["a"],"statuses":[1,2]}"#,
            r#"{"other":["a"],"results":[1,2]}"#,
        ] {
            assert_eq!(rows(text).expect(text), [1, 2]);
        }
        for text in ["null", r#"{"record_count":0}"#, r#"{"rows":null}"#] {
            assert!(rows(text).expect(text).is_empty(), "{text}");
        }
        for text in ["{}", r#"{"record_count":2}"#, r#"{"id":1,"custom":[1]}"#] {
            rows(text).expect_err(text);
        }
    }
}
