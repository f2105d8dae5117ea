//! Password hashing.

use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Params, Version};
use argon2_avx2::Function;
use kernel::{AppError, Env, Secret};

use crate::blocking_pool::BlockingPool;
use crate::error::Error;
use crate::fair_queue::Party;
use crate::forms::NewPassword;
use crate::hash_buffers::HashBufferPool;
use crate::rules::password::{Password, hashed_form};

/// How long a password waits for its turn at most.
const MAX_WAIT: Duration = Duration::from_secs(2);
/// How many passwords wait at most: each request is held in memory meanwhile.
const MAX_WAITING: usize = 4096;

/// The cost of a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Params {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Argon2Params {
    /// The parameters of new hashes.
    pub const CURRENT: Self = Self {
        memory: 19_456,
        passes: 2,
        lanes: 1,
    };

    fn params(self) -> Result<Params, AppError> {
        Params::new(self.memory, self.passes, self.lanes, None).map_err(broken)
    }

    /// Whether a stored hash is weaker than these parameters.
    fn exceeds(self, hash: &PasswordHash) -> bool {
        let weaker = Params::try_from(hash).map_or(true, |params| {
            params.m_cost() < self.memory
                || params.t_cost() < self.passes
                || params.p_cost() < self.lanes
        });
        weaker || hash.algorithm.as_str() != "argon2id"
    }
}

/// The result of comparing a password with a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The password is wrong.
    Wrong,
    /// The password is right.
    Right,
    /// The password is right, but the hash is outdated and must be replaced.
    RightButWeak,
}

impl Verdict {
    /// Whether the password is right.
    #[must_use]
    pub fn is_right(self) -> bool {
        self != Self::Wrong
    }
}

/// Hashes and verifies passwords with bounded concurrency.
#[derive(Debug, Clone)]
pub struct Hasher {
    blocking_pool: BlockingPool,
    strength: Argon2Params,
    env: Env,
    benches: HashBufferPool,
    /// Verified if there is no account, so that it takes the same time.
    nobody: String,
}

impl Hasher {
    /// A hasher with these parameters that computes `cores` hashes at once. Others wait for two
    /// seconds at most, in a fair queue.
    ///
    /// # Errors
    /// The parameters are out of Argon2's bounds.
    pub fn new(env: Env, strength: Argon2Params, cores: usize) -> Result<Self, AppError> {
        // A temporary pool, so that the memory is released until the first login.
        let bench = HashBufferPool::default();
        let nobody = hash(&bench, strength, &Secret::token(&env), &env.bytes())?;
        Ok(Self {
            blocking_pool: BlockingPool::new(cores, MAX_WAITING, MAX_WAIT),
            strength,
            env,
            benches: HashBufferPool::default(),
            nobody,
        })
    }

    /// The hash of a new password as a PHC string.
    ///
    /// # Errors
    /// `overloaded` if it would wait too long.
    pub async fn hash(&self, party: Party, password: &Password) -> Result<String, AppError> {
        let (strength, password) = (self.strength, password.secret().clone());
        let salt = self.env.bytes::<16>();
        self.run(party, move |benches| {
            hash(benches, strength, &password, &salt)
        })
        .await?
    }

    /// A new hash of a verified password whose stored hash is outdated.
    ///
    /// # Errors
    /// `overloaded` if it would wait too long.
    pub async fn rehash(&self, party: Party, typed: &Secret) -> Result<String, AppError> {
        let (strength, typed) = (self.strength, typed.clone());
        let salt = self.env.bytes::<16>();
        let form = hashed_form(&typed).unwrap_or(typed);
        self.run(party, move |benches| hash(benches, strength, &form, &salt))
            .await?
    }

    /// Checks the strength of a new password off the request threads.
    ///
    /// # Errors
    /// `overloaded` if it would wait too long.
    pub async fn judge(
        &self,
        party: Party,
        wanted: NewPassword<'_>,
        personal: Vec<String>,
    ) -> Result<Result<Password, Vec<Error>>, AppError> {
        let (typed, again) = (wanted.typed.cloned(), wanted.again.cloned());
        let judge = move |_: &HashBufferPool| {
            let personal: Vec<&str> = personal.iter().map(String::as_str).collect();
            let (typed, again) = (typed.as_ref(), again.as_ref());
            Password::choose_twice(NewPassword { typed, again }, &personal)
        };
        self.run(party, judge).await
    }

    /// Compares a password with the stored hash of an account, or with a dummy hash if there is no
    /// account, which takes the same time.
    ///
    /// # Errors
    /// `overloaded` if it would wait too long; `internal` if the stored hash is malformed.
    pub async fn verify(
        &self,
        party: Party,
        typed: &Secret,
        stored: Option<String>,
    ) -> Result<Verdict, AppError> {
        let (strength, typed) = (self.strength, typed.clone());
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.clone());
        let verdict = self
            .run(party, move |benches| {
                verify(benches, strength, &typed, &stored)
            })
            .await??;
        Ok(if known { verdict } else { Verdict::Wrong })
    }

    /// Runs hashing work when it is the client's turn.
    async fn run<T: Send + 'static>(
        &self,
        party: Party,
        work: impl FnOnce(&HashBufferPool) -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let benches = self.benches.clone();
        let done = self.blocking_pool.run(party, move || work(&benches)).await;
        self.benches.rest();
        done
    }
}

fn hash(
    benches: &HashBufferPool,
    strength: Argon2Params,
    password: &Secret,
    salt: &[u8; 16],
) -> Result<String, AppError> {
    let function = Function {
        algorithm: Algorithm::Argon2id,
        version: Version::V0x13,
        params: strength.params()?,
    };
    let stored = PasswordHash {
        algorithm: function.algorithm.ident(),
        version: Some(function.version.into()),
        params: ParamsString::try_from(&function.params).map_err(broken)?,
        salt: Some(Salt::new(salt).map_err(broken)?),
        hash: None,
    };
    let hash = output(
        benches,
        &function,
        password,
        salt,
        Params::DEFAULT_OUTPUT_LEN,
    )?;
    let hash = Some(hash);
    Ok(PasswordHash { hash, ..stored }.to_string())
}

fn verify(
    benches: &HashBufferPool,
    strength: Argon2Params,
    typed: &Secret,
    stored: &str,
) -> Result<Verdict, AppError> {
    let stored = PasswordHash::new(stored).map_err(broken)?;
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else {
        return Err(broken("a stored hash is not whole"));
    };
    // Text that is too long for a password takes the same time.
    let form = hashed_form(typed);
    let text = form.clone().unwrap_or_else(|| Secret::new(""));
    let function = as_made(&stored)?;
    let found = output(benches, &function, &text, salt, expected.len())?;
    // `Output` compares in constant time.
    Ok(match found == *expected && form.is_some() {
        false => Verdict::Wrong,
        true if strength.exceeds(&stored) => Verdict::RightButWeak,
        true => Verdict::Right,
    })
}

/// The function with the parameters of the stored hash.
fn as_made(stored: &PasswordHash) -> Result<Function, AppError> {
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).map_err(broken)?;
    let version = stored.version.map(Version::try_from).transpose();
    let version = version.map_err(broken)?.unwrap_or_default();
    Ok(Function {
        algorithm,
        version,
        params: Params::try_from(stored).map_err(broken)?,
    })
}

fn output(
    benches: &HashBufferPool,
    function: &Function,
    password: &Secret,
    salt: &[u8],
    length: usize,
) -> Result<Output, AppError> {
    let mut buffer = [0; Output::MAX_LENGTH];
    let out = buffer.get_mut(..length).unwrap_or_default();
    let password = password.expose().as_bytes();
    let hashed = benches.with(function.params.block_count(), |memory| {
        function.hash(password, salt, out, memory)
    });
    hashed.map_err(broken)?;
    Output::new(out).map_err(broken)
}

fn broken(error: impl std::fmt::Display) -> AppError {
    AppError::internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn me() -> Party {
        Party::alone("me".to_owned())
    }

    /// The least that Argon2 allows: these tests are not about the cost.
    const LIGHT: Argon2Params = Argon2Params {
        memory: 8,
        passes: 1,
        lanes: 1,
    };

    fn hasher(strength: Argon2Params) -> Hasher {
        Hasher::new(Env::system(), strength, 2).unwrap()
    }

    fn password() -> (Secret, Password) {
        let typed = Secret::new("violet-comet-harbour-19");
        let password = Password::choose(&typed, &[]).unwrap();
        (typed, password)
    }

    #[tokio::test]
    async fn finds_the_password_and_nothing_else_right() {
        let hasher = hasher(LIGHT);
        let (typed, password) = password();
        let stored = hasher.hash(me(), &password).await.unwrap();
        let long = "x".repeat(200);
        for (text, expected) in [
            (typed.expose(), Verdict::Right),
            ("violet-comet-harbour-18", Verdict::Wrong),
            ("", Verdict::Wrong),
            (&long, Verdict::Wrong),
        ] {
            let verdict = hasher
                .verify(me(), &Secret::new(text), Some(stored.clone()))
                .await;
            assert_eq!(verdict.unwrap(), expected, "{text}");
        }
    }

    #[tokio::test]
    async fn the_same_password_has_another_hash_each_time() {
        let hasher = hasher(LIGHT);
        let (_, password) = password();
        assert_ne!(
            hasher.hash(me(), &password).await.unwrap(),
            hasher.hash(me(), &password).await.unwrap()
        );
    }

    #[tokio::test]
    async fn where_there_is_no_account_everything_is_wrong() {
        let hasher = hasher(LIGHT);
        assert_eq!(
            hasher.verify(me(), &Secret::new("x"), None).await.unwrap(),
            Verdict::Wrong
        );
        let nobody = PasswordHash::new(&hasher.nobody).unwrap();
        assert!(
            !LIGHT.exceeds(&nobody),
            "the comparison costs as much as a real one"
        );
    }

    #[tokio::test]
    async fn a_weaker_hash_is_noticed_and_made_anew() {
        let (typed, password) = password();
        let old = hasher(LIGHT).hash(me(), &password).await.unwrap();
        let hasher = hasher(Argon2Params {
            memory: 16,
            ..LIGHT
        });
        assert_eq!(
            hasher.verify(me(), &typed, Some(old)).await.unwrap(),
            Verdict::RightButWeak
        );
        let new = hasher.rehash(me(), &typed).await.unwrap();
        assert_eq!(
            hasher.verify(me(), &typed, Some(new)).await.unwrap(),
            Verdict::Right
        );
    }

    #[tokio::test]
    async fn todays_hash_says_its_strength() {
        let hasher = hasher(Argon2Params::CURRENT);
        assert!(hasher.nobody.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }

    #[tokio::test]
    async fn a_broken_hash_is_our_fault() {
        let error = hasher(LIGHT)
            .verify(me(), &Secret::new("x"), Some("junk".into()))
            .await
            .unwrap_err();
        assert_eq!(error.code().name, "internal");
    }

    #[tokio::test]
    async fn judge_knows_what_is_personal() {
        let hasher = hasher(LIGHT);
        let judge = async |typed: &str, personal: &str| {
            let typed = Secret::new(typed);
            let wanted = NewPassword::new(&typed, &typed);
            let judged = hasher.judge(me(), wanted, vec![personal.into()]).await;
            judged.unwrap().map(|_| ())
        };
        assert_eq!(judge("violet-comet-harbour-19", "ada").await, Ok(()));
        let personal = Err(vec![Error::PasswordPersonal]);
        assert_eq!(judge("lovelace-42", "lovelace").await, personal);
    }
}
