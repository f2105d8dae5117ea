//! What becomes of the queue's users whose match is not played.

use std::time::Duration;

use contract::queue::Queued;
use games::{
    ClaimedMatch, MatchCancelReason, MatchEnding, MatchMode, MatchStore, QueueService, Seat,
    StoredMatches,
};
use kernel::Actor;
use serde_json::{Value, json};
use testkit::{Database, database_tests};

use crate::fixture::{Fixture, ended, seat_of};
use crate::queue::{Node, found};

database_tests!(
    present_player_returns_to_the_old_place,
    player_whose_opponent_leaves_before_the_start_returns,
    player_who_has_left_the_queue_does_not_return,
    nobody_returns_who_was_absent,
    nobody_returns_from_other_matches,
);

/// Two users with a match from the queue, for which ada had waited seven seconds.
struct Paired {
    fixture: Fixture,
    node: Node,
    matches: StoredMatches,
    ada: Actor,
    bob: Actor,
    claimed: ClaimedMatch,
}

impl Paired {
    async fn new(database: Database) -> Self {
        let fixture = Fixture::new(database).await;
        let node = Node::matching(&fixture);
        let matches = fixture.matches.clone().with_queue(node.queue.clone());
        let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
        node.enter(&ada, json!({"score_to_win": 7})).await.unwrap();
        fixture.advance(Duration::from_secs(7));
        node.enter(&bob, json!({})).await.unwrap();
        let (id, _) = found(&fixture, [&ada, &bob]).await;
        let claimed = matches.claim(id.parse().unwrap()).await.unwrap().unwrap();
        fixture.advance(Duration::from_secs(20));
        Self {
            fixture,
            node,
            matches,
            ada,
            bob,
            claimed,
        }
    }

    async fn cancel(&self, reason: MatchCancelReason, at_fault: &[&Actor]) {
        let at_fault = Seat::BOTH.map(|seat| {
            let mut guilty = at_fault.iter();
            guilty.any(|user| seat_of(&self.claimed, user) == seat)
        });
        let ending = MatchEnding::Canceled { reason, at_fault };
        let end = ended(&self.claimed, ending);
        self.matches.end(end.clone()).await.unwrap().unwrap();
        assert!(self.matches.end(end).await.unwrap().is_some(), "once more");
    }

    async fn place(&self, user: &Actor) -> Option<Queued> {
        self.node.queue.place(user.user, "pong").await.unwrap()
    }

    /// The data of the event that the match was canceled.
    async fn ended(&self, user: &Actor) -> Value {
        let mut events = self.fixture.events(user).await;
        events.retain(|(name, _)| name == "match_canceled");
        assert_eq!(events.len(), 1);
        events.remove(0).1
    }
}

async fn present_player_returns_to_the_old_place(database: Database) {
    let paired = Paired::new(database).await;
    let Paired {
        fixture, ada, bob, ..
    } = &paired;
    paired.cancel(MatchCancelReason::NoShow, &[bob]).await;
    let place = paired.place(ada).await.unwrap();
    assert_eq!((place.position, place.waited), (1, 27));
    assert_eq!(paired.place(bob).await, None);
    assert_eq!(paired.ended(ada).await["requeued"], true);
    assert_eq!(paired.ended(bob).await["requeued"], false);
    let cat = fixture.user("cat");
    paired.node.enter(&cat, json!({})).await.unwrap();
    let (id, opponents) = found(fixture, [&cat, ada]).await;
    assert_eq!(opponents, ["ada", "cat"]);
    let shown = fixture.games.get(ada, id.parse().unwrap()).await.unwrap();
    assert_eq!(shown.options["score_to_win"], 7, "what ada had asked for");
    // The absent one gets a strike each time, until they are barred.
    paired.node.enter(bob, json!({})).await.unwrap();
}

async fn player_whose_opponent_leaves_before_the_start_returns(database: Database) {
    let paired = Paired::new(database).await;
    paired
        .cancel(MatchCancelReason::Declined, &[&paired.ada])
        .await;
    assert_eq!(paired.place(&paired.ada).await, None);
    assert_eq!(paired.place(&paired.bob).await.unwrap().waited, 20);
}

async fn player_who_has_left_the_queue_does_not_return(database: Database) {
    let paired = Paired::new(database).await;
    let queue = &paired.node.queue;
    queue.leave(paired.ada.user, "pong").await.unwrap();
    paired
        .cancel(MatchCancelReason::NoShow, &[&paired.bob])
        .await;
    assert_eq!(paired.place(&paired.ada).await, None);
    assert_eq!(paired.ended(&paired.ada).await["requeued"], false);
    paired.node.enter(&paired.ada, json!({})).await.unwrap();
}

async fn nobody_returns_who_was_absent(database: Database) {
    let paired = Paired::new(database).await;
    let both = [&paired.ada, &paired.bob];
    paired.cancel(MatchCancelReason::NoShow, &both).await;
    for user in both {
        assert_eq!(paired.place(user).await, None);
        paired.node.enter(user, json!({})).await.unwrap();
    }
}

async fn nobody_returns_from_other_matches(database: Database) {
    let paired = Paired::new(database).await;
    // It had begun.
    paired
        .cancel(MatchCancelReason::Abort, &[&paired.bob])
        .await;
    assert_eq!(paired.place(&paired.ada).await, None);
    let (fixture, ada, bob) = (&paired.fixture, &paired.ada, &paired.bob);
    let invited = fixture.start(MatchMode::Invite, ada, bob).await;
    let ending = MatchEnding::Canceled {
        reason: MatchCancelReason::NoShow,
        at_fault: Seat::BOTH.map(|seat| seat == seat_of(&invited, bob)),
    };
    let end = ended(&invited, ending);
    paired.matches.end(end).await.unwrap().unwrap();
    paired.fixture.advance(Duration::from_secs(2));
    assert_eq!(paired.place(ada).await, None);
}
