//! What a message says about a person, guessed: for a form that is filled in already and that a person looks over.
//! Nothing is ever stored on a guess alone.

use regex::Regex;
use std::sync::LazyLock;

use super::contact::{parse_email, parse_phone};

/// What could be found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guess {
    /// A person's name.
    pub name: Option<String>,
    /// Their company.
    pub company: Option<String>,
    /// An e-mail address, tidied.
    pub email: Option<String>,
    /// A telephone number, tidied.
    pub phone: Option<String>,
}

/// Longer names are sentences.
const NAME: usize = 60;
/// Addresses at these say nothing about a company.
const PRIVATE_MAIL: [&str; 14] = [
    "gmail",
    "googlemail",
    "outlook",
    "hotmail",
    "live",
    "msn",
    "yahoo",
    "ymail",
    "icloud",
    "me",
    "aol",
    "proton",
    "protonmail",
    "gmx",
];

/// Looks through a text: lines such as `Company: Acme`, sentences such as "I'm Jane Doe from Acme", an address, a
/// number.
pub fn guess(text: &str) -> Guess {
    let email = text
        .split(|c: char| c.is_whitespace() || "<>()[]\"',;|".contains(c))
        .filter(|word| word.contains('@'))
        .find_map(|word| parse_email(word.trim_end_matches(['.', '!', '?', ':'])).ok());
    let labelled = |labels: &[&str]| {
        text.lines().find_map(|line| {
            let (label, value) = line.split_once(':')?;
            let label = label.trim().trim_matches(['*', '_', '-', '•', ' ']).to_lowercase();
            let value = value.trim().trim_matches(['*', '_', ' ']);
            (labels.contains(&label.as_str()) && !value.is_empty()).then(|| value.to_owned())
        })
    };
    let (said_name, said_company) = introduced(text);
    let name = labelled(&["name", "full name", "contact", "contact name", "from"])
        .map(|name| name.split(['<', '(']).next().unwrap_or_default().trim().to_owned())
        .filter(|name| !name.is_empty() && !name.contains('@') && name.chars().count() <= NAME)
        .or(said_name)
        .or_else(|| email.as_deref().and_then(name_in));
    let company = labelled(&["company", "company name", "organisation", "organization", "business"])
        .or(said_company)
        .or_else(|| email.as_deref().and_then(company_in));
    Guess { name, company, phone: phone(text), email }
}

/// "I'm Jane Doe from Acme Ltd", "this is Jane Doe at Acme": names begin with capitals.
fn introduced(text: &str) -> (Option<String>, Option<String>) {
    static SAID: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let name = r"\p{Lu}[\p{L}'’\-]*";
        // A full stop ends a company, as it ends a sentence.
        let company = r"[\p{Lu}\d&][\p{L}\d&'’\-]*";
        let pattern = format!(
            r"\b(?i:i['’]?m|i am|my name is|this is|nama saya|saya)\s+({name}(?: {name}){{0,3}})(?:,? (?i:from|at|of|with|dari) ({company}(?: {company}){{0,4}}))?"
        );
        Regex::new(&pattern).ok()
    });
    let Some(found) = SAID.as_ref().and_then(|said| said.captures(text)) else { return (None, None) };
    let part = |n: usize| {
        let text = found.get(n)?.as_str().trim_end_matches(['.', ',', '-', '\'', '’']);
        (!text.is_empty()).then(|| text.to_owned())
    };
    (part(1), part(2))
}

/// `jane.doe@…` is Jane Doe; `info@…` is nobody.
fn name_in(email: &str) -> Option<String> {
    let (local, _) = email.split_once('@')?;
    let local = local.split('+').next()?;
    let words: Vec<&str> = local.split(['.', '_', '-']).filter(|w| !w.is_empty()).collect();
    let plain = words.iter().all(|w| w.chars().all(char::is_alphabetic) && w.chars().count() > 1);
    (words.len() >= 2 && plain).then(|| words.iter().map(|w| capital(w)).collect::<Vec<_>>().join(" "))
}

/// `…@acme-labs.co.uk` is of Acme Labs, unless the address is a private one.
fn company_in(email: &str) -> Option<String> {
    let (_, domain) = email.split_once('@')?;
    let labels: Vec<&str> = domain.split('.').collect();
    // Endings of two labels, such as `co.uk` and `com.my`.
    let short =
        labels.len() >= 3 && labels[labels.len() - 2].len() <= 3 && labels[labels.len() - 1].len() == 2;
    let name = labels.get(labels.len().checked_sub(if short { 3 } else { 2 })?)?;
    (!PRIVATE_MAIL.contains(name)).then(|| name.split('-').map(capital).collect::<Vec<_>>().join(" "))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The first run of digits that is a telephone number: with a plus, or of nine digits at least, so that amounts and
/// dates are none.
fn phone(text: &str) -> Option<String> {
    static NUMBER: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\+?\(?\d[\d \-./()]{5,22}\d").ok());
    NUMBER.as_ref()?.find_iter(text).find_map(|found| {
        let phone = parse_phone(found.as_str()).ok()?;
        let date = found.as_str().matches(['-', '/', '.']).count() == 2 && phone.digits.len() == 8;
        ((phone.display.starts_with('+') || phone.digits.len() >= 9) && !date).then_some(phone.display)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> [String; 4] {
        let Guess { name, company, email, phone } = guess(text);
        [name, company, email, phone].map(Option::unwrap_or_default)
    }

    #[test]
    fn what_a_message_says_about_a_person_is_found() {
        for (text, expected) in [
            (
                "Hi! I'm Jane Doe from Acme Ltd. Reach me at jane@acme.com or +60 12-345 6789.",
                ["Jane Doe", "Acme Ltd", "jane@acme.com", "+60 12 345 6789"],
            ),
            (
                "New enquiry\n**Name:** Siti binti Ali\nCompany: Kedai Kopi\nEmail: siti@gmail.com\nPhone: 012-345 6789",
                ["Siti binti Ali", "Kedai Kopi", "siti@gmail.com", "012 345 6789"],
            ),
            (
                "ping jane.doe+web@acme-labs.co.uk",
                ["Jane Doe", "Acme Labs", "jane.doe+web@acme-labs.co.uk", ""],
            ),
            ("write to info@globex.com", ["", "Globex", "info@globex.com", ""]),
            ("budget 12,500 by 2026-12-01, order 123456", ["", "", "", ""]),
            ("", ["", "", "", ""]),
        ] {
            assert_eq!(found(text), expected.map(str::to_owned), "{text}");
        }
    }

    proptest! {
        /// R9: any text may stand in a message.
        #[test]
        fn hostile_messages_are_only_looked_through(text in ".{0,200}|[I'm @.+0-9a-zA-Z:\n]{0,200}") {
            let found = guess(&text);
            if let Some(phone) = &found.phone {
                prop_assert!(parse_phone(phone).is_ok());
            }
            if let Some(email) = &found.email {
                prop_assert!(parse_email(email).is_ok());
            }
        }
    }
}
