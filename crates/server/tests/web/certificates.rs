//! What the step *Connect* says when the vendor's certificate is bad: a real server, a certificate made here.
//!
//! Whom Portico trusts is up to the machine. To have an authority that is trusted, the test runs itself once more in a
//! process whose trust store is a file with that authority.

use std::process::Command;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::harness::{Site, credentials};
use crate::tls::{Said, Server};

const CONNECT: &str = "/settings/integrations/autotask/setup/connect";

/// Set in the process that trusts the authority: the servers to connect to, `port words;…`.
const SERVERS: &str = "PORTICO_TEST_CERTIFICATES";

const HOUSE: Said = Said {
    host: "127.0.0.1",
    years: (2020, 2120),
};

/// Tries to connect to a vendor at this port, as a person does; answers the page.
async fn try_out(port: u16) -> String {
    let site = Site::start_at("autotask", &format!("https://127.0.0.1:{port}")).await;
    let mut browser = site.admin().await;
    let fields = credentials();
    let mut fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    fields.push(("action", "test"));
    browser.csrf_from(CONNECT).await;
    let page = browser.post(CONNECT, &fields).await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        page.text
    );
    assert!(page.text.contains("Not connected."), "{}", page.text);
    assert!(!page.text.contains(&credentials()["secret"]));
    page.text
}

#[tokio::test]
async fn a_certificate_of_nobody_is_told_on_the_page_and_nothing_is_sent() {
    let server = Server::start(HOUSE.alone());
    let page = try_out(server.address.port()).await;
    let words = "Certificate error: the certificate of 127.0.0.1 comes from an issuer this machine does not trust";
    assert!(page.contains(words), "{page}");
    assert_eq!(server.read(), 0, "no credentials leave");
}

#[tokio::test]
async fn a_certificate_for_another_host_or_another_time_is_told_on_the_page() {
    if let Some(servers) = std::env::var_os(SERVERS) {
        let servers = servers.into_string().unwrap();
        for (port, words) in servers.split(';').filter_map(|one| one.split_once(' ')) {
            let page = try_out(port.parse().unwrap()).await;
            let certificate = page.contains("Certificate error: the certificate of 127.0.0.1 ");
            assert_eq!(certificate, !words.is_empty(), "{words}: {page}");
            assert!(page.contains(words), "{words}: {page}");
        }
        return;
    }
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&key).unwrap();
    let issuer = Issuer::new(authority, key);
    let vouched = |said: Said| {
        let key = KeyPair::generate().unwrap();
        let made = said.parameters().signed_by(&key, &issuer).unwrap();
        Server::start((made.der().clone(), key))
    };
    let bad = [
        (
            "is for another name",
            Said {
                host: "vendor.example",
                ..HOUSE
            },
        ),
        (
            "has expired",
            Said {
                years: (2019, 2020),
                ..HOUSE
            },
        ),
        (
            "is not valid yet (check this machine",
            Said {
                years: (2110, 2120),
                ..HOUSE
            },
        ),
    ];
    let bad = bad.map(|(words, said)| (words, vouched(said)));
    // The authority is trusted there: it is not the reason why the others are refused.
    let good = vouched(HOUSE);

    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("authority.pem");
    let root = STANDARD.encode(root.der());
    let pem = format!("-----BEGIN CERTIFICATE-----\n{root}\n-----END CERTIFICATE-----\n");
    std::fs::write(&store, pem).unwrap();
    let mut servers = format!("{} ", good.address.port());
    for (words, server) in &bad {
        servers.push_str(&format!(";{} {words}", server.address.port()));
    }
    let this = "certificates::a_certificate_for_another_host_or_another_time_is_told_on_the_page";
    let ran = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", this])
        .env("SSL_CERT_FILE", &store)
        .env_remove("SSL_CERT_DIR")
        .env(SERVERS, servers)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && told.contains("1 passed"), "{told}");
    assert!(good.read() > 0, "the good one was talked to");
    for (words, server) in &bad {
        assert_eq!(server.read(), 0, "{words}: no credentials leave");
    }
}
