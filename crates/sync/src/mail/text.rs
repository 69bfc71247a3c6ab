//! What messages say: one template in HTML and one in plain text for each kind.

use askama::Template;
use domain::clock::UtcMillis;
use domain::mail::MailKind;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// What a message needs to know besides its receiver; kept with the message until it leaves. Never a token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Params {
    /// The receiver's name at that time.
    pub(crate) name: String,
    /// Who invited, or asked for it.
    pub(crate) inviter: String,
    /// What was changed, as a sentence.
    pub(crate) what: String,
    /// Browser and network address it came from.
    pub(crate) client: String,
    /// When it happened.
    pub(crate) at: Option<UtcMillis>,
    /// The page to look at, from the slash on.
    pub(crate) page: String,
}

/// A message's subject and bodies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// Where and for whom a letter is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    /// The address people type.
    pub(crate) base_address: &'a str,
    /// The receiver's address.
    pub(crate) email: &'a str,
    /// The zone times are told in.
    pub(crate) zone: &'a TimeZone,
    /// The link, for the kinds that have one, and when it ends.
    pub(crate) link: Option<(&'a str, UtcMillis)>,
}

/// Two templates with the same fields: the HTML body and the text body.
macro_rules! bodies {
    ($html:ident $html_path:literal, $text:ident $text_path:literal { $($field:ident : $kind:ty),* $(,)? }) => {
        #[derive(Template)]
        #[template(path = $html_path)]
        struct $html<'a> { $($field: $kind,)* }

        #[derive(Template)]
        #[template(path = $text_path, escape = "none")]
        #[expect(dead_code, reason = "a text body has no title, so it does not read the subject")]
        struct $text<'a> { $($field: $kind,)* }

        impl $html<'_> {
            fn letter(&self) -> Result<Letter, askama::Error> {
                let text = $text { $($field: self.$field.clone(),)* };
                Ok(Letter {
                    subject: self.subject.to_owned(),
                    text: text.render()?,
                    html: self.render()?,
                })
            }
        }
    };
}

bodies!(WelcomeHtml "mail/welcome.html", WelcomeText "mail/welcome.txt" {
    subject: &'a str, name: &'a str, email: &'a str, place: &'a str,
    inviter: &'a str, link: &'a str, label: &'a str, until: &'a str,
});

bodies!(ResetHtml "mail/reset_password.html", ResetText "mail/reset_password.txt" {
    subject: &'a str, name: &'a str, email: &'a str, place: &'a str,
    inviter: &'a str, link: &'a str, label: &'a str, until: &'a str,
});

bodies!(NoticeHtml "mail/notice.html", NoticeText "mail/notice.txt" {
    subject: &'a str, name: &'a str, email: &'a str, place: &'a str,
    what: &'a str, facts: Vec<(&'static str, String)>, alarm: &'a str,
});

/// Writes a letter.
///
/// # Errors
/// When a template cannot be rendered, which would be a mistake in it.
pub(crate) fn write(
    kind: MailKind,
    params: &Params,
    scene: Scene<'_>,
) -> Result<Letter, askama::Error> {
    let place = scene
        .base_address
        .trim_start_matches("https://")
        .trim_start_matches("http://");
    let name = params.name.as_str();
    let (link, until) = scene.link.map_or(("", String::new()), |(link, ends)| {
        let ends = instant(ends, scene.zone);
        (link, format!("The link works once and ends on {ends}."))
    });
    match kind {
        MailKind::Welcome => WelcomeHtml {
            subject: &if params.inviter.is_empty() {
                "Your Portico account: choose a password".to_owned()
            } else {
                format!("{} invited you to Portico", params.inviter)
            },
            name,
            email: scene.email,
            place,
            inviter: &params.inviter,
            link,
            label: "Choose a password",
            until: &until,
        }
        .letter(),
        MailKind::ResetPassword => ResetHtml {
            subject: "Choose a new password for Portico",
            name,
            email: scene.email,
            place,
            inviter: &params.inviter,
            link,
            label: "Choose a new password",
            until: &until,
        }
        .letter(),
        MailKind::PasswordChanged
        | MailKind::TwoFactorChanged
        | MailKind::IntegrationPaused
        | MailKind::Test => notice(kind, params, scene, place).letter(),
    }
}

fn notice<'a>(
    kind: MailKind,
    params: &'a Params,
    scene: Scene<'a>,
    place: &'a str,
) -> NoticeHtml<'a> {
    let (subject, what, alarm) = match kind {
        MailKind::PasswordChanged => (
            "Your Portico password was changed",
            "The password of your account was changed, and every other browser was signed out.",
            "Choose a new password with “Forgot your password?” on the sign-in page at once, and tell your administrator.",
        ),
        MailKind::TwoFactorChanged => (
            "The protection of your Portico account was changed",
            params.what.as_str(),
            "Change your password at once, look at your profile, and tell your administrator.",
        ),
        MailKind::IntegrationPaused => (
            "Portico can no longer sign in to a connected tool",
            params.what.as_str(),
            "",
        ),
        _ => (
            "Test message from Portico",
            "Mail from Portico arrives. Invitations and links for forgotten passwords go the same way.",
            "",
        ),
    };
    let mut facts = Vec::new();
    if let Some(at) = params.at {
        facts.push(("When", instant(at, scene.zone)));
    }
    if !params.inviter.is_empty() {
        facts.push(("By", params.inviter.clone()));
    }
    if !params.client.is_empty() {
        facts.push(("From", params.client.clone()));
    }
    if !params.page.is_empty() {
        let base = scene.base_address.trim_end_matches('/');
        facts.push(("Look at", format!("{base}{}", params.page)));
    }
    NoticeHtml {
        subject,
        name: &params.name,
        email: scene.email,
        place,
        what,
        facts,
        alarm,
    }
}

/// An instant in words: *Thursday, 3 December 2026, 15:00 CET*.
fn instant(at: UtcMillis, zone: &TimeZone) -> String {
    Timestamp::from_millisecond(at.0).map_or_else(
        |_| String::new(),
        |stamp| {
            stamp
                .to_zoned(zone.clone())
                .strftime("%A, %-d %B %Y, %H:%M %Z")
                .to_string()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: UtcMillis = UtcMillis(1_773_480_360_000);
    const LINK: &str = "https://portal.example.com/set-password/abc";

    fn letter(kind: MailKind, params: &Params) -> Letter {
        let zone = TimeZone::get("Europe/Vienna").unwrap();
        let scene = Scene {
            base_address: "https://portal.example.com",
            email: "bo@example.com",
            zone: &zone,
            link: matches!(kind, MailKind::Welcome | MailKind::ResetPassword).then_some((LINK, AT)),
        };
        let letter = write(kind, params, scene).unwrap();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/looks");
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(format!("{folder}/mail-{}.html", kind.key()), &letter.html).unwrap();
        letter
    }

    fn params() -> Params {
        Params {
            name: "Bo Lind".into(),
            inviter: "Ann Porter".into(),
            what: "Two-factor sign-in was switched on.".into(),
            client: "Firefox on Linux, 192.0.2.7".into(),
            at: Some(AT),
            page: String::new(),
        }
    }

    #[test]
    fn every_kind_has_a_subject_both_bodies_and_its_receiver() {
        for kind in MailKind::ALL {
            let letter = letter(kind, &params());
            assert!(!letter.subject.is_empty() && !letter.subject.contains('\n'));
            for body in [&letter.text, &letter.html] {
                assert!(body.contains("Bo Lind"), "{kind:?}: {body}");
                assert!(body.contains("bo@example.com"), "{kind:?}: {body}");
            }
            assert!(
                !letter.text.contains("{{") && !letter.text.contains("&#"),
                "{}",
                letter.text
            );
        }
    }

    #[test]
    fn an_invitation_says_who_for_how_long_and_what_if_it_is_unexpected() {
        let letter = letter(MailKind::Welcome, &params());
        assert_eq!(letter.subject, "Ann Porter invited you to Portico");
        for body in [&letter.text, &letter.html] {
            assert!(
                body.contains("Ann Porter made an account for you"),
                "{body}"
            );
            assert!(body.contains(LINK), "the plain link stands there too");
            assert!(
                body.contains("ends on Saturday, 14 March 2026, 10:26 CET"),
                "{body}"
            );
            assert!(body.contains("did not expect this?"));
        }
        let quiet = letter_of_nobody();
        assert!(
            quiet
                .text
                .contains("an account was made for you at portal.example.com")
        );
    }

    fn letter_of_nobody() -> Letter {
        let params = Params {
            inviter: String::new(),
            ..params()
        };
        letter(MailKind::Welcome, &params)
    }

    #[test]
    fn names_are_text_in_html_and_stay_as_they_are_in_text() {
        let params = Params {
            name: "<b>Bo</b> & Söhne".into(),
            ..params()
        };
        let letter = letter(MailKind::ResetPassword, &params);
        assert!(letter.text.contains("<b>Bo</b> & Söhne"));
        assert!(
            letter
                .html
                .contains("&#60;b&#62;Bo&#60;/b&#62; &#38; Söhne"),
            "{}",
            letter.html
        );
        assert!(!letter.html.contains("<b>Bo"));
    }
}
