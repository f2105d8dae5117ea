//! The modules: one per domain, and those of the server itself. This list is the one place that names
//! them all.

pub mod accounts;
pub mod chat;
pub mod games;
pub mod groups;
pub mod home;
pub mod invites;
pub mod notify;
pub mod service;
pub mod social;
pub mod tournaments;
pub mod user_events;

use crate::module::Module;

/// All modules, in the order of the API documentation.
pub static MODULES: &[&dyn Module] = &[
    &accounts::AccountsModule,
    &social::SocialModule,
    &chat::ChatModule,
    &groups::GroupsModule,
    &invites::InvitesModule,
    &games::GamesModule,
    &notify::NotifyModule,
    &home::HomeModule,
    &tournaments::TournamentsModule,
    &user_events::UserEventsModule,
    &service::ServiceModule,
];
