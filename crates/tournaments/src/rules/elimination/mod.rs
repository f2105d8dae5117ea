//! The slots of single and double elimination.

mod double;
mod fold;
mod lower_order;
mod places;
mod single;

pub(super) use double::double_elimination_slots;
pub(super) use single::single_elimination_slots;
