//! Catching up: a client that was away gets exactly what it missed, in order, or is told to read
//! the state again.

use contract::frames::{Resume, Resync};
use kernel::UserId;
use store::outbox::{self, Missed};

use crate::ws::connection::{Line, Refused};
use crate::ws::hub::{Held, is_for_the_hub, told};

/// The most events that are told again on one stream.
const MOST: i64 = 500;

/// Tells what the client missed on its streams, and then lets go of what came meanwhile.
pub(super) async fn resume(
    line: &Line,
    user: UserId,
    wanted: &Resume,
    held: Vec<Held>,
) -> Result<(), Refused> {
    let mut lost: Vec<&str> = vec![];
    for (stream, position) in &wanted.streams {
        let Some(held) = held.iter().find(|held| held.topic() == stream.as_str()) else {
            lost.push(stream);
            continue;
        };
        let (name, since, until) = (stream.clone(), *position, held.from);
        let missed = line
            .services
            .store
            .read(move |conn| outbox::missed(conn, &name, since.epoch, since.seq, MOST));
        match missed.await? {
            // What came after the socket joined is held back, and follows.
            Missed::Events(events) => events
                .into_iter()
                .filter(|event| event.seq <= until.seq)
                .filter_map(told)
                .filter(|message| !is_for_the_hub(message))
                .for_each(|message| line.client.tell(&message)),
            Missed::Resync => lost.push(stream),
        }
    }
    if !lost.is_empty() {
        let streams = lost.iter().map(ToString::to_string).collect();
        tracing::debug!(%user, "a client is told to read again");
        line.tell("resync", &Resync { streams })?;
    }
    held.into_iter().for_each(Held::release);
    Ok(())
}
