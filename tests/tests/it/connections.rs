//! Connections: deadlines, limits, malformed requests, shutdown.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use e2e::{App, Node, RawHttp, deployments, until};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Barrier, watch};
use tokio::task::JoinSet;

/// A loopback address that is not a trusted proxy.
const OTHER_ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

const POST_HEAD: &str = "POST /api/v1/token/ HTTP/1.1\r\nHost: localhost:8080\r\n\
    Content-Type: application/json\r\nContent-Length: 100\r\n\r\n";

fn open_files(node: &Node) -> usize {
    let files = std::fs::read_dir(format!("/proc/{}/fd", node.pid()));
    files.unwrap().count()
}

#[tokio::test]
async fn read_body_refuses_a_slow_client() {
    let app = App::with().embedded();
    let mut slow = RawHttp::open(app.url()).await;
    slow.write(format!("{POST_HEAD}{{")).await;
    let response = slow.response().await;
    response.expect_error(408, "request_timeout");
    assert_eq!(response.header("connection"), Some("close"), "{response:?}");
    slow.wait_for_end().await;
}

#[tokio::test]
async fn read_head_refuses_a_slow_client_on_new_and_reused_connections() {
    let app = App::with().embedded();
    let (mut new, mut used) = (
        RawHttp::open(app.url()).await,
        RawHttp::open(app.url()).await,
    );
    assert_eq!(used.get("/healthz").await.status, 200);
    for connection in [&mut new, &mut used] {
        connection.write("GET /healthz HTTP/1.1\r\nHost: ").await;
    }
    for connection in [&mut new, &mut used] {
        connection
            .response()
            .await
            .expect_error(408, "request_timeout");
        connection.wait_for_end().await;
    }
}

#[tokio::test]
async fn read_head_refuses_trickled_bytes_on_new_and_reused_connections() {
    let app = App::with().embedded();
    let (mut new, mut used) = (
        RawHttp::open(app.url()).await,
        RawHttp::open(app.url()).await,
    );
    assert_eq!(used.get("/healthz").await.status, 200);
    for connection in [&mut new, &mut used] {
        connection.write("GET /healthz HTTP/1.1\r\nHost: ").await;
    }
    tokio::join!(new.trickle(b'a'), used.trickle(b'a'));
    new.response().await.expect_error(408, "request_timeout");
    new.wait_for_end().await;
    used.wait_for_end().await;
}

#[tokio::test]
async fn refuse_request_closes_the_connection_of_an_endless_body() {
    let app = App::with().embedded();
    let mut connection = RawHttp::open(app.url()).await;
    let head =
        "POST /nowhere HTTP/1.1\r\nHost: localhost:8080\r\nTransfer-Encoding: chunked\r\n\r\n";
    connection.write(head).await;
    connection.response().await.expect_error(404, "not_found");
    connection.write("1\r\nx\r\n").await;
    connection.wait_for_end().await;
}

#[tokio::test]
async fn parse_request_error_has_the_envelope() {
    for app in deployments().await {
        for (request, status, code) in [
            ("NONSENSE\r\n\r\n".to_owned(), 400, "malformed_request"),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n".to_owned(),
                400,
                "malformed_request",
            ),
            (
                format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(200_000)),
                431,
                "head_too_large",
            ),
            (
                format!("GET / HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(120)),
                431,
                "head_too_large",
            ),
        ] {
            let mut connection = RawHttp::open(app.url()).await;
            connection.write(request).await;
            connection.response().await.expect_error(status, code);
        }
        let mut unknown = RawHttp::open(app.url()).await;
        unknown
            .write("BREW /healthz HTTP/1.1\r\nHost: localhost:8080\r\n\r\n")
            .await;
        let response = unknown.response().await;
        response.expect_error(405, "method_not_allowed");
        assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"));
    }
}

#[tokio::test]
async fn parse_request_error_on_a_reused_connection_has_the_envelope() {
    let good = "GET /healthz HTTP/1.1\r\nHost: localhost:8080\r\n\r\n";
    for app in deployments().await {
        let nul = format!("{good}GET /a\0b HTTP/1.1\r\n\r\n");
        let long = format!("{good}GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(200_000));
        let address = format!("{good}GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000));
        for (pipelined, status, code) in [
            (format!("{good}NONSENSE\r\n\r\n"), 400, "malformed_request"),
            (nul, 400, "malformed_request"),
            (long, 431, "head_too_large"),
            (address, 431, "head_too_large"),
        ] {
            let mut connection = RawHttp::open(app.url()).await;
            connection.write(pipelined).await;
            assert_eq!(connection.response().await.status, 200);
            connection.response().await.expect_error(status, code);
            connection.wait_for_end().await;
        }
        let mut connection = RawHttp::open(app.url()).await;
        assert_eq!(connection.get("/healthz").await.status, 200);
        connection
            .get("/nowhere")
            .await
            .expect_error(404, "not_found");
        connection.write("NONSENSE\r\n\r\n").await;
        let response = connection.response().await;
        response.expect_error(400, "malformed_request");
        assert_eq!(response.header("connection"), Some("close"), "{response:?}");
        connection.wait_for_end().await;
        is_no_error_in_the_log(&app).await;
    }
}

/// Checks that client errors are not logged as errors of the server.
async fn is_no_error_in_the_log(app: &App) {
    let mut connection = RawHttp::open(app.url()).await;
    let last = "GET /healthz HTTP/1.1\r\nHost: localhost:8080\r\nX-Request-Id: last-one\r\n\r\n";
    connection.write(last).await;
    assert_eq!(connection.response().await.status, 200);
    until("the last request is logged", || async {
        app.nodes[0].log().contains("last-one")
    })
    .await;
    let log = app.nodes[0].log();
    assert!(!log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn parse_request_refuses_long_addresses_in_the_envelope() {
    for app in deployments().await {
        for (length, status, code) in [
            (20_000, 404, "not_found"),
            (65_000, 404, "not_found"),
            (70_000, 431, "head_too_large"),
            (100_000, 431, "head_too_large"),
            (200_000, 431, "head_too_large"),
        ] {
            let mut connection = RawHttp::open(app.url()).await;
            let response = connection.get(&format!("/{}", "x".repeat(length))).await;
            response.expect_error(status, code);
        }
    }
}

#[tokio::test]
async fn connections_per_address_are_limited() {
    let app = App::with()
        .flag("--connections-per-address", "3")
        .embedded();
    let mut open = vec![];
    for _ in 0..3 {
        let mut connection = RawHttp::connect(app.url(), OTHER_ADDRESS).await.unwrap();
        assert_eq!(connection.get("/healthz").await.status, 200);
        open.push(connection);
    }
    let mut beyond = RawHttp::connect(app.url(), OTHER_ADDRESS).await.unwrap();
    let response = beyond.response().await;
    response.expect_error(429, "too_many_connections");
    assert!(response.header("retry-after").is_some(), "{response:?}");
    let mut other = RawHttp::connect(app.url(), Ipv4Addr::new(127, 0, 0, 3)).await;
    assert_eq!(other.as_mut().unwrap().get("/healthz").await.status, 200);
    for _ in 0..8 {
        // A trusted proxy has many clients.
        let mut proxied = RawHttp::open(app.url()).await;
        assert_eq!(proxied.get("/healthz").await.status, 200);
        open.push(proxied);
    }
    open.clear();
    until("there is room again", || async {
        let mut again = RawHttp::connect(app.url(), OTHER_ADDRESS).await.unwrap();
        again.get("/healthz").await.status == 200
    })
    .await;
}

#[tokio::test]
async fn connection_takes_one_file_descriptor() {
    let app = App::with().embedded();
    let before = open_files(&app.nodes[0]);
    let mut open = vec![];
    for _ in 0..100 {
        let mut connection = RawHttp::open(app.url()).await;
        assert_eq!(connection.get("/healthz").await.status, 200);
        open.push(connection);
    }
    let more = open_files(&app.nodes[0]) - before;
    assert!(
        (100..150).contains(&more),
        "{more} files for 100 connections"
    );
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", app.nodes[0].pid())).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let numbers: Vec<&str> = line.unwrap().split_whitespace().skip(3).take(2).collect();
    assert_eq!(numbers[0], numbers[1], "the soft limit is the hard one");
}

#[tokio::test]
async fn stop_responds_on_every_accepted_connection() {
    let app = App::with().embedded();
    let url = app.url().to_owned();
    let mut kept = RawHttp::open(&url).await;
    assert_eq!(kept.get("/healthz").await.status, 200);
    let begun = Arc::new(Barrier::new(9));
    let clients = (0..8).map(|_| call_until_refused(url.clone(), begun.clone()));
    let mut clients: JoinSet<()> = clients.collect();
    tokio::select! {
        _ = begun.wait() => {}
        ended = clients.join_next() => panic!("a client was not answered: {ended:?}"),
    }
    app.nodes[0].signal("TERM");
    kept.wait_for_end().await;
    while let Some(ended) = clients.join_next().await {
        ended.unwrap();
    }
    until("it has ended", || async { !app.nodes[0].is_running() }).await;
}

/// Sends requests on new connections until none is accepted; all accepted ones get a response. The
/// barrier is passed after the first one.
async fn call_until_refused(url: String, begun: Arc<Barrier>) {
    for responded in 0.. {
        let connecting = RawHttp::connect(&url, Ipv4Addr::LOCALHOST);
        let connected = tokio::time::timeout(Duration::from_secs(5), connecting).await;
        let Ok(Ok(mut connection)) = connected else {
            return;
        };
        let response = connection.get("/healthz").await;
        assert_eq!(response.status, 200, "{response:?} after {responded}");
        if responded == 0 {
            begun.wait().await;
        }
    }
}

#[tokio::test]
async fn get_metrics_and_mailbox_are_refused_behind_a_proxy_without_headers() {
    let folder = testkit::folder();
    let node = Node::start(&[
        "--listen=127.0.0.1:0".to_owned(),
        format!("--data={}", folder.path().join("data").display()),
        "--public-url=https://play.example.org".to_owned(),
        "--shutdown-delay=0".to_owned(),
    ]);
    let host = node.url().strip_prefix("http://").unwrap().to_owned();
    let ask = async |path: &str, host: &str| {
        let mut connection = RawHttp::open(node.url()).await;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n");
        connection.write(request).await;
        connection.response().await
    };
    for path in ["/metrics", "/dev/mailbox/"] {
        let response = ask(path, "play.example.org").await;
        response.expect_error(404, "not_found");
    }
    ask("/metrics", &host).await.expect_error(404, "not_found");
    assert_eq!(ask("/healthz", &host).await.status, 200);
    for name in [host.as_str(), "localhost"] {
        ask("/dev/mailbox/", name)
            .await
            .expect_error(400, "unknown_host");
    }
}

#[tokio::test]
async fn upload_with_a_long_boundary_is_refused_at_once() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let boundary = "b".repeat(100_000);
        let request = ada
            .request(reqwest::Method::POST, "/api/v1/users/profile/avatar/")
            .bearer_auth(&ada.access)
            .header(
                "content-type",
                format!("multipart/form-data; boundary={boundary}"),
            )
            .body(format!("--{boundary}\r\n").repeat(20));
        ada.send(request).await.expect_error(400, "malformed_form");
    }
}

/// A database address that can be frozen: it then neither responds nor closes connections.
async fn freezable(url: &str) -> (String, watch::Sender<bool>) {
    let (_, rest) = url.split_once('@').unwrap();
    let target = rest.split('/').next().unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let between = url.replace(&target, &listener.local_addr().unwrap().to_string());
    let (freeze, frozen) = watch::channel(false);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (target, mut frozen) = (target.clone(), frozen.clone());
            tokio::spawn(async move {
                let mut server = TcpStream::connect(target).await.unwrap();
                let until_frozen = async { frozen.wait_for(|frozen| *frozen).await.is_ok() };
                tokio::select! {
                    _ = copy_bidirectional(&mut client, &mut server) => {}
                    _ = until_frozen => std::future::pending::<()>().await,
                }
            });
        }
    });
    (between, freeze)
}

#[tokio::test]
async fn stop_ends_in_time_while_the_database_is_frozen() {
    let Some(database) = testkit::postgres() else {
        return;
    };
    let (url, freeze) = freezable(database.url()).await;
    let folder = testkit::folder();
    let arguments = [
        "--listen=127.0.0.1:0".to_owned(),
        format!("--database-url={url}"),
        format!("--data={}", folder.path().join("data").display()),
        "--shutdown-delay=0".to_owned(),
        "--shutdown-grace=4".to_owned(),
    ];
    let node = tokio::task::spawn_blocking(move || Node::start(&arguments));
    let node = node.await.unwrap();
    freeze.send_replace(true);
    let mut waiting = RawHttp::open(node.url()).await;
    let host = node.url().strip_prefix("http://").unwrap();
    waiting
        .write(format!("GET /readyz HTTP/1.1\r\nHost: {host}\r\n\r\n"))
        .await;
    node.signal("TERM");
    until("it has ended", || async { !node.is_running() }).await;
}
