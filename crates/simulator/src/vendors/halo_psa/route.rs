//! Reading addresses. Case does not matter, and the API also answers without `/api` in front.

/// What a path means.
#[derive(Debug, PartialEq, Eq)]
pub enum Route {
    /// The token endpoint.
    Token,
    /// What a client may know about sign-in beforehand.
    Discovery,
    /// The same in the product's own form.
    AuthInfo,
    /// Records of the API.
    Resource(Address),
    /// Nothing the vendor knows.
    Unknown,
}

/// An address of the API.
#[derive(Debug, PartialEq, Eq)]
pub struct Address {
    /// The kind, in lower case.
    pub key: String,
    /// What follows: an id, or `me`.
    pub id: Option<String>,
}

/// Reads a path.
pub fn read(path: &str) -> Route {
    let lower = path.to_lowercase();
    let mut segments: Vec<&str> = lower.split('/').filter(|s| !s.is_empty()).collect();
    match segments.as_slice() {
        ["auth", "token"] | ["token"] => return Route::Token,
        ["auth", ".well-known", "openid-configuration"] => return Route::Discovery,
        _ => {}
    }
    if segments.first() == Some(&"api") {
        segments.remove(0);
    }
    match segments.as_slice() {
        ["authinfo"] => Route::AuthInfo,
        [key] => Route::Resource(Address {
            key: (*key).to_owned(),
            id: None,
        }),
        [key, id] => Route::Resource(Address {
            key: (*key).to_owned(),
            id: Some((*id).to_owned()),
        }),
        _ => Route::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let resource = |key: &str, id: Option<&str>| {
            Route::Resource(Address {
                key: key.to_owned(),
                id: id.map(str::to_owned),
            })
        };
        assert_eq!(read("/auth/token"), Route::Token);
        assert_eq!(read("/TOKEN"), Route::Token);
        assert_eq!(read("/api//Tickets/"), resource("tickets", None));
        assert_eq!(read("/Client/12"), resource("client", Some("12")));
        assert_eq!(read("/api/AuthInfo"), Route::AuthInfo);
        assert_eq!(read("/api/tickets/1/notes"), Route::Unknown);
        assert_eq!(read("/"), Route::Unknown);
    }
}
