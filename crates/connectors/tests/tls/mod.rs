//! A server with a certificate made for the occasion, which also the tests of pages use.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What a certificate says about itself.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// The host it is for.
    pub host: &'static str,
    /// The years it begins and ends with.
    pub years: (i32, i32),
}

impl Said {
    /// The parameters of such a certificate.
    pub fn parameters(self) -> CertificateParams {
        let mut made = CertificateParams::new([self.host.to_owned()]).expect("a host");
        made.not_before = date_time_ymd(self.years.0, 1, 1);
        made.not_after = date_time_ymd(self.years.1, 1, 1);
        made
    }

    /// Such a certificate that nobody vouches for but itself, with its key.
    pub fn alone(self) -> (CertificateDer<'static>, KeyPair) {
        let key = KeyPair::generate().expect("a key");
        let made = self.parameters().self_signed(&key).expect("a certificate");
        (made.der().clone(), key)
    }
}

/// A server with a certificate on a port of its own. It answers everything with the word `secret`.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    read: Arc<AtomicUsize>,
}

impl Server {
    /// Starts it.
    pub fn start((certificate, key): (CertificateDer<'static>, KeyPair)) -> Self {
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("protocols")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("they belong together");
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let read = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&read);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
                let mut tls = StreamOwned::new(connection, stream);
                let mut buffer = [0; 4096];
                // A client that does not like the certificate hangs up here.
                if let Ok(length) = tls.read(&mut buffer) {
                    count.fetch_add(length, Ordering::SeqCst);
                    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6";
                    let _gone = write!(tls, "{head}\r\n\r\nsecret");
                    tls.conn.send_close_notify();
                    let _gone = tls.flush();
                }
            }
        });
        Self { address, read }
    }

    /// How many bytes of requests it read.
    pub fn read(&self) -> usize {
        self.read.load(Ordering::SeqCst)
    }
}
