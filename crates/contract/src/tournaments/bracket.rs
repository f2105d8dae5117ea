//! Brackets, tables and recaps.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{EntrantState, TournamentStatus};
use crate::invites::MatchId;
use crate::matches::GameMatch;

/// The part of a tournament that a slot belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BracketPart {
    /// The bracket of single elimination, and the upper one of double elimination.
    Upper,
    /// The lower bracket of double elimination.
    Lower,
    /// The grand final of double elimination, whose round 2 is played if the champion of the lower bracket
    /// wins.
    Final,
    /// The match for the third place.
    ThirdPlace,
    /// The rounds of round robin.
    RoundRobin,
    /// The play-off of round robin.
    PlayOff,
    /// The rounds of Swiss.
    Swiss,
}

/// The state of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SlotState {
    /// Not both entrants are known.
    Unknown,
    /// Both are known; the match is called at `call_at`, or when both are free.
    Waiting,
    /// The match is open. Who is not there at `deadline` loses.
    Called,
    /// The match is played.
    Live,
    /// The match has a result.
    Done,
    /// One entrant went on without a match.
    Walkover,
    /// Nobody went on.
    Void,
}

/// How a slot was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SlotHow {
    /// It was played to its end.
    Played,
    /// One side gave up, or was away for too long.
    Forfeit,
    /// One side did not come, or both.
    NoShow,
    /// Who lost had left or was disqualified, or nobody came out of the slot before.
    Removal,
    /// There was no opponent.
    Bye,
    /// Swiss: the entrant asked not to be paired.
    RequestedBye,
    /// An organizer decided.
    Awarded,
    /// The deadline of the round came, and the score at that time counts.
    Judged,
}

/// An entrant in a bracket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "number": 3, "alias": "The Hammer", "seed": 2, "status": "playing", "place": null
}))]
pub struct BracketEntrant {
    /// The number, by which slots refer to it.
    pub number: i32,
    /// The name in the tournament.
    pub alias: String,
    /// The seed.
    #[schema(required)]
    pub seed: Option<i32>,
    /// The state.
    pub status: EntrantState,
    /// The place, once it is known.
    #[schema(required)]
    pub place: Option<i32>,
}

/// A pairing of a tournament.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "slot": "upper-2-1", "part": "upper", "round": 2, "position": 1, "entrants": [3, 4],
    "winner_to": "upper-3-1", "loser_to": null, "status": "done",
    "match_id": "01890a5d-ac96-774b-bcce-b302099a8060", "score": [5, 3], "winner": 3,
    "how": "played", "call_at": null, "deadline": null, "disputed": false
}))]
pub struct TournamentSlot {
    /// The name of the slot: its part, round and position.
    pub slot: String,
    /// Where it belongs.
    pub part: BracketPart,
    /// The round, from 1.
    pub round: i32,
    /// The position in the round, from 1.
    pub position: i32,
    /// The numbers of the entrants; null where one is not known, or there is none.
    pub entrants: [Option<i32>; 2],
    /// The slot that the winner goes to.
    #[schema(required)]
    pub winner_to: Option<String>,
    /// The slot that the loser goes to.
    #[schema(required)]
    pub loser_to: Option<String>,
    /// The state.
    pub status: SlotState,
    /// The match; the last one, if there were several.
    #[schema(value_type = Option<String>, format = Uuid, required)]
    pub match_id: Option<MatchId>,
    /// The points, in the order of the entrants; null without a match.
    #[schema(required)]
    pub score: Option<[i32; 2]>,
    /// The number of the winner; null in a draw, or if nobody won.
    #[schema(required)]
    pub winner: Option<i32>,
    /// How it was decided.
    #[schema(required)]
    pub how: Option<SlotHow>,
    /// When the match is called, at the earliest.
    #[schema(required)]
    pub call_at: Option<Timestamp>,
    /// Until when the entrants must have come.
    #[schema(required)]
    pub deadline: Option<Timestamp>,
    /// Whether a dispute about it is open.
    pub disputed: bool,
}

/// The place of an entrant in round robin and Swiss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "number": 3, "place": 1, "points": 2.5, "tie_breaks": [{"name": "buchholz", "value": 6.0}]
}))]
pub struct TournamentTableRow {
    /// The number of the entrant.
    pub number: i32,
    /// The place. Those with the same place share it.
    pub place: i32,
    /// The points: 1 for a win, ½ for a draw.
    pub points: f64,
    /// What decides between entrants with the same points, in this order.
    pub tie_breaks: Vec<TieBreakValue>,
}

/// The value of a tie-break.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"name": "buchholz", "value": 6.0}))]
pub struct TieBreakValue {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: f64,
}

/// The bracket of a tournament.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "revision": 17, "status": "running", "round": 1,
    "entrants": [{
        "number": 3, "alias": "The Hammer", "seed": 2, "status": "playing", "place": null
    }],
    "slots": [], "table": []
}))]
pub struct TournamentBracket {
    /// The revision of the tournament.
    pub revision: i64,
    /// The state of the tournament.
    pub status: TournamentStatus,
    /// The current round.
    pub round: i32,
    /// The entrants.
    pub entrants: Vec<BracketEntrant>,
    /// The slots, by part, round and position.
    pub slots: Vec<TournamentSlot>,
    /// The table of round robin and Swiss, the best first; empty in elimination.
    pub table: Vec<TournamentTableRow>,
}

/// A decided slot with its match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "slot": {
        "slot": "upper-2-1", "part": "upper", "round": 2, "position": 1, "entrants": [3, 4],
        "winner_to": "upper-3-1", "loser_to": null, "status": "walkover", "match_id": null, "score": null,
        "winner": 3, "how": "no_show", "call_at": null, "deadline": null, "disputed": false
    },
    "aliases": ["The Hammer", "Nail"], "match": null
}))]
pub struct TournamentRecapMatch {
    /// The slot.
    pub slot: TournamentSlot,
    /// The names of the entrants in the tournament.
    pub aliases: [Option<String>; 2],
    /// The match with its timeline; null if it was decided without one.
    #[serde(rename = "match")]
    #[schema(required)]
    pub played: Option<GameMatch>,
}
