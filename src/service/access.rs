//! Who may change settings (ruling 16). What may be done to a record is the engine's business.

use crate::domain::ids::{PersonId, TeamId};
use crate::domain::rejection::Rejection;
use crate::domain::workspace::{Role, Workspace};

/// Teams, calendars, holidays, thresholds: admins.
pub fn configure(workspace: &Workspace, person: PersonId) -> Result<(), Rejection> {
    if workspace.is_admin(person) { Ok(()) } else { Err(Rejection::NeedsAdmin) }
}

/// Sending refused notes to the CRM again: admins; those of a team's records also its managers.
pub fn send_notes(workspace: &Workspace, person: PersonId, team: Option<TeamId>) -> Result<(), Rejection> {
    match team {
        Some(team) if !workspace.is_admin(person) && !workspace.is_manager(person, team) => {
            Err(Rejection::NeedsManager { team, managers: workspace.managers(team) })
        }
        Some(_) => Ok(()),
        None => configure(workspace, person),
    }
}

/// Setting somebody down as gone: admins; the managers of their team, but for managers and admins.
pub fn let_go(workspace: &Workspace, person: PersonId, whom: PersonId) -> Result<(), Rejection> {
    let leads = workspace.teams.iter().any(|team| workspace.is_manager(whom, team.id));
    if workspace.is_admin(person) || !(leads || workspace.is_admin(whom)) {
        Ok(())
    } else {
        Err(Rejection::NeedsAdmin)
    }
}

/// Placing somebody in a team: admins, and the team's managers. Only admins make managers, and only they take
/// somebody from another team.
pub fn place(
    workspace: &Workspace,
    person: PersonId,
    whom: PersonId,
    team: TeamId,
    role: Option<Role>,
) -> Result<(), Rejection> {
    if workspace.is_admin(person) {
        return Ok(());
    }
    if !workspace.is_manager(person, team) {
        return Err(Rejection::NeedsManager { team, managers: workspace.managers(team) });
    }
    let placed = workspace.people.get(&whom).and_then(|p| p.team);
    if role == Some(Role::Manager) || placed.is_some_and(|t| t != team) {
        return Err(Rejection::NeedsAdmin);
    }
    Ok(())
}
