//! Companies, contacts, tickets, opportunities, home: lists with filters, paging and export, and one record each.

use axum::http::StatusCode;
use domain::permission::{Area, Grants, Level};
use domain::viewer::Viewer;
use portico::web::api::scope::Scope;
use store::technicians;

use crate::harness::{Browser, EMAIL, Page, Site, key_with};

/// The first address on a page that starts with this and goes on with an id.
fn first_link(page: &Page, prefix: &str) -> String {
    let (_, after) = page
        .text
        .split_once(&format!("href=\"{prefix}0"))
        .unwrap_or_else(|| panic!("no {prefix} in {}", page.text));
    format!("{prefix}0{}", after.split('"').next().unwrap())
}

async fn ok(browser: &mut Browser<'_>, path: &str) -> Page {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    page
}

#[tokio::test]
async fn empty_lists_say_what_to_do_next() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    for (path, next) in [
        ("/", "Connect your PSA"),
        ("/companies", "Connect a PSA"),
        ("/contacts", "Contacts come from your PSA"),
        ("/tickets", "Connect a PSA"),
        ("/tickets?closed=all", "No tickets yet"),
        ("/opportunities", "Opportunities come from your PSA"),
    ] {
        assert!(ok(&mut browser, path).await.text.contains(next), "{path}");
    }
}

/// Companies are imported from a menu that names all tools, for whoever has one of the rights it takes.
#[tokio::test]
async fn the_company_list_leads_to_the_import() {
    let site = Site::start().await;
    let page = ok(&mut site.admin().await, "/companies").await;
    assert_eq!(page.text.matches("not connected").count(), 4);
    let reading = Grants([(Area::Companies, Level::Write)].into());
    site.add_staff("Rita Reader", "rita@example.com", &reading)
        .await;
    let mut reader = site.browser_of("rita@example.com").await;
    let page = ok(&mut reader, "/companies").await;
    assert!(!page.text.contains("Import from"), "{}", page.text);
}

#[tokio::test]
async fn lists_and_records_show_what_was_synced() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    for path in ["/companies", "/contacts", "/tickets", "/opportunities"] {
        let list = ok(&mut browser, &format!("{path}?closed=all")).await;
        let record = first_link(&list, &format!("{path}/"));
        let page = ok(&mut browser, &record).await;
        assert!(
            page.text.contains("Autotask"),
            "{record}: where it comes from"
        );
    }
    let home = ok(&mut browser, "/").await;
    assert!(home.text.contains("Newest open tickets"));
}

#[tokio::test]
async fn addresses_may_end_a_line_after_a_mark_and_are_whole_otherwise() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let list = ok(&mut browser, "/contacts").await;
    let cell = "<td data-label=\"E-mail\"><span class=\"ellipsis\" title=\"";
    let mut cells = list.text.split(cell).skip(1);
    let rest = cells.find(|rest| !rest.starts_with('"'));
    let (address, rest) = rest.expect("an address").split_once("\">").unwrap();
    let (shown, _) = rest.split_once("</span>").unwrap();
    assert!(shown.contains("@<wbr>"), "{shown}");
    assert_eq!(shown.replace("<wbr>", ""), address);
    let users = ok(&mut browser, "/settings/users").await;
    assert!(users.text.contains("ann@<wbr>example.<wbr>com"));
}

/// Opportunities are kept without a currency, so a page says whose it is.
#[tokio::test]
async fn amounts_are_in_the_currency_of_their_tool() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let list = ok(&mut browser, "/opportunities").await;
    let head = "Amount<span class=\"heading-note\">tool’s own currency</span>";
    assert!(list.text.contains(head), "{}", list.text);
    let page = ok(&mut browser, &first_link(&list, "/opportunities/")).await;
    let told = "<span class=\"origin\">in the currency of Autotask</span>";
    assert!(page.text.contains(told), "{}", page.text);
}

#[tokio::test]
async fn who_may_not_connect_is_told_who_may() {
    let site = Site::start().await;
    let mut grants = Grants::everything();
    grants.0.insert(Area::Integrations, Level::Read);
    site.add_staff("Reader", "reader@example.com", &grants)
        .await;
    let mut browser = site.browser_of("reader@example.com").await;
    for path in ["/companies", "/contacts", "/tickets", "/opportunities"] {
        let page = ok(&mut browser, path).await;
        assert!(!page.text.contains("Connect a PSA"), "{path}");
        assert!(
            page.text.contains("the right Manage Integrations"),
            "{path}"
        );
    }
}

/// Where the process was told to ask a sandbox no link leads to the vendor, who knows nothing of its records.
#[tokio::test]
async fn records_of_a_sandbox_open_nowhere_and_ids_have_names() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    for (path, told) in [
        ("/tickets", "in the sandbox, which has no screens to open"),
        ("/contacts", "in the sandbox, which has no screens to open"),
        ("/companies", ">sandbox</span>"),
    ] {
        let list = ok(&mut browser, &format!("{path}?closed=all")).await;
        let page = ok(&mut browser, &first_link(&list, &format!("{path}/"))).await;
        for outward in ["autotask.net", "Open in ", "target=\"_blank\""] {
            assert!(!page.text.contains(outward), "{path}: {}", page.text);
        }
        assert!(page.text.contains(told), "{path}: {}", page.text);
        for field in ["Work Type", "Contract"] {
            let Some((_, after)) = page.text.split_once(&format!("<dt>{field}</dt>")) else {
                continue;
            };
            let value = after.split_once("</dd>").unwrap().0.trim_start();
            let value = value.trim_start_matches("<dd>");
            assert!(
                value.chars().any(char::is_alphabetic) && !value.starts_with('2'),
                "an id nobody can read: {field} {value}"
            );
        }
    }
}

#[tokio::test]
async fn records_that_are_no_companies_are_accounted_for() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let list = ok(&mut browser, "/companies").await;
    let detail = ok(&mut browser, "/settings/integrations/autotask").await;
    let told = "that the Sync step leaves out";
    let differs = detail.text.contains("are companies in Portico</span>");
    assert_eq!(list.text.contains(told), differs, "both pages say the same");
    assert_eq!(detail.text.contains(told), differs);
    let filtered = ok(&mut browser, "/companies?search=a").await;
    assert!(!filtered.text.contains(told));
}

#[tokio::test]
async fn tickets_are_filtered_sorted_paged_and_addresses_keep_it() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let all = ok(&mut browser, "/tickets?closed=all").await;
    assert!(all.text.contains("90 tickets"), "{}", all.text);
    let (_, after) = all
        .text
        .split_once(">Next")
        .map(|(before, after)| (after, before))
        .expect("more than a page");
    let next = after
        .rsplit("href=\"")
        .next()
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    assert!(next.starts_with("/tickets?closed=all&page="), "{next}");
    let second = ok(&mut browser, &next).await;
    assert!(second.text.contains("Previous"));
    assert!(!second.text.contains(">Next"), "90 are two pages");
    for path in [
        "/tickets?sort=created&direction=asc",
        "/tickets?status=1&priority=1&queue=8",
        "/tickets?search=%25_%27%22%3Cscript%3E",
        "/tickets?page=nonsense&integration=nonsense&company=nonsense",
        "/tickets?search=%00%F0%9F%8F%AD",
    ] {
        let page = ok(&mut browser, path).await;
        assert!(!page.text.contains("<script>"), "{path}");
    }
    for (closed, told) in [
        ("", true),
        ("&closed=closed", false),
        ("&closed=all", false),
    ] {
        let none = ok(&mut browser, &format!("/tickets?search=zzzzzzzz{closed}")).await;
        assert!(none.text.contains("No ticket matches"), "{}", none.text);
        let only = "Only open tickets are shown";
        assert_eq!(none.text.contains(only), told, "{closed}: {}", none.text);
    }
}

#[tokio::test]
async fn technicians_too_many_for_one_list_are_found_by_name() {
    let site = Site::start_beside_sandbox_with(260).await;
    site.connect().await;
    let viewer = Viewer::Staff(site.identity(EMAIL).await.id);
    let all = technicians::list_for_viewer(site.app.store(), &viewer, None).await;
    let all = all.unwrap();
    let someone = all.iter().find(|one| one.person).expect("a technician");
    let value = format!("value=\"{}\"", someone.external_id);
    let offered = |page: &Page| {
        let (_, list) = page.text.split_once("id=\"filter-technician\"").unwrap();
        list.split_once("</select>").unwrap().0.to_owned()
    };
    let mut browser = site.admin().await;
    let page = ok(&mut browser, "/tickets?closed=all").await;
    assert!(!offered(&page).contains(&value), "{}", offered(&page));
    let name: String = url::form_urlencoded::byte_serialize(someone.name.as_bytes()).collect();
    let address = format!("/tickets?closed=all&technician_name={name}");
    let page = ok(&mut browser, &address).await;
    assert!(offered(&page).contains(&value), "{}", offered(&page));
    assert!(
        page.text
            .contains("Choose in “Assigned to” whose tickets to show.")
    );
    assert!(page.text.contains("90 tickets"), "nobody is chosen yet");
    let address = format!("/tickets?closed=all&technician={}", someone.external_id);
    let page = ok(&mut browser, &address).await;
    let chosen = format!("{value} selected");
    assert!(offered(&page).contains(&chosen), "{}", offered(&page));
    let page = ok(&mut browser, "/tickets?technician_name=zzzz").await;
    assert!(page.text.contains("No technician matches “zzzz”."));
}

#[tokio::test]
async fn tickets_of_nobody_can_be_chosen() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let page = ok(&mut browser, "/tickets?closed=all").await;
    let choice = "<option value=\"unassigned\">Unassigned</option>";
    assert!(page.text.contains(choice), "{}", page.text);
    let page = ok(&mut browser, "/tickets?closed=all&technician=unassigned").await;
    let chosen = "<option value=\"unassigned\" selected>Unassigned</option>";
    assert!(page.text.contains(chosen), "{}", page.text);
    assert!(page.text.contains("Clear filters"));
    let cell = "<td data-label=\"Assigned to\"><span class=\"ellipsis cell-short\" title=\"";
    let cells = page.text.matches(cell).count();
    let empty = page.text.matches(&format!("{cell}\">")).count();
    assert_eq!(cells, empty, "{}", page.text);
}

#[tokio::test]
async fn exports_honour_filters_and_are_whole() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let file = ok(&mut browser, "/tickets.csv?closed=all").await;
    assert_eq!(
        file.header("content-encoding"),
        "gzip",
        "as browsers get it"
    );
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        file.header("content-disposition")
            .contains("tickets_export_2026-03-02.csv"),
        "{}",
        file.header("content-disposition")
    );
    assert!(
        file.text.starts_with("\u{feff}Number,Title,Company"),
        "{}",
        &file.text[..80]
    );
    let head = file.text.lines().next().unwrap();
    assert!(head.ends_with(",Last Activity (UTC)"), "{head}");
    assert!(
        file.text.matches("\r\n").count() >= 91,
        "a head and 90 tickets"
    );
    let none = ok(&mut browser, "/tickets.csv?closed=all&search=zzzzzzzz").await;
    assert_eq!(none.text.matches("\r\n").count(), 1);
    for path in ["/companies.csv", "/contacts.csv", "/opportunities.csv"] {
        assert!(
            ok(&mut browser, path).await.text.matches("\r\n").count() > 1,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_ticket_shows_its_stage_and_hides_system_notes_until_asked() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let list = ok(&mut browser, "/tickets?closed=all").await;
    let ticket = first_link(&list, "/tickets/");
    let page = ok(&mut browser, &ticket).await;
    assert!(page.text.contains("class=\"stepper\""));
    assert!(page.text.contains("Where this comes from"));
    assert!(
        page.text.contains("Queue") && page.text.contains("Resource"),
        "in the provider's words"
    );
    ok(&mut browser, &format!("{ticket}?notes=all")).await;
    for missing in [
        "/tickets/nonsense",
        "/tickets/0196f5a4-0000-7000-8000-000000000000",
    ] {
        assert_eq!(
            browser.get(missing).await.status,
            StatusCode::NOT_FOUND,
            "{missing}"
        );
    }
}

#[tokio::test]
async fn a_ticket_whose_status_has_no_stage_leads_to_where_it_gets_one() {
    let site = Site::start_connected().await;
    let all = store::integrations::list_integrations(site.app.store()).await;
    let one = all.unwrap().remove(0);
    let (actor, revision) = (sync::Actor::CommandLine, one.settings_revision);
    let mut settings = one.settings;
    settings.stages.clear();
    sync::settings::update_settings(site.app.engine(), &actor, one.id, revision, settings)
        .await
        .unwrap();
    let mut browser = site.admin().await;
    let list = ok(&mut browser, "/tickets?closed=all").await;
    let page = ok(&mut browser, &first_link(&list, "/tickets/")).await;
    let (before, _) = page.text.split_once("\">Map statuses to stages<").unwrap();
    let (_, link) = before.rsplit_once("href=\"").unwrap();
    let step = ok(&mut browser, link).await;
    let (path, words) = ("/setup/configure", "Resolution Status");
    assert!(link.ends_with(path) && step.text.contains(words), "{link}");
}

#[tokio::test]
async fn a_role_without_companies_gets_no_links_to_them() {
    let site = Site::start_connected().await;
    site.add_staff(
        "Tom",
        "tom@example.com",
        &Grants([(Area::Tickets, Level::Read)].into()),
    )
    .await;
    let mut browser = site.browser_of("tom@example.com").await;
    let page = ok(&mut browser, "/tickets?closed=all").await;
    assert!(
        !page.text.contains("href=\"/companies"),
        "neither in the sidebar nor in the list"
    );
    assert!(!page.text.contains("/settings/integrations\""));
    let page = ok(&mut browser, "/").await;
    assert!(
        !page.text.contains("How fresh the data is")
            || !page.text.contains("/settings/integrations/autotask")
    );
}

#[tokio::test]
async fn a_title_cannot_disguise_itself() {
    let site = Site::start_connected().await;
    let ticket = site.sandbox().ids("Tickets")[0];
    let title = "invoice\u{202e}fdp.exe\u{7}";
    site.sandbox()
        .patch("Tickets", ticket, serde_json::json!({ "title": title }));
    site.clock.advance(600_000);
    let mut browser = site.admin().await;
    browser
        .post("/settings/integrations/autotask/resync", &[])
        .await;
    site.app.engine().run_until_idle().await.unwrap();
    let list = ok(&mut browser, "/tickets?closed=all&search=invoice").await;
    let page = ok(&mut browser, &first_link(&list, "/tickets/")).await;
    let file = ok(&mut browser, "/tickets.csv?closed=all&search=invoice").await;
    for (place, text) in [
        ("list", &list.text),
        ("page", &page.text),
        ("file", &file.text),
    ] {
        assert!(text.contains("invoicefdp.exe\u{2407}"), "{place}: {text}");
        assert!(!text.contains(['\u{202e}', '\u{7}']), "{place}");
    }
    assert!(page.text.contains("<time "), "our own markup stays markup");
    let key = key_with(&site, &[Scope::TicketsRead]).await;
    let stored = site.api("/api/v1/tickets?search=invoice", &key).await;
    assert_eq!(stored.json()["data"][0]["title"], title, "as received");
}

#[tokio::test]
async fn a_search_that_is_cut_says_so_everywhere() {
    let site = Site::start_connected().await;
    let one = site.sandbox().ids("Tickets")[0];
    let one = site.sandbox().get("Tickets", one).expect("a ticket");
    for _ in 0..501 {
        let fields = serde_json::json!({
            "title": "Zebra crossing", "companyID": one["companyID"], "status": 1, "priority": 1, "queueID": one["queueID"],
            "dueDateTime": "2026-04-01T10:00:00Z",
        });
        site.sandbox().create("Tickets", fields);
    }
    site.clock.advance(600_000);
    let mut browser = site.admin().await;
    browser
        .post("/settings/integrations/autotask/resync", &[])
        .await;
    site.app.engine().run_until_idle().await.unwrap();
    let note = "have only 500 of the matches that came to Portico last";
    let list = ok(
        &mut browser,
        "/tickets?search=zebra&sort=created&direction=asc",
    )
    .await;
    assert!(
        list.text.contains("500+ tickets") && list.text.contains(note),
        "{}",
        list.text
    );
    let file = ok(&mut browser, "/tickets.csv?search=zebra").await;
    let last = file.text.lines().last().expect("a line");
    assert!(last.contains(note), "{last}");
    assert_eq!(file.text.matches("Zebra crossing").count(), 500);
    let key = key_with(&site, &[Scope::TicketsRead]).await;
    let answer = site.api("/api/v1/tickets?search=zebra", &key).await.json();
    assert_eq!(
        answer["count"],
        serde_json::json!({ "value": 500, "exact": false, "cut": true })
    );
    let whole = ok(&mut browser, "/tickets?search=invoice").await;
    assert!(
        !whole.text.contains("have only"),
        "a whole list says nothing"
    );
}
