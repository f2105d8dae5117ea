//! The servers of the testkit are separate and end with the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{Permissions, read_dir, set_permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// The output of the program when its servers are ready.
struct Holder {
    process: Child,
    addresses: Vec<String>,
}

/// The testkit's own program, as another test process with this folder for temporary files.
fn start_holder(temporary: &Path) -> Holder {
    let mut process = Command::new(env!("CARGO_BIN_EXE_testkit"))
        .env("TMPDIR", temporary)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let addresses = lines
        .map(Result::unwrap)
        .take_while(|line| !line.starts_with("Press"))
        .filter_map(|url| Some(url.split_once("127.0.0.1:")?.1.to_owned()))
        .map(|rest| format!("127.0.0.1:{}", rest.split('/').next().unwrap()))
        .collect();
    Holder { process, addresses }
}

/// A folder that PostgreSQL, which runs under another account, can open.
fn open_folder() -> testkit::Folder {
    let folder = testkit::folder();
    let around = folder.path().parent().unwrap();
    set_permissions(around, Permissions::from_mode(0o755)).unwrap();
    set_permissions(folder.path(), Permissions::from_mode(0o1777)).unwrap();
    folder
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("not within a minute: {what}");
}

fn sql(url: &str, statement: &str) -> Result<String, String> {
    let output = Command::new("psql")
        .args(["-X", "-A", "-t", "-c", statement, url])
        .output()
        .unwrap();
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned());
    }
    Err(String::from_utf8(output.stderr).unwrap())
}

fn redis_response(url: &str, command: &str) -> std::io::Result<String> {
    let address = url.trim_start_matches("redis://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(format!("{command}\r\n").as_bytes())?;
    let mut response = [0; 64];
    let length = stream.read(&mut response)?;
    Ok(String::from_utf8_lossy(response.get(..length).unwrap())
        .trim()
        .to_owned())
}

#[test]
fn run_in_several_processes_starts_servers_that_end_with_them() {
    let folders = [open_folder(), open_folder()];
    let mut holders = folders.each_ref().map(|folder| start_holder(folder.path()));
    let mut addresses: Vec<String> = holders
        .iter()
        .flat_map(|one| one.addresses.clone())
        .collect();
    for address in &addresses {
        TcpStream::connect(address).unwrap();
    }
    for (folder, holder) in folders.iter().zip(&mut holders) {
        assert_ne!(read_dir(folder.path()).unwrap().count(), 0);
        holder.process.kill().unwrap();
        holder.process.wait().unwrap();
        eventually("the folders are removed", || {
            read_dir(folder.path()).unwrap().count() == 0
        });
    }
    for address in &addresses {
        assert!(
            TcpStream::connect(address).is_err(),
            "{address} still serves"
        );
    }
    let all = addresses.len();
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), all);
}

/// Runs the program without Redis, with these servers required.
fn without_redis(required: &str) -> Output {
    let empty = open_folder();
    Command::new(env!("CARGO_BIN_EXE_testkit"))
        .env("PATH", empty.path())
        .env("COURTSIDE_TEST_REQUIRE", required)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn run_reports_a_missing_server_or_fails_if_required() {
    let output = without_redis("");
    assert!(output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("redis is not on this machine"),
        "{message}"
    );
    assert!(!String::from_utf8(output.stdout).unwrap().contains("redis:"));

    let refused = without_redis("sqlite,redis");
    assert!(!refused.status.success());
    assert!(
        String::from_utf8(refused.stderr)
            .unwrap()
            .contains("redis is required")
    );
}

#[test]
fn databases_are_separate_and_of_each_engine() {
    let databases = testkit::databases();
    assert_eq!(databases.first().unwrap().name(), "sqlite");
    let (Some(one), Some(other)) = (testkit::postgres(), testkit::postgres()) else {
        assert_eq!(databases.len(), 1);
        return;
    };
    assert_eq!(databases.len(), 2);
    sql(one.url(), "CREATE TABLE only_here (id int)").unwrap();
    assert!(
        sql(other.url(), "SELECT * FROM only_here")
            .unwrap_err()
            .contains("only_here")
    );
    let settings = "SELECT concat_ws(' ', current_setting('fsync'), \
                    current_setting('synchronous_commit'), current_setting('max_connections'))";
    assert_eq!(sql(other.url(), settings).unwrap(), "off off 200");
}

#[test]
fn drop_database_removes_it_with_open_connections() {
    let Some(kept) = testkit::postgres() else {
        return;
    };
    let gone = testkit::postgres().unwrap();
    let url = gone.url().to_owned();
    let mut sleeper = Command::new("psql")
        .args(["-X", "-c", "SELECT pg_sleep(600)", &url])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(600)'";
    eventually("it sleeps", || sql(kept.url(), sleeping).unwrap() == "1");
    drop(gone);
    assert!(!sleeper.wait().unwrap().success());
    assert!(
        sql(&url, "SELECT 1")
            .unwrap_err()
            .contains("does not exist")
    );
    assert_eq!(sql(kept.url(), "SELECT 1").unwrap(), "1");
}

#[test]
fn private_postgres_keeps_its_data_after_stop_and_crash() {
    let Some(server) = testkit::private_postgres() else {
        return;
    };
    sql(&server.url(), "CREATE TABLE kept (id int)").unwrap();
    server.stop();
    assert!(sql(&server.url(), "SELECT 1").is_err());
    server.restart();
    sql(&server.url(), "INSERT INTO kept VALUES (7)").unwrap();
    server.crash();
    server.restart();
    assert_eq!(sql(&server.url(), "SELECT id FROM kept").unwrap(), "7");
}

#[test]
fn redis_prefixes_are_unique() {
    let (Some(one), Some(other)) = (testkit::redis(), testkit::redis()) else {
        return;
    };
    assert_eq!(one.url(), other.url());
    assert_ne!(one.prefix(), other.prefix());
    assert_eq!(redis_response(one.url(), "PING").unwrap(), "+PONG");
}

#[test]
fn private_redis_can_be_killed_frozen_and_restarted() {
    let Some(server) = testkit::private_redis() else {
        return;
    };
    let url = server.url();
    assert_eq!(redis_response(&url, "SET kept 1").unwrap(), "+OK");
    server.freeze();
    let mut waiting =
        TcpStream::connect(url.trim_start_matches("redis://").trim_end_matches('/')).unwrap();
    waiting.write_all(b"PING\r\n").unwrap();
    waiting
        .set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    assert!(
        waiting.read(&mut [0; 16]).is_err(),
        "a frozen server does not answer"
    );
    server.thaw();
    waiting.set_read_timeout(None).unwrap();
    assert_eq!(waiting.read(&mut [0; 16]).unwrap(), "+PONG\r\n".len());
    server.kill();
    assert!(redis_response(&url, "PING").is_err());
    server.restart();
    assert_eq!(redis_response(&url, "EXISTS kept").unwrap(), ":0");
    server.stop();
    assert!(redis_response(&url, "PING").is_err());
}

#[test]
fn drop_folder_removes_it() {
    let folder = testkit::folder();
    let path = folder.path().to_owned();
    std::fs::write(path.join("file"), "x").unwrap();
    drop(folder);
    assert!(!path.exists());
}
