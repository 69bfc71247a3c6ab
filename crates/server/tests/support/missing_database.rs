//! Databases for demos on PostgreSQL, for more than one kind of tests.

/// The address of a database that is not there yet, on the server for tests; `None` where there is no such server.
pub fn missing_database() -> Option<String> {
    let variable = |name: &str| std::env::var_os(name).and_then(|text| text.into_string().ok());
    let Some(url) = variable("PORTICO_TEST_POSTGRES").filter(|url| !url.is_empty()) else {
        assert!(
            variable("PORTICO_REQUIRE_ALL").is_none(),
            "PORTICO_TEST_POSTGRES is not set, and PORTICO_REQUIRE_ALL is"
        );
        return None;
    };
    let mut url = url::Url::parse(&url).expect("an address");
    url.set_path(&format!("demo_{}", uuid::Uuid::new_v4().simple()));
    Some(url.to_string())
}
