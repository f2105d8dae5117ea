//! The one place where the rooms of the house are fitted together.

mod activity;
mod adapters;
mod background;
mod external;
mod notifications;
mod session_events;
mod session_lookups;

use std::sync::Arc;

use accounts::hashing::Argon2Params;
use accounts::ports::NoStatistics;
use accounts::{Accounts, AccountsConfig, AccountsParts};
use actix_web::web;
use chat::{Chat, ChatConfig, ChatParts};
use db::Store;
use http_kit::{HttpConfig, HttpState, Lifecycle, Network, RouteTable, StaticFiles};
use invites::{BuiltinGames, Invites, InvitesParts, InvitesService, ReservedMatches};
use kernel::Env;
use mail::DevMailbox;
use notify::Notify;
use outbox::NodeId;
use realtime::{Hub, HubConfig, Publisher, Rosters};
use social::{PresenceParts, Social};
use telemetry::Metrics;

pub use self::activity::Activity;
use self::adapters::{
    AccountsAdapter, BlockAdapter, BusAdapter, ChatsOf, FriendsOf, InvitesOf, LateBound,
    NotificationsOf, SocialAdapter,
};
pub use self::background::RESUME_WINDOW;
pub use self::external::{DigestMailer, connect_bus, open_blobs, open_post, open_store};
use self::notifications::NotifyAdapter;
use self::session_events::{Announcer, Listener};
pub(crate) use self::session_lookups::count_session_lookup;
use crate::config::{Config, ConfigError, EmailVerification};
use crate::http::web_files;
use crate::ws::ports::{self, LobbyDirectory};

/// Everything that handlers and background work need, shared by all threads.
pub struct AppState {
    /// What middleware and extractors need.
    pub http: web::Data<HttpState>,
    /// Time and chance.
    pub env: Env,
    /// Counters and timings.
    pub metrics: Metrics,
    /// Who may read `/metrics`.
    pub metrics_networks: Vec<Network>,
    /// Files of the binary.
    pub web_files: StaticFiles,
    /// The database.
    pub store: Store,
    /// What nodes share: the fan-out, leases, presence, counters.
    pub bus: cluster::Cluster,
    /// Who people are.
    pub accounts: Accounts,
    /// Friends, blocks and who is around.
    pub social: Social,
    /// Conversations, lobbies and rooms.
    pub chat: Chat,
    /// Invitations to games.
    pub invites: Arc<dyn InvitesService>,
    /// What people are told.
    pub notify: Notify,
    /// Mail that was not sent, where there is no mail server.
    pub mailbox: Option<DevMailbox>,
    /// The sockets of this node.
    pub hub: Arc<Hub>,
    /// Who is in which lobby.
    pub rosters: Rosters,
    /// This node, among others on the same database.
    node: NodeId,
    _sign_outs: cluster::Subscription,
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AppState")
    }
}

impl AppState {
    /// Fits everything together, for a server that listens on `port`. Must be called within the
    /// runtime that will carry the background work.
    ///
    /// # Errors
    /// A sentence for the operator about what is not there.
    pub async fn build(
        config: &Config,
        port: u16,
        env: Env,
        metrics: Metrics,
    ) -> Result<Self, ConfigError> {
        let store = open_store(config, env.clone())?;
        let bus = connect_bus(config, &env).await?;
        let post = open_post(config, port, &env)?;
        let later = Arc::new(LateBound::default());
        let accounts = build_accounts(config, port, &store, &bus, &post, &later)?;
        let publisher = Publisher::new(Arc::clone(&bus.bus), env.clone());
        outbox::set_publisher(&store, Arc::new(publisher.clone()));
        let carrier = BusAdapter(publisher);
        let social = build_social(&store, &bus, &accounts, &carrier, &later);
        let notify = notifications::build(config, &store, &accounts, &social);
        let chat = build_chat(config, &store, (&accounts, &social, &notify), &carrier);
        let invites = build_invites(&store, &accounts, &social);
        later.set(
            social.clone(),
            chat.clone(),
            invites.clone(),
            notify.clone(),
        );
        let hub = start_hub(config, &bus, &store, (&accounts, &social));
        Ok(Self {
            _sign_outs: Listener::start(&bus.bus, accounts.clone(), Arc::clone(&hub)),
            rosters: start_rosters(&bus, &accounts, &store),
            http: web::Data::new(HttpState {
                config: HttpConfig::new(config.public_url_at(port), port, config.http_access()),
                env: env.clone(),
                lifecycle: Lifecycle::default(),
                store: store.clone(),
                rate_limiter: Arc::clone(&bus.rate_limiter),
                rate_limit_factor: config.rate_limits,
                routes: RouteTable::new(http_kit::routes::list(&crate::http::register, None)),
                authenticator: Arc::new(AccountsAdapter(accounts.clone())),
                request_hasher: Arc::new(AccountsAdapter(accounts.clone())),
                activity: Arc::new(build_activity(&social, &bus, &env)),
            }),
            metrics,
            metrics_networks: config.metrics_networks.clone(),
            web_files: web_files::collect(),
            node: env.id(),
            mailbox: post.mailbox,
            accounts,
            social,
            chat,
            invites,
            notify,
            store,
            bus,
            hub,
            env,
        })
    }

    /// Starts what runs beside the requests.
    pub fn start_background(&self) {
        background::start(self, self.node);
    }

    /// Leaves the other nodes, at a clean end.
    pub async fn leave(&self) {
        if let Err(error) = self.social.presence().retire().await {
            tracing::warn!(error = %error.chain(), "presence ends by itself in a moment");
        }
        outbox::flush(&self.store).await;
        self.bus.bus.flush().await;
        if let Err(error) = outbox::deregister_node(&self.store, self.node).await {
            tracing::warn!(error = %error.chain(), "this node stays on the list of nodes for a while");
        }
    }
}

fn build_accounts(
    config: &Config,
    port: u16,
    store: &Store,
    bus: &cluster::Cluster,
    post: &DigestMailer,
    later: &Arc<LateBound>,
) -> Result<Accounts, ConfigError> {
    let parts = AccountsParts {
        store: store.clone(),
        blobs: open_blobs(config)?,
        mailer: Arc::clone(&post.mailer),
        session_events: Arc::new(Announcer(Arc::clone(&bus.bus))),
        statistics: Arc::new(NoStatistics),
        relations: Arc::clone(later) as Arc<dyn accounts::ports::Relations>,
        personal_data: vec![
            Arc::new(FriendsOf(Arc::clone(later))),
            Arc::new(ChatsOf(Arc::clone(later))),
            Arc::new(InvitesOf(Arc::clone(later))),
            Arc::new(NotificationsOf(Arc::clone(later))),
        ],
    };
    let env = store.env();
    let settings = AccountsConfig {
        secret: crate::data_folder::secret(&config.secret_file, env)?,
        public_url: config.public_url_at(port).origin().to_owned(),
        email_verification: match config.email_verification {
            EmailVerification::Required => accounts::EmailVerification::Required,
            EmailVerification::Optional => accounts::EmailVerification::Optional,
        },
        strength: Argon2Params::CURRENT,
        cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    };
    Accounts::new(&settings, parts)
        .map_err(|error| ConfigError(format!("Accounts cannot start: {}.", error.chain())))
}

fn build_social(
    store: &Store,
    bus: &cluster::Cluster,
    accounts: &Accounts,
    carrier: &BusAdapter,
    later: &Arc<LateBound>,
) -> Social {
    let parts = PresenceParts {
        store: store.clone(),
        expiring_sets: Arc::clone(&bus.expiring_sets),
        people: Arc::new(AccountsAdapter(accounts.clone())),
        live: Arc::new(carrier.clone()),
    };
    Social::new(parts, Arc::new(BlockAdapter(Arc::clone(later))))
}

fn start_hub(
    config: &Config,
    cluster: &cluster::Cluster,
    store: &Store,
    (accounts, social): (&Accounts, &Social),
) -> Arc<Hub> {
    let config = HubConfig {
        rate_factor: config.rate_limits.factor(),
        resume_window: RESUME_WINDOW,
    };
    Hub::start(&cluster.bus, store, ports::ports(accounts, social), config)
}

fn start_rosters(cluster: &cluster::Cluster, accounts: &Accounts, store: &Store) -> Rosters {
    let directory = LobbyDirectory {
        accounts: accounts.clone(),
        store: store.clone(),
    };
    Rosters::start(cluster, Arc::new(directory), store.env())
}

fn build_activity(social: &Social, bus: &cluster::Cluster, env: &Env) -> Activity {
    let presence = social.presence().clone();
    Activity::start(Arc::new(move |user| presence.acted(user)), &bus.bus, env)
}

fn build_chat(
    config: &Config,
    store: &Store,
    (accounts, social, notify): (&Accounts, &Social, &Notify),
    carrier: &BusAdapter,
) -> Chat {
    let settings = ChatConfig {
        verified_only: config.email_verification == EmailVerification::Required,
        ..ChatConfig::default()
    };
    Chat::new(
        settings,
        ChatParts {
            store: store.clone(),
            contacts: Arc::new(SocialAdapter(social.clone())),
            names: Arc::new(AccountsAdapter(accounts.clone())),
            presence: Arc::new(SocialAdapter(social.clone())),
            privacy: Arc::new(AccountsAdapter(accounts.clone())),
            live: Arc::new(carrier.clone()),
            notices: Arc::new(NotifyAdapter(notify.clone())),
        },
    )
}

fn build_invites(store: &Store, accounts: &Accounts, social: &Social) -> Arc<dyn InvitesService> {
    Arc::new(Invites::new(InvitesParts {
        store: store.clone(),
        players: Arc::new(AccountsAdapter(accounts.clone())),
        contacts: Arc::new(SocialAdapter(social.clone())),
        matches: Arc::new(ReservedMatches),
        catalogue: Arc::new(BuiltinGames),
        tables: Arc::new(ReservedMatches),
    }))
}

/// Accounts alone, for commands that do one thing and end.
///
/// # Errors
/// A sentence for the operator.
pub fn accounts_alone(config: &Config) -> Result<Accounts, ConfigError> {
    let env = Env::system();
    let store = open_store(config, env.clone())?;
    let bus = cluster::Cluster::local(&env);
    let port = config.listen.port();
    let post = open_post(config, port, &env)?;
    build_accounts(config, port, &store, &bus, &post, &Arc::default())
}
