//! Reading addresses; doubled and trailing slashes do not matter.

use crate::records::schema::Catalogue;

/// What a path means.
#[derive(Debug, PartialEq, Eq)]
pub enum Route {
    /// The token and its owner.
    Me,
    /// Settings of the account.
    Settings,
    /// Settings of tickets.
    TicketSettings,
    /// All records of a kind.
    List(usize),
    /// A record.
    One(usize, i64),
    /// Records below another one: kind, parent.
    Under(usize, i64),
    /// The newest customer.
    LatestCustomer,
    /// Customers by part of their name.
    Autocomplete,
    /// Files for a ticket.
    AttachFiles(i64),
    /// Silence for an alert.
    MuteAlert(i64),
    /// Everything at once.
    Search,
    /// Nothing the vendor knows.
    Unknown,
}

/// Reads a path.
pub fn read(catalogue: &Catalogue, path: &str) -> Route {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let segments: Vec<&str> = decoded.split('/').filter(|s| !s.is_empty()).collect();
    let ["api", "v1", rest @ ..] = segments.as_slice() else {
        return Route::Unknown;
    };
    let kind = |key: &str| {
        let shown = super::catalogue::shape(key).is_some();
        catalogue.find(key).filter(|_| shown)
    };
    let id = |text: &str| text.parse::<i64>().ok();
    let under = |key: &str, parent: &str| match (kind(key), id(parent)) {
        (Some(kind), Some(parent)) => Route::Under(kind, parent),
        _ => Route::Unknown,
    };
    match rest {
        ["me"] => Route::Me,
        ["settings"] => Route::Settings,
        ["tickets", "settings"] => Route::TicketSettings,
        ["customers", "latest"] => Route::LatestCustomer,
        ["customers", "autocomplete"] => Route::Autocomplete,
        ["search"] => Route::Search,
        // Both exist: the plural reads, the singular writes.
        ["tickets", ticket, "comments" | "comment"] => under("comments", ticket),
        ["customers", customer, "phones"] => under("phones", customer),
        ["tickets", ticket, "attach_file_url"] => {
            id(ticket).map_or(Route::Unknown, Route::AttachFiles)
        }
        ["rmm_alerts", alert, "mute"] => id(alert).map_or(Route::Unknown, Route::MuteAlert),
        // These two are only reached through what they belong to.
        ["comments" | "phones", ..] => Route::Unknown,
        [key] => kind(key).map_or(Route::Unknown, Route::List),
        [key, own] => match (kind(key), id(own)) {
            (Some(kind), Some(id)) => Route::One(kind, id),
            _ => Route::Unknown,
        },
        _ => Route::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendors::syncro::catalogue::catalogue;

    #[test]
    fn addresses() {
        let catalogue = catalogue();
        let kind = |key: &str| catalogue.find(key).unwrap();
        let read = |path: &str| read(&catalogue, path);
        assert_eq!(read("/api/v1//me"), Route::Me);
        assert_eq!(read("/api/v1/tickets/"), Route::List(kind("tickets")));
        assert_eq!(read("/api/v1/tickets/settings"), Route::TicketSettings);
        assert_eq!(read("/api/v1/tickets/7"), Route::One(kind("tickets"), 7));
        assert_eq!(
            read("/api/v1/tickets/7/comment"),
            Route::Under(kind("comments"), 7)
        );
        assert_eq!(read("/api/v1/customers/latest"), Route::LatestCustomer);
        for unknown in [
            "/api/v2/me",
            "/api/v1/customers/abc",
            "/api/v1/comments",
            "/api/v1/ticket_statuses",
            "/api/v1/account/1",
            "/me",
        ] {
            assert_eq!(read(unknown), Route::Unknown, "{unknown}");
        }
    }
}
