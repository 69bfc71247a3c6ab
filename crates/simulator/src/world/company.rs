//! Client companies. The first few dozen are written by hand; the rest are put together so that
//! no two names are the same.

use super::World;
use super::dice::{Dice, Purpose};
use super::instant::{DAY, HOUR};
use super::names::{LAST, LEGAL, STREETS, TOWNS, TRADES, Town};
use super::text::{post_code, slug};

/// What a company is to the MSP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The MSP itself and those who pay for service.
    Customer,
    /// Somebody who asked once.
    Lead,
    /// Somebody with an offer on the table.
    Prospect,
    /// A lead that went nowhere.
    Dead,
    /// A customer that left.
    Cancelled,
    /// Somebody the MSP buys from.
    Vendor,
    /// Somebody the MSP works with.
    Partner,
}

/// A company.
pub struct Company {
    /// Number; 0 is the MSP.
    pub index: u32,
    /// Name.
    pub name: String,
    /// Web domain.
    pub domain: String,
    /// What it is to the MSP.
    pub standing: Standing,
    /// Whether it is in use.
    pub active: bool,
    /// House number and street.
    pub street: String,
    /// Town.
    pub town: &'static Town,
    /// Post code.
    pub post_code: String,
    /// Main telephone number.
    pub phone: String,
    /// Number of the company it belongs to.
    pub parent: Option<u32>,
    /// Technician responsible.
    pub owner: u32,
    /// Service level, 0 (highest) to 3 (none).
    pub tier: u32,
    /// Staff with a workplace.
    pub seats: u32,
    /// Class of the customer, 0 to 4.
    pub class: u32,
    /// When it was entered.
    pub created: i64,
    /// When its data was last changed.
    pub modified: i64,
    /// When something last happened with it.
    pub touched: i64,
}

use Standing::{Cancelled, Customer, Dead, Lead, Partner, Prospect, Vendor};

/// The MSP's own name.
pub const MSP_NAME: &str = "Harbourline IT Services Ltd";
/// The MSP's own domain.
pub const MSP_DOMAIN: &str = "harbourline.example";

type Known = (&'static str, &'static str, usize, Standing);

/// Companies written by hand: name, domain, town, standing.
const KNOWN: [Known; 44] = [
    (
        "Ashcombe & Vale Solicitors LLP",
        "ashcombevale.example",
        1,
        Customer,
    ),
    (
        "Café Müller & Söhne GmbH",
        "cafe-mueller.example",
        10,
        Customer,
    ),
    (
        "Brightwater Dental Practice",
        "brightwaterdental.example",
        0,
        Customer,
    ),
    (
        "O'Sullivan's Garden Centre",
        "osullivansgardens.example",
        9,
        Customer,
    ),
    (
        "Kestrel Freight Forwarding Ltd",
        "kestrelfreight.example",
        2,
        Customer,
    ),
    (
        "The Worshipful Society of Clockmakers, Instrument Restorers and Allied Trades of the West Country",
        "clockmakers-west.example",
        0,
        Customer,
    ),
    (
        "Fernley Primary School",
        "fernleyprimary.example",
        3,
        Customer,
    ),
    (
        "Alpenblick Treuhand AG",
        "alpenblick-treuhand.example",
        12,
        Customer,
    ),
    ("Marlow Pike Architects", "marlowpike.example", 7, Customer),
    (
        "Severn Valley Veterinary Group",
        "severnvets.example",
        3,
        Customer,
    ),
    (
        "Severn Valley Vets (Newport)",
        "severnvets.example",
        16,
        Customer,
    ),
    ("株式会社 みなと精機", "minato-seiki.example", 7, Customer),
    (
        "Holt & Daughter Funeral Directors",
        "holtanddaughter.example",
        4,
        Customer,
    ),
    ("Cooper's Brewery Tap", "cooperstap.example", 0, Customer),
    ("Bluebird Home Care", "bluebirdcare.example", 17, Customer),
    (
        "Lefèvre Traiteur SARL",
        "lefevre-traiteur.example",
        13,
        Customer,
    ),
    (
        "Redland Physiotherapy",
        "redlandphysio.example",
        0,
        Customer,
    ),
    (
        "Northgate Precision Engineering plc",
        "northgate-precision.example",
        8,
        Customer,
    ),
    (
        "Northgate Precision Tooling Ltd",
        "northgate-precision.example",
        8,
        Customer,
    ),
    (
        "Trelawney Coastal Holidays",
        "trelawneyholidays.example",
        15,
        Customer,
    ),
    (
        "Zum Goldenen Löwen Hotelbetriebe",
        "goldener-loewe.example",
        11,
        Customer,
    ),
    ("St. Brigid's Hospice", "stbrigids.example", 9, Customer),
    ("A1 Tyres & Exhausts", "a1tyres.example", 4, Customer),
    (
        "Penrose, Whitfield and Partners",
        "penrosewhitfield.example",
        5,
        Customer,
    ),
    (
        "Olive & Thyme Catering",
        "oliveandthyme.example",
        1,
        Customer,
    ),
    ("Quayside Lettings", "quaysidelettings.example", 0, Customer),
    (
        "Ibáñez Marine Surveys S.L.",
        "ibanezmarine.example",
        14,
        Customer,
    ),
    ("Tangent Studio", "tangent.example", 7, Customer),
    (
        "Wessex Farmers' Co-operative",
        "wessexfarmers.example",
        17,
        Customer,
    ),
    (
        "Göteborgs Mätteknik AB",
        "gbg-matteknik.example",
        18,
        Customer,
    ),
    ("Cwmni Theatr Ynys", "theatr-ynys.example", 19, Customer),
    ("Harper Lane Accountancy", "harperlane.example", 2, Customer),
    (
        "Pinnacle Roofing (South West) Limited",
        "pinnacleroofing.example",
        5,
        Cancelled,
    ),
    (
        "Meridian Wealth Management",
        "meridianwealth.example",
        7,
        Prospect,
    ),
    ("Larkspur Nurseries", "larkspur.example", 6, Prospect),
    ("Tidewell Pharmacy", "tidewellpharmacy.example", 6, Prospect),
    ("Dunmore Textiles", "dunmoretextiles.example", 9, Lead),
    (
        "Castle Street Opticians",
        "castlestoptics.example",
        16,
        Dead,
    ),
    (
        "Nimbus Wholesale Distribution",
        "nimbuswholesale.example",
        8,
        Vendor,
    ),
    ("Copperline Telecom", "copperline.example", 7, Partner),
    ("Avon Print & Design", "avonprint.example", 0, Customer),
    ("Bishop's Move Removals", "bishopsmove.example", 4, Customer),
    ("Ríordáin & Co.", "riordain.example", 9, Customer),
    (
        "Zephyr Scaffolding",
        "zephyrscaffolding.example",
        2,
        Customer,
    ),
];

/// The company with this number.
pub fn company(world: &World, index: u32) -> Company {
    let mut dice = Dice::new(world.config.seed, Purpose::Company, u64::from(index));
    let (name, domain, town, standing) = identity(index, &mut dice);
    let active = match standing {
        Dead | Cancelled => false,
        _ => index == 0 || !dice.percent(3),
    };
    let parent = match index {
        11 => Some(10),
        19 => Some(18),
        i if i > 44 && dice.percent(4) => Some(i - 3),
        _ => None,
    };
    let created =
        world.base_ms - DAY * i64::from(430 + dice.below(2_600)) - i64::from(dice.below(9_000_000));
    let modified = created.max(world.base_ms - HOUR * i64::from(20 + dice.below(9_000)));
    let touched = modified.max(world.base_ms - HOUR * i64::from(1 + dice.below(400)));
    Company {
        index,
        name,
        domain,
        standing,
        active,
        street: format!("{} {}", 1 + dice.below(240), dice.pick(&STREETS)),
        town,
        post_code: post_code(town.post_code, &mut dice),
        phone: format!("{}{:03}", town.dial, dice.below(1_000)),
        parent,
        owner: dice.below(world.config.technicians),
        tier: dice.weighted(&[3, 8, 6, 3]) as u32,
        seats: 3 + dice.below(20) * dice.below(8),
        class: dice.below(5),
        created,
        modified,
        touched,
    }
}

/// Whether a company is one the MSP serves.
pub fn is_served(world: &World, index: u32) -> bool {
    let company = company(world, index);
    company.standing == Customer && company.active
}

fn identity(index: u32, dice: &mut Dice) -> (String, String, &'static Town, Standing) {
    if index == 0 {
        return (
            MSP_NAME.to_owned(),
            MSP_DOMAIN.to_owned(),
            &TOWNS[0],
            Customer,
        );
    }
    let position = index as usize - 1;
    if let Some((name, domain, town, standing)) = KNOWN.get(position) {
        return (
            (*name).to_owned(),
            (*domain).to_owned(),
            &TOWNS[*town],
            *standing,
        );
    }
    // Counting through surname, trade and ending in steps that have no common divisor with the
    // number of combinations gives every combination once before any comes again.
    let combinations = LAST.len() * TRADES.len() * LEGAL.len();
    let round = position / combinations;
    let combination = position * 12_347 % combinations;
    let last = LAST[combination % LAST.len()];
    let trade = TRADES[combination / LAST.len() % TRADES.len()];
    let legal = LEGAL[combination / (LAST.len() * TRADES.len())];
    let name = match round {
        0 => format!("{last} {trade} {legal}"),
        _ => format!(
            "{last} {trade} {legal} ({} {round})",
            TOWNS[dice.below(20) as usize].name
        ),
    };
    let domain = format!("{}.example", slug(&name));
    let standing = [Customer, Prospect, Lead, Vendor, Dead, Cancelled, Partner]
        [dice.weighted(&[84, 5, 3, 2, 3, 2, 1])];
    (name, domain, &TOWNS[dice.below(20) as usize], standing)
}
