//! What a module refers to: other modules, style sheets, files, and routes with their views.

use crate::tokens::{JsToken, tokens};

/// What a module refers to, as it is written there.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ModuleReferences {
    /// What it imports or exports from, statically.
    pub(crate) imports: Vec<String>,
    /// What it imports when it needs it: `import('./x.js')`.
    pub(crate) dynamic: Vec<String>,
    /// The style sheets that it adds with `loadStyles('/x.css')`.
    pub(crate) styles: Vec<String>,
    /// The files that it names with `new URL('./x', import.meta.url)`.
    pub(crate) files: Vec<String>,
    /// The routes that it lists.
    pub(crate) routes: Vec<RouteEntry>,
}

/// An entry of a list of routes: `{ path: '/x', view: './views/x.js' }`.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct RouteEntry {
    pub(crate) path: String,
    pub(crate) view: String,
    /// `signed-in` or `signed-out` if it is for such visitors only.
    pub(crate) access: Option<String>,
    /// What the view imports for visitors who are signed in.
    pub(crate) signed_in: Option<String>,
    /// What the view imports for visitors who are not.
    pub(crate) signed_out: Option<String>,
    /// The path of the route that has what this one leads to.
    redirect: Option<String>,
}

impl ModuleReferences {
    /// The references of a module.
    pub(crate) fn of(source: &str) -> Self {
        let tokens = tokens(source);
        let mut found = Self {
            routes: routes(&tokens),
            ..Self::default()
        };
        for start in 0..tokens.len() {
            found.add(tokens.get(start..).unwrap_or_default());
        }
        found
    }

    /// Adds the reference that begins here, if any. A word `from` before a string occurs in imports and
    /// exports alone.
    fn add(&mut self, tokens: &[JsToken<'_>]) {
        use JsToken::{Mark, Text, Word};
        match tokens {
            [Word("import" | "from"), Text(name), ..] => self.imports.push((*name).to_owned()),
            [Word("import"), Mark('('), Text(name), ..] => self.dynamic.push((*name).to_owned()),
            [Word("loadStyles"), Mark('('), Text(name), ..] => self.styles.push((*name).to_owned()),
            [
                Word("new"),
                Word("URL"),
                Mark('('),
                Text(name),
                Mark(','),
                Word("import"),
                ..,
            ] if !name.ends_with(['.', '/']) => self.files.push((*name).to_owned()),
            _ => {}
        }
    }
}

/// The entries that have a path, and a view or lead to an entry with one, whose page they get.
fn routes(tokens: &[JsToken<'_>]) -> Vec<RouteEntry> {
    let mut routes: Vec<RouteEntry> = vec![];
    for start in 0..tokens.len() {
        let Some((key, value)) = property(tokens.get(start..).unwrap_or_default()) else {
            continue;
        };
        if key == "path" {
            routes.push(RouteEntry {
                path: value.to_owned(),
                ..RouteEntry::default()
            });
        } else if let Some(route) = routes.last_mut() {
            set(route, key, value);
        }
    }
    follow_redirects(&mut routes);
    routes.retain(|route| !route.view.is_empty());
    routes
}

fn follow_redirects(routes: &mut [RouteEntry]) {
    let targets = routes.to_vec();
    for route in routes {
        let target = targets
            .iter()
            .find(|target| route.redirect.as_ref() == Some(&target.path));
        if let Some(target) = target {
            let path = std::mem::take(&mut route.path);
            *route = RouteEntry {
                path,
                ..target.clone()
            };
        }
    }
}

fn set(route: &mut RouteEntry, key: &str, value: &str) {
    match key {
        "view" => value.clone_into(&mut route.view),
        "access" => route.access = Some(value.to_owned()),
        "signedIn" => route.signed_in = Some(value.to_owned()),
        "signedOut" => route.signed_out = Some(value.to_owned()),
        "redirect" => route.redirect = Some(value.to_owned()),
        _ => {}
    }
}

/// A property whose value is a string, or a function that imports a module.
fn property<'a>(tokens: &[JsToken<'a>]) -> Option<(&'a str, &'a str)> {
    use JsToken::{Mark, Text, Word};
    match tokens {
        [Word(key), Mark(':'), Text(value), ..]
        | [
            Word(key),
            Mark(':'),
            Mark('('),
            Mark(')'),
            Mark('='),
            Mark('>'),
            Word("import"),
            Mark('('),
            Text(value),
            ..,
        ] => Some((key, value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_finds_all_forms_of_imports() {
        let found = ModuleReferences::of(
            "import './a.js';\n\
             import one, { two as from } from \"./b.js\";\n\
             import * as all from './c.js'\n\
             export { three } from './d.js';\n\
             export * from './e.js';\n\
             const load = () => import('./f.js');\n\
             const at = Array.from('text'), url = import.meta.url;",
        );
        assert_eq!(
            found.imports,
            ["./a.js", "./b.js", "./c.js", "./d.js", "./e.js"]
        );
        assert_eq!(found.dynamic, ["./f.js"]);
    }

    #[test]
    fn of_ignores_imports_in_comments_and_strings() {
        let found = ModuleReferences::of(
            "// import './a.js';\n/* import './b.js' */ const c = \"import './c.js'\";\n\
             const d = `import './d.js'`; const e = /import '.\\/e.js'/;",
        );
        assert_eq!(found, ModuleReferences::default());
    }

    #[test]
    fn of_finds_style_sheets_and_files() {
        let found = ModuleReferences::of(
            "await loadStyles('/styles/chat.css');\n\
             const FILE = new URL('./pong.wasm', import.meta.url);\n\
             const FOLDER = new URL('.', import.meta.url);\n\
             new URL('/next', location.origin); loadStyles(href);",
        );
        assert_eq!(found.styles, ["/styles/chat.css"]);
        assert_eq!(found.files, ["./pong.wasm"]);
    }

    #[test]
    fn of_finds_routes_with_their_views() {
        let found = ModuleReferences::of(
            "const NONE = { view: './none.js' };\n\
             export const routes = [\n\
               { path: '/', view: './start.js', signedIn: './home.js', signedOut: './court.js' },\n\
               { path: '/old', redirect: '/a/:b' }, { path: '/lost', redirect: '/nowhere' },\n\
               { path: '/a/:b', access: 'signed-in', view: () => import('./a.js'), nav: 'A' },\n\
             ];\nsend({ path: '/x' });",
        );
        let start = RouteEntry {
            path: "/".to_owned(),
            view: "./start.js".to_owned(),
            access: None,
            signed_in: Some("./home.js".to_owned()),
            signed_out: Some("./court.js".to_owned()),
            redirect: None,
        };
        let other = RouteEntry {
            path: "/a/:b".to_owned(),
            view: "./a.js".to_owned(),
            access: Some("signed-in".to_owned()),
            ..RouteEntry::default()
        };
        let old = RouteEntry {
            path: "/old".to_owned(),
            ..other.clone()
        };
        assert_eq!(found.routes, [start, old, other]);
    }
}
