//! The service of this crate.

use std::sync::Arc;

use db::IdempotencyKey;
use jobs::Registration;

use crate::Chat;
use crate::conversations::ConversationsService;
use crate::history::HistoryService;
use crate::lobbies::LobbiesService;
use crate::message_actions::MessagesService;
use crate::message_notifications::MessageNotificationHandler;
use crate::personal_data::ChatDataService;
use crate::posting::PostingService;
use crate::reports::ReportsService;
use crate::rooms::RoomsService;
use crate::typing::TypingService;

/// Chat as a whole: one trait per subject, joined. [`Chat`] implements it.
///
/// All methods may fail as `unavailable` or `overloaded` where the database does; each names its other
/// errors by code.
pub trait ChatService:
    ConversationsService
    + PostingService
    + MessagesService
    + HistoryService
    + LobbiesService
    + RoomsService
    + TypingService
    + ReportsService
    + ChatDataService
{
    /// The same service for one request with an idempotency key: [`PostingService::send_message`] and
    /// [`ReportsService::report_message`] take effect once per key, and return the first result when
    /// the key is used again.
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn ChatService>;

    /// The job handlers of this crate, for `jobs::Worker`.
    fn jobs(&self) -> Vec<Registration>;
}

impl ChatService for Chat {
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn ChatService> {
        let inner = Arc::clone(&self.inner);
        Arc::new(Self { inner, key })
    }

    fn jobs(&self) -> Vec<Registration> {
        let handler = MessageNotificationHandler(self.inner.parts.clone());
        vec![Registration::batch(handler)]
    }
}
