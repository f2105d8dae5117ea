//! The services of all modules, by their types.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use actix_web::web::{Data, ServiceConfig};
use kernel::AppError;

/// A service that is provided once and used by many.
type ServiceSlot<T> = Arc<OnceLock<Arc<T>>>;
/// Makes a service available to handlers, as `web::Data`.
type RegisterService = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;

/// Services by their types, mostly traits: `Services::get::<dyn ChatService>()`. Clones share everything.
///
/// Modules provide their services one after the other. What a service needs of a module that comes later
/// it gets as [`LateBound`].
#[derive(Clone, Default)]
pub struct Services(Arc<Mutex<Registry>>);

#[derive(Default)]
struct Registry {
    /// A [`ServiceSlot`] of its type for each key.
    slots: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
    provided: Vec<RegisterService>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Services")
    }
}

impl Services {
    /// Provides a service, also to handlers as `web::Data<T>`. A type has one service: later ones are
    /// ignored.
    pub fn provide<T: ?Sized + Send + Sync + 'static>(&self, service: Arc<T>) {
        let data = Arc::clone(&service);
        if self.slot::<T>().set(service).is_err() {
            tracing::error!(service = type_name::<T>(), "service already provided");
            return;
        }
        let register = move |config: &mut ServiceConfig| {
            config.app_data(Data::from(Arc::clone(&data)));
        };
        self.registry().provided.push(Arc::new(register));
    }

    /// The service of this type.
    ///
    /// # Errors
    /// `unavailable` if no module has provided it.
    pub fn get<T: ?Sized + Send + Sync + 'static>(&self) -> Result<Arc<T>, AppError> {
        self.late_bound().get()
    }

    /// The service of this type, which another module provides until the server starts.
    #[must_use]
    pub fn late_bound<T: ?Sized + Send + Sync + 'static>(&self) -> LateBound<T> {
        LateBound(self.slot())
    }

    /// Makes all services available to the handlers of an application.
    pub fn configure(&self, config: &mut ServiceConfig) {
        let provided = self.registry().provided.clone();
        for register in provided {
            register(config);
        }
    }

    fn slot<T: ?Sized + Send + Sync + 'static>(&self) -> ServiceSlot<T> {
        let mut registry = self.registry();
        let slot = registry.slots.entry(TypeId::of::<ServiceSlot<T>>());
        let slot = slot.or_insert_with(|| Box::new(ServiceSlot::<T>::default()));
        slot.downcast_ref::<ServiceSlot<T>>()
            .cloned()
            .unwrap_or_default()
    }

    fn registry(&self) -> std::sync::MutexGuard<'_, Registry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A service that is provided later than this handle is given out.
pub struct LateBound<T: ?Sized>(ServiceSlot<T>);

impl<T: ?Sized> LateBound<T> {
    /// The service.
    ///
    /// # Errors
    /// `unavailable` if it is not provided yet.
    pub fn get(&self) -> Result<Arc<T>, AppError> {
        let missing = || AppError::unavailable(format!("{} not provided", type_name::<T>()));
        self.0.get().cloned().ok_or_else(missing)
    }
}

impl<T: ?Sized> Clone for LateBound<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    trait Greet: Send + Sync {
        fn greet(&self) -> &'static str;
    }

    struct Polite;

    impl Greet for Polite {
        fn greet(&self) -> &'static str {
            "Good morning"
        }
    }

    #[test]
    fn late_bound_finds_a_service_provided_after_it() {
        let services = Services::default();
        let handle = services.late_bound::<dyn Greet>();
        assert!(handle.get().is_err());
        assert!(services.get::<dyn Greet>().is_err());
        services.provide::<dyn Greet>(Arc::new(Polite));
        assert_eq!(handle.get().unwrap().greet(), "Good morning");
        assert_eq!(
            services.clone().get::<dyn Greet>().unwrap().greet(),
            "Good morning"
        );
    }

    #[test]
    fn services_are_kept_apart_by_type() {
        let services = Services::default();
        services.provide(Arc::new(1_u8));
        services.provide(Arc::new(2_u16));
        services.provide(Arc::new(3_u8));
        assert_eq!(*services.get::<u8>().unwrap(), 1, "the first one stays");
        assert_eq!(*services.get::<u16>().unwrap(), 2);
    }
}
