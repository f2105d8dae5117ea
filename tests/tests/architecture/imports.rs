//! Files of a crate import each other one way only.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::sources;

/// A module by its path in the crate.
type Module = Vec<String>;

/// Circles that are known, each with its crate and its modules. A new one is a failure; one that is gone
/// is taken off the list.
const KNOWN: &str = include_str!("known-circles.txt");

/// The modules of a crate, and what each imports.
struct Imports {
    /// The text of each module, without comments and tests.
    texts: BTreeMap<Module, String>,
    /// What each module re-exports, by name.
    exports: BTreeMap<Module, BTreeMap<String, Module>>,
}

#[test]
fn files_import_each_other_one_way() {
    let mut found = BTreeSet::new();
    for folder in crate::crates() {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        for circle in Imports::read(&folder.join("src")).circles() {
            found.insert(format!("{name}: {}", circle.join(", ")));
        }
    }
    let known: BTreeSet<String> = KNOWN.lines().map(str::to_owned).collect();
    assert_eq!(found, known, "circles of imports between files");
}

#[test]
fn find_circles_names_them() {
    let files = [
        ("lib", "mod a; mod b; mod c; pub use a::A;"),
        ("a", "use crate::b::B;"),
        ("b", "use super::c::{self, d::D};"),
        ("c", "fn f() { crate::A::new() }"),
        ("c::d", ""),
        ("e", "use crate::A;"),
    ];
    let texts = files.map(|(path, text)| {
        let path = path.split("::").map(str::to_owned);
        (path.filter(|part| part != "lib").collect(), text.to_owned())
    });
    let circles = Imports::new(BTreeMap::from(texts)).circles();
    assert_eq!(circles, [["a", "b", "c"].map(str::to_owned)]);
}

impl Imports {
    fn read(src: &Path) -> Self {
        let mut files = vec![];
        sources(src, &mut files);
        let mut texts = BTreeMap::new();
        for file in files {
            let path = file.strip_prefix(src).unwrap().with_extension("");
            let parts = path.iter().map(|part| part.to_string_lossy().into_owned());
            let parts: Module = parts
                .filter(|part| part != "mod" && part != "lib")
                .collect();
            let is_test = parts
                .iter()
                .any(|part| part == "tests" || part.ends_with("_tests"));
            if !is_test && parts != ["main"] {
                let text = std::fs::read_to_string(&file).unwrap();
                texts.insert(parts, without_tests(&text));
            }
        }
        Self::new(texts)
    }

    fn new(texts: BTreeMap<Module, String>) -> Self {
        let mut imports = Self {
            texts,
            exports: BTreeMap::new(),
        };
        let mut exports = BTreeMap::new();
        for (module, text) in &imports.texts {
            let all = uses(text).into_iter().filter(|(is_public, _)| *is_public);
            let named = all.filter_map(|(_, path)| {
                let path = imports.absolute(module, &path)?;
                Some((path.last()?.clone(), path))
            });
            exports.insert(module.clone(), named.collect());
        }
        imports.exports = exports;
        imports
    }

    /// The path in the crate of a path in a module; `None` for other crates.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Module> {
        let first = path.first()?.as_str();
        let mut base = module.clone();
        match first {
            "crate" => return Some(path[1..].to_vec()),
            "self" => base.extend_from_slice(&path[1..]),
            "super" => {
                let ups = path.iter().take_while(|part| *part == "super").count();
                base.truncate(base.len().saturating_sub(ups));
                base.extend_from_slice(&path[ups..]);
            }
            _ => {
                base.push(first.to_owned());
                if !self.texts.contains_key(&base) {
                    return None;
                }
                base.extend_from_slice(&path[1..]);
            }
        }
        Some(base)
    }

    /// The module that an item is defined in, through re-exports.
    fn defined_in(&self, path: &[String]) -> Option<Module> {
        let mut path = path.to_vec();
        for _ in 0..8 {
            let length = (0..=path.len())
                .rev()
                .find(|length| self.texts.contains_key(&path[..*length]))?;
            let (module, rest) = path.split_at(length);
            let export = rest
                .first()
                .and_then(|name| self.exports.get(module)?.get(name));
            let Some(export) = export else {
                return Some(module.to_vec());
            };
            path = [export.as_slice(), &rest[1..]].concat();
        }
        None
    }

    fn imports_of(&self, module: &Module, text: &str) -> BTreeSet<Module> {
        let private = uses(text).into_iter().filter(|(is_public, _)| !is_public);
        let paths = private.map(|(_, path)| path).chain(inline_paths(text));
        let absolute = paths.filter_map(|path| self.absolute(module, &path));
        let defined = absolute.filter_map(|path| self.defined_in(&path));
        defined.filter(|other| other != module).collect()
    }

    /// Modules that import each other, directly or through others.
    fn circles(&self) -> Vec<Vec<String>> {
        let mut reached: BTreeMap<&Module, BTreeSet<Module>> = self
            .texts
            .iter()
            .map(|(module, text)| (module, self.imports_of(module, text)))
            .collect();
        loop {
            let before: usize = reached.values().map(BTreeSet::len).sum();
            let all: Vec<&Module> = reached.keys().copied().collect();
            for module in all {
                let next = reached[module]
                    .iter()
                    .filter_map(|other| reached.get(other))
                    .flatten();
                let next: BTreeSet<Module> = next.cloned().collect();
                reached.get_mut(module).unwrap().extend(next);
            }
            if reached.values().map(BTreeSet::len).sum::<usize>() == before {
                break;
            }
        }
        let in_circle = reached
            .keys()
            .filter(|module| reached[*module].contains(**module));
        let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
        for module in in_circle {
            let mutual = reached[module]
                .iter()
                .filter(|other| reached[*other].contains(*module));
            circles.insert(
                mutual
                    .map(|module| {
                        if module.is_empty() {
                            "lib".to_owned()
                        } else {
                            module.join("::")
                        }
                    })
                    .collect(),
            );
        }
        circles.into_iter().collect()
    }
}

fn without_tests(text: &str) -> String {
    let text = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    let lines = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// Splits a file into its `use` declarations, each with its visibility, and the rest.
fn split_uses(text: &str) -> (Vec<(bool, &str)>, String) {
    let (mut declarations, mut code, mut rest) = (vec![], String::new(), text);
    while let Some(at) = rest.find("use ") {
        let (before, after) = rest.split_at(at);
        let line = before
            .rsplit(['\n', ';', '}'])
            .next()
            .unwrap_or_default()
            .trim();
        let end = after
            .find(';')
            .filter(|_| line.is_empty() || line.starts_with("pub"));
        code.push_str(before);
        if let Some(end) = end {
            declarations.push((line.starts_with("pub"), &after[4..end]));
        }
        rest = &after[end.unwrap_or(4)..];
    }
    code.push_str(rest);
    (declarations, code)
}

/// The paths of the `use` declarations of a file, and whether they are public.
fn uses(text: &str) -> Vec<(bool, Vec<String>)> {
    let (declarations, _) = split_uses(text);
    let paths = declarations
        .into_iter()
        .flat_map(|(is_public, paths)| tree(paths).into_iter().map(move |path| (is_public, path)));
    paths.collect()
}

/// The paths of a tree such as `a::{b, c::{self, d}}`.
fn tree(text: &str) -> Vec<Vec<String>> {
    let text = text.trim();
    let Some((prefix, rest)) = text.split_once('{') else {
        let path = text.split(" as ").next().unwrap_or_default();
        return vec![
            path.split("::")
                .map(|part| part.trim().to_owned())
                .collect(),
        ];
    };
    let prefix: Vec<String> = prefix
        .split("::")
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
    let paths = split_list(inner).into_iter().flat_map(tree);
    paths
        .map(|path| {
            let path = if path == ["self"] { vec![] } else { path };
            [prefix.clone(), path].concat()
        })
        .collect()
}

/// Splits at the commas outside braces.
fn split_list(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, vec![]);
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// The paths of at least two parts in the code of a file, such as `store::insert`.
fn inline_paths(text: &str) -> Vec<Vec<String>> {
    let (_, text) = split_uses(text);
    let is_part_of_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = text.split(|c| !is_part_of_path(c));
    let paths = words.filter(|word| word.contains("::") && !word.starts_with("::"));
    paths
        .map(|path| {
            path.split("::")
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()
        })
        .collect()
}
