//! Every change of a person's access or account, of roles, keys and messages leaves an entry (rule X4): who, what, about
//! whom. What integrations, companies and imports leave is looked at where they are tested.

mod device;

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use domain::permission::{Grants, RoleKind};

use self::device::make_passkey;
use crate::harness::{Browser, EMAIL, PASSWORD, Site, key_with};
use crate::removal_questions::{lose_contacts, question};

/// The actions of the log that are about one thing, oldest first, with whoever did them.
async fn trail(site: &Site, kind: &str) -> Vec<(String, String, String)> {
    let listed = store::audit::list_entries(site.app.store(), None, 200).await;
    let entries = listed.unwrap().into_iter().rev();
    entries
        .filter(|entry| entry.subject_kind == kind)
        .map(|entry| (entry.action, entry.actor, entry.subject_label))
        .collect()
}

/// The actions among them.
fn actions(trail: &[(String, String, String)]) -> Vec<&str> {
    trail.iter().map(|(action, ..)| action.as_str()).collect()
}

async fn staff_role(site: &Site, name: &str) -> String {
    let roles = store::roles::list_roles(site.app.store(), RoleKind::Staff).await;
    let mut roles = roles.unwrap().into_iter();
    let role = roles.find(|role| role.name == name).unwrap();
    role.uuid.to_string()
}

async fn done(browser: &mut Browser<'_>, path: &str, fields: &[(&str, &str)]) {
    let page = browser.post(path, fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}: {}", page.text);
}

#[tokio::test]
async fn x4_what_is_done_to_a_user_is_kept() {
    let site = Site::start().await;
    let mut ann = site.admin().await;
    let [technician, reader] = [
        staff_role(&site, "Technician").await,
        staff_role(&site, "Read Only").await,
    ];
    let new = [
        ("name", "Bea"),
        ("email", "bea@example.com"),
        ("role", technician.as_str()),
    ];
    done(&mut ann, "/settings/users/new", &new).await;
    let bea = site.identity("bea@example.com").await.uuid;
    let address = format!("/settings/users/{bea}");
    done(&mut ann, &format!("{address}/welcome"), &[]).await;
    let other_role = [
        ("name", "Bea"),
        ("email", "bea@example.com"),
        ("role", reader.as_str()),
    ];
    done(&mut ann, &address, &other_role).await;
    let other_name = [("name", "Beatrix"), ("email", "bea@example.com")];
    done(&mut ann, &address, &other_name).await;
    for way in ["deactivate", "reactivate"] {
        done(&mut ann, &format!("{address}/{way}"), &[]).await;
    }
    let trail = trail(&site, "identity").await;
    assert_eq!(
        actions(&trail),
        [
            "user.add",
            "user.welcome",
            "user.role",
            "user.update",
            "user.deactivate",
            "user.reactivate"
        ]
    );
    for (action, who, whom) in &trail {
        assert_eq!(
            (who.as_str(), whom.as_str()),
            ("person:Ann Porter", "bea@example.com"),
            "{action}"
        );
    }
    let entries = store::audit::list_entries(site.app.store(), None, 50).await;
    let entries = entries.unwrap();
    let of = |action: &str| entries.iter().find(|entry| entry.action == action).unwrap();
    for (action, before, after) in [
        ("user.role", "Technician", "Read Only"),
        ("user.update", "Bea", "Beatrix"),
        ("user.deactivate", "invited", "disabled"),
    ] {
        let entry = of(action);
        let told =
            |state: &Option<String>, text| state.as_deref().is_some_and(|it| it.contains(text));
        assert!(
            told(&entry.before_state, before) && told(&entry.after_state, after),
            "{entry:?}"
        );
    }
}

#[tokio::test]
async fn x4_what_is_done_to_a_role_is_kept() {
    let site = Site::start().await;
    let mut ann = site.admin().await;
    let fields = |grant| {
        [
            ("name", "Dispatcher"),
            ("kind", "staff"),
            ("grant.tickets", grant),
        ]
    };
    done(&mut ann, "/settings/roles/new", &fields("read")).await;
    let address = format!("/settings/roles/{}", staff_role(&site, "Dispatcher").await);
    done(&mut ann, &address, &fields("manage")).await;
    done(&mut ann, &format!("{address}/duplicate"), &[]).await;
    done(&mut ann, &format!("{address}/delete"), &[]).await;
    let trail = trail(&site, "role").await;
    assert_eq!(
        actions(&trail),
        ["role.add", "role.update", "role.add", "role.remove"]
    );
    let names: Vec<&str> = trail.iter().map(|(_, _, name)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Dispatcher",
            "Dispatcher",
            "Copy of Dispatcher",
            "Dispatcher"
        ]
    );
    assert!(trail.iter().all(|(_, who, _)| who == "person:Ann Porter"));
    let entries = store::audit::list_entries(site.app.store(), None, 50).await;
    let entries = entries.unwrap();
    let changed = entries.iter().find(|one| one.action == "role.update");
    let changed = changed.unwrap();
    let [before, after] = [&changed.before_state, &changed.after_state].map(|one| one.as_deref());
    assert!(
        before.is_some_and(|it| it.contains("read"))
            && after.is_some_and(|it| it.contains("manage")),
        "{changed:?}"
    );
}

#[tokio::test]
async fn x4_what_somebody_does_to_the_own_account_is_kept() {
    let site = Site::start().await;
    let mut ann = site.admin().await;
    let current = ("current_password", PASSWORD);
    ann.csrf_from("/profile/two-factor").await;
    let page = ann.post("/profile/two-factor", &[current]).await;
    let (_, key) = page.text.split_once("<code class=\"key\">").unwrap();
    let key = key.split('<').next().unwrap().replace(' ', "");
    let code = site.code(&key);
    let page = ann
        .post("/profile/two-factor/confirm", &[("code", &code)])
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let recovery = page.text.split("<li><code>").nth(1).unwrap();
    let recovery = recovery.split('<').next().unwrap().to_owned();

    let mut again = site.browser();
    again.get("/sign-in").await;
    again
        .post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
        .await;
    again.get("/sign-in/two-factor").await;
    done(
        &mut again,
        "/sign-in/two-factor",
        &[("recovery_code", &recovery)],
    )
    .await;

    let page = ann.post("/profile/recovery-codes", &[current]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    done(&mut ann, "/profile/two-factor/remove", &[current]).await;
    let mut tx = site.app.store().begin().await.unwrap();
    let id = site.identity(EMAIL).await.id;
    let passkey = store::passkeys::insert_passkey(&mut tx, id, "Laptop", "first", "{}", 0).await;
    let passkey = passkey.unwrap();
    tx.commit().await.unwrap();
    let remove = format!("/profile/passkeys/{passkey}/remove");
    done(&mut ann, &remove, &[current]).await;
    let address = [("email", "ann.porter@example.com"), current];
    done(&mut ann, "/profile/email", &address).await;
    let password = "nine dry green leaves";
    let fields = [
        current,
        ("new_password", password),
        ("repeated_password", password),
    ];
    done(&mut ann, "/profile/password", &fields).await;
    let trail = trail(&site, "identity").await;
    assert_eq!(
        actions(&trail),
        [
            "two_factor.enable",
            "recovery_code.use",
            "recovery_codes.replace",
            "two_factor.disable",
            "passkey.remove",
            "email.change",
            "password.change"
        ]
    );
    assert!(trail.iter().all(|(_, who, _)| who == "person:Ann Porter"));
}

#[tokio::test]
async fn x4_a_passkey_that_is_made_is_kept() {
    let site = Site::start().await;
    let mut ann = site.admin().await;
    ann.csrf_from("/profile/passkeys/new").await;
    let named = [("name", "Laptop"), ("current_password", PASSWORD)];
    let page = ann.post("/profile/passkeys/new", &named).await;
    let credential = make_passkey(&page);
    let made = [("name", "Laptop"), ("credential", credential.as_str())];
    // The second time it is too late, which leaves nothing.
    for status in [StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY] {
        let page = ann.post("/profile/passkeys", &made).await;
        assert_eq!(page.status, status, "{}", page.text);
    }
    let trail = trail(&site, "identity").await;
    let told = trail
        .iter()
        .map(|(action, who, whom)| [action.as_str(), who.as_str(), whom.as_str()]);
    let kept = ["passkey.add", "person:Ann Porter", EMAIL];
    assert_eq!(told.collect::<Vec<_>>(), [kept]);
}

#[tokio::test]
async fn x4_a_link_that_is_made_and_ended_is_kept() {
    const IMPORT: &str = "/settings/users/import/autotask";
    const BEA: &str = "bea@example.com";
    let site = Site::start_connected().await;
    site.add_staff("Bea", BEA, &Grants::default()).await;
    let mut ann = site.admin().await;
    let after = |page: &str, before: &str| {
        let (_, after) = page.split_once(before).unwrap();
        after.split('"').next().unwrap().to_owned()
    };
    let list = ann.get(IMPORT).await.text;
    let link = format!("link.{}", after(&list, "name=\"pick\" value=\""));
    done(
        &mut ann,
        IMPORT,
        &[(link.as_str(), BEA), ("action", "import")],
    )
    .await;
    let address = format!("/settings/users/{}", site.identity(BEA).await.uuid);
    let user = ann.get(&address).await.text;
    let unlink = format!("{address}/unlink/{}", after(&user, "/unlink/"));
    done(&mut ann, &unlink, &[]).await;
    let again = ann.post(&unlink, &[]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "{}", again.text);
    let entries = store::audit::list_entries(site.app.store(), None, 200).await;
    let entries = entries.unwrap();
    let links = entries.iter().filter(|one| one.subject_label == BEA);
    let links: Vec<_> = links.collect();
    let told = links.iter().map(|one| (&*one.action, &*one.actor));
    let ann = "person:Ann Porter";
    assert_eq!(
        told.collect::<Vec<_>>(),
        [("user.unlink", ann), ("user.link", ann)]
    );
    let linked = links[1].after_state.as_deref();
    assert!(
        linked.is_some_and(|it| it.contains("linked_to")),
        "{links:?}"
    );
    assert_eq!(
        (links[0].before_state.as_deref(), &links[0].after_state),
        (linked, &None)
    );
}

#[tokio::test]
async fn x4_keys_and_messages_that_are_sent_again_are_kept() {
    let site = Site::start().await;
    key_with(&site, &[portico::web::api::scope::Scope::TicketsRead]).await;
    let keys = store::api_keys::list_api_keys(site.app.store())
        .await
        .unwrap();
    let mut ann = site.admin().await;
    let revoke = format!("/settings/api-keys/{}/revoke", keys[0].uuid);
    for _ in 0..2 {
        done(&mut ann, &revoke, &[]).await;
    }
    assert_eq!(
        actions(&trail(&site, "api_key").await),
        ["api_key.create", "api_key.revoke"],
        "and not for what changed nothing"
    );

    let mut tx = site.app.store().begin().await.unwrap();
    let to = sync::mail::Receiver {
        identity: site.identity(EMAIL).await.id,
        name: "Ann",
        email: "ann@example.com\r\nBcc: all@example.com",
    };
    sync::mail::queue_test(&mut tx, to).await.unwrap();
    tx.commit().await.unwrap();
    site.app.engine().run_until_idle().await.unwrap();
    let mail = store::outbox::list_mail(site.app.store(), None, None, 1).await;
    let mail = mail.unwrap().rows.remove(0);
    done(
        &mut ann,
        &format!("/settings/mail/{}/retry", mail.uuid),
        &[],
    )
    .await;
    let all = store::audit::list_entries(site.app.store(), None, 5)
        .await
        .unwrap();
    assert_eq!(
        (all[0].action.as_str(), all[0].actor.as_str()),
        ("mail.retry", "person:Ann Porter")
    );
}

#[tokio::test]
async fn x4_answers_retries_and_accepted_credentials_are_kept() {
    let site = Site::start_connected().await;
    let mut ann = site.admin().await;
    const PAGE: &str = "/settings/integrations/autotask";
    for (answer, action) in [
        ("keep", "integration.removal_refused"),
        ("confirm", "integration.removal_confirmed"),
    ] {
        if answer == "keep" {
            lose_contacts(&site).await;
        } else {
            site.clock.advance(10 * UtcMillis::MINUTE);
            done(&mut ann, &format!("{PAGE}/resync"), &[]).await;
            site.app.engine().run_until_idle().await.unwrap();
        }
        let asked = question(&site).await;
        let address = format!("{PAGE}/removals/{}", asked.uuid);
        done(&mut ann, &address, &[("answer", answer)]).await;
        let all = store::audit::list_entries(site.app.store(), None, 5)
            .await
            .unwrap();
        let entry = all.iter().find(|entry| entry.action == action);
        let entry = entry.unwrap_or_else(|| panic!("{action}: {all:?}"));
        assert_eq!(entry.actor, "person:Ann Porter");
        let after = entry.after_state.as_deref().unwrap();
        assert!(
            after.contains(&format!("\"records\":{}", asked.missing)),
            "{after}"
        );
    }

    let ticket = site.sandbox().ids("Tickets")[3];
    let garbled = simulator::FaultKind::GarbledRecord {
        id: Some(ticket),
        field: "title".to_owned(),
    };
    let fault = simulator::Fault::new(garbled).on_entity("Tickets");
    site.sandbox().set_fault(fault);
    site.clock.advance(10 * UtcMillis::MINUTE);
    done(&mut ann, &format!("{PAGE}/resync"), &[]).await;
    site.app.engine().run_until_idle().await.unwrap();
    let integration = store::integrations::list_integrations(site.app.store()).await;
    let integration = integration.unwrap().remove(0).id;
    let aside = store::set_aside::list_open(site.app.store(), integration, None, 5).await;
    let retry = format!("{PAGE}/set-aside/{}/retry", aside.unwrap()[0].id);
    done(&mut ann, &retry, &[]).await;
    let all = store::audit::list_entries(site.app.store(), None, 1)
        .await
        .unwrap();
    assert_eq!(all[0].action, "integration.set_aside_retried");
    assert_eq!(all[0].actor, "person:Ann Porter");
    site.sandbox().clear_faults();

    for valid in [false, true] {
        site.sandbox().set_credentials_valid(valid);
        site.clock.advance(25 * UtcMillis::HOUR);
        for _ in 0..2 {
            site.app.engine().schedule_due().await.unwrap();
            site.app.engine().run_until_idle().await.unwrap();
        }
    }
    let all = store::audit::list_entries(site.app.store(), None, 5)
        .await
        .unwrap();
    let accepted = all
        .iter()
        .find(|one| one.action == "integration.credentials_accepted");
    assert_eq!(accepted.unwrap().actor, "system:Portico");
}

#[tokio::test]
async fn x4_the_first_administrator_is_kept() {
    let site = Site::start_empty().await;
    let mut browser = site.browser();
    browser.get("/welcome").await;
    let fields = [
        ("name", "Ann Porter"),
        ("email", EMAIL),
        ("password", PASSWORD),
        ("repeated", PASSWORD),
    ];
    done(&mut browser, "/welcome", &fields).await;
    let all = store::audit::list_entries(site.app.store(), None, 5)
        .await
        .unwrap();
    let made = all.iter().find(|one| one.action == "administrator.create");
    assert_eq!(made.unwrap().actor, "person:Ann Porter");
}
