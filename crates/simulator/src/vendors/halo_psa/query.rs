//! The parameters of a list: what is filtered, in which order, which page. Parameters the product does not know are
//! passed over, as it does itself.

use serde_json::{Map, Value};

use super::refusal::Refusal;
use super::switches::Switches;
use crate::exchange::Call;
use crate::records::base::Base;
use crate::records::filter::{Expr, Op, Operand, Path};
use crate::records::schema::Schema;
use crate::world::instant;

/// The lists that the vendor's description gives an advanced search.
const ADVANCED: [&str; 8] = [
    "client",
    "site",
    "users",
    "tickets",
    "opportunities",
    "projects",
    "asset",
    "appointment",
];

/// What is left of the rows of a list of ids.
const ID: &[&str] = &["id"];
/// What is left of those of tickets.
const TICKET_IDS: &[&str] = &["id", "sla_id", "status_id", "client_id", "client_name"];

/// A list that was asked for.
pub struct Query {
    /// Which records.
    pub expr: Expr,
    /// In which order: where to look, and whether downwards.
    pub order: Vec<(Path, bool)>,
    /// Number of the page, from 1; `None` when the client does not page.
    pub page: Option<usize>,
    /// Rows in it.
    pub size: usize,
    /// What decides which records come in which order, as text.
    pub key: String,
}

/// Reads the parameters of a call.
pub fn read(base: Base<'_>, schema: &Schema, call: &Call) -> Result<Query, Refusal> {
    let asks = Asks { schema, call };
    let switches = Switches::read(base);
    let mut parts = Vec::new();
    match schema.about.key {
        "client" => client(&asks, base, &mut parts),
        "site" => site(&asks, &mut parts),
        "users" => users(&asks, &mut parts),
        "agent" => agent(&asks, &mut parts),
        "tickets" | "opportunities" | "projects" => tickets(&asks, base, &switches, &mut parts)?,
        "actions" => actions(&asks, &mut parts)?,
        _ => lists(&asks, &mut parts),
    }
    asks.changed(&mut parts)?;
    asks.advanced(&mut parts)?;
    let (page, size) = asks.page(&switches)?;
    Ok(Query {
        expr: Expr::And(parts),
        order: asks.order(),
        page,
        size,
        key: format!("{} {}", switches.open_lists, asks.without_page()),
    })
}

/// A call and the kind it is about.
struct Asks<'a> {
    schema: &'a Schema,
    call: &'a Call,
}

impl Asks<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.call
            .parameter(name)
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    }

    /// A switch; `None` when it was not mentioned.
    fn switch(&self, name: &str) -> Option<bool> {
        Some(self.text(name)?.eq_ignore_ascii_case("true"))
    }

    fn is_on(&self, name: &str) -> bool {
        self.switch(name) == Some(true)
    }

    /// Whole numbers of a list with commas.
    fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        let text = self.text(name)?;
        Some(
            text.split(',')
                .filter_map(|part| part.trim().parse().ok())
                .collect(),
        )
    }

    fn field(&self, name: &str) -> usize {
        self.schema.position(name).unwrap_or(0)
    }

    fn test(&self, field: &str, op: Op, operands: Vec<Operand>) -> Expr {
        Expr::Test {
            path: Path::Field(self.field(field)),
            op,
            operands,
        }
    }

    fn is(&self, field: &str) -> Expr {
        self.test(field, Op::Eq, vec![Operand::Truth(true)])
    }

    fn is_not(&self, field: &str) -> Expr {
        Expr::Not(Box::new(self.is(field)))
    }

    /// The records whose field has one of the numbers of a parameter, when that is there.
    fn one_of(&self, parts: &mut Vec<Expr>, parameter: &str, field: &str) {
        if let Some(numbers) = self.numbers(parameter) {
            let operands = numbers.into_iter().map(Operand::Number).collect();
            parts.push(self.test(field, Op::In, operands));
        }
    }

    /// The records whose text contains the text of a parameter.
    fn contains(&self, parts: &mut Vec<Expr>, parameter: &str, fields: &[&str]) {
        if let Some(text) = self.text(parameter) {
            let text = Operand::Text(text.to_lowercase());
            let tests = fields
                .iter()
                .map(|field| self.test(field, Op::Contains, vec![text.clone()]));
            parts.push(Expr::Or(tests.collect()));
        }
    }

    /// Whether active records are wanted, and inactive ones: two switches, which `activeinactive` sets both at once.
    fn wanted(&self, active: &str, inactive: &str) -> (Option<bool>, Option<bool>) {
        let Some(both) = self.text("activeinactive") else {
            return (self.switch(active), self.switch(inactive));
        };
        let mut both = both
            .split(',')
            .map(|one| one.trim().eq_ignore_ascii_case("true"));
        (both.next(), both.next())
    }

    /// Active records, inactive ones, or both; active ones when nothing is said.
    fn activity(&self, parts: &mut Vec<Expr>) {
        let (active, inactive) = self.wanted("includeactive", "includeinactive");
        if active == Some(false) {
            parts.push(self.is("inactive"));
        }
        if inactive != Some(true) {
            parts.push(self.is_not("inactive"));
        }
    }

    fn instant(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let wrong = || Refusal::field(name, &format!("The value '{text}' is not valid."));
        instant::parse(&text).map(Some).ok_or_else(wrong)
    }

    fn between(
        &self,
        parts: &mut Vec<Expr>,
        field: &str,
        (from, to): (&str, &str),
    ) -> Result<(), Refusal> {
        if let Some(ms) = self.instant(from)? {
            parts.push(self.test(field, Op::Ge, vec![Operand::Moment(ms)]));
        }
        if let Some(ms) = self.instant(to)? {
            parts.push(self.test(field, Op::Le, vec![Operand::Moment(ms)]));
        }
        Ok(())
    }

    /// Changed since, on the lists that know it.
    fn changed(&self, parts: &mut Vec<Expr>) -> Result<(), Refusal> {
        let known = [
            "client",
            "site",
            "users",
            "tickets",
            "opportunities",
            "projects",
        ];
        match self.schema.changed {
            Some(at) if known.contains(&self.schema.about.key) => self.between(
                parts,
                self.schema.fields[at].name,
                ("lastupdatefromdate", "lastupdatetodate"),
            ),
            _ => Ok(()),
        }
    }

    /// `advanced_search`: a list of field, comparison and value; few fields are allowed.
    fn advanced(&self, parts: &mut Vec<Expr>) -> Result<(), Refusal> {
        let text = self.text("advanced_search");
        let Some(text) = text.filter(|_| ADVANCED.contains(&self.schema.about.key)) else {
            return Ok(());
        };
        let filters: Vec<Map<String, Value>> = serde_json::from_str(&text).map_err(|_| {
            let message = format!("The value '{text}' is not valid.");
            Refusal::field("advanced_search", &message)
        })?;
        for filter in filters.into_iter().map(Value::Object) {
            let name = filter["filter_name"].as_str().unwrap_or_default();
            let allowed = ["name", "emailaddress", "azureoid", "id", "summary"];
            if !allowed.contains(&name) || self.schema.position(name).is_none() {
                return Err(Refusal::rule(format!(
                    "Invalid advanced search parameter: {name}"
                )));
            }
            let operand = match &filter["filter_value"] {
                Value::Number(number) => Operand::Number(number.as_f64().unwrap_or_default()),
                other => Operand::Text(other.as_str().unwrap_or_default().to_lowercase()),
            };
            parts.push(self.test(name, Op::Eq, vec![operand]));
        }
        Ok(())
    }

    fn page(&self, switches: &Switches) -> Result<(Option<usize>, usize), Refusal> {
        let whole = |name: &str| match self.text(name) {
            None => Ok(None),
            Some(text) => match text.parse::<usize>() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(Refusal::field(
                    name,
                    &format!("The value '{text}' is not valid."),
                )),
            },
        };
        let is_ticket = ["tickets", "opportunities", "projects"].contains(&self.schema.about.key);
        let largest = match is_ticket {
            true => switches.ticket_cap,
            false => switches.list_cap,
        };
        let all = ids_only(self.schema.about.key, self.call).is_some();
        if self.is_on("pageinate") && !all {
            let size = whole("page_size")?.unwrap_or(switches.usual_rows);
            let size = size.clamp(1, largest);
            return Ok((Some(whole("page_no")?.unwrap_or(1).max(1)), size));
        }
        let is_short = is_enveloped(self.schema.about.key) && self.schema.about.key != "actions";
        let usual = if is_short && !all {
            switches.usual_rows
        } else {
            usize::MAX
        };
        Ok((None, whole("count")?.unwrap_or(usual)))
    }

    fn order(&self) -> Vec<(Path, bool)> {
        ["", "2", "3", "4", "5"]
            .iter()
            .filter_map(|ending| {
                let name = self.text(&format!("order{ending}"))?;
                let field = self.schema.position_any_case(&name)?;
                let down = self.is_on(&format!("orderdesc{ending}"));
                Some((Path::Field(field), down))
            })
            .collect()
    }

    /// The query without what only chooses the page.
    fn without_page(&self) -> String {
        let mut parts: Vec<String> = url::form_urlencoded::parse(self.call.query.as_bytes())
            .filter(|(name, _)| {
                let name = name.to_lowercase();
                !["page_no", "page_size", "pageinate", "count"].contains(&name.as_str())
            })
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        parts.sort_unstable();
        parts.join("&")
    }
}

/// Whether lists of a kind come in an object with counts.
pub fn is_enveloped(kind: &str) -> bool {
    envelope(kind).is_some()
}

/// The name of the rows in the object around them.
pub fn envelope(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "client" => "clients",
        "site" => "sites",
        "users" => "users",
        "tickets" | "opportunities" | "projects" => "tickets",
        "actions" => "actions",
        "asset" => "assets",
        "appointment" => "appointments",
        "attachment" => "attachments",
        "webhookevent" => "webhook_events",
        _ => return None,
    })
}

/// The fields that are left of the rows of a list when a call wants ids alone. Such lists are not made of pages: they
/// have all ids at once.
pub fn ids_only(kind: &str, call: &Call) -> Option<&'static [&'static str]> {
    let (parameter, left) = match kind {
        "tickets" | "opportunities" | "projects" => ("ticketidonly", TICKET_IDS),
        "client" | "site" | "users" | "asset" | "attachment" | "toplevel" | "webhookevent" => {
            ("idonly", ID)
        }
        _ => return None,
    };
    let given = call.parameter(parameter)?;
    given.trim().eq_ignore_ascii_case("true").then_some(left)
}

fn client(asks: &Asks<'_>, base: Base<'_>, parts: &mut Vec<Expr>) {
    asks.activity(parts);
    asks.one_of(parts, "toplevel_id", "toplevel_id");
    asks.contains(parts, "search", &["name", "domain", "ref"]);
    asks.contains(parts, "search_name_only", &["name"]);
    if asks.is_on("exclude_internal") {
        let own = super::made::numbers::client_id(base.world, 0);
        parts.push(Expr::Not(Box::new(Expr::equals(0, own))));
    }
}

fn site(asks: &Asks<'_>, parts: &mut Vec<Expr>) {
    asks.activity(parts);
    asks.one_of(parts, "client_id", "client_id");
    asks.one_of(parts, "site_id", "id");
    asks.contains(parts, "search", &["name"]);
    if asks.switch("includestocklocations") == Some(false) {
        parts.push(asks.is_not("isstocklocation"));
    }
}

fn users(asks: &Asks<'_>, parts: &mut Vec<Expr>) {
    asks.activity(parts);
    asks.one_of(parts, "client_id", "client_id");
    asks.one_of(parts, "site_id", "site_id");
    asks.contains(
        parts,
        "search",
        &[
            "name",
            "emailaddress",
            "email2",
            "email3",
            "login",
            "phonenumber",
            "mobilenumber",
        ],
    );
    if asks.is_on("exclude_generaluser") {
        parts.push(asks.is_not("is_general"));
    }
    if asks.is_on("exclude_agents") {
        let nobody = Expr::Or(vec![
            asks.test("linked_agent_id", Op::Eq, vec![Operand::Nothing]),
            asks.test("linked_agent_id", Op::Eq, vec![Operand::Number(0.0)]),
        ]);
        parts.push(nobody);
    }
    let (service, others) = (
        asks.switch("includeserviceaccount"),
        asks.switch("includenonserviceaccount"),
    );
    match (service, others) {
        (Some(false), _) | (None, Some(true)) => parts.push(asks.is_not("isserviceaccount")),
        (_, Some(false)) | (Some(true), None) => parts.push(asks.is("isserviceaccount")),
        _ => {}
    }
}

fn agent(asks: &Asks<'_>, parts: &mut Vec<Expr>) {
    let (enabled, disabled) = asks.wanted("includeenabled", "includedisabled");
    if enabled == Some(false) {
        parts.push(asks.is("isdisabled"));
    }
    if disabled != Some(true) && !asks.is_on("showall") {
        parts.push(asks.is_not("isdisabled"));
    }
    if asks.switch("includeunassigned") == Some(false) {
        let nobody = Expr::equals(0, super::made::numbers::UNASSIGNED);
        parts.push(Expr::Not(Box::new(nobody)));
    }
    if asks.switch("includeapiagents") == Some(false) {
        parts.push(asks.is_not("isapiagent"));
    }
    asks.contains(parts, "team", &["team"]);
    asks.contains(parts, "search", &["name", "email"]);
}

fn tickets(
    asks: &Asks<'_>,
    base: Base<'_>,
    switches: &Switches,
    parts: &mut Vec<Expr>,
) -> Result<(), Refusal> {
    for (parameter, field) in [
        ("client_id", "client_id"),
        ("client_ids", "client_id"),
        ("site_id", "site_id"),
        ("user_id", "user_id"),
        ("agent_id", "agent_id"),
        ("agent", "agent_id"),
        ("status_id", "status_id"),
        ("status", "status_id"),
        ("requesttype_id", "tickettype_id"),
        ("requesttype", "tickettype_id"),
        ("priority", "priority_id"),
        ("parent_id", "parent_id"),
        ("itil_requesttype_id", "itil_requesttype_id"),
        ("ticketids", "id"),
        ("search_id", "id"),
    ] {
        asks.one_of(parts, parameter, field);
    }
    for name in ["category_1", "category_2", "category_3", "category_4"] {
        if let Some(text) = asks.text(name) {
            parts.push(asks.test(name, Op::Eq, vec![Operand::Text(text.to_lowercase())]));
        }
    }
    team(asks, base, parts);
    // A list of ones and zeros: closed, and not closed.
    let named = asks.text("includeclosed").map(|kinds| {
        let has = |kind: &str| kinds.split(',').any(|one| one.trim() == kind);
        (has("0"), has("1"))
    });
    let only_closed = asks.is_on("closed_only");
    let (open, closed) = named
        .filter(|(open, closed)| *open || *closed)
        .unwrap_or((true, only_closed || !switches.open_lists));
    if asks.is_on("open_only") || !closed {
        parts.push(asks.is_not("hasbeenclosed"));
    }
    if only_closed || !open {
        parts.push(asks.is("hasbeenclosed"));
    }
    parts.push(match asks.is_on("deleted") {
        true => asks.is("deleted"),
        false => asks.is_not("deleted"),
    });
    asks.contains(parts, "search", &["summary", "details", "user_name"]);
    asks.contains(parts, "search_summary", &["summary"]);
    asks.contains(parts, "search_details", &["details"]);
    asks.contains(parts, "search_user_name", &["user_name"]);
    let column = match asks.text("datesearch").as_deref() {
        // The vendor's own spelling, and the right one.
        Some("dateoccured" | "dateoccurred") => Some("dateoccurred"),
        Some("datecleared" | "dateclosed") => Some("dateclosed"),
        Some("lastactiondate") => Some("lastactiondate"),
        Some("last_update" | "lastupdate") => Some("last_update"),
        _ => None,
    };
    match column {
        Some(column) => asks.between(parts, column, ("startdate", "enddate")),
        None => Ok(()),
    }
}

/// Teams by id or name; tickets carry the name.
fn team(asks: &Asks<'_>, base: Base<'_>, parts: &mut Vec<Expr>) {
    let kind = base.catalogue.find("team").unwrap_or(0);
    for parameter in ["team", "team_name"] {
        let Some(text) = asks.text(parameter) else {
            continue;
        };
        let names = text.split(',').map(|part| {
            let id = part.trim().parse::<i64>().ok();
            let name = id.and_then(|id| base.title(kind, id));
            Operand::Text(
                name.unwrap_or_else(|| part.trim().to_owned())
                    .to_lowercase(),
            )
        });
        parts.push(asks.test("team", Op::In, names.collect()));
    }
}

fn actions(asks: &Asks<'_>, parts: &mut Vec<Expr>) -> Result<(), Refusal> {
    asks.one_of(parts, "ticket_id", "ticket_id");
    if asks.is_on("excludesys") {
        parts.push(asks.is_not("system"));
    }
    if asks.is_on("excludeprivate") {
        parts.push(asks.is_not("hiddenfromuser"));
    }
    if asks.is_on("conversationonly") {
        parts.push(asks.test("emaildirection", Op::Ne, vec![Operand::Nothing]));
    }
    if asks.is_on("agentonly") {
        parts.push(asks.test("who_agentid", Op::Gt, vec![Operand::Number(0.0)]));
    }
    if asks.is_on("importantonly") {
        parts.push(asks.is("important"));
    }
    match asks.text("datesearch") {
        Some(_) => asks.between(parts, "datetime", ("startdate", "enddate")),
        None => Ok(()),
    }
}

/// Configuration lists: what they have in common and what is filtered in some.
fn lists(asks: &Asks<'_>, parts: &mut Vec<Expr>) {
    match asks.schema.about.key {
        "lookup" => asks.one_of(parts, "lookupid", "lookupid"),
        "category" => asks.one_of(parts, "type_id", "type_id"),
        "priority" => asks.one_of(parts, "slaid", "slaid"),
        // Without a word all assets are there.
        "asset" if asks.text("activeinactive").is_some() => asks.activity(parts),
        "attachment" => {
            asks.one_of(parts, "ticket_id", "ticket_id");
            asks.one_of(parts, "action_id", "action_id");
        }
        "status" => {
            if let Some(domain) = asks.text("domain") {
                parts.push(asks.test("domain", Op::Eq, vec![Operand::Text(domain.to_lowercase())]));
            }
        }
        "tickettype" => {
            if let Some(domain) = asks.text("domain") {
                parts.push(asks.test("domain", Op::Eq, vec![Operand::Text(domain.to_lowercase())]));
            }
            if asks.is_on("can_create_only") {
                parts.push(asks.is("cancreate"));
            }
            if !asks.is_on("showall") && !asks.is_on("showinactive") {
                parts.push(asks.is("visible"));
            }
        }
        "team" => {
            match asks.text("domain").or_else(|| asks.text("type")).as_deref() {
                Some("opps") => parts.push(asks.is("foropps")),
                Some("prjs") => parts.push(asks.is("forprojects")),
                Some("reqs") => parts.push(asks.is("forrequests")),
                _ => {}
            }
            if !asks.is_on("showall") && !asks.is_on("includedisabled") {
                parts.push(asks.is_not("inactive"));
            }
        }
        "outcome" if !asks.is_on("showhidden") => parts.push(asks.is_not("hidden")),
        "notification" | "webhookevent" => {
            if let Some(id) = asks.text("webhook_id") {
                parts.push(asks.test("webhook_id", Op::Eq, vec![Operand::Text(id.to_lowercase())]));
            }
        }
        _ => {}
    }
}
