//! The credentials every sandbox accepts, as the connect form has them.

use std::collections::BTreeMap;

/// Form fields and their values.
pub fn form() -> BTreeMap<String, String> {
    [
        ("user_name", "q7xkd2mzvhw4pnt@harbourline.example"),
        ("secret", "5t$WJ*e9#Kb2~mQ7p@N0x8Yc1"),
        ("integration_code", "HLN4QZX7TB2WKD6MVRP3SJC8YAE"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into()
}
