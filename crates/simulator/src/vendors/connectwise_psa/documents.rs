//! Documents: uploads as multipart forms, downloads as bytes.

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::ConnectWisePsa;
use super::edit::{Edit, text};
use super::made::guid;
use super::refusal::{Issue, Refusal};
use super::route::Address;
use crate::exchange::{Answer, Call};
use crate::fault::FaultKind;
use crate::records::filter::{Expr, Op, Operand, Path};
use crate::world::instant::iso;

/// Kinds that documents can belong to.
const OWNERS: [(&str, &str); 6] = [
    ("ticket", "service/tickets"),
    ("company", "company/companies"),
    ("contact", "company/contacts"),
    ("opportunity", "sales/opportunities"),
    ("agreement", "finance/agreements"),
    ("member", "system/members"),
];

/// A part of a form.
struct Part {
    name: String,
    file_name: Option<String>,
    kind: String,
    bytes: Vec<u8>,
}

impl ConnectWisePsa {
    /// Answers requests about documents that other kinds do not know; `None` leaves them to the
    /// rest.
    pub(super) fn document(
        &self,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Option<Result<Answer, Refusal>> {
        match (address.key.as_str(), address.ids.as_slice(), &call.method) {
            ("system/documents/download" | "system/documents/thumbnail", [id], &Method::GET) => {
                Some(self.download(*id))
            }
            ("system/documents", [], &Method::POST) => Some(self.upload(call)),
            ("system/documents", [], &Method::GET) => Some(self.documents(address, call, fault)),
            _ => None,
        }
    }

    /// The documents of one record, or all.
    fn documents(
        &self,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        let key = "system/documents";
        self.access.check(key, "query")?;
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let kind = base.catalogue.find(key).ok_or_else(Refusal::no_route)?;
        let schema = base.schema(kind);
        let mut parts = Vec::new();
        if let (Some(of), Some(field)) =
            (call.parameter("recordType"), schema.position("recordType"))
        {
            parts.push(Expr::Test {
                path: Path::Field(field),
                op: Op::Eq,
                operands: vec![Operand::Text(of.to_lowercase())],
            });
        }
        let id = call.parameter("recordId").and_then(|id| id.parse().ok());
        if let (Some(id), Some(field)) = (id, schema.position("recordId")) {
            parts.push(Expr::equals(field, id));
        }
        self.list(base, kind, &Expr::And(parts), address, call, fault)
    }

    fn download(&self, id: i64) -> Result<Answer, Refusal> {
        self.access.check("system/documents", "query")?;
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let kind = base.catalogue.find("system/documents").unwrap_or(0);
        let record = base
            .find(kind, id)
            .map(|row| row.to_record(base.schema(kind)))
            .ok_or_else(|| Refusal::not_found("document", &id.to_string()))?;
        let bytes = STANDARD.decode(text(&record, "data")).unwrap_or_default();
        let mut answer = Answer::json_text(200, String::new());
        answer.content_type = text(&record, "contentType").to_owned().into();
        answer.body = bytes;
        let name = text(&record, "fileName").replace(['"', '\r', '\n'], "_");
        let disposition = format!("attachment; filename=\"{name}\"");
        answer.headers.push(("content-disposition", disposition));
        Ok(answer)
    }

    fn upload(&self, call: &Call) -> Result<Answer, Refusal> {
        self.access.check("system/documents", "create")?;
        let form = form(call).ok_or_else(Refusal::media_type)?;
        let field = |name: &str| {
            form.iter()
                .find(|part| part.name.eq_ignore_ascii_case(name))
                .map(|part| String::from_utf8_lossy(&part.bytes).into_owned())
                .filter(|text| !text.is_empty())
        };
        let file = form.iter().find(|part| part.file_name.is_some());
        let of = field("recordType").unwrap_or_default();
        let id: i64 = field("recordId")
            .and_then(|id| id.parse().ok())
            .unwrap_or(0);
        let mut edit = Edit::begin(self, self.caller());
        let owner = OWNERS
            .iter()
            .find(|(name, _)| of.eq_ignore_ascii_case(name))
            .map(|(_, key)| *key);
        let mut issues = Vec::new();
        let mut wrong = |field, code, message: &str| {
            issues.push(Issue::new("document", field, code, message));
        };
        if owner.is_none() {
            wrong(
                "recordType",
                "InvalidField",
                "The record type is not valid.",
            );
        } else if owner.is_some_and(|key| edit.record(key, id).is_none()) {
            wrong("recordId", "InvalidField", "The record does not exist.");
        }
        let url = field("url");
        if file.is_none() && url.is_none() {
            wrong(
                "file",
                "MissingRequiredField",
                "The file field is required.",
            );
        }
        super::edit::refuse_any("document", issues)?;
        let private = field("privateFlag").is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
        let name = file.and_then(|f| f.file_name.clone()).unwrap_or_default();
        let bytes: &[u8] = file.map_or(&[], |f| &f.bytes);
        let kind = file.map_or("text/html", |f| f.kind.as_str());
        let record = json!({
            "title": field("title").unwrap_or_else(|| name.clone()), "fileName": name,
            "serverFileName": format!("{}.bin", guid(edit.now, id)),
            "owner": edit.actor.identifier, "size": bytes.len(), "linkFlag": url.is_some(),
            "imageFlag": kind.starts_with("image/"), "publicFlag": !private,
            "htmlTemplateFlag": false, "urlFlag": url.is_some(),
            "readOnlyFlag": field("readOnlyFlay").or(field("readOnlyFlag")).is_some_and(|f| f.eq_ignore_ascii_case("true")),
            "createdOnDate": iso(edit.now), "guid": guid(id, edit.now), "recordType": of,
            "recordId": id, "data": STANDARD.encode(bytes), "contentType": kind,
        });
        let Value::Object(record) = record else {
            return Err(Refusal::media_type());
        };
        let document = edit.insert("system/documents", record);
        let base = edit.base();
        let kind = edit.kind("system/documents");
        let body = base
            .find(kind, document)
            .map(|row| self.tree(base, kind, &row));
        edit.finish();
        Ok(Answer::json(201, &body.unwrap_or_default()))
    }
}

/// The parts of a multipart form.
fn form(call: &Call) -> Option<Vec<Part>> {
    let kind = call.header("content-type")?;
    if !kind.to_lowercase().starts_with("multipart/form-data") {
        return None;
    }
    let boundary = kind.split("boundary=").nth(1)?;
    let boundary = boundary.split(';').next()?.trim().trim_matches('"');
    let marker = format!("--{boundary}").into_bytes();
    let body: &[u8] = &call.body;
    let mut parts = Vec::new();
    let mut from = find(body, &marker)? + marker.len();
    while let Some(end) = find(&body[from..], &marker) {
        let piece = &body[from..from + end];
        if let Some(head_end) = find(piece, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&piece[..head_end]).into_owned();
            let content = &piece[head_end + 4..];
            let content = content.strip_suffix(b"\r\n").unwrap_or(content);
            parts.extend(part(&head, content));
        }
        from += end + marker.len();
    }
    Some(parts)
}

fn part(head: &str, bytes: &[u8]) -> Option<Part> {
    let value = |name: &str| {
        let after = head.split(&format!("{name}=\"")).nth(1)?;
        after.split('"').next().map(str::to_owned)
    };
    let kind = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_type = name.trim().eq_ignore_ascii_case("content-type");
        is_type.then(|| value.trim().to_owned())
    });
    // `filename` ends in `name`, so the shorter one is asked for with what stands before it.
    let after = head
        .split(" name=\"")
        .nth(1)
        .or_else(|| head.split(";name=\"").nth(1))?;
    Some(Part {
        name: after.split('"').next()?.to_owned(),
        file_name: value("filename"),
        kind: kind.unwrap_or_else(|| "application/octet-stream".to_owned()),
        bytes: bytes.to_vec(),
    })
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}
