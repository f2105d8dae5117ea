//! The order in which transactions lock the rows of matches and of their journals.

use diesel::connection::SimpleConnection;
use games::{MatchHead, MatchMode, MatchStore};
use testkit::Database;

use crate::fixture::Fixture;
use crate::meetings::{OpenTransaction, until_one_waits};

testkit::postgres_tests!(release_locks_matches_before_journals);

/// While somebody holds the journal of a match, whoever gives the match up has locked the match already.
async fn release_locks_matches_before_journals(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let claimed = fixture.start(MatchMode::Ranked, &ada, &bob).await;
    let id = claimed.id;
    let sql = format!("SELECT 1 FROM match_heads WHERE match_id = '{id}' FOR UPDATE");
    let journal = OpenTransaction::begin(&fixture.store, sql).await;
    let matches = fixture.matches.clone();
    let head = MatchHead {
        id,
        epoch: claimed.epoch,
        tick: 60,
        snapshot: vec![1],
        tail: vec![],
        lifecycle: "playing".to_owned(),
        points: "[]".to_owned(),
        seqs: [0; 2],
        chunk: None,
        chunks: 0,
    };
    let releasing = tokio::spawn(async move { matches.release(vec![head]).await });
    until_one_waits(&fixture.store).await;
    let lock = format!("SELECT 1 FROM matches WHERE id = '{id}' FOR UPDATE NOWAIT");
    let locked = fixture
        .store
        .write(move |tx| Ok(tx.conn.batch_execute(&lock)?));
    assert!(locked.await.is_err(), "the match is locked");
    journal.commit().await;
    releasing.await.unwrap().unwrap();
    let (_, other) = fixture.other_node();
    assert!(other.claim(id).await.unwrap().is_some());
}
