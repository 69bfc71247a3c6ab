//! Merging a company into another: what belongs to it goes over or away, and it is no more.

use serde_json::{Value, json};

use super::ConnectWisePsa;
use super::edit::{Edit, flag, linked, text};
use super::intake::whole;
use super::refusal::{Issue, Refusal};
use super::write::json as body_of;
use crate::exchange::{Answer, Call};
use crate::records::schema::{Kind, Schema};
use crate::state::Record;

/// What the vendor calls the body.
const MERGE: &str = "companyMerge";
const COMPANIES: &str = "company/companies";
const SITES: &str = "company/companies/sites";
const CONTACTS: &str = "company/contacts";
const DOCUMENTS: &str = "system/documents";

/// Fields of which the body chooses one company's, under their own names.
const CHOSEN: &[&str] = &[
    "name",
    "identifier",
    "status",
    "website",
    "market",
    "territory",
    "revenueYear",
    "numberOfEmployees",
    "sicCode",
    "dateAcquired",
    "userDefinedField1",
    "userDefinedField2",
    "userDefinedField3",
    "userDefinedField4",
    "userDefinedField5",
    "userDefinedField6",
    "userDefinedField7",
    "userDefinedField8",
    "userDefinedField9",
    "userDefinedField10",
    "billingContact",
    "taxCode",
    "accountNumber",
    "billingTerms",
];

/// What else it chooses, and the fields of a company that hold it.
const CHOSEN_AS: &[(&str, &[&str])] = &[
    ("type", &["types"]),
    (
        "primaryAddress",
        &[
            "addressLine1",
            "addressLine2",
            "city",
            "state",
            "zip",
            "country",
            "site",
        ],
    ),
    ("primaryContact", &["defaultContact"]),
    ("phone", &["phoneNumber"]),
    ("fax", &["faxNumber"]),
    ("revenue", &["annualRevenue"]),
    ("timeZone", &["timeZoneSetup"]),
    ("sourceList", &["leadSource"]),
    ("billingAddress", &["billingSite"]),
];

/// What it hands over or discards, and the kinds that are it.
const BELONGINGS: &[(&str, &[&str])] = &[
    ("notes", &["company/companies/notes"]),
    ("sites", &[SITES]),
    ("activities", &[]),
    ("opportunities", &["sales/opportunities"]),
    ("services", &["service/tickets"]),
    ("projects", &["project/projects", "project/tickets"]),
    ("contacts", &[CONTACTS]),
    ("documents", &[DOCUMENTS]),
];

/// Marks of a main site or contact, and the choice whose company keeps them.
const PLACES: &[(&str, &str, &[&str])] = &[
    (
        "primaryAddress",
        SITES,
        &[
            "primaryAddressFlag",
            "defaultShippingFlag",
            "defaultMailingFlag",
        ],
    ),
    ("billingAddress", SITES, &["defaultBillingFlag"]),
    ("primaryContact", CONTACTS, &["defaultFlag"]),
    ("billingContact", CONTACTS, &["defaultBillingFlag"]),
];

/// A discarded record: kind and id.
type Gone = (&'static str, i64);

impl ConnectWisePsa {
    /// Merges a company into the one that the body names.
    pub(super) fn merge_company(&self, from: i64, call: &Call) -> Result<Answer, Refusal> {
        for right in ["update", "delete"] {
            self.access.check(COMPANIES, right)?;
        }
        let body = body_of(call)?;
        let mut edit = Edit::begin(self, self.caller());
        let merged = edit
            .record(COMPANIES, from)
            .ok_or_else(|| Refusal::not_found("company", &from.to_string()))?;
        let to = survivor(&edit, from, &body)?;
        step_down(&mut edit, from, to, &body);
        edit.remove(edit.kind(COMPANIES), from);
        let gone = discard(&mut edit, from, &body);
        hand_over(&mut edit, from, to, &gone);
        let schema = edit.schema(edit.kind(COMPANIES));
        edit.alter(COMPANIES, to, |record| {
            take_over(record, &merged, &body);
            forget(schema, record, &gone);
        });
        edit.finish();
        Ok(Answer::json(200, &json!({"success": true})))
    }
}

/// Whether the body has a word for something.
fn says(body: &Value, name: &str, word: &str) -> bool {
    let given = body[name].as_str();
    given.is_some_and(|given| given.trim().eq_ignore_ascii_case(word))
}

/// The company that stays, as the body names it; refuses a body that makes no sense.
fn survivor(edit: &Edit<'_>, from: i64, body: &Value) -> Result<i64, Refusal> {
    let wrong = |name: &str| {
        let message = format!("The value for {name} is not valid.");
        Issue::new(MERGE, name, "InvalidField", message)
    };
    let mut issues = Vec::new();
    let given = &body["toCompanyId"];
    let to = whole(given).filter(|to| *to != from && edit.record(COMPANIES, *to).is_some());
    if given.is_null() {
        issues.push(Issue::missing(MERGE, "toCompanyId"));
    } else if to.is_none() {
        issues.push(wrong("toCompanyId"));
    }
    let renamed = CHOSEN_AS.iter().map(|(name, _)| *name);
    let chosen = CHOSEN.iter().copied().chain(renamed);
    let belongings = BELONGINGS.iter().map(|(name, _)| *name);
    let words = chosen.map(|name| (name, ["From", "To"]));
    let words = words.chain(belongings.map(|name| (name, ["Discard", "Merge"])));
    for (name, words) in words {
        if !body[name].is_null() && !words.iter().any(|word| says(body, name, word)) {
            issues.push(wrong(name));
        }
    }
    match to {
        Some(to) if issues.is_empty() => Ok(to),
        _ => Err(Refusal::object(MERGE, issues)),
    }
}

/// Main sites and contacts of the company that does not keep its own are main ones no longer.
fn step_down(edit: &mut Edit<'_>, from: i64, to: i64, body: &Value) {
    for (choice, key, flags) in PLACES {
        let loser = if says(body, choice, "From") { to } else { from };
        for (id, mut record) in edit.select(key, "company", loser) {
            if !flags.iter().any(|name| flag(&record, name)) {
                continue;
            }
            for name in *flags {
                record.insert((*name).to_owned(), false.into());
            }
            edit.put(key, id, record);
        }
    }
}

/// The records of a kind that belong to a company.
fn belonging(edit: &Edit<'_>, key: &str, company: i64) -> Vec<i64> {
    let of_any = key == DOCUMENTS;
    let field = if of_any { "recordId" } else { "company" };
    let found = edit.select(key, field, company).into_iter();
    let own = found.filter(|(_, record)| {
        !of_any || text(record, "recordType").eq_ignore_ascii_case("company")
    });
    own.map(|(id, _)| id).collect()
}

/// Removes what the body does not want handed over.
fn discard(edit: &mut Edit<'_>, from: i64, body: &Value) -> Vec<Gone> {
    let mut gone = Vec::new();
    for (name, kinds) in BELONGINGS {
        if !says(body, name, "Discard") {
            continue;
        }
        for key in *kinds {
            for id in belonging(edit, key, from) {
                edit.remove(edit.kind(key), id);
                gone.push((*key, id));
            }
        }
    }
    gone
}

/// Whatever names the merged company names the survivor from now on.
fn hand_over(edit: &mut Edit<'_>, from: i64, to: i64, gone: &[Gone]) {
    let app = edit.app;
    for schema in app.keeper.catalogue.all() {
        let key = schema.about.key;
        for field in &schema.fields {
            if field.kind != Kind::Link(COMPANIES) {
                continue;
            }
            for (id, _) in edit.select(key, field.name, from) {
                edit.alter(key, id, |record| {
                    // Nobody is a parent of its own.
                    if field.name == "parentCompany" && id == to {
                        record.remove(field.name);
                    } else {
                        record.insert(field.name.to_owned(), json!({"id": to}));
                    }
                    forget(schema, record, gone);
                });
            }
        }
    }
    for id in belonging(edit, DOCUMENTS, from) {
        edit.alter(DOCUMENTS, id, |record| {
            record.insert("recordId".to_owned(), to.into());
        });
    }
    for (id, entry) in edit.select("time/entries", "chargeToId", from) {
        if text(&entry, "chargeToType") == "Company" {
            edit.alter("time/entries", id, |record| {
                record.insert("chargeToId".to_owned(), to.into());
            });
        }
    }
}

/// The survivor takes what the body chooses from the merged company.
fn take_over(record: &mut Record, merged: &Record, body: &Value) {
    let own = CHOSEN
        .iter()
        .map(|name| (*name, std::slice::from_ref(name)));
    for (choice, fields) in own.chain(CHOSEN_AS.iter().copied()) {
        if !says(body, choice, "From") {
            continue;
        }
        for name in fields {
            match merged.get(*name) {
                Some(value) => record.insert((*name).to_owned(), value.clone()),
                None => record.remove(*name),
            };
        }
    }
}

/// Takes links to discarded records out of a record.
fn forget(schema: &Schema, record: &mut Record, gone: &[Gone]) {
    for field in &schema.fields {
        if let Kind::Link(key) = field.kind
            && let Some(id) = linked(record, field.name)
            && gone.contains(&(key, id))
        {
            record.remove(field.name);
        }
    }
}
