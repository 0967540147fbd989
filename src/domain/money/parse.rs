//! From what people type to [`Money`]: a currency before or after, one number, one multiplier.

use super::{Currency, Money};

/// Why a text is not an amount of money: one sentence for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// No reading at all.
    #[error("\"{0}\" is not an amount I can read: write it like 12k, RM 12,500 or €1.2m.")]
    Unreadable(String),
    /// A separator that could mark thousands or decimals.
    #[error("\"{text}\" can be read in two ways: write {one} or {other}.")]
    Ambiguous {
        /// What was typed.
        text: String,
        /// One reading, written clearly.
        one: String,
        /// The other.
        other: String,
    },
    /// Amounts are at least nought.
    #[error("An amount is not negative: write it like 12k.")]
    Negative,
    /// Over [`Money::MAX_MINOR`].
    #[error("That is over ten trillion: write a smaller amount, like 1.2m.")]
    TooLarge,
    /// A part of a hundredth.
    #[error("An amount has at most two decimals: write it like 12,500.50.")]
    TooFine,
    /// Not in ISO 4217.
    #[error("\"{0}\" is not a currency I know: use its three letters, like USD or MYR.")]
    UnknownCurrency(String),
    /// Two different currencies are named.
    #[error("Two currencies are named: write one, like USD 12,500.")]
    TwoCurrencies,
}

pub(super) fn money(text: &str, default: Currency) -> Result<Money, MoneyError> {
    let typed = text.trim();
    let unreadable = || MoneyError::Unreadable(clip(typed));
    let first = typed.find(|c: char| c.is_ascii_digit()).ok_or_else(unreadable)?;
    let last = typed.rfind(|c: char| c.is_ascii_digit()).ok_or_else(unreadable)?;
    let (before, number, after) = (&typed[..first], &typed[first..=last], typed[last + 1..].trim());
    let before = before.trim();
    if before.contains(['-', '−']) {
        return Err(MoneyError::Negative);
    }
    let mut named = Vec::new();
    if !before.is_empty() {
        named.push(currency(before).ok_or_else(unreadable)??);
    }
    let (zeros, after) = multiplier(after);
    if !after.is_empty() {
        named.push(currency(after).ok_or_else(unreadable)??);
    }
    if named.len() == 2 && named[0] != named[1] {
        return Err(MoneyError::TwoCurrencies);
    }
    let currency = named.first().copied().unwrap_or(default);
    let (units, decimals) =
        read(number, zeros > 0, currency.has_no_decimals()).map_err(|fault| match fault {
            Fault::Unreadable => unreadable(),
            Fault::Ambiguous(separator) => ambiguous(typed, number, separator),
        })?;
    Ok(Money { minor: scaled(&units, &decimals, zeros + 2)?, currency })
}

/// The currency that a word names. `None` if it cannot be one, an error if it only looks like one.
fn currency(word: &str) -> Option<Result<Currency, MoneyError>> {
    let looks = word.chars().count() == 3 && word.chars().all(|c| c.is_ascii_alphabetic());
    let unknown = || MoneyError::UnknownCurrency(word.to_ascii_uppercase());
    Currency::named(word).map(Ok).or_else(|| looks.then(|| Err(unknown())))
}

/// The zeros that a leading multiplier word adds, and what follows it.
fn multiplier(after: &str) -> (usize, &str) {
    let end = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
    let (word, rest) = after.split_at(end);
    let zeros = match word.to_lowercase().as_str() {
        "k" | "thousand" | "rb" | "ribu" => 3,
        "m" | "mn" | "mio" | "mil" | "million" | "jt" | "juta" => 6,
        "b" | "bn" | "billion" => 9,
        _ => return (0, after),
    };
    (zeros, rest.trim())
}

enum Fault {
    Unreadable,
    Ambiguous(char),
}

/// Digits before and after the decimal mark.
fn read(number: &str, multiplied: bool, whole_only: bool) -> Result<(String, String), Fault> {
    let spaced = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’' | '_');
    // The decimal mark is the last point or comma, if it stands once.
    let mark = number.rfind(['.', ',']);
    let kinds = (number.contains('.'), number.contains(','));
    let mut split = None;
    if let Some(at) = mark {
        let separator = if number[at..].starts_with('.') { '.' } else { ',' };
        let decimals = &number[at + 1..];
        let once = number.matches(separator).count() == 1;
        let plain = !number.contains(spaced);
        if !decimals.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Fault::Unreadable);
        }
        let three = decimals.len() == 3 && plain && at <= 3 && kinds != (true, true);
        if three && once && separator == '.' && !multiplied && !whole_only {
            return Err(Fault::Ambiguous(separator));
        }
        if three && once && separator == ',' && multiplied {
            return Err(Fault::Ambiguous(separator));
        }
        let thousands = three && once && !(separator == '.' && multiplied);
        if once && !thousands {
            if decimals.len() > 2 && !(multiplied && separator == '.') {
                return Err(Fault::Unreadable);
            }
            split = Some((&number[..at], decimals));
        }
    }
    let (units, decimals) = split.unwrap_or((number, ""));
    let groups: Vec<&str> = units.split(|c: char| c == '.' || c == ',' || spaced(c)).collect();
    let separators = units.chars().filter(|c| !c.is_ascii_digit());
    let same = separators.clone().all(|c| Some(c) == separators.clone().next());
    let digits = |group: &&str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let sized =
        groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
    // A decimal mark must differ from the mark of thousands, which `once` above has made sure of.
    if same && sized && groups.iter().all(digits) {
        Ok((groups.concat(), decimals.to_owned()))
    } else {
        Err(Fault::Unreadable)
    }
}

/// `units.decimals` times 10 to the power of `zeros`, as an integer.
fn scaled(units: &str, decimals: &str, zeros: usize) -> Result<i64, MoneyError> {
    let decimals = decimals.trim_end_matches('0');
    let missing = zeros.checked_sub(decimals.len()).ok_or(MoneyError::TooFine)?;
    let digits = format!("{units}{decimals}{}", "0".repeat(missing));
    let minor = digits.parse::<i64>().map_err(|_| MoneyError::TooLarge)?;
    if minor > Money::MAX_MINOR { Err(MoneyError::TooLarge) } else { Ok(minor) }
}

fn ambiguous(typed: &str, number: &str, separator: char) -> MoneyError {
    let (units, decimals) = number.split_once(separator).unwrap_or((number, ""));
    let (one, other) = if separator == '.' {
        (format!("{units},{decimals}"), format!("{units}.{}", decimals.get(..2).unwrap_or(decimals)))
    } else {
        // With a multiplier: 1,500k.
        let word: String = typed.chars().rev().take_while(|c| c.is_alphabetic()).collect();
        let word: String = word.chars().rev().collect();
        (format!("{units}.{decimals}{word}"), format!("{units}{decimals}{word}"))
    };
    MoneyError::Ambiguous { text: clip(typed), one, other }
}

fn clip(text: &str) -> String {
    text.chars().take(60).collect()
}
