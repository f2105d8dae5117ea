//! The links in mails.

use kernel::Secret;

/// Makes links. They lead to the public URL only.
#[derive(Debug, Clone)]
pub(crate) struct MailLinks {
    /// Without a trailing slash.
    pub(crate) public_url: String,
}

impl MailLinks {
    pub(crate) fn new(public_url: &str) -> Self {
        let public_url = public_url.trim_end_matches('/').to_owned();
        Self { public_url }
    }

    /// A page of the web client.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}/{path}", self.public_url)
    }

    /// A page with the token in the fragment, which is not sent to servers or other sites.
    pub(crate) fn page_with_token(&self, path: &str, token: &Secret) -> String {
        format!("{}/{path}#token={}", self.public_url, token.expose())
    }

    /// A link that mail programs follow on their own, so the token is in the query. It can only
    /// unsubscribe.
    pub(crate) fn unsubscribe(&self, token: &Secret) -> String {
        let path = "api/v1/notifications/unsubscribe";
        format!("{}/{path}/?token={}", self.public_url, token.expose())
    }
}
