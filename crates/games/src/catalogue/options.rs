//! The options of games, declared as data: a check, a JSON schema and the wishes of queued players follow.

use kernel::{AppError, FieldError};
use serde_json::{Map, Value, json};

use crate::error::Error;

/// The maximum number of unknown options that an error names.
const MAX_UNKNOWN: usize = 16;
/// The maximum length of an unknown option's name in an error.
const MAX_NAME_LEN: usize = 64;
/// Stands for all values of an option in the queue.
const ANY: &str = "any";

/// An option of a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GameOption {
    /// Its name on the wire.
    pub name: &'static str,
    /// A sentence about it.
    pub description: &'static str,
    /// Its values.
    pub values: OptionValues,
}

/// The values of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionValues {
    /// True or false.
    Flag {
        /// The default.
        default: bool,
    },
    /// A whole number.
    Number {
        /// The lowest.
        min: u8,
        /// The highest.
        max: u8,
        /// The default.
        default: u8,
    },
    /// One of several names.
    Choice {
        /// The names.
        names: &'static [&'static str],
        /// The default, one of the names.
        default: &'static str,
    },
}

/// What a queued player accepts: a bit for each value of each option, in the order of declaration.
///
/// Two players can meet if their sets have a value of each option in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wants(pub u64);

impl OptionValues {
    fn count(self) -> u32 {
        match self {
            Self::Flag { .. } => 2,
            Self::Number { min, max, .. } => u32::from(max.saturating_sub(min)) + 1,
            Self::Choice { names, .. } => u32::try_from(names.len()).unwrap_or(u32::MAX),
        }
    }

    /// The value with this number.
    fn value(self, index: u32) -> Value {
        match self {
            Self::Flag { .. } => Value::Bool(index == 1),
            Self::Number { min, .. } => Value::from(u32::from(min) + index),
            Self::Choice { names, default } => {
                let name = usize::try_from(index).ok().and_then(|at| names.get(at));
                Value::from(name.copied().unwrap_or(default))
            }
        }
    }

    /// The number of a value.
    fn index(self, value: &Value) -> Option<u32> {
        match self {
            Self::Flag { .. } => value.as_bool().map(u32::from),
            Self::Number { min, max, .. } => {
                let number = u8::try_from(value.as_u64()?).ok()?;
                (min..=max)
                    .contains(&number)
                    .then(|| u32::from(number - min))
            }
            Self::Choice { names, .. } => {
                let text = value.as_str()?;
                let at = names.iter().position(|name| *name == text)?;
                u32::try_from(at).ok()
            }
        }
    }

    fn default_index(self) -> u32 {
        match self {
            Self::Flag { default } => u32::from(default),
            Self::Number { min, default, .. } => u32::from(default.saturating_sub(min)),
            Self::Choice { names, default } => {
                let at = names.iter().position(|name| *name == default);
                at.and_then(|at| u32::try_from(at).ok()).unwrap_or(0)
            }
        }
    }

    fn expected(self) -> String {
        match self {
            Self::Flag { .. } => "must be true or false".to_owned(),
            Self::Number { min, max, .. } => format!("must be a whole number from {min} to {max}"),
            Self::Choice { names, .. } => {
                let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                format!("must be one of {}", quoted.join(", "))
            }
        }
    }

    fn schema(self, description: &str) -> Value {
        match self {
            Self::Flag { default } => {
                json!({"type": "boolean", "default": default, "description": description})
            }
            Self::Number { min, max, default } => json!({
                "type": "integer", "minimum": min, "maximum": max, "default": default,
                "description": description
            }),
            Self::Choice { names, default } => json!({
                "type": "string", "enum": names, "default": default, "description": description
            }),
        }
    }
}

/// The JSON schema of options.
#[must_use]
pub(super) fn schema(options: &[GameOption]) -> Value {
    let properties = options.iter().map(|option| {
        let schema = option.values.schema(option.description);
        (option.name.to_owned(), schema)
    });
    let properties: Map<String, Value> = properties.collect();
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

/// Checks the options of a match, and returns all of them, with the defaults of those that are not given.
///
/// # Errors
/// `games.options_invalid` with each option that is not valid or unknown.
pub(super) fn check(options: &[GameOption], given: &Map<String, Value>) -> Result<Value, AppError> {
    let mut problems = unknown(options, given);
    let mut checked = Map::new();
    for option in options {
        let index = match given.get(option.name) {
            None => Some(option.values.default_index()),
            Some(value) => option.values.index(value),
        };
        match index {
            Some(index) => {
                checked.insert(option.name.to_owned(), option.values.value(index));
            }
            None => problems.push(problem(option.name, option.values.expected())),
        }
    }
    refuse(problems)?;
    Ok(Value::Object(checked))
}

/// Reads what a queued player accepts. A value is one of the option's, the same as text, or `any`; an
/// option that is not given may have any value.
///
/// # Errors
/// `games.options_invalid` with each option that is not valid or unknown.
pub(super) fn wants(options: &[GameOption], given: &Map<String, Value>) -> Result<Wants, AppError> {
    let mut problems = unknown(options, given);
    let mut wanted = 0;
    for (option, shift) in with_shifts(options) {
        match accepted(option.values, given.get(option.name)) {
            Some(values) => wanted |= values << shift,
            None => problems.push(problem(
                option.name,
                format!("{}, or `{ANY}`", option.values.expected()),
            )),
        }
    }
    refuse(problems)?;
    Ok(Wants(wanted))
}

/// What both players accept, if they can agree on each option.
#[must_use]
pub(super) fn meet(options: &[GameOption], one: Wants, other: Wants) -> Option<Wants> {
    let both = one.0 & other.0;
    let agree = |(option, shift): (&GameOption, u32)| (both >> shift) & all(option.values) != 0;
    with_shifts(options).all(agree).then_some(Wants(both))
}

/// The options of a match of players who accept this: the default where it is accepted, else the first
/// value that is.
#[must_use]
pub(super) fn settle(options: &[GameOption], wants: Wants) -> Value {
    let settled = with_shifts(options).map(|(option, shift)| {
        let accepted = (wants.0 >> shift) & all(option.values);
        let default = option.values.default_index();
        let index = if accepted & (1 << default) == 0 {
            accepted.trailing_zeros()
        } else {
            default
        };
        (option.name.to_owned(), option.values.value(index))
    });
    Value::Object(settled.collect())
}

/// All values of an option, as a set.
fn all(values: OptionValues) -> u64 {
    (1 << values.count()) - 1
}

/// The set of accepted values.
fn accepted(values: OptionValues, given: Option<&Value>) -> Option<u64> {
    let index = match given {
        None => return Some(all(values)),
        Some(Value::String(text)) if text == ANY => return Some(all(values)),
        Some(value) => values.index(value)?,
    };
    Some(1 << index)
}

/// Each option, and where its bits begin.
fn with_shifts(options: &[GameOption]) -> impl Iterator<Item = (&GameOption, u32)> {
    options.iter().scan(0, |next, option| {
        let shift = *next;
        *next += option.values.count();
        Some((option, shift))
    })
}

fn unknown(options: &[GameOption], given: &Map<String, Value>) -> Vec<FieldError> {
    let known = |name: &str| options.iter().any(|option| option.name == name);
    let unknown = given.keys().filter(|name| !known(name)).take(MAX_UNKNOWN);
    unknown
        .map(|name| {
            let short: String = name.chars().take(MAX_NAME_LEN).collect();
            problem(&short, "is not an option of this game".to_owned())
        })
        .collect()
}

fn problem(name: &str, problem: String) -> FieldError {
    let field = format!("options.{name}");
    FieldError { field, problem }
}

fn refuse(problems: Vec<FieldError>) -> Result<(), AppError> {
    if problems.is_empty() {
        return Ok(());
    }
    let start = AppError::from(Error::OptionsInvalid);
    let add = |error: AppError, one: FieldError| error.on_field(one.field, one.problem);
    Err(problems.into_iter().fold(start, add))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: &[GameOption] = &[
        GameOption {
            name: "speed",
            description: "How fast.",
            values: OptionValues::Choice {
                names: &["slow", "fast"],
                default: "fast",
            },
        },
        GameOption {
            name: "score",
            description: "How long.",
            values: OptionValues::Number {
                min: 3,
                max: 20,
                default: 5,
            },
        },
        GameOption {
            name: "ranked",
            description: "Whether it counts.",
            values: OptionValues::Flag { default: false },
        },
    ];

    fn wanted(given: &Value) -> Wants {
        wants(OPTIONS, given.as_object().unwrap()).unwrap()
    }

    fn met(one: &Value, other: &Value) -> Option<Value> {
        let both = meet(OPTIONS, wanted(one), wanted(other))?;
        assert_eq!(meet(OPTIONS, wanted(other), wanted(one)), Some(both));
        Some(settle(OPTIONS, both))
    }

    #[test]
    fn players_meet_with_the_defaults_where_both_accept_any() {
        let defaults = json!({"speed": "fast", "score": 5, "ranked": false});
        assert_eq!(met(&json!({}), &json!({})), Some(defaults));
    }

    #[test]
    fn players_meet_with_what_one_of_them_asks_for() {
        let given = json!({"speed": "slow", "score": 20});
        let expected = json!({"speed": "slow", "score": 20, "ranked": true});
        let other = json!({"speed": "any", "ranked": true});
        assert_eq!(met(&given, &other), Some(expected));
    }

    #[test]
    fn players_who_ask_for_different_values_do_not_meet() {
        assert_eq!(met(&json!({"score": 3}), &json!({"score": 4})), None);
        assert_eq!(
            met(&json!({"speed": "slow"}), &json!({"speed": "fast"})),
            None
        );
        assert_eq!(
            met(&json!({"ranked": true}), &json!({"ranked": false})),
            None
        );
    }

    #[test]
    fn wants_refuses_numbers_and_flags_as_texts() {
        let texts = json!({"speed": "slow", "score": "7", "ranked": "true"});
        let error = wants(OPTIONS, texts.as_object().unwrap()).unwrap_err();
        assert_eq!(error.fields().len(), 2);
    }

    #[test]
    fn wants_names_each_invalid_option() {
        let given = json!({"speed": "quick", "score": "21", "ranked": "maybe", "colour": "red"});
        let error = wants(OPTIONS, given.as_object().unwrap()).unwrap_err();
        assert!(error.is(Error::OptionsInvalid.code()));
        let mut names: Vec<&str> = error.fields().iter().map(|error| &*error.field).collect();
        names.sort_unstable();
        let expected = ["colour", "ranked", "score", "speed"].map(|name| format!("options.{name}"));
        assert_eq!(names, expected);
    }

    #[test]
    fn wants_of_all_options_fit_into_a_signed_column() {
        assert!(i64::try_from(wanted(&json!({})).0).is_ok());
    }

    #[test]
    fn schema_tells_each_option_with_bounds_and_default() {
        let schema = schema(OPTIONS);
        assert_eq!(
            schema["properties"]["score"],
            json!({"type": "integer", "minimum": 3, "maximum": 20, "default": 5, "description": "How long."})
        );
        assert_eq!(
            schema["properties"]["speed"]["enum"],
            json!(["slow", "fast"])
        );
        assert_eq!(schema["additionalProperties"], false);
    }
}
