//! Who is on which side.

use super::round::SwissPlayer;
use crate::rules::{EntrantNumber, PerSide};

/// Who was less often on the first side is there now; the better one if both were there equally often.
pub(super) fn choose_sides(better: &SwissPlayer, worse: &SwissPlayer) -> PerSide<EntrantNumber> {
    match worse.side_balance < better.side_balance {
        true => PerSide::new(worse.entrant, better.entrant),
        false => PerSide::new(better.entrant, worse.entrant),
    }
}
