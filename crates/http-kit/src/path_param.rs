//! Extractor of path parameters.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;

use crate::error::HttpError;
use crate::failure::Failure;

/// The path parameters: one id or name, or a tuple of them. An invalid id is `malformed_id`.
#[derive(Debug, Clone)]
pub struct PathParam<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for PathParam<T> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let parts = web::Path::<T>::from_request(request, payload).into_inner();
        ready(
            parts
                .map(|parts| Self(parts.into_inner()))
                .map_err(|_| HttpError::MalformedId.into()),
        )
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use kernel::UserId;

    use super::*;

    fn read<T: DeserializeOwned + 'static>(parts: &[(&'static str, &'static str)]) -> Option<T> {
        let request = parts
            .iter()
            .fold(TestRequest::default(), |request, (name, value)| {
                request.param(*name, *value)
            });
        let found = PathParam::<T>::from_request(&request.to_http_request(), &mut Payload::None);
        match found.into_inner() {
            Ok(PathParam(parts)) => Some(parts),
            Err(failure) => {
                assert_eq!(failure.error().code().name, "malformed_id");
                None
            }
        }
    }

    #[test]
    fn path_params_are_ids_and_names() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(read::<UserId>(&[("id", id)]).unwrap().to_string(), id);
        let both = read::<(UserId, String)>(&[("id", id), ("name", "ada")]).unwrap();
        assert_eq!(both.1, "ada");
        assert!(read::<UserId>(&[("id", "7")]).is_none());
        assert!(read::<UserId>(&[("id", "01890a5d-ac96-774b-bcce-b302099a805z")]).is_none());
    }
}
