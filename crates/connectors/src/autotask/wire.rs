//! The vendor's JSON: only the fields Portico uses, borrowed from the answer where they can be.
//!
//! Each record struct lists its fields once: the list is both what is decoded and what is asked for in
//! `IncludeFields`. User-defined fields come back unasked.
//!
//! Dates stay text and money stays digits here; `map` reads them, so that it can name the field that holds nonsense.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::http::decode::Readable;
use crate::value::{Flag, Text};
use crate::walk::Announced;

/// One user-defined field of a record.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct AutotaskUdf<'a> {
    pub(super) name: Text<'a>,
    /// Text or null on the wire whatever the field's type; anything else is kept as it is.
    pub(super) value: Option<serde_json::Value>,
}

/// User-defined fields of a record; missing, null and empty mean none.
pub(super) type Udfs<'a> = Option<Vec<AutotaskUdf<'a>>>;

macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($field:ident: $type:ty = $wire:literal,)* } $($udfs:ident)?) => {
        $(#[$meta])*
        #[derive(Debug, Deserialize)]
        #[serde(bound(deserialize = "'de: 'a"))]
        pub(super) struct $name<'a> {
            pub(super) id: i64,
            $(#[serde(rename = $wire)] pub(super) $field: $type,)*
            $(#[serde(rename = "userDefinedFields")] pub(super) $udfs: Udfs<'a>,)?
        }

        impl $name<'_> {
            /// What to ask for.
            pub(super) const FIELDS: &'static [&'static str] = &["id", $($wire,)*];
        }
    };
}

record! {
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/CompaniesEntity.htm>
    AutotaskCompany {
        name: Text<'a> = "companyName",
        company_type: Option<i64> = "companyType",
        active: Option<Flag> = "isActive",
        phone: Option<Text<'a>> = "phone",
        fax: Option<Text<'a>> = "fax",
        web_address: Option<Text<'a>> = "webAddress",
        address_1: Option<Text<'a>> = "address1",
        address_2: Option<Text<'a>> = "address2",
        city: Option<Text<'a>> = "city",
        state: Option<Text<'a>> = "state",
        postal_code: Option<Text<'a>> = "postalCode",
        country_id: Option<i64> = "countryID",
        parent: Option<i64> = "parentCompanyID",
        owner: Option<i64> = "ownerResourceID",
        number: Option<Text<'a>> = "companyNumber",
        classification: Option<i64> = "classification",
        territory: Option<i64> = "territoryID",
        market_segment: Option<i64> = "marketSegmentID",
        created: Option<Text<'a>> = "createDate",
        last_activity: Option<Text<'a>> = "lastActivityDate",
        last_modified: Option<Text<'a>> = "lastTrackedModifiedDateTime",
    } udfs
}

record! {
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/ContactsEntity.htm>
    AutotaskContact {
        company: Option<i64> = "companyID",
        first_name: Option<Text<'a>> = "firstName",
        last_name: Option<Text<'a>> = "lastName",
        active: Option<Flag> = "isActive",
        email: Option<Text<'a>> = "emailAddress",
        email_2: Option<Text<'a>> = "emailAddress2",
        email_3: Option<Text<'a>> = "emailAddress3",
        title: Option<Text<'a>> = "title",
        phone: Option<Text<'a>> = "phone",
        extension: Option<Text<'a>> = "extension",
        mobile: Option<Text<'a>> = "mobilePhone",
        alternate_phone: Option<Text<'a>> = "alternatePhone",
        primary: Option<Flag> = "primaryContact",
        note: Option<Text<'a>> = "note",
        created: Option<Text<'a>> = "createDate",
        last_activity: Option<Text<'a>> = "lastActivityDate",
        last_modified: Option<Text<'a>> = "lastModifiedDate",
    } udfs
}

record! {
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/ResourcesEntity.htm>
    AutotaskResource {
        first_name: Option<Text<'a>> = "firstName",
        last_name: Option<Text<'a>> = "lastName",
        email: Option<Text<'a>> = "email",
        title: Option<Text<'a>> = "title",
        active: Option<Flag> = "isActive",
        user_name: Option<Text<'a>> = "userName",
        license_type: Option<i64> = "licenseType",
        resource_type: Option<Text<'a>> = "resourceType",
        office_phone: Option<Text<'a>> = "officePhone",
        mobile_phone: Option<Text<'a>> = "mobilePhone",
    } udfs
}

record! {
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/ContactGroupsEntity.htm>
    AutotaskContactGroup {
        name: Text<'a> = "name",
        active: Option<Flag> = "isActive",
    }
}

record! {
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/TicketsEntity.htm>
    AutotaskTicket {
        number: Option<Text<'a>> = "ticketNumber",
        title: Option<Text<'a>> = "title",
        description: Option<Text<'a>> = "description",
        resolution: Option<Text<'a>> = "resolution",
        company: Option<i64> = "companyID",
        contact: Option<i64> = "contactID",
        status: Option<i64> = "status",
        priority: Option<i64> = "priority",
        queue: Option<i64> = "queueID",
        category: Option<i64> = "ticketCategory",
        ticket_type: Option<i64> = "ticketType",
        issue_type: Option<i64> = "issueType",
        sub_issue_type: Option<i64> = "subIssueType",
        source: Option<i64> = "source",
        due: Option<Text<'a>> = "dueDateTime",
        assigned: Option<i64> = "assignedResourceID",
        contract: Option<i64> = "contractID",
        billing_code: Option<i64> = "billingCodeID",
        estimated_hours: Option<serde_json::Number> = "estimatedHours",
        purchase_order: Option<Text<'a>> = "purchaseOrderNumber",
        external_number: Option<Text<'a>> = "externalID",
        creator: Option<i64> = "creatorResourceID",
        created: Option<Text<'a>> = "createDate",
        completed: Option<Text<'a>> = "completedDate",
        last_activity: Option<Text<'a>> = "lastActivityDate",
        last_modified: Option<Text<'a>> = "lastTrackedModificationDateTime",
    } udfs
}

record! {
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/TicketNotesEntity.htm>
    AutotaskTicketNote {
        ticket: i64 = "ticketID",
        title: Option<Text<'a>> = "title",
        description: Option<Text<'a>> = "description",
        note_type: Option<i64> = "noteType",
        publish: Option<i64> = "publish",
        created: Option<Text<'a>> = "createDateTime",
        contact: Option<i64> = "createdByContactID",
        creator: Option<i64> = "creatorResourceID",
        last_activity: Option<Text<'a>> = "lastActivityDate",
    }
}

record! {
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/OpportunitiesEntity.htm>
    AutotaskOpportunity {
        title: Option<Text<'a>> = "title",
        description: Option<Text<'a>> = "description",
        company: Option<i64> = "companyID",
        contact: Option<i64> = "contactID",
        owner: Option<i64> = "ownerResourceID",
        stage: Option<i64> = "stage",
        status: Option<i64> = "status",
        category: Option<i64> = "opportunityCategoryID",
        amount: Option<&'a RawValue> = "amount",
        cost: Option<&'a RawValue> = "cost",
        probability: Option<i64> = "probability",
        projected_close: Option<Text<'a>> = "projectedCloseDate",
        lead_source: Option<i64> = "leadSource",
        next_step: Option<Text<'a>> = "nextStep",
        win_reason: Option<i64> = "winReason",
        loss_reason: Option<i64> = "lossReason",
        created: Option<Text<'a>> = "createDate",
        closed: Option<Text<'a>> = "closedDate",
        lost: Option<Text<'a>> = "lostDate",
        last_activity: Option<Text<'a>> = "lastActivity",
    } udfs
}

record! {
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/DeletedTicketLogsEntity.htm>
    AutotaskDeletedTicket {
        ticket: i64 = "ticketID",
        number: Option<Text<'a>> = "ticketNumber",
        deleted: Option<Text<'a>> = "deletedDateTime",
    }
}

record! {
    /// One deleted note, time entry or attachment, named by its ticket only.
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/DeletedTicketActivityLogsEntity.htm>
    AutotaskDeletedActivity {
        ticket: i64 = "ticketID",
        number: Option<Text<'a>> = "ticketNumber",
        deleted: Option<Text<'a>> = "deletedDateTime",
    }
}

/// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/ContactGroupContactsEntity.htm>
#[derive(Debug, Deserialize)]
pub(super) struct AutotaskContactGroupContact {
    pub(super) id: i64,
    #[serde(rename = "contactGroupId", alias = "contactGroupID")]
    pub(super) group: i64,
    #[serde(rename = "contactId", alias = "contactID")]
    pub(super) contact: i64,
}

impl AutotaskContactGroupContact {
    /// What to ask for.
    pub(super) const FIELDS: &'static [&'static str] = &["id", "contactGroupId", "contactId"];
}

record! {
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/CompanyLocationsEntity.htm>
    AutotaskLocation {
        company: i64 = "companyID",
        name: Option<Text<'a>> = "name",
        address_1: Option<Text<'a>> = "address1",
        address_2: Option<Text<'a>> = "address2",
        city: Option<Text<'a>> = "city",
        state: Option<Text<'a>> = "state",
        postal_code: Option<Text<'a>> = "postalCode",
        phone: Option<Text<'a>> = "phone",
        active: Option<Flag> = "isActive",
    }
}

record! {
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/ContractsEntity.htm>
    AutotaskContract {
        name: Text<'a> = "contractName",
        status: Option<i64> = "status",
    }
}

record! {
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/CountriesEntity.htm>
    AutotaskCountry {
        name: Text<'a> = "displayName",
        active: Option<Flag> = "isActive",
    }
}

record! {
    /// A category of tickets or opportunities, or a work type.
    AutotaskCategory {
        name: Text<'a> = "name",
        active: Option<Flag> = "isActive",
    }
}

/// One page of a query.
/// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/API_Calls/REST_Basic_Query_Calls.htm>
#[derive(Debug, Deserialize)]
pub(super) struct AutotaskPage<T> {
    pub(super) items: Vec<T>,
    #[serde(rename = "pageDetails", default)]
    pub(super) details: AutotaskPageDetails,
}

impl<T> AutotaskPage<T> {
    /// The records, and what is said about them.
    pub(super) fn parts(self) -> (Vec<T>, Announced) {
        let announced = Announced {
            more: self.details.next_page_url.is_some(),
            count: self.details.count,
        };
        (self.items, announced)
    }
}

/// What the vendor says about a page.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct AutotaskPageDetails {
    /// Records in this page, as the vendor counts them.
    pub(super) count: Option<u64>,
    /// Present while more follows. Never followed, only looked at.
    #[serde(rename = "nextPageUrl")]
    pub(super) next_page_url: Option<String>,
}

/// Answer to `query/count`.
#[derive(Debug, Deserialize)]
pub(super) struct AutotaskCount {
    #[serde(rename = "queryCount")]
    pub(super) count: u64,
}

/// A query.
/// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/API_Calls/REST_Advanced_Query_Features.htm>
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct AutotaskQuery {
    #[serde(rename = "MaxRecords", skip_serializing_if = "Option::is_none")]
    pub(super) max_records: Option<u32>,
    #[serde(rename = "IncludeFields", skip_serializing_if = "<[&str]>::is_empty")]
    pub(super) include_fields: &'static [&'static str],
    pub(super) filter: Vec<AutotaskFilter>,
}

/// One condition of a query, or a group of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum AutotaskFilter {
    /// A field compared with a value.
    Field {
        op: &'static str,
        field: &'static str,
        value: serde_json::Value,
    },
    /// Conditions of which one must hold.
    Group {
        op: &'static str,
        items: Vec<AutotaskFilter>,
    },
}

/// Answer to the zone look-up.
#[derive(Debug, Deserialize)]
pub(super) struct AutotaskZone {
    #[serde(rename = "zoneName")]
    pub(super) name: Option<String>,
    pub(super) url: Option<String>,
    #[serde(rename = "webUrl")]
    pub(super) web_url: Option<String>,
    pub(super) ci: Option<i64>,
}

/// The tenant's own count of requests.
#[derive(Debug, Deserialize)]
pub(super) struct AutotaskThreshold {
    #[serde(rename = "externalRequestThreshold")]
    pub(super) limit: u32,
    #[serde(rename = "currentTimeframeRequestCount")]
    pub(super) used: u32,
}

/// The vendor's error body.
#[derive(Debug, Deserialize)]
pub(super) struct AutotaskErrors {
    pub(super) errors: Vec<String>,
}

/// What may be done with an entity.
#[derive(Debug, Deserialize)]
pub(super) struct AutotaskEntityInformation {
    pub(super) info: AutotaskEntityInfo,
}

/// What the API user may do with an entity.
#[derive(Debug, Deserialize)]
pub(super) struct AutotaskEntityInfo {
    /// `None`, `All` or `Restricted`.
    #[serde(rename = "userAccessForQuery")]
    pub(super) query: Option<String>,
    /// The same for creation.
    #[serde(rename = "userAccessForCreate")]
    pub(super) create: Option<String>,
}

/// The fields of an entity.
#[derive(Debug, Deserialize)]
pub(super) struct AutotaskFields {
    pub(super) fields: Vec<AutotaskField>,
}

/// One field; only picklists are used.
#[derive(Debug, Deserialize)]
pub(super) struct AutotaskField {
    pub(super) name: String,
    #[serde(rename = "picklistValues")]
    pub(super) values: Option<Readable<AutotaskPicklistValue>>,
}

/// One value of a picklist. Values are texts here although records carry numbers.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct AutotaskPicklistValue {
    pub(super) value: String,
    pub(super) label: Option<String>,
    #[serde(rename = "parentValue")]
    pub(super) parent: Option<String>,
    #[serde(rename = "isActive")]
    pub(super) active: Option<bool>,
    #[serde(rename = "isSystem")]
    pub(super) system: Option<bool>,
    #[serde(rename = "sortOrder")]
    pub(super) sort_order: Option<i64>,
}
