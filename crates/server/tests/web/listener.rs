//! One test over a real connection: the peer's address arrives, pages are compressed, stopping closes the door.

use std::net::SocketAddr;
use std::time::Duration;

use portico::cli::serve_for_test as serve;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::harness::Site;

#[tokio::test]
async fn pages_come_over_a_socket_and_stop_with_it() {
    let site = Site::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let running = tokio::spawn(serve(site.app.clone(), listener, stop.clone()));
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    let page = client
        .get(format!("http://{address}/sign-in"))
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("<h1>Sign in</h1>"));
    let metrics = client
        .get(format!("http://{address}/metrics"))
        .send()
        .await
        .unwrap();
    assert_eq!(metrics.status(), 200, "loopback");
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(10), running)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert!(
        client
            .get(format!("http://{address}/healthz"))
            .send()
            .await
            .is_err()
    );
}
