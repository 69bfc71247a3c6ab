//! Where the pages of people, setup and settings are: what an administrator can open, but files, event streams, what the
//! lists' own catalogue asks for, and questions about what such a site has none of (an integration that is disconnected,
//! a role of one's own, an API key, a message, a passkey, a blocked company).

/// Where a page is. `{provider}` stands for the key of the tool.
pub enum Place {
    /// At this address.
    At(&'static str),
    /// Where the page of this name first links to an address like this one, in which `*` is an id.
    Linked(&'static str, &'static str),
}

use Place::{At, Linked};

/// Every page but the imports' own, by name.
pub const PAGES: &[(&str, Place)] = &[
    ("home", At("/")),
    ("companies", At("/companies")),
    ("company", Linked("companies", "/companies/*")),
    ("company, Remove…", Linked("company", "/companies/*/remove")),
    ("blocked companies", At("/companies/blocked")),
    ("portal accounts", At("/contacts/accounts")),
    ("integrations", At("/settings/integrations")),
    ("integration", At("/settings/integrations/{provider}")),
    (
        "integration, Clear & Resync…",
        At("/settings/integrations/{provider}/clear"),
    ),
    (
        "integration, Disconnect…",
        At("/settings/integrations/{provider}/disconnect"),
    ),
    (
        "setup, Connect",
        At("/settings/integrations/{provider}/setup/connect"),
    ),
    (
        "setup, Sync",
        At("/settings/integrations/{provider}/setup/sync"),
    ),
    (
        "setup, Configure",
        At("/settings/integrations/{provider}/setup/configure"),
    ),
    (
        "setup, Import",
        At("/settings/integrations/{provider}/setup/import"),
    ),
    (
        "setup, Import, people",
        At("/settings/integrations/{provider}/setup/import?tab=users&now=on"),
    ),
    (
        "setup, Import, companies",
        At("/settings/integrations/{provider}/setup/import?tab=companies&now=on"),
    ),
    ("sync log", At("/settings/integrations/{provider}/runs")),
    (
        "sync run",
        Linked("sync log", "/settings/integrations/{provider}/runs/*"),
    ),
    (
        "import of people, Link User",
        At("/settings/users/import/{provider}/people?search=ma"),
    ),
    ("users", At("/settings/users")),
    ("users, search", At("/settings/users?search=ma")),
    ("users, one status", At("/settings/users?status=imported")),
    (
        "users, by last sign-in",
        At("/settings/users?sort=last_sign_in"),
    ),
    ("users, Add User", At("/settings/users/new")),
    ("user", Linked("users, one status", "/settings/users/*")),
    (
        "user, Deactivate…",
        Linked("user", "/settings/users/*/deactivate"),
    ),
    (
        "user, Unlink…",
        Linked("user", "/settings/users/*/unlink/*"),
    ),
    ("roles", At("/settings/roles")),
    ("roles, Add Role", At("/settings/roles/new")),
    ("role", Linked("roles", "/settings/roles/*")),
    ("API keys", At("/settings/api-keys")),
    ("API reference", At("/api/v1/docs")),
    ("e-mail", At("/settings/mail")),
    ("profile", At("/profile")),
    ("profile, e-mail", At("/profile/email")),
    ("profile, password", At("/profile/password")),
    ("profile, two-factor", At("/profile/two-factor")),
    ("profile, passkey", At("/profile/passkeys/new")),
];

/// The import of people of a tool.
pub fn import_of_people(provider: &str) -> String {
    format!("/settings/users/import/{provider}")
}

/// The import of companies of a tool.
pub fn import_of_companies(provider: &str) -> String {
    format!("/companies/import/{provider}")
}
