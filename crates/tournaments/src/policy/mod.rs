//! Pure decisions: what tournaments may be called and set to, and who may see them.

pub(crate) mod access;
pub(crate) mod alias;
pub(crate) mod new_tournament;
pub(crate) mod settings;
pub(crate) mod text;
