//! Two computer opponents in a terminal.
//!
//! `cargo run --release -p pong-engine --example two_bots -- expert hard 7` plays a match with
//! coins between two levels; the number is the seed. Where the output is not a terminal, only
//! the events are written, without waiting.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::io::{self, IsTerminal, Write};
use std::thread::sleep;
use std::time::Duration;

use pong_engine::bots::{Bot, Level};
use pong_engine::{Event, HALF_HEIGHT, HALF_WIDTH, Inputs, Match, PADDLE_FACE, Rules, Side};

const COLUMNS: usize = 78;
const ROWS: usize = 24;
/// Ticks from picture to picture.
const EVERY: u16 = 2;

fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut levels = words.iter().filter_map(|word| level(word));
    let levels = (
        levels.next().unwrap_or(Level::Expert),
        levels.next().unwrap_or(Level::Hard),
    );
    let seed = words.iter().find_map(|word| word.parse().ok()).unwrap_or(1);
    let rules = Rules::default().with_cool_mode(true);
    let mut game = Match::new(rules, seed);
    let mut left = Bot::new(rules, Side::Left, levels.0, seed + 1);
    let mut right = Bot::new(rules, Side::Right, levels.1, seed + 2);
    let draws = io::stdout().is_terminal();
    while game.outcome().is_none() {
        let keys = Inputs::new(left.play(|| game.public()), right.play(|| game.public()));
        let events = game.step(keys);
        if !draws {
            events.iter().for_each(|event| print_event(&game, event));
        } else if game.tick().is_multiple_of(EVERY) {
            io::stdout().write_all(picture(&game).as_bytes())?;
            io::stdout().flush()?;
            sleep(Duration::from_millis(1_000 * u64::from(EVERY) / 60));
        }
    }
    if let Some(outcome) = game.outcome() {
        println!("{:?} against {:?}: {outcome}", levels.0, levels.1);
    }
    Ok(())
}

fn level(word: &str) -> Option<Level> {
    let is = |level: &Level| format!("{level:?}").eq_ignore_ascii_case(word);
    Level::ALL.into_iter().find(is)
}

fn print_event(game: &Match, event: Event) {
    let (minutes, seconds) = (game.tick() / 3_600, game.tick() / 60 % 60);
    if let Event::Point(_) | Event::Coin(_) | Event::SuddenDeath = event {
        let score = game.score();
        println!(
            "{minutes}:{seconds:02} {}:{} {event:?}",
            score.left, score.right
        );
    }
}

/// The whole screen as text that is written over the last one.
fn picture(game: &Match) -> String {
    let seen = game.public();
    let mut rows = vec![vec![' '; COLUMNS]; ROWS];
    for side in Side::BOTH {
        let half = seen.half_length(game.rules(), side);
        let y = seen.paddle(side).y;
        for row in row_of(y - half)..=row_of(y + half) {
            put(&mut rows, column_of(side.sign() * PADDLE_FACE), row, '█');
        }
    }
    if let Some(coin) = seen.coin() {
        put(&mut rows, column_of(coin.x()), row_of(coin.y()), '$');
    }
    let ball = seen.ball();
    put(&mut rows, column_of(ball.x), row_of(ball.y), '●');
    let field: String = rows
        .iter()
        .map(|row| format!("│{}│\n", row.iter().collect::<String>()))
        .collect();
    let effect = seen.effect().map_or(String::new(), |effect| {
        format!("{:?} on {:?}", effect.kind, effect.target())
    });
    let score = game.score();
    // Home, then every line cleared to its end.
    format!(
        "\x1b[H\x1b[2K{:>35} : {}   {effect}\n{field}",
        score.left, score.right
    )
}

fn put(rows: &mut [Vec<char>], column: usize, row: usize, what: char) {
    if let Some(cell) = rows.get_mut(row).and_then(|row| row.get_mut(column)) {
        *cell = what;
    }
}

fn column_of(x: i16) -> usize {
    place(x, HALF_WIDTH, COLUMNS)
}

fn row_of(y: i16) -> usize {
    place(y, HALF_HEIGHT, ROWS)
}

fn place(at: i16, half: i16, cells: usize) -> usize {
    let from_edge = (i32::from(at) + i32::from(half)).max(0) as usize;
    (from_edge * cells / (2 * half as usize)).min(cells - 1)
}
