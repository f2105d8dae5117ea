//! What the server says about itself.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// The process runs.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(example = json!({"status": "alive"}))]
pub struct Alive {
    /// Always `alive`.
    pub status: &'static str,
}

/// Whether requests should be sent here.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"status": "ready", "checks": {"bus": "up", "database": "up"}}))]
pub struct Ready {
    /// Always `ready`; a server that is not answers 503.
    pub status: &'static str,
    /// What it needs, and how each of it is.
    pub checks: BTreeMap<&'static str, Condition>,
}

/// How something that the server needs is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// It answers.
    Up,
    /// It does not.
    Down,
}
