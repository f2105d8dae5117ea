//! Renders templates as mails.

use kernel::AppError;

use crate::draft::Draft;
use crate::layout::{self, LayoutBlock};
use crate::links::MailLinks;
use crate::{Mail, MailId, MailTemplate, OutgoingMail};

/// Renders templates; links lead to the configured public URL only.
#[derive(Debug, Clone)]
pub struct MailRenderer {
    links: MailLinks,
}

impl MailRenderer {
    /// A renderer for the service at this URL.
    #[must_use]
    pub fn new(public_url: &str) -> Self {
        let links = MailLinks::new(public_url);
        Self { links }
    }

    /// Renders a template as the mail with this id.
    ///
    /// # Errors
    /// The layout fails, which does not happen in practice.
    pub fn render(&self, id: MailId, outgoing: &OutgoingMail) -> Result<Mail, AppError> {
        let Draft { subject, blocks } = Draft::of(&outgoing.template, &self.links);
        let greeting = LayoutBlock::Paragraph(format!("Hello {},", outgoing.name));
        let blocks: Vec<LayoutBlock> = std::iter::once(greeting).chain(blocks).collect();
        let footer = format!("Courtside · {}", self.links.public_url);
        Ok(Mail {
            id,
            to: outgoing.to.clone(),
            subject: subject.to_owned(),
            text: layout::text(&blocks, &footer)?,
            html: layout::html(&blocks, &footer)?,
            unsubscribe: match &outgoing.template {
                MailTemplate::Digest { unsubscribe, .. } => {
                    Some(self.links.unsubscribe(unsubscribe))
                }
                _ => None,
            },
        })
    }
}
