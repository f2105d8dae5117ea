//! Layout of a mail as plain text and as HTML, from the same blocks. The templates are in
//! `mail/templates`.

use askama::Template;
use kernel::AppError;

/// A block of a mail.
#[derive(Debug)]
pub(crate) enum LayoutBlock {
    /// Text.
    Paragraph(String),
    /// A button, followed by its URL.
    Link { label: &'static str, url: String },
    /// A code or token to copy.
    Code(String),
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct TextMail<'a> {
    blocks: &'a [LayoutBlock],
    footer: &'a str,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct HtmlMail<'a> {
    blocks: &'a [LayoutBlock],
    footer: &'a str,
}

/// The blocks as plain text.
pub(crate) fn text(blocks: &[LayoutBlock], footer: &str) -> Result<String, AppError> {
    let mut text = TextMail { blocks, footer }.render()?;
    text.push('\n');
    Ok(text)
}

/// The blocks as HTML, escaped.
pub(crate) fn html(blocks: &[LayoutBlock], footer: &str) -> Result<String, AppError> {
    let mut html = HtmlMail { blocks, footer }.render()?;
    html.push('\n');
    Ok(html)
}
