//! Others: who they are, as far as they let it be known.

pub mod queries;
mod store;

use std::collections::HashMap;

use contract::users::{Privacy, PublicProfile, UserSummary};
use kernel::error::Common;
use kernel::{Actor, AppError, Page, PageRequest, Role, UserId};

use crate::Accounts;
use crate::rules::privacy::{Relation, allows};
use crate::rules::search::SearchQuery;
use crate::rules::username;

/// How a person is asked for: by their id, or by their name in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UserRef {
    Id(UserId),
    Name(String),
}

impl UserRef {
    /// No name is long enough to be mistaken for an id.
    pub(crate) fn read(typed: &str) -> Self {
        typed
            .parse()
            .map_or_else(|_| Self::Name(username::lookup_key(typed)), Self::Id)
    }
}

fn read_search(typed: &str) -> Result<SearchQuery, AppError> {
    SearchQuery::parse(typed).map_err(|error| error.on_field("search"))
}

impl Accounts {
    /// Looks at what is to be searched for.
    ///
    /// # Errors
    /// Nothing is searched for.
    pub fn check_search(typed: &str) -> Result<(), AppError> {
        read_search(typed).map(|_| ())
    }

    /// People with a word in their name or display name that begins so, whatever its case and
    /// accents: first those whose name does, then those whose display name does, then those with a
    /// later word. At most 200 of each are found: whoever seeks one of more types on.
    ///
    /// # Errors
    /// Nothing is searched for.
    pub async fn search(
        &self,
        actor: &Actor,
        typed: &str,
        page: PageRequest,
    ) -> Result<Page<UserSummary>, AppError> {
        let query = read_search(typed)?;
        let hidden = self.inner.relations.hidden_from(actor.user).await?;
        let read = move |conn: &mut _| store::search(conn, &query, &hidden);
        let found = self.inner.store.read(read).await?;
        Ok(page_of(found, page))
    }

    /// Somebody's profile, by name or id, as far as they let me see it.
    ///
    /// # Errors
    /// There is nobody of that name who is there for me.
    pub async fn public_profile(
        &self,
        actor: &Actor,
        handle: &str,
    ) -> Result<PublicProfile, AppError> {
        let handle = UserRef::read(handle);
        let read = move |conn: &mut _| store::person(conn, &handle);
        let person = self.inner.store.read(read).await?;
        let relation = self.relation(actor, person.summary.id).await?;
        if relation == Relation::Blocked {
            return Err(Common::UserNotFound.into());
        }
        let open = allows(person.privacy.profile, relation) || actor.role >= Role::Moderator;
        let statistics = match open {
            true => Some(self.inner.statistics.of(person.summary.id).await?),
            false => None,
        };
        Ok(PublicProfile {
            id: person.summary.id,
            username: person.summary.username,
            display_name: person.summary.display_name,
            avatar: person.summary.avatar,
            bio: open.then_some(person.bio),
            date_joined: open.then_some(person.date_joined),
            restricted: !open,
            statistics,
        })
    }

    /// Who bears this name or id. Names of deleted accounts lead nowhere.
    ///
    /// # Errors
    /// Nobody does.
    pub async fn find(&self, handle: &str) -> Result<UserSummary, AppError> {
        let handle = UserRef::read(handle);
        let read = move |conn: &mut _| store::person(conn, &handle);
        Ok(self.inner.store.read(read).await?.summary)
    }

    /// The people behind these ids, as [`queries::summaries`](crate::queries::summaries).
    ///
    /// # Errors
    /// Only where the database is away.
    pub async fn summaries(
        &self,
        ids: Vec<UserId>,
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let read = move |conn: &mut _| queries::summaries(conn, &ids);
        self.inner.store.read(read).await
    }

    /// The same with their wishes, as [`queries::with_privacy`](crate::queries::with_privacy).
    ///
    /// # Errors
    /// Only where the database is away.
    pub async fn with_privacy(
        &self,
        ids: Vec<UserId>,
    ) -> Result<HashMap<UserId, (UserSummary, Privacy)>, AppError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let read = move |conn: &mut _| queries::with_privacy(conn, &ids);
        self.inner.store.read(read).await
    }

    /// Accounts that are neither deleted nor suspended, in the order of their ids, from after this
    /// one.
    pub async fn active_after(
        &self,
        after: Option<UserId>,
        most: i64,
    ) -> Result<Vec<UserId>, AppError> {
        let read = move |conn: &mut _| store::active_after(conn, after, most);
        self.inner.store.read(read).await
    }

    async fn relation(&self, actor: &Actor, other: UserId) -> Result<Relation, AppError> {
        if actor.user == other {
            return Ok(Relation::Oneself);
        }
        self.inner.relations.between(actor.user, other).await
    }
}

/// The name to read: the username where no other is set.
pub(crate) fn shown(display_name: &str, username: &str) -> String {
    let name = if display_name.is_empty() {
        username
    } else {
        display_name
    };
    name.to_owned()
}

fn page_of<T>(found: Vec<T>, page: PageRequest) -> Page<T> {
    let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let count = |rows: i64| usize::try_from(rows).unwrap_or_default();
    let items = found
        .into_iter()
        .skip(count(page.offset))
        .take(count(page.limit));
    Page {
        items: items.collect(),
        total,
    }
}
