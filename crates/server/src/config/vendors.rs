//! What an installation has once for all its connections to a provider. Which settings there are, and their words in the
//! default file, is provider data.

use anyhow::{Context, bail};
use config::{Map, Value};
use domain::provider::{self, Provider};
use domain::secret::Secret;
use url::Url;

/// One provider's values.
#[derive(Debug, Clone)]
pub struct Installed {
    /// Key of the provider.
    pub provider: &'static str,
    /// The code used when the form leaves it empty.
    pub code: Option<Secret>,
    /// The address that stands in for the vendor's own.
    pub base_url: Option<Url>,
    /// Requests in the vendor's window instead of the documented number.
    pub request_limit: Option<u32>,
}

/// Takes the tables of all providers with a connector.
///
/// # Errors
/// When a table or a setting is missing or unknown, or an address is none.
pub fn take(tables: &mut Map<String, Value>) -> anyhow::Result<Vec<Installed>> {
    let connectable = provider::ALL.into_iter().filter(|one| one.available);
    connectable.map(|provider| read(provider, tables)).collect()
}

fn read(provider: &'static Provider, tables: &mut Map<String, Value>) -> anyhow::Result<Installed> {
    let key = provider.key;
    let table = tables.remove(key);
    let table = table.with_context(|| format!("the table {key} is missing"))?;
    let mut values = table.into_table().context(key)?;
    let mut setting = |name: &str| {
        let value = values.remove(name);
        value.with_context(|| format!("{key}.{name} is missing"))
    };
    let mut code = None;
    if let Some(field) = provider.code_field() {
        let text = setting(field.key)?.into_string().context(key)?;
        code = Some(Secret::from(text)).filter(|code| !code.is_empty());
    }
    let base_url = address(key, &setting("base_url")?.into_string().context(key)?)?;
    let mut request_limit = None;
    if !provider.installation.request_limit.is_empty() {
        let number = setting("request_limit")?.into_uint();
        let number = number.with_context(|| format!("{key}.request_limit"))?;
        let number = u32::try_from(number).with_context(|| format!("{key}.request_limit"))?;
        request_limit = Some(number).filter(|number| *number > 0);
    }
    if let Some(unknown) = values.keys().next() {
        bail!("unknown setting {key}.{unknown}");
    }
    Ok(Installed {
        provider: key,
        code,
        base_url,
        request_limit,
    })
}

fn address(provider: &str, text: &str) -> anyhow::Result<Option<Url>> {
    if text.is_empty() {
        return Ok(None);
    }
    let url =
        Url::parse(text).with_context(|| format!("{provider}.base_url: {text:?} is no address"))?;
    Ok(Some(url))
}
