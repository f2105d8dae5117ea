//! One socket as its ride sees it.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use cluster::Topic;
use contract::frames::Resync;
use db::AnyConn;
use http_kit::rate_limit::{self, Telling};
use kernel::error::Common;
use kernel::{Actor, AppError, ErrorKind, UserId};
use outbox::CatchUp;
use serde::Serialize;
use social::PresenceConnection;

use super::{Refused, TIME_TO_RESUME, TIME_TO_SPEAK};
use crate::wiring::AppState;
use crate::ws::close::Close;
use crate::ws::connection::{Connection, JoinedChat};
use crate::ws::hub::{self, PendingSubscription, told};
use crate::ws::token_bucket::{BucketSpec, TokenBucket};

/// So many things that others hear are counted at once.
const COUNTED_AT_ONCE: u32 = 5;
/// The most events that a new member of a chat is told of at once.
const MAX_NEWS: i64 = 100;

/// A socket and the server it is connected to.
pub struct Session {
    /// The socket.
    pub client: Arc<Connection>,
    /// The server.
    pub services: web::Data<AppState>,
    /// Whether the client has announced a `resume`, for which what is new then waits.
    pub resumes: bool,
    /// Who sits at the other end, as they were when it was looked up last.
    actor: Actor,
    /// How often the client may still ask what it missed.
    resumes_left: TokenBucket,
    /// Rooms that wait for `resume`, for the first other frame, or for a moment to pass.
    pub(super) held: Vec<PendingSubscription>,
    /// That the person is here, for their friends.
    pub(super) presence: Option<PresenceConnection>,
}

impl Session {
    /// A socket that has just been opened.
    pub fn new(client: Arc<Connection>, services: web::Data<AppState>, resumes: bool) -> Self {
        let now = services.env.monotonic();
        let pace = BucketSpec::RESUMES.times(services.http.rate_limit_factor.factor());
        Self {
            actor: client.actor,
            client,
            services,
            resumes,
            resumes_left: TokenBucket::new(pace, now),
            held: vec![],
            presence: None,
        }
    }

    /// Who sits at the other end.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// How long what is new waits for the client to say what it missed.
    pub(super) fn time_to_resume(&self) -> Duration {
        if self.resumes {
            TIME_TO_RESUME
        } else {
            TIME_TO_SPEAK
        }
    }

    /// Looks up who sits at the other end; the socket closes where their session is over.
    pub(super) async fn refresh_actor(&mut self) -> Result<(), Refused> {
        let current = self.services.accounts.as_of_now(&self.actor).await;
        self.actor = current.map_err(|error| match error.code().kind {
            ErrorKind::Internal | ErrorKind::Unavailable => Refused::Told(error),
            _ => Close::unauthenticated().into(),
        })?;
        self.client.refresh(self.actor);
        Ok(())
    }

    /// Sees who sits at the other end now. Whoever has not proven their address may have done so
    /// since.
    pub(super) async fn see_who_it_is(&mut self) -> Result<(), Refused> {
        self.actor = self.client.current_actor();
        if self.actor.verified {
            return Ok(());
        }
        self.refresh_actor().await
    }

    /// Tells this socket something.
    ///
    /// # Errors
    /// The data cannot be written, which is a mistake of ours.
    pub fn send(&self, name: &str, data: &impl Serialize) -> Result<(), AppError> {
        self.client.tell_data(name, data, self.services.env.now())
    }

    /// Counts something that others will hear. It is one allowance for each person, over all their
    /// sockets and whatever they do over HTTP, on all nodes; a few are counted at once, so that not
    /// each asks what the nodes share.
    ///
    /// # Errors
    /// It was too much just now; the refusal says when it may go on.
    pub async fn count_telling(&self) -> Result<(), AppError> {
        let (hub, user) = (&self.services.hub, self.actor.user);
        if hub.take_prepaid(user) {
            return Ok(());
        }
        if rate_limit::reserve::<Telling>(&self.services.http, user, COUNTED_AT_ONCE).await {
            hub.prepay(user, COUNTED_AT_ONCE - 1);
            return Ok(());
        }
        rate_limit::check_user::<Telling>(&self.services.http, user).await
    }

    /// Counts a `resume`, which may read much.
    pub(super) fn count_resume(&mut self) -> Result<(), AppError> {
        if self.resumes_left.take(self.services.env.monotonic()) {
            return Ok(());
        }
        let wait = self.resumes_left.wait_for_one();
        Err(Common::TooManyRequests.retry_after(wait))
    }

    /// Hears these topics, from where they are now, and looks for something once they are heard.
    /// Until the client had time to say what it missed, what comes is held back.
    ///
    /// # Errors
    /// The database is away.
    pub(super) async fn listen_and_look<T, F>(
        &mut self,
        topics: &[Topic],
        look: F,
    ) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn) -> Result<T, AppError> + Clone + Send + 'static,
        T: Send + 'static,
    {
        let hub = &self.services.hub;
        let (held, found) = hub.join_all_and_look(&self.client, topics, look).await?;
        self.held.extend(held);
        Ok(found)
    }

    /// Hears a topic only as far as it [rechecks](crate::ws::channel::ChannelSpec::rechecks_on), and tells the
    /// client nothing of it.
    ///
    /// # Errors
    /// The database is away.
    pub async fn watch(&self, topic: &Topic) -> Result<(), AppError> {
        self.services.hub.watch(&self.client, topic).await
    }

    /// Hears the chats that the person has become a member of. The socket closes where it cannot be
    /// made sure which those are; it comes back and finds them.
    pub(super) async fn hear_joined_chats(&mut self) -> Result<(), Refused> {
        for joined in self.client.take_joined() {
            if let Err(error) = self.hear_chat(&joined).await {
                tracing::warn!(error = %error.chain(), "a joined chat is not heard");
                return Err(Close::restarting().into());
            }
        }
        Ok(())
    }

    /// Hears a chat from where it was when its member came, unless they have left it again.
    async fn hear_chat(&self, joined: &JoinedChat) -> Result<(), AppError> {
        let hub = &self.services.hub;
        let held = hub.join(&self.client, &joined.chat).await?;
        let (user, since) = (self.actor.user, joined.since);
        let chat = joined.chat.clone();
        let look = move |conn: &mut AnyConn| {
            let is_member = is_member(conn, user, &chat)?;
            Ok((
                is_member,
                hub::missed(conn, chat.as_str(), since, MAX_NEWS)?,
            ))
        };
        let (is_member, missed) = self.services.store.read(look).await?;
        if !is_member {
            hub.part(&self.client, &joined.chat);
            return Ok(());
        }
        if held.is_new() {
            self.tell_news(&joined.chat, missed, held.from.seq)?;
        }
        held.release();
        Ok(())
    }

    /// Tells what came in a chat until its member listened to it.
    fn tell_news(&self, chat: &Topic, missed: CatchUp, until: i64) -> Result<(), AppError> {
        let CatchUp::Events(events) = missed else {
            let streams = vec![chat.to_string()];
            return self.send("resync", &Resync { streams });
        };
        let news = events.into_iter().filter(|event| event.seq <= until);
        news.filter_map(told)
            .for_each(|message| self.client.deliver(&message));
        Ok(())
    }

    /// Hears a chat from now on, if `may_listen` says so also once it is heard.
    ///
    /// # Errors
    /// They may not; the database is away.
    pub async fn listen_if<F>(&self, chat: &Topic, may_listen: F) -> Result<(), AppError>
    where
        F: Future<Output = Result<(), AppError>>,
    {
        let hub = &self.services.hub;
        let held = hub.join(&self.client, chat).await?;
        if let Err(refused) = may_listen.await {
            hub.part(&self.client, chat);
            return Err(refused);
        }
        held.release();
        Ok(())
    }

    /// Lets what was held back go to the client, and all that comes.
    pub(super) fn release(&mut self) {
        self.held.drain(..).for_each(PendingSubscription::release);
    }

    /// The person did something here.
    pub(super) fn acted(&self) {
        if let Some(presence) = &self.presence {
            presence.acted();
        }
    }

    /// The person says that they are here, or not.
    pub fn announce(&self, here: bool) {
        if let Some(presence) = &self.presence {
            presence.announce(here);
        }
    }
}

fn is_member(conn: &mut AnyConn, user: UserId, chat: &Topic) -> Result<bool, AppError> {
    let id = chat.as_str().strip_prefix("chat:").map(str::parse);
    match id {
        Some(Ok(id)) => chat::queries::is_member(conn, user, id),
        _ => Ok(false),
    }
}
