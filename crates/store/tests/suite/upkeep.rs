//! Backup and restore, doctor, housekeeping.

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, StreamRunId};
use domain::job::{Job, Priority};
use domain::run::{RunState, Trigger};
use domain::secret::Secret;
use domain::stream::{PullMode, Stream};
use store::backup::{postgres_commands, restore, sqlite_backup};
use store::doctor::{Level, check};
use store::housekeeping::housekeeping;
use store::jobs::{JobState, claim, complete, enqueue, give_up, list_jobs};
use store::nodes::{has_worker, list_nodes, upsert_node};
use store::permits::{RequestLimit, Urgency, take};
use store::runs::{NewRun, finish_run, insert_run, list_runs, list_stream_runs, open_window};
use store::secrets::{find_secret, put_secret};
use store::vacuum::vacuum_grown;
use store::{Engine, ErrorKind, Store};

use crate::harness::{both, execute, integration, sqlite_only};
use crate::records::{store_tickets, ticket};

/// SQLite has nothing to do. PostgreSQL's own counters come late, so they are waited for.
#[test]
fn tables_that_grew_are_vacuumed_once() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let tickets: Vec<_> = (0..6_000_i64)
            .map(|number| ticket(&number.to_string(), "1", number))
            .collect();
        for page in tickets.chunks(500) {
            store_tickets(&store, at, page).await;
        }
        if store.engine() == Engine::Sqlite {
            assert!(vacuum_grown(&store).await.unwrap().is_empty());
            store.close().await;
            return;
        }
        let mut done = Vec::new();
        for _ in 0..300 {
            done = vacuum_grown(&store).await.unwrap();
            if !done.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(done, ["ticket"]);
        // Most of it was counted by then; what follows is less than what makes it worth while.
        assert!(vacuum_grown(&store).await.unwrap().is_empty());
        store.close().await;
    });
}

#[test]
fn a_backup_restores_what_was_committed_and_keeps_what_it_replaces() {
    sqlite_only(async |home| {
        let store = home.open().await;
        integration(&store, "before").await;
        let mut tx = store.begin().await.unwrap();
        upsert_node(&mut tx, "node-1", "127.0.0.1:8080", "1.0.0", true)
            .await
            .unwrap();
        put_secret(&mut tx, "installation", "smtp", &Secret::from("x"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        // Made beside the running process.
        let looking = Store::open_read_only(home.config.clone(), home.clock.clone())
            .await
            .unwrap();
        let to = home.path("backup.db");
        let made = sqlite_backup(&looking, &to).await.unwrap();
        looking.close().await;
        assert!(
            made.bytes > 0 && made.notice.contains("portico.db.key"),
            "{made:?}"
        );
        let again = sqlite_backup(&store, &to).await.unwrap_err();
        assert!(again.to_string().contains("never written over"), "{again}");
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&to).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
        integration(&store, "after").await;

        let in_use = restore(&to, &home.config.database, store.now())
            .await
            .unwrap_err();
        assert_eq!(in_use.kind(), &ErrorKind::InUse);
        store.close().await;
        let restored = restore(&to, &home.config.database, home.clock_now())
            .await
            .unwrap();
        assert_eq!(restored.needs_keys.len(), 1);
        let store = home.open().await;
        let names = async |store: &Store| {
            let rows = store::integrations::list_integrations(store).await.unwrap();
            rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&store).await, ["before"]);
        assert_eq!(
            list_nodes(&store).await.unwrap(),
            [],
            "who worked on what was backed up does not work here"
        );
        assert_eq!(
            find_secret(&store, "installation", "smtp").await.unwrap(),
            Some(Secret::from("x"))
        );
        assert_eq!(
            integration(&store, "again").await.0,
            2,
            "ids go on from the backup"
        );
        store.close().await;

        // What was replaced can be put back.
        let replaced = restored.replaced.unwrap();
        restore(&replaced, &home.config.database, home.clock_now())
            .await
            .unwrap();
        assert_eq!(names(&home.open().await).await, ["after", "before"]);
        let left: Vec<_> = std::fs::read_dir(home.path(""))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert!(
            left.iter()
                .all(|name| !name.contains("new") && !name.contains("restoring")),
            "{left:?}"
        );
    });
}

#[test]
fn a_copy_that_could_not_be_restored_is_no_backup() {
    sqlite_only(async |home| {
        let store = home.open().await;
        let to = home.path("backup.db");
        execute(
            &home,
            "UPDATE _sqlx_migrations SET version = version + 1000",
        )
        .await;
        let error = sqlite_backup(&store, &to).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Newer, "{error}");
        let left: Vec<_> = std::fs::read_dir(home.path(""))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.contains("backup"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    });
}

#[test]
fn what_is_no_intact_backup_replaces_nothing() {
    sqlite_only(async |home| {
        let store = home.open().await;
        integration(&store, "kept").await;
        let good = home.path("good.db");
        sqlite_backup(&store, &good).await.unwrap();
        store.close().await;
        let nonsense = home.path("nonsense.db");
        std::fs::write(&nonsense, "no database").unwrap();
        assert_eq!(
            restore(&nonsense, &home.config.database, home.clock_now())
                .await
                .unwrap_err()
                .kind(),
            &ErrorKind::Corrupt
        );

        let damaged = home.path("damaged.db");
        let mut bytes = std::fs::read(&good).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 20_000].fill(0x5a);
        std::fs::write(&damaged, bytes).unwrap();
        assert_eq!(
            restore(&damaged, &home.config.database, home.clock_now())
                .await
                .unwrap_err()
                .kind(),
            &ErrorKind::Corrupt
        );

        let mut newer = home.config.clone();
        newer.database = store::Database::Sqlite(home.path("newer.db"));
        std::fs::copy(&good, home.path("newer.db")).unwrap();
        let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', true, '', 0)";
        crate::harness::execute_in(&newer, sql).await;
        assert_eq!(
            restore(
                &home.path("newer.db"),
                &home.config.database,
                home.clock_now()
            )
            .await
            .unwrap_err()
            .kind(),
            &ErrorKind::Newer
        );

        let store = home.open().await;
        assert_eq!(
            store::integrations::list_integrations(&store)
                .await
                .unwrap()[0]
                .name,
            "kept"
        );
    });
}

#[test]
fn postgres_names_its_own_tools_and_no_password() {
    both(async |home| {
        let store = home.open().await;
        if home.engine == Engine::Postgres {
            let commands = postgres_commands(&store);
            assert!(
                commands[0].starts_with("pg_dump") && commands[1].starts_with("pg_restore"),
                "{commands:?}"
            );
            assert!(
                commands
                    .iter()
                    .all(|command| !command.contains("postgres://"))
            );
            let error = sqlite_backup(&store, &home.path("x")).await.unwrap_err();
            assert!(error.to_string().contains("pg_dump"), "{error}");
        }
    });
}

#[test]
fn a_node_without_a_worker_is_looked_at_and_taken_for_no_worker() {
    both(async |home| {
        let store = home.open().await;
        let announce = async |id: &str, version: &str, works: bool| {
            let mut tx = store.begin().await.unwrap();
            upsert_node(&mut tx, id, "", version, works).await.unwrap();
            tx.commit().await.unwrap();
        };
        let before = store.now().plus(-UtcMillis::SECOND);
        announce("pages", "1.0.0", false).await;
        assert!(!has_worker(&store, before).await.unwrap());
        announce("worker", "1.1.0", true).await;
        assert!(has_worker(&store, before).await.unwrap());
        assert!(!has_worker(&store, store.now()).await.unwrap(), "silent");
        let checks = check(&store).await;
        let found = checks.iter().find(|check| check.name == "Nodes").unwrap();
        assert_eq!(found.level, Level::Warn);
        assert!(found.detail.contains("1.0.0, 1.1.0"), "{found:?}");
        store.close().await;
    });
}

#[test]
fn a_healthy_store_has_nothing_to_say_and_a_sick_one_says_what() {
    both(async |home| {
        let store = home.open().await;
        let level = async |name: &str| {
            let checks = check(&store).await;
            checks
                .into_iter()
                .find(|check| check.name == name)
                .map(|check| (check.level, check.detail))
        };
        let names: Vec<_> = check(&store).await.iter().map(|check| check.name).collect();
        for name in [
            "Database",
            "Integrity",
            "Schema",
            "Master keys",
            "Jobs",
            "Nodes",
        ] {
            assert!(names.contains(&name), "{names:?}");
            assert_eq!(
                level(name).await.map(|found| found.0),
                Some(Level::Ok),
                "{name}"
            );
        }
        assert_eq!(names.contains(&"Disk space"), home.engine == Engine::Sqlite);

        let mut tx = store.begin().await.unwrap();
        enqueue(&mut tx, &Job::IndexSearch, Priority::Low, store.now())
            .await
            .unwrap();
        put_secret(&mut tx, "installation", "smtp", &Secret::from("x"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        home.clock.advance(UtcMillis::HOUR);
        let (found, detail) = level("Jobs").await.unwrap();
        assert!(
            found == Level::Warn && detail.contains("60 minutes"),
            "{detail}"
        );
        execute(&home, "UPDATE secret SET key_id = 'gone'").await;
        let (found, detail) = level("Master keys").await.unwrap();
        assert!(found == Level::Fail && detail.contains("gone"), "{detail}");

        let key = store::key_ring::path(&home.config.database, &home.config.master_key).unwrap();
        std::fs::rename(&key, home.path("away")).unwrap();
        let looking = Store::open_read_only(home.config.clone(), home.clock.clone())
            .await
            .unwrap();
        let found = check(&looking)
            .await
            .into_iter()
            .find(|check| check.name == "Master keys")
            .unwrap();
        assert!(
            found.level == Level::Fail && found.detail.contains("is missing"),
            "{found:?}"
        );
    });
}

#[test]
fn housekeeping_removes_what_is_old_and_keeps_the_latest_run() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let mut runs = Vec::new();
        for _ in 0..3 {
            let mut tx = store.begin().await.unwrap();
            let new = NewRun {
                integration: id,
                trigger: Trigger::Schedule,
                requested_by: None,
                mode: "full",
                settings_revision: 1,
                generation: 1,
                streams: vec![(Stream::Companies, PullMode::Full { floor: None })],
            };
            let run = insert_run(&mut tx, &new).await.unwrap();
            finish_run(&mut tx, run.id, RunState::Completed, None, None)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            runs.push(run.id);
        }
        let mut tx = store.begin().await.unwrap();
        enqueue(&mut tx, &Job::IndexSearch, Priority::Low, store.now())
            .await
            .unwrap();
        enqueue(&mut tx, &Job::RotateSecrets, Priority::Low, store.now())
            .await
            .unwrap();
        enqueue(
            &mut tx,
            &Job::ProbeConnection {
                integration: IntegrationId(9),
            },
            Priority::Low,
            store.now().plus(UtcMillis::DAY * 400),
        )
        .await
        .unwrap();
        open_window(&mut tx, "k", store.now().plus(1), None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let jobs = claim(&store, "n", 2).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        complete(&mut tx, &jobs[0].lease).await.unwrap();
        give_up(&mut tx, &jobs[1].lease, "x").await.unwrap();
        tx.commit().await.unwrap();
        take(
            &store,
            "k",
            Some(RequestLimit {
                count: 5,
                window: 60_000,
            }),
            1,
            Urgency::Person,
            store.now(),
        )
        .await
        .unwrap();
        execute(
            &home,
            "INSERT INTO seen_mark (stream_run_id, external_id) VALUES (1, 'x'), (99, 'y')",
        )
        .await;

        let first = housekeeping(&store, store.now()).await.unwrap();
        assert_eq!((first.jobs, first.runs), (0, 0));
        let left = store::pages::count_seen(&store, StreamRunId(99)).await;
        assert_eq!(left.unwrap(), 0, "marks of a run that is gone");
        home.clock.advance(2 * UtcMillis::DAY);
        let second = housekeeping(&store, store.now()).await.unwrap();
        assert_eq!((second.jobs, second.runs), (1, 0));
        home.clock.advance(90 * UtcMillis::DAY);
        let third = housekeeping(&store, store.now()).await.unwrap();
        assert_eq!(
            (third.jobs, third.runs),
            (1, 2),
            "the latest run stays however old"
        );
        let left: Vec<_> = list_runs(&store, id, None, 10)
            .await
            .unwrap()
            .into_iter()
            .map(|run| run.id)
            .collect();
        assert_eq!(left, [runs[2]]);
        assert_eq!(list_stream_runs(&store, runs[2]).await.unwrap().len(), 1);
        assert_eq!(list_stream_runs(&store, runs[0]).await.unwrap(), []);
        assert_eq!(
            list_jobs(&store, JobState::Ready, 10).await.unwrap().len(),
            1,
            "what waits is kept"
        );
        assert_eq!(
            housekeeping(&store, store.now()).await.unwrap(),
            store::housekeeping::Removed::default()
        );
    });
}

#[test]
fn no_more_than_five_hundred_runs_are_kept() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let sql: &'static str = "INSERT INTO sync_run (id, uuid, integration_id, trigger_key, mode, state, settings_revision, generation, requested_at, finished_at)
            WITH RECURSIVE numbers (n) AS (SELECT 1000 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1519)
            SELECT n, '00000000-0000-7000-8000-00000000' || CAST(n AS TEXT), 1, 'schedule', 'full', 'completed', 1, 1, 1772366400000, 1772366400000 FROM numbers";
        execute(&home, sql).await;
        assert_eq!(housekeeping(&store, store.now()).await.unwrap().runs, 20);
        let left = list_runs(&store, id, None, 1_000).await.unwrap();
        assert_eq!((left.len(), left[499].id.0), (500, 1020));
    });
}
