//! The home page: what several domains show of the current user, in one response.

use accounts::AccountsService;
use actix_web::{get, web};
use chat::ChatService;
use contract::envelope::Envelope;
use contract::home::HomePage;
use contract::social::{FriendPresence, Presence, RequestDirection};
use games::GamesService;
use http_kit::{ApiResponse, ApiResult, CurrentUser, Limit, Routes, rate_limit};
use invites::InvitesService;
use kernel::paging::Cursor;
use kernel::{Actor, AppError, PageRequest};
use notify::{InboxFilter, NotifyService};
use social::SocialService;
use tokio::try_join;

use crate::module::{Module, Tag};

/// The newest items of each list.
const NEWEST: PageRequest = PageRequest {
    limit: 10,
    offset: 0,
};
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
#[allow(
    clippy::too_many_arguments,
    reason = "a service of each domain on the page"
)]
async fn get_home(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ReadingHome>,
    accounts: web::Data<dyn AccountsService>,
    social: web::Data<dyn SocialService>,
    chat: web::Data<dyn ChatService>,
    notify: web::Data<dyn NotifyService>,
    invites: web::Data<dyn InvitesService>,
    games: web::Data<dyn GamesService>,
) -> ApiResult<HomePage> {
    let incoming = RequestDirection::Incoming;
    let (profile, friends_online, requests, invited, listed, unread, chats, games) = try_join!(
        accounts.profile(&actor),
        friends_online(&**social, &actor),
        social.list_requests(&actor, incoming, NEWEST),
        invites.inbox(&actor, NEWEST),
        notify.list(&actor, InboxFilter::default(), Cursor::Newest, NEWEST),
        notify.unread(&actor),
        chat.unread_counts(&actor),
        games.home(&actor),
    )?;
    Ok(ApiResponse::ok(HomePage {
        profile,
        friends_online,
        friend_requests: requests.items,
        invites: invited.items,
        notifications: listed.notifications,
        unread,
        unread_messages: chats.total,
        games,
    }))
}

async fn friends_online(
    social: &dyn SocialService,
    actor: &Actor,
) -> Result<Vec<FriendPresence>, AppError> {
    let mut friends = social.presence().friends_status(actor.user).await?.friends;
    friends.retain(|friend| friend.status != Presence::Offline);
    friends.truncate(MAX_FRIENDS);
    Ok(friends)
}
