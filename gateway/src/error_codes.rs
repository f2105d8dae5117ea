//! The error codes of all modules.

use kernel::Code;

use crate::modules::MODULES;

/// All codes, in the order of their names.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    let modules = MODULES.iter();
    let mut all: Vec<&'static Code> = modules.flat_map(|module| module.error_codes()).collect();
    all.sort_by_key(|code| code.name);
    all
}

/// The code of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Code> {
    codes().into_iter().find(|code| code.name == name)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::RETRY_AFTER;
    use http_kit::failure::error_response;
    use kernel::AppError;

    use super::*;

    #[test]
    fn codes_are_unique() {
        let names: Vec<&str> = codes().iter().map(|code| code.name).collect();
        let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(twice, None);
    }

    #[test]
    fn messages_are_unique() {
        let mut meanings: Vec<&str> = codes().iter().map(|code| code.meaning).collect();
        meanings.sort_unstable();
        let twice = meanings.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(
            twice, None,
            "a rule has one code; see kernel::error::Common"
        );
    }

    #[test]
    fn codes_are_lowercase_and_messages_are_sentences() {
        for code in codes() {
            let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c);
            assert!(code.name.chars().all(known), "{}", code.name);
            assert!(
                code.meaning.ends_with('.'),
                "{}: {}",
                code.name,
                code.meaning
            );
        }
    }

    #[test]
    fn only_429_and_503_have_a_retry_after_header() {
        for code in codes() {
            let response = error_response(&AppError::new(code), "r");
            let waits = [429, 503].contains(&response.status().as_u16());
            let header = response.headers().get(RETRY_AFTER);
            assert_eq!(header.is_some(), waits, "{}", code.name);
        }
    }
}
