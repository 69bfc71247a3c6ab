//! What an installation may have once for all its connections to a provider, as settings of its configuration.

use super::Provider;
use crate::field::FormField;

/// The words of a provider's settings. `base_url` every provider has; of the others those with words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Installation {
    /// Of the value that is used when the connect form leaves its field empty. The setting is called as the field is,
    /// which is the one that has [`FormField::without_installation`].
    pub code: &'static str,
    /// Of `request_limit`, the requests in the vendor's window; empty where the vendor documents none.
    pub request_limit: &'static str,
}

impl Installation {
    /// A provider with nothing but an address.
    pub const NONE: Self = Self {
        code: "",
        request_limit: "",
    };
}

impl Provider {
    /// The field whose value an installation may have once for all its connections.
    #[must_use]
    pub fn code_field(&self) -> Option<&'static FormField> {
        let mut fields = self.form.iter();
        fields.find(|field| field.without_installation.is_some())
    }

    /// Its table in the default configuration: every setting with its words and the value that means *none*.
    #[must_use]
    pub fn default_settings(&self) -> String {
        let Self { key, name, .. } = self;
        let mut text = format!("[{key}]\n");
        let mut setting = |words: &str, line: &str| {
            let after = if text.ends_with("]\n") { "" } else { "\n" };
            text.push_str(&format!("{after}{}{line}\n", comment(words)));
        };
        if let Some(field) = self.code_field() {
            let secret = if field.secret { "(secret) " } else { "" };
            let line = format!("{} = \"\"", field.key);
            setting(&format!("{secret}{}", self.installation.code), &line);
        }
        let command = key.replace('_', "-");
        setting(
            &format!(
                "Address that stands in for that of {name}, for trying Portico against `portico sandbox {command}`: the first \
                 part of the addresses it prints, such as \"http://127.0.0.1:8090/\". Credentials then go there. Empty: \
                 {name} itself."
            ),
            "base_url = \"\"",
        );
        if !self.installation.request_limit.is_empty() {
            setting(self.installation.request_limit, "request_limit = 0");
        }
        text
    }
}

/// Words as a comment, in lines of at most 120 characters.
fn comment(words: &str) -> String {
    let mut lines = vec!["#".to_owned()];
    for word in words.split_whitespace() {
        let line = lines.last_mut().map_or(0, |line| line.chars().count());
        if line + 1 + word.chars().count() > 120 {
            lines.push("#".to_owned());
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use crate::provider::ALL;

    #[test]
    fn a_code_has_words_where_a_form_has_its_field() {
        for provider in ALL {
            let has = provider.code_field().is_some();
            assert_eq!(
                has,
                !provider.installation.code.is_empty(),
                "{}",
                provider.key
            );
        }
    }

    #[test]
    fn words_stand_in_lines_that_can_be_read() {
        for provider in ALL.into_iter().filter(|provider| provider.available) {
            let text = provider.default_settings();
            assert!(
                text.lines().all(|line| line.chars().count() <= 120),
                "{text}"
            );
            assert!(text.contains("\nbase_url = \"\"\n"), "{text}");
        }
    }
}
