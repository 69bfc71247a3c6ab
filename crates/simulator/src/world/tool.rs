//! The tools the MSP works with. Each shows the same companies, people and staff, and its own tickets and sales.

/// A tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Tool {
    /// Autotask PSA: knows everybody by the world's own names.
    Autotask = 0,
    /// ConnectWise PSA.
    ConnectWisePsa = 1,
    /// Halo PSA.
    HaloPsa = 2,
    /// Syncro.
    Syncro = 3,
}

impl Tool {
    /// The key used in state files.
    pub fn key(self) -> &'static str {
        match self {
            Self::Autotask => "autotask",
            Self::ConnectWisePsa => "connectwise_psa",
            Self::HaloPsa => "halo_psa",
            Self::Syncro => "syncro",
        }
    }

    /// The number that tickets and sales of this tool are drawn from.
    pub fn desk_seed(self, seed: u64) -> u64 {
        // The constant is odd, so no two tools of one world share a number.
        seed ^ (self as u64).wrapping_mul(0xA5A5_1F3D_7C2B_9E31)
    }
}
