//! The end of an account: what is about the person goes, and in what belongs to others too a name
//! without meaning stays.

mod forget;
mod store;

use ::store::{NewJob, Tx};
use contract::users::DeleteAccount;
use data_encoding::HEXLOWER;
use kernel::{Actor, Ambient, Fault, SessionId, UserId};

use forget::{FORGET, Forgotten};

use crate::attempts::Admitted;
use crate::audit::{Action, Deed};
use crate::mail::Letter;
use crate::members::{self, Member};
use crate::pictures::{SWEEP, Sweep};
use crate::rules::username::DELETED_PREFIX;
use crate::{Accounts, Error, export};

impl Accounts {
    /// Deletes my account for good: nobody can sign in to it or find it again, and its name and
    /// address are free.
    ///
    /// # Errors
    /// The password is not right, or I am the last admin.
    pub async fn delete_account(&self, actor: &Actor, wanted: DeleteAccount) -> Result<(), Fault> {
        let user = actor.user;
        let admitted = self.admit(self.password_of(user)).await?;
        let read = move |conn: &mut _| members::by_id(conn, user);
        let member = self.inner.store.read(read).await?;
        let stored = Some(member.password_hash);
        if !self
            .inner
            .hasher
            .verify(&wanted.password, stored)
            .await?
            .is_right()
        {
            self.count_wrong(admitted).await?;
            return Err(Error::InvalidCredentials.at("password"));
        }
        let accounts = self.clone();
        let write = move |tx: &mut Tx<'_>| accounts.delete(tx, user, &admitted);
        let ended = self.inner.store.write(write).await?;
        self.inner.session_events.ended(user, &ended);
        Ok(())
    }

    /// All of it, and which sessions it ended.
    fn delete(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        admitted: &Admitted,
    ) -> Result<Vec<SessionId>, Fault> {
        ::store::lock(tx.conn, &format!("user:{user}"))?;
        let member = members::by_id(tx.conn, user)?;
        if member.deleted_at.is_some() {
            return Err(Error::SessionEnded.into());
        }
        keep_an_admin(tx, &member)?;
        admitted.forget(tx)?;
        if member.is_reachable() {
            self.post(tx, &member.envelope(Letter::AccountDeleted)?)?;
        }
        let sessions = store::sessions(tx.conn, user)?;
        remove_files(tx, user)?;
        store::remove_rows(tx.conn, user)?;
        store::anonymise(tx.conn, user, &new_name(tx.ambient()), tx.ambient().now())?;
        Deed::own(user, Action::Deleted).record(tx)?;
        tx.enqueue(NewJob::new(FORGET, &Forgotten { user })?)?;
        Ok(sessions)
    }
}

/// Somebody must stay who can make others admin.
fn keep_an_admin(tx: &mut Tx<'_>, member: &Member) -> Result<(), Fault> {
    if member.role != store::ADMIN {
        return Ok(());
    }
    // Of two admins who go at once, the second sees that the first has gone.
    ::store::lock(tx.conn, "admins")?;
    if store::other_admins(tx.conn, member.id)? == 0 {
        return Err(Error::LastAdmin.into());
    }
    Ok(())
}

/// Files go after the commit, when no row names them any more.
fn remove_files(tx: &mut Tx<'_>, user: UserId) -> Result<(), Fault> {
    if let Some(version) = store::avatar(tx.conn, user)? {
        tx.enqueue(NewJob::new(SWEEP, &Sweep::picture(user, &version))?)?;
    }
    for id in store::exports(tx.conn, user)? {
        export::end(tx, id)?;
    }
    Ok(())
}

/// A name that tells nothing, and that nobody can choose.
fn new_name(ambient: &Ambient) -> String {
    format!("{DELETED_PREFIX}{}", HEXLOWER.encode(&ambient.bytes::<6>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::username::{MAX, Username, lookup_key};

    #[test]
    fn names_of_the_deleted_are_their_own_key_and_nobodys_choice() {
        let name = new_name(&Ambient::system());
        assert_eq!(lookup_key(&name), name);
        assert!(name.chars().count() <= MAX);
        assert_eq!(Username::parse(&name), Err(Error::UsernameReserved));
    }
}
