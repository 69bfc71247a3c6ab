//! The money of an opportunity: items from the world and those that clients added, with totals.

use serde_json::{Value, json};

use super::made::numbers as n;
use super::render::Render;
use crate::records::base::{Base, Row};
use crate::records::filter::{Expr, Plain};
use crate::records::value::Val;
use crate::world::item::Facts;
use crate::world::opportunity::opportunity;

/// The forecast of an opportunity.
pub fn forecast(base: Base<'_>, row: &Row<'_>, render: &Render<'_>) -> Value {
    let Some(kind) = base.catalogue.find("sales/opportunities") else {
        return Value::Null;
    };
    let id = match row.get(base.schema(kind), 0) {
        Val::Int(id) => id,
        _ => 0,
    };
    let opportunity_tree = render.tree(kind, row);
    let mut items = of_world(base, row, id, &opportunity_tree);
    if let Some(added) = base.catalogue.find("sales/opportunities/forecast") {
        let position = base.schema(added).position("opportunity").unwrap_or(0);
        for item in base.ids(added, &Expr::equals(position, id), &Plain) {
            if let Some(row) = base.find(added, item) {
                items.push(render.tree(added, &row));
            }
        }
    }
    let sum = |wanted: &dyn Fn(&Value) -> bool, name: &str| -> f64 {
        items
            .iter()
            .filter(|item| item["includeFlag"] == true && wanted(item))
            .filter_map(|item| item[name].as_f64())
            .sum()
    };
    let of_kind = |kind: &'static str| {
        let wanted = move |item: &Value| item["forecastType"] == kind;
        let (revenue, cost) = (sum(&wanted, "revenue"), sum(&wanted, "cost"));
        json!({"id": id, "revenue": revenue, "cost": cost, "margin": revenue - cost, "percentage": 100})
    };
    let all = |_: &Value| true;
    let (revenue, cost) = (sum(&all, "revenue"), sum(&all, "cost"));
    let total = json!({"id": id, "revenue": revenue, "cost": cost, "margin": revenue - cost, "percentage": 100});
    let part = |open: bool| {
        if open {
            total.clone()
        } else {
            json!({"id": id, "revenue": 0.0, "cost": 0.0, "margin": 0.0, "percentage": 0})
        }
    };
    let status = opportunity_tree["status"]["id"].as_i64().unwrap_or(1);
    json!({
        "id": id,
        "forecastItems": items,
        "productRevenue": of_kind("Product"),
        "serviceRevenue": of_kind("Service"),
        "agreementRevenue": of_kind("Agreement"),
        "otherRevenue1": of_kind("Other1"),
        "otherRevenue2": of_kind("Other2"),
        "forecastRevenueTotals": total,
        "inclusiveRevenueTotals": total,
        "recurringTotal": sum(&all, "recurringRevenue"),
        "wonRevenue": part(status == 2),
        "lostRevenue": part(status > 2),
        "openRevenue": part(status == 1),
        "salesTaxRevenue": 0.0,
        "forecastTotalWithTaxes": revenue,
        "_info": {},
    })
}

/// What the world knows: a single amount and a monthly one.
fn of_world(base: Base<'_>, row: &Row<'_>, id: i64, tree: &Value) -> Vec<Value> {
    let number = match row {
        Row::Made(item) => match &item.facts {
            Facts::Opportunity(facts) => Some(facts.number),
            _ => None,
        },
        // A changed opportunity keeps the items it was made with.
        Row::Stored(_) => u32::try_from(id - n::OPPORTUNITIES)
            .ok()
            .filter(|number| *number <= base.world.config.opportunities),
    };
    let Some(facts) = number.map(|number| opportunity(base.world, number)) else {
        return Vec::new();
    };
    let item = |place: i64, kind: &str, revenue: u32, cost: u32, monthly: bool| {
        let (revenue, cost) = (f64::from(revenue), f64::from(cost));
        json!({
            "id": id * 10 + place, "forecastDescription": kind,
            "opportunity": {"id": id, "name": tree["name"]}, "quantity": 1.0,
            "status": tree["status"], "revenue": revenue, "cost": cost,
            "margin": revenue - cost, "percentage": facts.chance, "includeFlag": true,
            "forecastType": kind, "linkFlag": false, "recurringFlag": monthly,
            "recurringRevenue": if monthly { revenue } else { 0.0 }, "recurringCost": 0.0,
            "sequenceNumber": place, "subNumber": 0, "taxableFlag": false,
        })
    };
    let mut items = Vec::new();
    if facts.once > 0 {
        items.push(item(1, "Product", facts.once, facts.cost, false));
    }
    if facts.monthly > 0 {
        items.push(item(2, "Agreement", facts.monthly, facts.monthly / 2, true));
    }
    items
}
