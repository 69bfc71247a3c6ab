//! Making texts from parts.

use super::dice::Dice;

/// Lower-case letters and digits of a name, for addresses; accents are folded, the rest dropped.
pub fn slug(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => out.push(letter),
            'á' | 'à' | 'â' | 'å' | 'ã' | 'ą' => out.push('a'),
            'ä' => out.push_str("ae"),
            'ç' | 'č' | 'ć' => out.push('c'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' => out.push('e'),
            'í' | 'ì' | 'ï' | 'ı' => out.push('i'),
            'ł' => out.push('l'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ó' | 'ò' | 'ô' => out.push('o'),
            'ö' | 'ø' => out.push_str("oe"),
            'ř' => out.push('r'),
            'š' | 'ś' | 'ş' => out.push('s'),
            'ß' => out.push_str("ss"),
            'ú' | 'ù' | 'û' | 'ů' => out.push('u'),
            'ü' => out.push_str("ue"),
            'ý' => out.push('y'),
            'ž' | 'ź' | 'ż' => out.push('z'),
            _ => {}
        }
    }
    out
}

/// An identifier in the usual form, from two numbers.
pub fn guid(a: i64, b: i64) -> String {
    let (a, b) = (a.unsigned_abs(), b.unsigned_abs());
    let mixed = a.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ b.rotate_left(17);
    let other = mixed.wrapping_mul(0xBF58_476D_1CE4_E5B9) ^ a;
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        mixed >> 32,
        mixed >> 16 & 0xFFFF,
        mixed & 0xFFF,
        other >> 52,
        other & 0xFFFF_FFFF_FFFF
    )
}

/// Fills a post code pattern: `#` is a digit, `@` a letter.
pub fn post_code(pattern: &str, dice: &mut Dice) -> String {
    pattern
        .chars()
        .map(|c| match c {
            '#' => char::from(b'0' + dice.below(10) as u8),
            '@' => char::from(dice.pick(b"ABDEFGHJLNPQRSTUWXYZ")),
            other => other,
        })
        .collect()
}

/// Appends a template, with each `{name}` replaced by what `value` appends for it.
pub fn fill(out: &mut String, template: &str, mut value: impl FnMut(&str, &mut String)) {
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let Some(close) = after.find('}') else {
            break;
        };
        value(&after[..close], out);
        rest = &after[close + 1..];
    }
    out.push_str(rest);
}
