//! Reads JSON as a type, as strictly as the contract says: an array is no object, every problem is
//! told in plain words at its field, and all of them at once.
//!
//! serde stops at the first problem. So a value is read again with something harmless in the place of
//! what was wrong, until nothing new is found.

use kernel::FieldError;
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::problem::{Mend, Mended, Problem, join, one_of};
use super::tree::Tree;

/// How often a body is read at most; more problems than that are not reported at once.
const MAX_READS: usize = 16;
/// The longest name of a field that an answer repeats.
const MAX_NAME_LEN: usize = 64;
/// Within free-form values nothing is put in the place of anything.
static UNMENDED: Mended = Mended::new();
/// What stands for a text that was wrong: it passes for an id, too.
const ANY_TEXT: &str = "00000000-0000-0000-0000-000000000000";

/// Where a value comes from, and so how strictly it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The body of a request: unknown fields are refused.
    Body,
    /// The data of a frame: unknown fields are passed over, as an older node must not close the
    /// socket of a newer client.
    Frame,
    /// The pairs of an address: unknown ones are passed over, and numbers are text.
    Query,
}

/// Reads a value and gives all that is wrong with it. Where something is, the value holds harmless
/// things in those places, so that the other fields can be checked further.
pub(crate) fn read<T: DeserializeOwned>(
    source: Source,
    tree: &Tree,
) -> (Option<T>, Vec<FieldError>) {
    let mut mended = Mended::new();
    let mut faults = vec![];
    for _ in 0..MAX_READS {
        let whole = Reader::new(source, Some(tree), String::new(), &mended);
        let problem = match T::deserialize(whole) {
            Ok(value) => return (Some(value), faults),
            Err(problem) => problem,
        };
        let (field, mend, text) = problem.described();
        if field.is_empty() {
            // What is no object has no fields to read further.
            let (field, problem) = ("body".to_owned(), text);
            faults.push(FieldError { field, problem });
            return (None, faults);
        }
        let is_news = !mended.keys().any(|known| is_within(&field, known));
        if is_news {
            faults.push(FieldError {
                field: short(&field),
                problem: text,
            });
        }
        if mended.insert(field, mend).is_some() {
            break;
        }
    }
    (None, faults)
}

/// Whether a field is another or stands within it.
pub(crate) fn is_within(field: &str, other: &str) -> bool {
    field
        .strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with('['))
}

/// A name of a field as it may be told again.
fn short(name: &str) -> String {
    name.chars().take(MAX_NAME_LEN).collect()
}

/// Reads one value.
#[derive(Clone)]
struct Reader<'a> {
    source: Source,
    /// What was sent; nothing where something harmless is to be read.
    tree: Option<&'a Tree>,
    field: String,
    mended: &'a Mended,
}

impl<'a> Reader<'a> {
    fn new(source: Source, tree: Option<&'a Tree>, field: String, mended: &'a Mended) -> Self {
        let replaced = mended.get(&field) == Some(&Mend::Replace);
        Self {
            source,
            tree: tree.filter(|_| !replaced),
            field,
            mended,
        }
    }

    fn whole(&self, least: i128, most: i128) -> Result<i128, Problem> {
        let number = match self.tree {
            None => return Ok(least.max(0)),
            Some(Tree::Number(number)) => number
                .as_i64()
                .map(i128::from)
                .or_else(|| number.as_u64().map(i128::from)),
            Some(Tree::Text(text)) if self.source == Source::Query => text.parse().ok(),
            Some(_) => None,
        };
        match number {
            Some(number) if number < least => Err(Problem::wrong("is too small")),
            Some(number) if number > most => Err(Problem::wrong("is too large")),
            Some(number) => Ok(number),
            None => Err(Problem::wrong("must be a whole number")),
        }
    }

    fn text(&self) -> Result<&'a str, Problem> {
        match self.tree {
            None => Ok(ANY_TEXT),
            Some(Tree::Text(text)) => Ok(text),
            Some(_) => Err(Problem::wrong("must be text")),
        }
    }

    /// The fields of an object; `known` are those that its type has.
    fn fields(&self, known: Option<&[&str]>) -> Result<Fields<'a>, Problem> {
        let sent = match self.tree {
            None => &[],
            Some(Tree::Object(fields)) => fields.as_slice(),
            Some(_) => return Err(Problem::wrong("must be an object")),
        };
        let mut seen: Vec<&str> = vec![];
        let mut all = vec![];
        for (name, value) in sent.iter().filter(|(name, _)| self.reads(name, known)) {
            let passed_over = match self.mend_of(name) {
                Some(Mend::Skip) => true,
                Some(Mend::Once) => seen.contains(&name.as_str()),
                Some(Mend::Replace) | None => false,
            };
            if !passed_over {
                all.push((name.clone(), Some(value)));
            }
            seen.push(name);
        }
        all.extend(self.added(&seen).map(|name| (name, None)));
        Ok(Fields {
            rest: all.into_iter(),
            value: None,
            of: self.clone(),
        })
    }

    /// Whether a field is looked at: unknown ones count in bodies alone.
    fn reads(&self, name: &str, known: Option<&[&str]>) -> bool {
        self.source == Source::Body || known.is_none_or(|known| known.contains(&name))
    }

    fn mend_of(&self, part: &str) -> Option<Mend> {
        if self.mended.is_empty() {
            return None;
        }
        self.mended.get(&join(&self.field, part)).copied()
    }

    /// A part of the value.
    fn part(&self, tree: Option<&'a Tree>, part: &str) -> Self {
        let is_plain = self.mended.is_empty();
        let field = if is_plain {
            String::new()
        } else {
            join(&self.field, part)
        };
        Self::new(self.source, tree, field, self.mended)
    }

    /// The same value, whose parts can be anything.
    fn free_form(self) -> Self {
        let (field, mended) = (String::new(), &UNMENDED);
        Self {
            field,
            mended,
            ..self
        }
    }

    /// Fields that were missing and are read as something harmless.
    fn added<'s>(&'s self, seen: &'s [&str]) -> impl Iterator<Item = String> + 's {
        let within = self
            .mended
            .iter()
            .filter(|(_, mend)| **mend == Mend::Replace);
        within.filter_map(move |(field, _)| {
            let name = match self.field.as_str() {
                "" => field.as_str(),
                own => field.strip_prefix(own)?.strip_prefix('.')?,
            };
            let is_own = !name.is_empty() && !name.contains(['.', '[']);
            (is_own && !seen.contains(&name)).then(|| name.to_owned())
        })
    }
}

const FLAG: &str = "must be true or false";

/// Yes or no, in the words that addresses use.
fn flag(text: &str) -> Result<bool, Problem> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Problem::wrong(FLAG)),
    }
}

/// The fields of an object, one after the other.
struct Fields<'a> {
    rest: std::vec::IntoIter<(String, Option<&'a Tree>)>,
    value: Option<(String, Option<&'a Tree>)>,
    of: Reader<'a>,
}

impl<'de> de::MapAccess<'de> for Fields<'_> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Problem> {
        let Some((name, value)) = self.rest.next() else {
            return Ok(None);
        };
        let key = seed.deserialize(name.as_str().into_deserializer())?;
        self.value = Some((name, value));
        Ok(Some(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        let (name, value) = self.value.take().unwrap_or_default();
        let reader = self.of.part(value, &name);
        seed.deserialize(reader)
            .map_err(|problem| problem.within(name))
    }
}

/// The items of a list, one after the other.
struct Items<'a> {
    rest: std::iter::Enumerate<std::slice::Iter<'a, Tree>>,
    of: Reader<'a>,
}

impl<'de> de::SeqAccess<'de> for Items<'_> {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Problem> {
        let Some((index, item)) = self.rest.next() else {
            return Ok(None);
        };
        let part = format!("[{index}]");
        let read = seed.deserialize(self.of.part(Some(item), &part));
        read.map(Some).map_err(|problem| problem.within(part))
    }
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $number:ty;)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
                let number = self.whole(<$number>::MIN.into(), <$number>::MAX.into())?;
                visitor.$visit(<$number>::try_from(number).unwrap_or_default())
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.tree {
            None | Some(Tree::Null) => visitor.visit_unit(),
            Some(Tree::Bool(value)) => visitor.visit_bool(*value),
            Some(Tree::Number(number)) => number
                .deserialize_any(visitor)
                .map_err(<Problem as de::Error>::custom),
            Some(Tree::Text(text)) => visitor.visit_str(text),
            Some(Tree::List(_)) => self.free_form().deserialize_seq(visitor),
            Some(Tree::Object(_)) => self.free_form().deserialize_map(visitor),
        }
    }

    whole_numbers! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.tree {
            None => visitor.visit_bool(false),
            Some(Tree::Bool(value)) => visitor.visit_bool(*value),
            Some(Tree::Text(text)) if self.source == Source::Query => {
                visitor.visit_bool(flag(text)?)
            }
            Some(_) => Err(Problem::wrong(FLAG)),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let number = match self.tree {
            None => Some(0.0),
            Some(Tree::Number(number)) => number.as_f64(),
            Some(_) => None,
        };
        visitor.visit_f64(number.ok_or_else(|| Problem::wrong("must be a number"))?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.tree {
            None | Some(Tree::Null) => visitor.visit_none(),
            Some(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let items: &[Tree] = match self.tree {
            None => &[],
            Some(Tree::List(items)) => items,
            Some(_) => return Err(Problem::wrong("must be a list")),
        };
        let rest = items.iter().enumerate();
        visitor.visit_seq(Items { rest, of: self })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_map(self.fields(None)?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_map(self.fields(Some(known))?)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        let wrong = || Problem::wrong(one_of(variants));
        let name = match self.tree {
            None => variants.first().copied(),
            Some(Tree::Text(name)) => Some(name.as_str()),
            Some(_) => None,
        };
        let name: StrDeserializer<'_, Problem> = name.ok_or_else(wrong)?.into_deserializer();
        visitor.visit_enum(name)
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}
