//! PostgreSQL goes away under two nodes: everybody is answered in time, and then all is as before.

use std::time::Duration;

use e2e::{App, Person, Socket, name, until};
use serde_json::json;
use testbed::PrivatePostgres;

const EVENTS: &str = "/ws/events/";
const PROFILE: &str = "/api/v1/users/profile/";
/// An answer takes four seconds at most, and a little more on a busy machine.
const ANSWERED_WITHIN: Duration = Duration::from_secs(7);

struct Two {
    app: App,
    ada: Person,
    bob: Person,
    at_ada: Socket,
    at_bob: Socket,
    chat: String,
}

async fn two(server: &PrivatePostgres) -> Option<Two> {
    let app = App::with().cluster_on(server)?;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    ada.befriend(&bob).await;
    let chat = ada.chat_with(&bob).await;
    let mut at_ada = app.greeted(&ada, 0, EVENTS).await.0;
    let mut at_bob = app.greeted(&bob, 1, EVENTS).await.0;
    at_ada.settled().await;
    at_bob.settled().await;
    Some(Two {
        app,
        ada,
        bob,
        at_ada,
        at_bob,
        chat,
    })
}

async fn in_time<T>(answer: impl Future<Output = T>) -> T {
    let answered = tokio::time::timeout(ANSWERED_WITHIN, answer).await;
    answered.expect("no answer in time")
}

impl Two {
    async fn say(&mut self, text: &str) {
        let said = json!({"chat_id": self.chat, "content": text});
        self.at_ada.done("new_message", said).await;
        let heard = self.at_bob.next_named("new_message").await;
        assert_eq!(heard["data"]["content"], text);
    }

    /// Whatever needs the database is refused in time.
    async fn all_are_refused(&mut self) {
        let asked = (0..50).map(|n| {
            let who = [&self.ada, &self.bob][n % 2].again();
            tokio::spawn(async move { in_time(who.get(PROFILE)).await })
        });
        for one in asked.collect::<Vec<_>>() {
            let answer = one.await.unwrap();
            answer.refused(503, "unavailable");
            assert!(!answer.header("retry-after").is_empty());
        }
        let said = json!({"chat_id": self.chat, "content": "lost"});
        let refused = self.at_ada.refused("new_message", said, "unavailable");
        in_time(refused).await;
        let opened = async {
            let mut new = self.app.socket(&self.bob, 1, EVENTS).await;
            new.first().await
        };
        assert_eq!(in_time(opened).await, Err(1013));
        let ready = self.app.visitor().get("/readyz").await;
        ready.refused(503, "not_ready");
    }

    /// All works again, and nothing of what was refused turns up.
    async fn heals(&mut self) {
        for person in [&self.ada, &self.bob] {
            until("requests are answered again", || async {
                person.get(PROFILE).await.status == 200
            })
            .await;
        }
        let said = json!({"chat_id": self.chat, "content": "again", "client_id": "after"});
        while name(&self.at_ada.ask("new_message", said.clone()).await) != "ack" {
            // Who asks again at once, and again, is taken for a flood.
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let heard = self.at_bob.next_named("new_message").await;
        assert_eq!(heard["data"]["content"], "again");
        let (_, hello) = self.app.greeted(&self.bob, 0, EVENTS).await;
        assert!(hello.is_object());
    }
}

#[tokio::test]
async fn frozen_postgres_is_answered_in_time_and_heals() {
    let Some(server) = testbed::private_postgres() else {
        return;
    };
    let Some(mut two) = two(&server).await else {
        return;
    };
    two.say("before").await;
    server.freeze();
    two.all_are_refused().await;
    server.thaw();
    two.heals().await;
    two.say("after").await;
}

#[tokio::test]
async fn stopped_postgres_is_answered_in_time_and_heals() {
    let Some(server) = testbed::private_postgres() else {
        return;
    };
    let Some(mut two) = two(&server).await else {
        return;
    };
    two.say("before").await;
    server.stop();
    two.all_are_refused().await;
    server.restart();
    two.heals().await;
    two.say("after").await;
}
