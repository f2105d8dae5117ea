//! The audience of each event.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::audience::EventAudience;
use super::frames::GROUPS;

/// The event that hides users from each other.
const BLOCKS_CHANGED: &str = "blocks_changed";

/// The audience of an event. Events of a newer version count as personal.
#[must_use]
pub fn audience_of(event: &str) -> EventAudience {
    static AUDIENCES: OnceLock<HashMap<&'static str, EventAudience>> = OnceLock::new();
    let audiences = AUDIENCES.get_or_init(|| {
        let frames = GROUPS.iter().copied().flatten();
        let listed = frames.filter_map(|frame| Some((frame.name, frame.audience?)));
        listed
            .chain([(BLOCKS_CHANGED, EventAudience::Server)])
            .collect()
    });
    audiences
        .get(event)
        .copied()
        .unwrap_or(EventAudience::Personal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_one_audience() {
        let frames = || GROUPS.iter().copied().flatten();
        for frame in frames() {
            let all = frames().filter(|other| other.name == frame.name);
            let audiences: Vec<EventAudience> = all.filter_map(|other| other.audience).collect();
            assert!(audiences.len() <= 1, "{}: {audiences:?}", frame.name);
        }
    }

    #[test]
    fn audience_of_finds_the_audience_of_an_event() {
        for (event, audience) in [
            ("new_message", EventAudience::Messages),
            ("typing", EventAudience::Messages),
            ("resync", EventAudience::Anyone),
            ("user_status", EventAudience::Presence),
            ("message_read", EventAudience::Chats),
            ("game_invite", EventAudience::Personal),
            ("blocks_changed", EventAudience::Server),
            ("of_a_newer_version", EventAudience::Personal),
        ] {
            assert_eq!(audience_of(event), audience, "{event}");
        }
    }
}
