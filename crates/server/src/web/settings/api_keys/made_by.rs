//! What is said of API keys before those who made them are deactivated. A key belongs to the installation and outlives
//! whoever made it, so that no program stops because somebody leaves; that is said where somebody is let go.

use std::collections::BTreeSet;

use domain::id::IdentityId;
use store::Store;

use crate::web::error::Failure;

/// Keys that are named.
const NAMED: usize = 5;

/// The keys of these people that work, in a sentence with `who` for the people; nothing when there is none.
///
/// # Errors
/// When the database does not answer.
pub async fn made_by(
    store: &Store,
    who: &str,
    makers: &BTreeSet<IdentityId>,
) -> Result<Option<String>, Failure> {
    let keys = store::api_keys::list_api_keys(store).await?;
    let by_them = |maker: Option<IdentityId>| maker.is_some_and(|id| makers.contains(&id));
    let names: Vec<String> = keys
        .into_iter()
        .filter(|key| key.revoked_at.is_none() && by_them(key.created_by))
        .map(|key| key.name)
        .collect();
    Ok(sentence(who, &names))
}

fn sentence(who: &str, names: &[String]) -> Option<String> {
    let named = names.iter().take(NAMED).map(|name| format!("“{name}”"));
    let named = named.collect::<Vec<_>>().join(", ");
    let more = match names.len().saturating_sub(NAMED) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    let (keys, keep, them) = match names.len() {
        0 => return None,
        1 => ("The API key", "keeps working until it is revoked", "it"),
        _ => (
            "The API keys",
            "keep working until they are revoked",
            "them",
        ),
    };
    Some(format!(
        "{keys} {who} made {keep}: {named}{more}. Revoke {them} under Settings → API keys if whoever knows {them} should \
         read nothing any more."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_named_up_to_a_few() {
        let names: Vec<String> = (1..=7).map(|number| format!("K{number}")).collect();
        assert_eq!(sentence("Bo", &[]), None);
        let one = sentence("Bo", &names[..1]).expect("a sentence");
        assert!(one.starts_with("The API key Bo made keeps working until it is revoked: “K1”."));
        let many = sentence("they", &names).expect("a sentence");
        assert!(
            many.contains("“K5” and 2 more.") && !many.contains("K6"),
            "{many}"
        );
    }
}
