//! What players write to each other in a match.

use kernel::AppError;

use crate::error::Error;

/// The maximum length of a message, in characters.
const MAX_CHAT_LEN: usize = 500;

/// The text of a message: trimmed, not empty, on one line.
///
/// # Errors
/// `games.chat_invalid`.
pub(crate) fn parse(text: &str) -> Result<String, AppError> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > MAX_CHAT_LEN || text.chars().any(char::is_control) {
        return Err(Error::ChatInvalid.on_field("content"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_trims_and_refuses_empty_long_and_invisible_texts() {
        assert_eq!(parse(" good game \n").unwrap(), "good game");
        assert!(parse(&"é".repeat(500)).is_ok());
        for refused in ["", "  ", "a\nb", "a\u{7}", "é".repeat(501).as_str()] {
            assert!(parse(refused).unwrap_err().is(Error::ChatInvalid.code()));
        }
    }
}
