//! Swagger UI: every call can be tried in the page, and a whole beginning is made there.

use e2e::PASSWORD;
use fantoccini::Locator;
use serde_json::{Value, json};

use crate::Browser;
use crate::authenticator::code;

/// The description of the API in the browser, and the calls in it.
struct Swagger<'a>(&'a Browser);

impl Swagger<'_> {
    async fn open(browser: &Browser) -> Swagger<'_> {
        browser.visit("/docs/").await;
        browser.says("Tokens, logins and sessions.").await;
        let unfold = "document.querySelectorAll('.opblock-tag').forEach((tag) => tag.click())";
        browser.run(unfold).await;
        let all = || "return document.querySelectorAll('.opblock').length > 50".to_owned();
        browser.settles("the list of calls", all).await;
        Swagger(browser)
    }

    /// A script that finds a part of one call's block.
    fn part(call: &str, css: &str) -> String {
        format!("document.querySelector('[id^=operations-][id$=-{call}]')?.querySelector('{css}')")
    }

    /// Unfolds a call.
    async fn unfold(&self, call: &str) {
        let head = Self::part(call, ".opblock-summary-control");
        self.0.run(&format!("{head}.click()")).await;
        self.is_there(call, ".execute").await;
    }

    async fn is_there(&self, call: &str, css: &str) {
        let part = Self::part(call, css);
        let there = || format!("return {part} != null");
        self.0.settles(&format!("{css} of {call}"), there).await;
    }

    /// Tries an unfolded call, and gives the status and the body of its answer.
    async fn execute(&self, call: &str) -> (u16, Value) {
        let button = Self::part(call, ".execute");
        self.0.run(&format!("{button}.click()")).await;
        self.is_there(call, ".live-responses-table tbody .response-col_status")
            .await;
        let status = Self::part(call, ".live-responses-table tbody .response-col_status");
        let status = self.0.run(&format!("return {status}.innerText")).await;
        let body = Self::part(
            call,
            ".live-responses-table tbody .highlight-code :is(pre, code)",
        );
        let body = self.0.run(&format!("return {body}?.innerText")).await;
        let status = status.as_str().unwrap().split_whitespace().next();
        let status = status.unwrap().parse().unwrap();
        let body = serde_json::from_str(body.as_str().unwrap_or("null"));
        (status, body.unwrap_or_default())
    }

    /// Tries a call with this body in place of its example.
    async fn send(&self, call: &str, body: &Value) -> (u16, Value) {
        self.unfold(call).await;
        self.is_there(call, "textarea.body-param__text").await;
        let field = Self::part(call, "textarea.body-param__text");
        // The page notices what is typed, not what a script puts into the field.
        let put = format!(
            "const field = {field};
             const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set;
             set.call(field, {});
             field.dispatchEvent(new Event('input', {{ bubbles: true }}));",
            json!(body.to_string())
        );
        self.0.run(&put).await;
        self.execute(call).await
    }

    /// Tries a call that takes no body.
    async fn call(&self, call: &str) -> (u16, Value) {
        self.unfold(call).await;
        self.execute(call).await
    }
}

/// A picture on this device.
fn picture(folder: &testkit::Folder) -> String {
    let file = folder.path().join("picture.png");
    image::RgbImage::from_pixel(64, 64, image::Rgb([40, 90, 160]))
        .save(&file)
        .unwrap();
    file.display().to_string()
}

#[tokio::test]
async fn a_whole_beginning_is_made_in_swagger_ui() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let swagger = Swagger::open(&browser).await;
    let mut ada = browser.app.visitor();
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
    browser.says("Signed in: every call you try now").await;
    assert_eq!(swagger.call("read_profile").await.0, 200);

    let (status, setup) = swagger.call("set_totp_up").await;
    assert_eq!(status, 200, "{setup}");
    let secret = setup["data"]["secret"].as_str().unwrap();
    let proof = json!({"code": code(secret, 0)});
    let (status, enabled) = swagger.send("enable_totp", &proof).await;
    assert_eq!(status, 200, "{enabled}");

    swagger.unfold("upload_avatar").await;
    swagger.is_there("upload_avatar", "input[type=file]").await;
    let folder = testkit::folder();
    let file = Locator::Css("[id$=-upload_avatar] input[type=file]");
    let file = browser.client.find(file).await.unwrap();
    file.send_keys(&picture(&folder)).await.unwrap();
    let (status, profile) = swagger.execute("upload_avatar").await;
    assert_eq!(status, 200, "{profile}");
    assert_ne!(profile["data"]["avatar"], Value::Null);

    // A second visit, and a login in two steps.
    let swagger = Swagger::open(&browser).await;
    let (_, first) = swagger.send("login", &right).await;
    let challenge = &first["data"]["second_factor"]["challenge"];
    // No step counts twice; the next one is taken already.
    let answer = json!({"challenge": challenge, "method": "totp", "code": code(secret, 30)});
    let (status, profile) = swagger.send("verify_login", &answer).await;
    assert_eq!(status, 200, "{profile}");
    browser.close(&[401]).await;
}
