//! Currencies by their ISO 4217 codes, and the symbols by which people write the common ones.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::MoneyError;

/// An ISO 4217 currency. Serialised as its three letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// ISO 4217's active national currencies.
const CODES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN \
     BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF \
     GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR \
     LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK \
     PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT \
     TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

/// Symbols in which one currency is meant, as printed. A longer symbol stands before one that it contains.
const SYMBOLS: [(&str, &str); 16] = [
    ("RM ", "MYR"),
    ("Rp ", "IDR"),
    ("S$", "SGD"),
    ("A$", "AUD"),
    ("C$", "CAD"),
    ("HK$", "HKD"),
    ("NZ$", "NZD"),
    ("NT$", "TWD"),
    ("R$", "BRL"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₹", "INR"),
    ("฿", "THB"),
    ("₱", "PHP"),
];

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");
    /// Malaysian ringgit.
    pub const MYR: Self = Self(*b"MYR");

    /// The three letters, upper case.
    pub fn as_str(&self) -> &str {
        // Only ASCII letters get in.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// The code or symbol that stands for exactly one currency, in any case: `usd`, `RM`, `$`.
    pub(super) fn named(word: &str) -> Option<Self> {
        let symbol =
            SYMBOLS.iter().find(|(symbol, _)| symbol.trim_end().to_lowercase() == word.to_lowercase());
        word.parse().or_else(|e| symbol.map_or(Err(e), |(_, code)| code.parse())).ok()
    }

    /// What is printed before an amount.
    pub(super) fn prefix(self) -> String {
        let symbol = SYMBOLS.iter().find(|(_, code)| *code == self.as_str());
        symbol.map_or_else(|| format!("{self} "), |(symbol, _)| (*symbol).to_owned())
    }

    /// Whether amounts are in practice whole, so that `500.000` can only mean thousands.
    pub(super) fn has_no_decimals(self) -> bool {
        matches!(self.as_str(), "IDR" | "VND" | "KRW" | "JPY")
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let upper = text.trim().to_ascii_uppercase();
        let unknown = || MoneyError::UnknownCurrency(upper.chars().take(20).collect());
        let code: [u8; 3] = upper.as_bytes().try_into().map_err(|_| unknown())?;
        if CODES.split_whitespace().any(|known| known.as_bytes() == code) {
            Ok(Self(code))
        } else {
            Err(unknown())
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_and_codes_name_currencies() {
        for (_, code) in SYMBOLS {
            assert!(code.parse::<Currency>().is_ok(), "{code}");
        }
        assert_eq!(Currency::named("rm"), Some(Currency::MYR));
        assert_eq!(Currency::named("usd"), Some(Currency::USD));
        assert_eq!(Currency::named("dollars"), None);
        assert!("US".parse::<Currency>().is_err() && "€".parse::<Currency>().is_err());
    }
}
