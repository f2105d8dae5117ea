//! Resource usage of processes as counted by the kernel, for the benchmarks.

use std::time::{Duration, Instant};

use crate::{App, client};

/// How long the usage of an idle deployment is measured.
const IDLE_TIME: Duration = Duration::from_secs(4);
/// Follow-up jobs are due after two seconds, and waiting jobs are counted every five.
const SETTLE_TIME: Duration = Duration::from_secs(8);

/// User and system time of the servers and of the database.
#[derive(Debug, Clone, Copy, Default)]
pub struct CpuTime {
    /// All nodes.
    pub server: Duration,
    /// All processes of the database server; zero on SQLite.
    pub database: Duration,
}

impl CpuTime {
    /// The usage so far.
    fn now(app: &App) -> Self {
        Self {
            server: cpu(app),
            database: app.database_pid().map(cpu_of_tree).unwrap_or_default(),
        }
    }

    fn since(self, before: Self) -> Self {
        Self {
            server: self.server.saturating_sub(before.server),
            database: self.database.saturating_sub(before.database),
        }
    }

    fn times(self, factor: f64) -> Self {
        Self {
            server: self.server.mul_f64(factor),
            database: self.database.mul_f64(factor),
        }
    }

    /// The usage per operation.
    #[must_use]
    pub fn per_operation(self, count: usize) -> Self {
        self.times(1.0 / count as f64)
    }
}

impl std::fmt::Display for CpuTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (server, database) = (self.server, self.database);
        let all = server + database;
        write!(
            f,
            "{all:>8.1?} (server {server:.1?}, database {database:.1?})"
        )
    }
}

/// The usage of some work and of the jobs that follow from it, beyond the usage of idle servers.
#[allow(
    clippy::disallowed_methods,
    reason = "the idle use is scaled by the time that really passed"
)]
pub async fn cpu_time_of<T>(app: &App, work: impl Future<Output = T>) -> (CpuTime, T) {
    let before = CpuTime::now(app);
    tokio::time::sleep(IDLE_TIME).await;
    let idle = CpuTime::now(app).since(before);
    let (before, began) = (CpuTime::now(app), Instant::now());
    let output = work.await;
    wait_for_jobs(app).await;
    let spent = CpuTime::now(app).since(before);
    let idle = idle.times(began.elapsed().as_secs_f64() / IDLE_TIME.as_secs_f64());
    (spent.since(idle), output)
}

/// Waits until no due job is left.
async fn wait_for_jobs(app: &App) {
    tokio::time::sleep(SETTLE_TIME).await;
    while jobs_waiting(app).await > 0.0 {
        tokio::time::sleep(SETTLE_TIME).await;
    }
}

async fn jobs_waiting(app: &App) -> f64 {
    let metrics = client().get(format!("{}/metrics", app.url()));
    let text = metrics.send().await.unwrap().text().await.unwrap();
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix("courtside_jobs_waiting "));
    line.map_or(f64::INFINITY, |count| count.parse().unwrap())
}

/// User and system time of all nodes.
pub fn cpu(app: &App) -> Duration {
    app.nodes.iter().map(|node| cpu_of(node.pid())).sum()
}

/// User and system time of a process and its children, including ended ones.
fn cpu_of_tree(pid: u32) -> Duration {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    let children = children.split_whitespace().map(|pid| pid.parse().unwrap());
    let living: Duration = children
        .map(|child| ticks(child, 11..13).unwrap_or_default())
        .sum();
    living + ticks(pid, 11..15).unwrap_or_default()
}

/// The sum of some fields of a process that count ticks of 10 ms; `None` if it has ended.
fn ticks(pid: u32, fields: std::ops::Range<usize>) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let all: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let counts = all.get(fields)?.iter();
    let ticks: u64 = counts.map(|count| count.parse::<u64>().unwrap()).sum();
    Some(Duration::from_millis(ticks * 10))
}

/// User and system time of a process, in ticks of 10 ms.
pub fn cpu_of(pid: u32) -> Duration {
    ticks(pid, 11..13).unwrap()
}

/// The time that this thread was on a processor.
pub fn cpu_of_this_thread() -> Duration {
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(schedule.split(' ').next().unwrap().parse().unwrap())
}

/// The resident set of a process in KiB.
pub fn memory_of(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let mut lines = status.lines();
    let line = lines.find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
