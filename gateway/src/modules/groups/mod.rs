//! Groups: communities of users.

mod http;

use std::sync::Arc;

use accounts::ports::PersonalData;
use groups::{Groups, GroupsService, MAX_GROUPS_PER_DAY};
use http_kit::Routes;
use kernel::Code;

use crate::config::ConfigError;
use crate::module::{Module, Setup, Tag, personal_data};
use crate::services::Services;

/// The module of groups.
pub struct GroupsModule;

impl Module for GroupsModule {
    fn tags(&self) -> &'static [Tag] {
        &[Tag {
            name: "Groups",
            description: "Communities of users.",
        }]
    }

    fn routes(&self, api: &mut Routes<'_>) {
        http::routes(api);
    }

    fn error_codes(&self) -> Vec<&'static Code> {
        groups::Error::CODES.iter().collect()
    }

    fn fixed_limits(&self) -> Vec<String> {
        vec![format!(
            "A user creates at most {MAX_GROUPS_PER_DAY} groups in 24 h; refused requests are not counted."
        )]
    }

    fn provide(&self, setup: &Setup<'_>, services: &Services) -> Result<(), ConfigError> {
        let groups = Groups::new(setup.platform.store.clone());
        services.provide::<dyn GroupsService>(Arc::new(groups));
        Ok(())
    }

    fn personal_data(&self, services: &Services) -> Option<Arc<dyn PersonalData>> {
        Some(Arc::new(GroupsData(services.late_bound())))
    }
}

personal_data!(GroupsData, "groups", dyn GroupsService);
