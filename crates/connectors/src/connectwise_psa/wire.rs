//! The vendor's JSON: only the fields Portico uses, borrowed from the answer where they can be. Empty values are left out
//! or null on the wire; both are none here. References may come without an id, which is none too.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::value::{Flag, Text};

/// A reference to another record.
#[derive(Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct CwRef<'a> {
    pub(super) id: Option<i64>,
    pub(super) name: Option<Text<'a>>,
}

/// What the vendor tells about a record beside its fields.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct CwInfo<'a> {
    pub(super) last_updated: Option<Text<'a>>,
    pub(super) date_entered: Option<Text<'a>>,
    pub(super) entered_by: Option<Text<'a>>,
}

/// A field the tenant made.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct CwCustomField<'a> {
    pub(super) caption: Option<Text<'a>>,
    /// `Text`, `Number`, `Password` and the like.
    pub(super) r#type: Option<Text<'a>>,
    pub(super) value: Option<serde_json::Value>,
}

/// Custom fields of a record.
pub(super) type Custom<'a> = Option<Vec<CwCustomField<'a>>>;

macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
        pub(super) struct $name<'a> {
            pub(super) id: i64,
            $($(#[$of])* pub(super) $field: $type,)*
            pub(super) custom_fields: Custom<'a>,
        }
    };
}

record! {
    /// <https://developer.connectwise.com/Products/ConnectWise_PSA/REST#/Companies>
    CwCompany {
        identifier: Option<Text<'a>>,
        name: Text<'a>,
        status: Option<CwRef<'a>>,
        types: Option<Vec<CwRef<'a>>>,
        /// The only one, on old releases.
        r#type: Option<CwRef<'a>>,
        #[serde(rename = "addressLine1")] address_line_1: Option<Text<'a>>,
        #[serde(rename = "addressLine2")] address_line_2: Option<Text<'a>>,
        city: Option<Text<'a>>,
        state: Option<Text<'a>>,
        zip: Option<Text<'a>>,
        country: Option<CwRef<'a>>,
        phone_number: Option<Text<'a>>,
        fax_number: Option<Text<'a>>,
        website: Option<Text<'a>>,
        territory: Option<CwRef<'a>>,
        market: Option<CwRef<'a>>,
        site: Option<CwRef<'a>>,
        account_number: Option<Text<'a>>,
        parent_company: Option<CwRef<'a>>,
        territory_manager: Option<CwRef<'a>>,
        deleted_flag: Option<Flag>,
        #[serde(rename = "_info")] info: Option<CwInfo<'a>>,
    }
}

record! {
    /// <https://developer.connectwise.com/Products/ConnectWise_PSA/REST#/Contacts>
    CwContact {
        first_name: Option<Text<'a>>,
        last_name: Option<Text<'a>>,
        nick_name: Option<Text<'a>>,
        company: Option<CwRef<'a>>,
        site: Option<CwRef<'a>>,
        title: Option<Text<'a>>,
        department: Option<CwRef<'a>>,
        relationship: Option<CwRef<'a>>,
        types: Option<Vec<CwRef<'a>>>,
        r#type: Option<CwRef<'a>>,
        inactive_flag: Option<Flag>,
        default_flag: Option<Flag>,
        default_phone_nbr: Option<Text<'a>>,
        default_phone_extension: Option<Text<'a>>,
        communication_items: Option<Vec<CwCommunication<'a>>>,
        #[serde(rename = "_info")] info: Option<CwInfo<'a>>,
    }
}

/// An e-mail address or number of a contact.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct CwCommunication<'a> {
    pub(super) r#type: Option<CwRef<'a>>,
    pub(super) value: Option<Text<'a>>,
    pub(super) extension: Option<Text<'a>>,
    pub(super) default_flag: Option<Flag>,
    /// `Email`, `Phone` or `Fax`.
    pub(super) communication_type: Option<Text<'a>>,
}

impl CwCommunication<'_> {
    /// The same without the answer it borrows from.
    pub(super) fn into_owned(self) -> CwCommunication<'static> {
        let own = |text: Option<Text<'_>>| text.map(|text| Text(text.0.into_owned().into()));
        CwCommunication {
            r#type: self.r#type.map(|kind| CwRef {
                id: kind.id,
                name: own(kind.name),
            }),
            value: own(self.value),
            extension: own(self.extension),
            default_flag: self.default_flag,
            communication_type: own(self.communication_type),
        }
    }
}

record! {
    /// <https://developer.connectwise.com/Products/ConnectWise_PSA/REST#/Members>
    CwMember {
        identifier: Option<Text<'a>>,
        first_name: Option<Text<'a>>,
        last_name: Option<Text<'a>>,
        title: Option<Text<'a>>,
        inactive_flag: Option<Flag>,
        /// `F` full, `A` API, `C` StreamlineIT, `X` subcontractor.
        license_class: Option<Text<'a>>,
        primary_email: Option<Text<'a>>,
        office_email: Option<Text<'a>>,
        mobile_email: Option<Text<'a>>,
        home_email: Option<Text<'a>>,
        /// `Office`, `Mobile` or `Home`.
        default_email: Option<Text<'a>>,
        office_phone: Option<Text<'a>>,
        mobile_phone: Option<Text<'a>>,
        r#type: Option<CwRef<'a>>,
        service_default_board: Option<CwRef<'a>>,
    }
}

record! {
    /// <https://developer.connectwise.com/Products/ConnectWise_PSA/REST#/Tickets>
    CwTicket {
        summary: Option<Text<'a>>,
        record_type: Option<Text<'a>>,
        board: Option<CwRef<'a>>,
        status: Option<CwRef<'a>>,
        company: Option<CwRef<'a>>,
        site: Option<CwRef<'a>>,
        contact: Option<CwRef<'a>>,
        contact_name: Option<Text<'a>>,
        contact_email_address: Option<Text<'a>>,
        contact_phone_number: Option<Text<'a>>,
        r#type: Option<CwRef<'a>>,
        sub_type: Option<CwRef<'a>>,
        item: Option<CwRef<'a>>,
        team: Option<CwRef<'a>>,
        owner: Option<CwRef<'a>>,
        priority: Option<CwRef<'a>>,
        source: Option<CwRef<'a>>,
        severity: Option<Text<'a>>,
        impact: Option<Text<'a>>,
        agreement: Option<CwRef<'a>>,
        resources: Option<Text<'a>>,
        required_date: Option<Text<'a>>,
        closed_flag: Option<Flag>,
        /// When it was closed last: of a ticket that was opened again the date may still be there.
        closed_date: Option<Text<'a>>,
        budget_hours: Option<serde_json::Number>,
        actual_hours: Option<serde_json::Number>,
        #[serde(rename = "externalXRef")] external_reference: Option<Text<'a>>,
        po_number: Option<Text<'a>>,
        sla_status: Option<Text<'a>>,
        parent_ticket_id: Option<i64>,
        merged_parent_ticket: Option<CwRef<'a>>,
        /// Of tickets of projects only, like the phase.
        project: Option<CwRef<'a>>,
        phase: Option<CwRef<'a>>,
        #[serde(rename = "_info")] info: Option<CwInfo<'a>>,
    }
}

record! {
    /// <https://developer.connectwise.com/Products/ConnectWise_PSA/REST#/Opportunities>
    CwOpportunity {
        name: Option<Text<'a>>,
        notes: Option<Text<'a>>,
        company: Option<CwRef<'a>>,
        contact: Option<CwRef<'a>>,
        primary_sales_rep: Option<CwRef<'a>>,
        stage: Option<CwRef<'a>>,
        status: Option<CwRef<'a>>,
        r#type: Option<CwRef<'a>>,
        probability: Option<CwRef<'a>>,
        rating: Option<CwRef<'a>>,
        source: Option<Text<'a>>,
        campaign: Option<CwRef<'a>>,
        #[serde(rename = "customerPO")] purchase_order: Option<Text<'a>>,
        expected_close_date: Option<Text<'a>>,
        closed_date: Option<Text<'a>>,
        #[serde(rename = "_info")] info: Option<CwInfo<'a>>,
    }
}

/// A note of a ticket, of time spent on it, or of a meeting about it.
/// <https://developer.connectwise.com/Products/ConnectWise_PSA/REST#/ServiceTicketNotes>
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct CwNote<'a> {
    pub(super) id: i64,
    /// `TicketNote`, `TimeEntryNote` or `MeetingNote`; ids are only good within one of them.
    pub(super) note_type: Option<Text<'a>>,
    pub(super) text: Option<Text<'a>>,
    pub(super) detail_description_flag: Option<Flag>,
    pub(super) internal_analysis_flag: Option<Flag>,
    pub(super) resolution_flag: Option<Flag>,
    /// It is what was asked.
    pub(super) issue_flag: Option<Flag>,
    pub(super) internal_flag: Option<Flag>,
    pub(super) member: Option<CwRef<'a>>,
    pub(super) contact: Option<CwRef<'a>>,
    pub(super) time_start: Option<Text<'a>>,
    pub(super) date_created: Option<Text<'a>>,
    /// Who wrote it, where it is of no member and no contact.
    pub(super) original_author: Option<Text<'a>>,
    #[serde(rename = "_info")]
    pub(super) info: Option<CwInfo<'a>>,
}

/// A value of a set-up table. The tables differ in what they call the same things.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct CwValue<'a> {
    pub(super) id: i64,
    pub(super) name: Option<Text<'a>>,
    /// What stands for the name in some tables, and beside it in others.
    pub(super) description: Option<Text<'a>>,
    pub(super) probability: Option<&'a RawValue>,
    #[serde(alias = "inactive")]
    pub(super) inactive_flag: Option<Flag>,
    #[serde(alias = "sequenceNumber")]
    pub(super) sort_order: Option<i64>,
    pub(super) closed_status: Option<Flag>,
    pub(super) closed_flag: Option<Flag>,
    /// Of boards: whether its tickets are those of projects.
    pub(super) project_flag: Option<Flag>,
}

/// A forecast: what is in it, and the sum the vendor makes of that.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct CwForecast<'a> {
    pub(super) forecast_items: Option<Vec<CwForecastItem<'a>>>,
    pub(super) forecast_revenue_totals: Option<CwRevenue<'a>>,
}

/// An item of a forecast.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct CwForecastItem<'a> {
    pub(super) revenue: Option<&'a RawValue>,
    /// Whether it counts.
    pub(super) include_flag: Option<Flag>,
}

/// A sum.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct CwRevenue<'a> {
    pub(super) revenue: Option<&'a RawValue>,
}

/// A site of a company.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct CwSite<'a> {
    pub(super) name: Option<Text<'a>>,
    #[serde(rename = "addressLine1")]
    pub(super) address_line_1: Option<Text<'a>>,
    #[serde(rename = "addressLine2")]
    pub(super) address_line_2: Option<Text<'a>>,
    pub(super) city: Option<Text<'a>>,
    pub(super) state_reference: Option<CwState<'a>>,
    pub(super) zip: Option<Text<'a>>,
    pub(super) country: Option<CwRef<'a>>,
    pub(super) phone_number: Option<Text<'a>>,
    pub(super) inactive_flag: Option<Flag>,
}

/// A state: what stands in addresses, and what it is called.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct CwState<'a> {
    pub(super) identifier: Option<Text<'a>>,
    pub(super) name: Option<Text<'a>>,
}

/// A project, as far as its tickets need it.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct CwProject<'a> {
    pub(super) id: i64,
    pub(super) r#type: Option<CwRef<'a>>,
}

/// A record of which only the id matters.
#[derive(Debug, Deserialize)]
pub(super) struct CwId {
    pub(super) id: i64,
}

/// Answer to a count.
#[derive(Debug, Deserialize)]
pub(super) struct CwCount {
    pub(super) count: u64,
}

/// Where a company's API is.
#[derive(Debug, Deserialize)]
pub(super) struct CwCompanyInfo {
    #[serde(rename = "CompanyName")]
    pub(super) company_name: Option<String>,
    #[serde(rename = "Codebase")]
    pub(super) codebase: Option<String>,
    #[serde(rename = "VersionCode")]
    pub(super) version_code: Option<String>,
    #[serde(rename = "SiteUrl")]
    pub(super) site_url: Option<String>,
}

/// The vendor's error body.
#[derive(Debug, Default, Deserialize)]
pub(super) struct CwError {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) errors: Option<Vec<CwIssue>>,
}

/// What is wrong with one field.
#[derive(Debug, Deserialize)]
pub(super) struct CwIssue {
    pub(super) message: Option<String>,
    /// The field, or the parameter.
    pub(super) field: Option<String>,
}
