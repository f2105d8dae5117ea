//! The default avatar of users who have uploaded none.

use std::fmt::Write as _;

use kernel::UserId;
use sha2::{Digest, Sha256};

/// Dark enough for white on top, and distinguishable by most people.
const COLORS: [&str; 8] = [
    "#14532d", "#1e3a8a", "#7f1d1d", "#581c87", "#134e4a", "#713f12", "#831843", "#0c4a6e",
];
const ROWS: usize = 5;
/// The left half and the middle; the right half mirrors the left.
const COLUMNS: usize = 3;

/// A pattern as SVG that depends on nothing but the user's id.
#[must_use]
pub(crate) fn default_avatar(user: UserId) -> String {
    let digest: [u8; 32] = Sha256::digest(user.uuid().as_bytes()).into();
    let [first, cells @ ..] = digest;
    let color = COLORS
        .get(usize::from(first) % COLORS.len())
        .copied()
        .unwrap_or("#14532d");
    let mut path = String::new();
    for (at, byte) in cells.into_iter().take(ROWS * COLUMNS).enumerate() {
        if byte % 2 == 0 {
            draw(&mut path, at % COLUMNS, at / COLUMNS);
        }
    }
    format!(
        concat!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 7 7" width="256" height="256" shape-rendering="crispEdges">"#,
            r##"<path fill="{}" d="M0 0h7v7H0z"/><path fill="#ffffff" d="{}"/></svg>"##
        ),
        color, path
    )
}

fn draw(path: &mut String, column: usize, row: usize) {
    let mirrored = 2 * (COLUMNS - 1) - column;
    let _ = write!(path, "M{} {}h1v1h-1z", column + 1, row + 1);
    if mirrored != column {
        let _ = write!(path, "M{} {}h1v1h-1z", mirrored + 1, row + 1);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use kernel::Env;

    use super::*;

    #[test]
    fn default_avatar_depends_on_the_user() {
        let env = Env::system();
        let users: Vec<UserId> = (0..100).map(|_| env.id()).collect();
        let avatars: HashSet<String> = users.iter().map(|user| default_avatar(*user)).collect();
        assert!(avatars.len() > 95);
        assert_eq!(default_avatar(users[0]), default_avatar(users[0]));
    }

    #[test]
    fn default_avatar_is_svg_without_scripts() {
        let avatar = default_avatar(Env::system().id());
        assert!(avatar.starts_with("<svg ") && avatar.ends_with("</svg>"));
        assert!(!avatar.contains("script"));
    }
}
