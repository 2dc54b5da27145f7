//! x
use crate::account::Account;
use crate::cli::{Rotating, Terms};
use anyhow::Result;

pub(crate) fn rotate(_rotating: &Rotating, _terms: &Terms, _account: &mut Account<'_, '_>) -> Result<()> {
    Ok(())
}
