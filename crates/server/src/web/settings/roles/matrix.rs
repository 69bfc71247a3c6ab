//! The permission catalogue as rows of choices: nothing, Read, Write, Manage, each with what it lets a person do.

use domain::permission::{Area, Grants, Level, RoleKind, Section};

use crate::web::form::Fields;

/// A part of the catalogue.
#[derive(Debug, Clone)]
pub struct MatrixSection {
    /// Heading.
    pub label: &'static str,
    /// Its areas.
    pub areas: Vec<MatrixArea>,
    /// Whether none of them is for people at companies.
    pub staff_only: bool,
}

/// One area.
#[derive(Debug, Clone)]
pub struct MatrixArea {
    /// Key.
    pub key: &'static str,
    /// Name.
    pub label: &'static str,
    /// Nothing, then the levels.
    pub cells: Vec<Cell>,
    /// Whether it is not for people at companies.
    pub staff_only: bool,
    /// Why something cannot be chosen.
    pub note: String,
    /// What somebody else saved meanwhile.
    pub meanwhile: String,
}

/// One choice.
#[derive(Debug, Clone)]
pub struct Cell {
    /// What is sent; empty: nothing is granted.
    pub value: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What it lets a person do.
    pub sentence: &'static str,
    /// Whether it is chosen.
    pub on: bool,
    /// Whether the viewer lacks it and so cannot grant it.
    pub locked: bool,
}

/// The areas a role of this kind can be about.
pub fn areas(kind: RoleKind) -> impl Iterator<Item = Area> {
    Area::ALL.into_iter().filter(move |area| match kind {
        RoleKind::Staff => true,
        RoleKind::Company => is_for_companies(*area),
    })
}

const fn is_for_companies(area: Area) -> bool {
    matches!(area, Area::Companies | Area::Tickets)
}

/// The catalogue for a role: what it grants, and what this viewer may grant.
#[must_use]
pub fn matrix(
    kind: RoleKind,
    grants: &Grants,
    own: &Grants,
    meanwhile: &[(Area, String)],
) -> Vec<MatrixSection> {
    let section = |section: Section| {
        let areas: Vec<MatrixArea> = areas(kind)
            .filter(|area| area.section() == section)
            .map(|area| to_area(area, kind, grants, own, meanwhile))
            .collect();
        (!areas.is_empty()).then_some(MatrixSection {
            label: section.label(),
            staff_only: areas.iter().all(|area| area.staff_only),
            areas,
        })
    };
    Section::ALL.into_iter().filter_map(section).collect()
}

fn to_area(
    area: Area,
    kind: RoleKind,
    grants: &Grants,
    own: &Grants,
    meanwhile: &[(Area, String)],
) -> MatrixArea {
    let granted = grants.0.get(&area).copied();
    let mine = own.0.get(&area).copied();
    let none = Cell {
        value: "",
        label: "None",
        sentence: "Does not see it.",
        on: granted.is_none(),
        locked: false,
    };
    let level = |level: Level| Cell {
        value: level.key(),
        label: level.label(),
        sentence: area.sentence(level),
        on: granted == Some(level),
        locked: kind == RoleKind::Staff && mine.is_none_or(|mine| mine < level),
    };
    let cells: Vec<Cell> = std::iter::once(none).chain(Level::ALL.map(level)).collect();
    let note = if cells.iter().any(|cell| cell.locked) {
        "Dashed: your own role does not grant it, so you cannot either."
    } else {
        ""
    };
    MatrixArea {
        key: area.key(),
        label: area.label(),
        staff_only: !is_for_companies(area),
        note: note.to_owned(),
        meanwhile: meanwhile
            .iter()
            .find(|(other, _)| *other == area)
            .map(|(_, text)| text.clone())
            .unwrap_or_default(),
        cells,
    }
}

/// The grants a form carries; an unknown word grants nothing.
#[must_use]
pub fn read(fields: &Fields, kind: RoleKind) -> Grants {
    let chosen = |area: Area| {
        let level = Level::from_key(fields.text(&format!("grant.{}", area.key())))?;
        Some((area, level))
    };
    Grants(areas(kind).filter_map(chosen).collect())
}

/// What a level of an area is called, also when it is nothing: *Write Tickets*, *no Tickets*.
#[must_use]
pub fn level_text(area: Area, level: Option<Level>) -> String {
    level.map_or_else(
        || format!("nothing on {}", area.label()),
        |level| format!("{} {}", level.label(), area.label()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_grants_what_is_chosen_and_nothing_else() {
        let fields = Fields::parse(
            b"grant.tickets=write&grant.users=&grant.settings=everything&grant.x=manage",
        );
        assert_eq!(
            read(&fields, RoleKind::Staff),
            Grants([(Area::Tickets, Level::Write)].into())
        );
        let fields = Fields::parse(b"grant.tickets=read&grant.users=manage");
        assert_eq!(
            read(&fields, RoleKind::Company),
            Grants([(Area::Tickets, Level::Read)].into()),
            "people at companies manage no staff"
        );
    }

    #[test]
    fn nobody_is_offered_more_than_they_have() {
        let own = Grants([(Area::Tickets, Level::Read)].into());
        let shown = matrix(RoleKind::Staff, &Grants::default(), &own, &[]);
        let open: Vec<(&str, &str)> = shown
            .iter()
            .flat_map(|section| &section.areas)
            .flat_map(|area| {
                area.cells
                    .iter()
                    .filter(|cell| !cell.locked && !cell.value.is_empty())
                    .map(|cell| (area.key, cell.value))
            })
            .collect();
        assert_eq!(open, [("tickets", "read")]);
    }
}
