//! The five things that go wrong when people are imported, in the words of the guide. The list of people shows all of
//! them under *Somebody missing?*; each is also the message at the place where it happens.

use domain::provider::Troubleshooting;

/// Somebody is not in the list.
pub const MISSING_USERS: Troubleshooting = Troubleshooting {
    issue: "Missing users",
    solution: "Verify your integration has proper API permissions and the users are active in the source system.",
};

/// Somebody is selected and has no address.
pub const EMAIL_REQUIRED: Troubleshooting = Troubleshooting {
    issue: "Email required error",
    solution: "All users must have valid email addresses. Add email addresses using the input field in the list.",
};

/// What is typed into such a field is none.
pub const NO_ADDRESS: &str = "This is no valid e-mail address. Enter one such as ann@example.com.";

/// No role is chosen.
pub const ROLE_NOT_SELECTED: Troubleshooting = Troubleshooting {
    issue: "Role not selected",
    solution: "Select a role from the dropdown before clicking Import.",
};

/// Somebody has the address already.
pub const DUPLICATE_USER: Troubleshooting = Troubleshooting {
    issue: "Duplicate user error",
    solution: "The user may already exist. Use the Link User feature to connect accounts.",
};

/// A row has no tick.
pub const CANNOT_SELECT: Troubleshooting = Troubleshooting {
    issue: "Cannot select user",
    solution: "The user is either already linked or missing an email address.",
};

/// All of them, in the order of the guide.
pub const ALL: &[Troubleshooting] = &[
    MISSING_USERS,
    EMAIL_REQUIRED,
    ROLE_NOT_SELECTED,
    DUPLICATE_USER,
    CANNOT_SELECT,
];
