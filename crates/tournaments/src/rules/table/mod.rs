//! Tables of round robin and Swiss.

mod games;
mod ranking;
mod rows;
mod swiss_players;

pub use rows::ScoreRow;
