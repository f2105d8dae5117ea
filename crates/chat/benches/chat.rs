//! Benchmarks of chat: `cargo bench -p chat --bench chat`. `COURTSIDE_BENCH_MESSAGES=1000000` sets the
//! number of messages of the large chat, by default 100,000.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    unused_crate_dependencies
)]

mod fixture;

use contract::chat::ChatId;
use db::{BulkStatement, DbTime, DbUuid, Tx};
use diesel::sql_types::{BigInt, Text};
use divan::{Bencher, counter::ItemsCount};
use fixture::{ChatFixture, DATABASES, message, open};
use kernel::{Actor, Cursor, PageRequest};

fn main() {
    divan::main();
}

/// The number of messages that each caller sends in one sample.
const MESSAGES_PER_CALLER: usize = 10;

/// Each caller sends messages in its own conversation, one after the other.
#[divan::bench(args = [1, 64, 512], consts = [0, 1], sample_count = 20)]
fn send_direct_message<const DATABASE: usize>(bencher: Bencher<'_, '_>, callers: usize) {
    let Some(fixture) = open(DATABASES[DATABASE]) else {
        return;
    };
    let conversations = fixture.conversations(callers);
    bencher
        .counter(ItemsCount::new(callers * MESSAGES_PER_CALLER))
        .bench_local(|| {
            fixture.runtime.block_on(async {
                let tasks: Vec<_> = conversations
                    .iter()
                    .map(|(actor, id)| {
                        let (chat, env) = (fixture.chat.clone(), fixture.env.clone());
                        let (actor, id) = (*actor, *id);
                        tokio::spawn(async move {
                            for _ in 0..MESSAGES_PER_CALLER {
                                chat.send_message(&actor, message(id, &env)).await.unwrap();
                            }
                        })
                    })
                    .collect();
                for task in tasks {
                    task.await.unwrap();
                }
            });
        });
}

/// Lists 20 messages of a large chat: the newest, from the middle, and the oldest.
#[divan::bench(args = [0.0, 0.5, 0.999], consts = [0, 1], sample_count = 50, sample_size = 20)]
fn list_messages_of_large_chat<const DATABASE: usize>(bencher: Bencher<'_, '_>, depth: f64) {
    let Some(fixture) = open(DATABASES[DATABASE]) else {
        return;
    };
    let (actor, chat) = fixture.conversations(1)[0];
    let count = large_chat_size();
    fill(&fixture, actor, chat, count);
    let cursor = cursor_at(&fixture, actor, chat, (count as f64 * depth) as i64);
    let page = PageRequest::default();
    bencher.bench_local(|| {
        let listed = fixture.chat.list_messages(&actor, chat, cursor, page);
        fixture.runtime.block_on(listed).unwrap()
    });
}

/// Lists ten conversations with their newest messages.
#[divan::bench(consts = [0, 1], sample_count = 50, sample_size = 20)]
fn list_of_ten_conversations<const DATABASE: usize>(bencher: Bencher<'_, '_>) {
    let Some(fixture) = open(DATABASES[DATABASE]) else {
        return;
    };
    let actor = fixture.user();
    let write = async {
        for _ in 0..10 {
            let peer = fixture.user();
            let opened = fixture
                .chat
                .open_conversation(&actor, &peer.user.to_string())
                .await
                .unwrap();
            let post = message(opened.conversation.chat_id, &fixture.env);
            fixture.chat.send_message(&peer, post).await.unwrap();
        }
    };
    fixture.runtime.block_on(write);
    bencher.bench_local(|| {
        let list = fixture
            .chat
            .list_conversations(&actor, PageRequest::default());
        fixture.runtime.block_on(list).unwrap()
    });
}

fn large_chat_size() -> i64 {
    let size = std::env::var("COURTSIDE_BENCH_MESSAGES").ok();
    size.and_then(|count| count.parse().ok()).unwrap_or(100_000)
}

fn cursor_at(fixture: &ChatFixture, actor: Actor, chat: ChatId, depth: i64) -> Cursor {
    if depth == 0 {
        return Cursor::Newest;
    }
    let page = PageRequest {
        limit: 1,
        offset: depth,
    };
    let found = fixture
        .chat
        .list_messages(&actor, chat, Cursor::Newest, page);
    let found = fixture.runtime.block_on(found).unwrap();
    Cursor::Before(found.messages[0].id.uuid())
}

/// Inserts messages directly, which is faster than sending them.
fn fill(fixture: &ChatFixture, actor: Actor, chat: ChatId, count: i64) {
    let seqs: Vec<i64> = (1..=count).collect();
    for chunk in seqs.chunks(2_000) {
        let chunk = chunk.to_vec();
        let write = move |tx: &mut Tx<'_>| insert(tx, actor, chat, chunk);
        fixture
            .runtime
            .block_on(fixture.store.write(write))
            .unwrap();
    }
    let finish = move |tx: &mut Tx<'_>| {
        use diesel::connection::SimpleConnection;
        tx.conn
            .batch_execute(&format!("UPDATE chats SET last_seq = {count}"))?;
        Ok(())
    };
    fixture
        .runtime
        .block_on(fixture.store.write(finish))
        .unwrap();
    let analyze = |conn: &mut db::AnyConn| {
        use diesel::connection::SimpleConnection;
        if let db::AnyConn::Postgres(pg) = conn {
            pg.batch_execute("ANALYZE chat_messages")?;
        }
        Ok(())
    };
    fixture
        .runtime
        .block_on(fixture.store.read(analyze))
        .unwrap();
}

fn insert(
    tx: &mut Tx<'_>,
    actor: Actor,
    chat: ChatId,
    seqs: Vec<i64>,
) -> Result<(), kernel::AppError> {
    let (env, count) = (tx.env(), seqs.len());
    let now = env.now();
    BulkStatement::<'_, ()>::new(
        "INSERT INTO chat_messages (chat_id, seq, id, sender, content, like_count, sent_at) \
         SELECT column1, column2, column3, column4, column5, 0, column6 FROM ",
        "",
    )
    .column::<DbUuid, _>(vec![chat; count])
    .column::<BigInt, _>(seqs)
    .column::<DbUuid, ChatId>((0..count).map(|_| env.id()).collect())
    .column::<DbUuid, _>(vec![actor.user; count])
    .column::<Text, _>(vec!["A message of some length, as users write them"; count])
    .column::<DbTime, _>(vec![now; count])
    .execute(tx.conn)?;
    Ok(())
}
