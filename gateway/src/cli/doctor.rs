//! `courtside doctor`

use std::path::Path;

use cluster::RateLimitFactor;
use http_kit::server::descriptors;
use kernel::{AppError, Env};

use super::system::runtime;
use super::terminal::print;
use crate::config::{Config, ConfigError};
use crate::{data_folder, platform};

/// The result of a check: the state, or what is wrong and how to fix it.
type Finding = Result<String, String>;

pub(super) fn run(config: &Config) -> Result<(), ConfigError> {
    let findings = [
        ("data directory", data_folder(config)),
        ("secret", secret(config)),
        ("other servers", other_servers(config)),
        ("open files", open_files()),
        ("port", port(config)),
        ("database", database(config)),
        ("Redis", redis(config)),
        ("object store", object_store(config)),
        ("mail", mail(config)),
        ("public URL", public_url(config)),
        ("proxies", proxies(config)),
        ("rate limits", rate_limits(config)),
    ];
    let mut problems = 0;
    for (name, finding) in findings {
        match finding {
            Ok(state) => print(&format!("ok    {name}: {state}")),
            Err(advice) => {
                problems += 1;
                print(&format!("FIX   {name}: {advice}"));
            }
        }
    }
    match problems {
        0 => Ok(()),
        1 => Err(ConfigError("1 problem found.".to_owned())),
        more => Err(ConfigError(format!("{more} problems found."))),
    }
}

fn data_folder(config: &Config) -> Finding {
    data_folder::prepare(&config.data, &config.secret_file).map_err(|error| error.0)?;
    let probe = config.data.join(".doctor");
    std::fs::write(&probe, b"ok")
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|error| format!("{} is not writable: {error}.", config.data.display()))?;
    Ok(format!("{} is writable.", config.data.display()))
}

fn secret(config: &Config) -> Finding {
    data_folder::secret(&config.secret_file, &Env::system()).map_err(|error| error.0)?;
    Ok(format!(
        "{} exists and is readable by its owner only.",
        config.secret_file.display()
    ))
}

fn port(config: &Config) -> Finding {
    match super::system::bind(config.listen) {
        Ok(_free) => Ok(format!("{} is available.", config.listen)),
        Err(error) => Err(format!(
            "{} Stop the other program, or choose another port with --listen.",
            error.0
        )),
    }
}

/// Looks at the database and changes nothing.
fn database(config: &Config) -> Finding {
    let file = config.database_url.expose().strip_prefix("sqlite:");
    if let Some(file) = file.filter(|file| !Path::new(file).exists()) {
        return Ok(format!("the server will create {file}."));
    }
    let store = platform::open_store_unmigrated(config, Env::system()).map_err(|error| error.0)?;
    let runtime = runtime().map_err(|error| error.0)?;
    let status = runtime
        .block_on(store.status())
        .map_err(|error| no_response(&error))?;
    let kind = if store.is_embedded() {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    Ok(match status.pending_migrations {
        0 => format!("{kind} responds, and its schema is up to date."),
        more => format!(
            "{kind} responds. Pending migrations: {more}; the server applies them when it starts, as \
             does `courtside migrate`."
        ),
    })
}

fn redis(config: &Config) -> Finding {
    if config.redis_url.is_none() {
        return Ok("not used. A single node does not need it.".to_owned());
    }
    let runtime = runtime().map_err(|error| error.0)?;
    runtime.block_on(async {
        let cluster = platform::connect_cluster(config, &Env::system()).await;
        let response = cluster.map_err(|error| error.0)?.check().await;
        response.map_err(|error| no_response(&error))?;
        Ok("it responds.".to_owned())
    })
}

fn object_store(config: &Config) -> Finding {
    let blobs = platform::open_blobs(config).map_err(|error| error.0)?;
    let runtime = runtime().map_err(|error| error.0)?;
    runtime
        .block_on(blobs.check())
        .map_err(|error| no_response(&error))?;
    Ok("files can be stored and read.".to_owned())
}

fn mail(config: &Config) -> Finding {
    if config.smtp_url.is_none() {
        return mail_without_server(config);
    }
    let mail = platform::open_mail(config, config.listen.port(), &Env::system())
        .map_err(|error| error.0)?;
    let runtime = runtime().map_err(|error| error.0)?;
    // Connections to the mail server are made and kept within the runtime.
    let response = runtime.block_on(mail.mailer.check());
    response.map_err(|error| format!("{error}."))?;
    Ok("the mail server accepts connections.".to_owned())
}

/// Only clients on this machine can read the mailbox for development.
fn mail_without_server(config: &Config) -> Finding {
    let public_url = config.public_url_at(config.listen.port());
    if public_url.host().is_loopback() {
        return Ok("not sent. It is shown in the mailbox for development.".to_owned());
    }
    Err(
        "not sent, so users cannot verify their email address or reset their password. Set \
         --smtp-url."
            .to_owned(),
    )
}

/// This server has no TLS: requests to an https:// URL come through a proxy.
fn proxies(config: &Config) -> Finding {
    let public_url = config.public_url_at(config.listen.port());
    if public_url.is_https() && config.trusted_proxies.is_empty() {
        return Err(
            "the reverse proxy that terminates TLS is not trusted, so all users appear to have the \
             same address. Set --trusted-proxies to the address of the proxy."
                .to_owned(),
        );
    }
    Ok(match config.trusted_proxies.len() {
        0 => "none.".to_owned(),
        count => format!("{count} trusted."),
    })
}

fn rate_limits(config: &Config) -> Finding {
    let is_public = config.public_url_at(config.listen.port()).is_https();
    match config.rate_limits {
        RateLimitFactor::Off if is_public => {
            Err("off, although the server is public. Remove --rate-limits off.".to_owned())
        }
        RateLimitFactor::Off => Ok("off, for load tests.".to_owned()),
        RateLimitFactor::Times(factor) => Ok(format!("{factor} times the documented rate limits.")),
    }
}

fn open_files() -> Finding {
    let limit = descriptors::raise_limit();
    if limit < descriptors::RECOMMENDED {
        return Err(format!(
            "the limit is {limit}, and each connection uses one. Raise the hard limit (`ulimit -Hn`, \
             or LimitNOFILE= of systemd) to at least {}.",
            descriptors::RECOMMENDED
        ));
    }
    Ok(format!("the limit is {limit}."))
}

fn other_servers(config: &Config) -> Finding {
    match data_folder::lock_database(config) {
        Ok(_free) => Ok("none uses this database file.".to_owned()),
        Err(error) => Err(error.0),
    }
}

fn no_response(error: &AppError) -> String {
    format!("it does not respond: {}.", error.reason())
}

fn public_url(config: &Config) -> Finding {
    let url = config.public_url_at(config.listen.port());
    let is_reachable = !config.listen.ip().is_loopback();
    if config.public_url.is_none() && is_reachable {
        return Err(
            "other machines can reach this server, but links and emails would lead to localhost. \
             Set --public-url."
                .to_owned(),
        );
    }
    if !url.is_https() && !url.is_plain_localhost() {
        return Err(format!(
            "{} is not encrypted, so browsers do not keep users logged in. Put a reverse proxy with \
             TLS in front of the server and set --public-url to its https:// URL.",
            url.origin()
        ));
    }
    Ok(url.origin().to_owned())
}
