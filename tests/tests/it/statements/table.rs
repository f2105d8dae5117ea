//! `tests/statements.txt`: the allowed statements of each operation.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use super::meter::{Cost, operation_of};

/// The variable with which the table is written.
const REWRITE: &str = "REWRITE_STATEMENTS";

/// Held while the file is read and written, as the tests of both engines write it.
static FILE: Mutex<()> = Mutex::new(());

/// A database engine: a column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

/// The cost of an operation on each engine, or why it cannot be run.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Row {
    Costs([Option<Cost>; 2]),
    NotRun(String),
}

pub(super) struct Table {
    header: Vec<String>,
    rows: BTreeMap<Key, Row>,
}

/// The order of rows: by kind, then by path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    kind: usize,
    address: String,
    label: String,
}

impl Key {
    fn of(label: &str) -> Self {
        let kinds = ["connect ", "action ", "job "];
        let (first, address) = label.split_once(' ').unwrap();
        let kind = kinds.iter().position(|kind| label.starts_with(kind));
        let is_request = first.chars().all(|letter| letter.is_ascii_uppercase());
        Self {
            kind: match kind {
                _ if is_request => 0,
                Some(place) => place + 1,
                None => kinds.len() + 1,
            },
            address: operation_of(address).to_owned(),
            label: label.to_owned(),
        }
    }
}

fn file() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "statements.txt"]
        .iter()
        .collect()
}

impl Table {
    pub(super) fn load() -> Self {
        Self::parse(&std::fs::read_to_string(file()).unwrap())
    }

    fn parse(text: &str) -> Self {
        let (header, rows) = text
            .lines()
            .partition::<Vec<_>, _>(|line| line.starts_with('#'));
        let row = |line: &&str| {
            let (label, rest) = line
                .split_once("  ")
                .unwrap_or_else(|| panic!("no row: {line}"));
            (Key::of(label), Row::parse(rest.trim()))
        };
        Self {
            header: header.into_iter().map(str::to_owned).collect(),
            rows: rows
                .iter()
                .filter(|line| !line.is_empty())
                .map(row)
                .collect(),
        }
    }

    fn render(&self) -> String {
        let labels = self.rows.keys().map(|key| key.label.len());
        let width = labels.max().unwrap_or_default();
        let mut lines = self.header.clone();
        let mut kind = None;
        for (key, row) in &self.rows {
            if kind.replace(key.kind) != Some(key.kind) {
                lines.push(String::new());
            }
            lines.push(format!("{:width$}  {}", key.label, row.render()));
        }
        lines.join("\n") + "\n"
    }

    /// The labels of all rows.
    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(|key| key.label.as_str())
    }

    /// Compares the measurements on an engine with the rows for which `is_measured` is true. A higher cost
    /// or an unknown operation is a failure; with `REWRITE_STATEMENTS` set, the table is written instead.
    pub(super) fn check(
        engine: Engine,
        measured: &BTreeMap<String, Cost>,
        is_measured: impl Fn(&str) -> bool,
    ) {
        let _alone = FILE.lock();
        let mut table = Self::load();
        if std::env::var_os(REWRITE).is_some() {
            table.replace(engine, measured, is_measured);
            std::fs::write(file(), table.render()).unwrap();
            return;
        }
        let (worse, better) = table.compare(engine, measured, is_measured);
        let rewrite = "`just statements` writes the table anew";
        if !better.is_empty() {
            #[expect(clippy::print_stdout, reason = "whoever runs the test should see it")]
            let () = println!(
                "the table can be lowered; {rewrite}:\n{}",
                better.join("\n")
            );
        }
        assert!(worse.is_empty(), "{rewrite}:\n{}", worse.join("\n"));
    }

    /// The failures, and the improvements.
    fn compare(
        &self,
        engine: Engine,
        measured: &BTreeMap<String, Cost>,
        is_measured: impl Fn(&str) -> bool,
    ) -> (Vec<String>, Vec<String>) {
        let (mut worse, mut better) = (vec![], vec![]);
        for (label, cost) in measured {
            let row = self.rows.get(&Key::of(label));
            let Some(written) = row.and_then(|row| row.cost(engine)) else {
                worse.push(format!(
                    "{label} takes {} and is not in the table",
                    describe(*cost)
                ));
                continue;
            };
            let line = format!(
                "{label} takes {} instead of {}",
                describe(*cost),
                describe(written)
            );
            if cost.statements > written.statements || cost.transactions > written.transactions {
                worse.push(line);
            } else if *cost != written {
                better.push(line);
            }
        }
        for (key, row) in &self.rows {
            let is_missing = row.cost(engine).is_some() && !measured.contains_key(&key.label);
            if is_missing && is_measured(&key.label) {
                worse.push(format!("{} is in the table and was not run", key.label));
            }
        }
        (worse, better)
    }

    fn replace(
        &mut self,
        engine: Engine,
        measured: &BTreeMap<String, Cost>,
        is_measured: impl Fn(&str) -> bool,
    ) {
        for (key, row) in &mut self.rows {
            if let Row::Costs(costs) = row
                && is_measured(&key.label)
            {
                costs[engine as usize] = None;
            }
        }
        for (label, cost) in measured {
            let row = self.rows.entry(Key::of(label));
            let row = row.or_insert(Row::Costs([None; 2]));
            match row {
                Row::Costs(costs) => costs[engine as usize] = Some(*cost),
                Row::NotRun(reason) => panic!("{label} was run, though: {reason}"),
            }
        }
        self.rows.retain(|_, row| *row != Row::Costs([None; 2]));
    }
}

impl Row {
    fn parse(text: &str) -> Self {
        if let Some(reason) = text.strip_prefix("not run: ") {
            return Self::NotRun(reason.to_owned());
        }
        let numbers: Vec<Option<u64>> = text
            .split_whitespace()
            .map(|number| (number != "-").then(|| number.parse().unwrap()))
            .collect();
        let cost = |place: usize| {
            Some(Cost {
                statements: numbers[place]?,
                transactions: numbers[place + 1]?,
            })
        };
        Self::Costs([cost(0), cost(2)])
    }

    fn render(&self) -> String {
        let cost = |cost: &Option<Cost>| match cost {
            Some(cost) => format!("{:>3} {:>2}", cost.statements, cost.transactions),
            None => format!("{:>3} {:>2}", "-", "-"),
        };
        match self {
            Self::Costs([sqlite, postgres]) => format!("{}   {}", cost(sqlite), cost(postgres)),
            Self::NotRun(reason) => format!("not run: {reason}"),
        }
    }

    fn cost(&self, engine: Engine) -> Option<Cost> {
        match self {
            Self::Costs(costs) => costs[engine as usize],
            Self::NotRun(_) => None,
        }
    }
}

fn describe(cost: Cost) -> String {
    format!(
        "{} statements in {} transactions",
        cost.statements, cost.transactions
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# A header.

DELETE /b/                 2  1     3  1
GET /b/ (with a friend)    1  0     -  -
GET /c/                  not run: nothing is there

action typing              1  0     1  0
";

    fn cost(statements: u64, transactions: u64) -> Cost {
        Cost {
            statements,
            transactions,
        }
    }

    #[test]
    fn render_restores_the_parsed_table() {
        assert_eq!(Table::parse(TEXT).render(), TEXT);
    }

    #[test]
    fn compare_finds_increased_new_and_removed_operations() {
        let table = Table::parse(TEXT);
        let measured = [
            ("DELETE /b/", cost(2, 2)),
            ("GET /d/", cost(1, 0)),
            ("action typing", cost(0, 0)),
        ];
        let measured = measured
            .map(|(label, cost)| (label.to_owned(), cost))
            .into();
        let (worse, better) = table.compare(Engine::Sqlite, &measured, |_| true);
        assert_eq!(worse.len(), 3, "{worse:?}");
        assert!(worse[0].starts_with("DELETE /b/ takes 2 statements in 2 transactions instead"));
        assert!(worse[1].starts_with("GET /d/"));
        assert!(worse[2].starts_with("GET /b/ (with a friend) is in the table"));
        assert_eq!(better.len(), 1, "{better:?}");
    }

    #[test]
    fn replace_keeps_the_other_engine() {
        let mut table = Table::parse(TEXT);
        let measured = [("DELETE /b/".to_owned(), cost(9, 1))].into();
        table.replace(Engine::Sqlite, &measured, |label| {
            !label.starts_with("action")
        });
        let row = |label: &str| table.rows.get(&Key::of(label)).cloned();
        let both = Row::Costs([Some(cost(9, 1)), Some(cost(3, 1))]);
        assert_eq!(row("DELETE /b/"), Some(both));
        assert_eq!(row("GET /b/ (with a friend)"), None);
        assert!(row("GET /c/").is_some() && row("action typing").is_some());
    }
}
