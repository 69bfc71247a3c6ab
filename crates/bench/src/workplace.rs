//! What every command here needs: the programs, a folder that goes away by itself, the PostgreSQL to use.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::place::{Engine, Place};

/// The programs and the folder of one run.
pub struct Workplace {
    portico: PathBuf,
    bench: PathBuf,
    postgres: Option<String>,
    dir: TempDir,
    places: std::cell::Cell<u32>,
}

impl Workplace {
    /// Looks for `portico` next to this program and makes a folder under `base`, or in the machine's temporary folder.
    pub fn new(postgres: Option<String>, base: Option<&Path>) -> Result<Self> {
        let bench = std::env::current_exe().context("find this program")?;
        let portico = bench.with_file_name("portico");
        if !portico.is_file() {
            anyhow::bail!(
                "{} is not there; build it first: cargo build -p portico (with --release for figures)",
                portico.display()
            );
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix("portico-bench-");
        let dir = match base {
            Some(base) => {
                std::fs::create_dir_all(base)?;
                builder.tempdir_in(base)
            }
            None => builder.tempdir(),
        }
        .context("make a folder")?;
        Ok(Self {
            portico,
            bench,
            postgres,
            dir,
            places: std::cell::Cell::new(0),
        })
    }

    /// The product.
    pub fn portico(&self) -> &Path {
        &self.portico
    }

    /// This program.
    pub fn bench(&self) -> &Path {
        &self.bench
    }

    /// The folder of this run.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A new place for an installation.
    pub fn place(&self, engine: Engine) -> Result<Place> {
        let number = self.places.get() + 1;
        self.places.set(number);
        let name = format!("bench_{}_{number}", std::process::id());
        let dir = self.dir.path().join(&name);
        Place::create(engine, self.postgres.as_deref(), dir, &name)
    }

    /// Leaves the folder where it is and tells where.
    pub fn keep(mut self) -> PathBuf {
        self.dir.disable_cleanup(true);
        self.dir.path().to_path_buf()
    }
}
