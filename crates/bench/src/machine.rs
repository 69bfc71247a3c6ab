//! What the kernel tells about this machine and about one process, from `/proc`.

use std::fs;

use anyhow::{Context, Result};
use serde::Serialize;

/// Clock ticks in a second, as `/proc/<pid>/stat` counts them on every Linux.
const TICKS: f64 = 100.0;

/// What figures were measured on.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// Name of the processor.
    pub processor: String,
    /// Cores this process may use.
    pub cores: usize,
    /// Memory in GB.
    pub memory_gb: f64,
    /// Version of the kernel.
    pub kernel: String,
    /// Tasks that were ready to run, averaged over the last minute: other work makes figures worse.
    pub load: f64,
}

impl Machine {
    /// Reads it.
    pub fn read() -> Self {
        let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let value = |text: &str, key: &str| {
            text.lines()
                .find(|line| line.starts_with(key))
                .and_then(|line| line.split_once(':'))
                .map(|(_, value)| value.trim().to_owned())
                .unwrap_or_default()
        };
        let kb = kilobytes(&value(&text("/proc/meminfo"), "MemTotal")).unwrap_or(0.0);
        let load = text("/proc/loadavg");
        Self {
            processor: value(&text("/proc/cpuinfo"), "model name"),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_gb: (kb / 1024.0 / 1024.0 * 10.0).round() / 10.0,
            kernel: text("/proc/sys/kernel/osrelease").trim().to_owned(),
            load: load
                .split(' ')
                .next()
                .and_then(|first| first.parse().ok())
                .unwrap_or(0.0),
        }
    }
}

/// The most memory a process ever had resident, in MB.
pub fn peak_rss_mb(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line
        .and_then(kilobytes)
        .with_context(|| format!("{path} has no VmHWM"))?;
    Ok(kb / 1024.0)
}

/// Processor seconds a process has used, user and system.
pub fn cpu_seconds(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
    used(&stat).with_context(|| format!("{path} has no times"))
}

/// Fields 14 and 15, counted from behind the command's name, which is in parentheses and may hold anything.
fn used(stat: &str) -> Option<f64> {
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let user: f64 = fields.get(11)?.parse().ok()?;
    let system: f64 = fields.get(12)?.parse().ok()?;
    Some((user + system) / TICKS)
}

fn kilobytes(value: &str) -> Option<f64> {
    value.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_this_process() {
        let pid = std::process::id();
        assert!(peak_rss_mb(pid).unwrap() > 0.5);
        assert!(cpu_seconds(pid).unwrap() >= 0.0);
        assert!(Machine::read().cores >= 1);
    }

    #[test]
    fn a_name_with_parentheses_shifts_nothing() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 1 0 0 0 250 50 0 0 20 0";
        assert_eq!(used(stat), Some(3.0));
    }
}
