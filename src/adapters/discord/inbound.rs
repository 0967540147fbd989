//! What comes in from Discord, turned into the program's own types once, here.
//!
//! **Private conversations.** A button under a direct message comes without a guild: the request's workspace is 0
//! then, and the service takes it from the record, approval or draft that the action names.
//!
//! **Deliberately absent**: commands of the user menu (none is declared).

use std::collections::BTreeMap;

use serenity::model::application::{
    ActionRowComponent, CommandData, CommandDataOption, CommandDataOptionValue, CommandDataResolved,
    CommandInteraction, CommandOptionType, CommandType, ComponentInteractionDataKind, Interaction,
    ModalInteraction,
};
use serenity::model::channel::{Message, MessageFlags};
use serenity::model::guild::Member;
use serenity::model::id::{AttachmentId, GuildId, RoleId as DiscordRole, UserId};
use serenity::model::permissions::Permissions;
use serenity::model::user::User;

use super::marker;
use crate::chat::action::Action;
use crate::chat::intent::{Ask, Call, Input, Menu, Request, Value, Who};
use crate::domain::ids::{ChannelId, PersonId, RoleId, WorkspaceId};

/// The name of this source (R4: an interaction's id is unique within it).
pub const SOURCE: &str = "discord";

/// The workspace of a private conversation.
pub const UNKNOWN_WORKSPACE: WorkspaceId = WorkspaceId(0);

/// An interaction, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// How it is answered.
    pub ticket: Ticket,
    /// What it asks.
    pub asked: Asked,
}

/// What is needed to answer an interaction.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its id.
    pub id: u64,
    /// Its token; a secret for 15 minutes.
    pub token: String,
    /// The application it is for.
    pub application: u64,
    /// Where it was pressed.
    pub from: From,
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ticket").field("id", &self.id).field("from", &self.from).finish_non_exhaustive()
    }
}

/// What an interaction came from; it decides which answers Discord takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// A slash command.
    Command,
    /// A button or a pick list of a message.
    Message {
        /// The outbox row in the `custom_id` that was pressed.
        marker: Option<i64>,
    },
    /// A form.
    Form {
        /// The message whose button opened it, where there is one: its outbox row, where it has one.
        opened_on: Option<Option<i64>>,
    },
}

/// The shapes of what is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// To do something; the files are still to be fetched.
    Do(Request, Vec<Attached>),
    /// To complete what is being typed.
    Complete(Ask, Kind),
    /// Nothing that we know.
    Nothing,
}

/// The kind of a value that is being completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Number,
}

/// A file that stands on Discord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The option it was given for.
    pub option: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Bytes.
    pub size: u32,
}

/// Reads an interaction.
pub fn read(interaction: &Interaction) -> Option<Incoming> {
    let (from, asked) = match interaction {
        Interaction::Command(command) if command.data.kind == CommandType::Message => {
            (From::Command, chosen(command))
        }
        Interaction::Command(command) => (From::Command, called(command)),
        Interaction::Autocomplete(command) => (From::Command, completed(command)),
        Interaction::Component(press) => {
            let values = match &press.data.kind {
                ComponentInteractionDataKind::StringSelect { values } => values.clone(),
                ComponentInteractionDataKind::UserSelect { values } => strings(values),
                ComponentInteractionDataKind::RoleSelect { values } => strings(values),
                ComponentInteractionDataKind::ChannelSelect { values } => strings(values),
                ComponentInteractionDataKind::MentionableSelect { values } => strings(values),
                // Buttons pick nothing; a kind that is newer than this program picks nothing that it knows.
                _ => Vec::new(),
            };
            let input = Input::Press {
                action: Action::decode(&press.data.custom_id),
                values,
                on_private: is_private(&press.message),
            };
            let who = who(press.member.as_ref(), &press.user);
            let marker = marker::of_custom_id(&press.data.custom_id);
            let request = request(interaction, press.channel_id.get(), who, input);
            (From::Message { marker }, Asked::Do(request, Vec::new()))
        }
        Interaction::Modal(form) => {
            let input = Input::Submit { action: Action::decode(&form.data.custom_id), inputs: inputs(form) };
            let who = who(form.member.as_ref(), &form.user);
            let opened_on = form.message.as_deref().map(message_marker);
            let request = request(interaction, form.channel_id.get(), who, input);
            (From::Form { opened_on }, Asked::Do(request, Vec::new()))
        }
        // Pings come over HTTP only; what is newer than this program cannot be answered.
        _ => return None,
    };
    let ticket = Ticket {
        id: interaction.id().get(),
        token: interaction.token().to_owned(),
        application: interaction.application_id().get(),
        from,
    };
    Some(Incoming { ticket, asked })
}

fn called(command: &CommandInteraction) -> Asked {
    let (call, files) = call(&command.data);
    let request = Request {
        source: SOURCE,
        external_id: command.id.to_string(),
        workspace: workspace(command.guild_id),
        channel: ChannelId(command.channel_id.get() as i64),
        who: who(command.member.as_deref(), &command.user),
        input: Input::Call(call),
    };
    Asked::Do(request, files)
}

/// A command of a message's menu.
fn chosen(command: &CommandInteraction) -> Asked {
    let Some(message) = command.data.target_id.and_then(|id| command.data.resolved.messages.get(&id.into()))
    else {
        return Asked::Nothing;
    };
    let author = &message.author;
    let menu = Menu {
        name: command.data.name.clone(),
        text: said(message),
        author: (!author.bot).then(|| (PersonId(author.id.get() as i64), author.display_name().to_owned())),
    };
    let request = Request {
        source: SOURCE,
        external_id: command.id.to_string(),
        workspace: workspace(command.guild_id),
        channel: ChannelId(command.channel_id.get() as i64),
        who: who(command.member.as_deref(), &command.user),
        input: Input::Menu(menu),
    };
    Asked::Do(request, Vec::new())
}

/// Everything that a message says: web forms and other bots write into embeds.
fn said(message: &Message) -> String {
    let mut parts = vec![message.content.clone()];
    for embed in &message.embeds {
        parts.extend(embed.title.clone());
        parts.extend(embed.description.clone());
        parts.extend(embed.fields.iter().map(|field| format!("{}: {}", field.name, field.value)));
    }
    parts.retain(|part| !part.trim().is_empty());
    parts.join("\n")
}

fn completed(command: &CommandInteraction) -> Asked {
    let Some(focus) = command.data.autocomplete() else { return Asked::Nothing };
    let kind = match focus.kind {
        CommandOptionType::Integer => Kind::Number,
        _ => Kind::Text,
    };
    let ask = Ask {
        workspace: workspace(command.guild_id),
        channel: ChannelId(command.channel_id.get() as i64),
        who: who(command.member.as_deref(), &command.user),
        call: call(&command.data).0,
        focus: focus.name.to_owned(),
        typed: focus.value.to_owned(),
    };
    Asked::Complete(ask, kind)
}

fn request(interaction: &Interaction, channel: u64, who: Who, input: Input) -> Request {
    Request {
        source: SOURCE,
        external_id: interaction.id().to_string(),
        workspace: workspace(interaction.guild_id()),
        channel: ChannelId(channel as i64),
        who,
        input,
    }
}

fn workspace(guild: Option<GuildId>) -> WorkspaceId {
    guild.map_or(UNKNOWN_WORKSPACE, |g| WorkspaceId(g.get() as i64))
}

/// The name shown: the nickname, else the global name, else the login.
fn who(member: Option<&Member>, user: &User) -> Who {
    // In a guild Discord sends the member with the user in it, in a private conversation the user alone.
    let user = member.map_or(user, |m| &m.user);
    let rights = member.and_then(|m| m.permissions).unwrap_or_else(Permissions::empty);
    Who {
        id: PersonId(user.id.get() as i64),
        name: member.and_then(|m| m.nick.clone()).unwrap_or_else(|| user.display_name().to_owned()),
        admin: rights.intersects(Permissions::MANAGE_GUILD | Permissions::ADMINISTRATOR),
        roles: member.map(|m| m.roles.iter().map(role).collect()).unwrap_or_default(),
    }
}

fn role(role: &DiscordRole) -> RoleId {
    RoleId(role.get() as i64)
}

/// The command's words, down to the options of the one that was called.
fn call(data: &CommandData) -> (Call, Vec<Attached>) {
    let mut call = Call { path: vec![data.name.clone()], options: BTreeMap::new() };
    let mut options: &[CommandDataOption] = &data.options;
    while let Some(first) = options.first() {
        match &first.value {
            CommandDataOptionValue::SubCommand(inner) | CommandDataOptionValue::SubCommandGroup(inner) => {
                call.path.push(first.name.clone());
                options = inner;
            }
            _ => break,
        }
    }
    let mut files = Vec::new();
    for option in options {
        match &option.value {
            CommandDataOptionValue::Attachment(id) => {
                files.extend(attached(&option.name, *id, &data.resolved));
            }
            other => {
                if let Some(value) = value(other, &data.resolved) {
                    call.options.insert(option.name.clone(), value);
                }
            }
        }
    }
    (call, files)
}

fn value(value: &CommandDataOptionValue, resolved: &CommandDataResolved) -> Option<Value> {
    Some(match value {
        CommandDataOptionValue::String(text) | CommandDataOptionValue::Autocomplete { value: text, .. } => {
            Value::Text(text.clone())
        }
        CommandDataOptionValue::Integer(number) => Value::Number(*number),
        CommandDataOptionValue::Number(number) => Value::Text(number.to_string()),
        CommandDataOptionValue::Boolean(flag) => Value::Flag(*flag),
        CommandDataOptionValue::User(id) => person(*id, resolved),
        CommandDataOptionValue::Channel(id) => Value::Channel(ChannelId(id.get() as i64)),
        CommandDataOptionValue::Role(id) => Value::Role(role(id)),
        CommandDataOptionValue::Mentionable(id) => {
            let user = UserId::new(id.get());
            if resolved.users.contains_key(&user) {
                person(user, resolved)
            } else {
                Value::Role(RoleId(id.get() as i64))
            }
        }
        // Files are fetched apart; sub-commands have been walked through; the rest is newer than this program.
        _ => return None,
    })
}

fn person(id: UserId, resolved: &CommandDataResolved) -> Value {
    let nick = resolved.members.get(&id).and_then(|m| m.nick.clone());
    let name = nick.or_else(|| resolved.users.get(&id).map(|u| u.display_name().to_owned()));
    Value::Person(PersonId(id.get() as i64), name.unwrap_or_else(|| id.to_string()))
}

fn attached(option: &str, id: AttachmentId, resolved: &CommandDataResolved) -> Option<Attached> {
    let file = resolved.attachments.get(&id)?;
    let option = option.to_owned();
    Some(Attached { option, name: file.filename.clone(), url: file.url.clone(), size: file.size })
}

fn inputs(form: &ModalInteraction) -> BTreeMap<String, String> {
    let components = form.data.components.iter().flat_map(|row| &row.components);
    components
        .filter_map(|component| match component {
            ActionRowComponent::InputText(text) => {
                Some((text.custom_id.clone(), text.value.clone().unwrap_or_default()))
            }
            _ => None,
        })
        .collect()
}

fn strings<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// Only this person sees the message: it is an ephemeral answer. (A direct message is no such one: it belongs to
/// the outbox, and is not to be replaced by an answer.)
fn is_private(message: &Message) -> bool {
    message.flags.is_some_and(|f| f.contains(MessageFlags::EPHEMERAL))
}

/// The outbox row of a message, by any of its buttons.
fn message_marker(message: &Message) -> Option<i64> {
    let components = message.components.iter().flat_map(|row| &row.components);
    components
        .filter_map(|c| match c {
            ActionRowComponent::Button(button) => match &button.data {
                serenity::model::application::ButtonKind::NonLink { custom_id, .. } => {
                    Some(custom_id.as_str())
                }
                _ => None,
            },
            ActionRowComponent::SelectMenu(menu) => menu.custom_id.as_deref(),
            _ => None,
        })
        .find_map(marker::of_custom_id)
}

#[cfg(test)]
mod tests;
