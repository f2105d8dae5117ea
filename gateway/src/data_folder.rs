//! The data directory: everything that is stored on this machine, and the secret in it.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::ErrorKind::{NotFound, PermissionDenied};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use kernel::{Env, Secret};
use rustix::fs::Mode;

use crate::config::{Config, ConfigError};

/// The shortest secret that is taken, in characters.
const MIN_LEN: usize = 32;
/// Access for everybody on the machine.
const FOR_OTHERS: u32 = 0o007;
/// Access for everybody but the user who owns a file.
const FOR_ALL_BUT_OWNER: u32 = 0o077;

/// Makes the folder where it is missing, for the server's user alone. Files that this process
/// creates from now on are its user's alone too, whatever the umask was; files that were there
/// before are closed to others, except for the secret file, which [`secret`] refuses when open.
///
/// # Errors
/// A sentence for the operator.
pub fn prepare(folder: &Path, secret_file: &Path) -> Result<(), ConfigError> {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| problem("The data directory", folder, "cannot be created", &error))?;
    close_files(folder, secret_file).map_err(|error| {
        problem(
            "The permissions of the data directory",
            folder,
            "cannot be restricted",
            &error,
        )
    })
}

fn close_files(folder: &Path, secret_file: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let (entry, path) = entry.map(|entry| (entry.file_type(), entry.path()))?;
        let kind = entry?;
        if kind.is_dir() {
            close_files(&path, secret_file)?;
        } else if kind.is_file() && path != secret_file {
            match close_file(&path) {
                // Gone meanwhile, or not this user's to close.
                Err(error) if matches!(error.kind(), NotFound | PermissionDenied) => {}
                closed => closed?,
            }
        }
    }
    Ok(())
}

fn close_file(file: &Path) -> io::Result<()> {
    let mode = fs::symlink_metadata(file)?.permissions().mode();
    if mode & FOR_ALL_BUT_OWNER == 0 {
        return Ok(());
    }
    fs::set_permissions(file, Permissions::from_mode(mode & !FOR_ALL_BUT_OWNER))
}

/// The right to serve a database on this machine. The kernel takes it back when the process ends,
/// however it ends.
#[derive(Debug)]
pub struct DatabaseLock(#[expect(dead_code, reason = "held until it is dropped")] File);

/// Takes the right to serve an embedded database; a server on PostgreSQL needs none. Other commands
/// may go on beside a server.
///
/// # Errors
/// A sentence for the operator: which process holds it.
pub fn lock_database(config: &Config) -> Result<Option<DatabaseLock>, ConfigError> {
    let Some(database) = config.database_url.expose().strip_prefix("sqlite:") else {
        return Ok(None);
    };
    let path = PathBuf::from(format!("{database}.lock"));
    let cannot = |error: &io::Error| problem("The lock file", &path, "cannot be used", error);
    let mut file = open_lock(&path).map_err(|error| cannot(&error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(in_use(database, &mut file)),
        Err(TryLockError::Error(error)) => return Err(cannot(&error)),
    }
    file.set_len(0)
        .and_then(|()| write!(file, "{}", std::process::id()))
        .map_err(|error| cannot(&error))?;
    Ok(Some(DatabaseLock(file)))
}

fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}

fn in_use(database: &str, lock: &mut File) -> ConfigError {
    let mut holder = String::new();
    // Who holds it may be about to write its number.
    let _unknown = lock.read_to_string(&mut holder);
    let holder = match holder.trim() {
        "" => "another server".to_owned(),
        process => format!("another server (process {process})"),
    };
    ConfigError(format!(
        "The database {database} is in use by {holder}. Stop that process, or choose another directory with \
         --data. Several nodes require PostgreSQL and Redis."
    ))
}

/// Reads the secret, or makes one where the file is missing.
///
/// # Errors
/// A sentence for the operator: the file cannot be read, everybody can read it, or it is too short.
pub fn secret(file: &Path, env: &Env) -> Result<Secret, ConfigError> {
    match read(file)? {
        Some(secret) => Ok(secret),
        None => {
            create(file, &Secret::token(env), env)
                .map_err(|error| problem("The secret file", file, "cannot be written", &error))?;
            read(file)?.ok_or_else(|| {
                ConfigError(format!(
                    "The secret file {} was deleted meanwhile.",
                    file.display()
                ))
            })
        }
    }
}

fn read(file: &Path) -> Result<Option<Secret>, ConfigError> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(problem("The secret file", file, "cannot be read", &error)),
    };
    let mode = fs::metadata(file)
        .map_err(|error| problem("The secret file", file, "cannot be read", &error))?
        .permissions()
        .mode();
    if mode & FOR_OTHERS != 0 {
        let file = file.display();
        return Err(ConfigError(format!(
            "The secret file {file} is accessible to other users of this machine. Run `chmod 600 {file}`."
        )));
    }
    let text = text.trim();
    if text.chars().count() < MIN_LEN {
        return Err(ConfigError(format!(
            "The secret file {} must have at least {MIN_LEN} characters. Delete it to generate a new one.",
            file.display()
        )));
    }
    Ok(Some(Secret::new(text)))
}

/// Writes the whole file aside and then gives it its name, so that nobody ever reads half of it,
/// and so that of two servers that start at once one secret wins.
fn create(file: &Path, secret: &Secret, env: &Env) -> io::Result<()> {
    let aside = file.with_extension(format!("new-{:032x}", u128::from_le_bytes(env.bytes())));
    let written = write_aside(&aside, secret).and_then(|()| match fs::hard_link(&aside, file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = fs::remove_file(&aside);
    written.and(removed)
}

fn write_aside(aside: &Path, secret: &Secret) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(aside)?;
    writeln!(file, "{}", secret.expose())?;
    file.sync_all()
}

fn problem(what: &str, path: &Path, trouble: &str, error: &io::Error) -> ConfigError {
    ConfigError(format!("{what} {} {trouble}: {error}.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_is_created_once_and_readable_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("deep/data");
        let file = data.join("secret");
        prepare(&data, &file).unwrap();
        prepare(&data, &file).unwrap();
        let first = secret(&file, &Env::system()).unwrap();
        assert_eq!(secret(&file, &Env::system()).unwrap(), first);
        let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(&data)), (0o600, 0o700));
        assert_eq!(
            fs::read_dir(&data).unwrap().count(),
            1,
            "nothing is left aside"
        );
    }

    #[test]
    fn prepare_restricts_files_but_not_the_secret() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let (file, deep) = (data.join("secret"), data.join("blobs/avatars/x"));
        fs::create_dir_all(deep.parent().unwrap()).unwrap();
        let outside = folder.path().join("outside");
        for path in [&file, &deep, &outside] {
            fs::write(path, "x").unwrap();
            fs::set_permissions(path, Permissions::from_mode(0o664)).unwrap();
        }
        std::os::unix::fs::symlink(&outside, data.join("link")).unwrap();
        prepare(&data, &file).unwrap();
        fs::write(data.join("new"), "x").unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(deep), mode(data.join("new"))), (0o600, 0o600));
        assert_eq!((mode(outside), mode(file)), (0o664, 0o664));
    }

    #[test]
    fn secret_refuses_files_that_are_short_or_readable_by_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        fs::write(&file, "x".repeat(40)).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let open = secret(&file, &Env::system()).unwrap_err();
        assert!(open.0.contains("chmod 600"), "{open}");
        fs::write(&file, "short").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let short = secret(&file, &Env::system()).unwrap_err();
        assert!(short.0.contains("at least 32"), "{short}");
        assert!(!short.0.contains("short;"), "{short}");
    }

    #[test]
    fn secret_is_the_same_for_servers_that_start_together() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        create(&file, &Secret::new("a".repeat(40)), &Env::system()).unwrap();
        create(&file, &Secret::new("b".repeat(40)), &Env::system()).unwrap();
        let kept = secret(&file, &Env::system()).unwrap();
        assert_eq!(kept.expose(), "a".repeat(40));
    }
}
