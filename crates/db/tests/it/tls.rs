//! TLS to PostgreSQL.

use db::{AnyConn, Store, StoreConfig};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use kernel::{AppError, Env};
use testkit::PrivatePostgres;

#[derive(QueryableByName)]
struct Connection {
    #[diesel(sql_type = Bool)]
    ssl: bool,
}

#[derive(QueryableByName)]
struct File {
    #[diesel(sql_type = Text)]
    hba_file: String,
}

/// The address of the server by the name of its certificate, or by another one.
fn address(server: &PrivatePostgres, host: &str, query: &str) -> String {
    let url = server.url().replace("127.0.0.1", host);
    format!("{url}?{query}")
}

fn verified_by(server: &PrivatePostgres, mode: &str) -> String {
    let ca = server.ca_file().unwrap().display();
    format!("sslmode={mode}&sslrootcert={ca}")
}

fn open(url: &str) -> Result<Store, AppError> {
    let config = StoreConfig {
        url: url.parse().unwrap(),
        connections: 2,
        migrate: false,
    };
    Store::open(&config, Env::system())
}

fn refused(url: &str) -> String {
    open(url).unwrap_err().chain()
}

async fn is_encrypted(url: &str) -> bool {
    let store = open(url).unwrap();
    let ask = |conn: &mut AnyConn| {
        let query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        let found: Connection = diesel::sql_query(query).get_result(conn)?;
        Ok(found.ssl)
    };
    store.read(ask).await.unwrap()
}

#[tokio::test]
async fn open_encrypts_according_to_the_mode() {
    let Some(server) = testkit::private_postgres_with_tls() else {
        return;
    };
    for (host, query, encrypted) in [
        ("localhost", "sslmode=disable".to_owned(), false),
        ("localhost", "sslmode=prefer".to_owned(), true),
        ("127.0.0.1", "sslmode=require".to_owned(), true),
        ("127.0.0.1", verified_by(&server, "require"), true),
        ("127.0.0.1", verified_by(&server, "verify-ca"), true),
        ("localhost", verified_by(&server, "verify-full"), true),
        ("127.0.0.1", "application_name=x".to_owned(), false),
    ] {
        let url = address(&server, host, &query);
        assert_eq!(is_encrypted(&url).await, encrypted, "{url}");
    }
}

#[tokio::test]
async fn open_refuses_untrusted_certificates() {
    let Some(server) = testkit::private_postgres_with_tls() else {
        return;
    };
    let strange = testkit::strange_authority();
    for mode in ["require", "verify-ca", "verify-full"] {
        let query = format!("sslmode={mode}&sslrootcert={}", strange.file().display());
        let why = refused(&address(&server, "localhost", &query));
        assert!(why.contains("TLS with the server failed"), "{mode}: {why}");
        assert!(why.contains("UnknownIssuer"), "{mode}: {why}");
    }
    for mode in ["verify-ca", "verify-full"] {
        let why = refused(&address(&server, "localhost", &format!("sslmode={mode}")));
        assert!(
            why.contains("UnknownIssuer"),
            "{mode} by public authorities: {why}"
        );
    }
    let other_name = address(&server, "127.0.0.1", &verified_by(&server, "verify-full"));
    let why = refused(&other_name);
    assert!(why.contains("not valid for name"), "{why}");
}

#[tokio::test]
async fn open_refuses_a_server_without_tls_unless_optional() {
    let Some(server) = testkit::private_postgres() else {
        return;
    };
    for mode in ["require", "verify-ca", "verify-full"] {
        let why = refused(&address(&server, "localhost", &format!("sslmode={mode}")));
        assert!(why.contains("does not support TLS"), "{mode}: {why}");
    }
    let optional = address(&server, "localhost", "sslmode=prefer");
    assert!(!is_encrypted(&optional).await);
}

#[tokio::test]
async fn open_verifies_passwords_over_tls() {
    let Some(server) = testkit::private_postgres_with_tls() else {
        return;
    };
    let query = verified_by(&server, "verify-full");
    let store = open(&address(&server, "localhost", &query)).unwrap();
    let demand_passwords = |tx: &mut db::Tx<'_>| {
        let file: File = diesel::sql_query("SELECT current_setting('hba_file') AS hba_file")
            .get_result(tx.conn)?;
        let lines = format!(
            "COPY (VALUES ('hostssl all ann all scram-sha-256'), ('host all postgres all trust')) TO '{}'",
            file.hba_file
        );
        for statement in [
            "CREATE ROLE ann LOGIN PASSWORD 'right'",
            &lines,
            "SELECT pg_reload_conf()",
        ] {
            diesel::sql_query(statement).execute(tx.conn)?;
        }
        Ok(())
    };
    store.write(demand_passwords).await.unwrap();
    let by_ann = |password: &str, query: &str| {
        let url = address(&server, "localhost", query);
        url.replace("//postgres@", &format!("//ann:{password}@"))
    };
    let right = by_ann("right", &query);
    // The server reads its files asynchronously.
    for _attempt in 0..200 {
        if open(&right).is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(is_encrypted(&right).await);
    let why = refused(&by_ann("wrong", &query));
    assert!(why.contains("password authentication failed"), "{why}");
    let why = refused(&by_ann("right", "sslmode=disable"));
    assert!(why.contains("no encryption"), "{why}");
}

#[tokio::test]
async fn read_transfers_large_rows_and_many_statements() {
    let Some(server) = testkit::private_postgres_with_tls() else {
        return;
    };
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        text: String,
    }
    let store = open(&address(&server, "localhost", "sslmode=require")).unwrap();
    for length in [1, 1_000, 1_000_000, 20_000_000] {
        let sent = "x".repeat(length);
        let echo = move |conn: &mut AnyConn| {
            let row: Row = diesel::sql_query("SELECT $1 AS text")
                .bind::<Text, _>(sent)
                .get_result(conn)?;
            Ok(row.text.len())
        };
        assert_eq!(store.read(echo).await.unwrap(), length);
    }
    let reads = (0..500).map(|_| store.ping());
    for read in futures_util::future::join_all(reads).await {
        read.unwrap();
    }
}

#[tokio::test]
async fn read_reconnects_after_a_restart() {
    let Some(server) = testkit::private_postgres_with_tls() else {
        return;
    };
    let store = open(&address(&server, "localhost", "sslmode=require")).unwrap();
    store.ping().await.unwrap();
    server.stop();
    assert!(store.ping().await.is_err());
    server.restart();
    for _attempt in 0..1_000 {
        if store.ping().await.is_ok() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("it does not connect again");
}
