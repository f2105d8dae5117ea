//! Filters framework errors that clients cause.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata};
use tracing_subscriber::layer::{Context, Filter};

/// Log target of connection errors in the framework.
const DISPATCHER: &str = "actix_http::h1::dispatcher";
/// Prefix of errors caused by the client: it sent no HTTP, or hung up.
const CLIENT_ERROR: &str = "stream error";

/// Drops errors that the framework logs when a client sends what cannot be parsed. Any client can
/// cause them; the gateway logs the rejection itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientErrorFilter;

impl<S> Filter<S> for ClientErrorFilter {
    fn enabled(&self, _metadata: &Metadata<'_>, _context: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _context: &Context<'_, S>) -> bool {
        if event.metadata().target() != DISPATCHER {
            return true;
        }
        let mut message = MessageVisitor(String::new());
        event.record(&mut message);
        !message.0.starts_with(CLIENT_ERROR)
    }
}

struct MessageVisitor(String);

impl Visit for MessageVisitor {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Clone, Default)]
    struct MessageRecorder(Arc<Mutex<Vec<String>>>);

    impl<S: tracing::Subscriber> Layer<S> for MessageRecorder {
        fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
            let mut message = MessageVisitor(String::new());
            event.record(&mut message);
            self.0.lock().unwrap().push(message.0);
        }
    }

    #[test]
    fn filter_drops_client_errors_only() {
        let recorder = MessageRecorder::default();
        let layer = recorder.clone().with_filter(ClientErrorFilter);
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            tracing::error!(target: DISPATCHER, "stream error: {}", "invalid header");
            tracing::error!(target: DISPATCHER, "write zero; closing");
            tracing::error!("stream error of ours");
        });
        let logged = recorder.0.lock().unwrap();
        assert_eq!(*logged, ["write zero; closing", "stream error of ours"]);
    }
}
