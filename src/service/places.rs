//! Where a message goes, and where it goes instead (ruling 17). Every chain in one place.
//!
//! A team without channels works: cards, alerts and approvals stand in the channel in which the record was
//! created, then in the workspace's system channel, then with whoever can do something about it.

use chrono::{DateTime, Utc};

use crate::domain::ids::{ChannelId, PersonId};
use crate::domain::record::Record;
use crate::domain::workspace::{Team, Workspace};
use crate::store::outbox::Place;

/// Where a record's card stands; `None`: nowhere, `/lead show` serves.
pub fn card(workspace: &Workspace, team: &Team, record: &Record) -> Option<Place> {
    first_channel([team.leads, record.channel, workspace.system_channel])
}

/// Where breaches and escalations are posted; empty where nobody is there to read them.
pub fn alerts(workspace: &Workspace, team: &Team, record: &Record) -> Vec<Place> {
    let channels = [team.alerts, team.approvals, team.leads, record.channel, workspace.system_channel];
    first_channel(channels).map_or_else(|| leaders(workspace, team), |place| vec![place])
}

/// Where a request for approval is posted.
pub fn approvals(workspace: &Workspace, team: &Team, record: &Record) -> Option<Place> {
    let channels = [team.approvals, team.leads, record.channel, team.alerts, workspace.system_channel];
    first_channel(channels).or_else(|| leaders(workspace, team).into_iter().next())
}

/// Where a team hears of what concerns its alerts as a whole.
pub fn news(workspace: &Workspace, team: &Team) -> Option<Place> {
    let channels = [team.alerts, team.leads, team.approvals, workspace.system_channel];
    first_channel(channels).or_else(|| leaders(workspace, team).into_iter().next())
}

/// Where a team's digest is posted.
pub fn digest(workspace: &Workspace, team: &Team) -> Option<Place> {
    let channels = [team.digest, team.leads, team.alerts, team.approvals, workspace.system_channel];
    first_channel(channels).or_else(|| leaders(workspace, team).into_iter().next())
}

/// Where a message goes whose place is gone or closed to the bot: the leads channel, the system channel, then
/// the admins; `None`: all were tried.
pub fn instead_of(workspace: &Workspace, team: &Team, gone: Place) -> Option<Place> {
    let mut chain: Vec<Place> =
        [team.leads, workspace.system_channel].into_iter().flatten().map(Place::Channel).collect();
    chain.extend(admins(workspace).map(Place::Person));
    after(&chain, gone)
}

/// Where a private message goes whose reader takes none: the team's alerts channel, the leads channel, the
/// system channel. Not one that is known to be gone: its message would come back to an admin, and go round for ever.
pub fn instead_of_private(workspace: &Workspace, team: &Team, broken: &[ChannelId]) -> Option<Place> {
    let channels = [team.alerts, team.leads, team.approvals, workspace.system_channel];
    first_channel(channels.map(|channel| channel.filter(|c| !broken.contains(c))))
}

/// Where a private message goes whose reader has left: to a manager of the team who is there, else as if they took none.
pub fn instead_of_left(
    workspace: &Workspace,
    team: &Team,
    left: PersonId,
    now: DateTime<Utc>,
    broken: &[ChannelId],
) -> Option<Place> {
    let managers = workspace.present(workspace.managers(team.id), now);
    let manager = managers.into_iter().find(|manager| *manager != left).map(Place::Person);
    manager.or_else(|| instead_of_private(workspace, team, broken))
}

/// The place after the one that failed, so that a chain is walked once and ends.
fn after(chain: &[Place], gone: Place) -> Option<Place> {
    let next = chain.iter().rposition(|p| *p == gone).map_or(0, |at| at + 1);
    chain.get(next).copied()
}

/// The team's managers, else the admins.
fn leaders(workspace: &Workspace, team: &Team) -> Vec<Place> {
    let managers = workspace.managers(team.id);
    if managers.is_empty() {
        admins(workspace).map(Place::Person).collect()
    } else {
        managers.into_iter().map(Place::Person).collect()
    }
}

fn admins(workspace: &Workspace) -> impl Iterator<Item = PersonId> + '_ {
    workspace.people.values().filter(|p| p.admin && p.gone.is_none()).map(|p| p.id)
}

fn first_channel<const N: usize>(channels: [Option<ChannelId>; N]) -> Option<Place> {
    channels.into_iter().flatten().next().map(Place::Channel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{TeamId, WorkspaceId};

    /// Ruling 17: the leads channel, then the system channel, then nothing is left to try.
    #[test]
    fn a_gone_channel_is_replaced_once_by_each_place_of_the_chain() {
        let mut workspace = Workspace::without_setup(WorkspaceId(1), TeamId(1));
        workspace.teams[0].leads = Some(ChannelId(10));
        workspace.system_channel = Some(ChannelId(20));
        let team = &workspace.teams[0];
        let gone = |place| instead_of(&workspace, team, place);
        assert_eq!(gone(Place::Channel(ChannelId(30))), Some(Place::Channel(ChannelId(10))));
        assert_eq!(gone(Place::Channel(ChannelId(10))), Some(Place::Channel(ChannelId(20))));
        assert_eq!(gone(Place::Channel(ChannelId(20))), None);
    }
}
