//! The inputs of a player, which are read as they arrive.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use contract::match_frames::{MatchInput, SeatName};
use games::port::TableHandle;
use realtime::{Close, InputLane, LaneOutcome};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// What a text frame that is an input contains. Actions do not.
const MARK: &str = "\"input\"";
/// A binary input of the player's own seat.
const KIND_OWN: u8 = 1;
/// A binary input of the second seat, where one client plays both.
const KIND_SECOND: u8 = 2;

/// Hands inputs over to the table.
pub(super) struct MatchInputs {
    table: Arc<dyn TableHandle>,
    /// The last `seq`, of which binary inputs have the low bits.
    seq: Cell<u32>,
}

impl MatchInputs {
    pub(super) fn new(table: Arc<dyn TableHandle>) -> Self {
        Self {
            table,
            seq: Cell::new(0),
        }
    }

    fn input(&self, input: MatchInput) {
        self.seq.set(self.seq.get().max(input.seq));
        self.table.input(input);
    }
}

#[derive(Deserialize)]
struct InputFrame<'a> {
    #[serde(borrow, default)]
    r#type: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    action: Option<Cow<'a, str>>,
    #[serde(default)]
    cid: Option<IgnoredAny>,
    #[serde(borrow)]
    data: &'a RawValue,
}

impl InputLane for MatchInputs {
    /// Malformed inputs, and those that ask for an answer, take the way of actions, which tells what is
    /// wrong with them.
    fn take_text(&self, text: &str) -> Result<LaneOutcome, Close> {
        let input = Some(text)
            .filter(|text| text.contains(MARK))
            .and_then(read_text);
        let Some(input) = input else {
            self.table.alive();
            return Ok(LaneOutcome::NotAnInput);
        };
        self.input(input);
        Ok(LaneOutcome::Taken)
    }

    fn take_binary(&self, payload: &[u8]) -> Result<(), Close> {
        let input = read_binary(payload)?;
        self.input(MatchInput {
            seq: extend(input.seq, self.seq.get()),
            ..input
        });
        Ok(())
    }
}

fn read_text(text: &str) -> Option<MatchInput> {
    let frame: InputFrame<'_> = serde_json::from_str(text).ok()?;
    let is_input = match (frame.r#type, frame.action) {
        (Some(name), None) | (None, Some(name)) => name == "input",
        _ => false,
    };
    // An array never stands for an object.
    if !is_input || frame.cid.is_some() || !frame.data.get().starts_with('{') {
        return None;
    }
    let input = serde_json::from_str(frame.data.get()).ok()?;
    check(&input).is_ok().then_some(input)
}

fn read_binary(payload: &[u8]) -> Result<MatchInput, Close> {
    let Ok([kind, direction, seq @ .., a, b, c, d]) = <[u8; 8]>::try_from(payload) else {
        return Err(Close::bad_data("frame: must have 8 bytes"));
    };
    let seat = match kind {
        KIND_OWN => None,
        KIND_SECOND => Some(SeatName::Second),
        _ => return Err(Close::bad_data("kind: must be 1 or 2")),
    };
    let input = MatchInput {
        seq: u16::from_le_bytes(seq).into(),
        tick: u32::from_le_bytes([a, b, c, d]).into(),
        direction: i8::from_le_bytes([direction]),
        seat,
    };
    check(&input).map(|()| input)
}

/// The number with these low 16 bits that is nearest to the last one.
fn extend(low: u32, last: u32) -> u32 {
    let ahead = low.wrapping_sub(last) & 0xFFFF;
    let back = 0x1_0000 - ahead;
    if ahead < 0x8000 || back > last {
        last.saturating_add(ahead)
    } else {
        last - back
    }
}

/// Checks what the types of the fields leave open.
pub(super) fn check(input: &MatchInput) -> Result<(), Close> {
    if (-1..=1).contains(&input.direction) {
        return Ok(());
    }
    Err(Close::bad_data("data.direction: must be -1, 0 or 1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INPUT: MatchInput = MatchInput {
        seq: 7,
        tick: 421,
        direction: -1,
        seat: None,
    };

    #[test]
    fn read_text_takes_inputs_of_both_styles_alone() {
        for frame in [
            r#"{"type":"input","data":{"seq":7,"tick":421,"direction":-1}}"#,
            r#"{"action":"input","timestamp":1,"data":{"direction":-1,"tick":421,"seq":7}}"#,
        ] {
            assert_eq!(read_text(frame), Some(INPUT), "{frame}");
        }
        for frame in [
            r#"{"type":"input","cid":"a","data":{"seq":7,"tick":421,"direction":-1}}"#,
            r#"{"type":"chat","data":{"content":"input"}}"#,
            r#"{"type":"input","data":{"seq":7,"tick":421,"direction":2}}"#,
            r#"{"type":"input","data":{"tick":421,"direction":1}}"#,
            r#"{"type":"input","data":[7,421,-1]}"#,
            r#"{"type":"input","data":{"seq":"7","tick":421,"direction":1}}"#,
            r#"{"type":"input"}"#,
            r#"{"type":"input","action":"input","data":{"seq":7,"tick":1,"direction":1}}"#,
        ] {
            assert_eq!(read_text(frame), None, "{frame}");
        }
    }

    #[test]
    fn extend_finds_the_nearest_number() {
        for (low, last, number) in [
            (5, 0, 5),
            (0xFFF0, 0, 0xFFF0),
            (4, 5, 4),
            (0, 0xFFFF, 0x1_0000),
            (0xFFFF, 0x1_0000, 0xFFFF),
            (3, 0x2_0001, 0x2_0003),
            (0, u32::MAX, u32::MAX),
        ] {
            assert_eq!(extend(low, last), number, "{low} after {last}");
        }
    }

    #[test]
    fn read_binary_takes_eight_bytes_of_the_documented_layout() {
        let frame = [1, 0xFF, 7, 0, 0xA5, 1, 0, 0];
        assert_eq!(read_binary(&frame), Ok(INPUT));
        let second = read_binary(&[2, 1, 1, 1, 0, 0, 0, 0]).unwrap();
        assert_eq!((second.seat, second.seq), (Some(SeatName::Second), 257));
        for (frame, reason) in [
            (&frame[..7], "BAD_DATA: frame: must have 8 bytes"),
            (&[3, 0, 0, 0, 0, 0, 0, 0], "BAD_DATA: kind: must be 1 or 2"),
            (
                &[1, 2, 0, 0, 0, 0, 0, 0],
                "BAD_DATA: data.direction: must be -1, 0 or 1",
            ),
        ] {
            let close = read_binary(frame).unwrap_err();
            assert_eq!((close.code, close.reason.as_str()), (4400, reason));
        }
    }
}
