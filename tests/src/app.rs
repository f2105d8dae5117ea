//! A deployment under test.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use testkit::{Database, Folder, PrivatePostgres, PrivateRedis, Redis};

use crate::{Node, TestUser, courtside};

/// One node with everything embedded, or two nodes on PostgreSQL and Redis.
pub struct App {
    /// The servers.
    pub nodes: Vec<Node>,
    /// The name of the deployment in messages.
    pub name: &'static str,
    arguments: Vec<String>,
    addresses: AtomicU32,
    /// Held while the servers use them; fields are dropped in order, servers first.
    database: Option<Database>,
    _redis: Option<Redis>,
    folder: Folder,
}

/// Options of an [`App`].
#[derive(Default)]
pub struct Builder {
    arguments: Vec<String>,
}

/// The deployments that this machine can run: one embedded node, and two nodes if PostgreSQL and Redis
/// are installed.
pub async fn deployments() -> Vec<App> {
    Builder::default().deployments().await
}

impl Builder {
    /// Adds a flag with its value, such as `--email-verification optional`.
    #[must_use]
    pub fn flag(mut self, name: &str, value: &str) -> Self {
        self.arguments.extend([name.to_owned(), value.to_owned()]);
        self
    }

    /// Adds a flag without a value, such as `--dev-clock`.
    #[must_use]
    pub fn switch(mut self, name: &str) -> Self {
        self.arguments.push(name.to_owned());
        self
    }

    /// The deployments with these flags.
    pub async fn deployments(self) -> Vec<App> {
        let arguments = self.arguments;
        let mut apps = vec![App::embedded(&arguments)];
        apps.extend(App::cluster(&arguments, 2));
        apps
    }

    /// One node on SQLite.
    pub fn embedded(self) -> App {
        App::embedded(&self.arguments)
    }

    /// Two nodes on a PostgreSQL server that the test may stop and freeze, and on Redis, if it is
    /// installed.
    pub fn cluster_on(self, server: &PrivatePostgres) -> Option<App> {
        let redis = testkit::redis()?;
        let shared = Some((redis.url(), redis.prefix()));
        let arguments = arguments(&server.url(), shared, &self.arguments);
        let folder = testkit::folder();
        Some(App::start(
            "cluster",
            arguments,
            2,
            None,
            Some(redis),
            folder,
        ))
    }

    /// Two nodes on a Redis server that the test may stop and freeze, and on PostgreSQL, if it is installed.
    pub fn cluster_over(self, server: &PrivateRedis) -> Option<App> {
        let database = testkit::postgres()?;
        let url = server.url();
        let shared = Some((&*url, "test:"));
        let arguments = arguments(database.url(), shared, &self.arguments);
        let folder = testkit::folder();
        Some(App::start(
            "cluster",
            arguments,
            2,
            Some(database),
            None,
            folder,
        ))
    }

    /// This number of nodes on PostgreSQL and Redis, if they are installed.
    pub fn cluster(self, nodes: usize) -> Option<App> {
        App::cluster(&self.arguments, nodes)
    }
}

impl App {
    /// Options for starting one.
    pub fn with() -> Builder {
        Builder::default()
    }

    fn embedded(extra: &[String]) -> Self {
        let (database, folder) = (testkit::sqlite(), testkit::folder());
        let arguments = arguments(database.url(), None, extra);
        Self::start("embedded", arguments, 1, Some(database), None, folder)
    }

    fn cluster(extra: &[String], nodes: usize) -> Option<Self> {
        let (database, redis) = (testkit::postgres()?, testkit::redis()?);
        let shared = Some((redis.url(), redis.prefix()));
        let arguments = arguments(database.url(), shared, extra);
        let folder = testkit::folder();
        Some(Self::start(
            "cluster",
            arguments,
            nodes,
            Some(database),
            Some(redis),
            folder,
        ))
    }

    fn start(
        name: &'static str,
        arguments: Vec<String>,
        nodes: usize,
        database: Option<Database>,
        redis: Option<Redis>,
        folder: Folder,
    ) -> Self {
        let mut app = Self {
            nodes: vec![],
            name,
            arguments,
            addresses: AtomicU32::new(1),
            database,
            _redis: redis,
            folder,
        };
        (0..nodes).for_each(|_| app.add_node());
        app
    }

    /// Starts another node.
    pub fn add_node(&mut self) {
        let node = Node::start(&self.node_arguments());
        self.nodes.push(node);
    }

    /// The arguments of the nodes.
    pub fn node_arguments(&self) -> Vec<String> {
        // Nodes share the data folder: it holds the secret and, here, the object store.
        let data = self.folder.path().join("data");
        let mut arguments = self.arguments.clone();
        arguments.extend(["--data".to_owned(), data.display().to_string()]);
        arguments
    }

    /// The database of the nodes: `sqlite:PATH` or `postgres://…`.
    pub fn database_url(&self) -> &str {
        let mut arguments = self.arguments.iter();
        arguments
            .find_map(|argument| argument.strip_prefix("--database-url="))
            .unwrap()
    }

    /// The main process of the database server, if there is one.
    pub fn database_pid(&self) -> Option<u32> {
        self.database.as_ref()?.server_pid()
    }

    /// The data folder that the nodes share.
    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// Runs a command of the binary on the data of the nodes, such as `recount`, and returns its output. It
    /// must succeed. An embedded node must have ended, as it has its database to itself.
    pub fn run_command(&self, command: &str) -> String {
        let mut process = Command::new(courtside());
        let output = process.arg(command).args(self.node_arguments()).output();
        let output = output.unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success(), "{command}: {text}");
        text
    }

    /// The URL of the first node.
    pub fn url(&self) -> &str {
        self.nodes[0].url()
    }

    /// A client without an account, with an IP address of its own.
    pub fn anonymous(&self) -> TestUser {
        let number = self.addresses.fetch_add(1, Ordering::Relaxed);
        let [_, high, middle, low] = number.to_be_bytes();
        let address = format!("10.{high}.{middle}.{low}");
        let urls = self
            .nodes
            .iter()
            .map(|node| node.url().to_owned())
            .collect();
        TestUser::new(urls, address)
    }

    /// A registered user with a verified email address, who is logged in.
    pub async fn user(&self, name: &str) -> TestUser {
        let mut user = self.anonymous();
        user.register(name).await;
        user.verify_email().await;
        user.log_in().await;
        user
    }
}

/// The arguments of nodes on a database and, if there are several, on a Redis server with a prefix.
fn arguments(database: &str, redis: Option<(&str, &str)>, extra: &[String]) -> Vec<String> {
    let mut arguments = vec![
        "--listen=127.0.0.1:0".to_owned(),
        format!("--database-url={database}"),
        // Each user of a test has an IP address of their own.
        "--trusted-proxies=127.0.0.1".to_owned(),
    ];
    let is_set = |name| extra.iter().any(|argument| argument == name);
    if !is_set("--shutdown-delay") {
        // There is no load balancer.
        arguments.push("--shutdown-delay=0".to_owned());
    }
    if !is_set("--public-url") {
        // The public URL is the issuer of tokens, on which the nodes must agree.
        arguments.push("--public-url=http://localhost:8080".to_owned());
    }
    if let Some((url, prefix)) = redis {
        arguments.push(format!("--redis-url={url}"));
        arguments.push(format!("--redis-prefix={prefix}"));
    }
    arguments.extend_from_slice(extra);
    arguments
}
