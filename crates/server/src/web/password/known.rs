//! Passwords and phrases that everybody knows, and how much of a password is more than them.
//!
//! Lists of breached passwords hold few of fifteen characters, so the long ones are made of short known ones: words one
//! behind the other, years, rows of keys. All of that is taken out, and what is left is counted.

use unicode_normalization::UnicodeNormalization;

/// Fewest letters and digits a password must have beside what is known.
const LEAST_BESIDE_KNOWN: usize = 8;

/// Keys next to each other count as known from this many on.
const SHORTEST_ROW: usize = 4;

/// Passwords by themselves, or parts of them that carry nothing: lower case, letters and digits only.
const WORDS: &str = "\
    password passwort passwd kennwort losungswort motdepasse contrasena contrasinal senha parola haslo heslo salasana \
    losenord wachtwoord adgangskode jelszo sifre passphrase passcode secret geheim letmein opensesame trustno \
    iloveyou iloveu ichliebedich jetaime teamo sayang welcome willkommen bienvenue bienvenido administrator admin \
    root superuser guest testtest test1234 changeme default demo sample login signin logon master hello hallo \
    monkey dragon sunshine princess football baseball basketball superman batman spiderman starwars pokemon shadow \
    michael jennifer jessica daniel charlie thomas robert william nicole ashley michelle matthew andrew joshua \
    summer winter spring autumn sommer herbst fruehling schatz killer hunter \
    ranger soccer hockey tigger buster computer internet windows microsoft google facebook whatever freedom ninja \
    mustang access lovely babygirl liverpool arsenal chelsea barcelona realmadrid manchester qwerty qwertz azerty \
    january february march april june july august september october november december \
    januar februar maerz juni juli oktober dezember \
    monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag \
    one two three four five six seven eight nine ten eleven twelve eins zwei drei vier fuenf sechs sieben acht neun zehn \
    jan feb mar apr may jun jul aug sep oct nov dec \
    thisis thisisa thisismy mynameis myname myaccount welcometo iamthe ilove youand thequick sosecret verysecret \
    the and this that with from your have company portal support helpdesk office servicedesk \
    пароль секрет привет";

/// Sentences, lines and names of songs, books, films and games, and examples of good passwords that everybody has read.
const PHRASES: &str = "\
    correcthorsebatterystaple tr0ub4dor troubador thequickbrownfox jumpsoverthelazydog quickbrownfox lazydog \
    maytheforcebewithyou maytheforce bewithyou iamyourfather lukeiamyourfather useforceluke dothereisnotry \
    tobeornottobe thatisthequestion tobeornot supercalifragilisticexpialidocious supercalifragilistic expialidocious \
    loremipsum dolorsitamet dolorsit consecteturadipiscing onceuponatime happilyeverafter inthebeginning \
    callmeishmael itwasthebestoftimes itwastheworstoftimes winteriscoming youknownothingjonsnow youshallnotpass \
    onedoesnotsimply oneringtorulethemall myprecious expectopatronum avadakedavra wingardiumleviosa harrypotter \
    lordoftherings gameofthrones startrek livelongandprosper beammeupscotty resistanceisfutile houstonwehaveaproblem \
    tothemoonandback toinfinityandbeyond hakunamatata letitgo iwillalwaysloveyou allyouneedislove letitbe yesterday \
    heyjude bohemianrhapsody isthisthereallife isthisjustfantasy wewillrockyou wearethechampions stairwaytoheaven \
    hotelcalifornia smellsliketeenspirit nevergonnagiveyouup nevergonnaletyoudown dontworrybehappy dontstopbelieving \
    highwaytohell sweethomealabama imagineallthepeople twinkletwinklelittlestar humptydumpty maryhadalittlelamb \
    happybirthdaytoyou merrychristmas happynewyear jinglebells knockknockwhosthere rosesareredvioletsareblue \
    rosesarered violetsareblue ihaveadream yeswecan makeamericagreatagain godblessamerica godsavethequeen \
    godsavetheking ingodwetrust jesuslovesme jesusislord jesuschrist iloveyoujesus thelordismyshepherd \
    ourfatherwhoartinheaven praisethelord carpediem cogitoergosum venividivici alohomora abracadabra \
    elementarymydearwatson theanswerisfortytwo fortytwo dontpanic solongandthanksforallthefish hastalavistababy \
    illbeback heresjohnny iseedeadpeople lifeislikeaboxofchocolates runforrestrun mydearidontgiveadamn \
    theresnoplacelikehome followtheyellowbrickroad wearenotinkansasanymore thereisnospoon redpillbluepill \
    allyourbasearebelongtous allyourbase thecakeisalie doyouevenlift keepcalmandcarryon keepcalm carryon \
    practicemakesperfect timeismoney knowledgeispower anappleaday keepsthedoctoraway actionsspeaklouderthanwords \
    betterlatethannever thinkdifferent justdoit imlovinit openupnow letmeinplease letmeinnow iforgotmypassword \
    idontknow idontcare iloveyousomuch iloveyouforever iloveyoumore ilovemydog ilovemycat ilovemyfamily ilovemymom \
    ilovemylife ihatemyjob ihatepasswords ihatemondays fuckyou fuckoff fuckthis suckmydick whatisyourname \
    howareyoutoday goodmorning goodnight goodmorningvietnam helloworld hellokitty helloitsme byebye seeyoulater \
    changemenow changethispassword changemeplease newpassword oldpassword mypassword yourpassword nopassword \
    alleswirdgut allesgute gutenmorgen gutennacht hallowelt sesamoeffnedich seinodernichtsein dasistdiefrage \
    weristderboss vivelafrance etreounepasetre ouvretoisesame holamundo \
    ялюблютебя любовь";

/// Rows of keys as keyboards have them, and letters and digits in their order.
const ROWS: [&str; 21] = [
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiopü",
    "asdfghjklöä",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertyuiopå",
    "asdfghjkløæ",
    "asdfghjklñ",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
];

/// Whether a password, in lower case, is little more than what everybody knows together with these texts of the person's
/// own.
#[must_use]
pub(super) fn is_mostly_known(lower: &str, own: &[&str]) -> bool {
    let known: Vec<Vec<char>> = WORDS
        .split_whitespace()
        .chain(PHRASES.split_whitespace())
        .chain(own.iter().copied())
        .map(|text| text.chars().filter(|c| c.is_alphanumeric()).collect())
        .filter(|text: &Vec<char>| text.len() >= 3)
        .collect();
    // A sign stands for a letter or between words, so it is read both ways.
    [true, false].iter().any(|signs| {
        let read = |c: &char| c.is_alphanumeric() || (*signs && "@$!".contains(*c));
        let plain: Vec<char> = lower.chars().filter(read).collect();
        let mut found = vec![false; plain.len()];
        mark_texts(&mut found, &plain, &known);
        mark_rows(&mut found, &plain);
        mark_years(&mut found, &plain);
        let beside = plain.iter().zip(&found);
        let beside = beside.filter(|(c, known)| c.is_alphanumeric() && !**known);
        found.contains(&true) && beside.count() < LEAST_BESIDE_KNOWN
    })
}

/// Marks where one of the texts stands, in any spelling: as it is, without accents, and with digits and signs for letters.
fn mark_texts(found: &mut [bool], plain: &[char], texts: &[Vec<char>]) {
    let bare = |c: &char| c.nfd().next().unwrap_or(*c);
    let spelled = |one: char| -> Vec<char> { plain.iter().map(|c| undone(bare(c), one)).collect() };
    let spellings = [
        plain.to_vec(),
        plain.iter().map(bare).collect(),
        spelled('l'),
        spelled('i'),
    ];
    for spelling in &spellings {
        for text in texts {
            mark(found, spelling, text);
        }
    }
}

/// The letter a digit or sign stands for in words written with them; 1 is read as `one`.
const fn undone(c: char, one: char) -> char {
    match c {
        '0' => 'o',
        '1' => one,
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        '!' => 'i',
        other => other,
    }
}

fn mark_rows(found: &mut [bool], plain: &[char]) {
    for row in ROWS {
        let forward: Vec<char> = row.chars().collect();
        let backward: Vec<char> = row.chars().rev().collect();
        for keys in forward
            .windows(SHORTEST_ROW)
            .chain(backward.windows(SHORTEST_ROW))
        {
            mark(found, plain, keys);
        }
    }
}

fn mark_years(found: &mut [bool], plain: &[char]) {
    let starts: Vec<usize> = plain
        .windows(4)
        .enumerate()
        .filter(|(_, four)| {
            four.iter().all(char::is_ascii_digit)
                && (four.starts_with(&['1', '9']) || four.starts_with(&['2', '0']))
        })
        .map(|(start, _)| start)
        .collect();
    for start in starts {
        fill(found, start, 4);
    }
}

/// Marks every place where a text stands.
fn mark(found: &mut [bool], within: &[char], text: &[char]) {
    let starts = within.windows(text.len()).enumerate();
    for (start, _) in starts.filter(|(_, part)| *part == text) {
        fill(found, start, text.len());
    }
}

fn fill(found: &mut [bool], start: usize, length: usize) {
    for place in found.iter_mut().skip(start).take(length) {
        *place = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [&str; 3] = ["portico", "alex", "demo"];

    #[test]
    fn what_everybody_knows_is_known_in_any_spelling() {
        for bad in [
            "correct horse battery staple",
            "correct!horse!battery!staple",
            "correcthorsebatterystaple1",
            "passw0rd1234567!",
            "p@$$w0rd p@ssw0rd",
            "this is a password",
            "thisismypassword",
            "thisisapassword1",
            "maytheforcebewithyou",
            "the quick brown fox",
            "tobeornottobethatisthequestion",
            "supercalifragilisticexpialidocious",
            "loremipsumdolorsit",
            "iloveyousomuch1",
            "welcome2portico!",
            "welcome to portico 2026",
            "november 27 2026",
            "summer2026summer",
            "jan feb mar apr may",
            "one two three four",
            "contraseña123456",
            "qwertzuiopüasdfghjklöä",
            "poiuytrewqlkjhgfdsa",
            "йцукенгшщзхъфывапролдж",
            "1q2w3e4r5t6y7u8i",
            "mynameisalexdemo",
            "1234567890123456",
        ] {
            assert!(is_mostly_known(bad, &OWN), "{bad}");
        }
    }

    #[test]
    fn a_known_word_among_others_spoils_nothing() {
        for fine in [
            "four wet grey stones",
            "violet harbour seven lanterns",
            "passwordless evenings in june",
            "the month of may in lisbon",
            "alexandra paints bridges",
            "x9!kd02mzpqwz7b",
            "zwölf große bären",
            "すごく長いパスフレーズの例です",
            "",
        ] {
            assert!(!is_mostly_known(fine, &OWN), "{fine}");
        }
    }

    #[test]
    fn the_lists_are_written_as_they_are_compared() {
        for text in WORDS.split_whitespace().chain(PHRASES.split_whitespace()) {
            assert!(
                text.chars().count() >= 3
                    && text.chars().all(char::is_alphanumeric)
                    && text.to_lowercase() == text,
                "{text}"
            );
        }
    }
}
