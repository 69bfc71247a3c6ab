//! The page behind the links in e-mails: choosing a password without knowing one.
//!
//! Looking at the page spends nothing, since mail programs and virus scanners look at links too; sending the form does,
//! once, and spends every other link of the person. Whoever has the link could read the mailbox, so it signs in, but a
//! second factor is asked for as ever. The address holds a secret: it is sent to nobody as a referrer and kept in no
//! cache.

mod show;
mod submit;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::account::LinkPurpose;
use store::account_links::{AccountLink, LinkState, find_link};
use store::identities::{self, Identity, MembershipStatus};

pub use show::show;
pub use submit::submit;

use super::access::Visit;
use super::error::{Answer, Failure};
use super::page::page_with;
use super::token;
use crate::app::App;

/// A link that may be used.
#[derive(Debug, Clone)]
struct Open {
    link: AccountLink,
    identity: Identity,
}

/// Why a link may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closed {
    Used,
    Expired(LinkPurpose),
    Unknown,
}

/// What a link is worth to this visitor.
async fn look_up(app: &App, token: &str) -> Result<Result<Open, Closed>, Failure> {
    let link = match find_link(app.store(), &token::hash(token)).await? {
        LinkState::Valid(link) => link,
        LinkState::Used(_) => return Ok(Err(Closed::Used)),
        LinkState::Expired(link) => return Ok(Err(Closed::Expired(link.purpose))),
        LinkState::Unknown => return Ok(Err(Closed::Unknown)),
    };
    let Some(identity) = identities::find_identity(app.store(), link.identity).await? else {
        return Ok(Err(Closed::Unknown));
    };
    let staff = identities::find_staff_member(app.store(), identity.id).await?;
    match staff {
        Some(staff) if staff.status != MembershipStatus::Disabled => {
            Ok(Ok(Open { link, identity }))
        }
        _ => Ok(Err(Closed::Unknown)),
    }
}

#[derive(askama::Template)]
#[template(path = "set_password/closed.html")]
struct ClosedPage {
    title: &'static str,
    sentence: &'static str,
    next: &'static str,
    signed_in: bool,
}

/// The page for a link that may not be used: what happened, and the way to a new one.
fn closed_page(closed: Closed, visit: &Visit) -> Answer {
    let (status, title, sentence, next) = match closed {
        Closed::Used => (
            StatusCode::GONE,
            "This link was used already",
            "Each link works once. If you chose your password with it, sign in.",
            "If it was not you who used it, ask for a new link, choose another password and tell your administrator.",
        ),
        Closed::Expired(LinkPurpose::Welcome) => (
            StatusCode::GONE,
            "This invitation has ended",
            "Invitations work for 7 days.",
            "Ask for a new link here, or ask whoever invited you to send another invitation.",
        ),
        Closed::Expired(LinkPurpose::ResetPassword) => (
            StatusCode::GONE,
            "This link has ended",
            "Links for a new password work for 1 hour.",
            "Ask for a new one: it comes within a minute or two.",
        ),
        Closed::Unknown => (
            StatusCode::NOT_FOUND,
            "This link leads nowhere",
            "It may be cut off: open it with the button in the message, or copy the whole address. It may also have been withdrawn.",
            "A new link takes a minute.",
        ),
    };
    secret_address(page_with(
        status,
        &ClosedPage {
            title,
            sentence,
            next,
            signed_in: visit.person.is_some(),
        },
    )?)
}

/// An answer at an address that must not travel.
fn secret_address(mut response: Response) -> Answer {
    let headers = response.headers_mut();
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
