//! R10: only the permitted. The table below is the whole of it: every command and every button verb, for seven
//! kinds of people, decided by rulings 11 and 16 and by what works without set-up (whoever was placed nowhere is a rep
//! of the default team). The lead in question is ana's, in the default team Sales.
//!
//! | person | who that is |
//! | --- | --- |
//! | owner | ana, a rep of Sales; the lead is hers, the request is hers, the unfinished form is hers |
//! | mate | ben, a rep of Sales |
//! | other rep | olu, a rep of North |
//! | manager | mia, who leads Sales |
//! | other manager | nia, who leads North |
//! | admin | root, who may manage the server and has no role |
//! | newcomer | somebody never seen before |

use std::collections::BTreeMap;

use bellwether::chat::action::{Action, SnoozeSpan};
use bellwether::chat::commands;
use bellwether::chat::intent::{Input, Menu};
use bellwether::chat::message::Reply;
use bellwether::chat::port::Intake as _;
use bellwether::chat::render;
use bellwether::domain::activity::Activity;
use bellwether::domain::ids::{
    ApprovalId, DraftId, EventId, FieldId, JobId, KeptId, RecordId, RecordRef, RuleId, StatusId,
};
use bellwether::domain::outside::{Came, Outside, Sender, What, Whose};
use bellwether::domain::points::Board;
use bellwether::domain::record::OpenTask;
use bellwether::domain::workspace::Role;
use bellwether::playbook::Playbooks;

use crate::kit::{self, is_fault, new_lead, request, row, say, told, typed, world};
use crate::support::plain::is_refusal;
use crate::support::world::{WORKSPACE, World};

/// `yes`: allowed, and what is to change has changed. `form`: allowed as far as the form that asks for more.
/// Anything else is a refusal, see [`SENTENCES`].
const TABLE: &str = "
action                    | owner   | mate   | other rep | manager | other manager | admin  | newcomer

# Records (ruling 16). Looking is free in the workspace.
/lead new                 | yes     | yes    | yes       | yes     | yes           | yes    | yes
/lead show                | yes     | yes    | yes       | yes     | yes           | yes    | yes
/lead status              | yes     | his    | team      | yes     | team          | his    | his
/lead stage               | yes     | his    | team      | yes     | team          | his    | his
/lead stage (demote)      | lead    | his    | team      | yes     | team          | his    | his
/lead log                 | yes     | yes    | team      | yes     | team          | yes    | yes
/lead log (note)          | yes     | yes    | team      | yes     | team          | yes    | yes
/lead done                | yes     | his    | team      | yes     | team          | his    | his
/lead next                | yes     | his    | team      | yes     | team          | his    | his
/lead edit                | yes     | his    | team      | yes     | team          | his    | his
/lead assign              | yes     | his    | team      | yes     | team          | his    | his
/lead status (unowned)    | yes     | yes    | team      | yes     | team          | yes    | yes
/lead edit (unowned)      | yes     | yes    | team      | yes     | team          | yes    | yes
/lead merge               | lead    | lead   | lead      | yes     | lead          | lead   | lead
/lead erase               | admin   | admin  | admin     | admin   | admin         | yes    | admin
/lead mine                | yes     | yes    | yes       | yes     | yes           | yes    | yes
/lead list                | yes     | yes    | yes       | yes     | yes           | yes    | yes
/lead bulk                | yes     | none   | none      | yes     | none          | none   | none
/lead history             | yes     | yes    | yes       | yes     | yes           | yes    | yes
/lead import              | lead    | lead   | north     | yes     | yes           | yes    | lead
/lead export              | lead    | lead   | north     | yes     | yes           | yes    | lead
/lead undo                | yes     | mine   | team      | mine    | team          | mine   | mine
/approvals mine           | yes     | yes    | yes       | yes     | yes           | yes    | yes
/approvals all            | yes     | yes    | yes       | yes     | yes           | yes    | yes
/pipeline digest          | yes     | yes    | yes       | yes     | yes           | yes    | yes
/playbook guide           | yes     | yes    | yes       | yes     | yes           | yes    | yes
/pipeline points          | yes     | yes    | yes       | yes     | yes           | yes    | yes
/playbook list            | yes     | yes    | yes       | yes     | yes           | yes    | yes
/playbook show            | yes     | yes    | yes       | yes     | yes           | yes    | yes
/playbook check           | yes     | yes    | yes       | yes     | yes           | yes    | yes
/playbook use             | admin   | admin  | admin     | admin   | admin         | yes    | admin
/playbook use (look)      | yes     | yes    | yes       | yes     | yes           | yes    | yes
/playbook simulate        | manage  | manage | manage    | yes     | empty         | yes    | manage

# Settings: admins everywhere; placing people also the team's managers.
/setup team               | admin   | admin  | admin     | admin   | admin         | yes    | admin
/setup team (new)         | admin   | admin  | admin     | admin   | admin         | yes    | admin
/setup member             | lead    | lead   | lead      | yes     | lead          | yes    | lead
/setup member (manager)   | lead    | lead   | lead      | admin   | lead          | yes    | lead
/setup member (from away) | lead    | lead   | lead      | admin   | lead          | yes    | lead
/setup member (oneself)   | lead    | lead   | lead      | yes     | lead          | yes    | lead
/setup member (gone)       | lead    | lead   | lead      | yes     | lead          | yes    | lead
/setup member (lead gone)  | lead    | lead   | lead      | admin   | lead          | yes    | lead
/setup calendar           | admin   | admin  | admin     | admin   | admin         | yes    | admin
/setup holidays           | admin   | admin  | admin     | admin   | admin         | yes    | admin
/setup thresholds         | admin   | admin  | admin     | admin   | admin         | yes    | admin
/setup playbook           | admin   | admin  | admin     | admin   | admin         | yes    | admin
/setup playbook (off)     | admin   | admin  | admin     | admin   | admin         | yes    | admin
/setup hooks              | admin   | admin  | admin     | admin   | admin         | yes    | admin
/setup hooks (look)       | admin   | admin  | admin     | admin   | admin         | yes    | admin
/setup pipeline add       | admin   | admin  | admin     | admin   | admin         | yes    | admin
/setup pipeline rename    | admin   | admin  | admin     | admin   | admin         | yes    | admin
/setup pipeline reorder   | admin   | admin  | admin     | admin   | admin         | yes    | admin
/setup pipeline retire    | admin   | admin  | admin     | admin   | admin         | yes    | admin
/setup show               | yes     | yes    | yes       | yes     | yes           | yes    | yes
/me timezone              | yes     | yes    | yes       | yes     | yes           | yes    | yes
/me settings              | yes     | yes    | yes       | yes     | yes           | yes    | yes
/me quiet-hours           | yes     | yes    | yes       | yes     | yes           | yes    | yes
/me away                  | yes     | yes    | yes       | yes     | yes           | yes    | yes
/me booking               | yes     | yes    | yes       | yes     | yes           | yes    | yes
/me language              | yes     | yes    | yes       | yes     | yes           | yes    | yes

# Buttons, pick lists and forms.
op                        | yes     | yes    | yes       | yes     | yes           | yes    | yes
mv                        | form    | his    | team      | form    | team          | his    | his
mm                        | yes     | yes    | yes       | yes     | yes           | yes    | yes
ps                        | form    | his    | team      | form    | team          | his    | his
lg                        | yes     | yes    | yes       | yes     | yes           | yes    | yes
pa                        | form    | form   | form      | form    | form          | form   | form
lf                        | yes     | yes    | team      | yes     | team          | yes    | yes
sn                        | yes     | yes    | yes       | yes     | yes           | yes    | yes
sf                        | yes     | his    | team      | yes     | team          | his    | his
tk                        | already | yes    | team      | yes     | team          | yes    | yes
rs                        | already | yes    | team      | yes     | team          | yes    | yes
pq                        | already | yes    | team      | yes     | team          | yes    | yes
ra                        | lead    | lead   | lead      | yes     | none left     | lead   | lead
fo                        | form    | his    | team      | form    | team          | his    | his
pn                        | form    | form   | form      | form    | form          | form   | form
pf                        | yes     | his    | team      | yes     | team          | his    | his
ts                        | form    | his    | team      | form    | team          | his    | his
td                        | form    | his    | team      | form    | team          | his    | his
da                        | yes     | theirs | theirs    | theirs  | theirs        | theirs | theirs
oc                        | form    | theirs | theirs    | theirs  | theirs        | theirs | theirs
se                        | yes     | yes    | team      | yes     | team          | yes    | yes
aw                        | answered | answered | team     | answered | team          | answered | answered
aw (asked)                | asked   | asked  | team      | yes     | team          | asked  | asked
tc                        | form    | his    | team      | form    | team          | his    | his
di                        | yes     | his    | team      | yes     | team          | his    | his
hi                        | yes     | yes    | yes       | yes     | yes           | yes    | yes
un                        | yes     | mine   | team      | mine    | team          | mine   | mine
js                        | begun   | begun  | begun     | yes     | begun         | begun  | begun
jx                        | begun   | begun  | begun     | yes     | begun         | yes    | begun
jc                        | begun   | begun  | begun     | yes     | begun         | begun  | begun
jf                        | begun   | begun  | begun     | yes     | begun         | begun  | begun
pr                        | yes     | yes    | yes       | yes     | yes           | yes    | yes
lr                        | yes     | yes    | yes       | yes     | yes           | yes    | yes
lm                        | form    | his    | team      | form    | team          | his    | his
pg                        | yes     | theirs | theirs    | theirs  | theirs        | theirs | theirs
st                        | yes     | yes    | yes       | yes     | yes           | yes    | yes
ka                        | admin   | admin  | admin     | admin   | admin         | form   | admin
kf                        | admin   | admin  | admin     | admin   | admin         | yes    | admin
kd                        | admin   | admin  | admin     | admin   | admin         | yes    | admin
cn                        | lead    | lead   | lead      | yes     | lead          | yes    | lead
cn (all)                  | admin   | admin  | admin     | admin   | admin         | yes    | admin
po                        | yes     | yes    | yes       | yes     | yes           | yes    | yes
df                        | form    | theirs | theirs    | theirs  | theirs        | theirs | theirs
ds                        | yes     | theirs | theirs    | theirs  | theirs        | theirs | theirs
nf                        | yes     | yes    | yes       | yes     | yes           | yes    | yes
ca                        | yes     | theirs | theirs    | theirs  | theirs        | theirs | theirs
ea                        | admin   | admin  | admin     | admin   | admin         | form   | admin
ef                        | admin   | admin  | admin     | admin   | admin         | yes    | admin
nr                        | yes     | theirs | theirs    | theirs  | theirs        | theirs | theirs
na                        | form    | theirs | theirs    | theirs  | theirs        | theirs | theirs
dp                        | form    | theirs | theirs    | theirs  | theirs        | theirs | theirs

# Requests (ruling 11): never whoever asked or owns; the team's managers; the others only where none of them may.
ap                        | own     | lead   | lead      | yes     | lead          | lead   | lead
rj                        | own     | lead   | lead      | form    | lead          | lead   | lead
rf                        | own     | lead   | lead      | yes     | lead          | lead   | lead
aa                        | own     | lead   | lead      | yes     | lead          | lead   | lead
ja                        | own     | lead   | lead      | form    | lead          | lead   | lead
jr                        | own     | lead   | lead      | yes     | lead          | lead   | lead
wd                        | yes     | asker  | asker     | asker   | asker         | asker  | asker
ap (mia asked and owns)   | own     | lead   | lead      | own     | yes           | lead   | lead
ap (nia owned it, too)    | own     | lead   | lead      | own     | own           | yes    | lead
";

/// A playbook of a workspace's own.
const TOY: &str = "tests/playbooks/toy.toml";

/// Each refusal says who may, or what to do.
const SENTENCES: &[(&str, &str)] = &[
    ("none", "none of them is yours to change: ask their owner or a manager."),
    ("mine", "only one's own last change is undone"),
    ("his", "belongs to @ana: press \"Take it\" first, or ask them."),
    ("team", "belongs to the team Sales: ask one of its people."),
    ("lead", "Only a manager of Sales may do that: ask @"),
    ("north", "Only a manager of North may do that: ask @"),
    ("begun", "Only whoever began this, or an admin, can press that: ask them."),
    ("admin", "Only an admin may do that: ask somebody who may manage this server."),
    ("none left", "is left to hand on"),
    ("answered", "the question is answered already, or no longer asked."),
    ("asked", "the question is put to @mia: tell them, and they answer it."),
    ("own", "You cannot decide this, because you"),
    ("asker", "Only @ana can take this request back: ask them."),
    ("theirs", "This form or list belongs to somebody else: give the command yourself."),
    ("empty", "There is no lead to try the draft on: the history is empty."),
    ("manage", "Only managers and admins may simulate a playbook: ask one of them."),
    ("already", "belongs to @ana already: nothing to do."),
];

/// What an action changes where it is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Changes {
    Nothing,
    TheLead,
    ANewLead,
    Settings,
}

/// What a cell acts on; fresh for every cell.
struct Scene {
    lead: RecordId,
    handle: String,
    approval: ApprovalId,
    draft: DraftId,
    /// An import that mia has asked for.
    job: JobId,
    /// An event that is kept.
    kept: KeptId,
    /// Another lead.
    into: String,
    /// The newest event of the lead.
    last: EventId,
    /// The lead's newest task.
    task: u32,
    /// The rule that has proposed something.
    rule: RuleId,
    /// A number that no other cell has.
    number: usize,
}

fn changes(action: &str) -> Changes {
    match action {
        "/lead status"
        | "/lead stage"
        | "/lead stage (demote)"
        | "/lead log"
        | "/lead log (note)"
        | "/lead done"
        | "/lead next"
        | "/lead edit"
        | "/lead assign"
        | "/lead status (unowned)"
        | "/lead edit (unowned)"
        | "/lead merge"
        | "ef"
        | "kf"
        | "lf"
        | "sf"
        | "tk"
        | "rs"
        | "pq"
        | "ra"
        | "/lead undo"
        | "un"
        | "pf"
        | "da"
        | "se"
        | "aw"
        | "aw (asked)"
        | "di"
        | "ap"
        | "rf"
        | "aa"
        | "jr"
        | "wd"
        | "ap (mia asked and owns)"
        | "ap (nia owned it, too)" => Changes::TheLead,
        "/lead new" | "ds" | "nf" | "ca" => Changes::ANewLead,
        "/setup team"
        | "/setup team (new)"
        | "/setup member"
        | "/setup member (manager)"
        | "/setup member (from away)"
        | "/setup member (oneself)"
        | "/setup member (gone)"
        | "/setup member (lead gone)"
        | "/setup calendar"
        | "/setup holidays"
        | "/setup thresholds"
        | "/setup hooks"
        | "/setup playbook"
        | "/setup playbook (off)"
        | "/setup pipeline add"
        | "/setup pipeline rename"
        | "/setup pipeline reorder"
        | "/setup pipeline retire"
        | "/playbook use"
        | "/me settings"
        | "/me quiet-hours"
        | "/me away"
        | "/me booking"
        | "/me timezone" => Changes::Settings,
        _ => Changes::Nothing,
    }
}

/// The lead, the request or the form that the action is about.
async fn scene(world: &mut World, action: &str, number: usize) -> Scene {
    let lead = new_lead(world, "ana", &format!("name:\"Lead {number}\" value:\"20k\"")).await;
    let handle = row(world, lead).await.record.handle.to_string();
    let mut scene = Scene {
        lead,
        handle,
        approval: ApprovalId(0),
        draft: DraftId(0),
        job: JobId(0),
        kept: KeptId(0),
        into: String::new(),
        last: EventId(0),
        task: 0,
        rule: RuleId::new(""),
        number,
    };
    let lead = scene.handle.clone();
    let ask = format!("/lead status lead:{lead} to:unqualified reason:budget note:\"no money\"");
    match action {
        "/lead stage (demote)" => {
            // Parked already: the way back asks for nothing but why (rulings 1 and 2).
            done(world, "ana", &format!("/lead stage lead:{lead} to:sal")).await;
            let asked =
                say(world, "ana", &format!("/lead status lead:{lead} to:nurture reason:timing")).await;
            let action = Some(Action::DraftSubmit { draft: draft_of(&asked) });
            let inputs = [("re_engage_on".to_owned(), "in 90 days".to_owned())].into();
            let parked = world.handle(request(world, "ana", Input::Submit { action, inputs })).await;
            assert!(!is_refusal(&parked), "{}", told(world, &parked));
        }
        "/lead status (unowned)" | "/lead edit (unowned)" => unown(world, scene.lead).await,
        // A reply makes it Connected; what the rule could not know is owed (ruling 1).
        "fo" => {
            done(world, "ana", &format!("/lead log lead:{lead} activity:email_replied")).await;
        }
        // Half an hour of business before the first contact is late, it is offered to others (X7).
        "rs" | "pq" => {
            let calendar = world.app.store().workspace(WORKSPACE).teams[0].calendar.clone();
            let to = calendar.add_business(world.now(), chrono::TimeDelta::minutes(91));
            world.advance_to(to).await;
        }
        // A first contact that nobody made does not stay with whoever goes away (ruling 17).
        "/me away" => done(world, "ana", &format!("/lead log lead:{lead} activity:email_sent")).await,
        "/lead import" => a_file(world, number),
        "/playbook check" => {
            let text = include_str!("../../src/playbook/builtin/lead_lifecycle.toml");
            world.file("two.toml", text.replacen("version = 1", "version = 2", 1).into_bytes());
        }
        "/playbook use" => {
            done(world, "root", &format!("/setup playbook playbook:helpdesk file:{TOY} active:false")).await;
        }
        "/setup playbook (off)" => {
            done(world, "root", &format!("/setup playbook playbook:helpdesk file:{TOY}")).await;
        }
        "/setup pipeline rename" | "/setup pipeline reorder" | "/setup pipeline retire" => {
            let made = "/setup pipeline add pipeline:Tries stages:\"First, Second, Third\"";
            world.handle(request(world, "root", typed(world, made))).await;
        }
        "js" | "jx" | "jc" | "jf" => {
            a_file(world, number);
            let reply = say(world, "mia", "/lead import file:in.csv").await;
            scene.job = job_of(&reply);
        }
        "/setup member (lead gone)" => {
            let sales = world.app.store().workspace(WORKSPACE).teams[0].id;
            kit::place(world, &format!("lee{number}"), Role::Manager, sales).await;
        }
        // Connected opens the task to send the booking link (D30).
        "se" => {
            let log = "activity:call_answered note:\"They called back\" next:\"Send the link\"";
            done(world, "ana", &format!("/lead log lead:{lead} {log}")).await;
        }
        // Qualified drafts the opportunity (D31).
        "tc" => {
            let log = "activity:call_answered note:\"They called back\" next:\"Send the offer\"";
            done(world, "ana", &format!("/lead log lead:{lead} {log}")).await;
            for field in ["budget", "authority", "need", "timeline", "why_qualified"] {
                done(world, "ana", &format!("/lead edit lead:{lead} field:{field} value:\"known\"")).await;
            }
            done(world, "ana", &format!("/lead status lead:{lead} to:qualified")).await;
        }
        // A reply that wants no more of them is not taken for interest: it proposes (ruling 10).
        "di" => {
            let log = "activity:email_replied note:\"Please unsubscribe me\"";
            done(world, "ana", &format!("/lead log lead:{lead} {log}")).await;
        }
        "da" => {
            let reply = say(world, "ana", &format!("/lead done task:{lead}/1")).await;
            scene.draft = draft_of(&reply);
        }
        // An event of a playbook that asks what came of it (B2).
        "oc" => {
            say(world, "root", "/setup playbook playbook:engagement active:true").await;
            done(world, "ana", &format!("/enquiry new name:\"Mei {number}\"")).await;
            let log = format!("/enquiry log enquiry:\"Mei {number}\" activity:call_answered");
            scene.draft = draft_of(&say(world, "ana", &log).await);
        }
        // A deal that nobody has worked on: leadership is asked why (E7).
        "aw (asked)" => {
            say(world, "root", "/setup playbook playbook:sales-pipeline active:true").await;
            done(world, "ana", &format!("/opportunity new name:\"Deal {number}\"")).await;
            // The newest one.
            for handle in (1..).map(|number| RecordRef { letter: 'O', number }) {
                let found = world.app.store().record_by_handle(WORKSPACE, handle).await.expect("a read");
                let Some(found) = found else { break };
                scene.lead = found.record.id;
            }
            let to = world.now() + chrono::TimeDelta::days(32);
            world.advance_to(to).await;
        }
        // Its owner has left.
        "ra" => {
            let sales = world.app.store().workspace(WORKSPACE).teams[0].id;
            let name = format!("kim{number}");
            kit::place(world, &name, Role::Rep, sales).await;
            done(world, "ana", &format!("/lead log lead:{lead} activity:email_sent")).await;
            done(world, "mia", &format!("/lead assign lead:{lead} to:@{name}")).await;
            kit::leaves(world, &name).await;
        }
        "/lead undo" | "un" => {
            done(world, "ana", &format!("/lead edit lead:{lead} field:value value:5k")).await;
        }
        "ap" | "rj" | "rf" | "wd" => done(world, "ana", &ask).await,
        "aa" | "ja" | "jr" => {
            let company = format!("Two of {number}");
            done(world, "ana", &format!("/lead edit lead:{lead} field:company value:\"{company}\"")).await;
            new_lead(world, "ana", &format!("name:\"Other {number}\" company:\"{company}\" value:\"20k\""))
                .await;
            let bulk =
                format!("/lead bulk to:unqualified company:\"{company}\" reason:budget note:\"no money\"");
            let job = job_of(&say(world, "ana", &bulk).await);
            world.handle(request(world, "ana", press(Action::StartJob { job }))).await;
        }
        "ap (mia asked and owns)" => {
            done(world, "mia", &format!("/lead assign lead:{lead} to:@mia")).await;
            done(world, "mia", &ask).await;
        }
        "ap (nia owned it, too)" => {
            done(world, "ana", &format!("/lead assign lead:{lead} to:@nia")).await;
            done(world, "mia", &format!("/lead assign lead:{lead} to:@mia")).await;
            done(world, "mia", &ask).await;
        }
        "ka" | "kf" | "kd" => scene.kept = kept(world, number).await,
        "df" | "ds" => {
            let reply = say(world, "ana", &format!("/lead new name:\"Half {number}\"")).await;
            scene.draft = draft_of(&reply);
        }
        // A move that asks for a choice first.
        "dp" => {
            let reply = say(world, "ana", &format!("/lead status lead:{lead} to:unqualified")).await;
            scene.draft = draft_of(&reply);
        }
        "ca" => {
            let again = format!("/lead new name:\"Again {number}\" email:\"twin{number}@acme.com\"");
            done(world, "ana", &again).await;
            scene.draft = draft_of(&say(world, "ana", &again).await);
        }
        "/lead merge" => {
            let other = new_lead(world, "ana", &format!("name:\"Other {number}\"")).await;
            scene.into = row(world, other).await.record.handle.to_string();
        }
        "nr" | "na" => {
            let menu = Menu { name: "Log to lead".into(), text: "They called".into(), author: None };
            let reply = world.handle(request(world, "ana", Input::Menu(menu))).await;
            scene.draft = draft_of(&reply);
        }
        "pg" | "lr" | "lm" => {
            let reply = say(world, "ana", "/lead list").await;
            scene.draft = draft_of(&reply);
        }
        _ => {}
    }
    scene.last = row(world, scene.lead).await.record.last_event.expect("a history");
    let record = row(world, scene.lead).await.record;
    if let Some(pending) = record.pending {
        scene.approval = pending.approval;
    }
    if let Some(suggestion) = record.suggestions.first() {
        scene.rule = suggestion.rule.clone();
    }
    let playbook = Playbooks::builtin();
    let spec = |task: &OpenTask| {
        playbook
            .all()
            .iter()
            .filter(|p| p.id == record.playbook)
            .find_map(|p| p.task(&task.status, &task.label).cloned())
    };
    // The one that the button is about, where there are several.
    let wanted = |task: &&OpenTask| match action {
        "se" => spec(task).is_some_and(|spec| spec.prepare.is_some()),
        "tc" => spec(task).is_some_and(|spec| !spec.confirms.is_empty()),
        _ => true,
    };
    scene.task = record.tasks.iter().find(wanted).map_or(0, |task| task.id);
    scene
}

/// A file with one lead, to be attached.
fn a_file(world: &mut World, number: usize) {
    world.file("in.csv", format!("name,email,fax\nFrom a file,file{number}@acme.com,1\n").into_bytes());
}

/// The job that a preview is of.
fn job_of(reply: &Reply) -> JobId {
    let Reply::Private(message) = reply else { panic!("no preview: {reply:?}") };
    let of = |action: &Action| match action {
        Action::StartJob { job } => Some(*job),
        _ => None,
    };
    message.buttons.iter().find_map(|b| of(&b.action)).expect("a button to start it")
}

async fn done(world: &World, who: &str, line: &str) {
    let reply = say(world, who, line).await;
    assert!(!is_refusal(&reply), "{who}> {line}\n{}", told(world, &reply));
}

/// The draft that a reply goes on with.
fn draft_of(reply: &Reply) -> DraftId {
    let of = |action: &Action| match action {
        Action::DraftForm { draft }
        | Action::DraftSubmit { draft }
        | Action::DoneAnswer { draft }
        | Action::PickOutcome { draft }
        | Action::DraftPick { draft, .. }
        | Action::NoteRecord { draft }
        | Action::CreateAnyway { draft }
        | Action::ListRecord { draft, .. }
        | Action::Page { draft, .. } => Some(*draft),
        _ => None,
    };
    let found = match reply {
        Reply::Form(form) => of(&form.action),
        Reply::Private(m) | Reply::Public(m) | Reply::Update(m) => {
            m.buttons.iter().map(|b| &b.action).chain(m.choices.iter().map(|c| &c.action)).find_map(of)
        }
    };
    found.unwrap_or_else(|| panic!("no draft in {reply:?}"))
}

/// An event that found no record.
async fn kept(world: &World, number: usize) -> KeptId {
    let event = Outside {
        workspace: WORKSPACE,
        sender: Sender::Hook,
        id: format!("event-{number}"),
        what: What::Activity(Activity::EmailSent),
        whose: Whose { email: Some("nobody@x.example".to_owned()), ..Whose::default() },
        at: None,
        note: None,
        fields: BTreeMap::new(),
    };
    let came = world.app.happened(event).await.expect("taken in");
    assert!(matches!(came, Came::Kept { .. }), "{came:?}");
    world.app.store().kept_events(WORKSPACE, 1_000).await.expect("read").last().expect("one is kept").id
}

/// Nobody owns the lead any more. No command does that yet; a record is born so where routing finds nobody.
async fn unown(world: &World, lead: RecordId) {
    use bellwether::store::{Batch, Needs, Work};
    struct Unown(RecordId);
    impl Work for Unown {
        type Answer = ();
        fn needs(&self) -> Needs {
            Needs { records: vec![self.0], ..Needs::default() }
        }
        fn run(&self, batch: &mut Batch) {
            let mut row = batch.record(self.0).expect("the lead").clone();
            let from = row.record.owner.take();
            let event = bellwether::domain::event::Event {
                at: batch.now(),
                by: None,
                source: bellwether::domain::event::Source::Manual,
                kind: bellwether::domain::event::EventKind::Assigned { from, to: None, why: None, how: None },
                clocks: Vec::new(),
            };
            let record = bellwether::domain::evolve::evolve(
                bellwether::domain::record::Record { owner: from, ..row.record.clone() },
                &event,
            );
            row.record = record;
            batch.put(row, &[event], None);
        }
    }
    world.app.store().work(Unown(lead)).await.expect("written");
}

/// The input of an action. A label that is missing here is missing in the table, too.
fn input(world: &World, action: &str, who: &str, scene: &Scene) -> Input {
    let Scene { lead: record, handle, approval, draft, job, kept, into, last, task, rule, number } = scene;
    let (record, approval, draft, job, task, kept) = (*record, *approval, *draft, *job, *task, *kept);
    let version = 0;
    let email = format!("jane{number}@acme.com");
    let owner = Some(world.who("ana").expect("ana").id);
    let pick =
        |action, value: String| Input::Press { action: Some(action), values: vec![value], on_private: true };
    let submit = |action, inputs: &[(&str, &str)]| Input::Submit {
        action: Some(action),
        inputs: inputs.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect(),
    };
    let line = |rest: &str| typed(world, &rest.replace("{lead}", handle));
    match action {
        "/lead new" => line(&format!("/lead new name:\"One more\" email:\"one{number}@more.com\"")),
        "/lead show" => line("/lead show lead:{lead}"),
        "/lead status" | "/lead status (unowned)" => {
            line("/lead status lead:{lead} to:unqualified reason:budget note:\"no money\"")
        }
        "/lead stage" => line("/lead stage lead:{lead} to:sal"),
        "/lead stage (demote)" => line("/lead stage lead:{lead} to:mql reason:\"too early\""),
        "/lead log" => line("/lead log lead:{lead} activity:call_answered note:\"they called back\""),
        "/lead log (note)" => line("/lead log lead:{lead} activity:note note:\"nice people\""),
        "/lead done" => line("/lead done task:{lead}/1 status:keep"),
        "/lead next" => line("/lead next lead:{lead} action:\"call back\" due:\"tomorrow 3pm\""),
        "/lead edit" | "/lead edit (unowned)" => line("/lead edit lead:{lead} field:value value:5k"),
        "/lead assign" => line("/lead assign lead:{lead} to:@cai"),
        "/lead mine" => line("/lead mine"),
        "/lead list" => line("/lead list"),
        "/lead bulk" => line("/lead bulk to:unqualified owner:@ana reason:budget note:\"no money\""),
        "/lead history" => line("/lead history lead:{lead}"),
        "/lead import" => line("/lead import file:in.csv"),
        "/lead export" => line("/lead export state:all"),
        "js" => press(Action::StartJob { job }),
        "jx" => press(Action::StopJob { job }),
        "jc" => pick(Action::PickColumn { job }, "2".to_owned()),
        "jf" => pick(Action::PickField { job, column: 2 }, "company".to_owned()),
        "/lead undo" => line("/lead undo lead:{lead}"),
        "lr" => pick(Action::ListRecord { draft, page: 0 }, record.0.to_string()),
        "lm" => pick(Action::ListMove { draft, page: 0, record, version }, "nurture".to_owned()),
        "un" => press(Action::Undo { record, command: *last }),
        "/approvals mine" => line("/approvals mine"),
        "/approvals all" => line("/approvals all"),
        "/pipeline digest" => line("/pipeline digest"),
        "/pipeline points" => line("/pipeline points"),
        "/playbook guide" => line("/playbook guide"),
        "/playbook list" => line("/playbook list"),
        "/playbook show" => line("/playbook show"),
        "/playbook check" => line("/playbook check file:two.toml"),
        "/playbook use" => line("/playbook use playbook:helpdesk"),
        "/playbook use (look)" => line("/playbook use"),
        "/setup playbook" => line(&format!("/setup playbook playbook:helpdesk file:{TOY}")),
        "/setup playbook (off)" => line("/setup playbook playbook:helpdesk active:false"),
        "/setup pipeline add" => {
            line(&format!("/setup pipeline add pipeline:\"Pipeline {number}\" stages:\"First, Second\""))
        }
        "/setup pipeline rename" => {
            line(&format!("/setup pipeline rename pipeline:Tries stage:Second to:\"Second {number}\""))
        }
        "/setup pipeline reorder" => {
            line("/setup pipeline reorder pipeline:Tries stages:\"Second, First, Third\"")
        }
        "/setup pipeline retire" => line("/setup pipeline retire pipeline:Tries stage:Second"),
        "/playbook simulate" => line("/playbook simulate file:src/playbook/builtin/lead_lifecycle.toml"),
        "/setup team" => line(&format!("/setup team name:Sales digest-at:\"17:{:02}\"", number % 60)),
        "/setup team (new)" => line(&format!("/setup team name:\"Team {number}\"")),
        "/setup member" => line(&format!("/setup member person:@cai team:Sales role:rep capacity:{number}")),
        "/setup member (manager)" => {
            line(&format!("/setup member person:@zoe{number} team:Sales role:manager"))
        }
        "/setup member (from away)" => {
            line(&format!("/setup member person:@far{number} team:Sales role:rep"))
        }
        "/setup member (gone)" => line(&format!("/setup member person:@kim{number} role:gone")),
        "/setup member (lead gone)" => {
            line(&format!("/setup member person:@lee{number} team:Sales role:gone"))
        }
        "/setup member (oneself)" => {
            line(&format!("/setup member person:@{who} team:Sales capacity:{number}"))
        }
        "/setup calendar" => {
            line(&format!("/setup calendar team:Sales hours:\"mon-fri 09:00-18:{:02}\"", number % 60))
        }
        "/setup holidays" => line(&format!(
            "/setup holidays team:Sales add:\"2027-{:02}-{:02}\"",
            number % 12 + 1,
            number % 28 + 1
        )),
        "/setup thresholds" => line(&format!("/setup thresholds high-value:\"{}\"", 20_000 + number)),
        "/setup hooks" => line("/setup hooks secret:new"),
        "/setup hooks (look)" => line("/setup hooks"),
        "/setup show" => line("/setup show"),
        "/me timezone" => line("/me timezone zone:\"Asia/Tokyo\""),
        "/me settings" => line(&format!("/me settings budget:{}", number % 20 + 1)),
        "/me quiet-hours" => line("/me quiet-hours hours:22:00-07:00"),
        "/me away" => line("/me away until:\"in 2 days\""),
        "/me booking" => line(&format!("/me booking link:\"https://cal.example.com/{number}\"")),
        "/me language" => line("/me language language:en"),
        "op" => press(Action::Open { record }),
        "mv" => press(Action::Move { record, to: StatusId::new("nurture"), version }),
        "mm" => press(Action::MoreMoves { record }),
        "ps" => pick(Action::PickStatus { record, version }, "nurture".to_owned()),
        "lg" => press(Action::Log { record }),
        "pa" => pick(Action::PickActivity { record }, "call_answered".to_owned()),
        "lf" => submit(Action::LogForm { record, activity: "note".to_owned() }, &[("note", "nice people")]),
        "sn" => press(Action::Snooze { record }),
        "sf" => press(Action::SnoozeFor { record, span: SnoozeSpan::Hour }),
        "tk" => press(Action::Take { record }),
        "rs" => press(Action::Rescue { record, from: owner }),
        "ra" => {
            press(Action::ReassignAll { record, from: world.who(&format!("kim{number}")).expect("kim").id })
        }
        "pq" => pick(Action::PickRescue, render::alert::rescue_value(record, owner)),
        "fo" => press(Action::FillOwed { record }),
        "pn" => press(Action::PlanNext { record }),
        "pf" => submit(Action::PlanForm { record }, &[("action", "call back"), ("due", "tomorrow 3pm")]),
        "ts" => press(Action::Tasks { record }),
        "td" => press(Action::TaskDone { record, task }),
        "oc" => pick(Action::PickOutcome { draft }, "progressing".to_owned()),
        "da" => pick(Action::DoneAnswer { draft }, render::task::KEEP.to_owned()),
        "se" => press(Action::TaskSent { record, task }),
        "aw" => press(Action::Answer { record, clock: "first-contact".into(), answer: 0 }),
        "aw (asked)" => press(Action::Answer { record, clock: "quiet".into(), answer: 0 }),
        "tc" => press(Action::TaskConfirm { record, task }),
        "di" => press(Action::Dismiss { record, rule: rule.clone() }),
        "hi" => press(Action::History { record, page: 0 }),
        "pr" => pick(Action::PickRecord, record.0.to_string()),
        "pg" => press(Action::Page { draft, page: 1 }),
        "ka" => press(Action::KeptAssign { kept }),
        "kf" => submit(Action::KeptForm { kept }, &[("record", handle)]),
        "kd" => press(Action::KeptDismiss { kept }),
        "cn" => press(Action::SendNotes { record: Some(record) }),
        "cn (all)" => press(Action::SendNotes { record: None }),
        "st" => press(Action::SetupPage { page: 0 }),
        "po" => press(Action::Points { by: Board::Company, person: None, company: None, page: 0 }),
        "df" => press(Action::DraftForm { draft }),
        "ds" => submit(Action::DraftSubmit { draft }, &[("email", "half@acme.com")]),
        "dp" => pick(Action::DraftPick { draft, field: FieldId::new("reason") }, "budget".to_owned()),
        "/lead merge" => line(&format!("/lead merge lead:{{lead}} into:{into}")),
        "/lead erase" => line("/lead erase lead:{lead}"),
        "ea" => press(Action::EraseAsk { record }),
        "ef" => submit(Action::EraseForm { record }, &[("id", handle)]),
        "ca" => press(Action::CreateAnyway { draft }),
        "nf" => submit(
            Action::NewForm { noun: "lead".to_owned() },
            &[("name", "Jane"), ("email", email.as_str()), ("note", "Wants a demo")],
        ),
        "nr" => pick(Action::NoteRecord { draft }, record.0.to_string()),
        "na" => pick(Action::NoteActivity { draft, record }, "call_answered".to_owned()),
        "ap" | "ap (mia asked and owns)" | "ap (nia owned it, too)" => press(Action::Approve { approval }),
        "aa" => press(Action::ApproveAll { approval }),
        "ja" => press(Action::RejectAll { approval }),
        "jr" => submit(Action::RejectAllForm { approval }, &[("reason", "ask again")]),
        "rj" => press(Action::Reject { approval }),
        "rf" => submit(Action::RejectForm { approval }, &[("reason", "ask again")]),
        "wd" => press(Action::Withdraw { approval }),
        other => panic!("the table has {other}, of which the test knows nothing"),
    }
}

/// The rows of the table: the action, and what is expected by kind of person.
fn table() -> Vec<(String, BTreeMap<String, String>)> {
    let cells = |line: &str| line.split('|').map(|c| c.trim().to_owned()).collect::<Vec<_>>();
    let mut lines = TABLE.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    let heads = cells(lines.next().expect("the heads"));
    lines
        .map(|line| {
            let row = cells(line);
            assert_eq!(row.len(), heads.len(), "{line}");
            (row[0].clone(), heads.iter().cloned().zip(row).skip(1).collect())
        })
        .collect()
}

/// R10: nothing that can be done is missing in the table. Each noun has the same tree, behind the same doors.
#[test]
fn every_command_and_every_verb_is_in_the_table() {
    let playbooks = Playbooks::builtin();
    let playbooks: Vec<_> = playbooks.all().iter().map(AsRef::as_ref).collect();
    let commands = commands::tree(&playbooks);
    // The same commands stand under each noun, and the same checks behind them: leads stand for all.
    let noun = |name: &str| playbooks.iter().any(|p| p.noun.singular == name);
    let named = |name: &str| if noun(name) { "lead".to_owned() } else { name.to_owned() };
    let paths = commands
        .iter()
        .flat_map(|c| c.subs.iter().map(move |s| format!("/{} {}", named(&c.name), s.path.join(" "))));
    let verbs = Action::VERBS.iter().map(|v| (*v).to_owned());
    let known: Vec<_> = table().into_iter().map(|(action, _)| action).collect();
    let missing: Vec<_> = paths.chain(verbs).filter(|a| !known.contains(a)).collect();
    assert!(missing.is_empty(), "not in the table: {missing:?}");
}

/// What only changes by an act, not by being seen: everything but who has come by.
fn settings(world: &World, who: &str) -> (String, Vec<String>) {
    let workspace = world.app.store().workspace(WORKSPACE);
    let playbooks: Vec<_> =
        world.app.active(WORKSPACE).iter().map(|p| format!("{} {}", p.id, p.version)).collect();
    let people = workspace.people.values().filter(|p| p.name != who);
    let own = workspace.people.values().find(|p| p.name == who);
    let own = own
        .map(|p| (p.team, p.role, p.capacity, p.timezone, (p.quiet, p.away, p.budget, p.booking.clone())))
        .unwrap_or_default();
    let set = (&workspace.teams, &workspace.thresholds, &workspace.hooks);
    let body = format!("{set:?} {own:?} {playbooks:?}");
    (body, people.map(|p| format!("{p:?}")).collect())
}

/// R10, rulings 11 and 16: each cell of the table, through the same door as everybody.
#[tokio::test]
async fn only_the_permitted() {
    let mut wrong = Vec::new();
    let mut cells = 0;
    for (action, expected) in table() {
        // A world for each action: what an admin changes in one row does not matter in another.
        let mut world = world().await;
        let listed = if action == "pg" { 11 } else { 0 };
        for number in 0..listed {
            new_lead(&world, "ana", &format!("name:\"Of a long list {number}\"")).await;
        }
        for (kind, expected) in expected {
            cells += 1;
            let who = match kind.as_str() {
                "owner" => "ana",
                "mate" => "ben",
                "other rep" => "olu",
                "manager" => "mia",
                "other manager" => "nia",
                "admin" => "root",
                "newcomer" => "guest",
                other => panic!("who is the {other}?"),
            };
            if who == "guest" {
                world.person("guest", false);
            }
            if action.starts_with("/setup member") {
                world.person(&format!("zoe{cells}"), false);
                let north = world.app.store().workspace(WORKSPACE).team_named("North").expect("North").id;
                kit::place(&mut world, &format!("far{cells}"), Role::Rep, north).await;
                let sales = world.app.store().workspace(WORKSPACE).teams[0].id;
                kit::place(&mut world, &format!("kim{cells}"), Role::Rep, sales).await;
            }
            let scene = scene(&mut world, &action, cells).await;
            let before = row(&world, scene.lead).await;
            let settings_before = settings(&world, who);
            let reply = world.handle(request(&world, who, input(&world, &action, who, &scene))).await;
            let said = told(&world, &reply);
            let after = row(&world, scene.lead).await;
            let settings_after = settings(&world, who);
            let refused = is_refusal(&reply);
            let moved = after.record != before.record;
            let set = settings_after != settings_before;
            // A guide says so of any lead.
            let created = said.contains("is created") && !action.starts_with("/playbook");
            let happened = match changes(&action) {
                Changes::Nothing => !moved && !set && !created,
                Changes::TheLead => moved && !set,
                Changes::ANewLead => created && !moved && !set,
                Changes::Settings => set && !moved,
            };
            let untouched = !moved && !set && !created;
            let held = !is_fault(&world, &reply)
                && match expected.as_str() {
                    "yes" => !refused && happened,
                    "form" => {
                        matches!(reply, Reply::Form(_)) && untouched
                            || !refused && untouched && !draft_free(&reply)
                    }
                    refusal => {
                        let sentence = SENTENCES.iter().find(|(short, _)| *short == refusal);
                        let (_, sentence) = sentence.unwrap_or_else(|| panic!("{refusal} is no sentence"));
                        refused && untouched && said.contains(sentence)
                    }
                };
            if !held {
                wrong.push(format!(
                    "{action} by the {kind}: expected {expected}, moved {moved}, settings {set}, told:\n    {}",
                    said.replace('\n', "\n    ")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cells} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether a reply goes on with nothing.
fn draft_free(reply: &Reply) -> bool {
    match reply {
        Reply::Form(_) => false,
        Reply::Private(m) | Reply::Public(m) | Reply::Update(m) => m.choices.is_empty(),
    }
}

/// Ruling 16: whoever was placed nowhere belongs to the default team alone.
#[tokio::test]
async fn whoever_was_placed_nowhere_changes_nothing_of_another_team() {
    let mut world = world().await;
    let lead = new_lead(&world, "olu", "name:\"Of North\" team:North").await;
    world.person("guest", false);
    let before = row(&world, lead).await;
    for who in ["guest", "root", "ana", "mia"] {
        for line in
            ["/lead log lead:L-1 activity:note note:\"hello\"", "/lead edit lead:L-1 field:value value:5k"]
        {
            let said = told(&world, &say(&world, who, line).await);
            assert!(said.contains("belongs to the team North: ask one of its people."), "{who}: {said}");
        }
        let taken = world.handle(request(&world, who, press(Action::Take { record: lead }))).await;
        assert!(is_refusal(&taken), "{who}: {taken:?}");
    }
    assert_eq!(row(&world, lead).await.record, before.record);
}

fn press(action: Action) -> Input {
    Input::Press { action: Some(action), values: Vec::new(), on_private: false }
}
