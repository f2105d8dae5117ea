//! Paths of files within the folder, such as `views/chat.js`.

/// Whether a path leads to no place outside the folder and to no hidden file.
#[must_use]
pub fn is_safe(path: &str) -> bool {
    let is_plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '.' | '-' | '_');
    path.split('/')
        .all(|part| !part.is_empty() && !part.starts_with('.') && part.chars().all(is_plain))
}

/// The path that a file refers to: relative to it, or absolute within the folder. `None` if it leads
/// outside, or is no path.
pub(crate) fn resolve(file: &str, reference: &str) -> Option<String> {
    if let Some(absolute) = reference.strip_prefix('/') {
        return is_safe(absolute).then(|| absolute.to_owned());
    }
    if !reference.starts_with("./") && !reference.starts_with("../") {
        return None;
    }
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in reference.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            _ => parts.push(part),
        }
    }
    let path = parts.join("/");
    is_safe(&path).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_safe_refuses_what_leads_elsewhere() {
        assert!(is_safe("app.js") && is_safe("views/a-b_2.js"));
        for path in [
            "", "/a", "a/", "../a", "a/../b", ".env", "a//b", "a\\b", "a%2f", "ä",
        ] {
            assert!(!is_safe(path), "{path}");
        }
    }

    #[test]
    fn resolve_follows_relative_and_absolute_references() {
        let from = |reference| resolve("views/chat.js", reference);
        assert_eq!(from("./a.js").as_deref(), Some("views/a.js"));
        assert_eq!(from("../a/b.js").as_deref(), Some("a/b.js"));
        assert_eq!(from("/styles/a.css").as_deref(), Some("styles/a.css"));
        for reference in ["lit", "../../a.js", "https://example.org/a.js", "./"] {
            assert_eq!(from(reference), None, "{reference}");
        }
    }
}
