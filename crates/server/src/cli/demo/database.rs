//! Where the demo keeps its records: in its own folder, or in a PostgreSQL database that is its own too. One that holds
//! anything else is refused before anything is written.
//!
//! A folder of SQLite is known by the world that was written before its database. A PostgreSQL database has a mark in it,
//! and the demo's folder has the same one.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use domain::secret::Secret;
use store::whose::{self, Contents};
use store::{Store, key_ring};

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
/// The file with the mark of the demo's database. It is there where the records are in PostgreSQL.
const MARK_FILE: &str = "database.mark";
const KEY_FILE: &str = "portico.key";

/// Where the records of a demo are.
pub enum Place {
    /// In SQLite, in the demo's folder.
    Folder,
    /// In PostgreSQL.
    Postgres {
        /// What is in the folder's mark file, or will be.
        mark: String,
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
    if database.as_ref().is_some_and(Secret::is_empty) {
        bail!(
            "--database is empty: give it an address such as postgres://user@host/database, or leave it out"
        );
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
    if folder.join(MARK_FILE).exists() {
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
    if config.sqlite_file().exists() {
        bail!(
            "The demo in {} keeps its records in that folder, in SQLite. Leave --database out to go on with it, or choose \
             another folder for one in PostgreSQL with --data",
            folder.display()
        );
    }
    let mark = match std::fs::read_to_string(folder.join(MARK_FILE)) {
        Ok(text) => Some(text.trim().to_owned()).filter(|mark| !mark.is_empty()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| cannot_use(&folder)),
    };
    let contents = whose::look(&store_config(config)).await?;
    match (&contents, &mark) {
        (Contents::Demo(theirs), mark) if mark.as_ref() != Some(theirs) => bail!(
            "The database holds the records of a demo in another folder than {}. Nothing was changed. Name that folder with \
             --data, or an empty database with --database",
            folder.display()
        ),
        (Contents::Other, _) => bail!("{NOT_ITS_OWN}"),
        _ => {}
    }
    Ok(Place::Postgres {
        mark: mark.unwrap_or_else(|| uuid::Uuid::new_v4().to_string()),
        contents,
        folder,
    })
}

const NOT_ITS_OWN: &str = "The database given holds something else than a demo: an installation, or tables of another \
                           program. The demo would fill it with a made-up MSP, so nothing was changed. Give the demo a \
                           database of its own with --database; one that is missing is created";

impl Place {
    /// Makes in the folder what a demo in PostgreSQL needs before its database is opened, and the database itself.
    ///
    /// # Errors
    /// When one of them cannot be made.
    pub async fn prepare(&self, config: &Config) -> anyhow::Result<()> {
        let Self::Postgres {
            mark,
            contents,
            folder,
        } = self
        else {
            return Ok(());
        };
        write(&folder.join(MARK_FILE), mark).with_context(|| cannot_use(folder))?;
        let key = config.master_key_file();
        // What a demo has in its database is sealed with a key that is there, or lost; never with a new one.
        if !matches!(contents, Contents::Demo(_)) && !key.exists() {
            key_ring::create(&key)?;
        }
        if *contents == Contents::Missing {
            whose::create_database(&store_config(config)).await?;
        }
        Ok(())
    }

    /// Marks the opened database as this demo's, before anything made up is written.
    ///
    /// # Errors
    /// When somebody else came first.
    pub async fn claim(&self, store: &Store) -> anyhow::Result<()> {
        if let Self::Postgres { mark, .. } = self
            && !whose::claim_for_demo(store, mark).await?
        {
            bail!("{NOT_ITS_OWN}");
        }
        Ok(())
    }

    /// What the welcome says after the folder.
    pub const fn beside(&self) -> &'static str {
        match self {
            Self::Folder => "",
            Self::Postgres { .. } => " and the database given",
        }
    }
}

/// Writes a file that is whole on the disk when this returns.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let mut opened = std::fs::File::create(file)?;
    opened.write_all(text.as_bytes())?;
    opened.sync_all()
}

fn cannot_use(folder: &Path) -> String {
    format!("Cannot use {}", folder.join(MARK_FILE).display())
}
