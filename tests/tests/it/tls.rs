//! The server on a database and a Redis that it reaches by TLS.

use std::path::Path;

use e2e::{Answer, Node};
use testkit::{Folder, PrivatePostgres, PrivateRedis};

/// Servers with TLS, and a folder for the data.
struct Servers {
    postgres: PrivatePostgres,
    redis: PrivateRedis,
    data: Folder,
}

impl Servers {
    fn start() -> Option<Self> {
        Some(Self {
            postgres: testkit::private_postgres_with_tls()?,
            redis: testkit::private_redis_with_tls()?,
            data: testkit::folder(),
        })
    }

    /// The arguments of a node that trusts these authorities.
    fn arguments(&self, of_postgres: &Path, of_redis: &Path) -> Vec<String> {
        let database = self.postgres.url().replace("127.0.0.1", "localhost");
        vec![
            "--listen=127.0.0.1:0".to_owned(),
            format!("--data={}", self.data.path().display()),
            format!(
                "--database-url={database}?sslmode=verify-full&sslrootcert={}",
                of_postgres.display()
            ),
            format!("--redis-url={}", self.redis.url()),
            format!("--redis-ca-file={}", of_redis.display()),
        ]
    }
}

fn refusal(arguments: &[String]) -> String {
    match Node::try_start(arguments) {
        Ok(_node) => panic!("the server started"),
        Err(log) => log,
    }
}

#[tokio::test]
async fn the_server_runs_over_tls_and_refuses_strange_certificates() {
    let Some(servers) = Servers::start() else {
        return;
    };
    let strange = testkit::strange_authority();
    let (database, redis) = (
        servers.postgres.ca_file().unwrap(),
        servers.redis.ca_file().unwrap(),
    );
    let node = Node::start(&servers.arguments(database, redis));
    let ready = e2e::client().get(format!("{}/readyz", node.url()));
    let ready = Answer::of(ready.send().await.unwrap()).await.expect(200);
    let checks = &ready.data()["checks"];
    assert_eq!(
        (&checks["database"], &checks["bus"]),
        (&"up".into(), &"up".into())
    );
    let said = refusal(&servers.arguments(strange.file(), redis));
    assert!(said.contains("The database cannot be opened: "), "{said}");
    assert!(
        said.contains("TLS with the server failed: invalid peer certificate"),
        "{said}"
    );
    let said = refusal(&servers.arguments(database, strange.file()));
    assert!(
        said.contains("--redis-url: no TLS connection to Redis: invalid peer certificate"),
        "{said}"
    );
    let missing = Path::new("/missing.pem");
    let said = refusal(&servers.arguments(missing, redis));
    assert!(said.contains("sslrootcert /missing.pem: "), "{said}");
    let said = refusal(&servers.arguments(database, missing));
    assert!(
        said.contains("--redis-ca-file: the CA file /missing.pem cannot be used"),
        "{said}"
    );
}
