//! The error codes of this crate.

kernel::error_codes! {
    /// Why a request about groups is refused.
    pub enum Error {
        NotFound = "groups.not_found", NotFound, "Group not found.";
        NameInvalid = "groups.name_invalid", Invalid, "Group names must be 3 to 50 visible characters long and contain a letter or digit.";
        DescriptionInvalid = "groups.description_invalid", Invalid, "Group descriptions must be at most 2000 characters long and contain no control or invisible characters.";
        NameTaken = "groups.name_taken", Conflict, "A group with this name already exists.";
        TooManyGroups = "groups.too_many_groups", Conflict, "You own the maximum number of groups.";
    }
}
