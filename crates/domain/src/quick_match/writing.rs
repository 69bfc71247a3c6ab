//! Names, hosts and numbers as they are compared: without what two people write differently.

use unicode_normalization::UnicodeNormalization;

/// Legal forms, folded and without dots, that end the names of companies.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bv",
    "bvba",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "doo",
    "eg",
    "ek",
    "ev",
    "eirl",
    "eurl",
    "gbr",
    "gesmbh",
    "ggmbh",
    "gmbh",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kgaa",
    "lda",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "mbh",
    "nv",
    "og",
    "ohg",
    "oy",
    "oyj",
    "pc",
    "plc",
    "pllc",
    "pty",
    "pte",
    "sa",
    "sarl",
    "sas",
    "sasu",
    "se",
    "sl",
    "slu",
    "snc",
    "spa",
    "sprl",
    "srl",
    "sro",
    "ug",
    "vof",
    "zoo",
];

/// The name of a company without what two people write differently: legal forms at its end, punctuation, accents, case,
/// `&` and `and`, a leading article. A name that is nothing else stays as it is.
#[must_use]
pub fn company_name(name: &str) -> String {
    let words = folded(name);
    let mut kept: &[String] = &words;
    // `GmbH & Co. KG` is one form of several words.
    while let [rest @ .., last] = kept
        && !rest.is_empty()
        && (LEGAL_FORMS.contains(&last.as_str()) || last == "and")
    {
        kept = rest;
    }
    if let [first, rest @ ..] = kept
        && first == "the"
        && !rest.is_empty()
    {
        kept = rest;
    }
    kept.join(" ")
}

/// The words of a name without punctuation, accents and case; `&` and `+` are `and`. Letters with dots between them are
/// one word: `S.à r.l.` is `sarl`.
pub(super) fn folded(name: &str) -> Vec<String> {
    let mut text = String::with_capacity(name.len());
    for letter in name.nfkd().filter(|letter| !is_mark(*letter)) {
        match letter {
            '&' | '+' => text.push_str(" and "),
            'ß' | 'ẞ' => text.push_str("ss"),
            'æ' | 'Æ' => text.push_str("ae"),
            'ø' | 'Ø' => text.push('o'),
            'œ' | 'Œ' => text.push_str("oe"),
            'ł' | 'Ł' => text.push('l'),
            'đ' | 'Đ' => text.push('d'),
            // What stands inside a word or an abbreviation.
            '.' | '\'' | '’' | '`' | '´' => {}
            letter if letter.is_alphanumeric() => text.extend(letter.to_lowercase()),
            _ => text.push(' '),
        }
    }
    let mut words: Vec<String> = Vec::new();
    let mut spelled = false;
    for word in text.split_whitespace() {
        // `S A R L` and `r l` are spelled letter by letter.
        let single = word.chars().count() == 1 && !word.chars().all(char::is_numeric);
        match words.last_mut() {
            Some(last) if single && spelled => last.push_str(word),
            _ => words.push(match word {
                "und" | "et" | "y" | "och" | "og" | "en" => "and".to_owned(),
                word => word.to_owned(),
            }),
        }
        spelled = single;
    }
    // `S.à r.l.` leaves `sa rl`.
    if let [.., first, last] = words.as_mut_slice()
        && first == "sa"
        && last == "rl"
    {
        first.push_str("rl");
        words.pop();
    }
    words
}

const fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20ff}' | '\u{200b}'..='\u{200d}')
}

/// Hosts on which many companies have a page or a mailbox: sharing one says nothing.
const SHARED_HOSTS: &[&str] = &[
    "aol.com",
    "facebook.com",
    "gmail.com",
    "gmx.at",
    "gmx.de",
    "gmx.net",
    "google.com",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "instagram.com",
    "linkedin.com",
    "live.com",
    "localhost",
    "me.com",
    "outlook.com",
    "proton.me",
    "t-online.de",
    "twitter.com",
    "web.de",
    "x.com",
    "xing.com",
    "yahoo.com",
    "youtube.com",
];

/// The host of a web site as it is compared: without scheme, path and `www`. `None` for what is none, and for platforms
/// that many share.
pub(super) fn host(website: &str) -> Option<String> {
    let text = website.trim();
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.split(['/', '?', '#', ' ']).next().unwrap_or_default();
    let text = text.rsplit('@').next().unwrap_or_default();
    let text = text.split(':').next().unwrap_or_default();
    known_host(text)
}

/// The host of an e-mail address, likewise.
pub(super) fn mail_host(email: &str) -> Option<String> {
    known_host(email.rsplit_once('@')?.1)
}

fn known_host(text: &str) -> Option<String> {
    let host = idna::domain_to_ascii(text.trim_end_matches('.')).ok()?;
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let is_under = |shared: &&str| {
        host.strip_suffix(*shared)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let known = host.contains('.') && !SHARED_HOSTS.iter().any(is_under);
    known.then(|| host.to_owned())
}

/// A phone number as it is compared: its last nine digits, which leaves out how the country and the trunk are written.
/// `None` for what is too short to tell anybody apart.
pub(super) fn phone(typed: &str) -> Option<String> {
    let own = typed.to_lowercase();
    let own = own.split(['x', '#', ';']).next().unwrap_or_default();
    let digits: Vec<char> = own.chars().filter(char::is_ascii_digit).collect();
    let repeated = digits.windows(2).all(|two| two[0] == two[1]);
    (digits.len() >= 7 && !repeated)
        .then(|| digits[digits.len().saturating_sub(9)..].iter().collect())
}
