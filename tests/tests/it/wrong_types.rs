//! Every field of every documented body, with values of wrong types.

use std::collections::BTreeSet;

use e2e::{App, Response, TestUser};
use reqwest::Method;
use serde_json::{Map, Value, json};

/// Technical words that no error message may contain.
const FOREIGN: [&str; 15] = [
    "expected", "struct", "variant", "map", "sequence", "boolean", "u8", "u16", "u32", "u64",
    "i64", "f64", "usize", "serde", "utf",
];

/// The document and the users who send requests.
pub(crate) struct Calls {
    app: App,
    document: Value,
    caller: TestUser,
    callers: usize,
    pub(crate) chat: String,
    pub(crate) message: String,
}

impl Calls {
    pub(crate) async fn new() -> Self {
        let flags = App::with().flag("--email-verification", "optional");
        let app = flags.embedded();
        let document = app
            .anonymous()
            .get("/openapi.json")
            .await
            .expect(200)
            .json();
        let mut caller = app.anonymous();
        caller.register("caller0").await;
        caller.log_in().await;
        let lobby = "/api/v1/chats/lobbies/world/join/";
        let lobby = caller.post(lobby, json!({})).await.expect(200).data();
        let chat = lobby["chat_id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/chats/rooms/{chat}/messages/");
        let written = caller
            .post(&path, json!({"content": "one"}))
            .await
            .expect(201);
        let message = written.data()["id"].as_str().unwrap().to_owned();
        let callers = 1;
        Self {
            app,
            document,
            caller,
            callers,
            chat,
            message,
        }
    }

    /// The documented bodies with method and path.
    fn bodies(&self) -> Vec<(Method, String, Body)> {
        let mut found = vec![];
        for (path, item) in self.document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let json = &operation["requestBody"]["content"]["application/json"]["schema"];
                if json.is_null() {
                    continue;
                }
                let id = if path.contains("/messages/{id}/") {
                    &self.message
                } else {
                    &self.chat
                };
                let address = path.replace("{id}", id).replace("{number}", "1");
                let body = Body::of(json, &self.document);
                found.push((method.to_uppercase().parse().unwrap(), address, body));
            }
        }
        assert!(found.len() > 25, "{}", found.len());
        found
    }

    /// Sends a body as another user if this one has reached a rate limit.
    pub(crate) async fn send(&mut self, method: &Method, address: &str, body: &Value) -> Response {
        loop {
            let mut caller = self.app.anonymous();
            caller.access.clone_from(&self.caller.access);
            let request = caller
                .authenticated_request(method.clone(), address)
                .json(body);
            let response = caller.send(request).await;
            if response.status != 429 {
                return response;
            }
            let mut next = self.app.anonymous();
            next.register(&format!("caller{}", self.callers)).await;
            next.log_in().await;
            self.callers += 1;
            assert!(self.callers < 60, "{method} {address} is refused for ever");
            self.caller = next;
        }
    }
}

/// A valid body and the schemas of its fields.
struct Body {
    example: Value,
    fields: Vec<Field>,
}

struct Field {
    /// The path to the field.
    way: Vec<String>,
    /// Its JSON types.
    types: BTreeSet<String>,
    words: Vec<Value>,
    least: Option<usize>,
    most: Option<usize>,
}

impl Field {
    fn name(&self) -> String {
        self.way.join(".")
    }

    /// The example with another value of this field.
    fn set(&self, example: &Value, value: Value) -> Value {
        let mut body = example.clone();
        let mut place = &mut body;
        for part in &self.way {
            if !place.is_object() {
                *place = json!({});
            }
            place = place
                .as_object_mut()
                .unwrap()
                .entry(part.clone())
                .or_insert(Value::Null);
        }
        *place = value;
        body
    }

    /// Values of the other JSON types.
    fn wrong(&self) -> Vec<Value> {
        let mut all = vec![
            json!(null),
            json!(true),
            json!(7),
            json!(1.5),
            json!("7"),
            json!("true"),
            json!("null"),
            json!([]),
            json!(["a"]),
            json!([true, false]),
            json!({}),
            json!({"a": null}),
        ];
        all.retain(|value| !self.types.iter().any(|kind| is(value, kind)));
        // Values that some formats accept for an enum, and unknown names.
        if let Some(word) = self.words.first().and_then(Value::as_str) {
            all.extend([
                json!({word: null}),
                json!([word]),
                json!("no-such-word"),
                json!(""),
            ]);
        }
        all
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    }
}

impl Body {
    fn of(schema: &Value, document: &Value) -> Self {
        let choices = choices(schema, document);
        let mut shown = choices
            .iter()
            .flat_map(|one| [&one["example"], &one["examples"][0]]);
        let example = shown.find(|example| example.is_object()).unwrap().clone();
        let mut fields = vec![];
        collect_parts(&choices, &example, document, &[], &mut fields);
        Self { example, fields }
    }
}

/// The alternatives of a schema: itself, the schema it refers to, or its variants.
fn choices<'d>(schema: &'d Value, document: &'d Value) -> Vec<&'d Value> {
    if let Some(path) = schema["$ref"].as_str() {
        return choices(
            document.pointer(path.trim_start_matches('#')).unwrap(),
            document,
        );
    }
    let all = ["oneOf", "anyOf"]
        .iter()
        .filter_map(|key| schema[key].as_array());
    let found: Vec<_> = all
        .flatten()
        .flat_map(|one| choices(one, document))
        .collect();
    if found.is_empty() {
        vec![schema]
    } else {
        found
    }
}

/// The fields of the variant of the example, including nested ones.
fn collect_parts(
    choices_of: &[&Value],
    example: &Value,
    document: &Value,
    way: &[String],
    found: &mut Vec<Field>,
) {
    let of_example = |one: &&&Value| {
        let fields = one["properties"].as_object().into_iter().flatten();
        let mut words =
            fields.filter(|(_, field)| field["enum"].as_array().is_some_and(|all| all.len() == 1));
        words.all(|(name, field)| {
            example
                .get(name)
                .is_none_or(|word| *word == field["enum"][0])
        })
    };
    let objects: Vec<_> = choices_of
        .iter()
        .filter(|one| one["properties"].is_object())
        .filter(of_example)
        .collect();
    // If the variant of the example is unknown, its fields are skipped.
    let [object] = objects.as_slice() else {
        return;
    };
    for (name, schema) in object["properties"].as_object().unwrap() {
        let mut way = way.to_vec();
        way.push(name.clone());
        let all = choices(schema, document);
        collect_parts(&all, &example[name], document, &way, found);
        let kinds = all.iter().flat_map(|one| match &one["type"] {
            Value::String(kind) => vec![kind.clone()],
            Value::Array(kinds) => kinds
                .iter()
                .map(|kind| kind.as_str().unwrap().to_owned())
                .collect(),
            _ => panic!("{name} has no type: {one}"),
        });
        let length = |key: &str| {
            all.iter()
                .find_map(|one| one[key].as_u64())
                .map(|n| usize::try_from(n).unwrap())
        };
        found.push(Field {
            types: kinds.collect(),
            words: all
                .iter()
                .flat_map(|one| one["enum"].as_array().cloned().unwrap_or_default())
                .collect(),
            least: length("minLength").filter(|least| *least > 0),
            most: length("maxLength"),
            way,
        });
    }
}

/// Checks that the response reports an error at this field in plain words.
fn expect_field_error(response: &Response, field: &str, of: &str) {
    let text = response.text();
    assert!((400..500).contains(&response.status), "{of}: {text}");
    let json = response.json();
    let fields: &Map<String, Value> = json["error"]["fields"]
        .as_object()
        .unwrap_or_else(|| panic!("{of}: {text}"));
    assert!(fields.contains_key(field), "{of}: {text}");
    let problems = fields.values().flat_map(|all| all.as_array().unwrap());
    for payload in problems.chain([&json["message"]]) {
        let payload = payload.as_str().unwrap();
        let mut words = payload.split(|c: char| !c.is_alphanumeric());
        assert!(!words.any(|word| FOREIGN.contains(&word)), "{of}: {text}");
        assert!(
            !payload.trim_end_matches('.').ends_with("is invalid")
                && !payload.contains("invalid type"),
            "{of}: {text}"
        );
    }
}

/// Sends every body with each of these values in each field. Returns the number of requests, all of which
/// were refused with an error at the field.
async fn refuse_all(values: impl Fn(&Field) -> Vec<Value>) -> usize {
    let mut calls = Calls::new().await;
    let mut checked = 0;
    for (method, address, body) in calls.bodies() {
        for field in &body.fields {
            for value in values(field) {
                let sent = field.set(&body.example, value);
                let response = calls.send(&method, &address, &sent).await;
                let of = format!("{method} {address} {sent}");
                expect_field_error(&response, &field.name(), &of);
                checked += 1;
            }
        }
    }
    checked
}

#[tokio::test]
async fn wrong_types_are_refused_at_their_field() {
    let checked = refuse_all(|field| field.wrong().into_iter().collect()).await;
    assert!(checked > 500, "{checked}");
}

#[tokio::test]
async fn text_lengths_are_enforced_as_documented() {
    let texts = |field: &Field| {
        let short = field.least.map(|least| "x".repeat(least - 1));
        let long = field.most.map(|most| "x".repeat(most + 1));
        short
            .into_iter()
            .chain(long)
            .map(|text| json!(text))
            .collect()
    };
    let checked = refuse_all(texts).await;
    assert!(checked > 40, "{checked}");
}
