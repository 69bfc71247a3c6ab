//! Behaviour of every connector against its vendor's stand-in: one suite for all.
//!
//! Trials are named `<vendor>::<area>::<case>`. The cases of an area hold for every vendor; they are made from what
//! its capability claims, so a new claim brings its own trials. What only one vendor has is in that vendor's file.
//! Adding a vendor is a file and a line in `vendors!`.

#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "a trial fails by panicking, and the suite says what it did not run"
)]

mod case;
mod completeness;
mod connect;
mod errors;
mod fields;
mod incremental;
mod list;
mod recorded;
mod reference_data;
mod specification;
mod vendor;

use case::Case;
use libtest_mimic::{Arguments, Trial};
use vendor::Vendor;

macro_rules! vendors {
    ($($module:ident::$vendor:ident),* $(,)?) => {
        $(mod $module;)*

        /// Every vendor with a connector.
        const VENDORS: &[&dyn Vendor] = &[$(&$module::$vendor),*];
    };
}

vendors!(
    autotask::Autotask,
    connectwise_psa::ConnectWisePsa,
    halo_psa::HaloPsa,
    syncro::Syncro,
);

fn main() {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = Vec::new();
    for vendor in VENDORS.iter().copied() {
        let mut cases: Vec<Case> = Vec::new();
        cases.extend(connect::cases(vendor));
        cases.extend(list::cases(vendor));
        cases.extend(incremental::cases(vendor));
        cases.extend(reference_data::cases(vendor));
        cases.extend(errors::cases(vendor));
        cases.extend(fields::cases(vendor));
        cases.extend(vendor.own_cases());
        cases.push(specification::case(vendor));
        cases.extend(completeness::cases(vendor, &cases));
        trials.extend(cases.into_iter().map(|case| case.trial(vendor.key())));
    }
    trials.push(completeness::every_connector_is_here(VENDORS));
    trials.push(completeness::what_is_not_run_proves_nothing());
    trials.push(specification::required_fields());
    libtest_mimic::run(&arguments, trials).exit();
}
