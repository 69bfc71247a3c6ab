//! One test over a real connection: the peer's address arrives, pages are compressed, stopping closes the door.

use std::net::SocketAddr;
use std::time::Duration;

use portico::cli::{connections, serve_for_test as serve};
use portico::web::router;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
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
        .unwrap();
    assert!(
        client
            .get(format!("http://{address}/healthz"))
            .send()
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_head_that_never_ends_does_not_hold_a_connection() {
    let site = Site::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let (router, ended) = (router::build(&site.app), stop.clone());
    let head = Duration::from_millis(600);
    let running =
        tokio::spawn(async move { connections::serve(listener, router, &ended, head).await });
    for (name, start) in [
        ("silent", ""),
        ("slow", "GET /healthz HTTP/1.1\r\nHost: x\r\n"),
    ] {
        let mut held = TcpStream::connect(address).await.unwrap();
        held.write_all(start.as_bytes()).await.unwrap();
        let closed = tokio::time::timeout(Duration::from_secs(5), async {
            let mut answer = Vec::new();
            loop {
                tokio::select! {
                    read = held.read_buf(&mut answer) => match read {
                        Ok(0) | Err(_) => return,
                        Ok(_) => {}
                    },
                    () = tokio::time::sleep(Duration::from_millis(100)) => {
                        if name == "slow" && held.write_all(b"x").await.is_err() {
                            return;
                        }
                    }
                }
            }
        })
        .await;
        assert!(closed.is_ok(), "{name}: it is held for ever");
    }
    let mut whole = TcpStream::connect(address).await.unwrap();
    whole
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    whole.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(5), running)
        .await
        .unwrap()
        .unwrap();
}
