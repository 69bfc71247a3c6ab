//! The companies of a tool that are none in Portico, in one wording for every page that tells of them.

use domain::provider::Provider;
use domain::settings::IntegrationSettings;
use store::company_adoption::count_unlinked;
use store::company_import::count_blocked;
use store::integrations::Integration;

use crate::app::App;
use crate::web::error::Failure;
use crate::web::view::number::grouped;

/// How many of a tool's companies wait for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingCompanies {
    provider: &'static Provider,
    /// Whether its companies become companies here by themselves.
    source: bool,
    /// Those that stand for no company here.
    wait: u64,
    /// Those whose company a person removed.
    blocked: u64,
}

impl WaitingCompanies {
    /// Those of a tool, under some settings.
    #[must_use]
    pub const fn new(
        provider: &'static Provider,
        settings: &IntegrationSettings,
        wait: u64,
        blocked: u64,
    ) -> Self {
        Self {
            provider,
            source: settings.company_source,
            wait,
            blocked,
        }
    }

    /// Those of a tool now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count(
        app: &App,
        provider: &'static Provider,
        integration: &Integration,
    ) -> Result<Self, Failure> {
        let wait = count_unlinked(app.store(), integration.id).await?;
        let blocked = count_blocked(app.store(), integration.id, None).await?;
        Ok(Self::new(provider, &integration.settings, wait, blocked))
    }

    /// Whether there are any.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.wait + self.blocked == 0
    }

    /// Says how many wait, for what, and why; nothing when none does.
    #[must_use]
    pub fn text(self) -> Option<String> {
        let (verb, them) = if self.wait == 1 {
            ("waits", "it")
        } else {
            ("wait", "them")
        };
        let reason = match (self.source, self.wait) {
            (true, 1) => "it is inactive, or of a type or status that the Sync step leaves out",
            (true, _) => "they are inactive, or of a type or status that the Sync step leaves out",
            (false, _) => "its companies do not become companies here by themselves",
        };
        Some(format!(
            "{} {verb} until somebody imports or links {them}: {reason}.",
            self.those(self.wait)?
        ))
    }

    /// Says how many are blocked; nothing when none is.
    #[must_use]
    pub fn blocked_text(self) -> Option<String> {
        let rest = if self.blocked == 1 {
            "is blocked: its company was removed here."
        } else {
            "are blocked: their companies were removed here."
        };
        Some(format!("{} {rest}", self.those(self.blocked)?))
    }

    /// `9 accounts of Autotask`; nothing for none.
    fn those(self, count: u64) -> Option<String> {
        let words = self.provider.words;
        let noun = match count {
            0 => return None,
            1 => words.company,
            _ => words.companies,
        };
        let count = grouped(i64::try_from(count).unwrap_or(i64::MAX));
        let (noun, name) = (noun.to_lowercase(), self.provider.name);
        Some(format!("{count} {noun} of {name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(provider: &str, source: bool, wait: u64) -> Option<String> {
        let provider = domain::provider::find(provider).expect("there");
        let settings = IntegrationSettings {
            company_source: source,
            ..IntegrationSettings::default()
        };
        WaitingCompanies::new(provider, &settings, wait, 0).text()
    }

    #[test]
    fn each_tool_says_in_its_own_word_what_waits_and_why() {
        for (provider, source, wait, expected) in [
            ("autotask", true, 0, None),
            (
                "autotask",
                true,
                1,
                Some(
                    "1 company of Autotask waits until somebody imports or links it: it is inactive, or of a type or status \
                     that the Sync step leaves out.",
                ),
            ),
            (
                "halo_psa",
                false,
                1_300,
                Some(
                    "1,300 clients of Halo PSA wait until somebody imports or links them: its companies do not become \
                     companies here by themselves.",
                ),
            ),
        ] {
            assert_eq!(text(provider, source, wait).as_deref(), expected);
        }
    }
}
