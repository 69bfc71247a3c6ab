//! Runs a sandbox until interrupted: `cargo run -p simulator --example autotask -- PORT TICKETS SEED COMPANIES`.

use std::net::{Ipv4Addr, SocketAddr};

use simulator::{AutotaskCredentials, Sandbox, SandboxConfig, WorldConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args().skip(1).map(|a| a.parse::<u32>());
    let mut next = |preset: u32| numbers.next().unwrap_or(Ok(preset));
    let (port, tickets, seed, companies) = (next(8_080)?, next(5_000)?, next(42)?, next(40)?);
    let config: SandboxConfig<AutotaskCredentials> = SandboxConfig {
        world: WorldConfig {
            seed: u64::from(seed),
            companies,
            tickets,
            ..WorldConfig::default()
        },
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, u16::try_from(port)?)),
        limits: std::env::args().all(|a| a != "nolimits"),
        ..SandboxConfig::default()
    };
    let credentials = config.credentials.clone();
    let sandbox = Sandbox::start_autotask(config).await?;
    eprintln!("{} {credentials:?}", sandbox.base_url());
    tokio::signal::ctrl_c().await?;
    sandbox.stop().await;
    Ok(())
}
