//! The OpenAPI document against the real server: every operation, the errors that follow from its inputs,
//! every example.

use std::collections::BTreeSet;

use e2e::{App, Response, TestUser, deployments};
use reqwest::Method;
use serde_json::{Value, json};

/// An operation of the document.
struct Operation {
    method: Method,
    path: String,
    described: Value,
}

impl Operation {
    /// The path with values for its parameters.
    fn address(&self, id: &str) -> String {
        let mut address = self.path.clone();
        while let (Some(start), Some(end)) = (address.find('{'), address.find('}')) {
            let is_number = address.get(start..=end) == Some("{number}");
            address.replace_range(start..=end, if is_number { "1" } else { id });
        }
        address
    }

    fn has(&self, name: &str) -> bool {
        !self.described[name].is_null()
    }

    /// Whether it needs an access token.
    fn is_guarded(&self) -> bool {
        let security = self.described["security"].as_array();
        security.is_some_and(|ways| {
            !ways.is_empty()
                && ways
                    .iter()
                    .all(|way| way.as_object().is_some_and(|way| !way.is_empty()))
        })
    }

    fn takes_json(&self) -> bool {
        !self.described["requestBody"]["content"]["application/json"].is_null()
    }

    /// A query with an empty pair for each parameter.
    fn empty_pairs(&self) -> String {
        let parameters = self.described["parameters"].as_array();
        let named = parameters.into_iter().flatten().filter_map(|parameter| {
            let name = parameter["name"].as_str()?;
            (parameter["in"] == "query").then(|| format!("{name}=&{name}&"))
        });
        format!("&&=&=7&{}", named.collect::<String>())
    }

    fn documents(&self, response: &Response) -> bool {
        !self.described["responses"][response.status.to_string()].is_null()
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

async fn operations(app: &App) -> Vec<Operation> {
    let document = app
        .anonymous()
        .get("/openapi.json")
        .await
        .expect(200)
        .json();
    let mut all = vec![];
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            all.push(Operation {
                method,
                path: path.clone(),
                described: described.clone(),
            });
        }
    }
    assert!(all.len() > 40, "the document has {} operations", all.len());
    all
}

#[tokio::test]
async fn operations_are_described_completely() {
    let app = App::with().embedded();
    let mut ids = BTreeSet::new();
    for operation in operations(&app).await {
        let name = operation.name();
        for part in ["operationId", "summary", "tags", "responses"] {
            assert!(operation.has(part), "{name} has no {part}");
        }
        assert!(
            ids.insert(
                operation.described["operationId"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            ),
            "{name}: its id is taken"
        );
        for (status, response) in operation.described["responses"].as_object().unwrap() {
            let described = response["description"].as_str();
            let is_shared = response["$ref"].is_string();
            assert!(
                is_shared || described.is_some_and(|text| !text.is_empty()),
                "{name} {status}"
            );
        }
    }
}

#[tokio::test]
async fn guarded_operations_require_a_token() {
    for app in deployments().await {
        let anonymous = app.anonymous();
        for operation in operations(&app)
            .await
            .iter()
            .filter(|operation| operation.is_guarded())
        {
            let address = operation.address("01890a5d-ac96-774b-bcce-b302099a8057");
            let request = anonymous
                .request(operation.method.clone(), &address)
                .json(&json!({}));
            let response = anonymous.send(request).await;
            response.expect_error(401, "auth.not_signed_in");
            assert!(operation.documents(&response), "{}", operation.name());
        }
    }
}

#[tokio::test]
async fn empty_query_pairs_do_not_change_the_response() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        ada.befriend(&bob).await;
        ada.chat_with(&bob).await;
        let all = operations(&app).await;
        let reads = all.iter().filter(|operation| {
            operation.method == Method::GET && !operation.path.starts_with("/ws/")
        });
        for operation in reads {
            let by_name = operation.path.contains("{username}");
            let id = "01890a5d-ac96-774b-bcce-b302099a8057";
            let address = operation.address(if by_name { &bob.name } else { id });
            let plain = ada.get(&address).await.status;
            let empty = operation.empty_pairs();
            let response = ada.get(&format!("{address}?{empty}")).await;
            assert_eq!(response.status, plain, "{} with {empty}", operation.name());
        }
    }
}

/// A user with another IP address for each request, so that no rate limit is reached.
async fn signed_in(app: &App) -> TestUser {
    app.user("ada").await
}

#[tokio::test]
async fn invalid_bodies_are_refused_as_documented() {
    for app in deployments().await {
        let ada = signed_in(&app).await;
        for operation in operations(&app)
            .await
            .iter()
            .filter(|operation| operation.takes_json())
        {
            let address = operation.address("01890a5d-ac96-774b-bcce-b302099a8057");
            let cases = [
                ("application/json", "{", 400),
                ("text/plain", "{}", 415),
                ("application/json", "{\"no_such_field\": 1}", 422),
                ("application/json", "[]", 422),
            ];
            for (kind, body, status) in cases {
                if status == 422 && operation.path.ends_with("/preferences/") {
                    continue;
                }
                // Another IP address each time, so that no rate limit is reached.
                let mut caller = app.anonymous();
                caller.access.clone_from(&ada.access);
                let request = caller
                    .authenticated_request(operation.method.clone(), &address)
                    .header("content-type", kind)
                    .body(body);
                let response = caller.send(request).await;
                let limited = response.status == 429;
                assert!(
                    response.status == status || limited,
                    "{} with {body} as {kind}: {} {}",
                    operation.name(),
                    response.status,
                    response.text()
                );
                assert!(
                    operation.documents(&response),
                    "{} does not document {}",
                    operation.name(),
                    response.status
                );
            }
        }
    }
}

#[tokio::test]
async fn invalid_ids_are_refused_as_malformed() {
    for app in deployments().await {
        let ada = signed_in(&app).await;
        for operation in operations(&app).await {
            let parameters = operation.described["parameters"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let wants_id = parameters.iter().any(|one| {
                one["in"] == "path" && one["schema"]["$ref"] == "#/components/schemas/Id"
            });
            if !wants_id {
                continue;
            }
            let request = ada
                .authenticated_request(operation.method.clone(), &operation.address("not-an-id"))
                .json(&json!({}));
            let response = ada.send(request).await;
            assert_eq!(response.status, 400, "{}", operation.name());
        }
    }
}

#[tokio::test]
async fn request_examples_are_handled_as_documented() {
    for app in deployments().await {
        let ada = signed_in(&app).await;
        let document = app.anonymous().get("/openapi.json").await.json();
        for operation in operations(&app)
            .await
            .iter()
            .filter(|operation| operation.takes_json())
        {
            let schema =
                &operation.described["requestBody"]["content"]["application/json"]["schema"];
            // An optional body has the type or null.
            let named = [&schema["$ref"], &schema["oneOf"][0]["$ref"]]
                .into_iter()
                .find_map(|name| name.as_str())
                .and_then(|name| document.pointer(name.trim_start_matches('#')));
            let schema = named.unwrap_or(schema);
            let example = [&schema["example"], &schema["examples"][0]]
                .into_iter()
                .find(|example| !example.is_null());
            let example = example.unwrap_or_else(|| panic!("{} has no example", operation.name()));
            if operation.path.ends_with("/users/profile/") && operation.method == Method::DELETE {
                continue;
            }
            let mut caller = app.anonymous();
            caller.access.clone_from(&ada.access);
            let address = operation.address("01890a5d-ac96-774b-bcce-b302099a8057");
            let response = caller
                .send(
                    caller
                        .authenticated_request(operation.method.clone(), &address)
                        .json(example),
                )
                .await;
            assert!(
                response.status < 500,
                "{}: {}",
                operation.name(),
                response.text()
            );
            assert!(
                operation.documents(&response),
                "{} does not document {}: {}",
                operation.name(),
                response.status,
                response.text()
            );
            if response.status == 422 {
                let code = response.json()["error"]["code"]
                    .as_str()
                    .unwrap()
                    .to_owned();
                assert_ne!(
                    code,
                    "invalid_fields",
                    "{}: the example does not fit: {}",
                    operation.name(),
                    response.text()
                );
            }
        }
    }
}
