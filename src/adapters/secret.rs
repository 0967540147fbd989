//! A secret that does not print. It is handed on as itself; the bare text is taken out only where it is sent.

use std::fmt;

/// A token or password. `Debug` and `Display` give `***`, so that no log line and no error can show it (R11).
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(bare: impl Into<String>) -> Self {
        Self(bare.into())
    }

    /// The secret itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R11
    #[test]
    fn a_secret_does_not_print() {
        let secret = Secret::new("abc.def");
        assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "*** *** Some(***)");
        assert_eq!(secret.expose(), "abc.def");
    }
}
