//! The step *Connect*: what it asks and says, what is typed, pasted and refused.

use axum::http::StatusCode;
use domain::advice::Issue;
use domain::clock::UtcMillis;
use domain::field::FieldShape;

use super::portal::Portal;
use super::{ALL, Psa};
use crate::form_on_page::Form;
use crate::harness::Page;

fn is_connected(page: &Page) -> bool {
    page.status == StatusCode::OK && page.text.contains("<strong>Connected</strong>")
}

/// A form was refused, and nothing secret came back.
#[track_caller]
fn refused(page: &Page, psa: &Psa, form: &Form) {
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{form:?} {}",
        page.text
    );
    assert!(page.text.contains("Not connected."), "{}", page.text);
    no_secret(page, psa, form);
}

/// No value of a secret field stands in a page, but for one that is typed into another field as well.
#[track_caller]
fn no_secret(page: &Page, psa: &Psa, form: &Form) {
    let fields = psa.provider().form;
    let is_secret = |name: &str| fields.iter().any(|field| field.key == name && field.secret);
    let (secrets, shown): (Vec<_>, Vec<_>) = form.iter().partition(|(name, _)| is_secret(name));
    for (name, value) in secrets {
        let value = value.trim();
        let elsewhere = shown.iter().any(|(_, shown)| shown.contains(value));
        if !elsewhere {
            let back = page.read().contains(value);
            assert!(!back, "{name} is never sent back: {}", page.text);
        }
    }
}

async fn nothing_is_kept(portal: &Portal) {
    assert!(portal.stored().await.is_none(), "nothing is saved");
}

pub async fn the_form_asks_in_the_vendors_words(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    let page = browser.get(&portal.step("connect")).await;
    let (text, provider) = (page.read(), psa.provider());
    let labels = page.labels();
    for label in psa.labels {
        assert!(
            labels.iter().any(|have| have == label),
            "{label}: {labels:?}"
        );
    }
    for words in psa.guide {
        assert!(text.contains(words), "{words}");
    }
    let mut told: Vec<&str> = vec![provider.name, "may take up to half a minute"];
    told.extend(provider.documentation.prerequisites);
    for part in provider.documentation.instructions {
        told.push(part.title);
        for step in part.steps {
            told.push(step.title);
            told.extend(step.actions);
            told.extend(step.values.iter().flat_map(|(field, value)| [field, value]));
            told.extend(step.notes.iter().map(|note| note.text));
        }
    }
    for row in provider.documentation.troubleshooting {
        told.extend([row.issue, row.solution]);
    }
    told.extend(provider.setup.flows.iter().map(|flow| flow.note));
    for words in told {
        assert!(text.contains(words), "beside the form: {words}");
    }
}

/// Longer than the span in which any vendor counts requests, but Autotask's hour.
const MINUTES: i64 = 6 * UtcMillis::MINUTE;

pub async fn an_address_pasted_in_another_form_is_shown_corrected(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    for pasted in psa.pasted {
        let form = portal.form(&[(pasted.field, pasted.typed)]);
        let page = portal.send(&mut browser, "test", form).await;
        assert!(is_connected(&page), "{}: {}", pasted.typed, page.text);
        let shown = page.input(pasted.field);
        assert_eq!(shown.as_deref(), Some(pasted.becomes), "{}", pasted.typed);
        nothing_is_kept(&portal).await;
        // Each test is a dozen requests, and a vendor may allow few of them in a while.
        portal.later(MINUTES, MINUTES).await;
    }
    let pasted = &psa.pasted[0];
    let form = portal.form(&[(pasted.field, pasted.typed)]);
    let page = portal.send(&mut browser, "next", form).await;
    assert!(
        page.location().starts_with(&portal.step("sync")),
        "{}",
        page.text
    );
    let page = browser.get(&portal.step("connect")).await;
    let shown = page.input(pasted.field);
    assert_eq!(shown.as_deref(), Some(pasted.becomes), "as it is kept");
    no_secret(&page, psa, &portal.form(&[]));
    // Nothing new is typed: what is stored is tested once more.
    let mut form = page.form("connect-form");
    form.push(("action".to_owned(), "next".to_owned()));
    let page = browser.send(&portal.step("connect"), &form).await;
    assert_eq!(page.location(), portal.step("sync"), "{}", page.text);
}

pub async fn nonsense_is_refused_at_its_field(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    for nonsense in psa.nonsense {
        let form = portal.form(&[(nonsense.field, nonsense.typed)]);
        let page = portal.send(&mut browser, "next", form.clone()).await;
        refused(&page, psa, &form);
        let at_field = format!("id=\"{}-error\"", nonsense.field);
        assert!(page.text.contains(&at_field), "{}", page.text);
        assert!(page.read().contains(nonsense.says), "{}", page.text);
    }
    for field in psa.provider().form.iter().filter(|field| field.required) {
        let form = portal.form(&[(field.key, " \r\n")]);
        let page = portal.send(&mut browser, "next", form.clone()).await;
        refused(&page, psa, &form);
        let missing = format!("{} is missing.", field.label);
        assert!(page.read().contains(&missing), "{}", page.text);
    }
    // Nothing filled in: all that is needed is asked for at once, codes the installation has none of among it.
    let needed: Vec<_> = psa
        .provider()
        .form
        .iter()
        .filter(|field| field.required || field.without_installation.is_some())
        .collect();
    for action in ["test", "next"] {
        let page = portal.send(&mut browser, action, Form::new()).await;
        for field in &needed {
            let at_field = format!("id=\"{}-error\"", field.key);
            assert!(page.text.contains(&at_field), "all at once: {}", page.text);
        }
        let count = page.text.matches("aria-invalid=\"true\"").count();
        assert_eq!(count, needed.len(), "and nothing else: {}", page.text);
        let unsent = format!(
            "Nothing was sent to {} yet: look at the {count} fields",
            psa.provider().name
        );
        assert!(page.read().contains(&unsent), "{}", page.text);
        let (_, banner) = page.text.split_once("id=\"connect-result\"").unwrap();
        let banner = banner.split("form-actions").next().unwrap();
        assert!(
            !banner.contains("<blockquote>"),
            "no words of the vendor: {banner}"
        );
    }
    let first = psa.provider().form[0].key;
    let hostile = "<script>alert(1)</script>\0🏭";
    let form = portal.form(&[(first, hostile), (psa.secret(), "🔑\0<b>\"hush\"</b>")]);
    let page = portal.send(&mut browser, "next", form.clone()).await;
    refused(&page, psa, &form);
    assert!(
        !page.text.contains("<script>alert") && !page.text.contains("🔑"),
        "{}",
        page.text
    );
    nothing_is_kept(&portal).await;
}

pub async fn a_secret_comes_with_a_line_break_and_never_back(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    let secret = psa.secret();
    let usual = portal.form(&[]);
    let (_, good) = usual.iter().find(|(name, _)| name == secret).unwrap();
    let pasted = format!(" {good}\r\n");
    let form = portal.form(&[(secret, &pasted)]);
    let page = portal.send(&mut browser, "test", form.clone()).await;
    assert!(is_connected(&page), "{}", page.text);
    no_secret(&page, psa, &form);
    // Copied in two lines, a browser makes a blank of the break.
    let broken = format!("{} {}", &good[..4], &good[4..]);
    let page = portal
        .send(&mut browser, "test", portal.form(&[(secret, &broken)]))
        .await;
    let at_field = page.text.split(&format!("id=\"{secret}-error\"")).nth(1);
    let told = at_field.is_some_and(|rest| {
        let end = rest.find("</p>").unwrap_or(rest.len());
        rest[..end].contains("blank")
    });
    assert!(told, "{}", page.text);
    nothing_is_kept(&portal).await;
    let page = portal.send(&mut browser, "next", form.clone()).await;
    assert!(
        page.location().starts_with(&portal.step("sync")),
        "{}",
        page.text
    );
    for step in ["connect", "sync"] {
        let page = browser.get(&portal.step(step)).await;
        no_secret(&page, psa, &form);
    }
}

pub async fn a_wrong_secret_is_told_in_the_vendors_words(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    let (wrong, blamed, words) = psa.wrong_secret;
    let form = portal.form(&[(psa.secret(), wrong)]);
    for action in ["test", "next", "exit"] {
        let page = portal.send(&mut browser, action, form.clone()).await;
        refused(&page, psa, &form);
        let text = page.read();
        let refusal = format!("{} does not accept these credentials.", psa.provider().name);
        let check = Issue::ConnectionTestFails.own(psa.provider()).unwrap();
        let banner = text.split("<aside").next().unwrap();
        assert!(
            banner.contains(check),
            "{action}: beside the refusal: {banner}"
        );
        for words in [refusal.as_str(), words] {
            assert!(text.contains(words), "{action}: {words}: {text}");
        }
        let (_, at_field) = page
            .text
            .split_once(&format!("id=\"{blamed}-error\""))
            .unwrap_or_else(|| panic!("{action}: {text}"));
        let at_field = at_field.split("</p>").next().unwrap();
        let what_it_is = psa.provider().form.iter().find(|one| one.key == blamed);
        let what_it_is = what_it_is.unwrap().refused;
        assert!(what_it_is.len() > 40, "{blamed}: what such a value is");
        assert!(at_field.contains(what_it_is), "{action}: {at_field}");
        assert!(
            !text.contains("which has a field of its own"),
            "{action}: {text}"
        );
        for field in psa.provider().form.iter().filter(|field| !field.secret) {
            let sent = form.iter().find(|(name, _)| name == field.key);
            let kept = page.input(field.key).unwrap_or_default();
            let typed = sent.map_or("", |(_, value)| value.as_str());
            assert_eq!(kept, typed, "{action}: what was typed stays");
        }
    }
    nothing_is_kept(&portal).await;
}

pub async fn a_right_secret_is_never_called_another_value(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    let good = portal.form(&[]);
    // Addresses of hosts are not looked at by a sandbox.
    let texts = psa.provider().form.iter();
    let texts: Vec<&str> = texts
        .filter(|field| matches!(field.shape, FieldShape::Text | FieldShape::Behind(_)))
        .map(|field| field.key)
        .collect();
    // What the vendor refuses may be any of the values; the others are as the sandbox's own screens show them.
    for (wrong, value) in good
        .iter()
        .filter(|(name, _)| texts.contains(&name.as_str()))
    {
        let broken: String = value
            .char_indices()
            .map(|(at, c)| match at {
                0..4 if c.is_ascii_alphanumeric() => 'X',
                _ => c,
            })
            .collect();
        let form = portal.form(&[(wrong, &broken)]);
        let page = portal.send(&mut browser, "test", form).await;
        assert_eq!(
            page.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong}: {}",
            page.text
        );
        for (name, _) in good.iter().filter(|(name, _)| name != wrong) {
            let told = page.text.split(&format!("id=\"{name}-error\"")).nth(1);
            let told = told.map(|rest| rest.split("</p>").next().unwrap());
            let says = told.unwrap_or_default();
            assert!(
                !says.contains("looks like"),
                "{wrong} is wrong, {name}: {says}"
            );
        }
    }
}

pub async fn a_missing_right_is_named_as_the_screens_have_it(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    for right in psa.rights {
        let set = |access| {
            portal
                .control()
                .set_security(right.entity, right.action, access);
        };
        set(right.access);
        let page = portal.send(&mut browser, "test", portal.form(&[])).await;
        assert!(is_connected(&page), "{}", page.text);
        let text = page.read();
        let named = format!("{}</bdi>", right.called);
        let (_, after) = text
            .split_once(&named)
            .unwrap_or_else(|| panic!("{}: {text}", right.called));
        let badge = if right.required {
            "required"
        } else {
            "optional"
        };
        let badges = after.split("</li>").next().unwrap();
        assert!(badges.contains(badge), "{}: {badges}", right.called);
        set("All");
    }
    // It is told again where it matters: in the step that chooses what to read, and on the card.
    let right = psa.rights.last().unwrap();
    portal
        .control()
        .set_security(right.entity, right.action, right.access);
    portal.connect(&mut browser).await;
    let page = browser.get(&portal.step("sync")).await;
    for words in ["The API user lacks rights.", right.called] {
        assert!(page.read().contains(words), "{words}: {}", page.text);
    }
    // Granted since: Back and Next, with nothing typed, and nobody is told of it any more.
    portal
        .control()
        .set_security(right.entity, right.action, "All");
    let secrets = psa.provider().form.iter().filter(|field| field.secret);
    let untouched: Vec<(&str, &str)> = secrets.map(|field| (field.key, "")).collect();
    let next = portal
        .send(&mut browser, "next", portal.form(&untouched))
        .await;
    assert_eq!(next.location(), portal.step("sync"), "{}", next.text);
    let page = browser.get(&portal.step("sync")).await;
    assert!(
        !page.read().contains("The API user lacks rights."),
        "{}",
        page.text
    );
}

pub async fn a_right_that_was_granted_is_no_longer_missed(psa: &'static Psa) {
    const LACKS: &str = "The API user lacks rights.";
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    let set = |right: &super::Right, access| {
        portal
            .control()
            .set_security(right.entity, right.action, access);
    };
    for right in psa.rights {
        set(right, right.access);
    }
    portal.connect(&mut browser).await;
    let page = browser.get(&portal.page("")).await.read();
    assert!(page.contains(LACKS), "{page}");
    assert_eq!(page.matches("lacks rights").count(), 1, "told once: {page}");
    for right in psa.rights {
        assert!(page.contains(right.called), "{}: {page}", right.called);
        set(right, "All");
    }
    portal.read_lists_again(&mut browser).await;
    let page = browser.get(&portal.page("")).await.read();
    assert!(!page.contains(LACKS), "Sync PSA Data looked again: {page}");
}

/// As they come out of a mail or a table: every value with blanks around it, and a line break behind.
pub async fn blanks_around_values_do_no_harm(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    let usual = portal.form(&[]);
    let padded = usual.into_iter().map(|(name, value)| {
        let value = if value.is_empty() {
            value
        } else {
            format!("\t {value} \r\n")
        };
        (name, value)
    });
    let page = portal.send(&mut browser, "test", padded.collect()).await;
    assert!(is_connected(&page), "{}", page.text);
}

pub async fn credentials_of_another_psa_are_told_and_not_kept(psa: &'static Psa) {
    let portal = Portal::start(psa).await;
    let mut browser = portal.site.admin().await;
    for other in ALL.iter().filter(|other| other.key != psa.key) {
        let (key, says) = (other.key, psa.says_of(other));
        let form = portal.mixed_up(other);
        for action in ["test", "next"] {
            let page = portal.send(&mut browser, action, form.clone()).await;
            refused(&page, psa, &form);
            let text = page.read();
            assert!(text.contains(&says), "{key}: {says}: {text}");
            assert!(text.contains("-error\""), "{key}: at a field: {text}");
        }
        nothing_is_kept(&portal).await;
    }
}
