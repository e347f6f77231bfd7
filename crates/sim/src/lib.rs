//! The simulated venue for bars.
#![forbid(unsafe_code)]
