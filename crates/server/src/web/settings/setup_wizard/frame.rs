//! What every step of the wizard has around it: the step indicator, and where its buttons lead.

use domain::imports::ImportKind;
use domain::provider::{Provider, Words};
use domain::setup::SetupStep;
use store::integrations::Integration;

use super::gone::Gone;

/// The steps a person walks.
pub const STEPS: [SetupStep; 4] = [
    SetupStep::Connect,
    SetupStep::Sync,
    SetupStep::Configure,
    SetupStep::Import,
];

/// The frame of a step.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Provider key.
    pub key: &'static str,
    /// Provider name.
    pub name: &'static str,
    /// Its words.
    pub words: Words,
    /// The indicator.
    pub steps: Vec<FrameStep>,
    /// Number of this step.
    pub number: usize,
    /// Its name.
    pub label: &'static str,
    /// Address of this step, where its form goes.
    pub action: String,
    /// Address of the step before, if there is one.
    pub back: Option<String>,
    /// The wizard was completed before; this is a visit to change something.
    pub completed: bool,
    /// The integration has a page of its own to go back to.
    pub connected: bool,
    /// What is set and the vendor no longer has.
    pub gone: Vec<Gone>,
}

/// A step in the indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameStep {
    /// Its number, from 1.
    pub number: usize,
    /// Its name.
    pub label: &'static str,
    /// Where it is, unless it was not reached yet.
    pub href: Option<String>,
    /// Class: `done`, `now`, `open` or `locked`.
    pub state: &'static str,
    /// The same in words.
    pub words: &'static str,
}

impl Frame {
    /// The frame of a step.
    #[must_use]
    pub fn new(provider: &'static Provider, place: &Place, at: SetupStep) -> Self {
        let index = STEPS.iter().position(|step| *step == at).unwrap_or(0);
        let steps = STEPS.into_iter().enumerate().map(|(position, step)| {
            let reached = step <= place.reached;
            let (state, words) = if step == at {
                ("now", "present step")
            } else if reached && (step < place.reached || place.completed) {
                ("done", "done")
            } else if reached {
                ("open", "open")
            } else {
                ("locked", "not reached yet")
            };
            FrameStep {
                number: position + 1,
                label: step.label(),
                href: reached.then(|| address(provider, step)),
                state,
                words,
            }
        });
        Self {
            key: provider.key,
            name: provider.name,
            words: provider.words,
            steps: steps.collect(),
            number: index + 1,
            label: at.label(),
            action: address(provider, at),
            back: index
                .checked_sub(1)
                .and_then(|before| STEPS.get(before))
                .map(|step| address(provider, *step)),
            completed: place.completed,
            connected: place.connected,
            gone: Vec::new(),
        }
    }

    /// The same with what is set and gone.
    #[must_use]
    pub fn telling(self, gone: Vec<Gone>) -> Self {
        Self { gone, ..self }
    }
}

/// How far the setup of an integration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The furthest step that may be opened.
    pub reached: SetupStep,
    /// The wizard was completed before.
    pub completed: bool,
    /// Credentials are stored.
    pub connected: bool,
}

impl Place {
    /// Of an integration that is not there, or not connected: the first step.
    pub const START: Self = Self {
        reached: SetupStep::Connect,
        completed: false,
        connected: false,
    };

    /// Of an integration.
    #[must_use]
    pub fn of(integration: &Integration) -> Self {
        if !integration.has_credentials() {
            return Self::START;
        }
        let step = integration.setup_step;
        Self {
            reached: step.max(SetupStep::Sync),
            completed: integration.setup_completed_at.is_some() || step == SetupStep::Complete,
            connected: true,
        }
    }

    /// Where *Configure* leads: the step that was not left yet; the beginning when all were.
    #[must_use]
    pub fn present(self) -> SetupStep {
        if self.completed || self.reached == SetupStep::Complete {
            SetupStep::Connect
        } else {
            self.reached
        }
    }

    /// Whether a step may be opened.
    #[must_use]
    pub fn opens(self, step: SetupStep) -> bool {
        step <= self.reached
    }
}

/// The address of a step.
#[must_use]
pub fn address(provider: &Provider, step: SetupStep) -> String {
    format!(
        "/settings/integrations/{}/setup/{}",
        provider.key,
        step.key()
    )
}

/// The address of a list in the step Import.
#[must_use]
pub fn import_list(provider: &Provider, kind: ImportKind) -> String {
    let step = address(provider, SetupStep::Import);
    format!("{step}?tab={}&now=on", kind.key())
}

/// The step after this one.
#[must_use]
pub fn next(step: SetupStep) -> SetupStep {
    match step {
        SetupStep::Connect => SetupStep::Sync,
        SetupStep::Sync => SetupStep::Configure,
        SetupStep::Configure => SetupStep::Import,
        SetupStep::Import | SetupStep::Complete => SetupStep::Complete,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(place: Place, at: SetupStep) -> Vec<(&'static str, bool)> {
        let provider = domain::provider::find("autotask").expect("there");
        let frame = Frame::new(provider, &place, at);
        frame
            .steps
            .into_iter()
            .map(|step| (step.state, step.href.is_some()))
            .collect()
    }

    #[test]
    fn steps_not_reached_yet_are_no_links() {
        assert_eq!(
            states(Place::START, SetupStep::Connect),
            [
                ("now", true),
                ("locked", false),
                ("locked", false),
                ("locked", false)
            ]
        );
        let half = Place {
            reached: SetupStep::Configure,
            completed: false,
            connected: true,
        };
        assert_eq!(
            states(half, SetupStep::Sync),
            [
                ("done", true),
                ("now", true),
                ("open", true),
                ("locked", false)
            ]
        );
        assert_eq!(half.present(), SetupStep::Configure);
        assert!(!half.opens(SetupStep::Import));
        let all = Place {
            reached: SetupStep::Complete,
            completed: true,
            connected: true,
        };
        assert_eq!(
            states(all, SetupStep::Sync),
            [
                ("done", true),
                ("now", true),
                ("done", true),
                ("done", true)
            ]
        );
        assert_eq!(all.present(), SetupStep::Connect);
    }

    #[test]
    fn back_leads_to_the_step_before() {
        let provider = domain::provider::find("autotask").expect("there");
        let frame = Frame::new(provider, &Place::START, SetupStep::Connect);
        assert_eq!((frame.back, frame.number), (None, 1));
        let frame = Frame::new(provider, &Place::START, SetupStep::Import);
        assert_eq!(
            frame.back.as_deref(),
            Some("/settings/integrations/autotask/setup/configure")
        );
    }
}
