//! What an event does: a command for the engine, by the hand of an integration, so that its own time is trusted (ruling
//! 6) and everything else binds it as it binds anybody (X1). Pure over the [`Batch`].

use std::sync::Arc;

use crate::chat::render::{self, Ctx};
use crate::domain::activity::Activity;
use crate::domain::command::{Actor, Command, Given, NewRecord};
use crate::domain::decide;
use crate::domain::field::{Data, FieldValue, builtin};
use crate::domain::ids::{FieldId, RecordId, RecordRef, TeamId};
use crate::domain::likeness;
use crate::domain::outside::{Came, Outside, What};
use crate::domain::playbook::{FieldRole, Playbook};
use crate::domain::record::Record;
use crate::domain::rejection::Rejection;
use crate::playbook::Library;
use crate::service::fields::{Reading, is_called};
use crate::service::ground::Ground;
use crate::service::making::{Blocked, Maker, NotMade};
use crate::service::{change, effects, new};
use crate::store::row::Row;
use crate::store::{Batch, Needs};

/// The team that a form may name, beside the fields of its playbook.
const TEAM: &str = "team";

/// An event with the rules that it may need.
pub struct Act {
    /// The rules.
    pub library: Arc<Library>,
    /// The event.
    pub event: Outside,
    /// What would be made by it: of a form, a record of the noun that it names, else of the first one; of an
    /// opportunity, a record of the first playbook whose records are made of others.
    makes: Option<Arc<Playbook>>,
}

/// A sentence that says why nothing was done.
type Why = String;

/// Fields as sent, read.
struct Sent {
    data: Data,
    /// What is no field, or cannot be read, so that nothing of it is lost.
    rest: Vec<String>,
}

impl Act {
    /// With the rules as they are now.
    pub fn new(library: Arc<Library>, event: Outside) -> Self {
        let mut active = library.active(event.workspace).into_iter();
        let makes = match &event.what {
            What::Form => {
                let noun = event.whose.noun.clone();
                active.find(|p| noun.as_deref().is_none_or(|noun| super::find::is_noun(p, noun)))
            }
            What::Opportunity { .. } => active.find(|p| p.comes_from.is_some()),
            What::Activity(_) | What::Fields | What::Unknown(_) => None,
        };
        Self { library, event, makes }
    }

    /// What making a record needs of the batch.
    pub fn add_needs(&self, needs: &mut Needs) {
        let Some(playbook) = &self.makes else { return };
        let letter = playbook.noun.letter;
        if let What::Opportunity { id: Some(id) } = &self.event.what {
            needs.externals.push((self.event.workspace, letter, vec![id.clone()]));
        }
        needs.numbering = Some((self.event.workspace, letter));
        let company = self.event.fields.iter().find(|(name, _)| is_called(name, builtin::COMPANY, ""));
        let company = company.and_then(|(_, name)| likeness::company(name));
        needs.companies.get_or_insert_default().extend(company.map(|c| (self.event.workspace, letter, c)));
    }

    /// The record that an earlier event has made of the same thing elsewhere (ruling 15): told of again, it is not made
    /// again, whatever record the sender says that it comes from.
    pub fn made_before(&self, batch: &Batch) -> Option<Row> {
        let What::Opportunity { id: Some(id) } = &self.event.what else { return None };
        let letter = self.makes.as_ref()?.noun.letter;
        batch.by_external(self.event.workspace, letter, id).map(|(row, _)| row.clone())
    }

    /// Takes over what is told of a record that is here already.
    ///
    /// # Errors
    /// Why it was refused.
    pub fn update(&self, batch: &mut Batch, row: &Row) -> Result<Came, Why> {
        let Some(playbook) = self.library.of(&row.record) else { return Err(render::hooks::no_rules()) };
        let command = self.told(batch, &playbook, row)?;
        self.change(batch, row, &playbook, &command)
    }

    fn told(&self, batch: &Batch, playbook: &Playbook, row: &Row) -> Result<Command, Why> {
        let sent = self.read(batch, playbook, row.record.team);
        if !sent.rest.is_empty() {
            return Err(render::hooks::unread(&sent.rest));
        }
        Ok(Command::Import(Box::new(Given { data: sent.data, ..Given::default() })))
    }

    /// Does it to a record.
    ///
    /// # Errors
    /// Why it was refused.
    pub fn on(&self, batch: &mut Batch, row: &Row) -> Result<Came, Why> {
        let Some(playbook) = self.library.of(&row.record) else { return Err(render::hooks::no_rules()) };
        let command = match &self.event.what {
            What::Activity(activity) => self.logged(*activity, self.event.note.clone()),
            What::Form => {
                let sent = self.read(batch, &playbook, row.record.team);
                self.logged(Activity::FormSubmitted, self.note_with(&sent.rest))
            }
            What::Fields => self.told(batch, &playbook, row)?,
            What::Opportunity { id } => {
                if let Some(row) = self.made_before(batch) {
                    return self.update(batch, &row);
                }
                let made = self.makes.as_ref().filter(|makes| {
                    makes.comes_from.as_ref().is_some_and(|from| from.nouns.contains(&playbook.noun.singular))
                });
                if let Some(makes) = made {
                    return self.opportunity(batch, row, makes, id.as_ref());
                }
                let sent = self.read(batch, &playbook, row.record.team);
                if !sent.rest.is_empty() {
                    return Err(render::hooks::unread(&sent.rest));
                }
                let mut data = sent.data;
                if let (Some(field), Some(id)) = (playbook.field_of(FieldRole::Made), id) {
                    data.insert(field.id.clone(), FieldValue::Text(id.clone()));
                }
                Command::MadeElsewhere { data }
            }
            What::Unknown(name) => return Err(render::hooks::unknown(name)),
        };
        self.change(batch, row, &playbook, &command)
    }

    /// Makes a record of a form; somebody like them is not here.
    ///
    /// # Errors
    /// Why it was refused: what is missing, say.
    pub fn make(&self, batch: &mut Batch) -> Result<Came, Why> {
        let Some(playbook) = self.makes.clone() else { return Err(render::hooks::no_rules()) };
        let workspace = batch.workspace(self.event.workspace);
        let named = self.event.fields.iter().find(|(name, _)| is_called(name, TEAM, ""));
        let team = named.and_then(|(_, name)| workspace.team_named(name)).unwrap_or(&workspace.teams[0]).id;
        let mut sent = self.read(batch, &playbook, team);
        let whose = &self.event.whose;
        for (field, text) in [(builtin::EMAIL, &whose.email), (builtin::PHONE, &whose.phone)] {
            if let Some(text) = text {
                let id = FieldId::new(field);
                sent.data.entry(id).or_insert_with(|| FieldValue::Text(text.clone()));
            }
        }
        let draft =
            NewRecord { team, ..change::new_record(&sent.data, RecordId(0), number_of(&playbook, 0)) };
        let made = self.create(batch, &playbook, draft)?;
        if let Some(id) = &whose.external_id {
            let letter = playbook.noun.letter;
            batch.put_external(self.event.workspace, letter, id.clone(), made.record.id, String::new());
        }
        // The form itself, with what has no field: a signal, which meets nothing and restarts nothing (ruling 4).
        let logged = self.logged(Activity::FormSubmitted, self.note_with(&sent.rest));
        let logged = match logged {
            // It cannot have been before the record was.
            Command::Log { activity, note, .. } => {
                Command::Log { activity, at: None, outcome: None, note, next: None }
            }
            other => other,
        };
        Ok(match self.change(batch, &made, &playbook, &logged) {
            Ok(Came::Done { record, status }) => Came::Created { record, status },
            // It is there all the same.
            Ok(_) | Err(_) => Came::Created {
                record: made.record.handle.to_string(),
                status: made.record.status.to_string(),
            },
        })
    }

    /// A record of a pipeline, made of the one that the event is about (D26f, ruling 13).
    fn opportunity(
        &self,
        batch: &mut Batch,
        from: &Row,
        playbook: &Arc<Playbook>,
        id: Option<&String>,
    ) -> Result<Came, Why> {
        let sent = self.read(batch, playbook, from.record.team);
        if !sent.rest.is_empty() {
            return Err(render::hooks::unread(&sent.rest));
        }
        let mut data = new::taken_over(from, playbook);
        data.extend(sent.data);
        let draft = NewRecord {
            team: from.record.team,
            owner: from.record.owner,
            channel: from.record.channel,
            from: Some((from.record.id, from.record.handle)),
            ..change::new_record(&data, RecordId(0), number_of(playbook, 0))
        };
        let made = self.create(batch, playbook, draft)?;
        if let Some(id) = id {
            let letter = playbook.noun.letter;
            batch.put_external(self.event.workspace, letter, id.clone(), made.record.id, String::new());
        }
        Ok(Came::Created { record: made.record.handle.to_string(), status: made.record.status.to_string() })
    }

    /// A new record with all that follows, or nothing at all.
    fn create(&self, batch: &mut Batch, playbook: &Arc<Playbook>, draft: NewRecord) -> Result<Row, Why> {
        let ground = Ground::of(batch, self.event.workspace, playbook.clone());
        let env = ground.env(draft.team);
        let maker = Maker { library: &self.library, actor: Actor::INTEGRATION, env: &env };
        // Its number is taken only once nothing stands in the way, so that refusals leave no gaps.
        maker.check(batch, &draft).map_err(|why| self.not_made(batch, playbook, why))?;
        let (id, handle) = batch.number(self.event.workspace, playbook.noun.letter);
        let new = NewRecord { id, handle, ..draft };
        let made = maker.make(batch, &new).map_err(|why| self.not_made(batch, playbook, why))?;
        made.row.ok_or_else(render::hooks::no_rules)
    }

    fn not_made(&self, batch: &Batch, playbook: &Playbook, why: NotMade) -> Why {
        match why {
            NotMade::Refused(why) => self.sentence(batch, playbook, None, &why),
            NotMade::Blocked(blocked) => self.blocked(batch, playbook, &blocked),
        }
    }

    fn change(
        &self,
        batch: &mut Batch,
        row: &Row,
        playbook: &Arc<Playbook>,
        command: &Command,
    ) -> Result<Came, Why> {
        let ground = Ground::of(batch, row.record.workspace, playbook.clone());
        let env = ground.env(row.record.team);
        let decision = decide::decide(&row.record, &Actor::INTEGRATION, command, &env)
            .map_err(|why| self.sentence(batch, playbook, Some(&row.record), &why))?;
        let after = if decision.events.is_empty() && decision.effects.is_empty() {
            row.clone()
        } else {
            effects::carry_out(batch, &env, Some(row), &decision).ok_or_else(render::hooks::no_rules)?
        };
        Ok(Came::Done { record: after.record.handle.to_string(), status: after.record.status.to_string() })
    }

    /// A refusal in words, without a platform.
    fn sentence(&self, batch: &Batch, rules: &Playbook, record: Option<&Record>, why: &Rejection) -> Why {
        let workspace = batch.workspace(self.event.workspace);
        let zone = workspace.teams[0].calendar.zone;
        let ctx = Ctx { playbook: rules, workspace: &workspace, now: batch.now(), zone };
        render::words::flat(&render::rejection::sentence(&ctx, record, why), &workspace)
    }

    /// The refusal of another record, in the words of its own rules.
    fn blocked(&self, batch: &Batch, rules: &Playbook, blocked: &Blocked) -> Why {
        let rules = blocked.playbook.as_deref().unwrap_or(rules);
        self.sentence(batch, rules, blocked.row.as_ref().map(|row| &row.record), &blocked.rejection)
    }

    fn logged(&self, activity: Activity, note: Option<String>) -> Command {
        Command::Log { activity, at: self.event.at, outcome: None, note, next: None }
    }

    /// The note, with what has no field of its own.
    fn note_with(&self, rest: &[String]) -> Option<String> {
        let lines = self.event.note.iter().map(String::as_str).chain(rest.iter().map(String::as_str));
        let note = lines.collect::<Vec<_>>().join("\n");
        (!note.is_empty()).then_some(note)
    }

    /// The fields as sent, in the words of the playbook.
    fn read(&self, batch: &Batch, playbook: &Playbook, team: TeamId) -> Sent {
        let workspace = batch.workspace(self.event.workspace);
        let reading = Reading {
            playbook,
            to: None,
            now: batch.now(),
            zone: workspace.team(team).calendar.zone,
            currency: workspace.thresholds.currency,
        };
        let mut sent = Sent { data: Data::new(), rest: Vec::new() };
        for (name, text) in self.event.fields.iter().filter(|(_, text)| !text.trim().is_empty()) {
            let field = playbook.fields.iter().find(|f| is_called(name, f.id.as_str(), &f.label));
            // A note, a reason and a plan belong to commands of their own.
            let own = [builtin::NOTE, builtin::REASON, builtin::NEXT_ACTION, builtin::NEXT_DUE];
            let field = field.filter(|f| !own.contains(&f.id.as_str()));
            match field.map(|field| (field, reading.field(field, text))) {
                Some((field, Ok(value))) => {
                    sent.data.insert(field.id.clone(), value);
                }
                None if is_called(name, TEAM, "") && workspace.team_named(text).is_some() => {}
                Some((_, Err(_))) | None => sent.rest.push(format!("{name}: {}", text.trim())),
            }
        }
        sent
    }
}

fn number_of(playbook: &Playbook, number: u32) -> RecordRef {
    RecordRef { letter: playbook.noun.letter, number }
}
