//! Why something was not done to a user, in a sentence that says what to do instead.

use domain::id::PublicId;

use super::Client;

/// Why it was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserRefusal {
    /// The user was removed meanwhile.
    Gone,
    /// There is no name.
    NameMissing,
    /// A text is too long: its field and how many characters fit.
    TooLong {
        /// The field.
        field: &'static str,
        /// Characters that fit.
        most: usize,
    },
    /// A text holds a line break or another control character: its field.
    NotOneLine {
        /// The field.
        field: &'static str,
    },
    /// It is no phone number.
    NoPhone,
    /// It is no e-mail address.
    EmailInvalid,
    /// Somebody has the address, in some spelling.
    EmailTaken {
        /// That user, by the id in addresses.
        by: PublicId,
        /// That user's name.
        name: String,
    },
    /// A person at a client has the address.
    EmailOfContact {
        /// That person's name.
        name: String,
        /// The address.
        email: String,
    },
    /// A person at a client has the address, and nobody said that this person is to join the staff.
    OfAClient(Client),
    /// Somebody has an address that can be mistaken for this one.
    EmailLooksLike {
        /// That user, by the id in addresses.
        by: PublicId,
        /// That user's name.
        name: String,
        /// The address that looks the same.
        email: String,
    },
    /// The own address is changed on the profile, where the password is asked for.
    OwnEmail,
    /// The primary administrator's address.
    EmailOfPrimaryAdministrator,
    /// No role was chosen.
    RoleMissing,
    /// The role was deleted meanwhile, or is not for staff.
    RoleGone,
    /// The role grants more than the editor's own.
    RoleBeyondOwnRights {
        /// The role's name.
        role: String,
    },
    /// The user's role grants more than the editor's own.
    PersonBeyondOwnRights,
    /// It needs the right *Manage Users*.
    NeedsManageUsers,
    /// Nobody changes their own role.
    OwnRole,
    /// Nobody switches themselves off or on.
    OwnStatus,
    /// The primary administrator.
    PrimaryAdministrator,
    /// The last active user who can manage users and roles.
    LastAdministrator,
    /// Switched off: no welcome e-mail.
    Deactivated,
    /// Sent a welcome e-mail several times lately.
    WelcomedOften,
    /// A password is set: a welcome e-mail has no use.
    HasPassword,
}

impl UserRefusal {
    /// What happened and what to do.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Gone => "This user was removed meanwhile.".to_owned(),
            Self::NameMissing => "Enter a name.".to_owned(),
            Self::TooLong { most, .. } => format!("Use at most {most} characters."),
            Self::NotOneLine { .. } => {
                "Use one line, without line breaks or other control characters.".to_owned()
            }
            Self::NoPhone => {
                "Enter a phone number of at most 60 characters, such as +1 555 010 0100 ext 12.".to_owned()
            }
            Self::EmailInvalid => {
                "Enter a valid e-mail address, such as ann@example.com.".to_owned()
            }
            Self::EmailTaken { name, .. } => {
                format!("{name} has this e-mail address already. Every user needs one of their own.")
            }
            Self::EmailOfContact { name, email } => format!(
                "{name}, a person at a client, has the address {email}. To make {name} a user, add one with this address."
            ),
            Self::OfAClient(client) => format!(
                "{} has this e-mail address, and would become one of your staff. Tick that this is meant, or enter another \
                 address.",
                client.who()
            ),
            Self::EmailLooksLike { name, email, .. } => format!(
                "This address looks like {email}, which is {name}'s. Type it again with plain letters."
            ),
            Self::OwnEmail => {
                "Your own e-mail address is changed on your profile, where your password is asked for.".to_owned()
            }
            Self::EmailOfPrimaryAdministrator => {
                "Only the primary administrator can change this e-mail address, on the own profile.".to_owned()
            }
            Self::RoleMissing => "Select a role.".to_owned(),
            Self::RoleGone => {
                "This role was deleted meanwhile. Select another.".to_owned()
            }
            Self::RoleBeyondOwnRights { role } => format!(
                "The role {role} grants more than your own, so you cannot give it. Select another, or ask an \
                 administrator who has these rights."
            ),
            Self::PersonBeyondOwnRights => {
                "This user's role grants more than yours. Only somebody with the same rights can change how this user \
                 signs in and what they may do."
                    .to_owned()
            }
            Self::NeedsManageUsers => {
                "Changing e-mail address, role or status needs the right Manage Users.".to_owned()
            }
            Self::OwnRole => {
                "You cannot change your own role. Another administrator can.".to_owned()
            }
            Self::OwnStatus => {
                "You cannot change your own status. Another administrator can.".to_owned()
            }
            Self::PrimaryAdministrator => {
                "The primary administrator always keeps access and role, so that nobody is ever locked out."
                    .to_owned()
            }
            Self::LastAdministrator => {
                "This is the last active user who can manage users and roles. Give somebody else a role with both \
                 rights first."
                    .to_owned()
            }
            Self::Deactivated => {
                "This user is deactivated. Reactivate the user first.".to_owned()
            }
            Self::WelcomedOften => {
                "This user was sent five welcome e-mails within a day. Ask whether they arrive (Settings, E-mail), and try \
                 again tomorrow."
                    .to_owned()
            }
            Self::HasPassword => {
                "This user has set a password already. If it was forgotten, Forgot password on the sign-in page sends \
                 a new link."
                    .to_owned()
            }
        }
    }

    /// The field of the form it belongs to; empty: to the whole.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::NameMissing => "name",
            Self::TooLong { field, .. } | Self::NotOneLine { field } => field,
            Self::NoPhone => "phone",
            Self::EmailInvalid
            | Self::OwnEmail
            | Self::EmailOfPrimaryAdministrator
            | Self::EmailTaken { .. }
            | Self::EmailOfContact { .. }
            | Self::OfAClient(_)
            | Self::EmailLooksLike { .. } => "email",
            Self::RoleMissing
            | Self::RoleGone
            | Self::RoleBeyondOwnRights { .. }
            | Self::OwnRole => "role",
            _ => "",
        }
    }
}
