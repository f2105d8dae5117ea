//! The statements of each kind of job. Kinds that run in batches take as many for many jobs as for one.

use e2e::{PASSWORD, TestUser};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::meter::{Cost, Meter};
use super::{create_users, id_in, write};
use crate::notifications::grant;
use crate::profiles::png;
use crate::sessions::execute;

const MANY: u64 = 20;
const REQUESTS: &str = "/api/v1/friends/requests/";

pub(super) async fn measure(meter: &Meter<'_>) {
    let paul = mails(meter).await;
    let others = join_all((0..=MANY).map(async |n| meter.app.user(&format!("other{n}")).await));
    let others = others.await;
    let (first, many) = others.split_first().unwrap();
    Batches::new(meter, &paul, first, many).run().await;
    accounts(meter, paul).await;
    invites(meter, [first, &many[0]]).await;
    tournament(meter, first).await;
    broadcast(meter).await;
}

/// The check-in of a tournament begins.
async fn tournament(meter: &Meter<'_>, organizer: &TestUser) {
    let cup = crate::tournaments::cup("single_elimination", 8);
    let created = crate::tournaments::create(organizer, cup).await;
    crate::tournaments::begin_check_in(organizer, &created).await;
    meter.first_job("tournaments.timer").await;
}

impl Meter<'_> {
    /// Measures a kind of job that has run once since the server started.
    async fn first_job(&self, kind: &str) {
        let label = format!("job {kind}");
        let totals = self.totals_after(&label, 1).await;
        self.note(&label, totals.cost);
    }
}

async fn mails(meter: &Meter<'_>) -> TestUser {
    let mut paul = meter.app.anonymous();
    paul.register("paul").await;
    meter.first_job("accounts.mail").await;
    paul.verify_email().await;
    paul.log_in().await;
    let forgot = json!({"email": paul.email()});
    let path = "/api/v1/auth/password/forgot/";
    paul.post(path, forgot).await.expect(200);
    meter.first_job("accounts.forgot").await;
    paul
}

/// Friend requests and messages of one user, and then of many at once.
struct Batches<'a> {
    meter: &'a Meter<'a>,
    paul: &'a TestUser,
    first: &'a TestUser,
    many: &'a [TestUser],
}

impl<'a> Batches<'a> {
    fn new(
        meter: &'a Meter<'a>,
        paul: &'a TestUser,
        first: &'a TestUser,
        many: &'a [TestUser],
    ) -> Self {
        Self {
            meter,
            paul,
            first,
            many,
        }
    }

    async fn run(&self) {
        let ask = async |other: &TestUser| {
            let body = json!({"username": "paul"});
            let asked = other.post(REQUESTS, body).await.expect(201).data();
            id_in(&asked["request"])
        };
        let one = ask(self.first).await;
        self.meter.first_job("notify").await;
        // Digests are sent at once.
        self.meter.first_job("notify.gather").await;
        self.meter.first_job("notify.send").await;
        let many = join_all(self.many.iter().map(ask)).await;
        self.compare("notify", 1).await;

        let accept = async |id: String| {
            let path = format!("{REQUESTS}{id}/accept/");
            self.paul.post(&path, json!({})).await.expect(200);
        };
        accept(one).await;
        self.meter.first_job("notify.settle").await;
        join_all(many.into_iter().map(accept)).await;
        self.compare("notify.settle", 1).await;

        let say = async |other: &TestUser| {
            let chat = other.chat_with(self.paul).await;
            write(other, &chat, "hello").await;
        };
        say(self.first).await;
        self.meter.first_job("chat.call").await;
        join_all(self.many.iter().map(say)).await;
        self.compare("chat.call", 1).await;

        let block = async |other: &TestUser| {
            let body = json!({"username": "paul"});
            other.post("/api/v1/blocks/", body).await.expect(201);
        };
        block(self.first).await;
        self.meter.first_job("notify.part").await;
        join_all(self.many.iter().map(block)).await;
        self.compare("notify.part", 1).await;
    }

    /// Checks, after many more jobs of a kind have run, that no batch took more statements than a single
    /// job.
    async fn compare(&self, kind: &str, before: u64) {
        let label = format!("job {kind}");
        let one = self.meter.measured(&label);
        let all = self.meter.totals_after(&label, before + MANY).await;
        let many = all.cost - one;
        assert_eq!(one.transactions, 1, "{label}");
        let statements = one.statements * many.transactions;
        let transactions = many.transactions;
        assert_eq!(
            many,
            Cost {
                statements,
                transactions
            },
            "{label}"
        );
    }
}

async fn accounts(meter: &Meter<'_>, paul: TestUser) {
    let upload = paul
        .authenticated_request(Method::POST, "/api/v1/users/profile/avatar/")
        .header("content-type", "image/png")
        .body(png(64, 64));
    paul.send(upload).await.expect(200);
    let path = "/api/v1/users/profile/avatar/";
    paul.delete(path).await.expect(200);
    meter.first_job("accounts.sweep_picture").await;
    let path = "/api/v1/users/profile/export/";
    paul.post(path, json!({})).await.expect(201);
    meter.first_job("accounts.gather_export").await;
    let proof = json!({"password": PASSWORD});
    let path = "/api/v1/users/profile/";
    let deleted = paul
        .authenticated_request(Method::DELETE, path)
        .json(&proof);
    paul.send(deleted).await.expect(200);
    meter.first_job("accounts.end_export").await;
    meter.first_job("accounts.forget").await;
    bring_forward(meter, "accounts.rename");
    meter.first_job("accounts.rename").await;
}

/// Makes the jobs of a kind due now.
fn bring_forward(meter: &Meter<'_>, kind: &str) {
    let due = "(SELECT min(created_at) FROM users)";
    let update = format!("UPDATE jobs SET run_at = {due} WHERE kind = '{kind}'");
    execute(meter.app, &update);
}

async fn invites(meter: &Meter<'_>, [one, other]: [&TestUser; 2]) {
    super::invites::invited(one, other).await;
    execute(meter.app, "UPDATE invites SET expires_at = created_at");
    bring_forward(meter, "invites.expire");
    meter.first_job("invites.expire").await;
}

async fn broadcast(meter: &Meter<'_>) {
    let [mut chief] = create_users(meter.app, ["chief"]).await;
    grant(meter.app, "chief");
    chief.log_in().await;
    let mut socket = meter.app.open_socket(&chief, 0, "/ws/events/").await.0;
    let word = json!({"message": "We are away on Sunday.", "type": "maintenance"});
    socket.expect_ack("notification", word).await;
    meter.first_job("notify.broadcast").await;
}
