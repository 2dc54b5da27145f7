//! Which archives pruning spares, whatever their age.

/// How many archives are kept, by what. Zero keeps none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeepRules {
    /// The newest ones.
    pub(crate) last: usize,
    /// The newest one of each of so many days that have one.
    pub(crate) daily: usize,
    /// The same by weeks (ISO 8601, from Monday).
    pub(crate) weekly: usize,
    /// The same by months.
    pub(crate) monthly: usize,
}
