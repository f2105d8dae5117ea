//! Swagger UI: operations can be tried on the page, from registration to a two-step login.

use e2e::PASSWORD;
use fantoccini::Locator;
use serde_json::{Value, json};

use crate::Browser;
use crate::authenticator::code;

/// An open Swagger UI page.
struct Swagger<'a>(&'a Browser);

impl Swagger<'_> {
    async fn open(browser: &Browser) -> Swagger<'_> {
        browser.visit("/docs/").await;
        browser.wait_for_text("Login, tokens and sessions.").await;
        let expand_all = "document.querySelectorAll('.opblock-tag').forEach((tag) => tag.click())";
        browser.execute_script(expand_all).await;
        let all = || "return document.querySelectorAll('.opblock').length > 50".to_owned();
        browser.wait_until("the list of calls", all).await;
        Swagger(browser)
    }

    /// An expression for an element within the block of an operation.
    fn part(call: &str, css: &str) -> String {
        format!("document.querySelector('[id^=operations-][id$=-{call}]')?.querySelector('{css}')")
    }

    /// Expands an operation.
    async fn expand(&self, call: &str) {
        let head = Self::part(call, ".opblock-summary-control");
        self.0.execute_script(&format!("{head}.click()")).await;
        self.wait_for_part(call, ".execute").await;
    }

    async fn wait_for_part(&self, call: &str, css: &str) {
        let part = Self::part(call, css);
        let there = || format!("return {part} != null");
        self.0.wait_until(&format!("{css} of {call}"), there).await;
    }

    /// Executes an expanded operation and returns the status and the body of the response.
    async fn execute(&self, call: &str) -> (u16, Value) {
        let button = Self::part(call, ".execute");
        self.0.execute_script(&format!("{button}.click()")).await;
        self.wait_for_part(call, ".live-responses-table tbody .response-col_status")
            .await;
        let status = Self::part(call, ".live-responses-table tbody .response-col_status");
        let status = self
            .0
            .execute_script(&format!("return {status}.innerText"))
            .await;
        let body = Self::part(
            call,
            ".live-responses-table tbody .highlight-code :is(pre, code)",
        );
        let body = self
            .0
            .execute_script(&format!("return {body}?.innerText"))
            .await;
        let status = status.as_str().unwrap().split_whitespace().next();
        let status = status.unwrap().parse().unwrap();
        let body = serde_json::from_str(body.as_str().unwrap_or("null"));
        (status, body.unwrap_or_default())
    }

    /// Executes an operation with this request body.
    async fn send(&self, call: &str, body: &Value) -> (u16, Value) {
        self.expand(call).await;
        self.wait_for_part(call, "textarea.body-param__text").await;
        let field = Self::part(call, "textarea.body-param__text");
        // Swagger UI listens for input events; setting the value alone has no effect.
        let put = format!(
            "const field = {field};
             const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set;
             set.call(field, {});
             field.dispatchEvent(new Event('input', {{ bubbles: true }}));",
            json!(body.to_string())
        );
        self.0.execute_script(&put).await;
        self.execute(call).await
    }

    /// Executes an operation without a request body.
    async fn call(&self, call: &str) -> (u16, Value) {
        self.expand(call).await;
        self.execute(call).await
    }
}

/// Writes a picture to a file and returns its path.
fn picture(folder: &testkit::Folder) -> String {
    let file = folder.path().join("picture.png");
    image::RgbImage::from_pixel(64, 64, image::Rgb([40, 90, 160]))
        .save(&file)
        .unwrap();
    file.display().to_string()
}

#[tokio::test]
async fn swagger_ui_completes_registration_and_two_step_login() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let swagger = Swagger::open(&browser).await;
    let mut ada = browser.app.anonymous();
    "ada".clone_into(&mut ada.name);

    let account = json!({"username": "ada", "email": "ada@example.org",
        "password": PASSWORD, "password_confirm": PASSWORD});
    let (status, profile) = swagger.send("register", &account).await;
    assert_eq!((status, &profile["data"]["username"]), (201, &json!("ada")));
    let token = json!({"token": ada.mailed_token("verify-email").await});
    assert_eq!(swagger.send("verify_email", &token).await.0, 200);

    let wrong = json!({"username": "ada", "password": "not-the-password-1"});
    let (status, refusal) = swagger.send("login", &wrong).await;
    assert_eq!(
        (status, &refusal["error"]["code"]),
        (401, &json!("auth.invalid_credentials"))
    );
    let right = json!({"username": "ada", "password": PASSWORD});
    assert_eq!(swagger.send("obtain_tokens", &right).await.0, 200);
    browser
        .wait_for_text("Logged in: requests from this page")
        .await;
    assert_eq!(swagger.call("read_profile").await.0, 200);

    let (status, setup) = swagger.call("set_totp_up").await;
    assert_eq!(status, 200, "{setup}");
    let secret = setup["data"]["secret"].as_str().unwrap();
    let proof = json!({"code": code(secret, 0)});
    let (status, enabled) = swagger.send("enable_totp", &proof).await;
    assert_eq!(status, 200, "{enabled}");

    swagger.expand("upload_avatar").await;
    swagger
        .wait_for_part("upload_avatar", "input[type=file]")
        .await;
    let folder = testkit::folder();
    let file = Locator::Css("[id$=-upload_avatar] input[type=file]");
    let file = browser.client.find(file).await.unwrap();
    file.send_keys(&picture(&folder)).await.unwrap();
    let (status, profile) = swagger.execute("upload_avatar").await;
    assert_eq!(status, 200, "{profile}");
    assert_ne!(profile["data"]["avatar"], Value::Null);

    // Second visit: log in with two steps.
    let swagger = Swagger::open(&browser).await;
    let (_, first) = swagger.send("login", &right).await;
    let challenge = &first["data"]["second_factor"]["challenge"];
    // A code cannot be used twice; the next one is accepted early.
    let response = json!({"challenge": challenge, "method": "totp", "code": code(secret, 30)});
    let (status, profile) = swagger.send("verify_login", &response).await;
    assert_eq!(status, 200, "{profile}");
    browser.close(&[401]).await;
}
