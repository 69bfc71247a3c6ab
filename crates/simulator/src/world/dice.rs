//! Fixed chance: draws that depend on nothing but the seed, what is drawn for, and its number.

/// What a series of draws is for; keeps the series of one kind apart from another's.
#[derive(Clone, Copy)]
#[repr(u64)]
pub enum Purpose {
    /// A company.
    Company = 1,
    /// A person.
    Person = 2,
    /// A technician.
    Technician = 3,
    /// A ticket.
    Ticket = 4,
    /// The words of a ticket.
    TicketWords = 5,
    /// A note.
    Note = 6,
    /// A time entry.
    Work = 7,
    /// An opportunity.
    Opportunity = 8,
    /// Membership in a contact group.
    Group = 9,
    /// The instant a ticket came in.
    Arrival = 10,
    /// A company as a tool sees it.
    CompanySight = 11,
    /// A person as a tool sees it.
    PersonSight = 12,
    /// The address of a person as a tool has it.
    AddressSight = 13,
}

/// A series of draws.
#[derive(Clone)]
pub struct Dice(u64);

impl Dice {
    /// The series for one thing.
    pub fn new(seed: u64, purpose: Purpose, number: u64) -> Self {
        let start =
            mix(seed ^ mix((purpose as u64) << 56 ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        Self(start)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `limit`; 0 when `limit` is 0.
    pub fn below(&mut self, limit: u32) -> u32 {
        ((u64::from((self.bits() >> 32) as u32) * u64::from(limit)) >> 32) as u32
    }

    /// A number from 0.0 up to 1.0.
    pub fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True in `percent` of the draws.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`, which must not be empty.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u32) as usize]
    }

    /// An index into weights, in proportion to them.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        0
    }
}

/// The finaliser of SplitMix64.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
