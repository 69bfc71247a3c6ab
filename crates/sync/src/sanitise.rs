//! Makes bodies from vendors safe to show: HTML through a maintained sanitiser, plain text escaped with its lines.
//!
//! The text as received is what is stored; this runs when a body is shown or indexed. Remote images are removed:
//! they would tell a sender who reads what and when (design 3).

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use ammonia::Builder;
use domain::body::BodyFormat;

/// Version of the rules below; part of the key of anything made from them that is kept.
pub const VERSION: u32 = 1;

/// Safe HTML for a body.
#[must_use]
pub fn to_html(format: BodyFormat, text: &str) -> String {
    match format {
        BodyFormat::Html => cleaner().clean(text).to_string(),
        BodyFormat::Plain => plain_to_html(text),
    }
}

/// Plain text for search and previews: tags gone, entities resolved, white space single.
#[must_use]
pub fn to_text(format: BodyFormat, text: &str) -> String {
    match format {
        BodyFormat::Plain => text.to_owned(),
        BodyFormat::Html => html_to_text(text),
    }
}

fn cleaner() -> &'static Builder<'static> {
    static CLEANER: OnceLock<Builder<'static>> = OnceLock::new();
    CLEANER.get_or_init(|| {
        let tags: HashSet<&str> = [
            "a",
            "abbr",
            "b",
            "blockquote",
            "br",
            "caption",
            "cite",
            "code",
            "col",
            "colgroup",
            "dd",
            "del",
            "div",
            "dl",
            "dt",
            "em",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "i",
            "ins",
            "kbd",
            "li",
            "mark",
            "ol",
            "p",
            "pre",
            "q",
            "s",
            "samp",
            "small",
            "span",
            "strike",
            "strong",
            "sub",
            "sup",
            "table",
            "tbody",
            "td",
            "tfoot",
            "th",
            "thead",
            "tr",
            "tt",
            "u",
            "ul",
        ]
        .into();
        let attributes: HashMap<&str, HashSet<&str>> = [
            ("a", ["href", "title"].into()),
            ("td", ["colspan", "rowspan"].into()),
            ("th", ["colspan", "rowspan"].into()),
        ]
        .into();
        let mut builder = Builder::empty();
        builder
            .tags(tags)
            .clean_content_tags(["script", "style", "head", "title", "noscript", "template"].into())
            .tag_attributes(attributes)
            .url_schemes(["http", "https", "mailto", "tel"].into())
            .url_relative(ammonia::UrlRelative::Deny)
            .link_rel(Some("noopener noreferrer nofollow"));
        builder
    })
}

fn plain_to_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            html.push_str("<br>");
        }
        for letter in line.chars() {
            match letter {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                other => html.push(other),
            }
        }
    }
    html
}

/// Tags become spaces before the sanitiser drops them, so that words of neighbouring cells stay apart; the
/// sanitiser without any tag leaves escaped text, whose five entities are resolved last.
fn html_to_text(text: &str) -> String {
    let mut builder = Builder::empty();
    builder.clean_content_tags(["script", "style", "head", "title", "noscript", "template"].into());
    let spaced = text.replace('<', " <");
    let escaped = builder.clean(&spaced).to_string();
    let words: Vec<&str> = escaped.split_whitespace().collect();
    words
        .join(" ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_active_and_nothing_remote_survives() {
        let hostile = "<p onclick=x()>Hi<script>alert(1)</script><img src=http://t.example/p.gif>\
                       <a href=\"javascript:x\">l</a><a href='https://e.example'>ok</a>\
                       <iframe src=//e></iframe><style>b{}</style><form><input></form></p>";
        let html = to_html(BodyFormat::Html, hostile);
        for gone in [
            "script",
            "alert",
            "img",
            "onclick",
            "javascript",
            "iframe",
            "style",
            "input",
            "b{}",
        ] {
            assert!(!html.contains(gone), "{gone} in {html}");
        }
        assert!(
            html.contains(
                "<a href=\"https://e.example\" rel=\"noopener noreferrer nofollow\">ok</a>"
            ),
            "{html}"
        );
    }

    #[test]
    fn plain_text_keeps_its_lines_and_is_never_interpreted() {
        let html = to_html(BodyFormat::Plain, "a <b>\r\nc & 'd'");
        assert_eq!(html, "a &lt;b&gt;<br>c &amp; &#39;d&#39;");
    }

    #[test]
    fn text_for_search_has_no_tags() {
        let text = to_text(
            BodyFormat::Html,
            "<table><tr><td>One</td><td>Two &amp; three</td></tr></table><script>x</script>",
        );
        assert_eq!(text, "One Two & three");
        assert_eq!(to_text(BodyFormat::Plain, "a <b>"), "a <b>");
    }
}
