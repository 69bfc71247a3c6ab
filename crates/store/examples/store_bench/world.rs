//! Records to measure with: an MSP whose tickets arrive over some years, most of them closed.

use domain::body::Body;
use domain::clock::UtcMillis;
use domain::record::{CompanyRecord, TicketRecord};

/// Statuses with their weights per thousand; the first one is *Complete*, the last is rare.
pub const STATUSES: [(&str, u64); 7] = [
    ("5", 940),
    ("1", 15),
    ("8", 20),
    ("7", 12),
    ("9", 7),
    ("12", 5),
    ("99", 1),
];

/// Numbers that look random and are the same every time.
pub struct Dice(u64);

impl Dice {
    /// Dice for one thing.
    pub fn new(number: u64) -> Self {
        Self(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }
}

const WORDS: [&str; 16] = [
    "Printer", "Outlook", "VPN", "password", "reset", "slow", "server", "backup", "laptop",
    "monitor", "Teams", "cannot", "open", "invoice", "zebra", "Wi-Fi",
];

/// The company with this number.
pub fn company(number: usize) -> CompanyRecord {
    let mut dice = Dice::new(number as u64 + 7_000_000);
    CompanyRecord {
        external_id: (number + 1).to_string(),
        name: format!(
            "{} {} {number}",
            WORDS[dice.below(16) as usize],
            ["Ltd", "Partners", "GmbH", "Group"][dice.below(4) as usize]
        ),
        active: true,
        type_id: Some("1".into()),
        phone: Some(format!("+1 555 {:07}", dice.below(9_999_999))),
        city: Some("Springfield".into()),
        created_at: Some(UtcMillis(
            1_600_000_000_000 + dice.below(100_000_000_000) as i64,
        )),
        updated_at: Some(UtcMillis(
            1_700_000_000_000 + dice.below(10_000_000_000) as i64,
        )),
        ..CompanyRecord::default()
    }
}

/// Ticket `number` of `total`, of `companies` companies.
pub fn ticket(number: usize, total: usize, companies: usize) -> TicketRecord {
    let mut dice = Dice::new(number as u64 + 1);
    let _warm = (dice.below(2), dice.below(2));
    let step = 800 * UtcMillis::DAY / total as i64;
    let created = 1_700_000_000_000 + number as i64 * step + dice.below(step as u64) as i64;
    let life = dice.below(1_000);
    let updated = created + (life * life * life / 1_000_000) as i64 * 27 * UtcMillis::DAY / 1_000;
    let mut draw = dice.below(1_000);
    let mut status = STATUSES[0].0;
    for (key, weight) in STATUSES {
        if draw < weight {
            status = key;
            break;
        }
        draw -= weight;
    }
    let share = dice.below(1_000_000);
    let company = (share * share / 1_000_000 * companies as u64 / 1_000_000) as usize;
    let word = |dice: &mut Dice| WORDS[dice.below(16) as usize];
    let description = (0..60)
        .map(|_| word(&mut dice))
        .collect::<Vec<_>>()
        .join(" ");
    TicketRecord {
        external_id: (number + 10_000).to_string(),
        number: format!("T2026{:07}.{:04}", number / 50, number % 50),
        title: format!(
            "{} {} {} on floor {}",
            word(&mut dice),
            word(&mut dice),
            word(&mut dice),
            number % 97
        ),
        description: Some(Body::plain(description)),
        company_external_id: Some((company + 1).to_string()),
        contact_external_id: Some(dice.below(companies as u64 * 10).to_string()),
        status_id: Some(status.into()),
        queue_id: Some(
            ["8", "29683481", "29683482", "5", "6"][(dice.below(25) as usize).saturating_sub(20)]
                .into(),
        ),
        priority_id: Some(["3", "2", "1", "4"][(dice.below(10) as usize).saturating_sub(6)].into()),
        category_id: Some("3".into()),
        type_id: Some("1".into()),
        source_id: Some("2".into()),
        technician_external_id: (dice.below(100) < 93)
            .then(|| (29_682_885 + dice.below(30)).to_string()),
        due_at: Some(UtcMillis(created + UtcMillis::DAY)),
        created_at: Some(UtcMillis(created)),
        closed_at: (status == "5").then_some(UtcMillis(updated)),
        updated_at: Some(UtcMillis(updated)),
        fields: [
            ("issue_type".to_owned(), serde_json::json!("10")),
            ("sub_issue_type".to_owned(), serde_json::json!("136")),
            ("estimated_hours".to_owned(), serde_json::json!(1.5)),
        ]
        .into(),
    }
}
