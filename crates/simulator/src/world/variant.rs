//! The ways in which people write one name differently in different tools.

/// Number of ways to write the name of a company.
pub const KINDS: u32 = 8;

const FORMS: [(&str, &str); 9] = [
    (" Ltd", " Limited"),
    (" Limited", " Ltd"),
    (" LLP", ""),
    (" GmbH", ""),
    (" plc", " PLC"),
    (" AG", ""),
    (" SARL", " Sarl"),
    (" S.L.", " SL"),
    (" AB", ""),
];

const SHORT: [(&str, &str); 20] = [
    ("Thomas", "Tom"),
    ("Daniel", "Dan"),
    ("Charlotte", "Lottie"),
    ("Catherine", "Cath"),
    ("Samuel", "Sam"),
    ("Victoria", "Vicky"),
    ("Zachary", "Zac"),
    ("William", "Will"),
    ("Andrew", "Andy"),
    ("Bethany", "Beth"),
    ("Deborah", "Debbie"),
    ("Edward", "Ted"),
    ("Joanna", "Jo"),
    ("Robert", "Bob"),
    ("Stephen", "Steve"),
    ("Philippa", "Pip"),
    ("Mohammed", "Mo"),
    ("Maximilian-Alexander", "Max"),
    ("Katarzyna", "Kasia"),
    ("Isabelle", "Issy"),
];

/// The name of a company written in one of [`KINDS`] ways; when a way does not apply, the next
/// that does.
pub fn company(name: &str, town: &str, kind: u32) -> String {
    (kind..kind + KINDS)
        .filter_map(|kind| written(name, town, kind % KINDS))
        .find(|written| written != name)
        .unwrap_or_else(|| name.to_owned())
}

fn written(name: &str, town: &str, kind: u32) -> Option<String> {
    match kind {
        0 => FORMS
            .iter()
            .find_map(|(ending, other)| Some(format!("{}{other}", name.strip_suffix(ending)?))),
        1 if name.contains(" & ") => Some(name.replace(" & ", " and ")),
        1 if name.contains(" and ") => Some(name.replace(" and ", " & ")),
        2 => Some(fold(name)),
        3 => Some(name.to_uppercase()),
        4 => name.strip_prefix("The ").map(str::to_owned),
        5 => Some(format!("{name} - {town}")),
        6 if name.contains('\'') => Some(name.replace('\'', "\u{2019}")),
        7 => name.split_once(' ').map(|(a, b)| format!("{a}  {b}")),
        _ => None,
    }
}

/// The name of a person written differently.
pub fn person(first: &str, last: &str, kind: u32) -> (String, String) {
    let short = SHORT.iter().find(|(long, _)| *long == first);
    match (kind % 4, short) {
        (0, Some((_, short))) => ((*short).to_owned(), last.to_owned()),
        (1, _) => (fold(first), fold(last)),
        (2, _) => (first.to_owned(), last.to_uppercase()),
        _ => {
            let initial: String = first.chars().take(1).collect();
            (format!("{initial}."), last.to_owned())
        }
    }
}

/// A text with the commonest accents dropped.
fn fold(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            'á' | 'à' | 'â' | 'å' | 'ã' | 'ä' => 'a',
            'Á' | 'Å' | 'Ä' => 'A',
            'ç' | 'č' => 'c',
            'é' | 'è' | 'ê' | 'ë' | 'ę' => 'e',
            'É' => 'E',
            'í' | 'ì' | 'ï' => 'i',
            'Í' => 'I',
            'ł' => 'l',
            'ñ' | 'ń' => 'n',
            'ó' | 'ò' | 'ô' | 'ö' | 'ø' => 'o',
            'Ó' | 'Ö' | 'Ø' => 'O',
            'š' => 's',
            'ú' | 'ù' | 'ü' => 'u',
            'Ü' => 'U',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_gives_another_name() {
        for name in [
            "Café Müller & Söhne GmbH",
            "Tangent Studio",
            "Marlow Pike Architects",
        ] {
            for kind in 0..KINDS {
                assert_ne!(company(name, "Bath", kind), name);
            }
        }
        assert_eq!(company("Kestrel Ltd", "Bath", 0), "Kestrel Limited");
        assert_eq!(company("A & B", "Bath", 1), "A and B");
        assert_eq!(person("Thomas", "Novák", 0).0, "Tom");
        assert_eq!(person("Thomas", "Novák", 1).1, "Novak");
    }
}
