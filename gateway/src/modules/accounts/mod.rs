//! Accounts: users, login, sessions, profiles, data export and deletion.

mod adapters;
mod http;
mod limits;
mod session_events;
mod session_lookups;

use std::sync::Arc;

use accounts::hashing::Argon2Params;
use accounts::{Accounts, AccountsConfig, AccountsParts, AccountsService};
use http_kit::ports::{Authenticator, RequestHasher};
use http_kit::{RateLimitInfo, Routes};
use jobs::Registration;
use kernel::Code;
use notify::NotificationKinds;
use realtime::SessionPort;

use self::adapters::{AccountsAdapter, AccountsRelations, PlayedStatistics};
use self::session_events::{SessionEventListener, SessionEventPublisher};
use crate::background::spawn_maintenance;
use crate::config::{Config, ConfigError, EmailVerification};
use crate::data_folder;
use crate::module::{Module, Setup, Tag};
use crate::platform::Platform;
use crate::services::Services;
use crate::sockets::handshake::TicketRedeemer;
use crate::state::AppState;

/// The module of accounts.
pub struct AccountsModule;

impl Module for AccountsModule {
    fn tags(&self) -> &'static [Tag] {
        &[
            Tag {
                name: "Users",
                description: "Accounts, email verification, profiles, avatars, data exports and user search.",
            },
            Tag {
                name: "Authentication",
                description: "Login, tokens and sessions.",
            },
            Tag {
                name: "Two-factor authentication",
                description: "Authenticator apps, codes by email and recovery codes.",
            },
            Tag {
                name: "Passwords",
                description: "Password changes, password resets and step-up authentication.",
            },
        ]
    }

    fn routes(&self, api: &mut Routes<'_>) {
        http::routes(api);
    }

    fn error_codes(&self) -> Vec<&'static Code> {
        accounts::Error::CODES.iter().collect()
    }

    fn counted_limits(&self) -> Vec<(RateLimitInfo, &'static str)> {
        http::counted_limits()
    }

    fn fixed_limits(&self) -> Vec<String> {
        limits::fixed_limits()
    }

    fn provide(&self, setup: &Setup<'_>, services: &Services) -> Result<(), ConfigError> {
        let accounts: Arc<dyn AccountsService> = Arc::new(build(setup)?);
        let adapter = AccountsAdapter(Arc::clone(&accounts));
        services.provide::<dyn Authenticator>(Arc::new(adapter.clone()));
        services.provide::<dyn RequestHasher>(Arc::new(adapter.clone()));
        services.provide::<dyn TicketRedeemer>(Arc::new(adapter.clone()));
        services.provide::<dyn SessionPort>(Arc::new(adapter));
        let bus = &setup.platform.cluster.bus;
        let listener =
            SessionEventListener::start(bus, Arc::clone(&accounts), services.late_bound());
        services.provide(Arc::new(listener));
        services.provide(accounts);
        Ok(())
    }

    fn jobs(&self, services: &Services) -> Result<Vec<Registration>, ConfigError> {
        Ok(services.get::<dyn AccountsService>()?.jobs())
    }

    fn start(&self, state: &AppState) -> Result<(), ConfigError> {
        let accounts = state.services.get::<dyn AccountsService>()?;
        spawn_maintenance(state, move || {
            let accounts = Arc::clone(&accounts);
            async move { accounts.run_maintenance().await }
        });
        Ok(())
    }
}

/// The service alone, for commands that run without a server.
///
/// # Errors
/// A sentence for the operator.
pub fn open_alone(config: &Config) -> Result<Accounts, ConfigError> {
    let setup = Setup {
        config,
        port: config.listen.port(),
        platform: &Platform::open_alone(config)?,
        personal_data: vec![],
        notification_kinds: NotificationKinds::default(),
        block_listeners: vec![],
        match_listeners: vec![],
    };
    build(&setup)
}

fn build(setup: &Setup<'_>) -> Result<Accounts, ConfigError> {
    let platform = setup.platform;
    let parts = AccountsParts {
        store: platform.store.clone(),
        blobs: Arc::clone(&platform.blobs),
        mailer: Arc::clone(&platform.mailer),
        session_events: Arc::new(SessionEventPublisher(Arc::clone(&platform.cluster.bus))),
        statistics: Arc::new(PlayedStatistics),
        relations: Arc::new(AccountsRelations),
        personal_data: setup.personal_data.clone(),
    };
    Accounts::new(&settings(setup)?, parts)
        .map_err(|error| ConfigError(format!("Accounts cannot start: {}.", error.reason())))
}

fn settings(setup: &Setup<'_>) -> Result<AccountsConfig, ConfigError> {
    let config = setup.config;
    Ok(AccountsConfig {
        secret: data_folder::secret(&config.secret_file, &setup.platform.env)?,
        public_url: config.public_url_at(setup.port).origin().to_owned(),
        email_verification: match config.email_verification {
            EmailVerification::Required => accounts::EmailVerificationPolicy::Required,
            EmailVerification::Optional => accounts::EmailVerificationPolicy::Optional,
        },
        argon2_params: Argon2Params::CURRENT,
        cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    })
}
