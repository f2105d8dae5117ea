//! What chat costs: `cargo bench -p chat --bench chat`. `COURTSIDE_BENCH_MESSAGES=1000000` makes
//! the large chat larger than its 100,000 messages.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    unused_crate_dependencies
)]

mod house;

use contract::chat::ChatId;
use db::{BulkStatement, DbTime, DbUuid, Tx};
use diesel::sql_types::{BigInt, Text};
use divan::{Bencher, counter::ItemsCount};
use house::{DATABASES, House, house, message};
use kernel::{Actor, Cursor, PageRequest};

fn main() {
    divan::main();
}

/// Messages that each caller sends in one sample.
const EACH: usize = 10;

/// Callers that write to as many people, each waiting for its answer before it goes on.
#[divan::bench(args = [1, 64, 512], consts = [0, 1], sample_count = 20)]
fn stored_direct_message<const DATABASE: usize>(bencher: Bencher<'_, '_>, callers: usize) {
    let Some(house) = house(DATABASES[DATABASE]) else {
        return;
    };
    let conversations = house.conversations(callers);
    bencher
        .counter(ItemsCount::new(callers * EACH))
        .bench_local(|| {
            house.runtime.block_on(async {
                let tasks: Vec<_> = conversations
                    .iter()
                    .map(|(actor, id)| {
                        let (chat, env) = (house.chat.clone(), house.env.clone());
                        let (actor, id) = (*actor, *id);
                        tokio::spawn(async move {
                            for _ in 0..EACH {
                                chat.send(&actor, message(id, &env)).await.unwrap();
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

/// A page of 20 of a large chat: at its end, in its middle, at its beginning.
#[divan::bench(args = [0.0, 0.5, 0.999], consts = [0, 1], sample_count = 50, sample_size = 20)]
fn page_of_a_large_chat<const DATABASE: usize>(bencher: Bencher<'_, '_>, depth: f64) {
    let Some(house) = house(DATABASES[DATABASE]) else {
        return;
    };
    let (actor, chat) = house.conversations(1)[0];
    let count = large();
    fill(&house, actor, chat, count);
    let keyset = at_depth(&house, actor, chat, (count as f64 * depth) as i64);
    let page = PageRequest::default();
    bencher.bench_local(|| {
        let history = house.chat.history(&actor, chat, keyset, page);
        house.runtime.block_on(history).unwrap()
    });
}

/// A list of ten conversations with their last messages.
#[divan::bench(consts = [0, 1], sample_count = 50, sample_size = 20)]
fn list_of_ten_conversations<const DATABASE: usize>(bencher: Bencher<'_, '_>) {
    let Some(house) = house(DATABASES[DATABASE]) else {
        return;
    };
    let me = house.person();
    let write = async {
        for _ in 0..10 {
            let other = house.person();
            let opened = house
                .chat
                .open_direct(&me, &other.user.to_string())
                .await
                .unwrap();
            let post = message(opened.conversation.chat_id, &house.env);
            house.chat.send(&other, post).await.unwrap();
        }
    };
    house.runtime.block_on(write);
    bencher.bench_local(|| {
        let list = house.chat.conversations(&me, PageRequest::default());
        house.runtime.block_on(list).unwrap()
    });
}

fn large() -> i64 {
    let wanted = std::env::var("COURTSIDE_BENCH_MESSAGES").ok();
    wanted
        .and_then(|count| count.parse().ok())
        .unwrap_or(100_000)
}

fn at_depth(house: &House, actor: Actor, chat: ChatId, depth: i64) -> Cursor {
    if depth == 0 {
        return Cursor::Newest;
    }
    let page = PageRequest {
        limit: 1,
        offset: depth,
    };
    let found = house.chat.history(&actor, chat, Cursor::Newest, page);
    let found = house.runtime.block_on(found).unwrap();
    Cursor::Before(found.messages[0].id.uuid())
}

/// Fills a chat without its doors, which would take a while.
fn fill(house: &House, actor: Actor, chat: ChatId, count: i64) {
    let seqs: Vec<i64> = (1..=count).collect();
    for some in seqs.chunks(2_000) {
        let some = some.to_vec();
        let write = move |tx: &mut Tx<'_>| insert(tx, actor, chat, some);
        house.runtime.block_on(house.store.write(write)).unwrap();
    }
    let finish = move |tx: &mut Tx<'_>| {
        use diesel::connection::SimpleConnection;
        tx.conn
            .batch_execute(&format!("UPDATE chats SET last_seq = {count}"))?;
        Ok(())
    };
    house.runtime.block_on(house.store.write(finish)).unwrap();
    let analyze = |conn: &mut db::AnyConn| {
        use diesel::connection::SimpleConnection;
        if let db::AnyConn::Postgres(pg) = conn {
            pg.batch_execute("ANALYZE chat_messages")?;
        }
        Ok(())
    };
    house.runtime.block_on(house.store.read(analyze)).unwrap();
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
    .column::<Text, _>(vec![
        "A message of some length, as people write them";
        count
    ])
    .column::<DbTime, _>(vec![now; count])
    .execute(tx.conn)?;
    Ok(())
}
