//! What Chromium's driver can do beyond the standard.

use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::{Method, Url};
use serde_json::{Value, json};

type Parsed = Result<Url, <Url as std::str::FromStr>::Err>;

/// A command of this driver alone.
#[derive(Debug)]
pub(crate) struct Vendor {
    path: &'static str,
    body: Value,
}

impl Vendor {
    /// What was written to the console since the last time.
    pub(crate) fn console() -> Self {
        Self {
            path: "se/log",
            body: json!({"type": "browser"}),
        }
    }

    /// Something of the developer tools.
    pub(crate) fn tool(name: &str, parameters: &Value) -> Self {
        Self {
            path: "goog/cdp/execute",
            body: json!({"cmd": name, "params": parameters}),
        }
    }

    /// Makes the page as wide as that device.
    pub(crate) fn width(pixels: u32) -> Self {
        let device =
            json!({"width": pixels, "height": 800, "deviceScaleFactor": 1, "mobile": false});
        Self::tool("Emulation.setDeviceMetricsOverride", &device)
    }

    /// Makes the device prefer light or dark.
    pub(crate) fn prefers(scheme: &str) -> Self {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        Self::tool(
            "Emulation.setEmulatedMedia",
            &json!({ "features": features }),
        )
    }
}

impl WebDriverCompatibleCommand for Vendor {
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
