//! The routes of accounts, by subject.

mod client_info;
mod emails;
mod exports;
mod logins;
mod passwords;
mod people;
mod pictures;
mod profiles;
mod second_factors;
mod sessions;

use http_kit::{RateLimitInfo, Routes};

/// Registers the routes below `/api/v1`.
pub(super) fn routes(api: &mut Routes<'_>) {
    api.add(logins::obtain_tokens).add(logins::refresh_tokens);
    api.scope("/auth", |auth| {
        logins::routes(auth);
        sessions::routes(auth);
        passwords::routes(auth);
        emails::routes(auth);
        second_factors::routes(auth);
    });
    api.scope("/users", |users| {
        profiles::routes(users);
        pictures::routes(users);
        exports::routes(users);
        people::routes(users);
    });
}

/// The limits of logins, which depend on the device.
pub(super) fn counted_limits() -> Vec<(RateLimitInfo, &'static str)> {
    vec![
        (
            RateLimitInfo::of::<logins::SigningInFromNetwork>(),
            "logins from devices that the account does not know",
        ),
        (
            RateLimitInfo::of::<logins::SigningInFromDevice>(),
            "logins from devices that the account knows",
        ),
    ]
}
