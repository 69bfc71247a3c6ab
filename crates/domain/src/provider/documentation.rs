//! What a person must know and do in the vendor's product, shown beside the connect form.

/// One row of a troubleshooting table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Troubleshooting {
    /// What a person sees.
    pub issue: &'static str,
    /// What to do.
    pub solution: &'static str,
}

/// A sentence that stands out beside a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// Something is lost when it is overlooked.
    pub warning: bool,
    /// The sentence.
    pub text: &'static str,
}

impl Note {
    /// Good to know.
    #[must_use]
    pub const fn plain(text: &'static str) -> Self {
        Self {
            warning: false,
            text,
        }
    }

    /// Not to be overlooked.
    #[must_use]
    pub const fn warning(text: &'static str) -> Self {
        Self {
            warning: true,
            text,
        }
    }
}

/// One step: what to do, what to fill in, what to mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What it is for, in a few words.
    pub title: &'static str,
    /// What to do, in order.
    pub actions: &'static [&'static str],
    /// Where that is, when the vendor has one address for everybody.
    pub address: Option<&'static str>,
    /// Fields of the vendor's form with what to enter.
    pub values: &'static [(&'static str, &'static str)],
    /// What to mind.
    pub notes: &'static [Note],
}

impl Step {
    /// A step of actions alone.
    #[must_use]
    pub const fn new(title: &'static str, actions: &'static [&'static str]) -> Self {
        Self {
            title,
            actions,
            address: None,
            values: &[],
            notes: &[],
        }
    }

    /// The same with the address it is done at.
    #[must_use]
    pub const fn at(self, address: &'static str) -> Self {
        Self {
            address: Some(address),
            ..self
        }
    }

    /// The same with fields to fill in.
    #[must_use]
    pub const fn filling(self, values: &'static [(&'static str, &'static str)]) -> Self {
        Self { values, ..self }
    }

    /// The same with what to mind.
    #[must_use]
    pub const fn minding(self, notes: &'static [Note]) -> Self {
        Self { notes, ..self }
    }
}

/// A part of the instructions, such as *Create the API user*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instruction {
    /// Heading.
    pub title: &'static str,
    /// Steps, in order.
    pub steps: &'static [Step],
}

/// What a person must know to connect a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Documentation {
    /// What must be there first.
    pub prerequisites: &'static [&'static str],
    /// What to do in the vendor's product.
    pub instructions: &'static [Instruction],
    /// How many requests the vendor allows, and what Portico makes of that.
    pub limits: &'static [&'static str],
    /// What to check when it does not work.
    pub troubleshooting: &'static [Troubleshooting],
    /// What is particular about importing its staff, shown under the list.
    pub staff_import: &'static [&'static str],
}

impl Documentation {
    /// The row of the troubleshooting table with this name.
    #[must_use]
    pub fn row(&self, issue: &str) -> Option<&'static Troubleshooting> {
        self.troubleshooting.iter().find(|row| row.issue == issue)
    }

    /// Nothing yet, for a provider that is not available.
    pub const NONE: Self = Self {
        prerequisites: &[],
        instructions: &[],
        limits: &[],
        troubleshooting: &[],
        staff_import: &[],
    };
}
