//! State that other crates keep with a store.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

type Entries = HashMap<TypeId, Arc<dyn Any + Send + Sync>>;

/// One shared value per type, created on first use.
#[derive(Debug, Default)]
pub struct Extensions(Mutex<Entries>);

impl Extensions {
    /// The value of this type.
    pub fn get<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::<T>::default());
        // The entry of a type holds a value of that type, so the cast succeeds.
        Arc::clone(entry).downcast().unwrap_or_default()
    }
}
