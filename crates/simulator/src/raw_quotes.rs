//! Lets clients send JSON in an address without encoding its quotation marks.
//!
//! The vendor accepts `?search={"filter":[...]}` as it is, and some clients rely on that. The
//! HTTP library refuses a bare quotation mark, so on the request line of a GET it is replaced by
//! a stand-in of the same length, which [`restore`] turns back.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What stands in for a quotation mark: a character that hardly any search has.
const STAND_IN: u8 = b'`';

/// A connection whose request lines are made acceptable.
pub struct RawQuotes<S> {
    stream: S,
    in_request_line: bool,
}

impl<S> RawQuotes<S> {
    /// Wraps a connection.
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            in_request_line: false,
        }
    }
}

/// The query of an address as the client sent it.
pub fn restore(query: &str) -> String {
    let unescaped_json = query.contains("={`") || query.contains("{`") || query.contains("[`");
    if unescaped_json {
        query.replace('`', "\"")
    } else {
        query.to_owned()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for RawQuotes<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let fresh = &mut buffer.filled_mut()[before..];
        // Clients wait for the answer before they send the next head, so a head begins a read.
        if fresh.starts_with(b"GET /") {
            self.in_request_line = true;
        }
        if self.in_request_line {
            let end = fresh.iter().position(|byte| *byte == b'\r');
            self.in_request_line = end.is_none() && !fresh.is_empty();
            let line = end.unwrap_or(fresh.len());
            for byte in fresh[..line].iter_mut().filter(|byte| **byte == b'"') {
                *byte = STAND_IN;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for RawQuotes<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
