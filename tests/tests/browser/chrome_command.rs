//! Commands of chromedriver beyond the WebDriver standard.

use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::{Method, Url};
use serde_json::{Value, json};

type Parsed = Result<Url, <Url as std::str::FromStr>::Err>;

/// A chromedriver command.
#[derive(Debug)]
pub(crate) struct ChromeCommand {
    path: &'static str,
    body: Value,
}

impl ChromeCommand {
    /// Returns the console log since the last call.
    pub(crate) fn console_log() -> Self {
        Self {
            path: "se/log",
            body: json!({"type": "browser"}),
        }
    }

    /// Runs a DevTools protocol command.
    pub(crate) fn devtools(name: &str, parameters: &Value) -> Self {
        Self {
            path: "goog/cdp/execute",
            body: json!({"cmd": name, "params": parameters}),
        }
    }

    /// Emulates a device of this width.
    pub(crate) fn set_width(pixels: u32) -> Self {
        let device =
            json!({"width": pixels, "height": 800, "deviceScaleFactor": 1, "mobile": false});
        Self::devtools("Emulation.setDeviceMetricsOverride", &device)
    }

    /// Emulates the preferred colour scheme.
    pub(crate) fn set_color_scheme(scheme: &str) -> Self {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        Self::devtools(
            "Emulation.setEmulatedMedia",
            &json!({ "features": features }),
        )
    }
}

impl WebDriverCompatibleCommand for ChromeCommand {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Parsed {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
