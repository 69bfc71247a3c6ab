//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};

use crate::config::Network;

/// The client's address: the peer's, or, when the peer is a trusted proxy, the last address in `X-Forwarded-For` that
/// is not one. Addresses before it could have been made up by the client.
#[must_use]
pub fn client_address(extensions: &Extensions, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let peer = peer_address(extensions);
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(peer) {
        return peer;
    }
    let hops: Vec<IpAddr> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(|part| part.trim().parse::<IpAddr>().ok())
        .collect();
    hops.into_iter()
        .rev()
        .find(|hop| !is_trusted(*hop))
        .unwrap_or(peer)
        .to_canonical()
}

/// The address of the other end of the connection. Without a connection (requests made inside the process, in tests)
/// it is an address that is nobody's, so that nothing reserved for loopback is open by accident.
#[must_use]
pub fn peer_address(extensions: &Extensions) -> IpAddr {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| {
            peer.ip().to_canonical()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &'static str, trusted: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let trusted: Vec<_> = trusted
            .iter()
            .map(|text| Network::try_from((*text).to_owned()).unwrap())
            .collect();
        client_address(&extensions, &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client("203.0.113.9", "1.2.3.4", &[]), "203.0.113.9");
        assert_eq!(
            client(
                "10.0.0.1",
                "6.6.6.6, 198.51.100.7, 10.0.0.2",
                &["10.0.0.0/8"]
            ),
            "198.51.100.7"
        );
        assert_eq!(client("10.0.0.1", "nonsense", &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(
            client_address(&Extensions::new(), &HeaderMap::new(), &[]).to_string(),
            "0.0.0.0"
        );
    }
}
