//! E-mail addresses and phone numbers, tidied so that the same one is recognised again (ruling 15).

use super::clip;

/// A phone number as a person reads it and as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// As typed, with single spaces between its groups: `+60 12 345 6789`.
    pub display: String,
    /// Digits only, without the plus: `60123456789`.
    pub digits: String,
}

/// Checks that a text is one plausible address, and lower-cases its domain. Accepts `mailto:` and `<…>` around
/// it. That it can be delivered to is not checked.
pub fn parse_email(text: &str) -> Result<String, String> {
    let bare = text.trim().trim_start_matches('<').trim_end_matches('>').trim();
    let bare = bare.strip_prefix("mailto:").unwrap_or(bare);
    let plausible = bare.rsplit_once('@').filter(|(local, domain)| {
        let label = |part: &str| {
            !part.is_empty()
                && part.len() <= 63
                && !part.starts_with('-')
                && !part.ends_with('-')
                && part.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let odd = |c: char| c.is_whitespace() || c.is_control() || "()<>[]\\,;:\"@".contains(c);
        let top = domain.rsplit('.').next().unwrap_or_default();
        bare.len() <= 254
            && (1..=64).contains(&local.len())
            && !local.contains(odd)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && domain.contains('.')
            && domain.split('.').all(label)
            && top.chars().count() >= 2
            && !top.bytes().all(|b| b.is_ascii_digit())
    });
    plausible
        .map(|(local, domain)| format!("{local}@{}", domain.to_lowercase()))
        .ok_or_else(|| format!("\"{}\" is not an e-mail address: write it like ana@acme.com.", clip(text)))
}

/// Reads a number of 6 to 15 digits with spaces, dots, dashes, slashes or brackets between its groups. `00` in front
/// becomes `+`, and an international number loses its `(0)`. A number without a country code is kept as typed, since
/// the country is not known.
pub fn parse_phone(text: &str) -> Result<Phone, String> {
    let refused = || format!("\"{}\" is not a phone number: write it like +60 12 345 6789.", clip(text));
    let bare = text.trim();
    let bare = bare.strip_prefix("tel:").unwrap_or(bare).trim_start();
    let bare = bare
        .strip_prefix("(+")
        .map_or_else(|| bare.to_owned(), |rest| format!("+{}", rest.replacen(')', " ", 1)));
    let (international, rest) = match (bare.strip_prefix('+'), bare.strip_prefix("00")) {
        (Some(rest), _) | (None, Some(rest)) => (true, rest),
        (None, None) => (false, bare.as_str()),
    };
    let rest = if international { rest.replacen("(0)", " ", 1) } else { rest.to_owned() };
    let separator = |c: char| c.is_whitespace() || matches!(c, '-' | '.' | '/' | '(' | ')' | '‑' | '–');
    if !rest.chars().all(|c| c.is_ascii_digit() || separator(c)) {
        return Err(refused());
    }
    let groups: Vec<&str> = rest.split(separator).filter(|group| !group.is_empty()).collect();
    let digits = groups.concat();
    if !(6..=15).contains(&digits.len()) {
        return Err(refused());
    }
    Ok(Phone { display: format!("{}{}", if international { "+" } else { "" }, groups.join(" ")), digits })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_is_tidied_or_refused() {
        assert_eq!(parse_email(" Ana.Lim+x@ACME.Com "), Ok("Ana.Lim+x@acme.com".into()));
        assert_eq!(parse_email("<mailto:ana@acme.co.uk>"), Ok("ana@acme.co.uk".into()));
        assert_eq!(parse_email("josé@büro.de"), Ok("josé@büro.de".into()));
        for text in [
            "",
            "ana",
            "ana@",
            "@acme.com",
            "ana@acme",
            "ana lim@acme.com",
            "a@b@acme.com",
            "ana@acme..com",
            "ana@-a.com",
        ] {
            assert!(parse_email(text).unwrap_err().contains("ana@acme.com."), "{text}");
        }
        assert!(parse_email("ana@10.0.0.1").is_err() && parse_email("a..b@acme.com").is_err());
    }

    #[test]
    fn a_number_is_tidied_or_refused() {
        for (text, display, digits) in [
            ("+60 12-345 6789", "+60 12 345 6789", "60123456789"),
            ("+60123456789", "+60123456789", "60123456789"),
            ("0060 (12) 345.6789", "+60 12 345 6789", "60123456789"),
            ("+44 (0)20 7946 0958", "+44 20 7946 0958", "442079460958"),
            ("(+60) 3 1234 5678", "+60 3 1234 5678", "60312345678"),
            ("012-345 6789", "012 345 6789", "0123456789"),
            ("(212) 555-0100", "212 555 0100", "2125550100"),
        ] {
            assert_eq!(
                parse_phone(text),
                Ok(Phone { display: display.into(), digits: digits.into() }),
                "{text}"
            );
        }
        for text in ["", "12345", "call me", "+60 12 345 678x", "++60123456789", "1234567890123456"] {
            assert!(parse_phone(text).unwrap_err().contains("+60 12 345 6789"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[+()0-9 .@a-z-]{0,30}|.{0,30}") {
            if let Ok(phone) = parse_phone(&text) {
                prop_assert_eq!(parse_phone(&phone.display), Ok(phone));
            }
            if let Ok(email) = parse_email(&text) {
                prop_assert_eq!(parse_email(&email), Ok(email.clone()));
            }
        }
    }
}
