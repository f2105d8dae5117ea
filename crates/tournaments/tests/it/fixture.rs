//! A database, users, and matches that end as the test says.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::jobs::Worker;
use contract::accounts::Audience;
use contract::invites::MatchId;
use contract::matches::GameMatch;
use contract::tournaments::{
    CreateTournament, EnterTournament, SlotState, Tournament, TournamentBracket, TournamentEntrant,
    TournamentFormat, TournamentId, TournamentSeeding, TournamentSlot, TournamentVisibility,
};
use contract::users::UserSummary;
use db::{AnyConn, Store, Tx};
use diesel::prelude::*;
use kernel::{Actor, AppError, Relation, UserId};
use serde_json::{Map, Value, json};
use testkit::{Database, TestStore, user_summary};
use tournaments::ports::{
    CalledMatch, CalledMatchEnd, CalledMatchEnded, EntrantRating, SavedScore, TournamentGames,
    TournamentRelations, TournamentUser, TournamentUsers,
};
use tournaments::rules::Timing;
use tournaments::{Error, Tournaments, TournamentsParts, TournamentsService};

pub(crate) use testkit::{PAGE, code};

diesel::table! {
    use diesel::sql_types::Text;
    use db::{DbTime, DbUuid};

    jobs (id) {
        id -> DbUuid,
        kind -> Text,
        run_at -> DbTime,
    }
}

/// Users, relations and matches.
#[derive(Default)]
pub(crate) struct World {
    users: Mutex<Vec<TournamentUser>>,
    relations: Mutex<HashMap<[UserId; 2], Relation>>,
    pub(crate) ratings: Mutex<HashMap<UserId, EntrantRating>>,
    /// The users in the seats of live matches.
    live: Mutex<HashMap<MatchId, [Option<UserId>; 2]>>,
    /// Users in matches of their own.
    pub(crate) elsewhere: Mutex<HashSet<UserId>>,
    pub(crate) counted: Mutex<Vec<(Vec<UserId>, Option<UserId>)>>,
}

fn sorted(mut pair: [UserId; 2]) -> [UserId; 2] {
    pair.sort_unstable();
    pair
}

impl World {
    fn relation(&self, one: UserId, other: UserId) -> Relation {
        let relations = self.relations.lock().unwrap();
        let known = relations.get(&sorted([one, other]));
        known.copied().unwrap_or(Relation::Stranger)
    }

    fn related(&self, user: UserId, wanted: Relation) -> Vec<UserId> {
        let relations = self.relations.lock().unwrap();
        let found = relations.iter().filter(|(_, known)| **known == wanted);
        let other = |[one, other]: &[UserId; 2]| match (*one == user, *other == user) {
            (true, _) => Some(*other),
            (_, true) => Some(*one),
            _ => None,
        };
        found.filter_map(|(pair, _)| other(pair)).collect()
    }
}

impl TournamentUsers for World {
    fn find_by_usernames(
        &self,
        _: &mut AnyConn,
        usernames: &[String],
    ) -> Result<Vec<TournamentUser>, AppError> {
        let users = self.users.lock().unwrap();
        let named = users
            .iter()
            .filter(|user| usernames.contains(&user.summary.username));
        Ok(named.cloned().collect())
    }

    fn summaries(
        &self,
        _: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        let users = self.users.lock().unwrap();
        let found = users.iter().filter(|user| ids.contains(&user.summary.id));
        Ok(found
            .map(|user| (user.summary.id, user.summary.clone()))
            .collect())
    }
}

impl TournamentRelations for World {
    fn relations(
        &self,
        _: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Relation>, AppError> {
        let of = |(one, other): &(UserId, UserId)| self.relation(*one, *other);
        Ok(pairs.iter().map(of).collect())
    }

    fn blocks_among(
        &self,
        _: &mut AnyConn,
        users: &[UserId],
    ) -> Result<Vec<(UserId, UserId)>, AppError> {
        let relations = self.relations.lock().unwrap();
        let blocked = relations.iter().filter(|(pair, known)| {
            **known == Relation::Blocked && pair.iter().all(|user| users.contains(user))
        });
        Ok(blocked.map(|([one, other], _)| (*one, *other)).collect())
    }

    fn friends(&self, _: &mut AnyConn, user: UserId) -> Result<Vec<UserId>, AppError> {
        Ok(self.related(user, Relation::Friend))
    }

    fn hidden_from(&self, _: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError> {
        Ok(self.related(user, Relation::Blocked).into_iter().collect())
    }
}

impl TournamentGames for World {
    fn check(&self, game: &str, options: &Map<String, Value>) -> Result<Value, AppError> {
        if game != "pong" {
            return Err(Error::UnknownGame.on_field("game"));
        }
        if options.keys().any(|name| name != "score_to_win") {
            return Err(AppError::from(Error::OptionsInvalid).on_field("options", "is unknown"));
        }
        Ok(json!({"score_to_win": options.get("score_to_win").cloned().unwrap_or(json!(5))}))
    }

    fn ratings(
        &self,
        _: &mut AnyConn,
        _: &str,
        users: &[UserId],
    ) -> Result<HashMap<UserId, EntrantRating>, AppError> {
        let ratings = self.ratings.lock().unwrap();
        let known = ratings.iter().filter(|(user, _)| users.contains(user));
        Ok(known.map(|(user, rating)| (*user, *rating)).collect())
    }

    fn engaged(&self, _: &mut AnyConn, users: &[UserId]) -> Result<Vec<UserId>, AppError> {
        let live = self.live.lock().unwrap();
        let elsewhere = self.elsewhere.lock().unwrap();
        let plays = |user: &UserId| {
            elsewhere.contains(user) || live.values().any(|seats| seats.contains(&Some(*user)))
        };
        Ok(users.iter().copied().filter(plays).collect())
    }

    fn open(&self, tx: &mut Tx<'_>, called: &CalledMatch<'_>) -> Result<MatchId, AppError> {
        let id: MatchId = tx.env().id();
        let [first, second] = &called.players;
        let is_one_keyboard = first.user == second.user;
        let seats = [Some(first.user), (!is_one_keyboard).then_some(second.user)];
        let mut live = self.live.lock().unwrap();
        let is_taken = |user: &UserId| live.values().any(|seats| seats.contains(&Some(*user)));
        assert!(
            !seats.iter().flatten().any(is_taken),
            "a user is in two matches"
        );
        // Seats are drawn: here the second player of a slot is always in the first seat.
        let seats = if is_one_keyboard {
            seats
        } else {
            [seats[1], seats[0]]
        };
        live.insert(id, seats);
        Ok(id)
    }

    fn cancel(&self, _: &mut Tx<'_>, id: MatchId) -> Result<(), AppError> {
        self.live.lock().unwrap().remove(&id);
        Ok(())
    }

    fn live_scores(&self, _: &mut AnyConn, ids: &[MatchId]) -> Result<Vec<SavedScore>, AppError> {
        let live = self.live.lock().unwrap();
        let saved = ids.iter().filter_map(|id| {
            Some(SavedScore {
                id: *id,
                users: *live.get(id)?,
                score: [3, 1],
            })
        });
        Ok(saved.collect())
    }

    fn matches(&self, _: &mut AnyConn, _: &[MatchId]) -> Result<Vec<GameMatch>, AppError> {
        Ok(vec![])
    }

    fn count_tournament(
        &self,
        _: &mut Tx<'_>,
        _: &str,
        users: &[UserId],
        winner: Option<UserId>,
    ) -> Result<(), AppError> {
        self.counted.lock().unwrap().push((users.to_vec(), winner));
        Ok(())
    }
}

pub(crate) struct Fixture {
    pub(crate) tournaments: Arc<dyn TournamentsService>,
    pub(crate) world: Arc<World>,
    pub(crate) test: TestStore,
}

impl Fixture {
    pub(crate) fn new(database: Database) -> Self {
        let test = TestStore::from(database);
        let world = Arc::<World>::default();
        Self {
            tournaments: service(test.store.clone(), &world),
            world,
            test,
        }
    }

    /// The service of another node.
    pub(crate) fn another_node(&self) -> Arc<dyn TournamentsService> {
        service(self.test.another_node(), &self.world)
    }

    /// A user with this name.
    pub(crate) fn user(&self, name: &str) -> Actor {
        let actor = self.test.new_actor();
        self.world.users.lock().unwrap().push(TournamentUser {
            summary: user_summary(actor.user, name),
            game_invites: Audience::Everyone,
            match_history: Audience::Everyone,
        });
        actor
    }

    pub(crate) fn relate(&self, one: &Actor, other: &Actor, relation: Relation) {
        let pair = sorted([one.user, other.user]);
        self.world.relations.lock().unwrap().insert(pair, relation);
    }

    /// Changes what a user allows.
    pub(crate) fn allow(&self, who: &Actor, audience: Audience) {
        let mut users = self.world.users.lock().unwrap();
        let own = users
            .iter_mut()
            .find(|user| user.summary.id == who.user)
            .unwrap();
        own.game_invites = audience;
        own.match_history = audience;
    }

    pub(crate) async fn create(&self, by: &Actor, wanted: CreateTournament) -> Tournament {
        self.tournaments.create(by, wanted).await.unwrap()
    }

    pub(crate) async fn register(
        &self,
        who: &Actor,
        id: TournamentId,
        alias: &str,
    ) -> TournamentEntrant {
        let entry = entry(alias);
        self.tournaments.register(who, id, entry).await.unwrap()
    }

    /// Creates a tournament with entrants `p1`, `p2` and so on, who are returned.
    pub(crate) async fn with_entrants(
        &self,
        by: &Actor,
        format: TournamentFormat,
        count: usize,
    ) -> (TournamentId, Vec<Actor>) {
        let capacity = i32::try_from(count.max(4)).unwrap();
        let id = self.create(by, cup(format, capacity)).await.id;
        let mut players = vec![];
        for number in 1..=count {
            let player = self.user(&format!("p{number}"));
            self.register(&player, id, &format!("P{number}")).await;
            players.push(player);
        }
        (id, players)
    }

    pub(crate) async fn get(&self, id: TournamentId, who: &Actor) -> Tournament {
        self.tournaments.get(who, id).await.unwrap()
    }

    pub(crate) async fn bracket(&self, id: TournamentId, who: &Actor) -> TournamentBracket {
        self.tournaments.bracket(who, id, None).await.unwrap()
    }

    pub(crate) async fn slot(&self, id: TournamentId, who: &Actor, name: &str) -> TournamentSlot {
        let bracket = self.bracket(id, who).await;
        bracket
            .slots
            .into_iter()
            .find(|slot| slot.slot == name)
            .unwrap()
    }

    /// Lets time pass and runs what is due.
    pub(crate) async fn pass(&self, seconds: u64) {
        self.test.advance(Duration::from_secs(seconds));
        let worker = Worker::new(self.test.store.clone()).poll_interval(Duration::from_millis(2));
        let task = tokio::spawn(worker.register(self.tournaments.jobs()).run());
        testkit::until("no job is due", async || self.due_jobs().await == 0).await;
        task.abort();
    }

    async fn due_jobs(&self) -> i64 {
        let now = self.test.store.env().now();
        let count = move |conn: &mut AnyConn| {
            let due = jobs::table
                .filter(jobs::kind.eq_any(["tournaments.timer", "tournaments.pair"]))
                .filter(jobs::run_at.le(now));
            Ok(due.count().get_result(conn)?)
        };
        self.test.store.read(count).await.unwrap()
    }

    /// Ends a match in the transaction that a node would end it in.
    pub(crate) async fn end(&self, id: MatchId, end: CalledMatchEnd) {
        let seats = self.world.live.lock().unwrap().remove(&id).unwrap();
        let ended = CalledMatchEnded {
            id,
            users: seats,
            end,
        };
        let tournaments = Arc::clone(&self.tournaments);
        let write = move |tx: &mut Tx<'_>| {
            tournaments.lock_of_match(tx, id)?;
            tournaments.match_ended(tx, &ended)
        };
        self.test.store.write(write).await.unwrap();
    }

    /// Play begins in a match.
    pub(crate) async fn begin(&self, id: MatchId) {
        let tournaments = Arc::clone(&self.tournaments);
        let write = move |tx: &mut Tx<'_>| tournaments.match_started(tx, id);
        self.test.store.write(write).await.unwrap();
    }

    /// Ends the match of a slot with this entrant as winner; 0 for a draw.
    pub(crate) async fn win(&self, slot: &TournamentSlot, winner: i32) {
        let live = self.world.live.lock().unwrap()[&slot.match_id.unwrap()];
        // The second entrant of a slot is in the first seat, but for two players at one keyboard.
        let is_swapped = live[1].is_some();
        let position = slot.entrants.iter().position(|one| *one == Some(winner));
        let winner = position.map(|side| if is_swapped { 1 - side } else { side });
        let score = match winner {
            Some(0) => [5, 2],
            Some(_) => [2, 5],
            None => [3, 3],
        };
        let end = CalledMatchEnd::Finished {
            winner,
            score,
            is_forfeit: false,
        };
        self.end(slot.match_id.unwrap(), end).await;
    }

    /// Plays a tournament to its end: the entrant with the smaller number always wins. Returns the number of
    /// matches.
    pub(crate) async fn play_out(&self, id: TournamentId, who: &Actor) -> usize {
        let mut count = 0;
        for _ in 0..200 {
            if self.get(id, who).await.ended_at.is_some() {
                return count;
            }
            self.pass(20).await;
            for slot in self.bracket(id, who).await.slots {
                if slot.status == SlotState::Called {
                    let winner = slot.entrants.iter().flatten().min().copied().unwrap();
                    self.win(&slot, winner).await;
                    count += 1;
                }
            }
        }
        panic!("the tournament does not end");
    }

    /// The places by number.
    pub(crate) async fn places(&self, id: TournamentId, who: &Actor) -> Vec<i32> {
        let bracket = self.bracket(id, who).await;
        bracket
            .entrants
            .iter()
            .map(|one| one.place.unwrap_or_default())
            .collect()
    }

    /// The names of the events of a tournament.
    pub(crate) async fn event_names(&self, id: TournamentId) -> Vec<String> {
        let events = self.test.events(&format!("tournament:{id}")).await;
        events.into_iter().map(|event| event.name).collect()
    }
}

fn service(store: Store, world: &Arc<World>) -> Arc<dyn TournamentsService> {
    Arc::new(Tournaments::new(TournamentsParts {
        store,
        users: world.clone(),
        relations: world.clone(),
        games: world.clone(),
        timing: Timing::default(),
    }))
}

/// A registration under this alias.
pub(crate) fn entry(alias: &str) -> EnterTournament {
    EnterTournament {
        alias: alias.to_owned(),
        local: false,
    }
}

/// A public tournament whose seeds follow the order of registration.
pub(crate) fn cup(format: TournamentFormat, capacity: i32) -> CreateTournament {
    CreateTournament {
        name: "Spring Cup".to_owned(),
        description: String::new(),
        game: "pong".to_owned(),
        options: Map::new(),
        format,
        visibility: TournamentVisibility::Public,
        capacity,
        starts_at: None,
        check_in_minutes: None,
        start_when_full: false,
        seeding: TournamentSeeding::Rating,
        third_place: false,
        legs: 1,
        play_off: false,
        rounds: None,
        draft: false,
    }
}
