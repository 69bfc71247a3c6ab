//! The PostgreSQL server for tests.

/// Its address; `None` where there is none, which is a failure where everything is required.
pub fn test_postgres() -> Option<String> {
    let variable = |name: &str| std::env::var_os(name).and_then(|text| text.into_string().ok());
    let url = variable("PORTICO_TEST_POSTGRES").filter(|url| !url.is_empty());
    assert!(
        url.is_some() || variable("PORTICO_REQUIRE_ALL").is_none(),
        "PORTICO_TEST_POSTGRES is not set, and PORTICO_REQUIRE_ALL is"
    );
    url
}
