//! Several PSAs at once: a company known to more than one shows the tickets of all, each in its own words, and one that
//! does not answer keeps no other waiting.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use domain::provider;
use domain::run::RunState;
use domain::stream::Stream;
use simulator::{
    Control, Fault, FaultKind, Sandbox, StandConfig, WorldConfig, start_vendor, vendor,
};
use store::company_import::{CompanyImportQuery, CompanyImportRow, list_for_import};
use store::integrations::{Integration, list_integrations};
use store::runs::list_runs;
use sync::import_companies::{self, CompanyAction, CompanyChoice, ImportCompanies};

use super::ALL;
use crate::harness::{NOW, Site};

/// PSA, entity of its tickets, and the field that leads from one to its company.
type Tickets = (&'static str, &'static str, &'static [&'static str]);

const AUTOTASK: Tickets = ("autotask", "Tickets", &["companyID"]);
const CONNECTWISE: Tickets = ("connectwise_psa", "service/tickets", &["company", "id"]);
const HALO: Tickets = ("halo_psa", "tickets", &["client_id"]);
const SYNCRO: Tickets = ("syncro", "tickets", &["customer_id"]);

/// What a ticket's contract is called, where the PSA has one.
const CONTRACTS: [(&str, &str); 3] = [
    ("Resource", "Contract"),
    ("Member", "Agreement"),
    ("Agent", "Contract"),
];

/// A Portico beside several sandboxes of the same MSP.
struct Together {
    site: Site,
    sandboxes: BTreeMap<&'static str, Sandbox>,
}

impl Together {
    async fn start(keys: &[&'static str]) -> Self {
        let mut sandboxes = BTreeMap::new();
        for key in keys {
            let config = StandConfig {
                world: WorldConfig {
                    companies: 6,
                    contacts_per_company: 2,
                    technicians: 3,
                    tickets: 40,
                    opportunities: 2,
                    ..WorldConfig::default()
                },
                limits: false,
                clock_start_ms: UtcMillis::parse(NOW).map(|now| now.0),
                ..StandConfig::default()
            };
            let sandbox = start_vendor(key, config).await.unwrap();
            sandboxes.insert(*key, sandbox);
        }
        let site = Site::start_beside_several(&sandboxes).await;
        Self { site, sandboxes }
    }

    fn control(&self, key: &str) -> &Control {
        self.sandboxes[key].control()
    }

    /// Connects a PSA; its first sync waits for a worker.
    async fn connect(&self, key: &str) {
        let form = vendor(key).unwrap().form();
        let form = form
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        let outcome = sync::connect::connect(
            self.site.app.engine(),
            &sync::Actor::CommandLine,
            key,
            &form.collect(),
            None,
            sync::connect::Start::Now,
        )
        .await
        .unwrap();
        let connected = matches!(outcome, sync::connect::ConnectOutcome::Connected { .. });
        assert!(connected, "{key}: {outcome:?}");
    }

    async fn settle(&self) {
        self.site.app.engine().run_until_idle().await.unwrap();
    }

    async fn integration(&self, key: &str) -> Integration {
        let all = list_integrations(self.site.app.store()).await.unwrap();
        all.into_iter().find(|one| one.provider == key).unwrap()
    }

    /// The state of the newest run of a PSA.
    async fn state(&self, key: &str) -> RunState {
        let id = self.integration(key).await.id;
        let runs = list_runs(self.site.app.store(), id, None, 1).await.unwrap();
        runs[0].state
    }

    /// Waits until a vendor keeps a request waiting.
    async fn until_held(&self, key: &str) {
        for _ in 0..12_000 {
            if self.control(key).held() > 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("{key} was not asked");
    }

    /// The vendor's company that has most tickets, among those given.
    async fn busiest(&self, (key, entity, path): Tickets) -> CompanyImportRow {
        let query = CompanyImportQuery {
            integration: self.integration(key).await.id,
            search: None,
            unlinked_only: false,
            page: None,
            limit: 100,
        };
        let listed = list_for_import(self.site.app.store(), &query)
            .await
            .unwrap();
        let tickets = self.control(key).records(entity, 0, 10_000).unwrap();
        let of = |company: &CompanyImportRow| {
            let theirs = tickets.iter().filter(|ticket| {
                let id = path.iter().fold(*ticket, |value, key| &value[*key]);
                id.as_f64() == company.external_id.parse().ok()
            });
            theirs.count()
        };
        let known = listed.rows.into_iter().filter(|row| row.active);
        let busiest = known.max_by_key(of).unwrap();
        assert!(of(&busiest) > 1, "{busiest:?}");
        busiest
    }
}

#[tokio::test]
async fn a_company_known_to_several_shows_the_tickets_of_all_in_their_words() {
    let all = [AUTOTASK, CONNECTWISE, HALO, SYNCRO];
    let together = Together::start(&all.map(|one| one.0)).await;
    for (key, ..) in all {
        together.connect(key).await;
        together.settle().await;
    }
    let home = together.busiest(AUTOTASK).await;
    let company = home
        .company
        .expect("companies come from the first PSA")
        .uuid;
    for other in [CONNECTWISE, HALO, SYNCRO] {
        let there = together.busiest(other).await;
        assert!(there.company.is_none(), "it waits to be linked: {there:?}");
        let link = ImportCompanies {
            integration: there.integration,
            rows: vec![CompanyChoice {
                external: there.id,
                action: CompanyAction::Link {
                    company: company.clone(),
                },
            }],
            everyone: None,
        };
        let engine = together.site.app.engine();
        let done = import_companies::apply(engine, &sync::Actor::CommandLine, &link).await;
        let report = done.unwrap().unwrap();
        assert_eq!(report.linked.len(), 1, "{report:?}");
    }
    together.settle().await;

    let mut browser = together.site.admin().await;
    // The page of the company: each tool is named, none of the sandboxes can be opened in the vendor's own screens, and
    // every record says where it is from.
    let page = browser.get(&format!("/companies/{company}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let names = all.map(|(key, ..)| provider::find(key).unwrap().name);
    for name in names {
        assert!(
            page.text
                .contains(&format!("<span class=\"muted small\">{name}<")),
            "{name}: {}",
            page.text
        );
    }
    assert!(!page.text.contains("Open in "), "{}", page.text);
    assert_eq!(page.text.matches(">sandbox</span>").count(), names.len());
    for (part, address) in [
        ("contacts", "/contacts/"),
        ("opportunities", "/opportunities/"),
    ] {
        let (_, rest) = page
            .text
            .split_once(&format!("aria-labelledby=\"{part}\""))
            .unwrap();
        let lines = rest.split("</section>").next().unwrap();
        let lines: Vec<&str> = lines.split("<li>").skip(1).collect();
        for line in lines.iter().filter(|line| line.contains(address)) {
            let told = names.iter().any(|name| line.contains(&format!(">{name}<")));
            assert!(told, "{part}: {line}");
        }
    }
    // Of several the list and its file have a word that is none of one alone, and of one that one's own.
    for (key, word) in [(None, "Board / Queue"), (Some("halo_psa"), "Team")] {
        let of = match key {
            Some(key) => format!("&integration={}", together.integration(key).await.uuid),
            None => String::new(),
        };
        let page = browser.get(&format!("/tickets?closed=all{of}")).await;
        for words in [format!(">{word}</th>"), format!("data-label=\"{word}\"")] {
            assert!(page.text.contains(&words), "{words}: {}", page.text);
        }
        let file = browser.get(&format!("/tickets.csv?closed=all{of}")).await;
        let head = file.text.lines().next().unwrap();
        assert!(head.contains(&format!(",Priority,{word},")), "{head}");
    }
    let list = format!("/tickets?closed=all&company={company}");
    let page = browser.get(&list).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let addresses: BTreeSet<String> = page
        .text
        .split("href=\"/tickets/")
        .skip(1)
        .filter_map(|rest| rest.split(['"', '?', '#']).next())
        .filter(|uuid| uuid.len() > 20)
        .map(|uuid| format!("/tickets/{uuid}"))
        .collect();
    let words = all.map(|(key, ..)| provider::find(key).unwrap().words);
    let (mut shown, mut contracts) = (BTreeSet::new(), BTreeSet::new());
    let mut agreements = 0;
    for address in addresses {
        let page = browser.get(&address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.text);
        let has = |word: &str| page.text.contains(&format!(">{word}</dt>"));
        let own: Vec<_> = words.iter().filter(|own| has(own.technician)).collect();
        assert!(own.len() < 2, "{address} speaks like several");
        for words in own {
            if words.queue.is_empty() {
                let others = ["Queue", "Service Board", "Team"];
                let other = others.into_iter().find(|word| has(word));
                assert_eq!(other, None, "{address}: Syncro has none");
            } else {
                assert!(has(words.queue), "{address} has no {}", words.queue);
            }
            if has("Agreement") {
                agreements += 1;
                assert_eq!(
                    words.technician, "Member",
                    "{address}: a word of ConnectWise"
                );
            }
            if has("Contract") {
                assert_ne!(words.technician, "Member", "{address}: it says Agreement");
            }
            shown.insert(words.technician);
            for (technician, contract) in CONTRACTS {
                let label = format!(">{contract}</dt>");
                let Some((_, behind)) = page.text.split_once(&label) else {
                    continue;
                };
                let value = behind.split_once("</dd>").unwrap_or_default().0;
                let named = value.contains("Managed")
                    || value.contains("Hosting")
                    || value.contains("Hours")
                    || value.contains("Block Time");
                assert!(named, "{address}: {contract} {value}");
                if technician == words.technician {
                    contracts.insert(technician);
                }
            }
        }
    }
    assert!(agreements > 0, "tickets of ConnectWise under an agreement");
    let expected = words.map(|words| words.technician);
    assert_eq!(shown, BTreeSet::from(expected), "tickets of each");
    assert_eq!(contracts, CONTRACTS.map(|one| one.0).into(), "contracts");

    // Its places too, under one heading, each with the tool it comes from.
    let page = browser.get(&format!("/companies/{company}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let (_, places) = page.text.split_once("id=\"locations\"").unwrap();
    let (places, _) = places.split_once("</section>").unwrap();
    assert!(places.starts_with(">Locations</h2>"), "{places}");
    for tool in ["Autotask", "ConnectWise Manage", "Halo PSA"] {
        assert!(
            places.contains(&format!(">{tool}</span>")),
            "{tool}: {places}"
        );
    }
}

#[tokio::test]
async fn one_that_does_not_answer_keeps_no_other_waiting() {
    let keys: Vec<&'static str> = ALL.iter().map(|psa| psa.key).collect();
    for psa in ALL {
        let (stuck, entity) = (psa.key, psa.entity(Stream::Tickets));
        let together = Together::start(&keys).await;
        for key in &keys {
            together.connect(key).await;
        }
        together
            .control(stuck)
            .set_fault(Fault::new(FaultKind::Hold).on_entity(entity));
        // Two workers: one is kept by the vendor that does not answer, and the other does everything else.
        let engine = together.site.app.engine().clone();
        let kept = tokio::spawn(async move { engine.run_until_idle().await });
        together.until_held(stuck).await;
        together.settle().await;
        assert_eq!(together.control(stuck).held(), 1, "{stuck} answers nobody");
        for key in &keys {
            let state = together.state(key).await;
            if *key == stuck {
                assert_eq!(state, RunState::Running, "{key}");
            } else {
                assert_eq!(state, RunState::Completed, "{key} beside {stuck}");
            }
        }
        together.control(stuck).release();
        kept.await.unwrap().unwrap();
        together.settle().await;
        assert_eq!(together.state(stuck).await, RunState::Completed, "{stuck}");
    }
}

#[tokio::test]
async fn one_that_fails_leaves_the_others_as_they_are() {
    let keys = ["autotask", "connectwise_psa"];
    let together = Together::start(&keys).await;
    for key in keys {
        together.connect(key).await;
    }
    let down = FaultKind::Status {
        code: 503,
        body: None,
        retry_after: None,
    };
    together
        .control("connectwise_psa")
        .set_fault(Fault::new(down).on_path("service/tickets"));
    together.settle().await;
    assert_eq!(together.state("autotask").await, RunState::Completed);
    assert_ne!(together.state("connectwise_psa").await, RunState::Completed);
    let mut browser = together.site.admin().await;
    let page = browser.get("/tickets?closed=all").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("40 tickets"), "{}", page.text);
}
