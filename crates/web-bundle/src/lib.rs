//! Reads the folder of a web client that consists of plain ES modules, and works out how it is served.
//!
//! - The **release** of a client is the hash of its files. All files are served below `/web/{release}/`, so
//!   that they never change there. `{release}` stands for it in the page and in the service worker.
//! - Each **route** gets a page of its own. Where `index.html` has `<!-- preload -->`, it lists the modules
//!   and style sheets that the route's view imports, so that a browser loads them at once instead of one
//!   level of imports after the other.
//!
//! The comments of modules are left out, and their lines keep their numbers.
//!
//! The gateway uses it twice: when it is built, to embed the client, and at run time with `--web-folder`.
//!
//! ```
//! # fn main() -> Result<(), web_bundle::BundleError> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
//! # write("index.html", "<head><!-- preload --></head>");
//! # write("service-worker.js", "");
//! write("app.js", "import { routes } from './routes.js';");
//! write("routes.js", "export const routes = [{ path: '/play', view: './play.js' }];");
//! write("play.js", "import './court.js';");
//! write("court.js", "");
//! let bundle = web_bundle::WebBundle::read(folder.path(), &[])?;
//! let page = String::from_utf8_lossy(&bundle.pages[0].html);
//! assert_eq!(bundle.pages[0].route, "/play");
//! assert!(page.contains(&format!("href=\"/web/{}/court.js\"", bundle.release)));
//! # Ok(())
//! # }
//! ```

mod bundle;
pub mod compress;
mod error;
mod graph;
mod page;
mod paths;
mod references;
mod tokens;

pub use bundle::{DEVELOPMENT, WebBundle, WebPage};
pub use error::BundleError;
pub use paths::is_safe;
