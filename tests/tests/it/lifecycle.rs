//! Starting, stopping, and the commands of the binary.

use std::net::Ipv4Addr;
use std::process::Command;

use e2e::{App, Node, RawHttp, courtside, until};

fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(courtside()).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[test]
fn start_refuses_invalid_settings() {
    let (code, output) = run(&["--listen", "nowhere"]);
    assert_eq!(code, Some(2));
    assert_eq!(output.trim().lines().count(), 1, "{output}");
    let (code, help) = run(&["--help"]);
    assert!(
        code == Some(0) && help.contains("--public-url") && help.contains("COURTSIDE_PUBLIC_URL")
    );
}

#[test]
fn start_creates_a_private_secret_and_doctor_passes() {
    use std::os::unix::fs::PermissionsExt;
    let folder = testkit::folder();
    let data = folder.path().join("data").display().to_string();
    let (code, output) = run(&["doctor", "--data", &data, "--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(0), "{output}");
    let database = folder.path().join("data/courtside.db");
    assert!(!database.exists(), "doctor changes no database");
    let mode = std::fs::metadata(folder.path().join("data/secret"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let (code, output) = run(&[
        "doctor",
        "--data",
        &data,
        "--listen",
        "127.0.0.1:0",
        "--redis-url",
        "redis://127.0.0.1:1",
    ]);
    assert!(code == Some(1) && output.contains("FIX"), "{output}");
}

#[test]
fn doctor_requires_mail_and_proxies_for_public_addresses() {
    let folder = testkit::folder();
    let data = folder.path().join("data").display().to_string();
    let usual = ["doctor", "--data", &data, "--listen", "127.0.0.1:0"];
    let public = ["--public-url", "https://play.example.org"];
    let (code, output) = run(&[&usual[..], &public].concat());
    assert!(code == Some(1) && output.contains("2 problems"), "{output}");
    for missing in ["--smtp-url", "--trusted-proxies"] {
        assert!(output.contains(missing), "{output}");
    }
}

#[tokio::test]
async fn start_refuses_a_database_file_in_use() {
    let mut app = App::with().embedded();
    let arguments = app.node_arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (code, output) = run(&arguments);
    let holder = format!("process {}", app.nodes[0].pid());
    assert!(code == Some(1) && output.contains(&holder), "{output}");
    app.nodes[0].signal("KILL");
    app.nodes.clear();
    app.add_node();
    let response = app.anonymous().get("/readyz").await;
    response.expect(200);
}

#[tokio::test]
async fn start_creates_private_files_with_any_umask() {
    use std::os::unix::fs::PermissionsExt;
    let app = App::with().embedded();
    let _ada = app.user("ada").await;
    let database = app
        .node_arguments()
        .into_iter()
        .find_map(|one| Some(one.strip_prefix("--database-url=sqlite:")?.to_owned()))
        .unwrap();
    let files = ["", "-wal", "-shm"].map(|ending| format!("{database}{ending}"));
    let secret = app.data().join("secret").display().to_string();
    for file in files.into_iter().chain([secret]) {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn grant_makes_an_admin() {
    let app = App::with().embedded();
    let ada = app.user("ada").await;
    let data = app.data().display().to_string();
    let database = app
        .node_arguments()
        .into_iter()
        .find(|one| one.starts_with("--database-url"))
        .unwrap();
    let (code, output) = run(&["admin", "grant", "ADA", "--data", &data, &database]);
    assert_eq!(code, Some(0), "{output}");
    until("she is admin", || async {
        ada.get("/api/v1/users/profile/").await.data()["role"] == "admin"
    })
    .await;
    let (code, _) = run(&["admin", "grant", "nobody", "--data", &data, &database]);
    assert_eq!(code, Some(1));
}

#[tokio::test]
async fn stop_finishes_requests_and_exits() {
    let app = App::with().embedded();
    let node: &Node = &app.nodes[0];
    let client = e2e::client();
    let ready = client
        .get(format!("{}/readyz", node.url()))
        .send()
        .await
        .unwrap();
    assert_eq!(ready.status(), 200);
    node.signal("TERM");
    until("it is not ready", || async {
        match client.get(format!("{}/readyz", node.url())).send().await {
            Ok(response) => response.status() == 503,
            Err(_) => true,
        }
    })
    .await;
    until("it has ended", || async { !node.is_running() }).await;
    assert!(node.log().contains("stopped"));
}

#[tokio::test]
async fn stop_serves_requests_until_the_delay_has_passed() {
    let app = App::with()
        .flag("--shutdown-delay", "6")
        .flag("--shutdown-grace", "20")
        .embedded();
    let mut kept = RawHttp::open(app.url()).await;
    assert_eq!(kept.get("/healthz").await.header("connection"), None);
    app.nodes[0].signal("TERM");
    until("it is not ready", || async {
        let mut probe = RawHttp::open(app.url()).await;
        let response = probe.get("/readyz").await;
        let is_ready = response.status == 200;
        if !is_ready {
            response.expect_error(503, "not_ready");
            assert!(response.header("retry-after").is_some(), "{response:?}");
        }
        !is_ready
    })
    .await;
    // Requests are still served, on existing and on new connections.
    let mut new = RawHttp::open(app.url()).await;
    for connection in [&mut kept, &mut new] {
        let response = connection.get("/healthz").await;
        assert_eq!(response.status, 200, "{response:?}");
        assert_eq!(response.header("connection"), Some("close"), "{response:?}");
        connection.wait_for_end().await;
    }
    until("nobody is let in any more", || async {
        match RawHttp::connect(app.url(), Ipv4Addr::LOCALHOST).await {
            Ok(mut connection) => {
                assert_eq!(connection.get("/healthz").await.status, 200);
                false
            }
            Err(_) => true,
        }
    })
    .await;
    until("it has ended", || async { !app.nodes[0].is_running() }).await;
}

#[tokio::test]
async fn kill_keeps_acknowledged_writes() {
    let mut app = App::with().embedded();
    for round in 0..3 {
        let user = app.user(&format!("ada{round}")).await;
        app.nodes[0].signal("KILL");
        app.nodes.clear();
        app.add_node();
        let mut user = {
            let mut again = app.anonymous();
            again.name.clone_from(&user.name);
            again
        };
        user.log_in().await;
        assert_eq!(
            user.get("/api/v1/users/profile/").await.data()["email_verified"],
            true
        );
    }
}
