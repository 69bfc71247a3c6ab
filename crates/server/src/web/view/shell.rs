//! The frame around every signed-in page: who is looking, where they are, what the sidebar offers.

use domain::clock::UtcMillis;
use jiff::tz::TimeZone;

use super::list::Link;
use super::notice::Notice;
use super::time::Time;

/// The part of the sidebar a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What needs attention.
    Home,
    /// Clients.
    Companies,
    /// People at clients.
    Contacts,
    /// Tickets.
    Tickets,
    /// Opportunities.
    Opportunities,
    /// Everything under `/settings`.
    Settings,
    /// Pages outside the sidebar, such as the profile.
    Elsewhere,
}

impl Section {
    /// `page` when this is where the viewer is, for `aria-current`.
    #[must_use]
    pub fn current(&self, here: &Self) -> &'static str {
        if self == here { "page" } else { "false" }
    }
}

/// A line of the sidebar.
#[derive(Debug, Clone, Copy)]
pub struct NavItem {
    /// The part of the product.
    pub section: Section,
    /// Where it leads.
    pub href: &'static str,
    /// Its name.
    pub label: &'static str,
    /// Symbol of the sprite.
    pub icon: &'static str,
}

/// The lines above *Settings*; which of them a viewer gets follows from the role.
pub const NAVIGATION: [NavItem; 5] = [
    NavItem {
        section: Section::Home,
        href: "/",
        label: "Home",
        icon: "home",
    },
    NavItem {
        section: Section::Companies,
        href: "/companies",
        label: "Companies",
        icon: "building",
    },
    NavItem {
        section: Section::Contacts,
        href: "/contacts",
        label: "Contacts",
        icon: "users",
    },
    NavItem {
        section: Section::Tickets,
        href: "/tickets",
        label: "Tickets",
        icon: "ticket",
    },
    NavItem {
        section: Section::Opportunities,
        href: "/opportunities",
        label: "Opportunities",
        icon: "target",
    },
];

/// What the role lets the viewer see of the shell and do on its pages. Pages hide what a handler would refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rights {
    /// Companies and contacts.
    pub companies: bool,
    /// Adding and removing companies.
    pub manage_companies: bool,
    /// Tickets.
    pub tickets: bool,
    /// Opportunities.
    pub opportunities: bool,
    /// The settings area at all.
    pub settings: bool,
    /// Integrations and the sync log.
    pub read_integrations: bool,
    /// Resync, Sync PSA Data, Retry now.
    pub write_integrations: bool,
    /// Connect, settings, Disconnect.
    pub manage_integrations: bool,
    /// Users.
    pub read_users: bool,
    /// Profiles of users, welcome e-mails.
    pub write_users: bool,
    /// Adding, importing and deactivating users, and their roles.
    pub manage_users: bool,
    /// Roles.
    pub read_roles: bool,
    /// Adding, changing and deleting roles.
    pub manage_roles: bool,
    /// API keys and the like.
    pub manage_settings: bool,
}

/// The frame of a page for one viewer.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The viewer's name.
    pub name: String,
    /// The viewer's e-mail address.
    pub email: String,
    /// The name of the viewer's role.
    pub role: String,
    /// The session's token against forged requests, sent by every form as `csrf`.
    pub csrf: String,
    /// Where the viewer is.
    pub section: Section,
    /// What the sidebar offers.
    pub rights: Rights,
    /// What just happened, told once.
    pub notice: Option<Notice>,
    /// A standing warning about the installation, such as plain http on a public address.
    pub warning: Option<String>,
    /// The present instant.
    pub now: UtcMillis,
    /// The zone times are shown in.
    pub zone: TimeZone,
}

impl Shell {
    /// The sidebar's lines for this viewer.
    pub fn navigation(&self) -> impl Iterator<Item = &'static NavItem> + use<'_> {
        NAVIGATION.iter().filter(|item| match item.section {
            Section::Companies | Section::Contacts => self.rights.companies,
            Section::Tickets => self.rights.tickets,
            Section::Opportunities => self.rights.opportunities,
            _ => true,
        })
    }

    /// Up to two initials for the user menu.
    #[must_use]
    pub fn initials(&self) -> String {
        initials(&self.name)
    }

    /// The first page of the settings this viewer may open.
    #[must_use]
    pub const fn settings_home(&self) -> &'static str {
        match self.rights {
            Rights {
                read_integrations: true,
                ..
            } => "/settings/integrations",
            Rights {
                read_users: true, ..
            } => "/settings/users",
            Rights {
                read_roles: true, ..
            } => "/settings/roles",
            _ => "/settings/api-keys",
        }
    }

    /// The list that an address belongs to, for a page that cannot be shown: the way on from it, when the viewer may
    /// open that list.
    #[must_use]
    pub fn way_back(&self, address: &str) -> Option<Link> {
        let mut parts = address.trim_start_matches('/').split(['/', '.', '?']);
        let area = parts.next().filter(|area| !area.is_empty())?;
        if area == "settings" {
            let home = self.settings_home();
            return self
                .rights
                .settings
                .then(|| Link::new(home, "Back to Settings"));
        }
        self.navigation()
            .find(|item| item.href.trim_start_matches('/') == area)
            .map(|item| Link::new(item.href, format!("Back to {}", item.label)))
    }

    /// An instant in the viewer's zone, relative with the absolute time as its title.
    #[must_use]
    pub fn time(&self, at: UtcMillis) -> Time {
        Time::new(at, self.now, &self.zone)
    }

    /// The same for an instant that may be missing.
    #[must_use]
    pub fn maybe_time(&self, at: Option<UtcMillis>) -> Option<Time> {
        at.map(|at| self.time(at))
    }

    /// The same page frame in another part of the sidebar.
    #[must_use]
    pub fn at(mut self, section: Section) -> Self {
        self.section = section;
        self
    }
}

/// Up to two initials of a name.
#[must_use]
pub fn initials(name: &str) -> String {
    let letters: String = name
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .collect();
    if letters.is_empty() {
        "?".into()
    } else {
        letters.to_uppercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::sample;

    #[test]
    fn a_list_is_offered_to_whoever_may_open_it() {
        let mut shell = sample::shell(Section::Elsewhere);
        let back = |shell: &Shell, address: &str| shell.way_back(address).map(|link| link.href);
        for (address, list) in [
            ("/tickets/x?note=1", Some("/tickets")),
            ("/tickets.csv?closed=all", Some("/tickets")),
            ("/companies", Some("/companies")),
            ("/settings/roles/x", Some("/settings/integrations")),
            ("/ticketsx/y", None),
            ("/profile", None),
            ("/?x=1", None),
            ("/", None),
        ] {
            assert_eq!(back(&shell, address).as_deref(), list, "{address}");
        }
        shell.rights = Rights::default();
        assert_eq!(back(&shell, "/tickets/x"), None);
        assert_eq!(back(&shell, "/settings/roles/x"), None);
    }
}
