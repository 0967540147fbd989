//! What the bot says, platform-neutral: meaning, never a platform's widget. An adapter lays it out within its
//! platform's limits (it cuts over-long text with an ellipsis, escapes text from people, and mentions nobody
//! but [`Message::mentions`]).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::action::Action;
use crate::domain::ids::{ChannelId, PersonId, RoleId};

/// A message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// How it should strike the reader; an adapter may show a colour.
    pub severity: Severity,
    /// The headline.
    pub title: Option<Text>,
    /// Paragraphs and lines, one each.
    pub lines: Vec<Text>,
    /// Label and value pairs.
    pub facts: Vec<Fact>,
    /// Small print.
    pub footer: Option<String>,
    /// Buttons, in rows as the adapter sees fit (at most 20 are used).
    pub buttons: Vec<Button>,
    /// Pick lists, below the buttons (at most 4 are used).
    pub choices: Vec<Choices>,
    /// A picture.
    pub image: Option<Image>,
    /// Attached files, at most [`FILES`] (one fewer beside a picture) of [`FILE_BYTES`] each; what is too many or
    /// too large is left out, and the message says so. An edit takes away what stood there before, but where
    /// [`Message::keeps_files`] says otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
    /// As an edit, it leaves the files and the picture that are on the message, and adds its own to them: for
    /// progress that goes on after a file was handed over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keeps_files: bool,
    /// The people whom it may notify; nobody else is ever pinged.
    pub mentions: Vec<PersonId>,
}

/// The most files that a message carries: what Discord takes.
pub const FILES: usize = 10;
/// The most bytes of one file: 10 MB, which every Discord server takes.
pub const FILE_BYTES: usize = 10 * 1024 * 1024;
/// The most bytes of all files of a message together: what Discord takes in one request, and room for the rest.
pub const ALL_FILES_BYTES: usize = 24 * 1024 * 1024;

/// How a message should strike the reader.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A fact.
    #[default]
    Info,
    /// Something went well.
    Good,
    /// It needs attention soon.
    Warning,
    /// It is too late, or wrong.
    Bad,
    /// Over and done; shown faded.
    Closed,
}

/// A label and a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// The label.
    pub label: String,
    /// The value; never empty.
    pub value: Text,
    /// It is short, so that several fit beside each other.
    pub short: bool,
}

/// Text as a small tree, because platforms write people, times and links differently.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub Vec<Span>);

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// As it is; anything in it that a platform would read as mark-up or a mention is escaped.
    Plain(String),
    /// Bold.
    Strong(String),
    /// Slanted.
    Soft(String),
    /// Monospaced: commands to type.
    Code(String),
    /// A text to copy, as it is, its line breaks kept.
    Block(String),
    /// A person, shown by name; notified only if among [`Message::mentions`].
    Person(PersonId),
    /// A channel.
    Channel(ChannelId),
    /// A platform role; nobody is notified.
    Role(RoleId),
    /// An instant, shown in each reader's own zone.
    Instant(DateTime<Utc>, When),
    /// A link.
    Link {
        /// What is shown.
        label: String,
        /// Where it leads.
        url: String,
    },
}

/// How an instant is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// "in 2 hours".
    Relative,
    /// "1 December 2026 14:30".
    DateTime,
    /// "1 December 2026".
    Date,
    /// "14:30".
    Time,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Button {
    /// What it does.
    pub action: Action,
    /// What it says; at most 80 characters are shown.
    pub label: String,
    /// How it stands out.
    pub emphasis: Emphasis,
    /// One emoji before the label.
    pub emoji: Option<String>,
}

/// How a button stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emphasis {
    /// The likely one.
    Primary,
    /// One of several.
    Plain,
    /// Agreement.
    Good,
    /// Refusal, or something that cannot be taken back.
    Danger,
}

/// A pick list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    /// What picking does.
    pub action: Action,
    /// What it says while nothing is picked.
    pub prompt: String,
    /// What can be picked; at most 25.
    pub options: Vec<Choice>,
}

/// Something to pick, in a list or as an autocompletion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What comes back.
    pub value: String,
    /// What is shown; at most 100 characters.
    pub label: String,
    /// One line below it.
    pub means: Option<String>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// `funnel.png`.
    pub name: String,
    /// PNG bytes.
    pub bytes: Vec<u8>,
    /// What it shows, in words.
    pub alt: String,
}

/// A file to take away: `refused.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name; the ending says what it is.
    pub name: String,
    /// Its content. Stored as text where it is text, so that a waiting message stays small and readable.
    #[serde(with = "content")]
    pub bytes: Vec<u8>,
}

/// How a file's content is stored within a message.
mod content {
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Text(String),
        Bytes(Vec<u8>),
    }

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => to.serialize_str(text),
            Err(_) => to.collect_seq(bytes),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        Ok(match Stored::deserialize(from)? {
            Stored::Text(text) => text.into_bytes(),
            Stored::Bytes(bytes) => bytes,
        })
    }
}

/// A form to fill in: at most five inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// What submitting it does.
    pub action: Action,
    /// At most 45 characters are shown.
    pub title: String,
    /// One to five.
    pub inputs: Vec<Input>,
}

/// One input of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// What comes back with the text; a field id.
    pub id: String,
    /// At most 45 characters are shown.
    pub label: String,
    /// Filled in already.
    pub value: Option<String>,
    /// An example of what to write; at most 100 characters are shown.
    pub placeholder: Option<String>,
    /// Several lines.
    pub long: bool,
    /// It may not be left empty.
    pub required: bool,
}

/// What the person who asked gets, at once.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// Only they see it.
    Private(Message),
    /// Everyone in the channel sees it.
    Public(Message),
    /// A form. Where the platform does not allow one (a form in answer to a form), the adapter shows a private
    /// message with a button that opens it.
    Form(Form),
    /// The message on which they pressed is replaced by this one.
    Update(Message),
}

impl Text {
    /// Plain text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self(vec![Span::Plain(text.into())])
    }

    /// Bold text.
    pub fn strong(text: impl Into<String>) -> Self {
        Self(vec![Span::Strong(text.into())])
    }

    /// The same with its plain pieces in bold.
    #[must_use]
    pub fn bold(self) -> Self {
        let bold = |span| match span {
            Span::Plain(text) => Span::Strong(text),
            other => other,
        };
        Self(self.0.into_iter().map(bold).collect())
    }

    /// Adds plain text.
    pub fn then(mut self, text: impl Into<String>) -> Self {
        self.0.push(Span::Plain(text.into()));
        self
    }

    /// Adds a piece.
    pub fn and(mut self, span: Span) -> Self {
        self.0.push(span);
        self
    }

    /// Adds other text.
    pub fn append(mut self, other: Text) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}

impl Message {
    /// A message of one line.
    pub fn line(text: impl Into<Text>) -> Self {
        Self { lines: vec![text.into()], ..Self::default() }
    }

    /// Its severity.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Its headline.
    pub fn titled(mut self, title: impl Into<Text>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Adds a label and a value, beside others.
    pub fn fact(mut self, label: impl Into<String>, value: impl Into<Text>) -> Self {
        self.facts.push(Fact { label: label.into(), value: value.into(), short: true });
        self
    }

    /// Adds a label and a long value.
    pub fn long_fact(mut self, label: impl Into<String>, value: impl Into<Text>) -> Self {
        self.facts.push(Fact { label: label.into(), value: value.into(), short: false });
        self
    }

    /// Attaches a file.
    pub fn file(mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push(File { name: name.into(), bytes: bytes.into() });
        self
    }

    /// Adds a button.
    pub fn button(mut self, action: Action, label: impl Into<String>, emphasis: Emphasis) -> Self {
        self.buttons.push(Button { action, label: label.into(), emphasis, emoji: None });
        self
    }
}
