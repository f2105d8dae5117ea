//! Every field of every body in the document, with values that it cannot hold.

use std::collections::BTreeSet;

use e2e::{Answer, App, Person, each};
use reqwest::Method;
use serde_json::{Map, Value, json};

/// Words of a programming language, which no answer may have.
const FOREIGN: [&str; 16] = [
    "expected", "struct", "variant", "map", "sequence", "integer", "boolean", "u8", "u16", "u32",
    "u64", "i64", "f64", "usize", "serde", "utf",
];

/// The document and those who call.
struct Calls {
    app: App,
    document: Value,
    caller: Person,
    callers: usize,
    chat: String,
    message: String,
}

impl Calls {
    async fn new() -> Self {
        let flags = App::with().flag("--email-verification", "optional");
        let app = flags.embedded();
        let document = app.visitor().get("/openapi.json").await.expect(200).json();
        let mut caller = app.visitor();
        caller.register("caller0").await;
        caller.sign_in().await;
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

    /// The bodies of the document: method, address, what they are.
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
                let address = path.replace("{id}", id);
                let body = Body::of(json, &self.document);
                found.push((method.to_uppercase().parse().unwrap(), address, body));
            }
        }
        assert!(found.len() > 25, "{}", found.len());
        found
    }

    /// Sends a body, from somebody else where this one has called too often.
    async fn send(&mut self, method: &Method, address: &str, body: &Value) -> Answer {
        loop {
            let mut caller = self.app.visitor();
            caller.access.clone_from(&self.caller.access);
            let request = caller.signed(method.clone(), address).json(body);
            let answer = caller.send(request).await;
            if answer.status != 429 {
                return answer;
            }
            let mut next = self.app.visitor();
            next.register(&format!("caller{}", self.callers)).await;
            next.sign_in().await;
            self.callers += 1;
            assert!(self.callers < 60, "{method} {address} is refused for ever");
            self.caller = next;
        }
    }
}

/// A body that is right, and what is known of its fields.
struct Body {
    example: Value,
    fields: Vec<Field>,
}

struct Field {
    /// The names on the way to it.
    way: Vec<String>,
    /// The types of JSON that it can have.
    types: BTreeSet<String>,
    words: Vec<Value>,
    least: Option<usize>,
    most: Option<usize>,
}

impl Field {
    fn name(&self) -> String {
        self.way.join(".")
    }

    /// The example with something else in this place.
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

    /// Values of every type of JSON that it cannot have.
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
        // What passes for a word of an enum in some formats, and words that are none.
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
        gather(&choices, &example, document, &[], &mut fields);
        Self { example, fields }
    }
}

/// What a schema can be: itself, what it refers to, or one of several.
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

/// The fields of the one choice that the example is of, and the fields within.
fn gather(
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
    // Where the example does not tell which it is, what stands within is not looked at.
    let [object] = objects.as_slice() else {
        return;
    };
    for (name, schema) in object["properties"].as_object().unwrap() {
        let mut way = way.to_vec();
        way.push(name.clone());
        let all = choices(schema, document);
        gather(&all, &example[name], document, &way, found);
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

/// Checks that an answer refuses this field in words for people.
fn refused_at(answer: &Answer, field: &str, of: &str) {
    let told = answer.text();
    assert!((400..500).contains(&answer.status), "{of}: {told}");
    let json = answer.json();
    let fields: &Map<String, Value> = json["error"]["fields"]
        .as_object()
        .unwrap_or_else(|| panic!("{of}: {told}"));
    assert!(fields.contains_key(field), "{of}: {told}");
    let problems = fields.values().flat_map(|all| all.as_array().unwrap());
    for said in problems.chain([&json["message"]]) {
        let said = said.as_str().unwrap();
        let mut words = said.split(|c: char| !c.is_alphanumeric());
        assert!(!words.any(|word| FOREIGN.contains(&word)), "{of}: {told}");
        assert!(
            !said.contains("is not valid") && !said.contains("invalid type"),
            "{of}: {told}"
        );
    }
}

#[tokio::test]
async fn every_wrong_type_is_refused_at_its_field_in_plain_words() {
    let mut calls = Calls::new().await;
    let mut checked = 0;
    for (method, address, body) in calls.bodies() {
        for field in &body.fields {
            for wrong in field.wrong() {
                let sent = field.set(&body.example, wrong);
                let answer = calls.send(&method, &address, &sent).await;
                refused_at(
                    &answer,
                    &field.name(),
                    &format!("{method} {address} {sent}"),
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 500, "{checked}");
}

#[tokio::test]
async fn every_text_is_held_to_the_lengths_of_the_document() {
    let mut calls = Calls::new().await;
    let mut checked = 0;
    for (method, address, body) in calls.bodies() {
        for field in &body.fields {
            let short = field.least.map(|least| "x".repeat(least - 1));
            let long = field.most.map(|most| "x".repeat(most + 1));
            for text in short.into_iter().chain(long) {
                let sent = field.set(&body.example, json!(text));
                let answer = calls.send(&method, &address, &sent).await;
                refused_at(
                    &answer,
                    &field.name(),
                    &format!("{method} {address} {sent}"),
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 40, "{checked}");
}

#[tokio::test]
async fn all_faults_of_a_form_are_told_at_once() {
    let mut calls = Calls::new().await;
    let profile = json!({
        "display_name": "a\u{0}b", "bio": 7, "theme": "pink", "language": "english",
        "email": "no address", "privacy": {"profile": "all"}, "moon": 1
    });
    let invite = json!({
        "username": "", "game": "pong", "client_id": [],
        "options": {"score_to_win": 99, "ranked": "yes", "moon": 1}
    });
    for (method, address, body, fields) in [
        (
            Method::PATCH,
            "/api/v1/users/profile/",
            profile.clone(),
            vec![
                "bio",
                "display_name",
                "email",
                "language",
                "moon",
                "privacy.profile",
                "theme",
            ],
        ),
        (
            Method::PUT,
            "/api/v1/users/profile/",
            profile,
            vec![
                "bio",
                "display_name",
                "email",
                "language",
                "moon",
                "privacy.profile",
                "theme",
            ],
        ),
        (
            Method::POST,
            "/api/v1/invites/",
            invite,
            vec![
                "client_id",
                "options.moon",
                "options.ranked",
                "options.score_to_win",
                "username",
            ],
        ),
        (
            Method::POST,
            "/api/v1/auth/password/change/",
            json!({"current_password": "wrong", "password": "short", "password_confirm": "short"}),
            vec!["current_password", "password"],
        ),
        (
            Method::POST,
            "/api/v1/auth/password/change/",
            json!({"current_password": "wrong", "password": "password", "password_confirm": [], "x": 1}),
            vec!["current_password", "password", "password_confirm", "x"],
        ),
        (
            Method::POST,
            "/api/v1/auth/password/change/",
            // What nobody typed is no wrong password, and differs from nothing.
            json!({"password": 7, "password_confirm": "violet-comet-harbour-19"}),
            vec!["current_password", "password"],
        ),
        (
            Method::POST,
            "/api/v1/auth/password/reset/",
            json!({"token": "none", "password": "password", "password_confirm": "other"}),
            vec!["password", "password_confirm", "token"],
        ),
        (
            Method::POST,
            "/api/v1/auth/password/reset/",
            json!({"token": "x".repeat(513), "password": "password", "password_confirm": 7}),
            vec!["password", "password_confirm", "token"],
        ),
        (
            Method::POST,
            "/api/v1/users/register/",
            json!({"username": "a", "email": "none", "password": "password", "password_confirm": "x"}),
            vec!["email", "password", "password_confirm", "username"],
        ),
        (
            Method::POST,
            "/api/v1/users/register/",
            json!({"username": ".ab.", "email": 7, "password": "password", "password_confirm": "x"}),
            vec!["email", "password", "password_confirm", "username"],
        ),
    ] {
        let answer = calls.send(&method, address, &body).await;
        let error = answer.refused(422, "invalid_fields");
        let told = error["fields"].as_object().unwrap().keys();
        assert_eq!(told.collect::<Vec<_>>(), fields, "{method} {address}");
    }
}

#[tokio::test]
async fn all_faults_of_a_message_are_told_at_once() {
    let mut calls = Calls::new().await;
    let (chat, message) = (calls.chat.clone(), calls.message.clone());
    let path = format!("/api/v1/chats/rooms/{chat}/messages/");
    let long = "x".repeat(2_001);
    let wrong = json!({"content": long, "client_id": "~", "reply_to": "x", "timestamp": long});
    let message = format!("/api/v1/messages/{message}/");
    let report = format!("{message}report/");
    for (method, path, body, fields) in [
        (
            Method::POST,
            &path,
            wrong,
            vec!["client_id", "content", "reply_to", "timestamp"],
        ),
        (
            Method::POST,
            &path,
            json!({"content": format!("\u{7}{long}"), "client_id": "x".repeat(101)}),
            vec!["client_id", "content"],
        ),
        (
            Method::PATCH,
            &message,
            json!({"content": " ", "x": 1}),
            vec!["content", "x"],
        ),
        (
            Method::POST,
            &report,
            json!({"reason": "other", "x": 1}),
            vec!["details", "x"],
        ),
        (
            Method::POST,
            &report,
            json!({"reason": "boring"}),
            vec!["reason"],
        ),
    ] {
        let answer = calls.send(&method, path, &body).await;
        let error = answer.refused(422, "invalid_fields");
        let told = error["fields"].as_object().unwrap().keys();
        assert_eq!(told.collect::<Vec<_>>(), fields, "{method} {path}");
    }
    let both = json!({"content": format!("\u{7}{long}")});
    let answer = calls.send(&Method::POST, &path, &both).await;
    let error = answer.refused(422, "invalid_fields");
    assert_eq!(error["fields"]["content"].as_array().unwrap().len(), 2);
    let one = json!({"content": long});
    let answer = calls.send(&Method::POST, &path, &one).await;
    answer.refused_at(422, "chat.content_too_long", "content");
}

#[tokio::test]
async fn a_taken_name_is_told_with_other_faults_and_a_taken_address_is_not() {
    for app in each().await {
        let ada = app.person("ada").await;
        let visitor = app.visitor();
        let register = async |name: &str, email: &str, password: &str| {
            let body = json!({
                "username": name, "email": email, "password": password,
                "password_confirm": password,
            });
            visitor.post("/api/v1/users/register/", body).await
        };
        let error = register("ADA", &ada.email(), "password").await;
        let error = error.refused(422, "invalid_fields");
        let told = error["fields"].as_object().unwrap().keys();
        assert_eq!(told.collect::<Vec<_>>(), ["password", "username"]);
        assert_eq!(
            error["fields"]["username"],
            json!(["This username is taken."])
        );
        let long = register("ADA", "new@example.org", &"x".repeat(129)).await;
        let error = long.refused(422, "invalid_fields");
        let told = error["fields"].as_object().unwrap().keys();
        assert_eq!(
            told.collect::<Vec<_>>(),
            ["password", "password_confirm", "username"]
        );
        let weak = register("eve", &ada.email(), "password").await;
        let error = weak.refused(422, "auth.password_weak");
        assert!(error["fields"]["email"].is_null(), "{error}");
        let taken = register("ada", "new@example.org", e2e::PASSWORD).await;
        taken.refused_at(409, "auth.username_taken", "username");
        let taken = register("eve", &ada.email(), e2e::PASSWORD).await;
        taken.refused_at(409, "auth.email_taken", "email");
    }
}
