//! Companies of a tool that are linked to some that are here: by a person, by name, and taken back.

use axum::http::StatusCode;
use domain::record::{Batch, CompanyRecord, ExternalRecord as _};
use domain::settings::IntegrationSettings;
use store::company_import::{CompanyImportQuery, list_for_import};
use store::integrations::{NewIntegration, insert_integration};
use store::pages::{Absence, RecordMark, upsert_records};

use super::{COMPANIES, IMPORT, import, picks, question, with_waiting_companies};
use crate::harness::Site;

#[tokio::test]
async fn a_company_is_linked_instead_of_created() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let ids = picks(&browser.get(COMPANIES).await);
    import(&mut browser, &[("pick", ids[0].as_str())]).await;
    let target = list_for_import(
        site.app.store(),
        &CompanyImportQuery {
            integration: store::integrations::list_integrations(site.app.store())
                .await
                .unwrap()[0]
                .id,
            search: None,
            unlinked_only: false,
            page: None,
            limit: 50,
        },
    )
    .await
    .unwrap()
    .rows
    .into_iter()
    .find_map(|row| row.company)
    .unwrap();
    let ask = question(&ids[1], "link");
    let page = browser.get(&ask).await;
    assert!(page.text.contains("id=\"dialog-content\""), "{}", page.text);
    assert!(
        page.text.contains(&target.uuid.to_string()),
        "{}",
        page.text
    );
    for wrong in ["", "nonsense", "0196f5a4-0000-7000-8000-000000000000"] {
        let refused = browser.post(&ask, &[("company", wrong)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(refused.text.contains("id=\"company-error\""), "{wrong}");
    }
    let uuid = target.uuid.to_string();
    let linked = browser.post(&ask, &[("company", uuid.as_str())]).await;
    let expected = format!("{COMPANIES}&notice=company_linked");
    assert_eq!(linked.location(), expected, "{}", linked.text);
    let again = browser.post(&ask, &[("company", uuid.as_str())]).await;
    assert!(
        again.location().ends_with("company_is_linked"),
        "{}",
        again.text
    );
    let missing = browser.get(&question("99999999", "link")).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(picks(&browser.get(COMPANIES).await).len(), ids.len() - 2);
}

/// Companies that another tool brought; their ids in addresses.
pub async fn companies_of_another_tool(site: &Site, names: &[&str]) -> Vec<String> {
    let record = |(number, name): (usize, &&str)| CompanyRecord {
        external_id: number.to_string(),
        name: (*name).to_owned(),
        active: true,
        ..CompanyRecord::default()
    };
    let records = names.iter().enumerate().map(record).collect();
    companies_of(site, ("halo_psa", "Another tool"), records).await
}

/// The companies a tool brought, given by provider and name; their ids in addresses.
pub async fn companies_of(
    site: &Site,
    (provider, name): (&str, &str),
    records: Vec<CompanyRecord>,
) -> Vec<String> {
    let store = site.app.store();
    let mut tx = store.begin().await.unwrap();
    let settings = IntegrationSettings::default();
    let new = NewIntegration {
        provider,
        name,
        settings: &settings,
    };
    let other = insert_integration(&mut tx, &new).await.unwrap().id;
    let marks: Vec<RecordMark> = records
        .iter()
        .map(|record| RecordMark {
            hash: record.content_hash(1, 1),
            known: None,
            absence: Absence::Present,
            closed: false,
        })
        .collect();
    let ids: Vec<String> = records.iter().map(|one| one.external_id.clone()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let now = store.now();
    let batch = Batch::Companies(records);
    upsert_records(&mut tx, other, &batch, &marks, now)
        .await
        .unwrap();
    store::company_adoption::adopt(&mut tx, other, &ids)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let query = CompanyImportQuery {
        integration: other,
        search: None,
        unlinked_only: false,
        page: None,
        limit: 50,
    };
    let listed = list_for_import(store, &query).await.unwrap();
    let companies = listed.rows.into_iter().filter_map(|row| row.company);
    companies.map(|company| company.uuid.to_string()).collect()
}

/// Companies are suggested by name, several are linked at once, and a link made by hand can be taken back.
#[tokio::test]
async fn several_are_linked_to_companies_of_the_same_name_and_unlinked_again() {
    let site = with_waiting_companies().await;
    let mut browser = site.admin().await;
    let page = browser.get(COMPANIES).await;
    let ids = picks(&page);
    assert!(
        !page.text.contains("Link to "),
        "nothing of that name is here"
    );
    // Companies that are in Portico already, from another tool for example.
    let names = site.sandbox().records("Companies", 0, 50).unwrap();
    let names: Vec<&str> = names
        .iter()
        .filter_map(|one| one["companyName"].as_str())
        .collect();
    let uuids = companies_of_another_tool(&site, &names[..3]).await;
    let page = browser.get(COMPANIES).await;
    let suggested = page.text.matches("Link to ").count();
    assert_eq!(suggested, 3, "{}", page.text);
    let rows: Vec<(String, String)> = page
        .text
        .split("<select name=\"link.")
        .skip(1)
        .map(|rest| {
            let id = rest.split('"').next().unwrap().to_owned();
            let value = rest.split("value=\"").nth(1).unwrap();
            (id, value.split('"').next().unwrap().to_owned())
        })
        .collect();
    assert!(
        rows.iter().all(|(_, uuid)| uuids.contains(uuid)),
        "{rows:?}"
    );
    // Two of them, one to be linked and one to be made all the same.
    let fields: Vec<(String, String)> = vec![
        ("pick".into(), rows[0].0.clone()),
        (format!("link.{}", rows[0].0), rows[0].1.clone()),
        ("pick".into(), rows[1].0.clone()),
        (format!("link.{}", rows[1].0), String::new()),
    ];
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let mut searched = fields.clone();
    searched.push(("search", "zzzz"));
    let kept = browser
        .post(&format!("{IMPORT}/companies"), &searched)
        .await;
    let hidden = format!("name=\"link.{}\" value=\"{}\"", rows[0].0, rows[0].1);
    assert!(
        kept.text.contains(&hidden),
        "kept on another page: {}",
        kept.text
    );
    let done = import(&mut browser, &fields).await;
    assert!(
        done.text.contains("1 company created, 1 linked"),
        "{}",
        done.text
    );
    // Everything else: what has the name of one here is linked, the others are made.
    let rest = import(&mut browser, &[("everyone", "1")]).await;
    let expected = format!("{} companies created, 1 linked", ids.len() - 3);
    assert!(rest.text.contains(&expected), "{}", rest.text);
    let page = browser.get(COMPANIES).await;
    let ask = question(&rows[0].0, "unlink");
    assert_eq!(
        page.text
            .matches("/unlink?from=setup\" data-dialog")
            .count(),
        2,
        "only what was linked by hand"
    );
    let question = browser.get(&ask).await;
    assert!(question.text.contains("What goes"), "{}", question.text);
    let alone = "until it is imported or linked again";
    assert!(question.text.contains(alone), "{}", question.text);
    // Once the rule lets it in, unlinking promises nothing it cannot keep.
    let now = store::integrations::list_integrations(site.app.store())
        .await
        .unwrap()
        .remove(0);
    let adopting = IntegrationSettings {
        company_source: true,
        ..now.settings
    };
    let (engine, by) = (site.app.engine(), sync::Actor::CommandLine);
    sync::settings::update_settings(engine, &by, now.id, now.settings_revision, adopting)
        .await
        .unwrap();
    let question = browser.get(&ask).await;
    assert!(!question.text.contains(alone), "{}", question.text);
    assert!(question.text.contains("makes a new one of its own name"));
    let unlinked = browser.post(&ask, &[]).await;
    assert!(
        unlinked.location().ends_with("company_unlinked"),
        "{}",
        unlinked.text
    );
    assert_eq!(picks(&browser.get(COMPANIES).await), [rows[0].0.clone()]);
    let again = browser.post(&ask, &[]).await;
    assert!(again.location().ends_with("company_not_linked"));
    let page = browser.get(&ask).await;
    assert!(
        page.location().ends_with("company_not_linked"),
        "{}",
        page.text
    );
}
