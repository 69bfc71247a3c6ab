//! The forms of the Import step. It has two lists, each under a tab: what is selected in one is kept while the other is
//! looked at, and while a report stands where it was. Each travels with the page as one text, the fields of the list that
//! is not shown, and *Complete Setup* imports what is selected in both.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::id::PublicId;
use domain::imports::ImportKind;
use domain::setup::SetupStep;
use store::imports::{Import, find_import_by_uuid};
use store::integrations::Integration;
use sync::import_users::links_deactivated;
use sync::setup::blocking_rights;
use url::form_urlencoded::Serializer;

use super::complete::{end, end_at};
use super::import_page::{Begun, Companies, Tab, Users};
use super::import_step::{addresses, people, render, report};
use super::wizard::{Offer, Wizard};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::csrf;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::see_other;
use crate::web::settings::import_companies::{
    Addresses as CompanyAddresses, Answered, Chosen, answer as answer_companies,
    count_selected as companies_selected, may_import, require_import,
};
use crate::web::settings::import_users::{
    Outcome, PickerState, answer, count_selected as people_selected, source,
};
use crate::web::settings::imports::kept_list::unfold;
use crate::web::settings::imports::{Place, Source, in_short};
use crate::web::view::Section;

/// The field with the list that is not shown.
const OTHER: &str = "other";

/// The field with the list of the tab that is shown, while a report has taken its place.
const KEPT: &str = "kept";

/// The field of the button that leads to a report.
const REPORT: &str = "report";

/// The field of the button that leads to the report of people, wherever it is pressed.
const BEGUN: &str = "begun";

/// The field with the import of people that *Complete Setup* began before it refused the companies: the end of the setup
/// counts it as well.
const IMPORTED: &str = "imported";

/// What a form says about its list that is not for the next time.
const ONCE: [&str; 8] = [
    csrf::FIELD,
    "action",
    "to",
    OTHER,
    KEPT,
    REPORT,
    BEGUN,
    IMPORTED,
];

/// One of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// Of people.
    Users,
    /// Of companies.
    Companies,
}

impl List {
    /// What is imported from it.
    pub(super) const fn kind(self) -> ImportKind {
        match self {
            Self::Users => ImportKind::Users,
            Self::Companies => ImportKind::Companies,
        }
    }
}

/// What stands in the two lists while they are not on the page.
#[derive(Debug, Clone, Default)]
pub(super) struct Away {
    /// The list of the other tab; empty when there is none.
    pub(super) other: String,
    /// The list of this tab; empty when it is on the page, or there is none.
    pub(super) kept: String,
    /// How many are selected in each.
    pub(super) other_count: u64,
    /// The same of the list of this tab.
    pub(super) kept_count: u64,
    /// The people that *Complete Setup* began to import before it refused the companies.
    pub(super) begun: Option<Begun>,
}

impl Away {
    /// Only the list of the other tab.
    const fn other(other: String) -> Self {
        Self {
            other,
            kept: String::new(),
            other_count: 0,
            kept_count: 0,
            begun: None,
        }
    }
}

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
    sent(&app, &staff, &key, List::Users, fields).await
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
    sent(&app, &staff, &key, List::Companies, fields).await
}

async fn sent(app: &App, staff: &Staff, key: &str, kind: List, fields: Fields) -> Answer {
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
        imported: fields.text(IMPORTED).parse().ok(),
    };
    if kind == List::Companies {
        require_import(staff)?;
    }
    let other = fields.text(OTHER).to_owned();
    let list = list_of(&fields);
    if let Ok(import) = fields.text(REPORT).parse() {
        let kept = text_of(&list);
        return step
            .show_report(
                kind,
                &import,
                Away {
                    kept,
                    ..Away::other(other)
                },
            )
            .await;
    }
    if let Ok(import) = fields.text(BEGUN).parse() {
        let (kept, other) = match kind {
            List::Users => (text_of(&list), other),
            List::Companies => (other, text_of(&list)),
        };
        let away = Away {
            kept,
            ..Away::other(other)
        };
        return step.show_report(List::Users, &import, away).await;
    }
    match fields.text("action") {
        // By the tab: what came is the list to keep, and what was kept is the one to show.
        "tab" if other.is_empty() => {
            let tab = off(kind);
            step.render(StatusCode::OK, tab, Away::other(text_of(&list)))
                .await
        }
        "tab" => {
            let shown = step.list(kind, &standing(&other)).await?;
            step.show(kind, shown, text_of(&list)).await
        }
        "off" => {
            step.render(StatusCode::OK, off(kind), Away::other(other))
                .await
        }
        "now" if !fields.has(KEPT) => {
            let tab = match kind {
                List::Users => Tab::Users(people(app, staff, &wizard).await?),
                List::Companies => match step.list(kind, &Fields::default()).await? {
                    Listed::Shown(_, tab) => tab,
                    Listed::Begun(_) => off(kind),
                },
            };
            step.render(StatusCode::OK, tab, Away::other(other)).await
        }
        // Nothing is imported by a setup that stays open: both lists stand as they were sent.
        "complete" if !blocking_rights(&integration).is_empty() => {
            let tab = match step.list(kind, &standing(&text_of(&list))).await? {
                Listed::Shown(_, tab) => tab,
                Listed::Begun(_) => off(kind),
            };
            step.render(StatusCode::CONFLICT, tab, Away::other(other))
                .await
        }
        "complete" => {
            let other = completing(&other);
            match kind {
                List::Users => step.complete(&list, &other).await,
                List::Companies => step.complete(&other, &list).await,
            }
        }
        _ => {
            let shown = step.list(kind, &list).await?;
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
    /// The import of people that *Complete Setup* began before it refused the companies, as the form says.
    imported: Option<PublicId>,
}

impl Step<'_> {
    async fn list(&self, kind: List, fields: &Fields) -> Result<Listed, Failure> {
        let (app, staff, wizard) = (self.app, self.staff, self.wizard);
        Ok(match kind {
            List::Users => match source(app, staff, wizard.provider).await? {
                Err(missing) => {
                    Listed::Shown(StatusCode::CONFLICT, Tab::Users(Users::Missing(missing)))
                }
                Ok(source) => {
                    match answer(app, staff, &source, &addresses(wizard), fields).await? {
                        Outcome::Again(status, picker) => {
                            Listed::Shown(status, Tab::Users(Users::Picker(picker)))
                        }
                        Outcome::Missing(missing) => {
                            Listed::Shown(StatusCode::OK, Tab::Users(Users::Missing(missing)))
                        }
                        Outcome::Begun(import) => Listed::Begun(import),
                    }
                }
            },
            List::Companies => {
                let source = Source {
                    provider: wizard.provider,
                    integration: self.integration.clone(),
                };
                let at = CompanyAddresses::setup(wizard.provider);
                let chosen = Chosen::of_form(fields);
                match answer_companies(app, staff, &source, at, &self.offer, chosen).await? {
                    Answered::List(status, list) => {
                        Listed::Shown(status, Tab::Companies(Companies::List(list)))
                    }
                    Answered::Begun(import) => Listed::Begun(import),
                }
            }
        })
    }

    async fn show(&self, kind: List, listed: Listed, other: String) -> Answer {
        match listed {
            Listed::Shown(status, tab) => self.render(status, tab, Away::other(other)).await,
            Listed::Begun(import) if other.is_empty() && self.imported.is_none() => {
                see_other(Place::setup(self.wizard.provider, kind.kind(), &import).address())
            }
            // An address could not keep the other list, and what was imported before.
            Listed::Begun(import) => self.show_report(kind, &import, Away::other(other)).await,
        }
    }

    async fn show_report(&self, kind: List, import: &PublicId, away: Away) -> Answer {
        let shell = self.staff.shell(Section::Settings);
        let key = self.wizard.provider.key;
        let tab = match kind {
            List::Users => match source(self.app, self.staff, self.wizard.provider).await? {
                Ok(_) => {
                    let report =
                        report(self.app, &shell, key, import.as_str(), kind.kind()).await?;
                    Tab::Users(Users::Report(report.into()))
                }
                Err(missing) => Tab::Users(Users::Missing(missing)),
            },
            List::Companies => {
                let report = report(self.app, &shell, key, import.as_str(), kind.kind()).await?;
                Tab::Companies(Companies::Report(report.into()))
            }
        };
        self.render(StatusCode::OK, tab, away).await
    }

    /// Begins to import what is selected in both lists, and ends the setup. A mistake in one of them is told in it, and
    /// the setup stays open. People who are imported by then are told beside it.
    async fn complete(&self, users: &Fields, companies: &Fields) -> Answer {
        let with_companies = Chosen::of_form(companies).selects();
        if with_companies {
            require_import(self.staff)?;
        }
        let mut begun = Vec::new();
        if let Some(import) = self.find_imported(self.imported.as_ref()).await? {
            begun.push((List::Users, import.uuid));
        }
        if PickerState::read(users).selects() {
            match self.list(List::Users, users).await? {
                Listed::Shown(status, tab) => {
                    let away = Away::other(text_of(companies));
                    return self.render(status, tab, away).await;
                }
                Listed::Begun(import) => begun.push((List::Users, import)),
            }
        }
        if with_companies {
            match self.list(List::Companies, companies).await? {
                Listed::Shown(status, tab) => {
                    let away = Away {
                        begun: self.begun(begun.last().map(|(_, id)| id), true).await?,
                        ..Away::default()
                    };
                    return self.render(status, tab, away).await;
                }
                Listed::Begun(import) => begun.push((List::Companies, import)),
            }
        }
        self.end(&begun).await
    }

    /// An import of people of this integration; what else a form may say is none.
    async fn find_imported(&self, id: Option<&PublicId>) -> Result<Option<Import>, Failure> {
        let Some(id) = id else {
            return Ok(None);
        };
        let import = find_import_by_uuid(self.app.store(), id).await?;
        Ok(import.filter(|import| {
            import.integration == self.integration.id && import.kind == ImportKind::Users
        }))
    }

    /// What became so far of an import of people, beside companies that were refused or later.
    async fn begun(&self, id: Option<&PublicId>, refused: bool) -> Result<Option<Begun>, Failure> {
        let import = self.find_imported(id).await?;
        Ok(import.map(|import| {
            let counts = &import.counts;
            Begun {
                words: in_short(&import),
                running: import.finished_at.is_none(),
                whole: import.stopped.is_none()
                    && counts.created + counts.linked > 0
                    && counts.skipped == 0,
                refused,
                import: import.uuid.to_string(),
            }
        }))
    }

    /// Ends the setup and says what became of what was selected: an import that left something out is looked at next.
    async fn end(&self, begun: &[(List, PublicId)]) -> Answer {
        let (app, staff) = (self.app, self.staff);
        let mut notice = "setup_completed";
        for (kind, uuid) in begun {
            let import = find_import_by_uuid(app.store(), uuid).await?;
            let import = import.ok_or_else(|| Failure::not_found("Import"))?;
            let left = if links_deactivated(app.engine(), &import).await? {
                1
            } else {
                import.counts.skipped
            };
            match (import.finished_at, import.stopped, left) {
                (None, ..) => notice = "setup_completed_importing",
                (Some(_), None, 0) if notice == "setup_completed" => {
                    notice = "setup_completed_imports";
                }
                (Some(_), None, 0) => {}
                _ => {
                    let report = Place::setup(self.wizard.provider, kind.kind(), uuid);
                    let to = format!("{}&notice=setup_completed_look", report.address());
                    return end_at(app, staff, self.wizard, self.integration, &to).await;
                }
            }
        }
        end(app, staff, self.wizard, self.integration, notice).await
    }

    /// How many are selected in a list that is not on the page. Nothing is told of a list this person may not have.
    async fn count(&self, kind: List, text: &str) -> Result<u64, Failure> {
        if text.is_empty() || (kind == List::Companies && !may_import(self.staff)) {
            return Ok(0);
        }
        let (fields, id) = (standing(text), self.integration.id);
        match kind {
            List::Users => {
                if source(self.app, self.staff, self.wizard.provider)
                    .await?
                    .is_err()
                {
                    return Ok(0);
                }
                people_selected(self.app, id, &PickerState::read(&fields)).await
            }
            List::Companies => companies_selected(self.app, id, &Chosen::of_form(&fields)).await,
        }
    }

    async fn render(&self, status: StatusCode, tab: Tab, mut away: Away) -> Answer {
        let (here, there) = match tab {
            Tab::Users(_) => (List::Users, List::Companies),
            Tab::Companies(_) => (List::Companies, List::Users),
        };
        if away.begun.is_none() {
            away.begun = self.begun(self.imported.as_ref(), false).await?;
        }
        away.other_count = self.count(there, &away.other).await?;
        away.kept_count = self.count(here, &away.kept).await?;
        let shell = self.staff.shell(Section::Settings);
        let here = (self.wizard, self.integration, &self.offer);
        render(self.app, here, shell, status, tab, away).await
    }
}

const fn off(kind: List) -> Tab {
    match kind {
        List::Users => Tab::Users(Users::Off),
        List::Companies => Tab::Companies(Companies::Off),
    }
}

/// The list of the tab that is shown, with the button that was pressed: what was sent, or what a report hid.
fn list_of(fields: &Fields) -> Fields {
    let Some(kept) = fields.find(KEPT) else {
        return fields.clone();
    };
    let mut text = Serializer::new(text_of(&Fields::parse(kept.as_bytes())));
    text.extend_pairs(fields.iter().filter(|(name, _)| *name == "action"));
    Fields::parse(text.finish().as_bytes())
}

/// A list as one text; empty when the form is none of a list.
fn text_of(fields: &Fields) -> String {
    let mut text = Serializer::new(String::new());
    text.extend_pairs(fields.iter().filter(|(name, _)| !ONCE.contains(name)));
    text.finish()
}

/// The fields of a list that was kept, without anything that would do more than show it: the text came with a form.
fn standing(text: &str) -> Fields {
    Fields::parse(text_of(&Fields::parse(text.as_bytes())).as_bytes())
}

/// The fields of a list that was kept, as if *Complete Setup* had sent them.
fn completing(text: &str) -> Fields {
    if text.is_empty() {
        return Fields::default();
    }
    let kept = text_of(&Fields::parse(text.as_bytes()));
    Fields::parse(format!("{kept}&action=complete").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_as_a_kept_list_begins_nothing() {
        let smuggled = "everyone=1&action=import&action=sync&to=x";
        assert_eq!(standing(smuggled).text("action"), "");
        assert_eq!(standing(smuggled).text("everyone"), "1");
        assert_eq!(completing(smuggled).text("action"), "complete");
        let sent = Fields::parse(b"kept=everyone%3D1%26action%3Dimport&action=off");
        assert_eq!(list_of(&sent).text("action"), "off");
    }

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
        let hidden = Fields::parse(b"csrf=t&kept=pick%3D1%26search%3Da&other=y&action=now");
        let list = list_of(&hidden);
        assert_eq!(text_of(&list), "pick=1&search=a");
        assert_eq!(list.text("action"), "now");
        assert_eq!(text_of(&list_of(&sent)), text);
    }
}
