//! The catalogue, and matches that a user begins alone.

use async_trait::async_trait;
use contract::games::{GameLevel, GameListing, MAX_LOCAL_NAME_LEN, StartLocal, StartPractice};
use contract::matches::GameMatch;
use contract::users::AiSettings;
use db::{AnyConn, Tx};
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};
use kernel::{Actor, AppError, UserId};
use serde_json::{Map, Value};

use crate::catalogue::{Game, GameInfo, is_ranked};
use crate::error::Error;
use crate::games::Games;
use crate::opening::{MatchDraft, Seating, open_match};
use crate::parts::GamesParts;
use crate::queries::levels;
use crate::stored_match::{ComputerSettings, SeatedPlayer};
use crate::{MatchMode, match_dto};

/// The level that follows the results of a user.
const ADAPTIVE: &str = "adaptive";

/// Matches that a user begins alone.
#[async_trait]
pub trait MatchStartService: Send + Sync {
    /// The games of the catalogue.
    fn games(&self) -> Vec<GameListing>;

    /// Checks a request for a match against the computer, without the database.
    ///
    /// # Errors
    /// `games.game_not_found`, `games.unknown_level`, `games.options_invalid` with each option that is not
    /// valid, and `games.never_ranked`.
    fn check_practice(&self, game: &str, wanted: &StartPractice) -> Result<(), AppError>;

    /// Begins a match against the computer. It ends another match alone, and the wait in the queue.
    ///
    /// # Errors
    /// Those of [`check_practice`](Self::check_practice); `games.engaged`.
    async fn practice(
        &self,
        actor: &Actor,
        game: &str,
        wanted: StartPractice,
    ) -> Result<GameMatch, AppError>;

    /// Checks a request for a match at one keyboard, without the database.
    ///
    /// # Errors
    /// `games.game_not_found`, `games.names_invalid`, `games.options_invalid` with each option that is not
    /// valid, and `games.never_ranked`.
    fn check_local(&self, game: &str, wanted: &StartLocal) -> Result<(), AppError>;

    /// Begins a match of two players at the actor's keyboard. It ends another match alone, and the wait in
    /// the queue.
    ///
    /// # Errors
    /// Those of [`check_local`](Self::check_local); `games.engaged`.
    async fn local(
        &self,
        actor: &Actor,
        game: &str,
        wanted: StartLocal,
    ) -> Result<GameMatch, AppError>;
}

#[async_trait]
impl MatchStartService for Games {
    fn games(&self) -> Vec<GameListing> {
        let all = self.parts.catalog.all().iter();
        all.map(|game| listing(*game)).collect()
    }

    fn check_practice(&self, game: &str, wanted: &StartPractice) -> Result<(), AppError> {
        let game = find_game(&self.parts, game)?;
        let level = match wanted.level.as_deref() {
            None | Some(ADAPTIVE) => Ok(()),
            Some(name) => skill_of(&game.info(), name).map(drop),
        };
        let options = check_solo_options(game, &wanted.options).map(drop);
        together([level, options])
    }

    async fn practice(
        &self,
        actor: &Actor,
        game: &str,
        wanted: StartPractice,
    ) -> Result<GameMatch, AppError> {
        self.check_practice(game, &wanted)?;
        let game = find_game(&self.parts, game)?;
        let (user, options) = (actor.user, check_solo_options(game, &wanted.options)?);
        self.write_once(move |tx, parts| {
            let settings = computer(tx.conn, parts, game, user, wanted.level.as_deref())?;
            let draft = MatchDraft {
                game: game.slug(),
                mode: MatchMode::Practice,
                options: &options,
                players: [SeatedPlayer::User(user), SeatedPlayer::Computer(settings)],
                seating: Seating::InOrder,
                names: [None, None],
                invite: None,
            };
            open(tx, parts, &draft)
        })
        .await
    }

    fn check_local(&self, game: &str, wanted: &StartLocal) -> Result<(), AppError> {
        let game = find_game(&self.parts, game)?;
        let names = local_names(&wanted.players).map(drop);
        let options = check_solo_options(game, &wanted.options).map(drop);
        together([names, options])
    }

    async fn local(
        &self,
        actor: &Actor,
        game: &str,
        wanted: StartLocal,
    ) -> Result<GameMatch, AppError> {
        self.check_local(game, &wanted)?;
        let game = find_game(&self.parts, game)?;
        let (user, options) = (actor.user, check_solo_options(game, &wanted.options)?);
        let names = local_names(&wanted.players)?;
        self.write_once(move |tx, parts| {
            let draft = MatchDraft {
                game: game.slug(),
                mode: MatchMode::Local,
                options: &options,
                players: [SeatedPlayer::User(user), SeatedPlayer::Local],
                seating: Seating::InOrder,
                names: names.map(Some),
                invite: None,
            };
            open(tx, parts, &draft)
        })
        .await
    }
}

fn together<const N: usize>(checks: [Result<(), AppError>; N]) -> Result<(), AppError> {
    let errors: Vec<AppError> = checks.into_iter().filter_map(Result::err).collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(AppError::together(errors))
}

/// The game of an address.
pub(crate) fn find_game(parts: &GamesParts, slug: &str) -> Result<&'static dyn Game, AppError> {
    Ok(parts.catalog.find(slug).ok_or(Error::GameNotFound)?)
}

/// Checks the options of a match that a user begins alone.
fn check_solo_options(game: &dyn Game, given: &Map<String, Value>) -> Result<Value, AppError> {
    let options = game.check(given)?;
    if is_ranked(&options) {
        return Err(Error::NeverRanked.on_field("options.ranked"));
    }
    Ok(options)
}

fn listing(game: &dyn Game) -> GameListing {
    let info = game.info();
    GameListing {
        slug: game.slug().to_owned(),
        title: info.title.to_owned(),
        description: info.description.to_owned(),
        has_draws: info.has_draws,
        options: game.options_schema(),
        levels: info.levels.into_iter().map(level).collect(),
    }
}

fn level(level: crate::catalogue::ComputerLevel) -> GameLevel {
    GameLevel {
        name: level.name,
        skill: level.skill,
    }
}

fn skill_of(info: &GameInfo, name: &str) -> Result<u16, AppError> {
    let known = info.levels.iter().find(|level| level.name == name);
    Ok(known
        .ok_or_else(|| Error::UnknownLevel.on_field("level"))?
        .skill)
}

/// How the computer plays at a level, or by the user's own settings.
fn computer(
    conn: &mut AnyConn,
    parts: &GamesParts,
    game: &dyn Game,
    user: UserId,
    level: Option<&str>,
) -> Result<ComputerSettings, AppError> {
    let skill_only = |skill| ComputerSettings {
        skill,
        reaction_ms: None,
        accuracy: None,
    };
    match level {
        Some(ADAPTIVE) => Ok(skill_only(adapted_skill(conn, game, user)?)),
        Some(name) => Ok(skill_only(skill_of(&game.info(), name)?)),
        None => {
            let settings = parts.players.ai_settings(conn, user)?;
            let skill = if settings.adaptive {
                adapted_skill(conn, game, user)?
            } else {
                skill_of_settings(&game.info(), &settings)?
            };
            Ok(ComputerSettings {
                skill,
                reaction_ms: settings.reaction_ms,
                accuracy: settings.accuracy,
            })
        }
    }
}

fn adapted_skill(conn: &mut AnyConn, game: &dyn Game, user: UserId) -> Result<u16, AppError> {
    Ok(game.adapted_skill(levels::load(conn, user, game.slug())?))
}

/// The skill of the level in a user's settings. A game without a level of this name has others: then the
/// strongest one that is no stronger by its rank.
fn skill_of_settings(info: &GameInfo, settings: &AiSettings) -> Result<u16, AppError> {
    let name = serde_json::to_value(settings.level)?;
    let name = name.as_str().unwrap_or_default();
    if let Ok(skill) = skill_of(info, name) {
        return Ok(skill);
    }
    let middle = info.levels.get(info.levels.len() / 2);
    Ok(middle.map_or(0, |level| level.skill))
}

/// The names of two players at one keyboard.
fn local_names(given: &[String]) -> Result<[String; 2], AppError> {
    let invalid = || Error::NamesInvalid.on_field("players");
    let [first, second] = given else {
        return Err(invalid());
    };
    let names = [first, second].map(|name| name.trim().to_owned());
    let is_valid = |name: &String| {
        let length = name.chars().count();
        (1..=MAX_LOCAL_NAME_LEN).contains(&length)
            && name.chars().all(is_visible)
            && name.chars().any(is_drawn)
    };
    let [first, second] = &names;
    if !names.iter().all(is_valid) || first.to_lowercase() == second.to_lowercase() {
        return Err(invalid());
    }
    Ok(names)
}

/// Neither a control character nor one that is invisible, changes the direction of text, is private or not
/// assigned. The joiners that some scripts and emoji need are allowed.
fn is_visible(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let is_text = !matches!(
        category,
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    );
    is_joiner(c) || (is_text && !is_ignorable(c))
}

/// Whether there is something to see of it alone.
fn is_drawn(c: char) -> bool {
    !is_ignorable(c) && !c.is_whitespace()
}

const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}')
}

fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

fn open(
    tx: &mut Tx<'_>,
    parts: &GamesParts,
    draft: &MatchDraft<'_>,
) -> Result<GameMatch, AppError> {
    let id = open_match(tx, draft)?;
    let opened = match_dto::load(tx.conn, parts, &[id])?.pop();
    Ok(opened.ok_or(Error::MatchNotFound)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(given: [&str; 2]) -> Result<[String; 2], AppError> {
        local_names(&given.map(str::to_owned))
    }

    #[test]
    fn local_names_are_trimmed_different_and_visible() {
        assert_eq!(names([" Ada ", "Grace"]).unwrap(), ["Ada", "Grace"]);
        assert!(names(["A", &"x".repeat(24)]).is_ok());
        assert!(names(["👩\u{200d}🚀", "می\u{200c}خواهم"]).is_ok());
        for bad in [
            ["Ada", "ada"],
            ["", "Ada"],
            ["  ", "Ada"],
            ["Ada", "a\u{0}b"],
            ["Ada", "\u{202e}adA"],
            ["Ada", "Ada\u{200b}"],
            ["Ada", "Ada\u{2066}"],
            ["Ada", "A\u{ad}da"],
            ["Ada", "\u{3164}"],
            ["Ada", "\u{200d}"],
            ["Ada", "Ada\u{feff}"],
            ["Ada", "a\u{2028}b"],
            ["Ada", "x".repeat(25).as_str()],
        ] {
            assert!(
                names(bad).unwrap_err().is(Error::NamesInvalid.code()),
                "{bad:?}"
            );
        }
        let three = ["a", "b", "c"].map(str::to_owned);
        assert!(local_names(&three).is_err());
        assert!(local_names(&[]).is_err());
    }
}
