//! The modules of a client and what each of them needs.

use std::collections::BTreeMap;

use crate::error::BundleError;
use crate::paths::resolve;
use crate::references::{ModuleReferences, RouteEntry};

/// The module that the page starts.
pub(crate) const ENTRY: &str = "app.js";

/// The modules by their path.
pub(crate) struct ModuleGraph(BTreeMap<String, ModuleReferences>);

/// Files that are needed together, in the order in which they are found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct NeededFiles {
    pub(crate) modules: Vec<String>,
    pub(crate) styles: Vec<String>,
    pub(crate) files: Vec<String>,
}

/// What a route needs. No file is listed twice.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RouteFiles {
    /// For everyone; without the entry, which the page names itself.
    pub(crate) always: NeededFiles,
    pub(crate) signed_in: NeededFiles,
    pub(crate) signed_out: NeededFiles,
}

impl ModuleGraph {
    /// The graph of the modules among these files.
    ///
    /// # Errors
    /// A module refers to a file that is not there.
    pub(crate) fn new(files: &BTreeMap<String, Vec<u8>>) -> Result<Self, BundleError> {
        let modules = files.iter().filter(|(path, _)| path.ends_with(".js"));
        let mut graph = BTreeMap::new();
        for (path, content) in modules {
            let mut found = ModuleReferences::of(&String::from_utf8_lossy(content));
            let lists = [
                &mut found.imports,
                &mut found.dynamic,
                &mut found.styles,
                &mut found.files,
            ];
            for list in lists {
                *list = list
                    .iter()
                    .map(|reference| find(files, path, reference))
                    .collect::<Result<_, _>>()?;
            }
            for route in &mut found.routes {
                resolve_route(files, path, route)?;
            }
            graph.insert(path.clone(), found);
        }
        Ok(Self(graph))
    }

    /// The routes of all modules, in the order in which they are listed.
    pub(crate) fn routes(&self) -> impl Iterator<Item = &RouteEntry> {
        self.0.values().flat_map(|module| &module.routes)
    }

    /// What a route needs, or a page without a known route.
    pub(crate) fn needs(&self, route: Option<&RouteEntry>) -> RouteFiles {
        let mut always = NeededFiles::default();
        self.add(ENTRY, &mut always);
        if let Some(route) = route {
            self.add(&route.view, &mut always);
        }
        let mut found = RouteFiles::default();
        let access = route.and_then(|route| route.access.as_deref());
        if access != Some("signed-out") {
            // What the entry imports later is for those who are signed in.
            let live = self.0.get(ENTRY).into_iter().flat_map(|one| &one.dynamic);
            let view = route.and_then(|route| route.signed_in.as_ref());
            found.signed_in = self.needed_besides(&always, view.into_iter().chain(live));
        }
        let view = route.and_then(|route| route.signed_out.as_ref());
        found.signed_out = self.needed_besides(&always, view.into_iter());
        always.modules.retain(|path| path != ENTRY);
        found.always = always;
        found
    }

    fn needed_besides<'a>(
        &self,
        known: &NeededFiles,
        modules: impl Iterator<Item = &'a String>,
    ) -> NeededFiles {
        let mut all = known.clone();
        for module in modules {
            self.add(module, &mut all);
        }
        all.without(known)
    }

    /// Adds a module with what it imports, level by level, as browsers load them.
    fn add(&self, module: &str, found: &mut NeededFiles) {
        let mut level = vec![module.to_owned()];
        while !level.is_empty() {
            let mut next = vec![];
            for path in level {
                let Some(module) = self.0.get(&path) else {
                    continue;
                };
                if add_once(&mut found.modules, &path) {
                    next.extend(module.imports.iter().cloned());
                    for style in &module.styles {
                        add_once(&mut found.styles, style);
                    }
                    for file in &module.files {
                        add_once(&mut found.files, file);
                    }
                }
            }
            level = next;
        }
    }
}

impl NeededFiles {
    fn without(mut self, known: &Self) -> Self {
        self.modules.retain(|path| !known.modules.contains(path));
        self.styles.retain(|path| !known.styles.contains(path));
        self.files.retain(|path| !known.files.contains(path));
        self
    }
}

fn add_once(list: &mut Vec<String>, path: &str) -> bool {
    let is_new = !list.iter().any(|known| known == path);
    if is_new {
        list.push(path.to_owned());
    }
    is_new
}

fn resolve_route(
    files: &BTreeMap<String, Vec<u8>>,
    path: &str,
    route: &mut RouteEntry,
) -> Result<(), BundleError> {
    route.view = find(files, path, &route.view)?;
    for view in [&mut route.signed_in, &mut route.signed_out] {
        if let Some(reference) = view {
            *view = Some(find(files, path, reference)?);
        }
    }
    Ok(())
}

/// The path of a file that a module refers to.
fn find(
    files: &BTreeMap<String, Vec<u8>>,
    module: &str,
    reference: &str,
) -> Result<String, BundleError> {
    resolve(module, reference)
        .filter(|path| files.contains_key(path))
        .ok_or_else(|| {
            BundleError(format!(
                "{module} refers to {reference}, which is not there"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        let file = |(path, text): &(&str, &str)| ((*path).to_owned(), text.as_bytes().to_vec());
        list.iter().map(file).collect()
    }

    fn client() -> ModuleGraph {
        let files = files(&[
            (
                "app.js",
                "import './router.js'; () => import('./live/live.js');",
            ),
            (
                "router.js",
                "import './dom.js'; import { routes } from './routes.js'; import './app.js';",
            ),
            (
                "routes.js",
                "[{ path: '/', view: './views/start.js', signedIn: './views/home.js', \
                 signedOut: './views/court.js' },\
                 { path: '/login', view: './views/login.js', access: 'signed-out' }]",
            ),
            ("dom.js", ""),
            ("live/live.js", "import '../dom.js'; import './store.js';"),
            ("live/store.js", ""),
            ("views/start.js", "import '../dom.js'; import './home.js';"),
            (
                "views/home.js",
                "loadStyles('/a.css'); import '../live/store.js';",
            ),
            (
                "views/court.js",
                "new URL('../a.wasm', import.meta.url); loadStyles('/a.css'); loadStyles('/b.css');",
            ),
            ("views/login.js", ""),
            ("a.css", ""),
            ("b.css", ""),
            ("a.wasm", ""),
        ]);
        ModuleGraph::new(&files).unwrap()
    }

    #[test]
    fn needs_lists_each_file_once_for_the_right_visitors() {
        let graph = client();
        let found = graph.needs(graph.routes().next());
        let entry = ["router.js", "dom.js", "routes.js"];
        let view = ["views/start.js", "views/home.js", "live/store.js"];
        assert_eq!(found.always.modules, [entry, view].concat());
        assert_eq!(found.always.styles, ["a.css"]);
        assert_eq!(found.signed_in.modules, ["live/live.js"]);
        assert_eq!(found.signed_out.modules, ["views/court.js"]);
        assert_eq!(found.signed_out.styles, ["b.css"]);
        assert_eq!(found.signed_out.files, ["a.wasm"]);
    }

    #[test]
    fn needs_of_a_route_for_visitors_leaves_the_live_modules_out() {
        let graph = client();
        let found = graph.needs(graph.routes().nth(1));
        assert_eq!(found.always.modules.last().unwrap(), "views/login.js");
        assert_eq!(found.signed_in, NeededFiles::default());
        let unknown = graph.needs(None);
        assert_eq!(unknown.always.modules, ["router.js", "dom.js", "routes.js"]);
        assert_eq!(unknown.signed_in.modules, ["live/live.js", "live/store.js"]);
    }

    #[test]
    fn new_refuses_references_to_missing_files() {
        for text in [
            "import './b.js'",
            "import 'lit'",
            "import('./b.js')",
            "loadStyles('/b.css')",
            "[{ path: '/', view: './b.js' }]",
        ] {
            let error = ModuleGraph::new(&files(&[("a.js", text)])).err().unwrap();
            assert!(error.to_string().contains("a.js refers to"), "{text}");
        }
    }
}
