//! Where the list of companies and the questions about its rows lead: it is shown in a dialog and in the wizard.

use domain::imports::ImportKind;
use domain::provider::Provider;
use domain::setup::SetupStep;

use crate::web::settings::setup_wizard::frame;
use crate::web::view::Query;

/// The addresses of a provider's list.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    provider: &'static Provider,
    /// Whether it is a part of the wizard.
    pub in_setup: bool,
}

impl Addresses {
    /// Of the dialog.
    #[must_use]
    pub const fn dialog(provider: &'static Provider) -> Self {
        Self {
            provider,
            in_setup: false,
        }
    }

    /// Of the Import step of the wizard.
    #[must_use]
    pub const fn setup(provider: &'static Provider) -> Self {
        Self {
            provider,
            in_setup: true,
        }
    }

    /// Of the one a question about a row was opened from, by its own address.
    #[must_use]
    pub fn of_question(provider: &'static Provider, query: &Query) -> Self {
        Self {
            provider,
            in_setup: query.text("from") == "setup",
        }
    }

    /// Where the list is shown.
    #[must_use]
    pub fn list(self) -> String {
        if self.in_setup {
            frame::import_list(self.provider, ImportKind::Companies)
        } else {
            format!("/companies/import/{}", self.provider.key)
        }
    }

    /// Where its form goes.
    #[must_use]
    pub fn action(self) -> String {
        if self.in_setup {
            let step = frame::address(self.provider, SetupStep::Import);
            format!("{step}/companies")
        } else {
            self.list()
        }
    }

    /// A question about a row: `link` or `unlink`.
    #[must_use]
    pub fn question(self, record: i64, word: &str) -> String {
        let from = if self.in_setup { "?from=setup" } else { "" };
        format!(
            "/companies/import/{}/{record}/{word}{from}",
            self.provider.key
        )
    }
}
