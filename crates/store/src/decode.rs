//! From column values to the types of `domain`.

use domain::clock::UtcMillis;
use domain::id::PublicId;
use domain::stream::Stream;
use serde::de::DeserializeOwned;
use sqlx::error::BoxDynError;

/// A row read as several structs, each taking the columns it names: what a record has in lists, where it comes from, and
/// what only its own page shows.
pub(crate) struct Parts<A, B, C>(pub(crate) A, pub(crate) B, pub(crate) C);

impl<'r, R, A, B, C> sqlx::FromRow<'r, R> for Parts<A, B, C>
where
    R: sqlx::Row,
    A: sqlx::FromRow<'r, R>,
    B: sqlx::FromRow<'r, R>,
    C: sqlx::FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        Ok(Self(
            A::from_row(row)?,
            B::from_row(row)?,
            C::from_row(row)?,
        ))
    }
}

/// A converted column, or what was wrong with it.
pub(crate) type Decoded<T> = std::result::Result<T, BoxDynError>;

/// Applies a conversion and names the column when it fails.
pub(crate) fn field<A, B>(
    name: &str,
    raw: A,
    convert: impl FnOnce(A) -> Decoded<B>,
) -> sqlx::Result<B> {
    convert(raw).map_err(|source| sqlx::Error::ColumnDecode {
        index: name.to_owned(),
        source,
    })
}

/// A conversion that cannot fail, such as an id's constructor.
pub(crate) fn plain<A, B>(convert: impl FnOnce(A) -> B) -> impl FnOnce(A) -> Decoded<B> {
    |raw| Ok(convert(raw))
}

/// The same for a nullable column.
pub(crate) fn optional<A, B>(
    convert: impl FnOnce(A) -> B,
) -> impl FnOnce(Option<A>) -> Decoded<Option<B>> {
    |raw| Ok(raw.map(convert))
}

/// A flag stored as 0 or 1.
#[expect(clippy::unnecessary_wraps, reason = "the shape `row!` asks for")]
pub(crate) const fn flag(raw: i64) -> Decoded<bool> {
    Ok(raw != 0)
}

/// A nullable flag.
#[expect(clippy::unnecessary_wraps, reason = "the shape `row!` asks for")]
pub(crate) fn optional_flag(raw: Option<i64>) -> Decoded<Option<bool>> {
    Ok(raw.map(|raw| raw != 0))
}

/// An instant.
#[expect(clippy::unnecessary_wraps, reason = "the shape `row!` asks for")]
pub(crate) const fn instant(raw: i64) -> Decoded<UtcMillis> {
    Ok(UtcMillis(raw))
}

/// A public id.
pub(crate) fn public_id(raw: String) -> Decoded<PublicId> {
    Ok(raw.parse()?)
}

/// A public id, or nothing.
pub(crate) fn optional_public_id(raw: Option<String>) -> Decoded<Option<PublicId>> {
    raw.map(public_id).transpose()
}

/// JSON kept as text.
pub(crate) fn json<T: DeserializeOwned>(raw: String) -> Decoded<T> {
    Ok(serde_json::from_str(&raw)?)
}

/// One of a closed set of keys.
pub(crate) fn known<T>(find: impl FnOnce(&str) -> Option<T>) -> impl FnOnce(String) -> Decoded<T> {
    |raw| find(&raw).ok_or_else(|| format!("unknown key {raw:?}").into())
}

/// One of a closed set of keys, or nothing.
pub(crate) fn optional_known<T>(
    find: impl FnOnce(&str) -> Option<T>,
) -> impl FnOnce(Option<String>) -> Decoded<Option<T>> {
    |raw| match raw {
        None => Ok(None),
        Some(raw) => known(find)(raw).map(Some),
    }
}

/// A stream's key.
pub(crate) fn stream(raw: String) -> Decoded<Stream> {
    known(Stream::from_key)(raw)
}
