//! The server with TLS to PostgreSQL and Redis.

use std::path::Path;

use e2e::{Node, Response};
use testkit::{Folder, PrivatePostgres, PrivateRedis};

/// PostgreSQL and Redis with TLS, and a data folder.
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
async fn start_over_tls_refuses_untrusted_certificates() {
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
    let ready = Response::of(ready.send().await.unwrap()).await.expect(200);
    let checks = &ready.data()["checks"];
    assert_eq!(
        (&checks["database"], &checks["bus"]),
        (&"up".into(), &"up".into())
    );
    let payload = refusal(&servers.arguments(strange.file(), redis));
    assert!(
        payload.contains("The database cannot be opened: "),
        "{payload}"
    );
    assert!(
        payload.contains("TLS with the server failed: invalid peer certificate"),
        "{payload}"
    );
    let payload = refusal(&servers.arguments(database, strange.file()));
    assert!(
        payload.contains("--redis-url: no TLS connection to Redis: invalid peer certificate"),
        "{payload}"
    );
    let missing = Path::new("/missing.pem");
    let payload = refusal(&servers.arguments(missing, redis));
    assert!(payload.contains("sslrootcert /missing.pem: "), "{payload}");
    let payload = refusal(&servers.arguments(database, missing));
    assert!(
        payload.contains("--redis-ca-file: the CA file /missing.pem cannot be used"),
        "{payload}"
    );
}
