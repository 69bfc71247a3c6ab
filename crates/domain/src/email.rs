//! E-mail addresses: what is kept, what is compared, and what merely looks the same.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

use crate::text::is_invisible;

/// Longest address a mail server takes, in bytes.
const LONGEST: usize = 254;

/// Longest part before the @ a mail server takes, in bytes (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// The one rule of what an e-mail address is, wherever one is typed or read from a vendor: it names a mailbox
/// ([`mailbox`]) at a host of the internet, so there is a dot in the host and a top-level domain after it, which is no
/// number (RFC 3696), and the part before the @ is no longer than mail servers take. Answers it as it is kept and written
/// to. `ann@intranet` and `ann@10.0.0.1` are none.
#[must_use]
pub fn email_address(typed: &str) -> Option<String> {
    let address = mailbox(typed)?;
    let (local, host) = address.rsplit_once('@')?;
    let (_, top) = host.rsplit_once('.')?;
    let is_number = top.bytes().all(|byte| byte.is_ascii_digit());
    (!is_number && local.len() <= LONGEST_LOCAL).then_some(address)
}

/// A mailbox as it is kept and written to: trimmed, without invisible characters, in the compatibility form of
/// Unicode (full-width letters are letters), the host in the form mail servers know. `None` when it is none: it needs
/// one `@`, text before it without space or list punctuation, and a host name after it. That may be one of the own
/// network: an account with such an address, made before [`email_address`] asked for more, is found by it.
#[must_use]
pub fn mailbox(typed: &str) -> Option<String> {
    let visible: String = typed.nfkc().filter(|c| !is_invisible(*c)).collect();
    let (local, host) = visible.trim().rsplit_once('@')?;
    let is_plain = |c: char| {
        !c.is_whitespace()
            && !c.is_control()
            && !matches!(
                c,
                '@' | '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '"' | '\\'
            )
    };
    if local.is_empty()
        || !local.chars().all(is_plain)
        || local.starts_with('.')
        || local.ends_with('.')
        || local.contains("..")
    {
        return None;
    }
    let host = Uts46::new()
        .to_ascii(
            host.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::Allow,
            DnsLength::Verify,
        )
        .ok()?;
    let address = format!("{local}@{host}");
    (address.len() <= LONGEST).then_some(address)
}

/// The normal form of an address, for uniqueness and sign-in: [`mailbox`] in lower case.
#[must_use]
pub fn email_key(typed: &str) -> Option<String> {
    // Lower case can undo the compatibility form, so it is made again.
    mailbox(typed).map(|address| address.to_lowercase().nfkc().collect())
}

/// The normal form of an address somebody can be made a user with; `None` for what is no [`email_address`], such as a
/// vendor's record has at times: it is treated as if it were missing, and stays as it is.
#[must_use]
pub fn usable_key(typed: &str) -> Option<String> {
    email_address(typed).as_deref().and_then(email_key)
}

/// What an address looks like: characters that are drawn alike are one (Unicode Technical Standard 39). Two addresses
/// with the same skeleton are look-alikes only when [`looks_like`] says so as well.
#[must_use]
pub fn email_skeleton(email: &str) -> String {
    let key = email_key(email).unwrap_or_else(|| email.trim().to_lowercase());
    let shown = match key.rsplit_once('@') {
        Some((local, host)) => format!(
            "{local}@{}",
            Uts46::new()
                .to_unicode(host.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow)
                .0
        ),
        None => key,
    };
    // In lower case after the first time, since a digit may be drawn like a capital letter.
    let once = skeleton(&shown).collect::<String>().to_lowercase();
    skeleton(&once).collect()
}

/// Whether two different addresses can be mistaken for each other because one has characters of another script.
/// Plain addresses such as `user1` and `userl` are never refused for looking alike: both are what people really have.
#[must_use]
pub fn looks_like(one: &str, other: &str) -> bool {
    let (Some(first), Some(second)) = (email_key(one), email_key(other)) else {
        return false;
    };
    first != second
        && !(is_plain_ascii(&first) && is_plain_ascii(&second))
        && email_skeleton(&first) == email_skeleton(&second)
}

fn is_plain_ascii(key: &str) -> bool {
    key.is_ascii()
        && !key
            .rsplit('@')
            .next()
            .unwrap_or_default()
            .split('.')
            .any(|label| label.starts_with("xn--"))
}

/// Whether a text may be an address, however odd: for hiding addresses in what leaves the installation.
#[must_use]
pub fn resembles_email(text: &str) -> bool {
    text.trim().rsplit_once('@').is_some_and(|(local, host)| {
        [local, host].iter().all(|part| {
            !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control())
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_address_in_any_spelling() {
        for typed in [
            "ann.lee@example.com",
            " Ann.Lee@Example.COM ",
            "\u{a0}ann.lee@example.com\u{a0}",
            "ａｎｎ．ｌｅｅ＠ｅｘａｍｐｌｅ．ｃｏｍ",
            "ANN.LEE@EXAMPLE\u{3002}COM",
            "\u{200b}ann.lee@exam\u{ad}ple.com\u{feff}",
            "\u{202a}ann.lee@example.com\u{202c}",
        ] {
            assert_eq!(
                email_key(typed).as_deref(),
                Some("ann.lee@example.com"),
                "{typed:?}"
            );
        }
        assert_eq!(
            email_address(" Ann.Lee@Example.COM "),
            Some("Ann.Lee@example.com".into())
        );
        assert_eq!(email_key("a@MÜLLER.de"), Some("a@xn--mller-kva.de".into()));
        assert_eq!(
            email_key("a@xn--mller-kva.de"),
            email_key("a@mu\u{308}ller.de")
        );
        assert_eq!(
            email_key("o'brien+news@example.com"),
            Some("o'brien+news@example.com".into())
        );
    }

    #[test]
    fn what_is_no_address() {
        for bad in [
            "",
            "ann",
            "@example.com",
            "ann@",
            "a b@example.com",
            "a@b@c",
            "ann@.com",
            "ann@example..com",
            "ann@example.com.",
            "ann@exam ple.com",
            "ann@example.com, bob@example.com",
            "Ann <ann@example.com>",
            "ann\r\nBcc: bob@example.com",
            "ann.@example.com",
            "a..b@example.com",
            "ann@exam_ple.com",
            "\u{200b}@example.com",
        ] {
            assert_eq!(email_key(bad), None, "{bad:?}");
        }
        assert_eq!(email_key(&format!("{}@example.com", "x".repeat(243))), None);
    }

    #[test]
    fn an_address_is_at_a_host_of_the_internet() {
        for good in [
            "o'brien+news@example.com",
            "ann@mail.example.museum",
            "ann@example.xn--p1ai",
            "jörg@müller.example",
            "ann@例え.テスト",
            "a@b.c",
        ] {
            assert!(email_address(good).is_some(), "{good}");
            assert_eq!(usable_key(good), email_key(good), "{good}");
        }
        for near in ["peter@x", "ann@localhost", "ann@10.0.0.1", "ann@example.5"] {
            assert_eq!(
                (email_address(near), usable_key(near)),
                (None, None),
                "{near}"
            );
            assert_eq!(email_key(near).as_deref(), Some(near), "still found by it");
        }
        let longest = format!("{}@example.com", "a".repeat(64));
        assert_eq!(email_address(&longest).as_deref(), Some(longest.as_str()));
        for long in ["a".repeat(65), "ö".repeat(33)] {
            assert_eq!(email_address(&format!("{long}@example.com")), None);
        }
        for bad in ["ann@.com", "ann@example.", "ann@example..com", "ann@"] {
            assert_eq!((email_address(bad), email_key(bad)), (None, None), "{bad}");
        }
    }

    #[test]
    fn look_alikes_are_recognised_and_plain_addresses_are_not_suspected() {
        for (one, other) in [
            ("ann@example.com", "\u{430}nn@example.com"),
            ("admin@example.com", "admin@ex\u{430}mple.com"),
            ("paul@example.com", "pau\u{4cf}@example.com"),
            ("user1@example.com", "user\u{4cf}@example.com"),
            ("info@example.com", "inf\u{3bf}@example.com"),
            ("m.o@example.com", "m.\u{585}@example.com"),
        ] {
            assert!(looks_like(one, other), "{one} {other}");
            assert!(looks_like(other, one), "{other} {one}");
            assert_eq!(email_skeleton(one), email_skeleton(other));
        }
        for (one, other) in [
            ("user1@example.com", "userl@example.com"),
            ("bem@example.com", "bern@example.com"),
            ("ann@example.com", "ANN@example.com"),
            ("ann@example.com", "anna@example.com"),
            ("jorg@example.com", "jörg@example.com"),
            ("ann@example.com", "no address"),
        ] {
            assert!(!looks_like(one, other), "{one} {other}");
        }
    }

    #[test]
    fn what_may_be_an_address_is_hidden() {
        assert!(resembles_email("email:ann@example.com") && resembles_email("a@b@c"));
        assert!(
            !resembles_email("@example.com") && !resembles_email("ann@") && !resembles_email("ann")
        );
    }

    proptest! {
        #[test]
        fn keys_are_stable(local in "[A-Za-z\u{c0}-\u{24f}\u{400}-\u{4ff}\u{ff21}-\u{ff5a}]{1,12}", host in "[a-z]{1,8}\\.[a-z]{2,4}") {
            if let Some(key) = email_key(&format!("{local}@{host}")) {
                prop_assert_eq!(email_key(&key), Some(key.clone()));
                prop_assert_eq!(email_skeleton(&key), email_skeleton(&format!(" {key} ")));
            }
        }

        #[test]
        fn nothing_panics(text in any::<String>()) {
            let _ = (email_key(&text), email_skeleton(&text), looks_like(&text, "ann@example.com"));
        }
    }
}
