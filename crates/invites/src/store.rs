//! The rows of invites.

use std::collections::HashSet;

use contract::invites::{Invite, InviteId, InviteOrigin, InviteRole, InviteStatus, MatchId};
use db::types::Json;
use db::{AnyConn, EqAnyPadded, MultiBackend, map_unique_violation};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::{AppError, Page, PageRequest, Timestamp, UserId};

use crate::Error;
use crate::ports::Player;
use crate::rules::lifecycle::status_at;
use crate::schema::invites;

/// An invite as it is stored.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invites)]
pub(crate) struct Row {
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

/// The names of statuses in the database.
pub(crate) fn status_name(status: InviteStatus) -> &'static str {
    match status {
        InviteStatus::Pending => "pending",
        InviteStatus::Accepted => "accepted",
        InviteStatus::Declined => "declined",
        InviteStatus::Canceled => "canceled",
        InviteStatus::Expired => "expired",
    }
}

/// A name that a newer version wrote leads nowhere.
fn status(name: &str) -> InviteStatus {
    match name {
        "pending" => InviteStatus::Pending,
        "accepted" => InviteStatus::Accepted,
        "declined" => InviteStatus::Declined,
        "expired" => InviteStatus::Expired,
        _ => InviteStatus::Canceled,
    }
}

/// The names of origins in the database.
pub(crate) fn origin_name(origin: InviteOrigin) -> &'static str {
    match origin {
        InviteOrigin::Direct => "direct",
        InviteOrigin::Rematch => "rematch",
        InviteOrigin::Challenge => "challenge",
    }
}

fn origin(name: &str) -> InviteOrigin {
    match name {
        "rematch" => InviteOrigin::Rematch,
        "challenge" => InviteOrigin::Challenge,
        _ => InviteOrigin::Direct,
    }
}

/// What a new invite says.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) game: String,
    pub(crate) options: serde_json::Value,
    pub(crate) client_id: Option<String>,
    pub(crate) origin: InviteOrigin,
    pub(crate) origin_match_id: Option<MatchId>,
}

impl Row {
    /// A new invite between these two.
    pub(crate) fn new(
        draft: &Draft,
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
            origin: origin_name(draft.origin).to_owned(),
            origin_match_id: draft.origin_match_id,
            status: status_name(InviteStatus::Pending).to_owned(),
            created_at,
            expires_at,
            answered_at: None,
            match_id: None,
        }
    }

    /// How far it is.
    pub(crate) fn status(&self, now: Timestamp) -> InviteStatus {
        status_at(status(&self.status), self.expires_at, now)
    }

    /// Whether both want a rematch of the same match.
    pub(crate) fn is_rematch_of(&self, draft: &Draft) -> bool {
        let rematches = [origin(&self.origin), draft.origin];
        rematches == [InviteOrigin::Rematch; 2]
            && draft.origin_match_id.is_some()
            && self.origin_match_id == draft.origin_match_id
    }

    /// Whether both want the same game with the same options.
    pub(crate) fn is_alike(&self, draft: &Draft) -> bool {
        self.game == draft.game && self.options.0 == draft.options
    }

    /// Whether it says the same as this draft, by the sender's own mark.
    pub(crate) fn repeats(&self, draft: &Draft) -> bool {
        draft.client_id.is_some() && self.client_id == draft.client_id && self.is_alike(draft)
    }

    /// The other one of the two.
    pub(crate) fn other(&self, viewer: UserId) -> UserId {
        if self.sender_id == viewer {
            self.receiver_id
        } else {
            self.sender_id
        }
    }

    /// The invite as it is shown.
    pub(crate) fn shown(&self, sender: &Player, receiver: &Player, now: Timestamp) -> Invite {
        let status = self.status(now);
        let ended_by_time = status == InviteStatus::Expired && self.answered_at.is_none();
        Invite {
            id: self.id,
            username: sender.summary.username.clone(),
            sender: sender.summary.clone(),
            receiver: receiver.summary.clone(),
            game: self.game.clone(),
            options: self.options.0.clone(),
            client_id: self.client_id.clone(),
            status,
            origin: origin(&self.origin),
            origin_match_id: self.origin_match_id,
            match_id: self.match_id,
            created_at: self.created_at,
            expires_at: self.expires_at,
            answered_at: self
                .answered_at
                .or(ended_by_time.then_some(self.expires_at)),
        }
    }
}

/// Stores a new invite.
pub(crate) fn insert(conn: &mut AnyConn, row: &Row) -> Result<(), AppError> {
    let insert = diesel::insert_into(invites::table).values(row.clone());
    map_unique_violation(insert.execute(conn), || Error::AlreadyPending)?;
    Ok(())
}

pub(crate) fn load(conn: &mut AnyConn, id: InviteId) -> Result<Option<Row>, AppError> {
    Ok(invites::table
        .find(id)
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// The invite from one to the other that waits, over or not.
pub(crate) fn pending(
    conn: &mut AnyConn,
    sender: UserId,
    receiver: UserId,
) -> Result<Option<Row>, AppError> {
    Ok(invites::table
        .filter(invites::sender_id.eq(sender))
        .filter(invites::receiver_id.eq(receiver))
        .filter(invites::status.eq("pending"))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// The invite from one to the other that waits, or else the last that did.
pub(crate) fn latest(
    conn: &mut AnyConn,
    sender: UserId,
    receiver: UserId,
) -> Result<Option<Row>, AppError> {
    if let Some(row) = pending(conn, sender, receiver)? {
        return Ok(Some(row));
    }
    Ok(invites::table
        .filter(invites::sender_id.eq(sender))
        .filter(invites::receiver_id.eq(receiver))
        .order(invites::id.desc())
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// How many invites of this person wait.
pub(crate) fn count_open(
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

/// Ends an invite that waits. False if it does not wait any more.
pub(crate) fn end(
    conn: &mut AnyConn,
    row: &mut Row,
    status: InviteStatus,
    match_id: Option<MatchId>,
    at: Timestamp,
) -> Result<bool, AppError> {
    let waiting = invites::table
        .find(row.id)
        .filter(invites::status.eq("pending"));
    let ended = diesel::update(waiting)
        .set((
            invites::status.eq(status_name(status)),
            invites::match_id.eq(match_id),
            invites::answered_at.eq(Some(at)),
        ))
        .execute(conn)?;
    status_name(status).clone_into(&mut row.status);
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

type Condition = Box<dyn BoxableExpression<invites::table, MultiBackend, SqlType = Bool>>;

impl InviteQuery {
    fn by_role(&self) -> Condition {
        let to = invites::receiver_id.eq(self.user);
        let from = invites::sender_id.eq(self.user);
        match self.role {
            Some(InviteRole::To) => Box::new(to),
            Some(InviteRole::From) => Box::new(from),
            None => Box::new(to.or(from)),
        }
    }

    fn by_status(&self, wanted: InviteStatus) -> Condition {
        let stored = invites::status.eq(status_name(wanted));
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

/// The other people of all these invites, each once.
pub(crate) fn counterparts(
    conn: &mut AnyConn,
    wanted: &InviteQuery,
) -> Result<Vec<UserId>, AppError> {
    let pairs: Vec<(UserId, UserId)> = wanted
        .query()
        .select((invites::sender_id, invites::receiver_id))
        .distinct()
        .load(conn)?;
    let other = |(sender, receiver)| {
        if sender == wanted.user {
            receiver
        } else {
            sender
        }
    };
    let others: HashSet<UserId> = pairs.into_iter().map(other).collect();
    Ok(others.into_iter().collect())
}

/// One page of invites, the newest first.
pub(crate) fn page(
    conn: &mut AnyConn,
    wanted: &InviteQuery,
    page: PageRequest,
) -> Result<Page<Row>, AppError> {
    let items = wanted
        .query()
        .order(invites::id.desc())
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .select(Row::as_select())
        .load(conn)?;
    Page::from_overfetch(items, page, || {
        Ok(wanted.query().count().get_result(conn)?)
    })
}

/// What waits of a person's invites, whichever way it goes.
pub(crate) fn waiting_of(conn: &mut AnyConn, user: UserId) -> Result<Vec<Row>, AppError> {
    let theirs = invites::sender_id
        .eq(user)
        .or(invites::receiver_id.eq(user));
    Ok(invites::table
        .filter(theirs)
        .filter(invites::status.eq("pending"))
        .select(Row::as_select())
        .load(conn)?)
}

/// The invites to or from a person, for a download: so many after this one, in their order.
pub(crate) fn of(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<InviteId>,
    limit: i64,
) -> Result<Vec<Row>, AppError> {
    let theirs = invites::sender_id
        .eq(user)
        .or(invites::receiver_id.eq(user));
    let mut query = invites::table
        .filter(theirs)
        .order(invites::id)
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(invites::id.gt(after));
    }
    Ok(query.load(conn)?)
}
