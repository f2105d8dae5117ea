//! A browser session with helpers for what users see and do.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use e2e::{App, PASSWORD, TestUser, until};
use fantoccini::elements::Element;
use fantoccini::wd::{Capabilities, TimeoutConfiguration};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Url;
use serde_json::{Value, json};
use testkit::Folder;

use crate::chrome_command::ChromeCommand;
use crate::chromedriver::ChromeDriver;
use crate::network::Network;
use crate::programs::{self, Programs};

const FLAGS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-dev-shm-usage",
    "--window-size=1100,900",
];

/// Records the texts of toasts, which may disappear before the test looks on a busy machine.
const RECORD_TOASTS_SCRIPT: &str = "window.toastTexts = [];\
    addEventListener('DOMContentLoaded', () => {\
        const toasts = document.getElementById('toasts');\
        const record = (changes) => changes.forEach(({ addedNodes }) =>\
            addedNodes.forEach((one) => toastTexts.push(one.textContent)));\
        if (toasts) new MutationObserver(record).observe(toasts, { childList: true });\
    });";

/// A browser with a fresh profile, on its own server or on that of another browser.
pub(crate) struct Browser {
    pub(crate) client: Client,
    pub(crate) app: Arc<App>,
    _driver: ChromeDriver,
    folder: Folder,
}

impl Browser {
    /// Launches a browser with a server of its own; `None` if Chromium is not installed.
    pub(crate) async fn launch() -> Option<Self> {
        let programs = programs::find()?;
        let app = Arc::new(App::with().embedded());
        Some(Self::start(programs, app, &[]).await)
    }

    /// Launches another browser on the same server.
    pub(crate) async fn launch_another(&self) -> Self {
        let programs = programs::find().unwrap();
        Self::start(programs, Arc::clone(&self.app), &[]).await
    }

    /// Launches another browser on the same server, which it reaches over this network.
    pub(crate) async fn launch_behind(&self, network: &Network) -> Self {
        let programs = programs::find().unwrap();
        let server = self.app.url().trim_start_matches("http://");
        let rule = format!("--host-resolver-rules=MAP {server} {}", network.address());
        Self::start(programs, Arc::clone(&self.app), &[&rule]).await
    }

    async fn start(programs: &Programs, app: Arc<App>, flags: &[&str]) -> Self {
        let (driver, folder) = (ChromeDriver::start(&programs.driver), testkit::folder());
        let capabilities = capabilities(programs, &folder, flags);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(driver.url())
            .await
            .unwrap();
        client.update_timeouts(timeouts()).await.unwrap();
        let browser = Self {
            client,
            app,
            _driver: driver,
            folder,
        };
        let script = json!({"source": RECORD_TOASTS_SCRIPT});
        let command = "Page.addScriptToEvaluateOnNewDocument";
        browser
            .chrome(ChromeCommand::devtools(command, &script))
            .await;
        browser
    }

    /// Closes the browser and fails if its console has errors other than the browser's own about
    /// responses with these statuses.
    pub(crate) async fn close(self, expected_statuses: &[u16]) {
        let mut errors = vec![];
        for entry in self
            .chrome(ChromeCommand::console_log())
            .await
            .as_array()
            .unwrap()
        {
            let text = entry["message"].as_str().unwrap();
            let expected = expected_statuses
                .iter()
                .any(|status| text.contains(&format!("responded with a status of {status} ")));
            if !expected {
                errors.push(text.to_owned());
            }
        }
        self.client.close().await.unwrap();
        assert!(errors.is_empty(), "console errors: {errors:#?}");
    }

    /// Waits for a download with this extension. The browser first creates an empty file under its
    /// name and replaces it when the download is complete.
    pub(crate) async fn wait_for_download(&self, ending: &str) -> Vec<u8> {
        let folder = downloads(&self.folder);
        let whole = || {
            let files = std::fs::read_dir(&folder).ok()?.flatten();
            let ours = |path: &PathBuf| path.to_string_lossy().ends_with(ending);
            let path = files.map(|file| file.path()).find(ours)?;
            std::fs::read(path).ok().filter(|bytes| !bytes.is_empty())
        };
        until("the saved file", async || whole().is_some()).await;
        whole().unwrap()
    }

    /// Runs a chromedriver command.
    pub(crate) async fn chrome(&self, command: ChromeCommand) -> Value {
        self.client.issue_cmd(command).await.unwrap()
    }

    /// Navigates to a path of this server.
    pub(crate) async fn visit(&self, path: &str) {
        let url = format!("{}{path}", self.app.url());
        self.client.goto(&url).await.unwrap();
    }

    /// The path of the page with its query and fragment.
    pub(crate) async fn path_and_query(&self) -> String {
        let url: Url = self.client.current_url().await.unwrap();
        let origin = url.origin().ascii_serialization();
        url.as_str().replacen(&origin, "", 1)
    }

    /// Runs a script and returns its result.
    pub(crate) async fn execute_script(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap()
    }

    /// Waits until the view with this heading is open.
    pub(crate) async fn wait_for_heading(&self, text: &str) {
        self.wait_until(&format!("the heading “{text}”"), || {
            format!(
                "return document.querySelector('main:not([aria-busy]) h1')?.textContent === {}",
                json!(text)
            )
        })
        .await;
    }

    /// Waits until the page or a toast shows this text.
    pub(crate) async fn wait_for_text(&self, text: &str) {
        self.wait_until(&format!("“{text}”"), || {
            format!(
                "const text = {};\
                 const at = (window.toastTexts ?? []).findIndex((one) => one.includes(text));\
                 if (at >= 0) toastTexts.splice(0, at + 1);\
                 return at >= 0 || document.body.innerText.includes(text)",
                json!(text)
            )
        })
        .await;
    }

    /// Waits until a script returns true; panics with the text of the page and its console otherwise.
    pub(crate) async fn wait_until(&self, what: &str, script: impl Fn() -> String) {
        let shown = std::cell::RefCell::new(String::new());
        let look = async || {
            let fits = self.execute_script(&script()).await == json!(true);
            if !fits {
                let text = self.execute_script("return document.body.innerText").await;
                *shown.borrow_mut() = text.as_str().unwrap_or_default().to_owned();
            }
            fits
        };
        for _ in 0..2_400 {
            if look().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!(
            "no {what} at {} in:\n{}\nconsole: {:#}",
            self.path_and_query().await,
            shown.take(),
            self.chrome(ChromeCommand::console_log()).await
        );
    }

    /// Waits for a visible element that matches the selector.
    pub(crate) async fn find(&self, css: &str) -> Element {
        let found = async || {
            let all = self.client.find_all(Locator::Css(css)).await.ok()?;
            for one in all {
                if one.is_displayed().await.unwrap_or(false) {
                    return Some(one);
                }
            }
            None
        };
        // The page may replace it right after it was found.
        let element = OnceCell::new();
        until(css, async || match found().await {
            Some(one) => element.set(one).is_ok(),
            None => false,
        })
        .await;
        element.into_inner().unwrap()
    }

    /// Clicks the button, link or label with this text.
    pub(crate) async fn click_on(&self, text: &str) {
        let path =
            format!("//*[self::button or self::a or self::label][normalize-space(.)='{text}']");
        let visible = async || {
            let all = self.client.find_all(Locator::XPath(&path)).await.ok()?;
            // A dialog comes last in the document and covers everything else.
            for one in all.into_iter().rev() {
                if one.is_displayed().await.unwrap_or(false) {
                    return Some(one);
                }
            }
            None
        };
        until(text, async || match visible().await {
            // An element that moves or is replaced during the click is looked up again.
            Some(one) => one.click().await.is_ok(),
            None => false,
        })
        .await;
    }

    /// Clicks the summary of what is folded away.
    pub(crate) async fn click_on_summary(&self, text: &str) {
        let path = format!("//summary[normalize-space(.)='{text}']");
        let found = async || self.client.find(Locator::XPath(&path)).await.ok();
        until(text, async || match found().await {
            Some(one) => one.click().await.is_ok(),
            None => false,
        })
        .await;
    }

    /// Clicks the control with this accessible name.
    pub(crate) async fn click_named(&self, name: &str) {
        self.click_element(&format!("[aria-label={}]", json!(name)))
            .await;
    }

    /// Clicks an element that matches the selector. It is looked up again if it is replaced meanwhile.
    pub(crate) async fn click_element(&self, css: &str) {
        until(css, async || self.find(css).await.click().await.is_ok()).await;
    }

    /// Waits until the page no longer shows this text.
    pub(crate) async fn wait_for_text_gone(&self, text: &str) {
        self.wait_until(&format!("page without “{text}”"), || {
            format!("return !document.body.innerText.includes({})", json!(text))
        })
        .await;
    }

    /// Waits until the navigation link to this path has this count; empty for none.
    pub(crate) async fn wait_for_badge(&self, path: &str, count: &str) {
        self.wait_until(&format!("badge {count:?} at {path}"), || {
            format!(
                "return document.querySelector('#nav a[href=\"{path}\"]')?.innerText\
                 .replace(/[^0-9]/g, '') === {}",
                json!(count)
            )
        })
        .await;
    }

    /// Replaces the value of the field with this name.
    pub(crate) async fn type_into(&self, name: &str, text: &str) {
        let field = self.field(name).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// The field with this name, in the dialog if one is open.
    pub(crate) async fn field(&self, name: &str) -> Element {
        let open = self
            .execute_script("return document.querySelector('dialog') !== null")
            .await
            == json!(true);
        let within = if open { "dialog" } else { "main" };
        self.find(&format!("{within} [name={name}]:not([hidden])"))
            .await
    }

    /// Waits for an error at a field and returns it.
    pub(crate) async fn field_error(&self, name: &str) -> String {
        let script = format!(
            "return document.querySelector('[name={name}]').closest('.field').querySelector('.problem').textContent"
        );
        let problem = async || {
            self.execute_script(&script)
                .await
                .as_str()
                .unwrap()
                .to_owned()
        };
        until("a problem", async || !problem().await.is_empty()).await;
        problem().await
    }

    /// Logs in a user without a second factor.
    pub(crate) async fn log_in(&self, user: &TestUser) {
        self.visit("/login").await;
        self.fill_login(&user.name, PASSWORD).await;
        self.wait_for_heading(&format!("Hello, {}", user.name))
            .await;
    }

    /// Submits the login form.
    pub(crate) async fn fill_login(&self, name: &str, password: &str) {
        self.type_into("username", name).await;
        self.type_into("password", password).await;
        self.find("main form button[type=submit]")
            .await
            .click()
            .await
            .unwrap();
    }

    /// Logs out with the account menu.
    pub(crate) async fn log_out(&self) {
        self.find(".menu-button").await.click().await.unwrap();
        self.find("#menu button").await.click().await.unwrap();
        self.wait_for_heading("Play, chat and watch together.")
            .await;
    }
}

fn capabilities(programs: &Programs, folder: &Folder, more: &[&str]) -> Capabilities {
    let profile = format!(
        "--user-data-dir={}",
        folder.path().join("profile").display()
    );
    let own = [profile.as_str()];
    let flags: Vec<&str> = FLAGS
        .into_iter()
        .chain(own)
        .chain(more.iter().copied())
        .collect();
    let preferences = json!({"download.default_directory": downloads(folder)});
    let options = json!({"args": flags, "binary": programs.chromium, "prefs": preferences});
    let logging = json!({"browser": "SEVERE"});
    [
        ("goog:chromeOptions".to_owned(), options),
        ("goog:loggingPrefs".to_owned(), logging),
    ]
    .into_iter()
    .collect()
}

fn downloads(folder: &Folder) -> PathBuf {
    folder.path().join("downloads")
}

/// A page or script that hangs fails its test instead of blocking it for minutes.
fn timeouts() -> TimeoutConfiguration {
    let limit = Some(Duration::from_secs(60));
    TimeoutConfiguration::new(limit, limit, Some(Duration::ZERO))
}
