//! A headless Chromium with a fresh profile, and a tab that waits for what a person would wait for.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetScriptExecutionDisabledParams,
};
use chromiumoxide::cdp::browser_protocol::input::InsertTextParams;
use chromiumoxide::cdp::browser_protocol::network::ClearBrowserCookiesParams;
use chromiumoxide::cdp::browser_protocol::page::{
    CaptureScreenshotFormat, EventJavascriptDialogOpening, HandleJavaScriptDialogParams,
};
use chromiumoxide::cdp::browser_protocol::web_authn;
use chromiumoxide::page::ScreenshotParams;
use chromiumoxide::{Browser, BrowserConfig, Page};
use futures_util::StreamExt;
use tempfile::TempDir;

/// How long a person would wait before calling a page broken. The machine may be busy, so it is generous.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running browser. [`Chromium::close`] ends it; a test that fails ends it by dropping.
pub struct Chromium {
    browser: Browser,
    _profile: TempDir,
}

impl Chromium {
    /// Starts a browser.
    pub async fn start(executable: &Path) -> Self {
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let config = BrowserConfig::builder()
            .chrome_executable(executable)
            .new_headless_mode()
            .no_sandbox()
            .user_data_dir(profile.path())
            .launch_timeout(PATIENCE)
            .request_timeout(PATIENCE)
            .args([
                "disable-gpu",
                "disable-quic",
                "no-first-run",
                "disable-background-networking",
                "disable-component-update",
                "disable-sync",
            ])
            .build()
            .expect("a browser configuration");
        let (browser, mut handler) = Browser::launch(config).await.expect("Chromium starts");
        tokio::spawn(async move { while handler.next().await.is_some() {} });
        Self {
            browser,
            _profile: profile,
        }
    }

    /// Opens a tab.
    pub async fn tab(&self, base: &str) -> Tab {
        let page = self
            .browser
            .new_page("about:blank")
            .await
            .expect("a tab opens");
        // A page that asks before it is left is left, and that it asked is counted.
        let asked = Arc::new(AtomicUsize::new(0));
        let mut questions = page
            .event_listener::<EventJavascriptDialogOpening>()
            .await
            .expect("questions can be heard");
        let (answering, counted) = (page.clone(), Arc::clone(&asked));
        tokio::spawn(async move {
            while questions.next().await.is_some() {
                counted.fetch_add(1, Ordering::SeqCst);
                let leave = HandleJavaScriptDialogParams::new(true);
                let _already_gone = answering.execute(leave).await;
            }
        });
        Tab {
            page,
            base: base.trim_end_matches('/').to_owned(),
            asked,
        }
    }

    /// Ends the browser and waits for it.
    pub async fn close(mut self) {
        let _already_gone = self.browser.close().await;
        let _already_gone = self.browser.wait().await;
    }
}

/// A tab.
pub struct Tab {
    page: Page,
    base: String,
    asked: Arc<AtomicUsize>,
}

impl Tab {
    /// Opens an address of Portico and waits until the page is loaded.
    pub async fn open(&self, path: &str) {
        self.page
            .goto(format!("{}{path}", self.base))
            .await
            .unwrap_or_else(|error| panic!("opening {path}: {error}"));
        self.wait_until(
            "document.readyState === 'complete'",
            &format!("{path} is loaded"),
        )
        .await;
    }

    /// How often a page asked before it was left.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// The path, query included, that is shown.
    pub async fn path(&self) -> String {
        self.text_of("location.pathname + location.search").await
    }

    /// Waits until a script expression is true.
    pub async fn wait_until(&self, expression: &str, what: &str) {
        let start = Instant::now();
        loop {
            // Between two documents there is no context to ask; that is a reason to wait, not to fail.
            let shown = self.page.evaluate(format!("Boolean({expression})")).await;
            if shown
                .ok()
                .and_then(|value| value.into_value::<bool>().ok())
                .unwrap_or(false)
            {
                return;
            }
            if start.elapsed() > PATIENCE {
                let address = self.path().await;
                let body = self.text_of("document.body.innerText").await;
                panic!("waited in vain until {what}\nat {address}\n{body}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until a text stands on the page.
    pub async fn wait_for_text(&self, text: &str) {
        let wanted = serde_json::to_string(text).expect("text is JSON");
        self.wait_until(
            &format!("document.body && document.body.innerText.includes({wanted})"),
            &format!("\"{text}\" is shown"),
        )
        .await;
    }

    /// The value of a script expression as text.
    pub async fn text_of(&self, expression: &str) -> String {
        let value = self.page.evaluate(format!("String({expression})")).await;
        value
            .ok()
            .and_then(|value| value.into_value::<String>().ok())
            .unwrap_or_default()
    }

    /// Types into the field with this name, replacing what is there.
    pub async fn fill(&self, name: &str, text: &str) {
        let selector = format!("[name=\"{name}\"]");
        self.wait_until(
            &format!("document.querySelector('{selector}')"),
            &format!("the field {name} is there"),
        )
        .await;
        let start = Instant::now();
        while let Err(error) = self.type_into(&selector, text).await {
            // The page may be replaced between finding the field and typing: a person would type again.
            assert!(start.elapsed() < PATIENCE, "typing into {name}: {error}");
            self.wait_until(
                &format!("document.querySelector('{selector}')"),
                &format!("the field {name} is there again"),
            )
            .await;
        }
    }

    async fn type_into(&self, selector: &str, text: &str) -> chromiumoxide::error::Result<()> {
        let field = self.page.find_element(selector).await?;
        self.page
            .evaluate(format!("document.querySelector('{selector}').value = ''"))
            .await?;
        field.scroll_into_view().await?;
        field.focus().await?;
        if text.is_ascii() {
            field.type_str(text).await?;
        } else {
            // No keyboard known here has these letters: they come as from an input method.
            self.page.execute(InsertTextParams::new(text)).await?;
        }
        Ok(())
    }

    /// Clicks the first visible button or link with this label, as a person would find it.
    pub async fn click(&self, label: &str) {
        let wanted = serde_json::to_string(label).expect("text is JSON");
        let find = format!(
            "(() => {{ const own = (e) => [...e.childNodes].filter((n) => !n.classList?.contains('badge')).map((n) => n.textContent).join('').trim(); \
              const named = (e) => (e.innerText || e.value || '').trim() === {wanted} \
                        || e.getAttribute('aria-label') === {wanted} || own(e) === {wanted}; \
              const seen = (e) => e.getClientRects().length > 0 && !e.disabled; \
              const all = [...document.querySelectorAll('button, a, input[type=submit], summary, label')]; \
              document.querySelectorAll('[data-e2e]').forEach((e) => e.removeAttribute('data-e2e')); \
              const top = [...document.querySelectorAll('dialog[open]')].at(-1); \
              const hit = all.find((e) => named(e) && seen(e) && (!top || top.contains(e))); \
              if (hit) hit.setAttribute('data-e2e', ''); return Boolean(hit); }})()"
        );
        let start = Instant::now();
        loop {
            self.wait_until(&find, &format!("\"{label}\" can be clicked"))
                .await;
            match self.click_marked().await {
                Ok(()) => return,
                // A fragment may be swapped between finding the button and clicking it: a person would click again.
                Err(error) => assert!(start.elapsed() < PATIENCE, "clicking \"{label}\": {error}"),
            }
        }
    }

    async fn click_marked(&self) -> chromiumoxide::error::Result<()> {
        // What stays at the foot of the window may cover it: a person would scroll on.
        self.page
            .evaluate("document.querySelector('[data-e2e]')?.scrollIntoView({ block: 'center' })")
            .await?;
        let button = self.page.find_element("[data-e2e]").await?;
        button.click().await?;
        Ok(())
    }

    /// Gives the tab a device that makes and keeps passkeys and whose owner always agrees; whether it `verifies` who that
    /// is, as a security key without a PIN does not.
    pub async fn add_authenticator(&self, verifies: bool) {
        self.page
            .execute(web_authn::EnableParams::default())
            .await
            .expect("passkeys can be steered");
        let mut options = web_authn::VirtualAuthenticatorOptions::new(
            web_authn::AuthenticatorProtocol::Ctap2,
            web_authn::AuthenticatorTransport::Internal,
        );
        options.has_resident_key = Some(true);
        options.has_user_verification = Some(verifies);
        options.is_user_verified = Some(verifies);
        options.automatic_presence_simulation = Some(true);
        self.page
            .execute(web_authn::AddVirtualAuthenticatorParams::new(options))
            .await
            .expect("a device is added");
    }

    /// Signs out by the form in the user menu.
    pub async fn sign_out(&self) {
        self.page
            .evaluate("document.querySelector('form[action=\"/sign-out\"]').submit()")
            .await
            .expect("the form is sent");
        self.wait_for_text("You are signed out").await;
    }

    /// Forgets all cookies, as a browser does whose session ended.
    pub async fn forget_cookies(&self) {
        self.page
            .execute(ClearBrowserCookiesParams::default())
            .await
            .expect("cookies can be forgotten");
    }

    /// Sets the size of the window and the colours a person prefers.
    pub async fn look(&self, width: u32, dark: bool) {
        let height = if width < 600 { 844 } else { 900 };
        self.page
            .execute(SetDeviceMetricsOverrideParams::new(
                i64::from(width),
                i64::from(height),
                1.0,
                width < 600,
            ))
            .await
            .expect("the window takes its size");
        let value = if dark { "dark" } else { "light" };
        self.page
            .emulate_media_features(vec![
                MediaFeature::new("prefers-color-scheme", value),
                // No picture of a button half way between two colours.
                MediaFeature::new("prefers-reduced-motion", "reduce"),
            ])
            .await
            .expect("the colours can be chosen");
    }

    /// Switches scripts on or off for pages opened from now on.
    pub async fn scripts(&self, on: bool) {
        self.page
            .execute(SetScriptExecutionDisabledParams::new(!on))
            .await
            .expect("scripts can be switched");
    }

    /// Waits until two frames are drawn and nothing is half way between two colours or places.
    async fn settle(&self) {
        let frames = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))";
        // A tab that is not in front, or has scripts switched off, tells of no frame: it is waited for a moment only.
        let drawn = self.page.evaluate(frames);
        let _told = tokio::time::timeout(Duration::from_secs(2), drawn).await;
        self.wait_until(
            "document.getAnimations().every((one) => one.playState !== 'running')",
            "nothing moves",
        )
        .await;
    }

    /// Saves what is shown, down to the end of the page.
    pub async fn picture(&self, file: &Path) {
        self.settle().await;
        let params = ScreenshotParams::builder()
            .format(CaptureScreenshotFormat::Png)
            .full_page(false)
            .build();
        let bytes = self
            .page
            .screenshot(params)
            .await
            .expect("a picture is taken");
        std::fs::write(file, bytes)
            .unwrap_or_else(|error| panic!("writing {}: {error}", file.display()));
    }

    /// How far the page is wider than the window, in pixels: anything above 0 scrolls sideways.
    pub async fn overhang(&self) -> i64 {
        self.text_of("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            .await
            .parse()
            .unwrap_or(0)
    }
}
