//! For tests of templates: a shell, hostile texts, and checks every rendered page must pass. Rendered samples are
//! left in `target/looks`, so that they can be looked at in a browser.

use std::path::Path;

use askama::Template;
use domain::clock::UtcMillis;
use jiff::tz::TimeZone;

use super::{Notice, Rights, Section, Shell};

/// The instant all samples are seen at: 2026-03-14T09:26:00Z.
pub const NOW: UtcMillis = UtcMillis(1_773_480_360_000);

/// 300 characters without a space.
#[must_use]
pub fn long() -> String {
    "Langenfelder-Maschinenbau".repeat(12)
}

/// Markup, emoji, quotes and a change of direction.
pub const HOSTILE: &str = "<script>alert('x')</script> \"O'Neil\" & Söhne 🏭 \u{202e}gpj.exe";

/// A viewer who may do everything.
#[must_use]
pub fn shell(section: Section) -> Shell {
    Shell {
        name: "Ada Moreno".into(),
        email: "ada@northwind-msp.example".into(),
        role: "Administrator".into(),
        csrf: "token".into(),
        section,
        rights: Rights {
            companies: true,
            manage_companies: true,
            tickets: true,
            opportunities: true,
            settings: true,
            read_integrations: true,
            write_integrations: true,
            manage_integrations: true,
            read_users: true,
            write_users: true,
            manage_users: true,
            read_roles: true,
            manage_roles: true,
            manage_settings: true,
        },
        notice: None,
        warning: None,
        now: NOW,
        zone: TimeZone::get("Europe/Vienna").expect("compiled in"),
    }
}

/// The same viewer right after something happened.
#[must_use]
pub fn shell_after(section: Section, notice: &str) -> Shell {
    Shell {
        notice: Notice::find(notice),
        ..shell(section)
    }
}

/// Renders, checks what every page must keep, and leaves the page to be looked at.
pub fn check(name: &str, template: &impl Template) -> String {
    let html = template.render().expect("renders");
    assert!(!html.contains("<script>"), "{name}: markup came through");
    for ours in ["&#60;span class", "&#60;time ", "&#60;svg "] {
        assert!(!html.contains(ours), "{name}: our own markup was escaped");
    }
    for forbidden in [
        " style=\"",
        " onclick",
        " onchange",
        " onload",
        "javascript:",
    ] {
        assert!(
            !html.contains(forbidden),
            "{name}: {forbidden} is against the content security policy"
        );
    }
    let mut ids: Vec<&str> = html
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    ids.sort_unstable();
    let doubled: Vec<_> = ids.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(doubled.is_empty(), "{name}: ids used twice: {doubled:?}");
    for label in html
        .split("<label for=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(
            ids.binary_search(&label).is_ok(),
            "{name}: a label names {label}, which is not there"
        );
    }
    let described = html.split("aria-describedby=\"").skip(1);
    for id in described
        .filter_map(|rest| rest.split('"').next())
        .flat_map(str::split_whitespace)
    {
        assert!(
            ids.binary_search(&id).is_ok(),
            "{name}: a description names {id}, which is not there"
        );
    }
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/looks"));
    std::fs::create_dir_all(folder).expect("target is writable");
    std::fs::write(folder.join(format!("{name}.html")), &html).expect("target is writable");
    html
}
