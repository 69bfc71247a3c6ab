//! Databases for demos on PostgreSQL, for more than one kind of tests.

use std::sync::atomic::{AtomicU32, Ordering};

/// The address of a database that is not there yet, on the server for tests; `None` where there is no such server.
pub fn missing_database() -> Option<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let variable = |name: &str| std::env::var_os(name).and_then(|text| text.into_string().ok());
    let Some(url) = variable("PORTICO_TEST_POSTGRES").filter(|url| !url.is_empty()) else {
        assert!(
            variable("PORTICO_REQUIRE_ALL").is_none(),
            "PORTICO_TEST_POSTGRES is not set, and PORTICO_REQUIRE_ALL is"
        );
        return None;
    };
    let mut url = url::Url::parse(&url).expect("an address");
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    url.set_path(&format!("demo_{}_{number}", std::process::id()));
    Some(url.to_string())
}
