//! What just happened, told once on the page a form leads to. It travels as `?notice=KEY`: a word from this
//! list, so that no address can put a text of its own on a page.

/// How a notice looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Good,
    /// Nothing was done, and why.
    Plain,
    /// Look at this.
    Warning,
    /// It did not work.
    Bad,
}

impl Tone {
    /// The class of banners and badges.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Plain => "info",
            Self::Warning => "warn",
            Self::Bad => "bad",
        }
    }

    /// The symbol beside the text, so that colour is never the only sign.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Good => "check-circle",
            Self::Plain => "info",
            Self::Warning | Self::Bad => "alert",
        }
    }
}

/// A known sentence with its look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// The word in the address.
    pub key: &'static str,
    /// How it looks.
    pub tone: Tone,
    /// What it says.
    pub sentence: &'static str,
}

const fn good(key: &'static str, sentence: &'static str) -> Notice {
    Notice {
        key,
        tone: Tone::Good,
        sentence,
    }
}

const fn warning(key: &'static str, sentence: &'static str) -> Notice {
    Notice {
        key,
        tone: Tone::Warning,
        sentence,
    }
}

const fn plain(key: &'static str, sentence: &'static str) -> Notice {
    Notice {
        key,
        tone: Tone::Plain,
        sentence,
    }
}

/// Every notice.
pub const ALL: &[Notice] = &[
    good("saved", "Saved."),
    good(
        "setup_connected",
        "Connected, and the credentials are stored. Nothing is read before this step is left.",
    ),
    good(
        "setup_sync_started",
        "The sync has started in the background; go on with the setup meanwhile.",
    ),
    plain(
        "setup_sync_joined",
        "A sync is running already and goes on; no second one was started.",
    ),
    good(
        "setup_sync_queued",
        "Another sync is running; yours starts by itself as soon as it has ended.",
    ),
    plain(
        "setup_sync_recent",
        "The same sync was done less than 2 minutes ago, so none was started again.",
    ),
    good(
        "setup_kept",
        "Saved. Setup and settings open again from the card at any time.",
    ),
    good(
        "auto_import_began",
        "Saved. Contacts are getting their accounts now, with the role you chose. Imports on this page tells how many, as soon as they are made.",
    ),
    warning(
        "setup_lacks_rights",
        "The setup was not completed: rights are missing that what is synced needs. They stand below, beside Complete Setup.",
    ),
    good(
        "setup_completed",
        "The setup is complete. Configure opens its steps again at any time.",
    ),
    good("company_removed", "The company was removed."),
    good(
        "company_blocked",
        "The company was removed, and syncs and imports skip it from now on. Blocked Companies lists it.",
    ),
    plain(
        "company_was_removed",
        "That company was removed already. Nothing was done twice.",
    ),
    good(
        "company_unblocked",
        "Unblocked. It can be imported again; what was deleted with it does not come back.",
    ),
    plain(
        "company_not_blocked",
        "That company is not blocked. Nothing was changed.",
    ),
    good(
        "setup_completed_imports",
        "The setup is complete, and what was selected is imported. What came of it stands under Imports.",
    ),
    good(
        "setup_completed_importing",
        "The setup is complete, and what was selected is being imported. How far it is stands under Imports.",
    ),
    warning(
        "setup_completed_look",
        "The setup is complete. Not all that was selected was imported: the reasons are below.",
    ),
    plain(
        "company_is_linked",
        "This company is linked already. Nothing was changed.",
    ),
    good(
        "company_linked",
        "Linked. Its tickets and contacts belong to that company now.",
    ),
    plain(
        "company_not_linked",
        "There is no link here that was made by hand. Nothing was changed.",
    ),
    good(
        "company_unlinked",
        "Unlinked. It can be imported or linked again.",
    ),
    good(
        "credentials_updated",
        "The new credentials work and are stored.",
    ),
    good(
        "disconnected",
        "Disconnected. The stored secrets are gone; what was read stays.",
    ),
    good(
        "deleted",
        "The synced data of this integration was deleted.",
    ),
    good("sync_started", "The sync has started."),
    plain(
        "sync_joined",
        "A sync was already running. This is it; no second one was started.",
    ),
    plain(
        "sync_recent",
        "The same sync was asked for less than two minutes ago. This is its result; no second one was started.",
    ),
    good(
        "sync_queued",
        "Another sync is running. Yours starts by itself as soon as this one has ended.",
    ),
    plain(
        "nothing_to_read",
        "Nothing was started: no record type is selected.",
    ),
    plain(
        "already_connected",
        "It is connected already. Nothing was done twice.",
    ),
    plain("unchanged", "Nothing was different, so nothing was saved."),
    good(
        "saved_resync",
        "Saved. A sync has started, because the change needs one.",
    ),
    plain(
        "nothing_to_retry",
        "That record is not set aside any more. Nothing was started.",
    ),
    plain(
        "retry_not_connected",
        "Without credentials that work nothing can be tried. Connect it again first.",
    ),
    plain(
        "not_connected",
        "This integration is not connected, so nothing was started.",
    ),
    plain(
        "setup_disconnected",
        "This integration is disconnected, so nothing was saved. Connect it again to go on; its settings are kept.",
    ),
    plain(
        "setup_open",
        "The setup is not finished: the first sync starts when the Sync step is left. Nothing was started.",
    ),
    good("auto_sync_on", "Auto-sync is on."),
    good(
        "auto_sync_off",
        "Auto-sync is off. Data is only read when somebody presses Resync.",
    ),
    good(
        "reference_started",
        "Statuses, priorities, categories and types are being read again.",
    ),
    good(
        "clear_started",
        "Clear & Resync has started. The present data stays visible until it completes.",
    ),
    good(
        "removal_confirmed",
        "Confirmed. The missing records are being marked as removed.",
    ),
    good("removal_kept", "Kept. Nothing was removed."),
    plain(
        "already_answered",
        "Somebody else had answered this already. Nothing was changed.",
    ),
    good("retry_started", "The record will be tried again now."),
    good("profile_saved", "Your profile was saved."),
    good(
        "password_changed",
        "Your password was changed. Your other sessions were signed out.",
    ),
    good("sessions_revoked", "The session was signed out."),
    good(
        "email_changed",
        "Your e-mail address was changed. Sign in with the new one from now on.",
    ),
    good("notifications_saved", "Your notifications were saved."),
    good("app_removed", "The authenticator app was removed."),
    good("passkey_added", "The passkey was added."),
    good("passkey_removed", "The passkey was removed."),
    good(
        "two_factor_reset",
        "The second factors were removed, the person was signed out everywhere and told by e-mail.",
    ),
    plain(
        "no_two_factor",
        "This person has no second factor. Nothing was changed.",
    ),
    good(
        "test_queued",
        "The test message is on its way. Its state is in the list below; reload in a moment.",
    ),
    good("mail_retried", "The message is sent again now."),
    good(
        "all_mail_retried",
        "The messages that failed are sent again now. A message that was followed by another of its kind stays as it is.",
    ),
    plain(
        "no_mail_failed",
        "No message is left to send again, so nothing was sent.",
    ),
    plain(
        "mail_not_failed",
        "That message had not failed, so nothing was sent again.",
    ),
    good(
        "key_revoked",
        "The API key was revoked and stops working at once.",
    ),
    good(
        "user_added",
        "The user was added. Nobody was told yet; send the welcome e-mail when you are ready.",
    ),
    good(
        "user_joined",
        "This address belongs to somebody at a client, who is one of your staff now too. The name stays as that person has it, and so does a password.",
    ),
    good(
        "user_welcomed",
        "The user was added, and the welcome e-mail is on its way. Settings → E-mail lists it.",
    ),
    good("user_saved", "The user was saved."),
    good(
        "user_deactivated",
        "The user is deactivated, and all sessions of the user have ended.",
    ),
    good("user_reactivated", "The user is active again."),
    good(
        "user_reactivated_untold",
        "The user is no longer deactivated and has no password yet: send the welcome e-mail.",
    ),
    good(
        "welcome_sent",
        "The welcome e-mail is on its way. Settings → E-mail lists it.",
    ),
    good(
        "unlinked",
        "The record is unlinked. The account stays as it is.",
    ),
    plain(
        "nothing_selected",
        "Nobody was selected, so nothing was done.",
    ),
    good("role_created", "The role was created."),
    good(
        "role_saved",
        "The role was saved, effective at once for everybody who has it.",
    ),
    good(
        "role_merged",
        "Saved. Somebody else had saved this role meanwhile; their changes and yours are both kept.",
    ),
    good("role_duplicated", "This is the copy. Nobody has it yet."),
    good("role_deleted", "The role was deleted."),
    good("welcome", "Portico is ready. Connect your first tool."),
    good("signed_out", "You are signed out."),
    warning(
        "recovery_code_used",
        "You signed in with a recovery code, and it cannot be used again. Your profile says how many are left, makes new ones \
         and sets up another device.",
    ),
    plain(
        "session_expired",
        "Your session ended. Sign in again to go on.",
    ),
];

impl Notice {
    /// The notice with this key.
    #[must_use]
    pub fn find(key: &str) -> Option<Self> {
        ALL.iter().copied().find(|notice| notice.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn keys_are_distinct() {
        let keys: BTreeSet<_> = ALL.iter().map(|notice| notice.key).collect();
        assert_eq!(keys.len(), ALL.len());
        assert_eq!(Notice::find("<script>"), None);
    }
}
