//! Figures from many samples: percentiles by nearest rank.

/// Samples in milliseconds.
#[derive(Debug, Clone, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Notes one more.
    pub fn push(&mut self, millis: f64) {
        self.0.push(millis);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The median.
    pub fn p50(&self) -> f64 {
        self.percentile(50.0)
    }

    /// What 99 of 100 do not exceed.
    pub fn p99(&self) -> f64 {
        self.percentile(99.0)
    }

    /// Nearest rank: the smallest sample that at least this share does not exceed; 0 without samples.
    fn percentile(&self, percent: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
        sorted
            .get(rank.clamp(1, sorted.len().max(1)) - 1)
            .copied()
            .unwrap_or(0.0)
    }
}

/// Cuts a figure to so many places, so that JSON does not pretend to more.
pub fn rounded(figure: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (figure * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_by_nearest_rank() {
        let mut samples = Samples::default();
        assert_eq!(samples.p50(), 0.0);
        for n in (1..=200).rev() {
            samples.push(f64::from(n));
        }
        assert_eq!((samples.p50(), samples.p99()), (100.0, 198.0));
        assert_eq!(rounded(1.2345, 2), 1.23);
    }
}
