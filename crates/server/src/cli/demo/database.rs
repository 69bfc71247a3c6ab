//! Where the demo keeps its records: in its own folder, or in a PostgreSQL database that is its own too. One that holds
//! anything else is refused before anything is written.
//!
//! A folder of SQLite is known by the world that was written before its database. A PostgreSQL database has a mark in it,
//! and the demo's folder has the same one.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use domain::secret::Secret;
use store::whose::{self, Contents};
use store::{Store, key_ring};
use url::Url;

use super::{sandboxes, world};
use crate::app::store_config;
use crate::cli::{Source, output};
use crate::config::{self, Config, Overrides};

/// What the demo sets itself, besides where the vendors are: its address, its database, and that nobody receives mail.
const OWN: [&str; 11] = [
    "server.listen",
    "server.base_address",
    "database.url",
    "mail.transport",
    "mail.smtp_host",
    "mail.smtp_port",
    "mail.encryption",
    "mail.smtp_user",
    "mail.smtp_password",
    "mail.certificate_authority",
    "mail.timeout_seconds",
];

const KEY_SETTING: &str = "security.master_key_file";
/// The file with the mark of the demo's database. It is there once a database was claimed.
const MARK_FILE: &str = "database.mark";
const KEY_FILE: &str = "demo.key";
/// Databases that every server has for itself.
const OF_THE_SERVER: [&str; 3] = ["postgres", "template0", "template1"];

/// Where the records of a demo are.
pub enum Place {
    /// In SQLite, in the demo's folder.
    Folder,
    /// In PostgreSQL.
    Postgres {
        /// What was found there.
        contents: Contents,
        /// The demo's folder.
        folder: PathBuf,
    },
}

/// The configuration of the demo in this folder, and where its records are. Changes nothing.
///
/// # Errors
/// When what is configured is wrong, when a database cannot be reached, and when folder or database hold something else
/// than this demo.
pub async fn choose(
    source: &Source,
    folder: &Path,
    database: Option<Secret>,
) -> anyhow::Result<(Config, Place)> {
    if let Some(address) = &database {
        check_address(address)?;
    }
    let postgres = database.is_some();
    let mut overrides = Overrides {
        data_dir: Some(folder.to_owned()),
        kept: OWN.map(str::to_owned).into(),
        database_url: database,
        ..Overrides::default()
    };
    overrides.kept.extend(sandboxes::settings());
    if postgres {
        overrides.kept.push(KEY_SETTING.to_owned());
        overrides.master_key_file = Some(folder.join(KEY_FILE));
    }
    let mut config = config::load(source.file.as_deref(), &overrides)?;
    refuse_installation(&config)?;
    let place = if postgres {
        in_postgres(&config).await?
    } else {
        in_folder(&mut config)?
    };
    if !config.left_out.is_empty() {
        output::complain(&format!(
            "The demo keeps to {}. What is configured for {} is not used.",
            if postgres {
                "its own folder and the database given"
            } else {
                "its own folder"
            },
            config.left_out.join(", ")
        ));
    }
    Ok((config, place))
}

/// Whether an address names a database that could be the demo's own. What the environment would add does not count.
fn check_address(address: &Secret) -> anyhow::Result<()> {
    const SUCH_AS: &str = "such as postgres://user@host/portico_demo";
    if address.is_empty() {
        bail!("--database is empty: give it an address {SUCH_AS}, or leave it out");
    }
    config::check_database_url("--database", address)?;
    // What is no address is told where it is opened.
    let Ok(url) = Url::parse(address.expose()) else {
        return Ok(());
    };
    let asked = url.query_pairs().find(|(name, _)| name == "dbname");
    let name = match &asked {
        Some((_, name)) => name.as_ref(),
        None => url.path().trim_start_matches('/'),
    };
    if name.is_empty() {
        bail!("--database names no database: give it an address {SUCH_AS}");
    }
    if OF_THE_SERVER.contains(&name) {
        bail!(
            "The database {name} is the server's own. Give the demo one to itself, {SUCH_AS}; it is created when missing"
        );
    }
    Ok(())
}

/// Refuses a folder whose database no demo made.
fn refuse_installation(config: &Config) -> anyhow::Result<()> {
    let folder = &config.storage.data_dir;
    if config.sqlite_file().exists() && !world::is_known(folder) {
        bail!(
            "{} holds the database of an installation, and the demo would fill it with a made-up MSP. Nothing was \
             changed. Choose another folder for the demo with --data, or leave --data out",
            folder.display()
        );
    }
    Ok(())
}

/// SQLite in the folder, with a key beside it whatever is configured.
fn in_folder(config: &mut Config) -> anyhow::Result<Place> {
    let folder = &config.storage.data_dir;
    if read_mark(folder)?.is_some() {
        bail!(
            "The demo in {} keeps its records in PostgreSQL. Name its database with --database, or choose another folder \
             with --data",
            folder.display()
        );
    }
    let configured = std::mem::take(&mut config.security.master_key_file);
    if config.sqlite_file().exists() && !config.master_key_file().exists() {
        // A demo of an earlier release sealed its database with the configured key.
        config.security.master_key_file = configured;
    } else if !configured.is_empty() {
        config.left_out.push(KEY_SETTING.to_owned());
    }
    Ok(Place::Folder)
}

/// The PostgreSQL database of the configuration, if it holds nothing or the records of this very demo.
async fn in_postgres(config: &Config) -> anyhow::Result<Place> {
    let folder = config.storage.data_dir.clone();
    let mark = read_mark(&folder)?;
    // Beside a mark it is what another command made there.
    if mark.is_none() && config.sqlite_file().exists() {
        bail!(
            "The demo in {} keeps its records in that folder, in SQLite. Leave --database out to go on with it, or choose \
             another folder for one in PostgreSQL with --data",
            folder.display()
        );
    }
    let contents = whose::look(&store_config(config)).await?;
    match &contents {
        Contents::Other => bail!("{NOT_ITS_OWN}"),
        Contents::Demo(theirs) if mark.as_ref() != Some(theirs) => bail!(
            "The database given holds the records of another demo than the one in {}. Nothing was changed. Name the \
             folder of that demo with --data, or another database with --database",
            folder.display()
        ),
        Contents::Demo(_) if !config.master_key_file().exists() => bail!(
            "The demo's key {} is gone, and what it sealed in the database cannot be opened without. Put it back; or drop \
             the database, delete the folder and start anew",
            config.master_key_file().display()
        ),
        _ => {}
    }
    Ok(Place::Postgres { contents, folder })
}

const NOT_ITS_OWN: &str = "The database given holds something else than a demo: an installation, or tables of another \
                           program. The demo would fill it with a made-up MSP, so nothing was changed. Give the demo a \
                           database of its own with --database; one that is missing is created";

impl Place {
    /// Makes what a demo in PostgreSQL needs before its database can be opened: a key, and the database itself. To be called
    /// by the one demo in this folder.
    ///
    /// # Errors
    /// When one of them cannot be made.
    pub async fn prepare(&self, config: &Config) -> anyhow::Result<()> {
        let Self::Postgres { contents, .. } = self else {
            return Ok(());
        };
        let key = config.master_key_file();
        if !key.exists() {
            key_ring::create(&key)?;
        }
        if *contents == Contents::Missing {
            whose::create_database(&store_config(config)).await?;
        }
        Ok(())
    }

    /// Marks the opened database as this demo's, before anything made up is written. The mark is in the folder first, so
    /// that a start that ends between the two is followed by one that goes on.
    ///
    /// # Errors
    /// When somebody else came first.
    pub async fn claim(&self, store: &Store) -> anyhow::Result<()> {
        let Self::Postgres { folder, .. } = self else {
            return Ok(());
        };
        let known = read_mark(folder)?;
        let mark = match &known {
            Some(mark) => mark.clone(),
            None => write_mark(folder)?,
        };
        if whose::claim_for_demo(store, &mark).await? {
            return Ok(());
        }
        if known.is_none() {
            std::fs::remove_file(folder.join(MARK_FILE)).with_context(|| cannot_use(folder))?;
        }
        bail!(
            "Somebody else began to use the database given while the demo started. Nothing made up was written into it. \
             Give the demo a database of its own with --database"
        )
    }

    /// What the welcome says after the folder.
    pub const fn beside(&self) -> &'static str {
        match self {
            Self::Folder => "",
            Self::Postgres { .. } => " and the database given",
        }
    }
}

/// The mark of the database that the demo in this folder has claimed.
fn read_mark(folder: &Path) -> anyhow::Result<Option<String>> {
    match std::fs::read_to_string(folder.join(MARK_FILE)) {
        Ok(mark) => Ok(Some(mark)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| cannot_use(folder)),
    }
}

/// Makes a mark, whole and on the disk when this returns.
fn write_mark(folder: &Path) -> anyhow::Result<String> {
    let mark = uuid::Uuid::new_v4().to_string();
    let half = folder.join(format!("{MARK_FILE}.new"));
    let write = || {
        let mut file = File::create(&half)?;
        file.write_all(mark.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&half, folder.join(MARK_FILE))?;
        File::open(folder)?.sync_all()
    };
    write().with_context(|| cannot_use(folder))?;
    Ok(mark)
}

fn cannot_use(folder: &Path) -> String {
    format!("Cannot use {}", folder.join(MARK_FILE).display())
}
