//! SPDX licence expressions: `OR`, `AND`, `WITH`, brackets, and the old `MIT/Apache-2.0`, which means `OR`.

/// Whether the licences on the list are enough to use something under this expression.
///
/// A licence with an exception is on the list as a whole (`Apache-2.0 WITH LLVM-exception`). Fails when the
/// expression cannot be read, or is empty.
pub fn is_satisfied(expression: &str, allowed: &[&str]) -> Result<bool, String> {
    let tokens = tokens(expression);
    let mut parser = Parser {
        tokens: &tokens,
        allowed,
    };
    let satisfied = parser.alternatives()?;
    match parser.tokens.first() {
        None => Ok(satisfied),
        Some(extra) => Err(format!("unexpected `{extra}`")),
    }
}

fn tokens(expression: &str) -> Vec<String> {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// `WITH` binds tighter than `AND`, and `AND` tighter than `OR`.
struct Parser<'a> {
    tokens: &'a [String],
    allowed: &'a [&'a str],
}

impl Parser<'_> {
    fn alternatives(&mut self) -> Result<bool, String> {
        let mut satisfied = self.conjunction()?;
        while self.take("OR") {
            // Read the other side in any case: an unreadable one is an error even when this one suffices.
            satisfied |= self.conjunction()?;
        }
        Ok(satisfied)
    }

    fn conjunction(&mut self) -> Result<bool, String> {
        let mut satisfied = self.licence()?;
        while self.take("AND") {
            satisfied &= self.licence()?;
        }
        Ok(satisfied)
    }

    fn licence(&mut self) -> Result<bool, String> {
        if self.take("(") {
            let satisfied = self.alternatives()?;
            return if self.take(")") {
                Ok(satisfied)
            } else {
                Err("a bracket stays open".to_owned())
            };
        }
        let id = self.word()?.to_owned();
        let name = if self.take("WITH") {
            format!("{id} WITH {}", self.word()?)
        } else {
            id
        };
        Ok(self.allowed.contains(&name.as_str()))
    }

    fn word(&mut self) -> Result<&str, String> {
        let (first, rest) = self.tokens.split_first().ok_or("ends too early")?;
        if matches!(first.as_str(), "OR" | "AND" | "WITH" | "(" | ")") {
            return Err(format!("unexpected `{first}`"));
        }
        self.tokens = rest;
        Ok(first)
    }

    fn take(&mut self, token: &str) -> bool {
        match self.tokens.split_first() {
            Some((first, rest)) if first.eq_ignore_ascii_case(token) => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWED: &[&str] = &["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"];

    #[test]
    fn expressions_are_evaluated() {
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("GPL-3.0-only OR MIT", true),
            ("MIT OR GPL-3.0-only", true),
            ("GPL-3.0-only AND MIT", false),
            ("MIT AND ISC", true),
            ("MIT/GPL-3.0", true),
            ("Apache-2.0 / MIT", true),
            ("Apache-2.0", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("MIT WITH LLVM-exception", false),
            (
                "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR GPL-2.0",
                true,
            ),
            // AND binds tighter than OR.
            ("MIT OR GPL-2.0 AND GPL-3.0", true),
            ("(MIT OR GPL-2.0) AND GPL-3.0", false),
            (
                "ISC AND (GPL-2.0 OR ISC) AND MIT AND (GPL-2.0 OR (ISC AND MIT))",
                true,
            ),
            ("mit", false),
        ] {
            assert_eq!(
                is_satisfied(expression, ALLOWED),
                Ok(expected),
                "{expression}"
            );
        }
    }

    #[test]
    fn unreadable_expressions_fail() {
        for expression in [
            "",
            "MIT OR",
            "OR MIT",
            "(MIT",
            "MIT)",
            "MIT ISC",
            "MIT WITH",
            "MIT OR ()",
        ] {
            assert!(is_satisfied(expression, ALLOWED).is_err(), "{expression}");
        }
    }
}
