//! A serde deserializer that reads substitutes in the place of known problems.

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::read_error::{ReadError, Repair, Repairs, join, one_of};
use crate::tree::JsonTree;

/// Free-form values are read as they are.
static NO_REPAIRS: Repairs = Repairs::new();
/// Substitute for a text that has a problem. It is a valid id, too.
const SUBSTITUTE_TEXT: &str = "00000000-0000-0000-0000-000000000000";

/// Where a value comes from, which decides how strictly it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonSource {
    /// A request body: unknown fields are refused.
    Body,
    /// The data of a socket frame: unknown fields are ignored, as an older node must not close the
    /// socket of a newer client.
    Frame,
    /// A query: unknown pairs are ignored; numbers and flags are text.
    Query,
}

/// Deserializer of one value.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    source: JsonSource,
    /// The value as it was sent; `None` if a substitute is read.
    tree: Option<&'a JsonTree>,
    field: String,
    repairs: &'a Repairs,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        source: JsonSource,
        tree: Option<&'a JsonTree>,
        field: String,
        repairs: &'a Repairs,
    ) -> Self {
        let replaced = repairs.get(&field) == Some(&Repair::Substitute);
        Self {
            source,
            tree: tree.filter(|_| !replaced),
            field,
            repairs,
        }
    }

    fn whole_number(&self, min: i128, max: i128) -> Result<i128, ReadError> {
        let number = match self.tree {
            None => return Ok(min.max(0)),
            Some(JsonTree::Number(number)) => number
                .as_i64()
                .map(i128::from)
                .or_else(|| number.as_u64().map(i128::from)),
            Some(JsonTree::Text(text)) if self.source == JsonSource::Query => text.parse().ok(),
            Some(_) => None,
        };
        match number {
            Some(number) if number < min => Err(ReadError::invalid("is too small")),
            Some(number) if number > max => Err(ReadError::invalid("is too large")),
            Some(number) => Ok(number),
            None => Err(ReadError::invalid("must be an integer")),
        }
    }

    fn text(&self) -> Result<&'a str, ReadError> {
        match self.tree {
            None => Ok(SUBSTITUTE_TEXT),
            Some(JsonTree::Text(text)) => Ok(text),
            Some(_) => Err(ReadError::invalid("must be a string")),
        }
    }

    /// The fields of an object; `known` are the fields of its type.
    fn fields(&self, known: Option<&[&str]>) -> Result<Fields<'a>, ReadError> {
        let sent = match self.tree {
            None => &[],
            Some(JsonTree::Object(fields)) => fields.as_slice(),
            Some(_) => return Err(ReadError::invalid("must be an object")),
        };
        let mut seen: Vec<&str> = vec![];
        let mut all = vec![];
        for (name, value) in sent.iter().filter(|(name, _)| self.reads(name, known)) {
            let is_skipped = match self.repair_of(name) {
                Some(Repair::Skip) => true,
                Some(Repair::SkipRepeated) => seen.contains(&name.as_str()),
                Some(Repair::Substitute) | None => false,
            };
            if !is_skipped {
                all.push((name.clone(), Some(value)));
            }
            seen.push(name);
        }
        all.extend(self.substituted(&seen).map(|name| (name, None)));
        Ok(Fields {
            rest: all.into_iter(),
            value: None,
            of: self.clone(),
        })
    }

    /// Whether a field is read: unknown ones are in bodies only.
    fn reads(&self, name: &str, known: Option<&[&str]>) -> bool {
        self.source == JsonSource::Body || known.is_none_or(|known| known.contains(&name))
    }

    fn repair_of(&self, segment: &str) -> Option<Repair> {
        if self.repairs.is_empty() {
            return None;
        }
        self.repairs.get(&join(&self.field, segment)).copied()
    }

    /// Deserializer of a field or an item of the value.
    fn child(&self, tree: Option<&'a JsonTree>, segment: &str) -> Self {
        let is_plain = self.repairs.is_empty();
        let field = if is_plain {
            String::new()
        } else {
            join(&self.field, segment)
        };
        Self::new(self.source, tree, field, self.repairs)
    }

    /// The same value, whose content may be anything.
    fn free_form(self) -> Self {
        let (field, repairs) = (String::new(), &NO_REPAIRS);
        Self {
            field,
            repairs,
            ..self
        }
    }

    /// Missing fields that are read as substitutes.
    fn substituted<'s>(&'s self, seen: &'s [&str]) -> impl Iterator<Item = String> + 's {
        let within = self
            .repairs
            .iter()
            .filter(|(_, repair)| **repair == Repair::Substitute);
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

/// A flag as queries spell it.
fn flag(text: &str) -> Result<bool, ReadError> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(ReadError::invalid(FLAG)),
    }
}

/// Iterates over the fields of an object.
struct Fields<'a> {
    rest: std::vec::IntoIter<(String, Option<&'a JsonTree>)>,
    value: Option<(String, Option<&'a JsonTree>)>,
    of: Reader<'a>,
}

impl<'de> de::MapAccess<'de> for Fields<'_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        let Some((name, value)) = self.rest.next() else {
            return Ok(None);
        };
        let key = seed.deserialize(name.as_str().into_deserializer())?;
        self.value = Some((name, value));
        Ok(Some(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let (name, value) = self.value.take().unwrap_or_default();
        let reader = self.of.child(value, &name);
        seed.deserialize(reader)
            .map_err(|problem| problem.within(name))
    }
}

/// Iterates over the items of a list.
struct Items<'a> {
    rest: std::iter::Enumerate<std::slice::Iter<'a, JsonTree>>,
    of: Reader<'a>,
}

impl<'de> de::SeqAccess<'de> for Items<'_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ReadError> {
        let Some((index, item)) = self.rest.next() else {
            return Ok(None);
        };
        let segment = format!("[{index}]");
        let read = seed.deserialize(self.of.child(Some(item), &segment));
        read.map(Some).map_err(|problem| problem.within(segment))
    }
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $number:ty;)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
                let number = self.whole_number(<$number>::MIN.into(), <$number>::MAX.into())?;
                visitor.$visit(<$number>::try_from(number).unwrap_or_default())
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.tree {
            None | Some(JsonTree::Null) => visitor.visit_unit(),
            Some(JsonTree::Bool(value)) => visitor.visit_bool(*value),
            Some(JsonTree::Number(number)) => number
                .deserialize_any(visitor)
                .map_err(<ReadError as de::Error>::custom),
            Some(JsonTree::Text(text)) => visitor.visit_str(text),
            Some(JsonTree::List(_)) => self.free_form().deserialize_seq(visitor),
            Some(JsonTree::Object(_)) => self.free_form().deserialize_map(visitor),
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

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.tree {
            None => visitor.visit_bool(false),
            Some(JsonTree::Bool(value)) => visitor.visit_bool(*value),
            Some(JsonTree::Text(text)) if self.source == JsonSource::Query => {
                visitor.visit_bool(flag(text)?)
            }
            Some(_) => Err(ReadError::invalid(FLAG)),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let number = match self.tree {
            None => Some(0.0),
            Some(JsonTree::Number(number)) => number.as_f64(),
            Some(_) => None,
        };
        visitor.visit_f64(number.ok_or_else(|| ReadError::invalid("must be a number"))?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.tree {
            None | Some(JsonTree::Null) => visitor.visit_none(),
            Some(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let items: &[JsonTree] = match self.tree {
            None => &[],
            Some(JsonTree::List(items)) => items,
            Some(_) => return Err(ReadError::invalid("must be an array")),
        };
        let rest = items.iter().enumerate();
        visitor.visit_seq(Items { rest, of: self })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_map(self.fields(None)?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_map(self.fields(Some(known))?)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let wrong = || ReadError::invalid(one_of(variants));
        let name = match self.tree {
            None => variants.first().copied(),
            Some(JsonTree::Text(name)) => Some(name.as_str()),
            Some(_) => None,
        };
        let name: StrDeserializer<'_, ReadError> = name.ok_or_else(wrong)?.into_deserializer();
        visitor.visit_enum(name)
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}
