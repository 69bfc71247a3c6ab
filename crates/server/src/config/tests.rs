//! Tests of the configuration.

use super::*;

fn load_with(environment: &[(&str, &str)]) -> anyhow::Result<Config> {
    let environment = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    load_from(None, environment, &Overrides::default())
}

#[test]
fn the_default_file_is_complete_and_every_key_is_needed() {
    let config = load_with(&[]).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.security.session_idle(), 12 * UtcMillis::HOUR);
    for (number, line) in DEFAULT.lines().enumerate() {
        if line.starts_with('#') || !line.contains(" = ") {
            continue;
        }
        let without: String = DEFAULT
            .lines()
            .enumerate()
            .filter(|(n, _)| *n != number)
            .fold(String::new(), |text, (_, line)| text + line + "\n");
        let built = config::Config::builder()
            .add_source(config::File::from_str(&without, config::FileFormat::Toml))
            .build()
            .unwrap();
        assert!(
            Config::read(built).is_err(),
            "{line}: the struct does not read this key"
        );
    }
}

#[test]
fn later_sources_win_and_unknown_keys_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("portico.toml");
    std::fs::write(&file, "[log]\nlevel = \"debug\"\nformat = \"json\"\n").unwrap();
    let environment = HashMap::from([("PORTICO__LOG__LEVEL".to_owned(), "warn".to_owned())]);
    let overrides = Overrides {
        data_dir: Some("/tmp/x".into()),
        ..Overrides::default()
    };
    let config = load_from(Some(&file), environment, &overrides).unwrap();
    assert_eq!(
        (config.log.level.as_str(), config.log.format),
        ("warn", LogFormat::Json)
    );
    assert_eq!(config.sqlite_file(), Path::new("/tmp/x/portico.db"));
    let error = format!(
        "{:#}",
        load_with(&[("PORTICO__LOG__LEVLE", "warn")]).unwrap_err()
    );
    assert!(error.contains("levle"), "{error}");
}

#[test]
fn secrets_come_from_files_and_stay_out_of_debug_output() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "squeamish ossifrage\n").unwrap();
    let config = load_with(&[("PORTICO__METRICS__TOKEN_FILE", file.to_str().unwrap())]).unwrap();
    assert_eq!(config.metrics.token.expose(), "squeamish ossifrage");
    assert!(!format!("{config:?}").contains("squeamish"));
}

#[test]
fn two_variables_for_one_key_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "squeamish ossifrage\n").unwrap();
    let file = file.to_str().unwrap();
    for pair in [
        [
            ("PORTICO__METRICS__TOKEN", "hunter2"),
            ("PORTICO__METRICS__TOKEN_FILE", file),
        ],
        [
            ("PORTICO_MASTER_KEY_FILE", "/a"),
            ("PORTICO__SECURITY__MASTER_KEY_FILE", "/b"),
        ],
    ] {
        let told = format!("{:#}", load_with(&pair).unwrap_err());
        for (name, value) in pair {
            assert!(told.contains(name) && !told.contains(value), "{told}");
            assert!(load_with(&[(name, value)]).is_ok(), "each alone");
        }
    }
}

#[test]
fn postgres_needs_a_key_file() {
    assert!(load_with(&[("PORTICO__DATABASE__URL", "postgres://h/d")]).is_err());
    let both = [
        ("PORTICO__DATABASE__URL", "postgres://h/d"),
        ("PORTICO_MASTER_KEY_FILE", "/etc/portico.key"),
    ];
    assert_eq!(
        load_with(&both).unwrap().master_key_file(),
        Path::new("/etc/portico.key")
    );
}

#[test]
fn a_database_of_another_kind_is_told_apart_before_its_key_file_is_asked_for() {
    let told = |url: &str| {
        let refused = load_with(&[("PORTICO__DATABASE__URL", url)]).unwrap_err();
        format!("{refused:#}")
    };
    for (url, begins) in [
        (
            "mysql://ann:hunter2@h/d",
            "database.url begins with mysql://.",
        ),
        ("sqlite://portico.db", "database.url begins with sqlite://."),
        ("ann:hunter2@h/d", "database.url is no address."),
        (
            "ann:hunter2@postgres://h/d",
            "database.url does not begin with a scheme.",
        ),
    ] {
        let told = told(url);
        assert!(told.starts_with(begins), "{told}");
        assert!(
            told.contains("postgres:// and postgresql://"),
            "what is understood: {told}"
        );
        assert!(
            !told.contains("hunter2") && !told.contains("master_key_file"),
            "{told}"
        );
    }
    for url in ["postgres://h/d", "postgresql://h/d", "Postgres://h/d"] {
        assert!(told(url).contains("master_key_file"), "{url}");
    }
}

#[test]
fn what_a_command_keeps_to_itself_is_neither_read_nor_checked() {
    let kept = [
        "server.listen",
        "database.url",
        "mail.transport",
        "mail.smtp_port",
        "mail.smtp_password",
        "halo_psa.base_url",
    ];
    let overrides = Overrides {
        kept: kept.map(str::to_owned).into(),
        ..Overrides::default()
    };
    let load = |environment: &[(&str, &str)]| {
        let environment = environment.iter();
        let environment =
            environment.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        load_from(None, environment.collect(), &overrides)
    };
    let config = load(&[]).unwrap();
    assert_eq!(config.left_out, [""; 0], "nothing is configured");
    let mistakes = [
        ("PORTICO__SERVER__LISTEN", "everywhere"),
        ("PORTICO__DATABASE__URL_FILE", "/nowhere/url"),
        ("PORTICO__MAIL__TRANSPORT", "pigeon"),
        ("PORTICO__MAIL__SMTP_PORT", "0"),
        ("PORTICO__HALO_PSA__BASE_URL", "nowhere"),
    ];
    let config = load(&mistakes).unwrap();
    let told = [
        "server.listen",
        "database.url",
        "mail.transport",
        "halo_psa.base_url",
    ];
    assert_eq!(config.left_out, told, "what is as usual is not told");
    assert!(!config.uses_postgres());
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.mail.transport, Transport::Outbox);
    for other in [
        ("PORTICO__DATABASE__CONNECTIONS", "0"),
        ("PORTICO__SYNCRO__BASE_URL", "nowhere"),
        ("PORTICO__LOG__FORMAT", "poem"),
        ("PORTICO__DATABASE__ADDRESS", "x"),
    ] {
        assert!(load(&[other]).is_err(), "{other:?}");
    }
    assert!(load_with(&mistakes).is_err(), "by any other command");
}

#[test]
fn networks() {
    let network = |text: &str| Network::try_from(text.to_owned());
    assert!(
        network("10.0.0.0/8")
            .unwrap()
            .contains("10.9.8.7".parse().unwrap())
    );
    assert!(
        !network("10.0.0.0/8")
            .unwrap()
            .contains("11.0.0.1".parse().unwrap())
    );
    assert!(network("::1").unwrap().contains("::1".parse().unwrap()));
    assert!(
        !network("::/0")
            .unwrap()
            .contains("10.0.0.1".parse().unwrap())
    );
    assert!(
        network("127.0.0.1")
            .unwrap()
            .contains("::ffff:127.0.0.1".parse().unwrap())
    );
    for wrong in ["", "10.0.0.0/33", "host", "10.0.0.0/x"] {
        assert!(network(wrong).is_err(), "{wrong}");
    }
    let several = load_with(&[(
        "PORTICO__SERVER__TRUSTED_PROXIES",
        "10.0.0.0/8, 192.168.0.1",
    )])
    .unwrap();
    assert_eq!(several.server.trusted_proxies.len(), 2);
}
