//! The SQL of this crate.

use contract::groups::{Group, GroupId, GroupPrivacy};
use db::{AnyConn, MultiBackend};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::{AppError, Page, PageRequest, Timestamp, UserId};

use crate::policy::NewGroup;
use crate::schema::{group_members, groups};

type GroupCondition<'a> =
    Box<dyn BoxableExpression<groups::table, MultiBackend, SqlType = Bool> + 'a>;

/// A group as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = groups)]
pub(crate) struct GroupRow {
    id: GroupId,
    name: String,
    name_key: Option<String>,
    description: String,
    privacy: String,
    owner_id: UserId,
    member_count: i64,
    created_at: Timestamp,
}

#[derive(Insertable)]
#[diesel(table_name = group_members)]
struct GroupMemberRow {
    user_id: UserId,
    group_id: GroupId,
    role: &'static str,
    joined_at: Timestamp,
}

impl GroupRow {
    /// A new group whose only member is its owner.
    pub(crate) fn new(group: NewGroup, id: GroupId, owner: UserId, now: Timestamp) -> Self {
        Self {
            id,
            name: group.name,
            name_key: group.name_key,
            description: group.description,
            privacy: group.privacy.as_text().to_owned(),
            owner_id: owner,
            member_count: 1,
            created_at: now,
        }
    }

    /// The group as a member or another user sees it.
    pub(crate) fn into_group(self, is_member: bool) -> Group {
        Group {
            privacy: privacy_of(&self.privacy),
            id: self.id,
            name: self.name,
            description: self.description,
            owner_id: self.owner_id,
            member_count: self.member_count,
            is_member,
            created_at: self.created_at,
        }
    }
}

/// What a newer version wrote counts as the most private.
fn privacy_of(name: &str) -> GroupPrivacy {
    GroupPrivacy::from_text(name).unwrap_or(GroupPrivacy::InviteOnly)
}

/// Inserts a group and its owner's membership. Fails on the unique index of names.
pub(crate) fn insert(conn: &mut AnyConn, row: &GroupRow) -> QueryResult<()> {
    diesel::insert_into(groups::table)
        .values(row.clone())
        .execute(conn)?;
    let owner = GroupMemberRow {
        user_id: row.owner_id,
        group_id: row.id,
        role: "owner",
        joined_at: row.created_at,
    };
    diesel::insert_into(group_members::table)
        .values(owner)
        .execute(conn)?;
    Ok(())
}

/// The number of groups that a user owns.
pub(crate) fn count_owned(conn: &mut AnyConn, owner: UserId) -> QueryResult<i64> {
    let owned = groups::table.filter(groups::owner_id.eq(owner));
    owned.count().get_result(conn)
}

/// When a user created their groups since then, the earliest first.
pub(crate) fn created_since(
    conn: &mut AnyConn,
    owner: UserId,
    since: Timestamp,
) -> QueryResult<Vec<Timestamp>> {
    let recent = groups::table.filter(groups::owner_id.eq(owner).and(groups::created_at.gt(since)));
    recent
        .select(groups::created_at)
        .order(groups::created_at)
        .load(conn)
}

/// Whether a user is a member of the group of the current row.
fn is_member(user: UserId) -> GroupCondition<'static> {
    let membership = group_members::table
        .filter(group_members::user_id.eq(user))
        .filter(group_members::group_id.eq(groups::id));
    Box::new(exists(membership))
}

/// Whether a user may see the group of the current row: listed groups have a name key.
fn is_visible(user: UserId) -> GroupCondition<'static> {
    Box::new(groups::name_key.is_not_null().or(is_member(user)))
}

/// Loads a group that a user may see.
pub(crate) fn find(conn: &mut AnyConn, user: UserId, id: GroupId) -> QueryResult<Option<Group>> {
    let group = groups::table.find(id).filter(is_visible(user));
    let row: Option<(GroupRow, bool)> = group
        .select((GroupRow::as_select(), is_member(user)))
        .first(conn)
        .optional()?;
    Ok(row.map(|(row, is_member)| row.into_group(is_member)))
}

/// Lists the groups that a user may see, newest first.
pub(crate) fn list(
    conn: &mut AnyConn,
    user: UserId,
    page: PageRequest,
) -> Result<Page<Group>, AppError> {
    let visible = || groups::table.filter(is_visible(user));
    let rows: Vec<(GroupRow, bool)> = visible()
        .order((groups::created_at.desc(), groups::id.desc()))
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .select((GroupRow::as_select(), is_member(user)))
        .load(conn)?;
    let rows = rows
        .into_iter()
        .map(|(row, is_member)| row.into_group(is_member));
    Page::from_overfetch(rows.collect(), page, || {
        Ok(visible().count().get_result(conn)?)
    })
}

/// The groups that a user is a member of, by id, for data exports.
pub(crate) fn memberships(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<GroupId>,
    limit: i64,
) -> QueryResult<Vec<(Group, String, Timestamp)>> {
    let mut query = group_members::table
        .inner_join(groups::table.on(groups::id.eq(group_members::group_id)))
        .filter(group_members::user_id.eq(user))
        .select((
            GroupRow::as_select(),
            group_members::role,
            group_members::joined_at,
        ))
        .order(group_members::group_id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(group_members::group_id.gt(after));
    }
    let rows: Vec<(GroupRow, String, Timestamp)> = query.load(conn)?;
    let membership = |(row, role, joined_at): (GroupRow, String, Timestamp)| {
        (row.into_group(true), role, joined_at)
    };
    Ok(rows.into_iter().map(membership).collect())
}

/// Deletes the groups that a user owns, whose only member is the owner.
pub(crate) fn delete_owned(conn: &mut AnyConn, owner: UserId) -> QueryResult<()> {
    diesel::delete(group_members::table.filter(group_members::user_id.eq(owner))).execute(conn)?;
    diesel::delete(groups::table.filter(groups::owner_id.eq(owner))).execute(conn)?;
    Ok(())
}
