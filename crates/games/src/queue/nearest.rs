//! The tickets around another one.

use crate::queued_ticket::QueuedTicket;

/// The indices of the other tickets, the nearest rating first.
pub(super) struct Nearest<'a> {
    tickets: &'a [QueuedTicket],
    rating: f64,
    /// The next ones below and above.
    below: Option<usize>,
    above: usize,
}

impl<'a> Nearest<'a> {
    pub(super) fn new(tickets: &'a [QueuedTicket], at: usize) -> Self {
        Self {
            tickets,
            rating: tickets.get(at).map_or(0.0, |ticket| ticket.rating),
            below: at.checked_sub(1),
            above: at + 1,
        }
    }

    fn gap(&self, index: usize) -> Option<f64> {
        let ticket = self.tickets.get(index)?;
        Some((ticket.rating - self.rating).abs())
    }
}

impl Iterator for Nearest<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let below = self.below.and_then(|index| self.gap(index));
        let above = self.gap(self.above);
        let takes_below = match (below, above) {
            (Some(below), Some(above)) => below <= above,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => return None,
        };
        if takes_below {
            let index = self.below?;
            self.below = index.checked_sub(1);
            return Some(index);
        }
        self.above += 1;
        Some(self.above - 1)
    }
}
