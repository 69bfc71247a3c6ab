//! Databases for demos on PostgreSQL, for more than one kind of tests.

use crate::test_postgres::test_postgres;

/// The address of a database that is not there yet, on the server for tests; `None` where there is no such server.
pub fn missing_database() -> Option<String> {
    let mut url = url::Url::parse(&test_postgres()?).expect("an address");
    url.set_path(&format!("demo_{}", uuid::Uuid::new_v4().simple()));
    Some(url.to_string())
}
