//! Server-rendered pages.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};

use crate::config::PAGE_POLICY;

/// A response with a page of this title and body.
#[must_use]
pub fn respond(title: &str, body: &str) -> HttpResponse {
    respond_page(page(title, body))
}

/// A response with a complete page.
#[must_use]
pub fn respond_page(page: String) -> HttpResponse {
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    let policy = HeaderValue::from_static(PAGE_POLICY);
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, kind));
    response.insert_header((header::CONTENT_SECURITY_POLICY, policy));
    response.body(page)
}

/// A page with this title and body. The body is HTML and not escaped.
#[must_use]
pub fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Courtside</title>\
         <link rel=\"stylesheet\" href=\"/styles/base.css\"></head>\
         <body><main><h1>{title}</h1>{body}</main></body></html>\n"
    )
}

/// Escapes text for HTML.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_neutralizes_markup() {
        let page = page("<b>", &escape("<script>'\"&"));
        assert!(page.contains("&lt;b&gt;") && page.contains("&lt;script&gt;&#39;&quot;&amp;"));
    }
}
