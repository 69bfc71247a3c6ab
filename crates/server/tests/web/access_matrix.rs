//! Which right each address takes, written down a second time (rule X2). `access_coverage` proves that every route keeps
//! the rule its table states; this proves that nobody stated a lesser one in passing. Whoever adds a route or changes
//! what one takes changes the list beside this file too, and a reviewer sees it.

use domain::permission::Permission;
use portico::web::access::Rule;
use portico::web::router;

/// A rule in the words of the list.
fn words(rule: Rule) -> String {
    match rule {
        Rule::Open | Rule::Public => "anybody".to_owned(),
        Rule::Halfway(stage) => format!("half a sign-in, {stage:?}"),
        Rule::SignedIn => "anybody signed in".to_owned(),
        Rule::Staff(_) | Rule::StaffOfBoth(..) => {
            let rights: Vec<String> = rule.permissions().map(Permission::label).collect();
            rights.join(" and ")
        }
        Rule::Api(scope) => format!("API key, {}", scope.key()),
        Rule::Metrics => "this machine, or the token for metrics".to_owned(),
    }
}

#[test]
fn x2_every_address_takes_the_right_that_is_written_down() {
    let mut stated: Vec<String> = router::routes()
        .into_iter()
        .map(|route| format!("{} {}: {}", route.method, route.path, words(route.rule)))
        .collect();
    stated.sort();
    let written: Vec<&str> = include_str!("access_matrix.txt").lines().collect();
    for line in &stated {
        assert!(
            written.contains(&line.as_str()),
            "not in access_matrix.txt: {line}"
        );
    }
    for line in written {
        assert!(
            stated.iter().any(|one| one == line),
            "no such route any more: {line}"
        );
    }
}
