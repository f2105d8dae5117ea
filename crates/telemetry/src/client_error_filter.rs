//! What is kept out of the log.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata};
use tracing_subscriber::layer::{Context, Filter};

/// Where the framework reports how a connection ended.
const DISPATCHER: &str = "actix_http::h1::dispatcher";
/// How it begins where the client is to blame: it sent no HTTP, or hung up.
const CLIENT_ERROR: &str = "stream error";

/// Leaves out what the framework logs as an error when a client sends what cannot be parsed. Anybody
/// can do that; the refusal itself is logged by `server::refusal`.
#[derive(Debug, Clone, Copy)]
pub(super) struct WithoutClientErrors;

impl<S> Filter<S> for WithoutClientErrors {
    fn enabled(&self, _metadata: &Metadata<'_>, _context: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _context: &Context<'_, S>) -> bool {
        if event.metadata().target() != DISPATCHER {
            return true;
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        !message.0.starts_with(CLIENT_ERROR)
    }
}

struct Message(String);

impl Visit for Message {
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
    struct Recorder(Arc<Mutex<Vec<String>>>);

    impl<S: tracing::Subscriber> Layer<S> for Recorder {
        fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
            let mut message = Message(String::new());
            event.record(&mut message);
            self.0.lock().unwrap().push(message.0);
        }
    }

    #[test]
    fn client_errors_are_left_out_and_all_else_stays() {
        let recorder = Recorder::default();
        let layer = recorder.clone().with_filter(WithoutClientErrors);
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
