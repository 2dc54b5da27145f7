//! How a tool ends.

use std::process::ExitCode;

/// What a tool that has done its work says about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// 0: done.
    #[default]
    Success,
    /// 1: a negative answer that was asked for.
    Negative,
    /// 2: something could not be done, and that was said already.
    Trouble,
    /// Another number, where a flag such as `--check` has its own.
    Code(u8),
}

impl Status {
    /// The exit status.
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Negative => 1,
            Self::Trouble => 2,
            Self::Code(code) => code,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_have_the_numbers_of_the_contract() {
        let codes = [Status::Success, Status::Negative, Status::Trouble, Status::Code(7)].map(Status::code);
        assert_eq!(codes, [0, 1, 2, 7]);
    }
}
