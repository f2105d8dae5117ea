//! A browser of one's own, and what people do with it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use e2e::{App, PASSWORD, Person, until};
use fantoccini::elements::Element;
use fantoccini::wd::{Capabilities, TimeoutConfiguration};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Url;
use serde_json::{Value, json};
use testkit::Folder;

use crate::driver::Driver;
use crate::programs::{self, Programs};
use crate::vendor::Vendor;

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

/// Remembers what passing notices said, as they are gone after a moment, which on a busy machine may
/// be before anybody has looked.
const REMEMBER: &str = "window.passed = [];\
    addEventListener('DOMContentLoaded', () => {\
        const notices = document.getElementById('notices');\
        const remember = (changes) => changes.forEach(({ addedNodes }) =>\
            addedNodes.forEach((one) => passed.push(one.textContent)));\
        if (notices) new MutationObserver(remember).observe(notices, { childList: true });\
    });";

/// A browser with a fresh profile, on a server of its own or beside another browser.
pub(crate) struct Browser {
    pub(crate) client: Client,
    pub(crate) app: Arc<App>,
    _driver: Driver,
    folder: Folder,
}

impl Browser {
    /// Opens one, where this machine has it.
    pub(crate) async fn open() -> Option<Self> {
        let programs = programs::find()?;
        Some(Self::start(programs, Arc::new(App::with().embedded())).await)
    }

    /// Opens another one, of somebody else, on the same server.
    pub(crate) async fn beside(&self) -> Self {
        let programs = programs::find().unwrap();
        Self::start(programs, Arc::clone(&self.app)).await
    }

    async fn start(programs: &Programs, app: Arc<App>) -> Self {
        let (driver, folder) = (Driver::start(&programs.driver), testkit::folder());
        let capabilities = capabilities(programs, &folder);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(driver.url())
            .await
            .unwrap();
        client.update_timeouts(patience()).await.unwrap();
        let browser = Self {
            client,
            app,
            _driver: driver,
            folder,
        };
        let remember = json!({"source": REMEMBER});
        let tool = "Page.addScriptToEvaluateOnNewDocument";
        browser.vendor(Vendor::tool(tool, &remember)).await;
        browser
    }

    /// Closes it. The console must be free of errors, but for what the browser itself writes about
    /// answers with these statuses.
    pub(crate) async fn close(self, refusals: &[u16]) {
        let mut wrong = vec![];
        for entry in self.vendor(Vendor::console()).await.as_array().unwrap() {
            let text = entry["message"].as_str().unwrap();
            let expected = refusals
                .iter()
                .any(|status| text.contains(&format!("responded with a status of {status} ")));
            if !expected {
                wrong.push(text.to_owned());
            }
        }
        self.client.close().await.unwrap();
        assert!(wrong.is_empty(), "the console says: {wrong:#?}");
    }

    /// Waits for a file with this ending that was saved to the device. The browser keeps its name
    /// with an empty file at first, and moves there what it has written elsewhere.
    pub(crate) async fn saved(&self, ending: &str) -> Vec<u8> {
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

    /// Something of this driver alone.
    pub(crate) async fn vendor(&self, command: Vendor) -> Value {
        self.client.issue_cmd(command).await.unwrap()
    }

    /// Types an address of this server.
    pub(crate) async fn visit(&self, path: &str) {
        let url = format!("{}{path}", self.app.url());
        self.client.goto(&url).await.unwrap();
    }

    /// The path of the page, with what follows it.
    pub(crate) async fn address(&self) -> String {
        let url: Url = self.client.current_url().await.unwrap();
        let origin = url.origin().ascii_serialization();
        url.as_str().replacen(&origin, "", 1)
    }

    /// Runs a script and gives what it returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap()
    }

    /// Waits for this heading, which means that its view is there.
    pub(crate) async fn heading(&self, text: &str) {
        self.settles(&format!("the heading “{text}”"), || {
            format!(
                "return document.querySelector('main:not([aria-busy]) h1')?.textContent === {}",
                json!(text)
            )
        })
        .await;
    }

    /// Waits until this text can be read on the page, or a notice has said it in passing.
    pub(crate) async fn says(&self, text: &str) {
        self.settles(&format!("“{text}”"), || {
            format!(
                "const text = {};\
                 const at = (window.passed ?? []).findIndex((one) => one.includes(text));\
                 if (at >= 0) passed.splice(0, at + 1);\
                 return at >= 0 || document.body.innerText.includes(text)",
                json!(text)
            )
        })
        .await;
    }

    /// Waits until a script returns true; what the page says otherwise is told.
    pub(crate) async fn settles(&self, what: &str, script: impl Fn() -> String) {
        let shown = std::cell::RefCell::new(String::new());
        let look = async || {
            let fits = self.run(&script()).await == json!(true);
            if !fits {
                let text = self.run("return document.body.innerText").await;
                *shown.borrow_mut() = text.as_str().unwrap_or_default().to_owned();
            }
            fits
        };
        for _ in 0..600 {
            if look().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!(
            "no {what} at {} in:\n{}",
            self.address().await,
            shown.take()
        );
    }

    /// The first visible element of this kind, once it is there.
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
        until(css, async || found().await.is_some()).await;
        found().await.unwrap()
    }

    /// Presses the button or link with these words.
    pub(crate) async fn press(&self, words: &str) {
        let path =
            format!("//*[self::button or self::a or self::label][normalize-space(.)='{words}']");
        let visible = async || {
            let all = self.client.find_all(Locator::XPath(&path)).await.ok()?;
            // Buttons in a dialog come last, and are above all others.
            for one in all.into_iter().rev() {
                if one.is_displayed().await.unwrap_or(false) {
                    return Some(one);
                }
            }
            None
        };
        until(words, async || match visible().await {
            // What moves or is replaced at this very moment is looked for again.
            Some(one) => one.click().await.is_ok(),
            None => false,
        })
        .await;
    }

    /// Presses the button or link that screen readers call by this name.
    pub(crate) async fn press_named(&self, name: &str) {
        let css = format!("[aria-label={}]", json!(name));
        until(name, async || self.find(&css).await.click().await.is_ok()).await;
    }

    /// Waits until this text is on the page no more.
    pub(crate) async fn says_no_more(&self, text: &str) {
        self.settles(&format!("page without “{text}”"), || {
            format!("return !document.body.innerText.includes({})", json!(text))
        })
        .await;
    }

    /// Waits until the link to that place in the bar says that so many things wait there.
    pub(crate) async fn badge(&self, place: &str, count: &str) {
        self.settles(&format!("badge {count:?} at {place}"), || {
            format!(
                "return document.querySelector('#nav a[href=\"{place}\"]')?.innerText\
                 .replace(/[^0-9]/g, '') === {}",
                json!(count)
            )
        })
        .await;
    }

    /// Types into the field with this name, in place of what is there.
    pub(crate) async fn type_into(&self, name: &str, text: &str) {
        let field = self.field(name).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// The field with this name; the one of a dialog, where one is open.
    pub(crate) async fn field(&self, name: &str) -> Element {
        let open = self
            .run("return document.querySelector('dialog') !== null")
            .await
            == json!(true);
        let within = if open { "dialog" } else { "main" };
        self.find(&format!("{within} [name={name}]:not([hidden])"))
            .await
    }

    /// What stands at a field that is not right.
    pub(crate) async fn problem_at(&self, name: &str) -> String {
        let script = format!(
            "return document.querySelector('[name={name}]').closest('.field').querySelector('.problem').textContent"
        );
        let problem = async || self.run(&script).await.as_str().unwrap().to_owned();
        until("a problem", async || !problem().await.is_empty()).await;
        problem().await
    }

    /// Logs somebody in who has no second step.
    pub(crate) async fn log_in(&self, person: &Person) {
        self.visit("/login").await;
        self.fill_login(&person.name, PASSWORD).await;
        self.heading(&format!("Hello, {}", person.name)).await;
    }

    /// Fills the form to log in and sends it.
    pub(crate) async fn fill_login(&self, name: &str, password: &str) {
        self.type_into("username", name).await;
        self.type_into("password", password).await;
        self.find("main form button[type=submit]")
            .await
            .click()
            .await
            .unwrap();
    }

    /// Logs out by one's menu.
    pub(crate) async fn log_out(&self) {
        self.find(".opener").await.click().await.unwrap();
        self.press("Log out").await;
        self.heading("Play, chat and watch together.").await;
    }
}

fn capabilities(programs: &Programs, folder: &Folder) -> Capabilities {
    let profile = format!(
        "--user-data-dir={}",
        folder.path().join("profile").display()
    );
    let flags: Vec<&str> = FLAGS.into_iter().chain([profile.as_str()]).collect();
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

/// A page or a script that hangs should fail its test, not stop it for minutes.
fn patience() -> TimeoutConfiguration {
    let most = Some(Duration::from_secs(60));
    TimeoutConfiguration::new(most, most, Some(Duration::ZERO))
}
