//! The phases of a tournament, and who takes part when it starts.

use super::{Entrant, EntrantNumber, EntrantStatus, RuleError, UnixMillis};

/// How long before the start check-in begins, in milliseconds, unless the organizer says otherwise.
pub const DEFAULT_CHECK_IN: i64 = 15 * 60 * 1_000;

/// How far a tournament is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TournamentPhase {
    /// Only its organizers see it.
    Draft,
    /// Entrants register.
    Registration,
    /// Entrants confirm that they are there.
    CheckIn,
    /// It is decided who takes part.
    Starting,
    /// It is being played.
    Running,
    /// It is being played, but nothing is called.
    Paused,
    /// All is played.
    Finished,
    /// It was called off.
    Canceled,
}

/// What brings a tournament from one phase to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhaseAction {
    /// The organizer opens registration.
    Open,
    /// The time of check-in has come.
    BeginCheckIn,
    /// The time of the start has come, all places are taken, or the organizer starts.
    Start,
    /// Enough take part.
    Run,
    /// The organizer pauses.
    Pause,
    /// The organizer goes on.
    Resume,
    /// All slots are over.
    Finish,
    /// The organizer calls it off, or too few take part.
    Cancel,
}

impl TournamentPhase {
    /// The phase after an action.
    ///
    /// # Errors
    /// `WrongStatus` if the action is not possible in this phase.
    pub const fn after(self, action: PhaseAction) -> Result<Self, RuleError> {
        use PhaseAction::{BeginCheckIn, Cancel, Finish, Open, Pause, Resume, Run, Start};
        match (self, action) {
            (Self::Draft, Open) => Ok(Self::Registration),
            (Self::Registration, BeginCheckIn) => Ok(Self::CheckIn),
            (Self::Registration | Self::CheckIn, Start) => Ok(Self::Starting),
            (Self::Starting, Run) | (Self::Paused, Resume) => Ok(Self::Running),
            (Self::Running, Pause) => Ok(Self::Paused),
            // The last match may end while the tournament is paused.
            (Self::Running | Self::Paused, Finish) => Ok(Self::Finished),
            (Self::Finished | Self::Canceled, _) => Err(RuleError::WrongStatus),
            (_, Cancel) => Ok(Self::Canceled),
            _ => Err(RuleError::WrongStatus),
        }
    }

    /// Whether nothing more happens.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Canceled)
    }

    /// Whether entrants may register.
    #[must_use]
    pub const fn takes_registrations(self) -> bool {
        matches!(self, Self::Registration | Self::CheckIn)
    }
}

/// When a tournament starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// When check-in begins. `None`: there is none.
    pub check_in_from: Option<UnixMillis>,
    /// When it starts. `None`: the organizer starts it, or the last place does.
    pub starts_at: Option<UnixMillis>,
    /// Whether it starts as soon as all places are taken.
    pub start_when_full: bool,
    /// The number of places.
    pub capacity: usize,
}

impl Schedule {
    /// What is to happen now, given how many places are taken.
    #[must_use]
    pub fn due_action(
        &self,
        phase: TournamentPhase,
        taken: usize,
        now: UnixMillis,
    ) -> Option<PhaseAction> {
        let has_come = |time: Option<UnixMillis>| time.is_some_and(|time| time <= now);
        let is_full = self.start_when_full && taken >= self.capacity;
        match phase {
            TournamentPhase::Registration if is_full => Some(PhaseAction::Start),
            TournamentPhase::Registration if has_come(self.check_in_from) => {
                Some(PhaseAction::BeginCheckIn)
            }
            TournamentPhase::Registration | TournamentPhase::CheckIn
                if has_come(self.starts_at) =>
            {
                Some(PhaseAction::Start)
            }
            _ => None,
        }
    }

    /// When the next action becomes due by time alone.
    #[must_use]
    pub fn next_due(&self, phase: TournamentPhase) -> Option<UnixMillis> {
        match phase {
            TournamentPhase::Registration => self.check_in_from.or(self.starts_at),
            TournamentPhase::CheckIn => self.starts_at,
            _ => None,
        }
    }
}

/// What somebody who registers becomes: an entrant, or one on the waiting list.
#[must_use]
pub fn status_at_registration(entrants: &[Entrant], capacity: usize) -> EntrantStatus {
    match holders(entrants).count() < capacity {
        true => EntrantStatus::Registered,
        false => EntrantStatus::Waiting,
    }
}

/// Who moves up from the waiting list into free places, in the order of registration. They become `Registered`, or
/// `CheckedIn` if they are present and check-in has begun.
#[must_use]
pub fn moves_up(entrants: &[Entrant], capacity: usize) -> Vec<EntrantNumber> {
    let free = capacity.saturating_sub(holders(entrants).count());
    let waiting = in_order(entrants, EntrantStatus::Waiting);
    waiting.take(free).map(|entrant| entrant.number).collect()
}

/// Who takes part, and who does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lineup {
    /// Who takes part, by number.
    pub entrants: Vec<EntrantNumber>,
    /// Who had a place and loses it, for not having checked in.
    pub dropped: Vec<EntrantNumber>,
    /// Who is left on the waiting list.
    pub waiting: Vec<EntrantNumber>,
}

/// Ends check-in. Who has not checked in loses its place; those go to the first of the waiting list who are present.
/// Without check-in (`checked` is `false`) all who have a place take part.
#[must_use]
pub fn close_check_in(entrants: &[Entrant], capacity: usize, checked: bool) -> Lineup {
    let comes = |entrant: &&Entrant| !checked || entrant.status == EntrantStatus::CheckedIn;
    let (here, dropped): (Vec<&Entrant>, Vec<&Entrant>) = holders(entrants).partition(comes);
    let free = capacity.saturating_sub(here.len());
    let waiting: Vec<&Entrant> = in_order(entrants, EntrantStatus::Waiting).collect();
    let ready = waiting.iter().filter(|entrant| !checked || entrant.present);
    let moved: Vec<EntrantNumber> = ready.take(free).map(|entrant| entrant.number).collect();
    let mut numbers: Vec<_> = here.iter().map(|entrant| entrant.number).collect();
    numbers.extend(&moved);
    numbers.sort_unstable();
    let left = waiting.iter().map(|entrant| entrant.number);
    Lineup {
        entrants: numbers,
        dropped: dropped.iter().map(|entrant| entrant.number).collect(),
        waiting: left.filter(|number| !moved.contains(number)).collect(),
    }
}

/// Those who have a place.
fn holders(entrants: &[Entrant]) -> impl Iterator<Item = &Entrant> {
    let has_place = |status| matches!(status, EntrantStatus::Registered | EntrantStatus::CheckedIn);
    entrants
        .iter()
        .filter(move |entrant| has_place(entrant.status))
}

fn in_order(entrants: &[Entrant], status: EntrantStatus) -> impl Iterator<Item = &Entrant> {
    let mut found: Vec<&Entrant> = entrants.iter().filter(|one| one.status == status).collect();
    found.sort_by_key(|entrant| entrant.number);
    found.into_iter()
}
