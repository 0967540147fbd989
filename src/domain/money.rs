//! Amounts of money as a sales team writes them: `12k`, `RM 12,500`, `€1.2m`.
//!
//! Nothing here converts between currencies: rates are the workspace's business (ruling 11), and two amounts of
//! different currencies do not compare.

mod currency;
mod parse;

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use currency::Currency;
pub use parse::MoneyError;

/// A non-negative amount of one currency, in hundredths of its unit (also for currencies that have no cents).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Hundredths: 12,500.50 is 1 250 050.
    pub minor: i64,
    /// The currency that `minor` counts.
    pub currency: Currency,
}

impl Money {
    /// The largest amount that is accepted: ten trillion units, so that sums of thousands of deals stay in range.
    pub const MAX_MINOR: i64 = 1_000_000_000_000_000;

    /// Reads an amount, in `default` where no currency is named: `12k`, `RM 12,500`, `€1.2m`, `12500.50`, `USD 3bn`,
    /// `1.5 juta IDR`. A comma before three digits separates thousands; a point before three digits (`1.234`) could be
    /// either and is refused, except in currencies that are not written with decimals (IDR, VND, KRW, JPY).
    pub fn parse(text: &str, default: Currency) -> Result<Self, MoneyError> {
        parse::money(text, default)
    }

    /// Which is more, within one currency; `None` across currencies.
    pub fn checked_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.minor.cmp(&other.minor))
    }

    /// The sum, within one currency; `None` across currencies or on overflow.
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        let minor = self.minor.checked_add(other.minor).filter(|_| self.currency == other.currency)?;
        Some(Self { minor, currency: self.currency })
    }
}

impl fmt::Display for Money {
    /// `RM 12,500`, `$1,200,000`, `CHF 99.50`: no decimals when whole. Parses back to the same amount.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let (units, cents) = (self.minor.unsigned_abs() / 100, self.minor.unsigned_abs() % 100);
        write!(f, "{sign}{}{}", self.currency.prefix(), grouped(units))?;
        if cents > 0 { write!(f, ".{cents:02}") } else { Ok(()) }
    }
}

fn grouped(units: u64) -> String {
    let digits = units.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn myr() -> Currency {
        "MYR".parse().unwrap()
    }

    #[test]
    fn reads_what_people_type() {
        for (text, printed) in [
            ("12k", "RM 12,000"),
            ("RM 12,500", "RM 12,500"),
            ("rm12500", "RM 12,500"),
            ("€1.2m", "€1,200,000"),
            ("12500.50", "RM 12,500.50"),
            ("12500,5", "RM 12,500.50"),
            ("USD 3bn", "$3,000,000,000"),
            ("$12,500", "$12,500"),
            ("S$ 1,200.5", "S$1,200.50"),
            ("12.5k usd", "$12,500"),
            ("1.234.567", "RM 1,234,567"),
            ("1.234,50 €", "€1,234.50"),
            ("12 500", "RM 12,500"),
            ("CHF 1'234'567.25", "CHF 1,234,567.25"),
            ("1.125m", "RM 1,125,000"),
            ("Rp 500.000", "Rp 500,000"),
            ("1,5 juta idr", "Rp 1,500,000"),
            ("¥1200", "¥1,200"),
            ("2 million", "RM 2,000,000"),
            ("0", "RM 0"),
        ] {
            assert_eq!(Money::parse(text, myr()).map(|m| m.to_string()), Ok(printed.to_owned()), "{text}");
        }
    }

    #[test]
    fn refuses_with_a_reason() {
        for text in [
            "",
            "lots",
            "k",
            "RM",
            "12x",
            "12,50,000",
            "1,2345",
            "12.5.1",
            "1..2",
            "1,",
            ".5",
            "12 50",
            "12k k",
        ] {
            let said = Money::parse(text, myr());
            assert!(matches!(said, Err(MoneyError::Unreadable(_))), "{text}: {said:?}");
        }
        assert!(matches!(Money::parse("1.234", myr()), Err(MoneyError::Ambiguous { .. })));
        assert!(matches!(Money::parse("1,500k", myr()), Err(MoneyError::Ambiguous { .. })));
        assert_eq!(Money::parse("-5", myr()), Err(MoneyError::Negative));
        assert_eq!(Money::parse("RM -5k", myr()), Err(MoneyError::Negative));
        assert_eq!(Money::parse("99999999999999999999999", myr()), Err(MoneyError::TooLarge));
        assert_eq!(Money::parse("99999bn", myr()), Err(MoneyError::TooLarge));
        assert_eq!(Money::parse("USD 5 EUR", myr()), Err(MoneyError::TwoCurrencies));
        assert_eq!(Money::parse("12 XQZ", myr()), Err(MoneyError::UnknownCurrency("XQZ".into())));
        assert_eq!(Money::parse("0.001k", myr()).map(|m| m.minor), Ok(100));
        assert_eq!(Money::parse("0.000001k", myr()), Err(MoneyError::TooFine));
        assert_eq!(
            Money::parse("1.234", myr()).unwrap_err().to_string(),
            "\"1.234\" can be read in two ways: write 1,234 or 1.23."
        );
    }

    #[test]
    fn compares_within_one_currency() {
        let (ringgit, dollar) = (Money { minor: 5, currency: myr() }, Money::parse("$1", myr()).unwrap());
        assert_eq!(ringgit.checked_cmp(&dollar), None);
        assert_eq!(ringgit.checked_add(&dollar), None);
        assert_eq!(ringgit.checked_cmp(&Money { minor: 4, ..ringgit }), Some(Ordering::Greater));
        assert_eq!(ringgit.checked_add(&Money { minor: i64::MAX, ..ringgit }), None);
    }

    #[test]
    fn is_readable_in_json() {
        let json = r#"{"minor":1250000,"currency":"MYR"}"#;
        let money: Money = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&money).unwrap(), json);
        assert!(serde_json::from_str::<Money>(r#"{"minor":1,"currency":"Ringgit"}"#).is_err());
    }

    proptest! {
        #[test]
        fn prints_what_it_reads(minor in 0..=Money::MAX_MINOR, code in prop::sample::select(vec!["MYR", "IDR", "USD", "CHF", "JPY"])) {
            let money = Money { minor, currency: code.parse().unwrap() };
            prop_assert_eq!(Money::parse(&money.to_string(), myr()), Ok(money));
        }

        #[test]
        fn never_panics(text in "[0-9.,' kmbRM$€-]{0,20}|.{0,20}") {
            let _ = Money::parse(&text, myr());
        }
    }
}
