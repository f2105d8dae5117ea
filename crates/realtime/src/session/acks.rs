//! Responses to frames.

use std::collections::BTreeMap;

use contract::catalogue::EventName;
use contract::frames::{Pong, Problem};
use kernel::{AppError, Env, Timestamp};
use serde::Deserialize;
use telemetry::log_error;
use validator::Validate;

use crate::connection::Connection;
use crate::incoming::Incoming;
use crate::refusal::{Done, Refused};

/// The data of a frame that needs none.
#[derive(Debug, Deserialize, Validate)]
struct PingData {}

/// Answers an action that was [deferred](Done::deferred).
pub fn answer(
    connection: &Connection,
    now: Timestamp,
    cid: Option<&str>,
    result: Result<Done, AppError>,
) {
    match result {
        Ok(done) => acknowledge(connection, now, cid, done),
        Err(error) => refuse(connection, now, cid, &error),
    }
}

/// Acknowledges a frame, if it has a `cid`.
pub(crate) fn acknowledge(connection: &Connection, now: Timestamp, cid: Option<&str>, done: Done) {
    let Some(cid) = cid.filter(|_| !done.is_deferred()) else {
        return;
    };
    if let Err(error) = connection.respond(EventName::Ack, &done.ack(cid), now) {
        tracing::error!(error = %error.chain(), "acknowledgement not encoded");
    }
}

/// Sends the error of a frame.
pub(crate) fn refuse(connection: &Connection, now: Timestamp, cid: Option<&str>, error: &AppError) {
    log_error("action refused", None, error);
    let mut fields = BTreeMap::<&str, Vec<&str>>::new();
    for one in error.fields() {
        fields.entry(&one.field).or_default().push(&one.problem);
    }
    let problem = Problem {
        cid,
        code: error.code().name,
        message: error.code().meaning,
        fields,
        retry_after: error.retry_after_secs(),
    };
    if let Err(error) = connection.respond(EventName::Error, &problem, now) {
        tracing::error!(error = %error.chain(), "error frame not encoded");
    }
}

/// Answers a ping.
pub(crate) fn pong(connection: &Connection, env: &Env, frame: &Incoming) -> Result<(), Refused> {
    let PingData {} = frame.parse()?;
    let server_time = env.now();
    Ok(connection.respond(EventName::Pong, &Pong { server_time }, server_time)?)
}
