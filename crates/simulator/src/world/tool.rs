//! The tools the MSP works with. Each shows the same companies, people and staff, and its own tickets and sales.

/// A tool, told from others by its number. Its vendor's folder says which it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    key: &'static str,
    number: u64,
}

impl Tool {
    /// The tool of a vendor. No two may have a number in common, and none may ever get another one: the records that it
    /// shows are drawn from it. Number 0 is the one the MSP began with.
    pub const fn new(key: &'static str, number: u64) -> Self {
        Self { key, number }
    }

    /// The key of its vendor, used in state files too.
    pub const fn key(self) -> &'static str {
        self.key
    }

    /// Its number.
    pub const fn number(self) -> u64 {
        self.number
    }

    /// Whether it knows everybody once, by the world's own names. The others are other people's work.
    pub const fn knows_all(self) -> bool {
        self.number == 0
    }

    /// The number that tickets and sales of this tool are drawn from.
    pub const fn desk_seed(self, seed: u64) -> u64 {
        // The constant is odd, so no two tools of one world share a number.
        seed ^ self.number.wrapping_mul(0xA5A5_1F3D_7C2B_9E31)
    }
}
