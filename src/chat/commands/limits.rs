//! Whether a platform takes the commands that a playbook brings (ruling 18).

use super::Command;

/// Discord takes 8,000 characters of a command; the rest is room for options that later versions bring.
pub const MOST_CHARACTERS: usize = 7_500;
/// As many subcommands as Discord takes.
pub const MOST_SUBS: usize = 25;
/// As many commands as Discord takes in one server.
pub const MOST_COMMANDS: usize = 100;
const MOST_NAME: usize = 32;
const MOST_LINE: usize = 100;

/// What is beyond a limit, one sentence each.
pub fn beyond(tree: &[Command]) -> Vec<String> {
    let mut found = Vec::new();
    if tree.len() > MOST_COMMANDS {
        found.push(format!("There would be {} commands; {MOST_COMMANDS} are the most.", tree.len()));
    }
    let length = |text: &str| text.chars().count();
    for command in tree {
        let name = &command.name;
        if command.size() > MOST_CHARACTERS {
            let size = command.size();
            found.push(format!(
                "The command /{name} would have {size} characters; {MOST_CHARACTERS} are the most: shorten the noun \
                 and its plural."
            ));
        }
        if command.subs.len() > MOST_SUBS {
            found.push(format!(
                "/{name} would have {} subcommands; {MOST_SUBS} are the most.",
                command.subs.len()
            ));
        }
        let options = || command.subs.iter().flat_map(|sub| &sub.options);
        if length(name) > MOST_NAME || options().any(|o| length(&o.name) > MOST_NAME) {
            found.push(format!("/{name} has a name of over {MOST_NAME} characters: shorten the noun."));
        }
        let lines = || command.subs.iter().map(|s| &s.means).chain(options().map(|o| &o.means));
        if std::iter::once(&command.means).chain(lines()).any(|line| length(line) > MOST_LINE) {
            found.push(format!(
                "/{name} would have a description of over {MOST_LINE} characters: shorten the noun and its plural."
            ));
        }
    }
    found
}
