use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounts::prelude::*;
use async_trait::async_trait;
use data_encoding::BASE64;
use diesel::prelude::*;
use diesel::sql_types::Text;
use kernel::Secret;
use mail::{Mail, MailError, Mailer};

use crate::fixture::Fixture;
use crate::requests::{account, home};
use crate::test_users::until;

testkit::database_tests!(
    queued_mail_is_encrypted,
    mail_is_retried_after_a_temporary_failure,
    mail_is_dropped_after_a_permanent_failure,
    expired_mail_is_not_sent,
    refused_registration_sends_no_mail,
);

/// A mail server that always gives the same response, and records the mails.
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

async fn backlog(fixture: &Fixture) -> (i64, i64) {
    let read = fixture.store.read(jobs::backlog);
    read.await.unwrap()
}

async fn queued_mail_is_encrypted(fixture: Fixture) {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        payload: String,
    }
    fixture.register("ada").await.unwrap();
    let read = |conn: &mut db::AnyConn| {
        let query = diesel::sql_query("SELECT CAST(payload AS text) AS payload FROM jobs");
        Ok(db::match_backend!(conn, c => query.get_result::<Row>(c))?.payload)
    };
    let payload = fixture.store.read(read).await.unwrap();
    let job: serde_json::Value = serde_json::from_str(&payload).unwrap();
    let sealed = BASE64.decode(job["sealed"].as_str().unwrap().as_bytes());
    let sealed = String::from_utf8_lossy(&sealed.unwrap()).into_owned();
    // Long enough that encrypted bytes do not contain it by chance.
    assert!(!payload.contains("ada@example.org") && !sealed.contains("ada@example.org"));
    let _worker = fixture.start_worker();
    fixture
        .mail("ada@example.org", "Verify your email address")
        .await;
}

async fn mail_is_retried_after_a_temporary_failure(fixture: Fixture) {
    let server = Server::new(|| Err(MailError::Temporary("away".into())));
    let accounts = fixture.with_parts(|parts| parts.mailer = server.clone());
    let _worker = fixture.start_worker_for(&accounts);
    fixture.register("ada").await.unwrap();
    until("it was tried", async || server.count() == 1).await;
    let waits = async || {
        let read = fixture
            .store
            .read(|conn| jobs::attempts(conn, "accounts.mail"));
        read.await.unwrap() == [1]
    };
    until("it waits", waits).await;
    fixture.advance(Duration::from_secs(2));
    until("it was tried again", async || server.count() == 2).await;
    let sent = server.sent.lock().unwrap();
    assert_eq!(sent[0].id, sent[1].id, "it is the same mail");
}

async fn mail_is_dropped_after_a_permanent_failure(fixture: Fixture) {
    let server = Server::new(|| Err(MailError::Permanent("no such user".into())));
    let accounts = fixture.with_parts(|parts| parts.mailer = server.clone());
    let _worker = fixture.start_worker_for(&accounts);
    accounts.register(account("ada"), &home()).await.unwrap();
    until("it is settled", async || {
        server.count() == 1 && backlog(&fixture).await == (0, 0)
    })
    .await;
}

async fn expired_mail_is_not_sent(fixture: Fixture) {
    fixture.register("ada").await.unwrap();
    fixture.advance(Duration::from_secs(24 * 60 * 60));
    let _worker = fixture.start_worker();
    until("it is settled", async || backlog(&fixture).await == (0, 0)).await;
    assert!(fixture.mailbox.newest().is_empty());
}

async fn refused_registration_sends_no_mail(fixture: Fixture) {
    fixture.register("ada").await.unwrap();
    let mut taken = account("bea");
    taken.email = "ada@example.org".to_owned();
    fixture.accounts.register(taken, &home()).await.unwrap_err();
    let mut weak = account("cid");
    (weak.password, weak.password_confirm) = (Secret::new("x"), Secret::new("x"));
    fixture.accounts.register(weak, &home()).await.unwrap_err();
    assert_eq!(backlog(&fixture).await, (1, 0));
}
