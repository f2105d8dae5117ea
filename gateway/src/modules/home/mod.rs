//! The home page: what several domains show of the current user, in one response.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use accounts::AccountsService;
use actix_web::{get, web};
use contract::envelope::Envelope;
use contract::home::HomePage;
use contract::social::Presence;
use contract::users::UserSummary;
use db::AnyConn;
use games::{GamesService, WatchedContacts};
use http_kit::{ApiResponse, ApiResult, CurrentUser, Limit, Routes, rate_limit};
use invites::PendingInvites;
use kernel::{AppError, Timestamp, UserId};
use social::ports::UserWithPrivacy;
use social::{ContactOverview, KnownFriend, SocialService};

use crate::module::{Module, Tag};
use crate::state::AppState;

/// The newest invites that are shown.
const NEWEST: i64 = 10;
/// The friends who are shown.
const MAX_FRIENDS: usize = 50;

rate_limit!(ReadingHome, "read_home", 60 in 60, User);

/// The module of the home page.
pub struct HomeModule;

impl Module for HomeModule {
    fn tags(&self) -> &'static [Tag] {
        &[Tag {
            name: "Home",
            description: "The home page in one response.",
        }]
    }

    fn routes(&self, api: &mut Routes<'_>) {
        api.add(get_home);
    }
}

/// Get the home page
///
/// Profile, friends who are online, pending requests and invites, notifications, recent matches and
/// ratings.
#[utoipa::path(tag = "Home",
    responses((status = 200, description = "Everything that a home page shows.", body = Envelope<HomePage>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[get("/home/")]
async fn get_home(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ReadingHome>,
    state: web::Data<AppState>,
) -> ApiResult<HomePage> {
    let services = &state.services;
    let presence = services.get::<dyn SocialService>()?.presence();
    let sources = HomeSources {
        accounts: services.get()?,
        games: services.get()?,
        now: state.platform.env.now(),
    };
    let store = &state.platform.store;
    let read = move |conn: &mut AnyConn| sources.read(conn, actor.user);
    let (mut page, friends) = store.read(read).await?;
    let mut friends = presence.status_of(&friends).await?.friends;
    friends.retain(|friend| friend.status != Presence::Offline);
    friends.truncate(MAX_FRIENDS);
    page.friends_online = friends;
    Ok(ApiResponse::ok(page))
}

/// What the home page is read from.
struct HomeSources {
    accounts: Arc<dyn AccountsService>,
    games: Arc<dyn GamesService>,
    now: Timestamp,
}

impl HomeSources {
    /// Reads the page without the friends, who are returned to look up their presence. It takes ten
    /// statements, however much there is to show, and one more if there are unread messages in a room that
    /// hidden users may have written.
    fn read(
        &self,
        conn: &mut AnyConn,
        user: UserId,
    ) -> Result<(HomePage, Vec<KnownFriend>), AppError> {
        let profile = self.accounts.read_profile(conn, user)?;
        let contacts = ContactOverview::load(conn, user)?;
        let hidden = contacts.hidden();
        let invites = hidden.iter().copied().collect();
        let invites = PendingInvites::load(conn, user, invites, self.now, NEWEST)?;
        let (notifications, unread) = notify::queries::overview(conn, user)?;
        let unread_messages = chat::queries::unread(conn, user, &hidden)?.total;
        let watched = WatchedContacts {
            friends: contacts.friends(),
            hidden,
        };
        let games = self.games.read_home(conn, user, watched)?;
        let shown = contacts.users().chain(invites.users()).chain(games.users());
        let users = HomeUsers::load(conn, shown.collect())?;
        let page = HomePage {
            profile,
            friends_online: vec![],
            friend_requests: contacts.requests(&users.with_privacy),
            invites: invites.to_dto(&users.active),
            notifications,
            unread,
            unread_messages,
            games: games.into_dto(&users.all)?,
        };
        Ok((page, contacts.known_friends(&users.with_privacy)))
    }
}

/// The users on the page, as domains want to know them.
struct HomeUsers {
    all: HashMap<UserId, UserSummary>,
    active: HashMap<UserId, UserSummary>,
    with_privacy: HashMap<UserId, UserWithPrivacy>,
}

impl HomeUsers {
    fn load(conn: &mut AnyConn, users: HashSet<UserId>) -> Result<Self, AppError> {
        let users: Vec<UserId> = users.into_iter().collect();
        let known = accounts::queries::known(conn, &users)?;
        let mut found = Self {
            all: HashMap::new(),
            active: HashMap::new(),
            with_privacy: HashMap::new(),
        };
        for (id, user) in known {
            let with_privacy = UserWithPrivacy::new(user.summary.clone(), &user.privacy);
            found.with_privacy.insert(id, with_privacy);
            if user.is_active {
                found.active.insert(id, user.summary.clone());
            }
            found.all.insert(id, user.summary);
        }
        Ok(found)
    }
}
