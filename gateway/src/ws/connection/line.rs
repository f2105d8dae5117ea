//! One socket as its ride sees it.

use std::sync::Arc;

use actix_web::web;
use bus::Topic;
use kernel::{Actor, Fault};
use serde::Serialize;
use social::Connection;
use store::AnyConn;

use crate::wiring::Services;
use crate::ws::client::Client;
use crate::ws::frame::Message;
use crate::ws::hub::Held;

/// A socket and the server it is connected to.
pub struct Line {
    /// The socket.
    pub client: Arc<Client>,
    /// The server.
    pub services: web::Data<Services>,
    /// Who sits at the other end, as they were when it was looked up last.
    actor: Actor,
    /// Rooms that wait for `resume`, for the first other frame, or for a moment to pass.
    pub(super) held: Vec<Held>,
    /// That the person is here, for their friends.
    pub(super) presence: Option<Connection>,
}

impl Line {
    /// A socket that has just been opened.
    pub fn new(client: Arc<Client>, services: web::Data<Services>) -> Self {
        Self {
            actor: client.actor,
            client,
            services,
            held: vec![],
            presence: None,
        }
    }

    /// Who sits at the other end.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The same person as they are now, for what only some roles may do.
    ///
    /// # Errors
    /// Their session has ended.
    pub async fn actor_now(&self) -> Result<Actor, Fault> {
        self.services.accounts.as_of_now(&self.actor).await
    }

    /// Looks again whether somebody has proven their address who had not when they came.
    pub(super) async fn look_who_it_is(&mut self) -> Result<(), Fault> {
        if !self.actor.verified {
            self.actor = self.actor_now().await?;
        }
        Ok(())
    }

    /// Tells this socket something.
    ///
    /// # Errors
    /// The data cannot be written, which is a mistake of ours.
    pub fn tell(&self, name: &str, data: &impl Serialize) -> Result<(), Fault> {
        self.client
            .tell(&Message::of(name, data, self.services.ambient.now())?);
        Ok(())
    }

    /// Hears a topic, from where it is now. Until the client had time to say what it missed, what
    /// comes is held back.
    ///
    /// # Errors
    /// The database is away.
    pub async fn listen(&mut self, topic: &Topic) -> Result<(), Fault> {
        let held = self.services.hub.join(&self.client, topic).await?;
        self.held.push(held);
        Ok(())
    }

    /// Hears a topic, as [`listen`](Self::listen), and looks for something once it is heard.
    ///
    /// # Errors
    /// The database is away.
    pub async fn listen_and_look<T, F>(&mut self, topic: &Topic, look: F) -> Result<T, Fault>
    where
        F: FnOnce(&mut AnyConn) -> Result<T, Fault> + Clone + Send + 'static,
        T: Send + 'static,
    {
        let hub = &self.services.hub;
        let (held, found) = hub.join_and_look(&self.client, topic, look).await?;
        self.held.push(held);
        Ok(found)
    }

    /// Hears a topic only as far as it [minds](crate::ws::manner::Manner::minds), and tells the
    /// client nothing of it.
    ///
    /// # Errors
    /// The database is away.
    pub async fn watch(&self, topic: &Topic) -> Result<(), Fault> {
        self.services.hub.watch(&self.client, topic).await
    }

    /// Lets what was held back go to the client, and all that comes.
    pub(super) fn release(&mut self) {
        self.held.drain(..).for_each(Held::release);
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
