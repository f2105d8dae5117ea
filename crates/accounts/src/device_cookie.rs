//! The cookie by which a browser or an app is recognized.

use data_encoding::BASE64URL_NOPAD;
use kernel::Secret;

/// How many accounts a device is known to; the one that logged in longest ago is dropped first.
pub(crate) const MAX_ACCOUNTS: usize = 4;
/// The encoded length of an id and of a MAC: 32 bytes.
const ENCODED_LEN: usize = 43;

/// The parsed device cookie. Its MACs are verified for one account at a time.
#[derive(Clone, PartialEq, Eq)]
pub struct Device {
    pub(crate) id: String,
    /// The newest first.
    pub(crate) macs: Vec<String>,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Device")
    }
}

impl Device {
    /// Parses the value of a cookie; none if it is malformed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(str::to_owned);
        let (id, macs) = (parts.next()?, parts.collect::<Vec<_>>());
        let is_encoded = |part: &String| part.len() == ENCODED_LEN && decoded(part).is_some();
        let is_valid = is_encoded(&id) && macs.len() <= MAX_ACCOUNTS && macs.iter().all(is_encoded);
        is_valid.then_some(Self { id, macs })
    }

    /// The value of the cookie.
    #[must_use]
    pub fn to_value(&self) -> Secret {
        let parts: Vec<&str> = std::iter::once(&self.id)
            .chain(&self.macs)
            .map(String::as_str)
            .collect();
        Secret::new(parts.join("."))
    }

    /// The key by which attempts from this device are counted.
    pub(crate) fn key(&self) -> String {
        format!("device:{}", self.id)
    }
}

/// The bytes of an id or of a MAC.
pub(crate) fn decoded(mac: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(mac.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_accepts_only_written_values() {
        let part = |letter: &str| letter.repeat(ENCODED_LEN);
        let value = format!("{}.{}", part("A"), part("A"));
        let device = Device::parse(&value).unwrap();
        assert_eq!(device.to_value().expose(), value);
        let many = vec![part("A"); MAX_ACCOUNTS + 2].join(".");
        let odd = format!("{}.{}", part("A"), part("!"));
        for wrong in ["", "A", &format!("{value}."), &part("é"), &odd, &many] {
            assert_eq!(Device::parse(wrong), None, "{wrong}");
        }
    }
}
