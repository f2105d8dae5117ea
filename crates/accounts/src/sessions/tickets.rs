//! Tickets for sockets: browsers cannot set headers on them, and an access token in the URL would
//! be logged.

use async_trait::async_trait;
use contract::auth::WsTicket;
use db::{AnyBackend, Tx};
use diesel::prelude::*;
use kernel::{Actor, AppError, Secret, SessionId, Timestamp, UserId};

use crate::Accounts;
use crate::error::Error;
use crate::keys::TokenDigest;
use crate::rules::codes::TICKET_LIFETIME;
use crate::schema::socket_tickets as tickets;

type TicketRow = (UserId, SessionId, Timestamp);

/// Single-use tickets that authenticate sockets.
#[async_trait]
pub trait SocketTicketsService: Send + Sync {
    /// Issues a ticket for one socket, valid for 30 seconds. Idempotent under a key.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn ws_ticket(&self, actor: &Actor) -> Result<WsTicket, AppError>;

    /// The actor who opens a socket with this ticket. A ticket can be redeemed once.
    ///
    /// # Errors
    /// `auth.ticket_invalid`; `auth.session_ended`, `auth.suspended`.
    async fn redeem_ticket(&self, ticket: &Secret) -> Result<Actor, AppError>;
}

#[async_trait]
impl SocketTicketsService for Accounts {
    async fn ws_ticket(&self, actor: &Actor) -> Result<WsTicket, AppError> {
        let (user, session) = (actor.user, actor.session);
        let issue = move |tx: &mut Tx<'_>| {
            let ticket = Secret::token(tx.env());
            let expires_at = tx.env().now() + TICKET_LIFETIME;
            let row = (
                tickets::hash.eq(TokenDigest::of(&ticket).0.to_vec()),
                tickets::user_id.eq(user),
                tickets::session_id.eq(session),
                tickets::expires_at.eq(expires_at),
            );
            diesel::insert_into(tickets::table)
                .values(row)
                .execute(tx.conn)?;
            Ok(WsTicket { ticket, expires_at })
        };
        self.write_secret(user, issue).await
    }

    async fn redeem_ticket(&self, ticket: &Secret) -> Result<Actor, AppError> {
        let hash = TokenDigest::of(ticket).0.to_vec();
        let take = move |tx: &mut Tx<'_>| {
            let columns = (tickets::user_id, tickets::session_id, tickets::expires_at);
            let take = diesel::delete(tickets::table.find(hash)).returning(columns);
            let row: Option<TicketRow> = AnyBackend(take).get_result(tx.conn).optional()?;
            Ok(row)
        };
        let taken = self.inner.store.write(take).await?;
        let (user, session, expires_at) = taken.ok_or(Error::TicketInvalid)?;
        if expires_at <= self.inner.env.now() {
            return Err(Error::TicketInvalid.into());
        }
        self.load_actor(user, session).await
    }
}
