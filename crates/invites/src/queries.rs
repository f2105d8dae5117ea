//! SQL on invites.

use std::collections::HashSet;

use contract::invites::{Invite, InviteId, InviteOrigin, InviteRole, InviteStatus, MatchId};
use contract::users::UserSummary;
use db::types::Json;
use db::{AnyConn, EqAnyPadded, MultiBackend, map_unique_violation};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::{AppError, Page, PageRequest, Timestamp, UserId};

use crate::Error;
use crate::ports::InvitePlayer;
use crate::rules::lifecycle::status_at;
use crate::schema::invites;

/// A stored invite.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invites)]
pub(crate) struct InviteRow {
    pub(crate) id: InviteId,
    pub(crate) sender_id: UserId,
    pub(crate) receiver_id: UserId,
    pub(crate) game: String,
    pub(crate) options: Json,
    pub(crate) client_id: Option<String>,
    pub(crate) origin: String,
    pub(crate) origin_match_id: Option<MatchId>,
    status: String,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) answered_at: Option<Timestamp>,
    pub(crate) match_id: Option<MatchId>,
}

/// The status of a stored name. A name that a newer version wrote is read as canceled.
fn status_of(name: &str) -> InviteStatus {
    InviteStatus::from_text(name).unwrap_or(InviteStatus::Canceled)
}

fn origin_of(name: &str) -> InviteOrigin {
    InviteOrigin::from_text(name).unwrap_or(InviteOrigin::Direct)
}

/// The contents of a new invite.
#[derive(Debug, Clone)]
pub(crate) struct InviteDraft {
    pub(crate) game: String,
    pub(crate) options: serde_json::Value,
    pub(crate) client_id: Option<String>,
    pub(crate) origin: InviteOrigin,
    pub(crate) origin_match_id: Option<MatchId>,
}

impl InviteRow {
    /// A pending invite between two users, sender first.
    pub(crate) fn new(
        draft: &InviteDraft,
        id: InviteId,
        players: [UserId; 2],
        created_at: Timestamp,
        expires_at: Timestamp,
    ) -> Self {
        let [sender_id, receiver_id] = players;
        Self {
            id,
            sender_id,
            receiver_id,
            game: draft.game.clone(),
            options: Json(draft.options.clone()),
            client_id: draft.client_id.clone(),
            origin: draft.origin.as_text().to_owned(),
            origin_match_id: draft.origin_match_id,
            status: InviteStatus::Pending.as_text().to_owned(),
            created_at,
            expires_at,
            answered_at: None,
            match_id: None,
        }
    }

    /// The status at this time.
    pub(crate) fn status(&self, now: Timestamp) -> InviteStatus {
        status_at(status_of(&self.status), self.expires_at, now)
    }

    /// Whether this invite and the draft are rematches of the same match.
    pub(crate) fn is_rematch_of(&self, draft: &InviteDraft) -> bool {
        let rematches = [origin_of(&self.origin), draft.origin];
        rematches == [InviteOrigin::Rematch; 2]
            && draft.origin_match_id.is_some()
            && self.origin_match_id == draft.origin_match_id
    }

    /// Whether this invite and the draft have the same game and options.
    pub(crate) fn has_same_game(&self, draft: &InviteDraft) -> bool {
        self.game == draft.game && self.options.0 == draft.options
    }

    /// Whether the draft repeats this invite, by its `client_id`.
    pub(crate) fn is_repeated_by(&self, draft: &InviteDraft) -> bool {
        draft.client_id.is_some() && self.client_id == draft.client_id && self.has_same_game(draft)
    }

    /// The other player.
    pub(crate) fn other(&self, viewer: UserId) -> UserId {
        if self.sender_id == viewer {
            self.receiver_id
        } else {
            self.sender_id
        }
    }

    /// The invite as in responses.
    pub(crate) fn to_dto(
        &self,
        sender: &InvitePlayer,
        receiver: &InvitePlayer,
        now: Timestamp,
    ) -> Invite {
        self.between(&sender.summary, &receiver.summary, now)
    }

    /// The invite between these users as in responses.
    pub(crate) fn between(
        &self,
        sender: &UserSummary,
        receiver: &UserSummary,
        now: Timestamp,
    ) -> Invite {
        let status = self.status(now);
        let has_expired = status == InviteStatus::Expired && self.answered_at.is_none();
        Invite {
            id: self.id,
            username: sender.username.clone(),
            sender: sender.clone(),
            receiver: receiver.clone(),
            game: self.game.clone(),
            options: self.options.0.clone(),
            client_id: self.client_id.clone(),
            status,
            origin: origin_of(&self.origin),
            origin_match_id: self.origin_match_id,
            match_id: self.match_id,
            created_at: self.created_at,
            expires_at: self.expires_at,
            answered_at: self.answered_at.or(has_expired.then_some(self.expires_at)),
        }
    }
}

/// Inserts an invite.
pub(crate) fn insert(conn: &mut AnyConn, row: &InviteRow) -> Result<(), AppError> {
    let insert = diesel::insert_into(invites::table).values(row.clone());
    map_unique_violation(insert.execute(conn), || Error::AlreadyPending)?;
    Ok(())
}

pub(crate) fn load(conn: &mut AnyConn, id: InviteId) -> Result<Option<InviteRow>, AppError> {
    Ok(invites::table
        .find(id)
        .select(InviteRow::as_select())
        .first(conn)
        .optional()?)
}

/// Loads the invite from one user to another that is stored as pending, expired or not.
pub(crate) fn pending(
    conn: &mut AnyConn,
    sender: UserId,
    receiver: UserId,
) -> Result<Option<InviteRow>, AppError> {
    Ok(invites::table
        .filter(invites::sender_id.eq(sender))
        .filter(invites::receiver_id.eq(receiver))
        .filter(invites::status.eq("pending"))
        .select(InviteRow::as_select())
        .first(conn)
        .optional()?)
}

/// Loads the pending invite from one user to another, otherwise the newest.
pub(crate) fn newest(
    conn: &mut AnyConn,
    sender: UserId,
    receiver: UserId,
) -> Result<Option<InviteRow>, AppError> {
    if let Some(row) = pending(conn, sender, receiver)? {
        return Ok(Some(row));
    }
    Ok(invites::table
        .filter(invites::sender_id.eq(sender))
        .filter(invites::receiver_id.eq(receiver))
        .order(invites::id.desc())
        .select(InviteRow::as_select())
        .first(conn)
        .optional()?)
}

/// The number of pending invites from a user.
pub(crate) fn count_pending(
    conn: &mut AnyConn,
    sender: UserId,
    now: Timestamp,
) -> Result<i64, AppError> {
    Ok(invites::table
        .filter(invites::sender_id.eq(sender))
        .filter(invites::status.eq("pending"))
        .filter(invites::expires_at.gt(now))
        .count()
        .get_result(conn)?)
}

/// Ends a pending invite. Returns false if it has ended already.
pub(crate) fn end(
    conn: &mut AnyConn,
    row: &mut InviteRow,
    status: InviteStatus,
    match_id: Option<MatchId>,
    at: Timestamp,
) -> Result<bool, AppError> {
    let pending = invites::table
        .find(row.id)
        .filter(invites::status.eq("pending"));
    let ended = diesel::update(pending)
        .set((
            invites::status.eq(status.as_text()),
            invites::match_id.eq(match_id),
            invites::answered_at.eq(Some(at)),
        ))
        .execute(conn)?;
    status.as_text().clone_into(&mut row.status);
    (row.match_id, row.answered_at) = (match_id, Some(at));
    Ok(ended > 0)
}

/// Which invites to list.
#[derive(Debug, Clone)]
pub(crate) struct InviteQuery {
    pub(crate) user: UserId,
    pub(crate) role: Option<InviteRole>,
    pub(crate) status: Option<InviteStatus>,
    pub(crate) hidden: HashSet<UserId>,
    pub(crate) now: Timestamp,
}

type InviteCondition = Box<dyn BoxableExpression<invites::table, MultiBackend, SqlType = Bool>>;

impl InviteQuery {
    fn by_role(&self) -> InviteCondition {
        let to = invites::receiver_id.eq(self.user);
        let from = invites::sender_id.eq(self.user);
        match self.role {
            Some(InviteRole::To) => Box::new(to),
            Some(InviteRole::From) => Box::new(from),
            None => Box::new(to.or(from)),
        }
    }

    fn by_status(&self, wanted: InviteStatus) -> InviteCondition {
        let stored = invites::status.eq(wanted.as_text());
        let pending = invites::status.eq("pending");
        match wanted {
            InviteStatus::Pending => Box::new(stored.and(invites::expires_at.gt(self.now))),
            InviteStatus::Expired => {
                Box::new(stored.or(pending.and(invites::expires_at.le(self.now))))
            }
            _ => Box::new(stored),
        }
    }

    fn query(&self) -> invites::BoxedQuery<'static, MultiBackend> {
        let hidden: Vec<UserId> = self.hidden.iter().copied().collect();
        let query = invites::table
            .into_boxed()
            .filter(self.by_role())
            .filter(invites::sender_id.ne_all_padded(hidden.clone()))
            .filter(invites::receiver_id.ne_all_padded(hidden));
        match self.status {
            Some(wanted) => query.filter(self.by_status(wanted)),
            None => query,
        }
    }
}

/// The other users of all matching invites.
pub(crate) fn counterparts(
    conn: &mut AnyConn,
    query: &InviteQuery,
) -> Result<Vec<UserId>, AppError> {
    let pairs: Vec<(UserId, UserId)> = query
        .query()
        .select((invites::sender_id, invites::receiver_id))
        .distinct()
        .load(conn)?;
    let other = |(sender, receiver)| {
        if sender == query.user {
            receiver
        } else {
            sender
        }
    };
    let others: HashSet<UserId> = pairs.into_iter().map(other).collect();
    Ok(others.into_iter().collect())
}

/// A page of invites, newest first.
pub(crate) fn page(
    conn: &mut AnyConn,
    query: &InviteQuery,
    page: PageRequest,
) -> Result<Page<InviteRow>, AppError> {
    let items = query
        .query()
        .order(invites::id.desc())
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .select(InviteRow::as_select())
        .load(conn)?;
    Page::from_overfetch(items, page, || {
        Ok(query.query().count().get_result(conn)?)
    })
}

/// The newest of these invites.
pub(crate) fn newest_of(
    conn: &mut AnyConn,
    query: &InviteQuery,
    limit: i64,
) -> QueryResult<Vec<InviteRow>> {
    query
        .query()
        .order(invites::id.desc())
        .limit(limit)
        .select(InviteRow::as_select())
        .load(conn)
}

/// The pending invites from and to a user.
pub(crate) fn pending_of(conn: &mut AnyConn, user: UserId) -> Result<Vec<InviteRow>, AppError> {
    let involved = invites::sender_id
        .eq(user)
        .or(invites::receiver_id.eq(user));
    Ok(invites::table
        .filter(involved)
        .filter(invites::status.eq("pending"))
        .select(InviteRow::as_select())
        .load(conn)?)
}

/// A page of invites from and to a user for a data export, in the order of their ids.
pub(crate) fn export_page(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<InviteId>,
    limit: i64,
) -> Result<Vec<InviteRow>, AppError> {
    let involved = invites::sender_id
        .eq(user)
        .or(invites::receiver_id.eq(user));
    let mut query = invites::table
        .filter(involved)
        .order(invites::id)
        .limit(limit)
        .select(InviteRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(invites::id.gt(after));
    }
    Ok(query.load(conn)?)
}
