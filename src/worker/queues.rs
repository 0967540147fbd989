//! A channel that hears of many records because rules or settings are new is told once, how many and until when (X2).

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::chat::render;
use crate::domain::ramp;
use crate::playbook::Library;
use crate::service::said::Said;
use crate::service::{App, places};
use crate::store::outbox::{Fact, Priority};
use crate::store::{Batch, Needs, StoreError, Work};

/// Tells whoever has a queue of more than one turn. Said again of the same queue, nothing more is sent.
pub(super) async fn tell(app: &App) -> Result<(), StoreError> {
    app.store().work(TellTeams { library: app.library() }).await
}

/// Tells each team with more than one turn's worth in its queue how long it is.
struct TellTeams {
    library: Arc<Library>,
}

impl Work for TellTeams {
    type Answer = ();

    fn needs(&self) -> Needs {
        Needs::default()
    }

    fn run(&self, batch: &mut Batch) {
        let now: DateTime<Utc> = batch.now();
        for ((id, team), queue) in batch
            .all_queues()
            .iter()
            .filter(|(_, queue)| queue.turn > now && queue.all > u64::from(ramp::PER_HOUR))
        {
            let workspace = batch.workspace(*id);
            let team = workspace.team(*team);
            let Some(place) = places::news(&workspace, team) else { continue };
            let active = self.library.active(*id);
            // Where there are several nouns, the queue may hold some of each.
            let noun = match active.as_slice() {
                [one] => Some(&one.noun),
                [] | [_, ..] => None,
            };
            let message = render::alert::ramped_in(noun, queue, &team.calendar, now);
            batch.say(Fact {
                workspace: *id,
                dedup_key: format!("ramp:{}:{}", team.id, queue.turn.timestamp_millis()),
                place,
                priority: Priority::Normal,
                due_at: now,
                body: Said::openly(message).to_body(),
            });
        }
    }
}
