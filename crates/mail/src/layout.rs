//! Layout of a mail as plain text and as HTML, from the same blocks.

use std::fmt::Write as _;

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

const FRAME_START: &str = concat!(
    r#"<!doctype html><html lang="en"><head><meta charset="utf-8">"#,
    r#"<meta name="viewport" content="width=device-width,initial-scale=1">"#,
    r#"<meta name="color-scheme" content="light dark"></head>"#,
    r#"<body style="margin:0;padding:24px;font-family:system-ui,sans-serif;font-size:16px;line-height:1.5">"#,
    r#"<div style="max-width:34em;margin:0 auto">"#,
);
const FRAME_END: &str = "</div></body></html>\n";
const BUTTON: &str = "display:inline-block;padding:10px 18px;border-radius:6px;background:#14532d;color:#ffffff;text-decoration:none;font-weight:600";
const CODE: &str =
    "font-family:ui-monospace,monospace;font-size:22px;template-spacing:2px;overflow-wrap:anywhere";
const SMALL: &str = "font-size:13px;opacity:.75";

/// The blocks as plain text.
pub(crate) fn text(blocks: &[LayoutBlock], footer: &str) -> String {
    let mut page = String::new();
    for block in blocks {
        let _ = match block {
            LayoutBlock::Paragraph(text) => writeln!(page, "{text}\n"),
            LayoutBlock::Link { label, url } => writeln!(page, "{label}:\n{url}\n"),
            LayoutBlock::Code(code) => writeln!(page, "    {code}\n"),
        };
    }
    let _ = writeln!(page, "-- \n{footer}");
    page
}

/// The blocks as HTML, escaped.
pub(crate) fn html(blocks: &[LayoutBlock], footer: &str) -> String {
    let mut page = FRAME_START.to_owned();
    for block in blocks {
        let _ = match block {
            LayoutBlock::Paragraph(text) => write!(page, "<p>{}</p>", escape(text)),
            LayoutBlock::Link { label, url } => link(&mut page, label, &escape(url)),
            LayoutBlock::Code(code) => write!(page, r#"<p style="{CODE}">{}</p>"#, escape(code)),
        };
    }
    let _ = write!(page, r#"<p style="{SMALL}">{}</p>"#, escape(footer));
    page + FRAME_END
}

fn link(page: &mut String, label: &str, url: &str) -> std::fmt::Result {
    let label = escape(label);
    write!(
        page,
        r#"<p><a href="{url}" style="{BUTTON}">{label}</a></p>"#
    )?;
    write!(
        page,
        r#"<p style="{SMALL};overflow-wrap:anywhere">{url}</p>"#
    )
}

/// Escapes text for content and quoted attributes.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}
