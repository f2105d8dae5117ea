//! Password hashing.

use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Params, Version};
use argon2_avx2::Function;
use kernel::{AppError, Env, Secret};

use crate::blocking_pool::BlockingPool;
use crate::error::Error;
use crate::fair_queue::QueueClient;
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

    fn to_argon2(self) -> Result<Params, AppError> {
        Params::new(self.memory, self.passes, self.lanes, None).map_err(malformed)
    }

    /// Whether a stored hash is weaker than these parameters.
    fn exceed(self, hash: &PasswordHash) -> bool {
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
pub enum PasswordMatch {
    /// The password is wrong.
    Wrong,
    /// The password is right.
    Right,
    /// The password is right, but the hash is outdated and must be replaced.
    RightButOutdated,
}

impl PasswordMatch {
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
    params: Argon2Params,
    env: Env,
    buffers: HashBufferPool,
    /// Verified if there is no account, so that it takes the same time.
    dummy_hash: String,
}

impl Hasher {
    /// A hasher with these parameters that computes `cores` hashes at once. Others wait for two
    /// seconds at most, in a fair queue.
    ///
    /// # Errors
    /// The parameters are out of Argon2's bounds.
    pub fn new(env: Env, params: Argon2Params, cores: usize) -> Result<Self, AppError> {
        // A temporary pool, so that the memory is released until the first login.
        let buffers = HashBufferPool::default();
        let dummy_hash = hash(&buffers, params, &Secret::token(&env), &env.bytes())?;
        Ok(Self {
            blocking_pool: BlockingPool::new(cores, MAX_WAITING, MAX_WAIT),
            params,
            env,
            buffers: HashBufferPool::default(),
            dummy_hash,
        })
    }

    /// The hash of a new password as a PHC string.
    ///
    /// # Errors
    /// `overloaded` if it would wait too long.
    pub async fn hash(&self, client: QueueClient, password: &Password) -> Result<String, AppError> {
        let (params, password) = (self.params, password.secret().clone());
        let salt = self.env.bytes::<16>();
        self.run(client, move |buffers| {
            hash(buffers, params, &password, &salt)
        })
        .await?
    }

    /// A new hash of a verified password whose stored hash is outdated.
    ///
    /// # Errors
    /// `overloaded` if it would wait too long.
    pub async fn rehash(&self, client: QueueClient, input: &Secret) -> Result<String, AppError> {
        let (params, input) = (self.params, input.clone());
        let salt = self.env.bytes::<16>();
        let form = hashed_form(&input).unwrap_or(input);
        self.run(client, move |buffers| hash(buffers, params, &form, &salt))
            .await?
    }

    /// Checks the strength of a new password off the request threads.
    ///
    /// # Errors
    /// `overloaded` if it would wait too long.
    pub async fn check_new(
        &self,
        client: QueueClient,
        wanted: NewPassword<'_>,
        personal: Vec<String>,
    ) -> Result<Result<Password, Vec<Error>>, AppError> {
        let (input, confirmation) = (wanted.password.cloned(), wanted.confirmation.cloned());
        let check_new = move |_: &HashBufferPool| {
            let personal: Vec<&str> = personal.iter().map(String::as_str).collect();
            let (input, confirmation) = (input.as_ref(), confirmation.as_ref());
            Password::new_confirmed(
                NewPassword {
                    password: input,
                    confirmation,
                },
                &personal,
            )
        };
        self.run(client, check_new).await
    }

    /// Compares a password with the stored hash of an account, or with a dummy hash if there is no
    /// account, which takes the same time.
    ///
    /// # Errors
    /// `overloaded` if it would wait too long; `internal` if the stored hash is malformed.
    pub async fn verify(
        &self,
        client: QueueClient,
        input: &Secret,
        stored: Option<String>,
    ) -> Result<PasswordMatch, AppError> {
        let (params, input) = (self.params, input.clone());
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.dummy_hash.clone());
        let matched = self
            .run(client, move |buffers| {
                verify(buffers, params, &input, &stored)
            })
            .await??;
        Ok(if known { matched } else { PasswordMatch::Wrong })
    }

    /// Runs hashing work when it is the client's turn.
    async fn run<T: Send + 'static>(
        &self,
        client: QueueClient,
        work: impl FnOnce(&HashBufferPool) -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let buffers = self.buffers.clone();
        let done = self.blocking_pool.run(client, move || work(&buffers)).await;
        self.buffers.release_later();
        done
    }
}

fn hash(
    buffers: &HashBufferPool,
    params: Argon2Params,
    password: &Secret,
    salt: &[u8; 16],
) -> Result<String, AppError> {
    let function = Function {
        algorithm: Algorithm::Argon2id,
        version: Version::V0x13,
        params: params.to_argon2()?,
    };
    let stored = PasswordHash {
        algorithm: function.algorithm.ident(),
        version: Some(function.version.into()),
        params: ParamsString::try_from(&function.params).map_err(malformed)?,
        salt: Some(Salt::new(salt).map_err(malformed)?),
        hash: None,
    };
    let hash = output(
        buffers,
        &function,
        password,
        salt,
        Params::DEFAULT_OUTPUT_LEN,
    )?;
    let hash = Some(hash);
    Ok(PasswordHash { hash, ..stored }.to_string())
}

fn verify(
    buffers: &HashBufferPool,
    params: Argon2Params,
    input: &Secret,
    stored: &str,
) -> Result<PasswordMatch, AppError> {
    let stored = PasswordHash::new(stored).map_err(malformed)?;
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else {
        return Err(malformed("incomplete hash"));
    };
    // Text that is too long for a password takes the same time.
    let form = hashed_form(input);
    let text = form.clone().unwrap_or_else(|| Secret::new(""));
    let function = function_of(&stored)?;
    let found = output(buffers, &function, &text, salt, expected.len())?;
    // `Output` compares in constant time.
    Ok(match found == *expected && form.is_some() {
        false => PasswordMatch::Wrong,
        true if params.exceed(&stored) => PasswordMatch::RightButOutdated,
        true => PasswordMatch::Right,
    })
}

/// The function with the parameters of the stored hash.
fn function_of(stored: &PasswordHash) -> Result<Function, AppError> {
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).map_err(malformed)?;
    let version = stored.version.map(Version::try_from).transpose();
    let version = version.map_err(malformed)?.unwrap_or_default();
    Ok(Function {
        algorithm,
        version,
        params: Params::try_from(stored).map_err(malformed)?,
    })
}

fn output(
    buffers: &HashBufferPool,
    function: &Function,
    password: &Secret,
    salt: &[u8],
    length: usize,
) -> Result<Output, AppError> {
    let mut buffer = [0; Output::MAX_LENGTH];
    let out = buffer.get_mut(..length).unwrap_or_default();
    let password = password.expose().as_bytes();
    let hashed = buffers.with_buffer(function.params.block_count(), |memory| {
        function.hash(password, salt, out, memory)
    });
    hashed.map_err(malformed)?;
    Output::new(out).map_err(malformed)
}

fn malformed(error: impl std::fmt::Display) -> AppError {
    AppError::internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> QueueClient {
        QueueClient::isolated("me".to_owned())
    }

    /// The least that Argon2 allows: these tests are not about the cost.
    const LIGHT: Argon2Params = Argon2Params {
        memory: 8,
        passes: 1,
        lanes: 1,
    };

    fn hasher(params: Argon2Params) -> Hasher {
        Hasher::new(Env::system(), params, 2).unwrap()
    }

    fn password() -> (Secret, Password) {
        let input = Secret::new("violet-comet-harbour-19");
        let password = Password::new(&input, &[]).unwrap();
        (input, password)
    }

    #[tokio::test]
    async fn verify_accepts_only_the_password() {
        let hasher = hasher(LIGHT);
        let (input, password) = password();
        let stored = hasher.hash(client(), &password).await.unwrap();
        let long = "x".repeat(200);
        for (text, expected) in [
            (input.expose(), PasswordMatch::Right),
            ("violet-comet-harbour-18", PasswordMatch::Wrong),
            ("", PasswordMatch::Wrong),
            (&long, PasswordMatch::Wrong),
        ] {
            let matched = hasher
                .verify(client(), &Secret::new(text), Some(stored.clone()))
                .await;
            assert_eq!(matched.unwrap(), expected, "{text}");
        }
    }

    #[tokio::test]
    async fn hash_is_salted() {
        let hasher = hasher(LIGHT);
        let (_, password) = password();
        assert_ne!(
            hasher.hash(client(), &password).await.unwrap(),
            hasher.hash(client(), &password).await.unwrap()
        );
    }

    #[tokio::test]
    async fn verify_without_account_is_always_wrong() {
        let hasher = hasher(LIGHT);
        assert_eq!(
            hasher
                .verify(client(), &Secret::new("x"), None)
                .await
                .unwrap(),
            PasswordMatch::Wrong
        );
        let dummy_hash = PasswordHash::new(&hasher.dummy_hash).unwrap();
        assert!(
            !LIGHT.exceed(&dummy_hash),
            "the comparison costs as much as a real one"
        );
    }

    #[tokio::test]
    async fn verify_detects_outdated_hashes() {
        let (input, password) = password();
        let old = hasher(LIGHT).hash(client(), &password).await.unwrap();
        let hasher = hasher(Argon2Params {
            memory: 16,
            ..LIGHT
        });
        assert_eq!(
            hasher.verify(client(), &input, Some(old)).await.unwrap(),
            PasswordMatch::RightButOutdated
        );
        let new = hasher.rehash(client(), &input).await.unwrap();
        assert_eq!(
            hasher.verify(client(), &input, Some(new)).await.unwrap(),
            PasswordMatch::Right
        );
    }

    #[tokio::test]
    async fn hash_contains_its_parameters() {
        let hasher = hasher(Argon2Params::CURRENT);
        assert!(
            hasher
                .dummy_hash
                .starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
        );
    }

    #[tokio::test]
    async fn verify_reports_a_malformed_hash_as_internal() {
        let error = hasher(LIGHT)
            .verify(client(), &Secret::new("x"), Some("junk".into()))
            .await
            .unwrap_err();
        assert_eq!(error.code().name, "internal");
    }

    #[tokio::test]
    async fn check_new_refuses_personal_words() {
        let hasher = hasher(LIGHT);
        let check_new = async |input: &str, personal: &str| {
            let input = Secret::new(input);
            let wanted = NewPassword::new(&input, &input);
            let checked = hasher
                .check_new(client(), wanted, vec![personal.into()])
                .await;
            checked.unwrap().map(|_| ())
        };
        assert_eq!(check_new("violet-comet-harbour-19", "ada").await, Ok(()));
        let personal = Err(vec![Error::PasswordPersonal]);
        assert_eq!(check_new("lovelace-42", "lovelace").await, personal);
    }
}
