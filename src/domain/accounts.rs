//! The account list (D37): which companies are enterprises, and who looks after each. Set as text, such as
//! `500, Acme Ltd=@ana, Globex=@ben`: a company-size limit, and companies with their owners.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ids::PersonId;
use super::record::Record;
use super::workspace::Thresholds;

/// One company of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its name as the admin wrote it.
    pub name: String,
    /// Who looks after it.
    pub owner: PersonId,
}

/// What the text of the setting says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enterprise {
    /// From so many people on, a company is an enterprise.
    pub size: Option<u32>,
    /// The account list.
    pub accounts: BTreeMap<String, Account>,
}

/// Why the text cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// An entry is neither a number nor `Company=@person`.
    Entry(String),
    /// Nobody is called so.
    NoSuchPerson {
        /// The entry's company.
        company: String,
        /// As typed.
        typed: String,
    },
    /// The same company stands there twice.
    Twice(String),
    /// There are two limits.
    TwoLimits,
}

/// By what a company is found, however it is written: letters and digits in lower case, without what follows a name in
/// law (`Acme, Ltd.` is `acme`).
pub fn key(company: &str) -> String {
    const LEGAL: [&str; 18] = [
        "ab",
        "ag",
        "bhd",
        "bv",
        "co",
        "corp",
        "corporation",
        "gmbh",
        "inc",
        "incorporated",
        "limited",
        "llc",
        "llp",
        "ltd",
        "nv",
        "plc",
        "pte",
        "sdn",
    ];
    let lower = company.to_lowercase().replace('.', "");
    let mut words: Vec<_> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    while words.len() > 1 && words.last().is_some_and(|word| LEGAL.contains(word)) {
        words.pop();
    }
    words.join(" ")
}

/// Reads the setting. Entries stand apart by commas, semicolons or line ends, so that a file of lines reads as well;
/// `none` empties it. `person` finds who is meant by `@ana`, `<@42>` or a name.
///
/// # Errors
/// The first entry that cannot be read.
pub fn parse(text: &str, person: impl Fn(&str) -> Option<PersonId>) -> Result<Enterprise, Unreadable> {
    let mut read = Enterprise::default();
    if text.trim().eq_ignore_ascii_case("none") {
        return Ok(read);
    }
    for entry in entries(text) {
        match entry.rsplit_once('=') {
            None => {
                let digits: String = entry.chars().filter(|c| !matches!(c, ' ' | '_' | '+')).collect();
                let size = digits.parse().map_err(|_| Unreadable::Entry(entry.to_owned()))?;
                if read.size.replace(size).is_some() {
                    return Err(Unreadable::TwoLimits);
                }
            }
            Some((company, typed)) => {
                let (company, typed) = (company.trim().trim_matches('"').trim(), typed.trim());
                if company.is_empty() || key(company).is_empty() {
                    return Err(Unreadable::Entry(entry.to_owned()));
                }
                let owner = person(typed).ok_or_else(|| Unreadable::NoSuchPerson {
                    company: company.to_owned(),
                    typed: typed.to_owned(),
                })?;
                let account = Account { name: company.to_owned(), owner };
                if read.accounts.insert(key(company), account).is_some() {
                    return Err(Unreadable::Twice(company.to_owned()));
                }
            }
        }
    }
    Ok(read)
}

/// The text cut into entries. A comma cuts only where the entry before it is whole (a number, or has its `=`), so that
/// `Acme, Inc.=@ana` is one entry.
fn entries(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in text.split(['\n', '\r', ';']) {
        let mut start = 0;
        for (at, _) in line.match_indices(',') {
            let entry = line[start..at].trim();
            if entry.is_empty() || entry.contains('=') || entry.parse::<u32>().is_ok() {
                found.push(entry);
                start = at + 1;
            }
        }
        found.push(line[start..].trim());
    }
    found.retain(|entry| !entry.is_empty());
    found
}

impl Thresholds {
    /// Who looks after the record's company, where it is on the account list (D37).
    pub fn account_of(&self, record: &Record) -> Option<&Account> {
        self.accounts.get(&key(record.contact.company.as_deref()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(typed: &str) -> Option<PersonId> {
        match typed {
            "@ana" | "<@1>" => Some(PersonId(1)),
            "@ben" => Some(PersonId(2)),
            _ => None,
        }
    }

    #[test]
    fn a_company_is_found_however_it_is_written() {
        for written in ["Acme Ltd", "ACME, Ltd.", " acme ", "Acme Co. Ltd", "Acme L.L.C."] {
            assert_eq!(key(written), "acme", "{written}");
        }
        assert_eq!(key("Ltd"), "ltd");
        assert_eq!(key("Société Générale"), "société générale");
        assert_ne!(key("Acme Foods"), key("Acme"));
    }

    /// D37
    #[test]
    fn the_setting_is_read() {
        let read = parse("500, Acme, Inc.=@ana; Globex = @ben\nInitech=<@1>", person).unwrap();
        assert_eq!(read.size, Some(500));
        let owners: Vec<_> = read.accounts.iter().map(|(k, a)| (k.as_str(), a.owner.0)).collect();
        assert_eq!(owners, [("acme", 1), ("globex", 2), ("initech", 1)]);
        assert_eq!(parse("none", person), Ok(Enterprise::default()));
        assert_eq!(parse("Acme=@ana", person).unwrap().size, None);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let refused = |text: &str| parse(text, person).unwrap_err();
        assert_eq!(refused("Acme"), Unreadable::Entry("Acme".to_owned()));
        assert_eq!(refused("=@ana"), Unreadable::Entry("=@ana".to_owned()));
        assert_eq!(refused("-5"), Unreadable::Entry("-5".to_owned()));
        assert_eq!(
            refused("Acme=@zoe"),
            Unreadable::NoSuchPerson { company: "Acme".to_owned(), typed: "@zoe".to_owned() }
        );
        assert_eq!(refused("Acme=@ana, ACME Ltd=@ben"), Unreadable::Twice("ACME Ltd".to_owned()));
        assert_eq!(refused("5, 6"), Unreadable::TwoLimits);
    }
}
