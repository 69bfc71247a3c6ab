//! Configuration: `portico.default.toml`, then a file, then the environment, then the command line.
//!
//! The only place that reads environment variables. No key has a default in the code: the compiled-in file is the
//! default, and a key that is not in it is refused (`deny_unknown_fields`), so documentation and code cannot differ.

mod mail;
mod vendors;

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use domain::clock::UtcMillis;
use domain::secret::Secret;
use serde::Deserialize;
use url::Url;

pub use mail::{Mail, Transport};
pub use vendors::Installed;

/// The compiled-in defaults, which are also the documentation.
pub const DEFAULT: &str = include_str!("../../../portico.default.toml");

/// Everything that can be configured.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Web server.
    pub server: Server,
    /// Files.
    pub storage: Storage,
    /// Database.
    pub database: Database,
    /// Keys and sessions.
    pub security: Security,
    /// E-mail.
    pub mail: Mail,
    /// Background work.
    pub worker: Worker,
    /// Log.
    pub log: Log,
    /// Prometheus metrics.
    pub metrics: Metrics,
    /// What this installation has once for all its connections to a provider; a table of each.
    #[serde(skip)]
    pub installed: Vec<Installed>,
    /// Keys of settings that the command keeps to itself and that something else was configured for.
    #[serde(skip)]
    pub left_out: Vec<String>,
}

/// Web server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address people type; empty: from `listen`.
    pub base_address: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
}

/// Files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// Folder for database and key.
    pub data_dir: PathBuf,
}

/// Database.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// PostgreSQL address; empty: SQLite in the data folder.
    pub url: Secret,
    /// Largest number of connections.
    pub connections: u32,
}

/// Keys and sessions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Security {
    /// File of the master key; empty: beside the SQLite database.
    pub master_key_file: String,
    /// Idle end of a session.
    pub session_idle_hours: i64,
    /// Absolute end of a session.
    pub session_absolute_days: i64,
    /// Whether vendors may be in private networks.
    pub private_addresses: bool,
}

impl Security {
    /// Idle end of a session in milliseconds.
    #[must_use]
    pub const fn session_idle(&self) -> i64 {
        self.session_idle_hours * UtcMillis::HOUR
    }

    /// Absolute end of a session in milliseconds.
    #[must_use]
    pub const fn session_absolute(&self) -> i64 {
        self.session_absolute_days * UtcMillis::DAY
    }
}

/// Background work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    /// Jobs of one integration at once.
    pub concurrency: usize,
}

/// Log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// For whom.
    pub format: LogFormat,
    /// What.
    pub level: String,
}

/// For whom the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// People.
    Text,
    /// Machines.
    Json,
}

/// Prometheus metrics.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Bearer token for scrapers that are not on this machine; empty: loopback only.
    pub token: Secret,
}

/// An address or a range of addresses, such as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether the address lies in the range.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let bits = |address: IpAddr| match address {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)) << 96, 32),
            IpAddr::V6(v6) => (u128::from(v6), 128),
        };
        let (own, length) = bits(self.address.to_canonical());
        let (other, other_length) = bits(address.to_canonical());
        let shift = 128 - u32::from(self.prefix);
        length == other_length && (shift == 128 || own >> shift == other >> shift)
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no address or network such as 10.0.0.0/8");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.as_str(), None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.trim().parse().map_err(|_| wrong())?,
            None => longest,
        };
        if prefix > longest {
            return Err(wrong());
        }
        Ok(Self { address, prefix })
    }
}

/// Where settings come from, not read yet.
type Sources = config::ConfigBuilder<config::builder::DefaultState>;

/// What the command line sets; wins over everything else.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `server.listen`.
    pub listen: Option<SocketAddr>,
    /// `storage.data_dir`.
    pub data_dir: Option<PathBuf>,
    /// Keys of settings that the command keeps to itself: each has its default, and what is configured for it is neither
    /// read nor checked.
    pub kept: Vec<String>,
    /// `database.url`.
    pub database_url: Option<Secret>,
    /// `security.master_key_file`.
    pub master_key_file: Option<PathBuf>,
}

/// Reads the configuration of this process.
///
/// # Errors
/// When a source cannot be read, a key is unknown or missing, or a value makes no sense.
pub fn load(file: Option<&Path>, overrides: &Overrides) -> anyhow::Result<Config> {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with("PORTICO_"))
        .collect();
    load_from(file, environment, overrides)
}

/// Reads a configuration from the given sources.
///
/// # Errors
/// As for [`load`].
pub fn load_from(
    file: Option<&Path>,
    environment: HashMap<String, String>,
    overrides: &Overrides,
) -> anyhow::Result<Config> {
    let mut builder = defaults();
    if let Some(path) = file {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("The configuration file {} cannot be read", path.display()))?;
        builder = builder.add_source(config::File::from_str(&text, config::FileFormat::Toml));
    }
    for (key, value) in environment_keys(environment, &overrides.kept)? {
        builder = if key == "server.trusted_proxies" {
            let items: Vec<&str> = value
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .collect();
            builder.set_override(&key, items)?
        } else {
            builder.set_override(&key, value)?
        };
    }
    if let Some(listen) = overrides.listen {
        builder = builder.set_override("server.listen", listen.to_string())?;
    }
    if let Some(folder) = &overrides.data_dir {
        builder = builder.set_override("storage.data_dir", folder.display().to_string())?;
    }
    let loaded = keep(builder, &overrides.kept)
        .and_then(|(mut builder, left_out)| {
            // After what is kept: a command may name itself what nothing else may.
            if let Some(url) = &overrides.database_url {
                builder = builder.set_override("database.url", url.expose())?;
            }
            if let Some(file) = &overrides.master_key_file {
                let file = file.display().to_string();
                builder = builder.set_override("security.master_key_file", file)?;
            }
            let read = Config::read(builder.build()?)?;
            Ok(Config { left_out, ..read })
        })
        .context(
            "The configuration cannot be used; every key is described in portico.default.toml",
        )?;
    loaded.check()?;
    Ok(loaded)
}

/// The sources of a configuration, as yet only the compiled-in file.
fn defaults() -> Sources {
    config::Config::builder().add_source(config::File::from_str(DEFAULT, config::FileFormat::Toml))
}

/// Gives these keys their defaults back, and tells for which of them something else was configured.
fn keep(mut builder: Sources, kept: &[String]) -> anyhow::Result<(Sources, Vec<String>)> {
    if kept.is_empty() {
        return Ok((builder, Vec::new()));
    }
    let usual = defaults().build()?;
    let configured = builder.build_cloned()?;
    let mut left_out = Vec::new();
    for key in kept {
        let value = usual.get_string(key)?;
        // What is no text at all is something else too.
        if configured.get_string(key).ok().as_ref() != Some(&value) {
            left_out.push(key.clone());
        }
        builder = builder.set_override(key, value)?;
    }
    Ok((builder, left_out))
}

/// Turns `PORTICO__A__B` into `a.b`, and reads the files that `_FILE` variables name, but those of keys that are kept. Two
/// variables for one key are refused where it is used, since neither is later than the other.
fn environment_keys(
    environment: HashMap<String, String>,
    kept: &[String],
) -> anyhow::Result<Vec<(String, String)>> {
    let mut keys: BTreeMap<String, (String, String)> = BTreeMap::new();
    for (name, value) in environment {
        let Some((key, value)) = environment_key(&name, value, kept)? else {
            continue;
        };
        let kept = kept.contains(&key);
        if let Some((other, _)) = keys.get(&key)
            && !kept
        {
            let (first, second) = (other.min(&name), other.max(&name));
            bail!("{first} and {second} both set {key}; leave one of them out");
        }
        keys.insert(key, (name, value));
    }
    let read = keys.into_iter().map(|(key, (_, value))| (key, value));
    Ok(read.collect())
}

/// The key that a variable sets, and its value; `None` for other variables.
fn environment_key(
    name: &str,
    value: String,
    kept: &[String],
) -> anyhow::Result<Option<(String, String)>> {
    if name == "PORTICO_MASTER_KEY_FILE" {
        return Ok(Some(("security.master_key_file".to_owned(), value)));
    }
    let Some(path) = name.strip_prefix("PORTICO__") else {
        return Ok(None);
    };
    let key = path.to_lowercase().replace("__", ".");
    Ok(Some(match key.strip_suffix("_file") {
        // Its value is not used: that there is one is enough.
        Some(secret) if kept.iter().any(|kept| kept == secret) => (secret.to_owned(), value),
        Some(secret) if key != "security.master_key_file" => {
            let text = std::fs::read_to_string(&value)
                .with_context(|| format!("The file {value}, named by {name}, cannot be read"))?;
            let text = text.trim_end_matches(['\r', '\n']);
            (secret.to_owned(), text.to_owned())
        }
        _ => (key, value),
    }))
}

impl Config {
    /// Takes the providers' tables, and the rest as this struct has it.
    fn read(built: config::Config) -> anyhow::Result<Self> {
        let mut tables: config::Map<String, config::Value> = built.try_deserialize()?;
        let installed = vendors::take(&mut tables)?;
        let rest = config::Value::new(None, config::ValueKind::Table(tables));
        let config = Self::deserialize(rest)?;
        Ok(Self {
            installed,
            ..config
        })
    }

    fn check(&self) -> anyhow::Result<()> {
        if !self.server.base_address.is_empty() {
            let url = Url::parse(&self.server.base_address).with_context(|| {
                format!(
                    "server.base_address: {:?} is no address",
                    self.server.base_address
                )
            })?;
            if !matches!(url.scheme(), "http" | "https")
                || url.host_str().is_none()
                || !matches!(url.path(), "" | "/")
            {
                bail!("server.base_address must be http or https and a host name, without a path");
            }
        }
        self.mail_config()?;
        if self.worker.concurrency == 0 || self.database.connections == 0 {
            bail!("worker.concurrency and database.connections must be at least 1");
        }
        let security = &self.security;
        if !(1..=12).contains(&security.session_idle_hours)
            || !(1..=7).contains(&security.session_absolute_days)
        {
            bail!(
                "security.session_idle_hours must be 1 to 12, security.session_absolute_days 1 to 7"
            );
        }
        if self.uses_postgres() {
            check_database_url("database.url", &self.database.url)?;
        }
        if self.uses_postgres() && self.security.master_key_file.is_empty() {
            bail!(
                "With PostgreSQL, security.master_key_file (PORTICO_MASTER_KEY_FILE) must name the key file, the same \
                 on every node. Create one with: (umask 077; openssl rand -base64 32 > portico.key)"
            );
        }
        Ok(())
    }

    /// Whether the database is PostgreSQL.
    #[must_use]
    pub fn uses_postgres(&self) -> bool {
        !self.database.url.is_empty()
    }

    /// The SQLite file.
    #[must_use]
    pub fn sqlite_file(&self) -> PathBuf {
        self.storage.data_dir.join("portico.db")
    }

    /// The file of the master key.
    #[must_use]
    pub fn master_key_file(&self) -> PathBuf {
        if self.security.master_key_file.is_empty() {
            self.storage.data_dir.join("portico.db.key")
        } else {
            PathBuf::from(&self.security.master_key_file)
        }
    }

    /// The address people type, without a slash at its end.
    #[must_use]
    pub fn base_address(&self) -> String {
        if self.server.base_address.is_empty() {
            format!("http://{}", self.server.listen)
        } else {
            self.server.base_address.trim_end_matches('/').to_owned()
        }
    }

    /// Whether the address people type names this machine. Otherwise people come through a proxy, which makes everybody
    /// look as if they sat here.
    #[must_use]
    pub fn is_for_this_machine(&self) -> bool {
        let base = url::Url::parse(&self.base_address());
        match base.as_ref().ok().and_then(url::Url::host) {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// Whether `localhost` leads here without a proxy, as far as the configuration tells.
    #[must_use]
    pub fn serves_this_machine(&self) -> bool {
        self.server.base_address.is_empty() || self.is_for_this_machine()
    }

    /// Whether people reach Portico by https, which decides the cookie's name and flags.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.server.base_address.starts_with("https://")
    }
}

/// Whether the database's address, given as `setting`, is one of PostgreSQL. Of what stands there no more than its scheme is
/// said: the rest holds a password.
///
/// # Errors
/// When it is none, with what is understood.
pub fn check_database_url(setting: &str, url: &Secret) -> anyhow::Result<()> {
    const UNDERSTOOD: &str = "Portico understands postgres:// and postgresql://, as in postgres://user:password@host/database; \
        without an address, it uses an embedded SQLite database";
    let Some((scheme, _)) = url.expose().split_once("://") else {
        bail!("{setting} is no address. {UNDERSTOOD}");
    };
    let known = ["postgres", "postgresql"];
    if known.iter().any(|one| scheme.eq_ignore_ascii_case(one)) {
        return Ok(());
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    if scheme.chars().all(plain) {
        bail!("{setting} begins with {scheme}://. {UNDERSTOOD}");
    }
    bail!("{setting} does not begin with a scheme. {UNDERSTOOD}")
}

#[cfg(test)]
mod tests;
