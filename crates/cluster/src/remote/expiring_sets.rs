//! Expiring sets over Redis.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use kernel::AppError;
use redis::{FromRedisValue, ParsingError, Pipeline, Script, Value};

use super::RedisClient;
use super::leases::millis;
use crate::{ExpiringSets, SetEntry, SetMember};

static PUT: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/put_members.lua")));

/// Entries per call of the script: others wait for Redis as long as one call lasts.
const CHUNK: usize = 200;

/// Expiring sets that all nodes share. Which members have ended is told by Redis' own clock alone.
pub(crate) struct RedisExpiringSets {
    client: Arc<RedisClient>,
}

impl RedisExpiringSets {
    pub(crate) fn new(client: Arc<RedisClient>) -> Self {
        Self { client }
    }

    fn key(&self, set: &str) -> String {
        self.client.key("set", set)
    }

    fn put_call(&self, entries: &[SetEntry<'_>], ttl: Duration, pipeline: &mut Pipeline) {
        let mut call = PUT.prepare_invoke();
        call.arg(millis(ttl));
        for entry in entries {
            call.key(self.key(entry.set))
                .arg(entry.member)
                .arg(entry.value);
        }
        pipeline.invoke_script(&call).ignore();
    }

    async fn run<T: FromRedisValue>(&self, pipeline: &Pipeline) -> Result<T, AppError> {
        let asked = self
            .client
            .run(|mut redis| async move { pipeline.query_async(&mut redis).await });
        asked.await
    }
}

#[async_trait]
impl ExpiringSets for RedisExpiringSets {
    async fn put(&self, entries: &[SetEntry<'_>], ttl: Duration) -> Result<(), AppError> {
        let mut pipeline = redis::pipe();
        pipeline.load_script(&PUT).ignore();
        for chunk in entries.chunks(CHUNK) {
            self.put_call(chunk, ttl, &mut pipeline);
        }
        self.run(&pipeline).await
    }

    async fn remove(&self, members: &[(&str, &str)]) -> Result<(), AppError> {
        let mut pipeline = redis::pipe();
        for (set, member) in members {
            pipeline.hdel(self.key(set), *member).ignore();
        }
        if pipeline.is_empty() {
            return Ok(());
        }
        self.run(&pipeline).await
    }

    async fn list(&self, sets: &[&str]) -> Result<Vec<Vec<SetMember>>, AppError> {
        let mut pipeline = redis::pipe();
        pipeline.cmd("TIME");
        for set in sets {
            pipeline.hgetall(self.key(set));
        }
        let answers = self.run(&pipeline).await?;
        read(answers).map_err(AppError::unavailable)
    }
}

/// The answers to `TIME` and to one `HGETALL` per set.
fn read(answers: Vec<Value>) -> Result<Vec<Vec<SetMember>>, ParsingError> {
    let mut answers = answers.into_iter();
    let time = answers.next().unwrap_or(Value::Nil);
    let (seconds, micros): (u64, u64) = redis::from_redis_value(time)?;
    let now = seconds * 1_000 + micros / 1_000;
    let read = |set| Ok(alive(redis::from_redis_value(set)?, now));
    answers.map(read).collect()
}

/// The members whose end has not come, without their ends.
fn alive(set: HashMap<String, Vec<u8>>, now: u64) -> Vec<SetMember> {
    let members = set.into_iter().filter_map(|(name, field)| {
        let (ends, value) = split(&field)?;
        (ends > now).then(|| SetMember {
            name,
            value: value.to_vec(),
        })
    });
    let mut members: Vec<SetMember> = members.collect();
    members.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    members
}

/// The end and the value in a field that the script has written.
fn split(field: &[u8]) -> Option<(u64, &[u8])> {
    let blank = field.iter().position(|byte| *byte == b' ')?;
    let (ends, value) = field.split_at(blank);
    let ends = std::str::from_utf8(ends).ok()?.parse().ok()?;
    Some((ends, value.get(1..)?))
}
