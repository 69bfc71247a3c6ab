//! Where a name may lead: outwards. An address typed into a form must not make Portico ask the machine it runs on, its
//! neighbours or the metadata service of a cloud, whatever name stands for them (design, *Security*).
//!
//! The names are looked up here, so what is checked is what is connected to, on every connection anew. Behind a proxy
//! of the system the proxy looks names up, and has to refuse by itself; its own name may lead anywhere.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Looks names up and leaves out where they must not lead.
#[derive(Debug, Clone)]
pub(super) struct Outward {
    /// Whether private ranges may be asked (`security.private_addresses`).
    private: bool,
    /// Names of the system's proxies.
    proxies: Vec<String>,
}

/// What an address is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The internet.
    Public,
    /// A network of one's own.
    Private,
    /// This machine, its link, or the metadata service of a cloud: never.
    Inward,
}

/// A name leads only where it must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LeadsInward {
    address: IpAddr,
}

impl Outward {
    pub(super) fn new(private: bool) -> Self {
        let variables = [
            "HTTPS_PROXY",
            "https_proxy",
            "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy",
        ];
        #[expect(
            clippy::disallowed_methods,
            reason = "the HTTP client reads the same variables itself"
        )]
        let addresses = variables.iter().filter_map(|name| std::env::var(name).ok());
        Self {
            private,
            proxies: addresses.filter_map(|text| host_of_proxy(&text)).collect(),
        }
    }

    /// Those of a name's addresses that may be asked.
    fn allowed(&self, name: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, LeadsInward> {
        if self.proxies.iter().any(|proxy| proxy == name) {
            return Ok(found);
        }
        let refused = found.first().map(|first| first.ip());
        let allowed: Vec<SocketAddr> = found
            .into_iter()
            .filter(|address| match reach(address.ip()) {
                Reach::Public => true,
                Reach::Private => self.private,
                Reach::Inward => false,
            })
            .collect();
        match refused {
            Some(address) if allowed.is_empty() => Err(LeadsInward { address }),
            _ => Ok(allowed),
        }
    }
}

impl Resolve for Outward {
    fn resolve(&self, name: Name) -> Resolving {
        let outward = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed = outward.allowed(name.as_str(), found.collect())?;
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

impl LeadsInward {
    /// What a person has to know about a host.
    pub(super) fn words(&self, host: &str) -> String {
        let address = self.address;
        if reach(address) == Reach::Private {
            format!(
                "the name {host} leads to {address}, inside a private network, where Portico asks nobody by default; if that is a \
                 server of yours, set private_addresses = true under [security] in Portico's settings"
            )
        } else {
            format!(
                "the name {host} leads to {address}, which is this machine or its neighbour and no vendor"
            )
        }
    }
}

impl fmt::Display for LeadsInward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "leads to {}, which is not asked", self.address)
    }
}

impl std::error::Error for LeadsInward {}

fn host_of_proxy(address: &str) -> Option<String> {
    let whole = if address.contains("://") {
        address.to_owned()
    } else {
        format!("http://{address}")
    };
    let url = url::Url::parse(&whole).ok()?;
    url.host_str().map(str::to_owned)
}

fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(v4) => reach_of_v4(v4),
        IpAddr::V6(v6) => match v4_inside(v6) {
            Some(v4) => reach_of_v4(v4),
            None => reach_of_v6(v6),
        },
    }
}

fn reach_of_v4(v4: Ipv4Addr) -> Reach {
    /// The metadata service of a cloud that has it outside the range of links.
    const METADATA: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);
    /// The same of another cloud, with an address that looks public.
    const WIRE_SERVER: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);
    let [first, second, third, _] = v4.octets();
    let assigned = [first, second, third] == [192, 0, 0];
    if first == 0
        || assigned
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_multicast()
        || v4.is_broadcast()
        || v4 == METADATA
        || v4 == WIRE_SERVER
    {
        return Reach::Inward;
    }
    let of_a_carrier = first == 100 && second & 0xC0 == 64;
    if v4.is_private() || of_a_carrier {
        Reach::Private
    } else {
        Reach::Public
    }
}

fn reach_of_v6(v6: Ipv6Addr) -> Reach {
    /// The metadata service of a cloud.
    const METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
    if v6.is_unspecified()
        || v6.is_loopback()
        || v6.is_multicast()
        || v6.is_unicast_link_local()
        || v6 == METADATA
    {
        Reach::Inward
    } else if v6.is_unique_local() {
        Reach::Private
    } else {
        Reach::Public
    }
}

/// The address of the older kind that one of the newer kind stands for: mapped, compatible, translated (64:ff9b::/96 and
/// 64:ff9b:1::/48), 6to4.
fn v4_inside(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = v6.segments();
    let of = |high: u16, low: u16| {
        let ([one, two], [three, four]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(one, two, three, four)
    };
    match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0] if g != 0 => Some(of(g, h)),
        [0, 0, 0, 0, 0, 0xffff] | [0x64, 0xff9b, 1, ..] | [0x64, 0xff9b, 0, 0, 0, 0] => {
            Some(of(g, h))
        }
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        let cases = [
            ("8.8.8.8", Reach::Public),
            ("2606:4700::1111", Reach::Public),
            ("172.32.0.1", Reach::Public),
            ("100.128.0.1", Reach::Public),
            ("10.0.0.5", Reach::Private),
            ("172.16.0.1", Reach::Private),
            ("192.168.1.1", Reach::Private),
            ("100.64.0.1", Reach::Private),
            ("fd12::1", Reach::Private),
            ("::ffff:10.0.0.5", Reach::Private),
            ("127.0.0.1", Reach::Inward),
            ("127.8.8.8", Reach::Inward),
            ("0.0.0.0", Reach::Inward),
            ("169.254.169.254", Reach::Inward),
            ("100.100.100.200", Reach::Inward),
            ("224.0.0.1", Reach::Inward),
            ("255.255.255.255", Reach::Inward),
            ("::", Reach::Inward),
            ("::1", Reach::Inward),
            ("fe80::1", Reach::Inward),
            ("fd00:ec2::254", Reach::Inward),
            ("::ffff:127.0.0.1", Reach::Inward),
            ("64:ff9b::169.254.169.254", Reach::Inward),
            ("2002:7f00:1::", Reach::Inward),
            ("::169.254.169.254", Reach::Inward),
            ("64:ff9b:1::127.0.0.1", Reach::Inward),
            ("168.63.129.16", Reach::Inward),
            ("192.0.0.192", Reach::Inward),
        ];
        for (text, expected) in cases {
            let address: IpAddr = text.parse().expect("an address");
            assert_eq!(reach(address), expected, "{text}");
        }
    }

    #[test]
    fn what_must_not_be_asked_is_left_out() {
        let at = |text: &str| SocketAddr::new(text.parse().expect("an address"), 0);
        let of = |private, proxies: &[&str]| Outward {
            private,
            proxies: proxies.iter().map(|name| (*name).to_owned()).collect(),
        };
        let (public, private, own) = (at("8.8.8.8"), at("10.0.0.5"), at("127.0.0.1"));
        let all = vec![own, private, public];
        let allowed =
            |outward: &Outward, found: &[SocketAddr]| outward.allowed("a", found.to_vec());
        assert_eq!(allowed(&of(false, &[]), &all), Ok(vec![public]));
        assert_eq!(allowed(&of(true, &[]), &all), Ok(vec![private, public]));
        assert_eq!(allowed(&of(false, &["a"]), &[private]), Ok(vec![private]));
        assert_eq!(allowed(&of(false, &[]), &[]), Ok(vec![]), "not found");
        let refused = allowed(&of(false, &[]), &[private]).expect_err("refused");
        assert!(refused.words("a.example").contains("private_addresses"));
        let refused = allowed(&of(true, &[]), &[own]).expect_err("refused");
        assert!(refused.words("a.example").contains("this machine"));
    }

    #[test]
    fn the_name_of_a_proxy_is_read() {
        for text in [
            "http://user:word@proxy.lan:3128",
            "proxy.lan:3128",
            "proxy.lan",
        ] {
            assert_eq!(host_of_proxy(text).as_deref(), Some("proxy.lan"), "{text}");
        }
    }
}
