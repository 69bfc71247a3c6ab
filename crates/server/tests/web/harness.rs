//! A whole Portico on a temporary SQLite database with a clock that stands still, and a browser without a network.

mod browser;

use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use domain::clock::{Clock as _, ManualClock, UtcMillis};
use domain::permission::{Grants, RoleKind};
use domain::secret::Secret;
use portico::app::{App, Start};
use portico::config::{self, Config, Overrides};
use portico::web::{password, router, session};
use simulator::{AutotaskCredentials, Control, Sandbox, SandboxConfig, WorldConfig};
use store::identities::{self, MembershipStatus, NewIdentity};
use store::roles::{self, RoleContent};
use store::sessions::SessionStage;
use sync::mail::outbox::Kept;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::test_postgres::test_postgres;

pub use browser::{Browser, Page};

/// The administrator every site has unless it starts empty.
pub const EMAIL: &str = "ann@example.com";
/// Her password.
pub const PASSWORD: &str = "four wet grey stones";
/// The secret of her authenticator app, where she has one from the start.
pub const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
/// Where test browsers believe the site is.
pub const HOST: &str = "127.0.0.1:8080";

/// When the clock of a site starts.
pub const NOW: &str = "2026-03-02T09:00:00Z";

/// The connect form's fields with what the sandbox accepts.
pub fn credentials() -> BTreeMap<String, String> {
    let known = AutotaskCredentials::default();
    [
        ("user_name", known.user_name),
        ("secret", known.secret),
        ("integration_code", known.integration_code),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}

/// A running application.
pub struct Site {
    pub app: App,
    pub clock: Arc<ManualClock>,
    router: Router,
    sandbox: Option<Sandbox>,
    _folder: TempDir,
    _keys: Option<TempDir>,
}

impl Site {
    /// A site with an administrator and nothing connected.
    pub async fn start() -> Self {
        let site = Self::start_empty().await;
        site.add_staff("Ann Porter", EMAIL, &Grants::everything())
            .await;
        site
    }

    /// A site nobody can sign in to yet.
    pub async fn start_empty() -> Self {
        Self::start_with(&[]).await
    }

    /// An empty site with some keys of its configuration set as by environment variables.
    pub async fn start_with(environment: &[(&str, &str)]) -> Self {
        Self::open(environment, Start::default(), None).await
    }

    /// A site with an administrator and a sandbox to connect to.
    pub async fn start_beside_sandbox() -> Self {
        Self::start_beside_sandbox_with(3).await
    }

    /// The same with this many technicians there.
    pub async fn start_beside_sandbox_with(technicians: u32) -> Self {
        Self::start_beside("autotask", autotask(technicians).await).await
    }

    /// A site on PostgreSQL with the sandbox connected and the first sync done; `None` where there is no server for
    /// tests.
    pub async fn start_connected_on_postgres() -> Option<Self> {
        let sandbox = autotask(3).await;
        let site = Self::on_postgres(beside("autotask", &sandbox), Some(sandbox)).await?;
        site.connect().await;
        Some(site)
    }

    /// A site with an administrator and this sandbox of a provider to connect to.
    pub async fn start_beside(provider: &str, sandbox: Sandbox) -> Self {
        let site = Self::open(&[], beside(provider, &sandbox), Some(sandbox)).await;
        site.add_staff("Ann Porter", EMAIL, &Grants::everything())
            .await;
        site
    }

    /// The same on PostgreSQL; `None` where there is no server for tests.
    pub async fn start_beside_on_postgres(provider: &str, sandbox: Sandbox) -> Option<Self> {
        Self::on_postgres(beside(provider, &sandbox), Some(sandbox)).await
    }

    /// A site with an administrator and a provider at this address, where nothing may answer.
    pub async fn start_at(provider: &str, address: &str) -> Self {
        let start = Start {
            base_urls: BTreeMap::from([(provider.to_owned(), address.parse().unwrap())]),
            ..Start::default()
        };
        let site = Self::open(&[], start, None).await;
        site.add_staff("Ann Porter", EMAIL, &Grants::everything())
            .await;
        site
    }

    /// A site with an administrator and sandboxes of several providers to connect to.
    pub async fn start_beside_several(sandboxes: &BTreeMap<&'static str, Sandbox>) -> Self {
        let base_urls = sandboxes.iter();
        let base_urls = base_urls.map(|(key, sandbox)| ((*key).to_owned(), sandbox.base_url()));
        let start = Start {
            base_urls: base_urls.collect(),
            ..Start::default()
        };
        let site = Self::open(&[], start, None).await;
        site.add_staff("Ann Porter", EMAIL, &Grants::everything())
            .await;
        site
    }

    /// The same, connected and with the first sync done.
    pub async fn start_connected() -> Self {
        let site = Self::start_beside_sandbox().await;
        site.connect().await;
        site
    }

    /// Connects the sandbox and does the first sync.
    pub async fn connect(&self) {
        self.connect_then(|_| {}).await;
    }

    /// The same, with something that happens at the vendor before the first sync.
    pub async fn connect_then(&self, meanwhile: impl FnOnce(&Control)) {
        let actor = sync::Actor::CommandLine;
        let outcome = sync::connect::connect(
            self.app.engine(),
            &actor,
            "autotask",
            &credentials(),
            None,
            sync::connect::Start::Now,
        )
        .await
        .unwrap();
        assert!(
            matches!(outcome, sync::connect::ConnectOutcome::Connected { .. }),
            "{outcome:?}"
        );
        meanwhile(self.sandbox());
        self.app.engine().run_until_idle().await.unwrap();
    }

    /// Steers the sandbox.
    pub fn sandbox(&self) -> &Control {
        self.sandbox
            .as_ref()
            .expect("a site beside a sandbox")
            .control()
    }

    async fn open(environment: &[(&str, &str)], start: Start, sandbox: Option<Sandbox>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::starting_at(UtcMillis::parse(NOW).unwrap());
        let app = App::open(config(&folder, environment), clock.clone(), start)
            .await
            .unwrap();
        Self {
            router: router::build(&app),
            app,
            clock,
            sandbox,
            _folder: folder,
            _keys: None,
        }
    }

    /// Adds somebody with a role of exactly these grants.
    pub async fn add_staff(&self, name: &str, email: &str, grants: &Grants) {
        let hash = password::hash_now(&Secret::from(PASSWORD)).unwrap();
        add_staff(&self.app, name, email, grants, &hash).await;
    }

    /// Limits somebody of the staff to assigned companies, of which there are none yet.
    pub async fn limit_to_companies(&self, email: &str) {
        let id = self.identity(email).await.id;
        let store = self.app.store();
        let member = identities::find_staff_member(store, id).await.unwrap();
        let role = member.expect("staff").role_id;
        let mut tx = store.begin().await.unwrap();
        let active = identities::MembershipStatus::Active;
        identities::upsert_staff_membership(&mut tx, id, role, active, false, false)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// A site with an administrator on PostgreSQL, in a schema of its own; `None` where there is no server for tests.
    pub async fn start_on_postgres() -> Option<Self> {
        Self::on_postgres(Start::default(), None).await
    }

    async fn on_postgres(start: Start, sandbox: Option<Sandbox>) -> Option<Self> {
        let url = test_postgres()?;
        let keys = tempfile::tempdir().unwrap();
        let key = keys.path().join("portico.key");
        store::key_ring::create(&key).unwrap();
        let clock = ManualClock::starting_at(UtcMillis::parse(NOW).unwrap());
        let id = domain::id::PublicId::new(UtcMillis::parse(NOW).unwrap());
        let schema = format!("web_{}", id.as_str().replace('-', ""));
        // The configuration knows no schema: it is made here, and the address leads into it.
        let config = store::StoreConfig {
            schema: Some(schema.clone()),
            ..store::StoreConfig::postgres(
                Secret::from(url.as_str()),
                store::KeySource::File(key.clone()),
            )
        };
        store::Store::open(config, clock)
            .await
            .unwrap()
            .close()
            .await;
        let joint = if url.contains('?') { '&' } else { '?' };
        let address = format!("{url}{joint}options=-c%20search_path%3D{schema}%2Cpublic");
        let environment = [
            ("PORTICO__DATABASE__URL", address.as_str()),
            ("PORTICO__SECURITY__MASTER_KEY_FILE", key.to_str().unwrap()),
        ];
        let mut site = Self::open(&environment, start, sandbox).await;
        site._keys = Some(keys);
        site.add_staff("Ann Porter", EMAIL, &Grants::everything())
            .await;
        Some(site)
    }

    /// The same as the demo does: messages of the outbox may be read.
    pub async fn start_demo() -> Self {
        let start = Start {
            read_outbox: true,
            ..Start::default()
        };
        let site = Self::open(&[], start, None).await;
        site.add_staff("Ann Porter", EMAIL, &Grants::everything())
            .await;
        site
    }

    /// Sends what waits and answers the messages to an address, newest first.
    pub async fn mail_to(&self, email: &str) -> Vec<Kept> {
        self.app.engine().run_until_idle().await.unwrap();
        let listed = store::outbox::list_mail(self.app.store(), None, None, 100)
            .await
            .unwrap();
        let config = &self.app.engine().config().mail;
        listed
            .rows
            .iter()
            .filter(|mail| mail.recipient == email)
            .filter_map(|mail| sync::mail::outbox::read(config, mail))
            .collect()
    }

    /// The identity with this address.
    pub async fn identity(&self, email: &str) -> identities::Identity {
        identities::find_identity_by_email(self.app.store(), email)
            .await
            .unwrap()
            .unwrap()
    }

    /// Makes the role that [`Site::add_staff`] gave somebody ask for a second factor.
    pub async fn require_two_factor(&self, email: &str) {
        let name = format!("Role of {email}");
        let roles = roles::list_roles(self.app.store(), RoleKind::Staff)
            .await
            .unwrap();
        let role = roles.into_iter().find(|role| role.name == name).unwrap();
        let content = RoleContent {
            requires_two_factor: true,
            ..RoleContent::new(&role.name, &role.grants)
        };
        let mut tx = self.app.store().begin().await.unwrap();
        roles::update_role(&mut tx, role.id, role.revision, &content)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// A browser of the administrator whose password was right, and who is asked for more.
    pub async fn halfway(&self, stage: SessionStage) -> Browser<'_> {
        match stage {
            SessionStage::Full => {}
            SessionStage::Enrol => self.require_two_factor(EMAIL).await,
            SessionStage::SecondFactor => {
                let ann = self.identity(EMAIL).await;
                let secret = Secret::from(SECRET);
                let mut tx = self.app.store().begin().await.unwrap();
                store::two_factor::enable(&mut tx, ann.id, &secret, 0, &[])
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
            }
        }
        let mut browser = self.browser();
        browser.get("/sign-in").await;
        let fields = [("email", EMAIL), ("password", PASSWORD)];
        let page = browser.post("/sign-in", &fields).await;
        assert_eq!(page.location(), session::stage_page(stage));
        browser.get(session::stage_page(stage)).await;
        browser
    }

    /// The code an authenticator app with this secret shows now.
    pub fn code(&self, secret: &str) -> String {
        let totp = totp_rs::Builder::new()
            .with_secret(totp_rs::Secret::try_from_base32(secret).unwrap())
            .with_account_name("Portico")
            .build()
            .unwrap();
        let seconds = u64::try_from(self.clock.now().0 / 1000).unwrap();
        totp.generate(seconds).to_string()
    }

    /// A browser that is not signed in.
    pub fn browser(&self) -> Browser<'_> {
        Browser::new(self)
    }

    /// A browser signed in as this person.
    pub async fn browser_of(&self, email: &str) -> Browser<'_> {
        let mut browser = self.browser();
        browser.get("/sign-in").await;
        let page = browser
            .post("/sign-in", &[("email", email), ("password", PASSWORD)])
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        browser.csrf_from("/profile").await;
        browser
    }

    /// A browser signed in as the administrator.
    pub async fn admin(&self) -> Browser<'_> {
        self.browser_of(EMAIL).await
    }

    /// Sends a request as it is.
    pub async fn send(&self, mut request: Request<Body>, peer: &str) -> Page {
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 40_000)));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let mut bytes = to_bytes(body, 16 * 1024 * 1024).await.unwrap().to_vec();
        if parts.headers.get(header::CONTENT_ENCODING).is_some() {
            let mut plain = Vec::new();
            let mut reader = flate2::read::GzDecoder::new(&bytes[..]);
            reader.read_to_end(&mut plain).unwrap();
            bytes = plain;
        }
        Page {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// An API request.
    pub async fn api(&self, path: &str, key: &str) -> Page {
        let request = Request::get(path)
            .header(header::AUTHORIZATION, format!("Bearer {key}"))
            .body(Body::empty())
            .unwrap();
        self.send(request, "192.0.2.7").await
    }
}

/// A sandbox of Autotask with a small world and this many technicians.
async fn autotask(technicians: u32) -> Sandbox {
    let config = SandboxConfig {
        world: WorldConfig {
            companies: 6,
            contacts_per_company: 4,
            technicians,
            tickets: 90,
            opportunities: 12,
            ..WorldConfig::default()
        },
        limits: false,
        clock_start_ms: UtcMillis::parse(NOW).map(|now| now.0),
        ..SandboxConfig::default()
    };
    Sandbox::start_autotask(config).await.unwrap()
}

/// How a site starts whose provider is at this sandbox.
fn beside(provider: &str, sandbox: &Sandbox) -> Start {
    Start {
        base_urls: BTreeMap::from([(provider.to_owned(), sandbox.base_url())]),
        ..Start::default()
    }
}

fn config(folder: &TempDir, environment: &[(&str, &str)]) -> Config {
    let environment: HashMap<_, _> = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let overrides = Overrides {
        data_dir: Some(folder.path().to_owned()),
        ..Overrides::default()
    };
    config::load_from(None, environment, &overrides).unwrap()
}

/// Stores a person with a role of exactly these grants.
async fn add_staff(app: &App, name: &str, email: &str, grants: &Grants, hash: &Secret) {
    let mut tx = app.store().begin().await.unwrap();
    let role_name = format!("Role of {email}");
    let content = RoleContent::new(&role_name, grants);
    let role = roles::insert_role(&mut tx, RoleKind::Staff, &content)
        .await
        .unwrap();
    let new = NewIdentity {
        name,
        email,
        password_hash: Some(hash.expose()),
        ..NewIdentity::default()
    };
    let identity = identities::insert_identity(&mut tx, &new).await.unwrap();
    identities::upsert_staff_membership(
        &mut tx,
        identity,
        role,
        MembershipStatus::Active,
        false,
        true,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// Makes an API key with these scopes the way people do, and returns its token.
pub async fn key_with(site: &Site, scopes: &[portico::web::api::scope::Scope]) -> String {
    let mut browser = site.admin().await;
    let mut fields = vec![("name", "Test")];
    fields.extend(scopes.iter().map(|scope| ("scope", scope.key())));
    let page = browser.post("/settings/api-keys", &fields).await;
    assert_eq!(page.status, StatusCode::CREATED, "{}", page.text);
    page.input("token").unwrap()
}
