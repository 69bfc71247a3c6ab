//! Each row, with the facts that call for it and without.

use super::*;
use crate::contact_import::{ContactDecision, ContactSkip};
use crate::provider;

fn fine() -> Facts<'static> {
    Facts {
        provider: provider::find("autotask").expect("there"),
        refused: None,
        worked_before: true,
        waits_minutes: None,
        auto_sync: true,
        companies: WaitingCompanies::default(),
        boards: (8, 2),
        missing_rights: &[],
        lost_statuses: &[],
        syncs_tickets: true,
        has_tickets: true,
        ticket_read: Some(TicketRead {
            fetched: 10,
            out_of_scope: 2,
        }),
        scoped: false,
        syncs_users: true,
        auto_import: true,
        has_role: true,
        last_import: None,
    }
}

fn only(facts: &Facts<'_>) -> Advice {
    let mut found = advise(facts);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn nothing_is_said_while_all_is_well() {
    assert_eq!(advise(&fine()), []);
}

#[test]
fn connection_test_fails() {
    let refused = Some("Autotask does not accept these credentials.");
    let advice = only(&Facts { refused, ..fine() });
    assert_eq!(
        (advice.issue, advice.wrong),
        (Issue::ConnectionTestFails, true)
    );
    assert!(
        advice.check.contains("API username and secret"),
        "{advice:?}"
    );
}

#[test]
fn a_missing_right_is_named_in_the_row_that_the_providers_table_has_for_it() {
    let missing_rights = &[("Contacts".to_owned(), "CRM > Contacts: View".to_owned())];
    let advice = only(&Facts {
        missing_rights,
        ..fine()
    });
    assert_eq!(advice.issue, Issue::MissingRight);
    assert!(
        advice.found.contains("Contacts (CRM > Contacts: View)"),
        "{advice:?}"
    );
    assert!(advice.check.contains("security level"), "{advice:?}");
    for (key, row, check) in [
        ("autotask", "Missing data", "security level Portico"),
        ("connectwise_psa", "Permission errors", "security role"),
        ("halo_psa", "Permission errors", "Permissions tab"),
        ("syncro", "Permissions error", "Custom Permissions"),
    ] {
        let provider = provider::find(key).expect("there");
        let advice = only(&Facts {
            provider,
            missing_rights,
            ..fine()
        });
        assert_eq!(advice.issue.label(provider), row, "{key}");
        assert!(advice.check.contains(check), "{key}: {advice:?}");
    }
}

#[test]
fn what_every_table_has_is_told_in_its_own_words() {
    for provider in provider::ALL.iter().filter(|one| one.available) {
        for issue in [
            Issue::ConnectionTestFails,
            Issue::MissingRight,
            Issue::TicketsNotSyncing,
            Issue::ContactsNotImporting,
        ] {
            let own = issue.own(provider).is_some();
            // ConnectWise's table has two other rows for tickets.
            let known = provider.key == "connectwise_psa" && issue == Issue::TicketsNotSyncing;
            assert_eq!(own, !known, "{}: {issue:?}", provider.key);
        }
        for row in provider.documentation.troubleshooting {
            let found = Issue::ALL
                .iter()
                .any(|issue| issue.names().contains(&row.issue));
            assert!(found, "{}: nothing finds {}", provider.key, row.issue);
        }
    }
}

#[test]
fn rows_of_one_table_are_found_for_that_provider_alone() {
    let of = |key| provider::find(key).expect("there");
    let refused = Facts {
        refused: Some("Unauthorized"),
        ..fine()
    };
    let issues = |facts: &Facts<'_>| -> Vec<Issue> {
        advise(facts).into_iter().map(|one| one.issue).collect()
    };
    let (syncro, connectwise) = (of("syncro"), of("connectwise_psa"));
    let with = |provider, facts: &Facts<'static>| {
        issues(&Facts {
            provider,
            ..facts.clone()
        })
    };
    let tests = Issue::ConnectionTestFails;
    assert_eq!(with(syncro, &refused), [tests, Issue::TokenExpired]);
    let never = Facts {
        worked_before: false,
        ..refused.clone()
    };
    assert_eq!(with(syncro, &never), [tests], "it was never accepted");
    assert_eq!(with(connectwise, &refused), [tests, Issue::SyncNotStarting]);
    assert_eq!(with(of("halo_psa"), &refused), [tests]);
    let all_boards = Facts {
        boards: (8, 0),
        ..fine()
    };
    assert_eq!(with(connectwise, &all_boards), [Issue::WrongBoards]);
    assert_eq!(with(of("autotask"), &all_boards), []);
    let waiting = Facts {
        companies: WaitingCompanies {
            inactive: 3,
            other_type: 1,
            not_the_source: 0,
        },
        ..fine()
    };
    assert_eq!(with(connectwise, &waiting), [Issue::MissingCompanies]);
    assert_eq!(with(syncro, &waiting), []);
    let told = only(&Facts {
        provider: connectwise,
        ..waiting
    });
    assert!(!told.wrong, "it is how it was chosen: {told:?}");
    assert!(
        told.found
            .contains("4 companies stand for none here: 3 inactive, 1 of a type"),
        "{told:?}"
    );
    let stuck = only(&Facts {
        waits_minutes: Some(25),
        ..fine()
    });
    assert_eq!((stuck.issue, stuck.wrong), (Issue::SyncNotStarting, true));
    assert!(stuck.found.contains("25 minutes"), "{stuck:?}");
    let soon = Facts {
        waits_minutes: Some(9),
        ..fine()
    };
    assert_eq!(advise(&soon), []);
    let off = only(&Facts {
        auto_sync: false,
        ..fine()
    });
    assert_eq!((off.issue, off.wrong), (Issue::SyncNotStarting, false));
}

#[test]
fn tickets_not_syncing_when_a_full_read_kept_none() {
    let read = |fetched, out_of_scope| Facts {
        has_tickets: false,
        ticket_read: Some(TicketRead {
            fetched,
            out_of_scope,
        }),
        ..fine()
    };
    let advice = only(&read(230, 230));
    assert!(advice.found.contains("230") && advice.found.contains("Ticket Sync Scope"));
    assert!(advice.check.contains("queues and categories"), "{advice:?}");
    let nothing = only(&read(0, 0)).found;
    assert!(nothing.ends_with("no tickets at all."), "{nothing}");
    let scoped = Facts {
        scoped: true,
        ..read(0, 0)
    };
    assert!(only(&scoped).found.contains("Ticket Sync Scope"));
    let not_read = Facts {
        has_tickets: false,
        ticket_read: None,
        ..fine()
    };
    assert_eq!(advise(&not_read), [], "nobody can know yet");
    let kept_later = Facts {
        has_tickets: true,
        ..read(230, 230)
    };
    assert_eq!(advise(&kept_later), []);
    let off = Facts {
        syncs_tickets: false,
        ..fine()
    };
    assert!(!only(&off).wrong);
}

#[test]
fn contacts_not_importing() {
    let off = only(&Facts {
        auto_import: false,
        ..fine()
    });
    assert_eq!((off.issue, off.wrong), (Issue::ContactsNotImporting, false));
    let no_role = only(&Facts {
        has_role: false,
        ..fine()
    });
    assert!(no_role.wrong && no_role.found.contains("Default Role"));
    assert!(
        no_role.check.contains("Auto-Import is enabled"),
        "{no_role:?}"
    );
    let mut last = ContactImport::default();
    last.count(ContactDecision::Skip(ContactSkip::NoEmail));
    let skipped = only(&Facts {
        last_import: Some(&last),
        ..fine()
    });
    assert!(skipped.found.contains("no e-mail address"), "{skipped:?}");
    last.count(ContactDecision::Create);
    assert_eq!(
        advise(&Facts {
            last_import: Some(&last),
            ..fine()
        }),
        []
    );
}

#[test]
fn statuses_that_are_gone_are_told_with_what_they_are_used_for() {
    let status = |name: &str, closes, stage, client_comment| LostStatus {
        name: name.to_owned(),
        closes,
        stage,
        client_comment,
    };
    let mut lost = vec![status("On Hold", false, Some(Stage::Waiting), false)];
    let told = |lost: &[LostStatus]| {
        only(&Facts {
            lost_statuses: lost,
            ..fine()
        })
    };
    let stage = told(&lost);
    assert_eq!((stage.issue, stage.wrong), (Issue::LostStatuses, false));
    assert_eq!(stage.issue.step(), Some(SetupStep::Configure));
    assert_eq!(
        stage.found,
        "Used here, but no longer to be chosen in Autotask: “On Hold” (stage Waiting)."
    );
    lost.insert(0, status("Done", true, Some(Stage::Resolved), false));
    let closed = told(&lost);
    assert!(closed.wrong, "its tickets count as open: {closed:?}");
    assert!(
        closed
            .found
            .contains("“Done” (Closed Statuses, stage Resolved), “On"),
        "{closed:?}"
    );
    let comment = told(&[status("Replied", false, None, true)]);
    assert!(comment.wrong && comment.found.contains("“Replied” (Client Comment Status)"));
    lost.extend((0..7).map(|number| status(&format!("Old {number}"), true, None, false)));
    let many = told(&lost);
    assert!(
        many.found
            .ends_with("“Old 2” (Closed Statuses) and 4 more."),
        "{many:?}"
    );
}
