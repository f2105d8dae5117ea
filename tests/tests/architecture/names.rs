//! Types have unique names, and words of the old vocabulary do not come back as identifiers.

use std::collections::{BTreeMap, BTreeSet};

use crate::{all_sources, root, sources};

/// Type names that several files define. A new one is a failure; one that is gone is taken off the list.
const SHARED_NAMES: &str = include_str!("shared-type-names.txt");

/// Words that were part of a private vocabulary: see `crates/ARCHITECTURE.md` for those in use.
const FORBIDDEN: &[&str] = &[
    "Ambient",
    "Fault",
    "FieldFault",
    "Aftermath",
    "Bulk",
    "Companies",
    "Company",
    "Guest",
    "Bell",
    "Ride",
    "Manner",
    "FrontDoor",
    "Door",
    "Parcel",
    "Postman",
    "Stationery",
    "Clerk",
    "Gatherer",
    "Ender",
    "Forgetter",
    "Deed",
    "Studio",
    "keep_house",
    "Standing",
    "standings",
    "Eye",
    "Spot",
    "Look",
    "Judge",
    "Verdict",
    "Partings",
    "Neighbours",
    "HouseGames",
    "Town",
    "Ear",
    "Doorman",
    "tidings",
    "say_alive",
    "look_around",
    "told_of",
    "house",
    "House",
    "World",
    "deeds",
    "company",
    "neighbours",
    "may_speak",
    "spare",
    "obey",
    "complain",
    "LONGEST",
    "SHORTEST",
    "KEPT",
    "BELIEVED",
    "PATIENCE",
    "Telling",
    "Proving",
    "GreetingSequel",
    "proven_at",
    "at_ada",
    "at_bob",
];

/// The types that a file defines outside its tests.
fn types(text: &str) -> Vec<&str> {
    let text = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    let mut found = vec![];
    for line in text.lines() {
        let line = line.strip_prefix("pub").map_or(line, |rest| {
            rest.strip_prefix('(')
                .and_then(|rest| rest.split_once(')'))
                .map_or(rest, |(_, rest)| rest)
                .trim_start()
        });
        for keyword in ["struct ", "enum ", "trait ", "type ", "union "] {
            if let Some(rest) = line.strip_prefix(keyword) {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                found.push(&rest[..end.unwrap_or(rest.len())]);
            }
        }
    }
    found
}

#[test]
fn type_names_are_unique_in_the_workspace() {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in all_sources() {
        let text = std::fs::read_to_string(&path).unwrap();
        let place = path.strip_prefix(root()).unwrap().display().to_string();
        if place.contains("tests") {
            continue;
        }
        for name in types(&text) {
            places
                .entry(name.to_owned())
                .or_default()
                .insert(place.clone());
        }
    }
    places.retain(|_, places| places.len() > 1);
    let found: BTreeSet<&str> = places.keys().map(String::as_str).collect();
    let known: BTreeSet<&str> = SHARED_NAMES.lines().collect();
    assert_eq!(found, known, "names of several types: {places:#?}");
}

#[test]
fn forbidden_words_are_not_identifiers() {
    let mut files = all_sources();
    sources(&root().join("tests"), &mut files);
    let mut found = vec![];
    // This file lists them.
    files.retain(|path| !path.ends_with("architecture/names.rs"));
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        for line in text.lines() {
            let code = line.split("//").next().unwrap_or_default();
            let code: String = code.split('"').step_by(2).collect();
            let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
            let bad = words.filter(|word| FORBIDDEN.contains(word));
            found.extend(bad.map(|word| format!("{word} in {}", path.display())));
        }
    }
    assert_eq!(found, Vec::<String>::new());
}
