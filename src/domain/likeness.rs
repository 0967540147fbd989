//! By what the same person or company is recognised (ruling 15): e-mail, phone, or name and company, however they are
//! written. A likeness is shown, never acted on: two people may share a telephone.

use super::accounts;
use super::field::Contact;
use super::record::Record;

/// So many last digits of a telephone number count: with a country code or without, it is the same one.
const DIGITS: usize = 9;
/// Shorter ones are extensions.
const FEWEST_DIGITS: usize = 6;

/// The keys by which a record may be taken for another: none where it is merged or erased.
pub fn keys(record: &Record) -> Vec<String> {
    if record.ended.is_some() { Vec::new() } else { all(&record.contact) }
}

/// The keys by which somebody may be taken for another: e-mail, phone, name with company.
pub fn of_contact(contact: &Contact) -> Vec<String> {
    all(contact).into_iter().filter(|key| !key.starts_with("c:")).collect()
}

/// The key of a company; `None` where it has no name.
pub fn company(name: &str) -> Option<String> {
    let key = accounts::key(name);
    (!key.is_empty()).then(|| format!("c:{key}"))
}

fn all(contact: &Contact) -> Vec<String> {
    let email = contact.email.as_deref().map(|email| email.trim().to_lowercase()).filter(|e| e.contains('@'));
    let phone = contact.phone.as_deref().and_then(digits);
    let company = contact.company.as_deref().and_then(company);
    let name = words(&contact.name);
    let both = company.as_deref().filter(|_| !name.is_empty()).map(|company| format!("n:{name}|{company}"));
    [email.map(|e| format!("e:{e}")), phone.map(|p| format!("p:{p}")), both, company]
        .into_iter()
        .flatten()
        .collect()
}

/// The digits that count.
fn digits(phone: &str) -> Option<String> {
    let all: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    // A zero in front stands for the country code.
    let bare: Vec<char> = all.iter().copied().skip_while(|digit| *digit == '0').collect();
    let last = bare.len().saturating_sub(DIGITS);
    (bare.len() >= FEWEST_DIGITS).then(|| bare[last..].iter().collect())
}

/// Letters and digits in lower case, words apart by one space.
fn words(name: &str) -> String {
    let lower = name.to_lowercase();
    let words: Vec<_> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(name: &str, company: &str, email: &str, phone: &str) -> Contact {
        let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
        Contact { name: name.to_owned(), company: some(company), email: some(email), phone: some(phone) }
    }

    fn alike(one: &Contact, other: &Contact) -> bool {
        let other = of_contact(other);
        of_contact(one).iter().any(|key| other.contains(key))
    }

    /// Ruling 15
    #[test]
    fn the_same_person_is_recognised_however_they_are_written() {
        let jane = contact("Jane Doe", "Acme Ltd.", "Jane@Acme.com", "+60 12-345 6789");
        for same in [
            contact("J. D.", "", "jane@acme.com", ""),
            contact("J. D.", "", "", "012 345 6789"),
            contact("J. D.", "", "", "0060123456789"),
            contact("jane  doe", "ACME", "", ""),
            contact("Jane-Doe", "Acme, Inc.", "other@mail.com", ""),
        ] {
            assert!(alike(&jane, &same), "{same:?}");
        }
        for other in [
            contact("Jane Doe", "", "", ""),
            contact("Jane Doe", "Globex", "", ""),
            contact("John Doe", "Acme", "john@acme.com", "+60 12 345 6788"),
            contact("", "Acme", "", "6789"),
        ] {
            assert!(!alike(&jane, &other), "{other:?}");
        }
    }

    #[test]
    fn a_company_is_a_key_of_its_own() {
        assert_eq!(company("Acme Sdn. Bhd."), Some("c:acme".to_owned()));
        assert_eq!(company("  "), None);
        assert_eq!(of_contact(&contact("", "Acme", "", "")), Vec::<String>::new());
    }
}
