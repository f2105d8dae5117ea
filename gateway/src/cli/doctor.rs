//! `courtside doctor`

use cluster::RateLimitFactor;
use http_kit::server::descriptors;
use kernel::{AppError, Env};

use super::system::runtime;
use super::terminal::print;
use crate::config::{Config, ConfigError};
use crate::{data_folder, platform};

/// What one check found: how things are, or what to do.
type Finding = Result<String, String>;

pub(super) fn run(config: &Config) -> Result<(), ConfigError> {
    let findings = [
        ("data folder", data_folder(config)),
        ("secret", secret(config)),
        ("other servers", other_servers(config)),
        ("open files", open_files()),
        ("port", port(config)),
        ("database", database(config)),
        ("redis", redis(config)),
        ("object store", object_store(config)),
        ("mail", mail(config)),
        ("public address", public_url(config)),
        ("proxies", proxies(config)),
        ("rate limits", rate_limits(config)),
    ];
    let mut troubles = 0;
    for (name, finding) in findings {
        match finding {
            Ok(state) => print(&format!("ok    {name}: {state}")),
            Err(advice) => {
                troubles += 1;
                print(&format!("FIX   {name}: {advice}"));
            }
        }
    }
    match troubles {
        0 => Ok(()),
        1 => Err(ConfigError("One thing must be put right first.".to_owned())),
        more => Err(ConfigError(format!(
            "{more} things must be put right first."
        ))),
    }
}

fn data_folder(config: &Config) -> Finding {
    data_folder::prepare(&config.data, &config.secret_file).map_err(|error| error.0)?;
    let probe = config.data.join(".doctor");
    std::fs::write(&probe, b"ok")
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|error| format!("{} cannot be written to: {error}.", config.data.display()))?;
    Ok(format!("{} can be written to.", config.data.display()))
}

fn secret(config: &Config) -> Finding {
    data_folder::secret(&config.secret_file, &Env::system()).map_err(|error| error.0)?;
    Ok(format!(
        "{} is there and closed to others.",
        config.secret_file.display()
    ))
}

fn port(config: &Config) -> Finding {
    match super::system::bind(config.listen) {
        Ok(_free) => Ok(format!("{} is free.", config.listen)),
        Err(error) => Err(format!("{} Stop it, or choose another port.", error.0)),
    }
}

fn database(config: &Config) -> Finding {
    let store = platform::open_store(config, Env::system()).map_err(|error| error.0)?;
    let runtime = runtime().map_err(|error| error.0)?;
    let status = runtime
        .block_on(store.status())
        .map_err(|error| told(&error))?;
    let kind = if store.is_embedded() {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    match status.pending_migrations {
        0 => Ok(format!("{kind} answers and is up to date.")),
        more => Err(format!(
            "{kind} lacks {more} migrations; run `courtside migrate`."
        )),
    }
}

fn redis(config: &Config) -> Finding {
    if config.redis_url.is_none() {
        return Ok("not used; one node needs none.".to_owned());
    }
    let runtime = runtime().map_err(|error| error.0)?;
    runtime.block_on(async {
        let cluster = platform::connect_cluster(config, &Env::system()).await;
        let answer = cluster.map_err(|error| error.0)?.check().await;
        answer.map_err(|error| told(&error))?;
        Ok("it answers.".to_owned())
    })
}

fn object_store(config: &Config) -> Finding {
    let blobs = platform::open_blobs(config).map_err(|error| error.0)?;
    let runtime = runtime().map_err(|error| error.0)?;
    runtime
        .block_on(blobs.check())
        .map_err(|error| told(&error))?;
    Ok("it keeps files and gives them back.".to_owned())
}

fn mail(config: &Config) -> Finding {
    if config.smtp_url.is_none() {
        return mail_unsent(config);
    }
    let post = platform::open_mail(config, config.listen.port(), &Env::system())
        .map_err(|error| error.0)?;
    let runtime = runtime().map_err(|error| error.0)?;
    // Connections to the mail server are made and kept within the runtime.
    let answer = runtime.block_on(post.mailer.check());
    answer.map_err(|error| format!("{error}."))?;
    Ok("the server takes it.".to_owned())
}

/// Only people on this machine can read what is not sent.
fn mail_unsent(config: &Config) -> Finding {
    let public_url = config.public_url_at(config.listen.port());
    if public_url.host().is_loopback() {
        return Ok("none is sent; it is kept in the dev mailbox.".to_owned());
    }
    Err("none is sent, so nobody can verify an address or reset a password; set --smtp-url.".into())
}

/// Whoever comes to an https:// address comes through a proxy, as this server speaks no TLS.
fn proxies(config: &Config) -> Finding {
    let public_url = config.public_url_at(config.listen.port());
    if public_url.is_https() && config.trusted_proxies.is_empty() {
        return Err(
            "the proxy that ends TLS is not known, so that all people count as one address; set \
             --trusted-proxies to where it comes from."
                .to_owned(),
        );
    }
    Ok(match config.trusted_proxies.len() {
        0 => "none is expected.".to_owned(),
        count => format!("{count} believed."),
    })
}

fn rate_limits(config: &Config) -> Finding {
    let is_public = config.public_url_at(config.listen.port()).is_https();
    match config.rate_limits {
        RateLimitFactor::Off if is_public => Err(
            "they are off, and everybody can reach the server; leave --rate-limits out.".to_owned(),
        ),
        RateLimitFactor::Off => Ok("off: for measuring.".to_owned()),
        RateLimitFactor::Times(factor) => Ok(format!("{factor} times what the API documents.")),
    }
}

fn open_files() -> Finding {
    let limit = descriptors::raise_limit();
    if limit < descriptors::RECOMMENDED {
        return Err(format!(
            "at most {limit} may be open, and each connection is one; raise the hard limit \
             (`ulimit -Hn`, or LimitNOFILE= of systemd)."
        ));
    }
    Ok(format!("{limit} may be open, each connection being one."))
}

fn other_servers(config: &Config) -> Finding {
    match data_folder::lock_database(config) {
        Ok(_free) => Ok("none uses this database file.".to_owned()),
        Err(error) => Err(error.0),
    }
}

fn told(error: &AppError) -> String {
    format!("It does not answer: {}.", error.chain())
}

fn public_url(config: &Config) -> Finding {
    let url = config.public_url_at(config.listen.port());
    let seen = !config.listen.ip().is_loopback();
    if config.public_url.is_none() && seen {
        return Err(
            "others can reach this server, but links and mail would lead to localhost; \
                    set --public-url."
                .to_owned(),
        );
    }
    if !url.is_https() && !url.is_plain_localhost() {
        return Err(format!(
            "{} is not encrypted, so browsers will not keep people signed in; put a proxy with \
             TLS in front and set --public-url to its https:// address.",
            url.origin()
        ));
    }
    Ok(url.origin().to_owned())
}
