//! The forms of the Import step. It has two lists, each under a tab: what is selected in one is kept while the other is
//! looked at. It travels with the page as one text, the fields of the list that is not shown, and *Complete Setup*
//! imports what is selected in both.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::id::PublicId;
use domain::imports::ImportKind;
use domain::setup::SetupStep;
use store::imports::find_import_by_uuid;
use store::integrations::Integration;
use url::form_urlencoded::Serializer;

use super::complete::{end, end_at};
use super::import_companies::{Answered, Chosen, import_or_list};
use super::import_page::{Companies, Tab, Users};
use super::import_step::{addresses, people, render, report, require_import_companies};
use super::wizard::{Offer, Wizard};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::csrf;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::see_other;
use crate::web::settings::import_users::{Outcome, PickerState, answer, source};
use crate::web::settings::imports::Place;
use crate::web::settings::imports::kept_list::unfold;
use crate::web::view::Section;

/// The field with the list that is not shown.
const OTHER: &str = "other";

/// What a form says about its list that is not for the next time.
const ONCE: [&str; 4] = [csrf::FIELD, "action", "to", OTHER];

/// *Import Users*: searches, turns pages, or begins an import and leads to its report.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn import_users(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    sent(&app, &staff, &key, ImportKind::Users, fields).await
}

/// *Import Companies*: searches, turns pages, or begins an import and leads to its report.
///
/// # Errors
/// As [`import_users`].
pub async fn import_companies(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let fields = unfold(fields);
    sent(&app, &staff, &key, ImportKind::Companies, fields).await
}

async fn sent(app: &App, staff: &Staff, key: &str, kind: ImportKind, fields: Fields) -> Answer {
    let (wizard, integration) = match Wizard::at_sent(app, key, SetupStep::Import).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let step = Step {
        app,
        staff,
        wizard: &wizard,
        integration: &integration,
        offer: Offer::load(app, &integration).await?,
    };
    if kind == ImportKind::Companies {
        require_import_companies(staff)?;
    }
    let other = fields.text(OTHER).to_owned();
    match fields.text("action") {
        // By the tab: what came is the list to keep, and what was kept is the one to show.
        "tab" if other.is_empty() => {
            let tab = off(kind);
            step.render(StatusCode::OK, tab, text_of(&fields)).await
        }
        "tab" => {
            let shown = step.list(kind, &Fields::parse(other.as_bytes())).await?;
            step.show(kind, shown, text_of(&fields)).await
        }
        "off" => step.render(StatusCode::OK, off(kind), other).await,
        "now" => {
            let tab = match kind {
                ImportKind::Users => Tab::Users(people(app, staff, &wizard).await?),
                ImportKind::Companies => match step.list(kind, &Fields::default()).await? {
                    Listed::Shown(_, tab) => tab,
                    Listed::Begun(_) => off(kind),
                },
            };
            step.render(StatusCode::OK, tab, other).await
        }
        "complete" => {
            let other = completing(&other);
            match kind {
                ImportKind::Users => step.complete(&fields, &other).await,
                ImportKind::Companies => step.complete(&other, &fields).await,
            }
        }
        _ => {
            let shown = step.list(kind, &fields).await?;
            step.show(kind, shown, other).await
        }
    }
}

/// What became of a sent list.
enum Listed {
    /// It is shown again.
    Shown(StatusCode, Tab),
    /// An import began.
    Begun(PublicId),
}

struct Step<'a> {
    app: &'a App,
    staff: &'a Staff,
    wizard: &'a Wizard,
    integration: &'a Integration,
    offer: Offer,
}

impl Step<'_> {
    async fn list(&self, kind: ImportKind, fields: &Fields) -> Result<Listed, Failure> {
        let (app, staff, wizard) = (self.app, self.staff, self.wizard);
        Ok(match kind {
            ImportKind::Users => match source(app, staff, wizard.provider).await? {
                Err(missing) => {
                    Listed::Shown(StatusCode::CONFLICT, Tab::Users(Users::Missing(missing)))
                }
                Ok(source) => {
                    match answer(app, staff, &source, &addresses(wizard), fields).await? {
                        Outcome::Again(status, picker) => {
                            Listed::Shown(status, Tab::Users(Users::Picker(picker)))
                        }
                        Outcome::Begun(import) => Listed::Begun(import),
                    }
                }
            },
            ImportKind::Companies => {
                let shell = staff.shell(Section::Settings);
                let here = (wizard.provider, self.integration);
                let chosen = Chosen::of_form(fields);
                match import_or_list(app, staff, &shell, here, &self.offer, chosen).await? {
                    Answered::List(status, list) => {
                        Listed::Shown(status, Tab::Companies(Companies::List(list)))
                    }
                    Answered::Begun(import) => Listed::Begun(import),
                }
            }
        })
    }

    async fn show(&self, kind: ImportKind, listed: Listed, other: String) -> Answer {
        let import = match listed {
            Listed::Shown(status, tab) => return self.render(status, tab, other).await,
            Listed::Begun(import) => import,
        };
        if other.is_empty() {
            return see_other(Place::setup(self.wizard.provider, kind, &import).address());
        }
        // An address could not keep the other list.
        let shell = self.staff.shell(Section::Settings);
        let key = self.wizard.provider.key;
        let report = report(self.app, &shell, key, import.as_str(), kind).await?;
        let tab = match kind {
            ImportKind::Users => Tab::Users(Users::Report(report.into())),
            ImportKind::Companies => Tab::Companies(Companies::Report(report.into())),
        };
        self.render(StatusCode::OK, tab, other).await
    }

    /// Begins to import what is selected in both lists, and ends the setup. A mistake in one of them is told in it, and
    /// the setup stays open.
    async fn complete(&self, users: &Fields, companies: &Fields) -> Answer {
        let with_companies = Chosen::of_form(companies).selects();
        if with_companies {
            require_import_companies(self.staff)?;
        }
        let mut begun = Vec::new();
        if PickerState::read(users).selects() {
            match self.list(ImportKind::Users, users).await? {
                Listed::Shown(status, tab) => {
                    return self.render(status, tab, text_of(companies)).await;
                }
                Listed::Begun(import) => begun.push((ImportKind::Users, import)),
            }
        }
        if with_companies {
            match self.list(ImportKind::Companies, companies).await? {
                Listed::Shown(status, tab) => {
                    return self.render(status, tab, String::new()).await;
                }
                Listed::Begun(import) => begun.push((ImportKind::Companies, import)),
            }
        }
        self.end(&begun).await
    }

    /// Ends the setup and says what became of what was selected: an import that left something out is looked at next.
    async fn end(&self, begun: &[(ImportKind, PublicId)]) -> Answer {
        let (app, staff) = (self.app, self.staff);
        let mut notice = "setup_completed";
        for (kind, uuid) in begun {
            let import = find_import_by_uuid(app.store(), uuid).await?;
            let import = import.ok_or_else(|| Failure::not_found("Import"))?;
            match (import.finished_at, import.stopped, import.counts.skipped) {
                (None, ..) => notice = "setup_completed_importing",
                (Some(_), None, 0) if notice == "setup_completed" => {
                    notice = "setup_completed_imports";
                }
                (Some(_), None, 0) => {}
                _ => {
                    let report = Place::setup(self.wizard.provider, *kind, uuid);
                    let to = format!("{}&notice=setup_completed_look", report.address());
                    return end_at(app, staff, self.wizard, self.integration, &to).await;
                }
            }
        }
        end(app, staff, self.wizard, self.integration, notice).await
    }

    async fn render(&self, status: StatusCode, tab: Tab, other: String) -> Answer {
        let shell = self.staff.shell(Section::Settings);
        let here = (self.wizard, self.integration, &self.offer);
        render(self.app, here, shell, status, tab, other).await
    }
}

const fn off(kind: ImportKind) -> Tab {
    match kind {
        ImportKind::Users => Tab::Users(Users::Off),
        ImportKind::Companies => Tab::Companies(Companies::Off),
    }
}

/// A list as one text; empty when the form is none of a list.
fn text_of(fields: &Fields) -> String {
    let mut text = Serializer::new(String::new());
    text.extend_pairs(fields.iter().filter(|(name, _)| !ONCE.contains(name)));
    text.finish()
}

/// The fields of a list that was kept, as if *Complete Setup* had sent them.
fn completing(text: &str) -> Fields {
    if text.is_empty() {
        return Fields::default();
    }
    Fields::parse(format!("{text}&action=complete").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_travels_without_what_was_pressed() {
        let sent = Fields::parse(b"csrf=t&pick=1&pick=2&search=a%26b&action=tab&to=x&other=y");
        let text = text_of(&sent);
        assert_eq!(text, "pick=1&pick=2&search=a%26b");
        let again = completing(&text);
        assert_eq!(again.all("pick").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(
            (again.text("search"), again.text("action")),
            ("a&b", "complete")
        );
        assert_eq!(text_of(&Fields::parse(b"csrf=t&other=y&action=tab")), "");
        assert_eq!(completing(""), Fields::default());
    }
}
