//! What all operations share in the description: the answers that are no success, with their one shape, and what may stand
//! in parameters. Words come from the lists that requests are read by.

use domain::reference::ReferenceKind;
use serde::Serialize;
use serde_json::Value;
use store::removal_questions::QuestionState;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{Object, Schema, SchemaFormat};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Number, PartialSchema, ToSchema};

use super::list::{DIRECTIONS, MOST, USUAL};
use super::{companies, opportunities, tickets};
use crate::web::error::Failure;

/// What is answered when a request did not work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Error {
    /// What happened.
    error: ErrorWords,
}

/// What happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorWords {
    /// A stable word, such as `invalid_parameter`.
    code: &'static str,
    /// What happened and what to do.
    message: String,
    /// The number under which it stands in the log, as in the header X-Request-Id.
    request_id: String,
    /// What is wrong with which parameter.
    details: Vec<ErrorDetail>,
}

/// What is wrong with a parameter.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorDetail {
    /// Its name.
    parameter: String,
    /// What is wrong with it.
    problem: String,
}

impl Error {
    /// The answer to a request that failed.
    #[must_use]
    pub fn of(failure: &Failure, request_id: &str) -> Self {
        let details = failure.details.iter();
        let details = details.map(|(parameter, problem)| ErrorDetail {
            parameter: parameter.clone(),
            problem: problem.clone(),
        });
        Self {
            error: ErrorWords {
                code: failure.code,
                message: failure.message.to_string(),
                request_id: request_id.to_owned(),
                details: details.collect(),
            },
        }
    }
}

/// An answer that is no success: its status, its name in the description, when it comes.
type Refusal = (&'static str, &'static str, &'static str);

/// Answers every operation may give.
const REFUSALS: [Refusal; 6] = [
    (
        "400",
        "WrongParameter",
        "A parameter is wrong, unknown, or comes twice",
    ),
    ("401", "NoKey", "No API key was sent, or it is not in use"),
    (
        "403",
        "LacksScope",
        "The key, or the role of its maker, lacks the scope",
    ),
    (
        "429",
        "TooMany",
        "The key sent more requests than it may; Retry-After says when to go on",
    ),
    (
        "500",
        "Fault",
        "The fault is Portico's; the log says what it is, under the number of the request",
    ),
    (
        "503",
        "Unavailable",
        "The database does not answer; Retry-After says when to try again",
    ),
];

/// The answer where an address names a record.
const NOT_FOUND: Refusal = (
    "404",
    "NotFound",
    "There is nothing of this id, or nothing this key may read",
);

/// Parameters that are ids of Portico; the others are the vendor's.
const IDS: [&str; 4] = ["id", "run", "integration", "company"];

/// Fields of answers that are ids of Portico, in whatever they stand.
const ID_FIELDS: [&str; 4] = ["integration_id", "company_id", "contact_id", "run_id"];

/// What has an id of Portico in its field `id`; the others have the vendor's there.
const WITH_ID: [&str; 8] = [
    "CompanyDetail",
    "CompanyListed",
    "Contact",
    "Integration",
    "Opportunity",
    "RemovalQuestion",
    "SyncRun",
    "Ticket",
];

/// Adds to a description what its operations share.
#[must_use]
pub fn complete(mut document: OpenApi) -> OpenApi {
    for (path, item) in &mut document.paths.paths {
        if let Some(operation) = &mut item.get {
            describe(path.contains('{'), operation);
        }
    }
    let Some(components) = &mut document.components else {
        return document;
    };
    for (name, schema) in &mut components.schemas {
        mark_ids(schema, WITH_ID.contains(&name.as_str()));
    }
    let mut schemas = vec![(Error::name().into_owned(), Error::schema())];
    Error::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let refusals = REFUSALS.into_iter().chain([NOT_FOUND]);
    components
        .responses
        .extend(refusals.map(|(_, name, when)| (name.to_owned(), RefOr::T(refusal(when)))));
    document
}

fn refusal(when: &str) -> Response {
    let error = Ref::from_schema_name(Error::name());
    let content = ContentBuilder::new().schema(Some(error)).build();
    ResponseBuilder::new()
        .description(when)
        .content("application/json", content)
        .build()
}

fn describe(names_record: bool, operation: &mut Operation) {
    // What stands under a heading is for readers of the code: the answers say it.
    operation.description = operation.description.take().and_then(|text| {
        let text = text.split("# Errors").next().unwrap_or_default().trim();
        (!text.is_empty()).then(|| text.to_owned())
    });
    let answers = &mut operation.responses.responses;
    for (status, name, _) in REFUSALS
        .into_iter()
        .chain(names_record.then_some(NOT_FOUND))
    {
        let answer = RefOr::Ref(Ref::from_response_name(name));
        answers.insert(status.to_owned(), answer);
    }
    let id = operation.operation_id.clone().unwrap_or_default();
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            bound(&id, parameter);
        }
    }
}

/// Says what may stand in a parameter.
fn bound(operation: &str, parameter: &mut Parameter) {
    let words = words_of(operation, &parameter.name);
    let is_path = parameter.parameter_in == ParameterIn::Path;
    let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema else {
        return;
    };
    if !words.is_empty() {
        schema.enum_values = Some(words.into_iter().map(Value::from).collect());
    }
    match parameter.name.as_str() {
        "limit" => {
            schema.minimum = Some(Number::UInt(1));
            schema.maximum = Some(Number::UInt(MOST as usize));
            schema.default = Some(Value::from(USUAL));
        }
        name if is_path || IDS.contains(&name) => schema.format = Some(uuid()),
        _ => {}
    }
}

/// The words a parameter may be; none where it may be anything.
fn words_of(operation: &str, parameter: &str) -> Vec<&'static str> {
    fn words<T, const N: usize>(choices: [(&'static str, T); N]) -> Vec<&'static str> {
        choices.into_iter().map(|(word, _)| word).collect()
    }
    match (operation, parameter) {
        (_, "direction") => words(DIRECTIONS),
        ("list_companies", "sort") => words(companies::SORTS),
        ("list_tickets", "sort") => words(tickets::SORTS),
        ("list_opportunities", "sort") => words(opportunities::SORTS),
        (_, "kind") => ReferenceKind::ALL.map(ReferenceKind::key).to_vec(),
        (_, "state") => QuestionState::ALL.map(QuestionState::key).to_vec(),
        _ => Vec::new(),
    }
}

/// Says of the fields of an answer which are ids of Portico.
fn mark_ids(schema: &mut RefOr<Schema>, with_id: bool) {
    let mark = |object: &mut Object| {
        for (name, field) in &mut object.properties {
            let is_id = ID_FIELDS.contains(&name.as_str()) || (with_id && name == "id");
            if let RefOr::T(Schema::Object(field)) = field
                && is_id
            {
                field.format = Some(uuid());
            }
        }
    };
    match schema {
        RefOr::T(Schema::Object(object)) => mark(object),
        RefOr::T(Schema::AllOf(parts)) => {
            for part in &mut parts.items {
                if let RefOr::T(Schema::Object(object)) = part {
                    mark(object);
                }
            }
        }
        _ => {}
    }
}

fn uuid() -> SchemaFormat {
    SchemaFormat::Custom("uuid".to_owned())
}
