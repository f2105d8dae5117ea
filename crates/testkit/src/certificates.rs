//! Certificates of test servers.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use crate::supervisor::Account;
use crate::{Folder, folder, had};

/// The files that a server with TLS is started with. Its certificate is for `localhost`, and not for
/// `127.0.0.1`, so that a test can connect under a wrong name.
#[derive(Debug)]
pub(crate) struct ServerCertificate {
    pub(crate) ca: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl ServerCertificate {
    /// New files in a folder, of this account if one is given.
    pub(crate) fn create(folder: &Path, account: Account) -> io::Result<Self> {
        let (ca, issuer) = authority("Test authority").map_err(io::Error::other)?;
        let (certificate, key) = signed(&issuer).map_err(io::Error::other)?;
        Ok(Self {
            ca: write(folder, "ca.pem", &ca, account)?,
            certificate: write(folder, "server.pem", &certificate, account)?,
            key: write(folder, "server.key", &key, account)?,
        })
    }
}

fn authority(name: &str) -> Result<(String, Issuer<'static, KeyPair>), rcgen::Error> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?.pem();
    Ok((certificate, Issuer::new(params, key)))
}

fn signed(issuer: &Issuer<'_, KeyPair>) -> Result<(String, String), rcgen::Error> {
    let params = CertificateParams::new(vec!["localhost".to_owned()])?;
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?.pem();
    Ok((certificate, key.serialize_pem()))
}

/// Servers refuse keys that others may read.
fn write(folder: &Path, name: &str, text: &str, account: Account) -> io::Result<PathBuf> {
    let file = folder.join(name);
    fs::write(&file, text)?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
    if let Some((user, group)) = account {
        chown(&file, Some(user), Some(group))?;
    }
    Ok(file)
}

/// A certificate authority that no test server belongs to.
#[derive(Debug)]
pub struct StrangeAuthority {
    file: PathBuf,
    _folder: Folder,
}

impl StrangeAuthority {
    /// Its certificate.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }
}

/// A new certificate authority.
#[must_use]
pub fn strange_authority() -> StrangeAuthority {
    let folder = folder();
    let made = authority("Strange authority").map_err(io::Error::other);
    let file = made.and_then(|(pem, _)| write(folder.path(), "strange.pem", &pem, None));
    StrangeAuthority {
        file: had("a certificate authority", file),
        _folder: folder,
    }
}
