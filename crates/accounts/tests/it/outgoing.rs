use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounts::prelude::*;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::Text;
use kernel::Secret;
use mail::{Mail, MailError, Mailer};

use crate::company::until;
use crate::entrance::{account, home};
use crate::world::{World, each};

/// A mail server that says the same each time, and remembers what it was sent.
struct Server {
    answer: fn() -> Result<(), MailError>,
    sent: Mutex<Vec<Mail>>,
}

impl Server {
    fn new(answer: fn() -> Result<(), MailError>) -> Arc<Self> {
        let sent = Mutex::default();
        Arc::new(Self { answer, sent })
    }

    fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
}

#[async_trait]
impl Mailer for Server {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        self.sent.lock().unwrap().push(mail);
        (self.answer)()
    }

    async fn check(&self) -> Result<(), MailError> {
        Ok(())
    }
}

async fn backlog(world: &World) -> (i64, i64) {
    let read = world.store.read(jobs::backlog);
    read.await.unwrap()
}

#[tokio::test]
async fn a_letter_is_sealed_until_it_is_sent() {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        payload: String,
    }
    for world in each() {
        world.register("ada").await.unwrap();
        let read = |conn: &mut db::AnyConn| {
            let query = diesel::sql_query("SELECT CAST(payload AS text) AS payload FROM jobs");
            Ok(db::match_backend!(conn, c => query.get_result::<Row>(c))?.payload)
        };
        let payload = world.store.read(read).await.unwrap();
        assert!(payload.contains("sealed"));
        assert!(!payload.contains("ada") && !payload.contains("token"));
        let _working = world.working();
        world
            .letter("ada@example.org", "Confirm your e-mail address")
            .await;
    }
}

#[tokio::test]
async fn a_server_that_is_away_gets_the_mail_later() {
    for world in each() {
        let server = Server::new(|| Err(MailError::Temporary("away".into())));
        let accounts = world.beside(|parts| parts.mailer = server.clone());
        let _working = world.working_for(&accounts);
        world.register("ada").await.unwrap();
        until("it was tried", async || server.count() == 1).await;
        let waits = async || {
            let read = world
                .store
                .read(|conn| jobs::attempts(conn, "accounts.mail"));
            read.await.unwrap() == [1]
        };
        until("it waits", waits).await;
        world.wait(Duration::from_secs(2));
        until("it was tried again", async || server.count() == 2).await;
        let sent = server.sent.lock().unwrap();
        assert_eq!(sent[0].id, sent[1].id, "it is the same mail");
    }
}

#[tokio::test]
async fn what_a_server_refuses_for_good_is_not_sent_again() {
    for world in each() {
        let server = Server::new(|| Err(MailError::Permanent("no such user".into())));
        let accounts = world.beside(|parts| parts.mailer = server.clone());
        let _working = world.working_for(&accounts);
        accounts.register(account("ada"), &home()).await.unwrap();
        until("it is settled", async || {
            server.count() == 1 && backlog(&world).await == (0, 0)
        })
        .await;
    }
}

#[tokio::test]
async fn a_code_that_has_ended_is_not_sent() {
    for world in each() {
        world.register("ada").await.unwrap();
        world.wait(Duration::from_secs(24 * 60 * 60));
        let _working = world.working();
        until("it is settled", async || backlog(&world).await == (0, 0)).await;
        assert!(world.mailbox.newest().is_empty());
    }
}

#[tokio::test]
async fn a_refused_registration_sends_nothing() {
    for world in each() {
        world.register("ada").await.unwrap();
        let mut taken = account("bea");
        taken.email = "ada@example.org".to_owned();
        world.accounts.register(taken, &home()).await.unwrap_err();
        let mut weak = account("cid");
        (weak.password, weak.password_confirm) = (Secret::new("x"), Secret::new("x"));
        world.accounts.register(weak, &home()).await.unwrap_err();
        assert_eq!(backlog(&world).await, (1, 0));
    }
}
