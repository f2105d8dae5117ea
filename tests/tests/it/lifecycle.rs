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
fn a_wrong_setting_stops_the_start_with_one_sentence() {
    let (code, said) = run(&["--listen", "nowhere"]);
    assert_eq!(code, Some(2));
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    let (code, help) = run(&["--help"]);
    assert!(
        code == Some(0) && help.contains("--public-url") && help.contains("COURTSIDE_PUBLIC_URL")
    );
}

#[test]
fn the_first_start_makes_a_closed_secret_and_doctor_finds_all_well() {
    use std::os::unix::fs::PermissionsExt;
    let folder = testkit::folder();
    let data = folder.path().join("data").display().to_string();
    let (code, said) = run(&["doctor", "--data", &data, "--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(0), "{said}");
    let mode = std::fs::metadata(folder.path().join("data/secret"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let (code, said) = run(&[
        "doctor",
        "--data",
        &data,
        "--listen",
        "127.0.0.1:0",
        "--redis-url",
        "redis://127.0.0.1:1",
    ]);
    assert!(code == Some(1) && said.contains("FIX"), "{said}");
}

#[test]
fn doctor_asks_for_mail_and_proxies_where_the_address_is_public() {
    let folder = testkit::folder();
    let data = folder.path().join("data").display().to_string();
    let usual = ["doctor", "--data", &data, "--listen", "127.0.0.1:0"];
    let public = ["--public-url", "https://play.example.org"];
    let (code, said) = run(&[&usual[..], &public].concat());
    assert!(code == Some(1) && said.contains("2 things"), "{said}");
    for missing in ["--smtp-url", "--trusted-proxies"] {
        assert!(said.contains(missing), "{said}");
    }
}

#[tokio::test]
async fn second_server_on_a_database_file_is_refused_and_told_who_has_it() {
    let mut app = App::with().embedded();
    let arguments = app.node_arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (code, said) = run(&arguments);
    let holder = format!("process {}", app.nodes[0].pid());
    assert!(code == Some(1) && said.contains(&holder), "{said}");
    app.nodes[0].signal("KILL");
    app.nodes.clear();
    app.add_node();
    let answer = app.visitor().get("/readyz").await;
    answer.expect(200);
}

#[tokio::test]
async fn files_of_the_data_folder_are_closed_to_others_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt;
    let app = App::with().embedded();
    let _ada = app.person("ada").await;
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
async fn an_admin_is_made_from_the_command_line() {
    let app = App::with().embedded();
    let ada = app.person("ada").await;
    let data = app.data().display().to_string();
    let database = app
        .node_arguments()
        .into_iter()
        .find(|one| one.starts_with("--database-url"))
        .unwrap();
    let (code, said) = run(&["admin", "grant", "ADA", "--data", &data, &database]);
    assert_eq!(code, Some(0), "{said}");
    until("she is admin", || async {
        ada.get("/api/v1/users/profile/").await.data()["role"] == "admin"
    })
    .await;
    let (code, _) = run(&["admin", "grant", "nobody", "--data", &data, &database]);
    assert_eq!(code, Some(1));
}

#[tokio::test]
async fn told_to_stop_it_is_not_ready_at_once_finishes_and_exits() {
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
            Ok(answer) => answer.status() == 503,
            Err(_) => true,
        }
    })
    .await;
    until("it has ended", || async { !node.is_running() }).await;
    assert!(node.log().contains("stopped"));
}

#[tokio::test]
async fn told_to_stop_it_is_unready_first_and_answers_until_the_delay_is_over() {
    let app = App::with()
        .flag("--shutdown-delay", "6")
        .flag("--shutdown-grace", "20")
        .embedded();
    let mut kept = RawHttp::open(app.url()).await;
    assert_eq!(kept.get("/healthz").await.header("connection"), None);
    app.nodes[0].signal("TERM");
    until("it is not ready", || async {
        let mut probe = RawHttp::open(app.url()).await;
        let answer = probe.get("/readyz").await;
        let is_ready = answer.status == 200;
        if !is_ready {
            answer.refused(503, "not_ready");
            assert!(answer.header("retry-after").is_some(), "{answer:?}");
        }
        !is_ready
    })
    .await;
    // Requests are still welcome, on connections that are there and on new ones.
    let mut new = RawHttp::open(app.url()).await;
    for connection in [&mut kept, &mut new] {
        let answer = connection.get("/healthz").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("connection"), Some("close"), "{answer:?}");
        connection.ended().await;
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
async fn what_was_acknowledged_survives_a_kill() {
    let mut app = App::with().embedded();
    for round in 0..3 {
        let person = app.person(&format!("ada{round}")).await;
        app.nodes[0].signal("KILL");
        app.nodes.clear();
        app.add_node();
        let mut person = {
            let mut again = app.visitor();
            again.name.clone_from(&person.name);
            again
        };
        person.sign_in().await;
        assert_eq!(
            person.get("/api/v1/users/profile/").await.data()["email_verified"],
            true
        );
    }
}
