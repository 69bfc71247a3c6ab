//! What the product says about itself: company info without credentials, system info, the audit
//! trail, presets of new records.

use axum::http::Method;
use serde_json::{Value, json};

use super::ConnectWisePsa;
use super::refusal::Refusal;
use super::route::{Address, CODEBASES};
use crate::exchange::{Answer, Call};
use crate::fault::FaultKind;
use crate::records::filter::{Expr, Op, Operand, Path};

/// The release.
const VERSION: &str = "v2025.1.94322";

impl ConnectWisePsa {
    /// Company info, which tells codebase and host. Unknown companies get `null`.
    pub(super) fn company_info(&self, company: &str, call: &Call) -> Answer {
        if !company.eq_ignore_ascii_case(self.access.company()) {
            return Answer::json_text(200, "null".to_owned());
        }
        let codebase = self.codebase();
        let moved = codebase == CODEBASES[1];
        Answer::json(
            200,
            &json!({
                "CompanyName": self.access.company(),
                "Codebase": format!("{codebase}/"),
                "VersionCode": codebase.replacen('_', ".", 1),
                "VersionNumber": if moved { "v4.6.95001" } else { "v4.6.94322" },
                "CompanyID": self.access.company(),
                "IsCloud": true,
                "SiteUrl": call.header("host").map_or_else(|| self.host(), str::to_owned),
                "AllowedOrigins": [],
            }),
        )
    }

    /// Answers what is about the system as a whole; `None` leaves it to the rest.
    pub(super) fn system(
        &self,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Option<Result<Answer, Refusal>> {
        if call.method != Method::GET {
            return None;
        }
        Some(match (address.key.as_str(), address.ids.as_slice()) {
            ("system/info", []) => self.access.check("system/info", "query").map(|_| {
                Answer::json(
                    200,
                    &json!({
                        "version": VERSION,
                        "isCloud": true,
                        "serverTimeZone": "GMT Standard Time",
                        "licenseBits": [{"name": "Service", "activeFlag": true}, {"name": "Sales", "activeFlag": true}],
                        "cloudRegion": "EU",
                        "maxWorkFlowRecordsAllowed": 10_000,
                    }),
                )
            }),
            ("system/info/members", []) => self.info_members(address, call, fault),
            ("system/audittrail", []) => self.audit_trail(address, call, fault),
            ("company/companies/default", []) => Ok(Answer::json(
                200,
                &json!({"id": 0, "status": {"id": 1, "name": "Active"}, "types": [{"id": 1, "name": "Client"}], "territory": {"id": 1, "name": "Bristol"}}),
            )),
            ("company/contacts/default", []) => Ok(Answer::json(
                200,
                &json!({"id": 0, "inactiveFlag": false, "disablePortalLoginFlag": true, "types": [], "communicationItems": []}),
            )),
            ("sales/opportunities/default", []) => Ok(Answer::json(
                200,
                &json!({"id": 0, "stage": {"id": 1, "name": "1. Qualify"}, "status": {"id": 1, "name": "Open"}, "rating": {"id": 1, "name": "Cold"}, "primarySalesRep": {"id": self.api_member_id(), "identifier": self.api_member()}}),
            )),
            _ => return None,
        })
    }

    /// Members without what only administrators may see.
    fn info_members(
        &self,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let kind = base.catalogue.find("system/members").unwrap_or(0);
        let mut answer = self.list(base, kind, &Expr::all(), address, call, fault)?;
        if address.count {
            return Ok(answer);
        }
        let members: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let shown = [
            "id",
            "identifier",
            "firstName",
            "middleInitial",
            "lastName",
            "defaultEmail",
            "licenseClass",
            "inactiveFlag",
            "_info",
        ];
        let short = members.as_array().into_iter().flatten().map(|member| {
            let mut short = json!({"fullName": format!(
                "{} {}",
                member["firstName"].as_str().unwrap_or_default(),
                member["lastName"].as_str().unwrap_or_default(),
            )});
            for name in shown.into_iter().filter(|name| !member[*name].is_null()) {
                short[name] = member[name].clone();
            }
            short
        });
        answer.body = short.collect::<Value>().to_string().into_bytes();
        Ok(answer)
    }

    /// Who changed a record and when, deletions too.
    fn audit_trail(
        &self,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        let key = "system/audittrail";
        self.access.check(key, "query")?;
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let kind = base.catalogue.find(key).unwrap_or(0);
        let schema = base.schema(kind);
        let of = call
            .parameter("type")
            .ok_or_else(|| Refusal::argument("The type parameter is required."))?;
        let id = call
            .parameter("id")
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| Refusal::argument("The id parameter is required."))?;
        let scope = Expr::And(vec![
            Expr::Test {
                path: Path::Field(schema.position("objectType").unwrap_or(0)),
                op: Op::Eq,
                operands: vec![Operand::Text(of.to_lowercase())],
            },
            Expr::equals(schema.position("objectId").unwrap_or(0), id),
        ]);
        self.list(base, kind, &scope, address, call, fault)
    }
}
