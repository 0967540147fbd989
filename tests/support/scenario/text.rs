//! How a line is read.

/// Whether the pieces between `…` occur in this order. What a button says is found only by a piece that names it as one,
/// `[Inactive]`: a status that somebody might choose is not one that the record is in.
pub(super) fn has(text: &str, wanted: &str) -> bool {
    let flat = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = flat(text);
    let said = without_buttons(&text);
    let mut from = 0;
    for piece in wanted.split('…').map(flat).filter(|p| !p.is_empty()) {
        let place = if piece.contains(['[', ']']) { &text } else { &said };
        match place[from..].find(&piece) {
            Some(at) => from += at + piece.len(),
            None => return false,
        }
    }
    true
}

/// The text with as many blanks where buttons stand: every other place stays where it is.
pub(super) fn without_buttons(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((label, after)) = after.split_once(']') else { break };
        said.push_str(before);
        said.push_str(&"\u{1}".repeat(label.len() + 2));
        rest = after;
    }
    said + rest
}

pub(super) fn indent(text: &str) -> String {
    text.lines().map(|l| format!("    {l}")).collect::<Vec<_>>().join("\n")
}

pub(super) fn there(all: &[String]) -> String {
    if all.is_empty() {
        return "nothing is there".to_owned();
    }
    format!("only this is there:\n{}", all.iter().map(|t| indent(t)).collect::<Vec<_>>().join("\n    --\n"))
}

/// `"Approve" in #approvals`: the label and the place.
pub(super) fn quoted(text: &str) -> Result<(String, &str), String> {
    let rest = text.trim().strip_prefix('"').ok_or("a label stands in quotes")?;
    let (label, rest) = rest.split_once('"').ok_or("a label stands in quotes")?;
    let rest = rest.trim();
    Ok((label.to_owned(), rest.strip_prefix("in ").unwrap_or(rest)))
}

/// Words, those in quotes as one.
pub(super) fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or("a quotation mark is not closed")?,
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Ok(words)
}

/// `reason:"not now" note:"call back"`; names with spaces stand in quotes too.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut pairs = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let (key, after) = quoted.split_once('"').ok_or("a quotation mark is not closed")?;
                (key, after.strip_prefix(':').ok_or("a colon follows the name")?)
            }
            None => rest.split_once(':').ok_or("write name:\"text\"")?,
        };
        let quoted = after.strip_prefix('"').ok_or("the text stands in quotes")?;
        let (value, after) = quoted.split_once('"').ok_or("a quotation mark is not closed")?;
        pairs.push((key.trim().to_owned(), value.to_owned()));
        rest = after.trim_start();
    }
    Ok(pairs)
}

/// `lead:L-1 note:"not now"`: a text of one word needs no quotes.
pub(super) fn options(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut options = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, after) = rest.split_once(':').ok_or("write name:text")?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or("a quotation mark is not closed")?,
            None => after.split_once(' ').unwrap_or((after, "")),
        };
        options.push((key.trim().to_owned(), value.to_owned()));
        rest = after.trim_start();
    }
    Ok(options)
}
