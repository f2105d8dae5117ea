//! Finds all problems of a value.
//!
//! serde stops at the first problem. The value is therefore read again with a harmless value in the
//! place of each problem, until a pass finds no new one.

use kernel::FieldError;
use serde::de::DeserializeOwned;

use crate::read_error::Repairs;
use crate::reader::{JsonSource, Reader};
use crate::tree::JsonTree;

/// The most passes over a value, and so the most problems that are reported at once.
const MAX_PASSES: usize = 16;
/// The longest field name that a response repeats.
const MAX_NAME_LEN: usize = 64;

/// Reads a value and returns it with all problems found. If there are any, the value holds harmless
/// substitutes for the fields concerned, so that the other fields can be checked further; it is
/// `None` if it could not be completed.
pub fn deserialize<T: DeserializeOwned>(
    source: JsonSource,
    tree: &JsonTree,
) -> (Option<T>, Vec<FieldError>) {
    let mut repairs = Repairs::new();
    let mut problems = vec![];
    for _ in 0..MAX_PASSES {
        let whole = Reader::new(source, Some(tree), String::new(), &repairs);
        let problem = match T::deserialize(whole) {
            Ok(value) => return (Some(value), problems),
            Err(problem) => problem,
        };
        let (field, repair, text) = problem.described();
        if field.is_empty() {
            // The value itself is of the wrong type, so it has no fields to read.
            let (field, problem) = ("body".to_owned(), text);
            problems.push(FieldError { field, problem });
            return (None, problems);
        }
        let is_new = !repairs.keys().any(|known| is_within(&field, known));
        if is_new {
            problems.push(FieldError {
                field: truncate(&field),
                problem: text,
            });
        }
        if repairs.insert(field, repair).is_some() {
            break;
        }
    }
    (None, problems)
}

/// Whether the path of a field equals another or lies below it.
pub(crate) fn is_within(field: &str, other: &str) -> bool {
    field
        .strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with('['))
}

/// A field name as a response may repeat it.
fn truncate(name: &str) -> String {
    name.chars().take(MAX_NAME_LEN).collect()
}
