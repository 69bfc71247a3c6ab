//! Quick Match: a table of names, what is proposed, and what holds for any two lists.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn named(name: &str) -> Side {
    Side {
        name: name.to_owned(),
        ..Side::default()
    }
}

fn company(name: &str, website: &str, phone: &str) -> Side {
    let some = |text: &str| {
        (!text.is_empty())
            .then(|| text.to_owned())
            .into_iter()
            .collect()
    };
    Side {
        websites: some(website),
        phones: some(phone),
        ..named(name)
    }
}

fn person(name: &str, email: &str) -> Side {
    Side {
        emails: vec![email.to_owned()],
        ..named(name)
    }
}

#[test]
fn names_that_differ_in_writing_only_are_one() {
    for (one, other) in [
        ("Brightwater Dental, Inc.", "Brightwater Dental"),
        ("Brightwater Dental LLC", "BRIGHTWATER DENTAL L.L.C."),
        ("Kestrel Freight Ltd", "Kestrel Freight Limited"),
        ("Café Müller & Söhne GmbH", "Cafe Muller und Sohne"),
        ("Müller GmbH & Co. KG", "Müller"),
        ("Lefèvre Traiteur S.à r.l.", "Lefevre Traiteur SARL"),
        ("The Bluebird", "Bluebird"),
        (
            "Penrose, Whitfield and Partners",
            "Penrose Whitfield & Partners",
        ),
        ("O'Sullivan's Garden", "OSullivans Garden"),
        ("Ibáñez Marine S.L.", "Ibanez-Marine"),
        ("Østergård ApS", "Ostergard"),
        ("A.B.C. Plumbing", "ABC Plumbing"),
    ] {
        assert_eq!(company_name(one), company_name(other), "{one} / {other}");
        assert!(!company_name(one).is_empty(), "{one}");
    }
    for (one, other) in [
        ("Severn Valley Vets (Newport)", "Severn Valley Vets (Bath)"),
        ("Harper Lane 1", "Harper Lane 2"),
        ("Co", "Inc"),
        ("Northgate Tooling", "Northgate Engineering"),
    ] {
        assert_ne!(company_name(one), company_name(other), "{one} / {other}");
    }
    assert_eq!(
        company_name("Limited"),
        "limited",
        "nothing but a form stays"
    );
}

#[test]
fn web_sites_and_phone_numbers_in_any_spelling() {
    let site = Some("acme.example".to_owned());
    for typed in [
        "acme.example",
        "https://www.ACME.example/about?x=1",
        "http://acme.example:8080",
        " www.acme.example. ",
    ] {
        assert_eq!(host(typed), site, "{typed:?}");
    }
    for typed in [
        "",
        "n/a",
        "facebook.com/acme",
        "https://www.linkedin.com/x",
        "de.linkedin.com",
    ] {
        assert_eq!(host(typed), None, "{typed:?}");
    }
    for (one, other) in [
        ("+44 117 496 0088", "0117 496 0088"),
        ("+49 (0)681 555-0199", "0681 5550199"),
        ("(512) 555-0134 x12", "+1 512 555 0134"),
    ] {
        assert_eq!(phone(one), phone(other), "{one} / {other}");
        assert!(phone(one).is_some(), "{one}");
    }
    for typed in ["", "110", "0000000000", "n/a"] {
        assert_eq!(phone(typed), None, "{typed:?}");
    }
}

fn words(kind: Kind, proposal: Option<Proposal>) -> String {
    match proposal {
        None => "-".to_owned(),
        Some(Proposal::Tie { shared }) => format!("tie: {}", shared.words(kind)),
        Some(Proposal::Link { target, shared }) => format!("{target}: {}", shared.words(kind)),
    }
}

fn all(kind: Kind, sources: &[Side], targets: &[Side]) -> Vec<String> {
    let all = propose(kind, sources, targets).into_iter();
    all.map(|one| words(kind, one)).collect()
}

#[test]
fn companies_are_proposed_by_the_most_they_share() {
    let targets = [
        company("Brightwater Dental", "brightwater.example", ""),
        company("Kestrel Freight", "", "+44 29 2018 0059"),
        company("Harper Lane", "", ""),
        company("Harper Lane GmbH", "", ""),
        company("Old Name", "tangent.example", ""),
        company("Twin", "", ""),
    ];
    let sources = [
        company(
            "Brightwater Dental LLC",
            "https://www.brightwater.example",
            "",
        ),
        company("Kestrel Logistics", "", "029 2018 0059"),
        company("Harper Lane Ltd", "", ""),
        company("Tangent Studio", "tangent.example/home", ""),
        company("Nobody Knows", "", ""),
        company("Twin Inc", "", ""),
        company("Twin Ltd", "", ""),
    ];
    let got = all(Kind::Companies, &sources, &targets);
    assert_eq!(
        got,
        [
            "0: same name without legal form and same website",
            "1: same phone number",
            "tie: same name without legal form",
            "4: same website",
            "-",
            "tie: same name without legal form",
            "tie: same name without legal form",
        ]
    );
    // More evidence decides between two that are named alike.
    let sources = [company("Harper Lane Ltd", "harper.example", "")];
    let targets = [
        company("Harper Lane", "", ""),
        company("Harper Lane GmbH", "harper.example", ""),
    ];
    let got = propose(Kind::Companies, &sources, &targets)[0];
    assert_eq!(
        words(Kind::Companies, got),
        "1: same name without legal form and same website"
    );
    // Whose counterpart has a better one is left alone.
    let sources = [named("Acme"), named("Acme Inc")];
    let got = all(Kind::Companies, &sources, &[named("acme")]);
    assert_eq!(got, ["0: same name", "-"]);
}

#[test]
fn people_are_proposed_by_address_or_by_name_and_employer() {
    let users = [
        person("Ann Lee", "ann.lee@msp.example"),
        person("Bob Ray", "bob@msp.example"),
        person("Cleo Fox", "cleo@gmail.com"),
        person("Dana Ito", "shared@msp.example"),
    ];
    let records = [
        person("Anne L.", "ANN.LEE@msp.example"),
        person("Bob Ráy", "b.ray@msp.example"),
        person("Cleo Fox", "cfox@gmail.com"),
        person("Evan Roe", "shared+evan@msp.example"),
        person("Dana Ito", "shared+dana@msp.example"),
        person("Bob Ray", "bob@elsewhere.example"),
    ];
    let got = all(Kind::People, &records, &users);
    assert_eq!(
        got,
        [
            "0: same e-mail address",
            "1: same name without accents and same e-mail domain",
            "-",
            "-",
            "3: same name and same e-mail domain",
            "-",
        ]
    );
}

#[test]
fn what_a_crowd_shares_is_no_evidence() {
    let crowd: Vec<Side> = (0..60)
        .map(|n| company(&format!("Branch {n}"), "chain.example", ""))
        .collect();
    let got = propose(
        Kind::Companies,
        &crowd,
        &[company("Head Office", "chain.example", "")],
    );
    assert!(got.iter().all(Option::is_none));
}

prop_compose! {
    fn side()(name in "(Acme|acme|Bolt|The Bolt)( (Inc|Ltd|GmbH & Co\\. KG))?", website in "(a|b)?", phone in "(555010[12])?", email in "(ann|bob)@(x|y)\\.example")
        -> Side {
        Side {
            emails: vec![email],
            ..company(&name, &if website.is_empty() { String::new() } else { format!("{website}.example") }, &phone)
        }
    }
}

proptest! {
    #[test]
    fn the_same_from_either_side_in_any_order_and_each_at_most_once(
        sources in prop::collection::vec(side(), 0..8),
        targets in prop::collection::vec(side(), 0..8),
        turn in 0_usize..8,
    ) {
        for kind in [Kind::Companies, Kind::People] {
            let there = propose(kind, &sources, &targets);
            prop_assert_eq!(&there, &propose(kind, &sources, &targets));
            let links = |proposals: &[Option<Proposal>]| -> Vec<(usize, usize, Shared)> {
                let all = proposals.iter().enumerate();
                all.filter_map(|(source, one)| match one {
                    Some(Proposal::Link { target, shared }) => Some((source, *target, *shared)),
                    _ => None,
                })
                .collect()
            };
            let forth = links(&there);
            let taken: BTreeSet<usize> = forth.iter().map(|link| link.1).collect();
            prop_assert_eq!(taken.len(), forth.len(), "each target once");
            let mut back = links(&propose(kind, &targets, &sources));
            back.iter_mut().for_each(|link| *link = (link.1, link.0, link.2));
            back.sort_unstable();
            prop_assert_eq!(&forth, &back, "from either side");
            if !sources.is_empty() {
                let turn = turn % sources.len();
                let mut turned = sources.clone();
                turned.rotate_left(turn);
                let mut other = links(&propose(kind, &turned, &targets));
                for link in &mut other {
                    link.0 = (link.0 + turn) % sources.len();
                }
                other.sort_unstable();
                prop_assert_eq!(&forth, &other, "in any order");
            }
        }
    }
}

/// The work grows with the records, whatever they share: of a crowd nothing is compared, of all else at most a crowd.
#[test]
fn what_is_compared_grows_with_the_records() {
    let side = |len: usize, ending: &str| -> Vec<Keys> {
        let one = |place: usize| {
            let mut side = company(
                &format!("Harbour {place} {ending}"),
                &format!("www.harbour{}.example", place / 7),
                "+44 29 2018 0000",
            );
            side.phones.push(format!("+44 29 7{place:07}"));
            Keys::of(Kind::Companies, &side)
        };
        (0..len).map(one).collect()
    };
    let compared = |len: usize| -> usize {
        let (sources, targets) = (side(len, "Ltd"), side(len, "Limited"));
        let shelves = shelves(&sources, &targets);
        sources.iter().map(|ours| near(&shelves, ours).len()).sum()
    };
    let (few, many) = (compared(700), compared(7_000));
    assert_eq!(
        few,
        700 * 7,
        "its own name and number, and six more at the same web site"
    );
    assert_eq!(many, 10 * few);
}
