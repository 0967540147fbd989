//! Who gets a record (D34–D37, rulings 9 and 17), and who may take one over (X7). Ana and Ben are reps, Mia leads the
//! team, Ada is the admin.

use std::collections::{BTreeMap, BTreeSet};

use bellwether::domain::accounts::{self, Account};
use bellwether::domain::activity::Activity;
use bellwether::domain::clocks;
use bellwether::domain::command::{Actor, Command, NewRecord};
use bellwether::domain::decide::create;
use bellwether::domain::decision::{Decision, Effect, Env, Notice};
use bellwether::domain::event::{Because, EventKind, Found, HandOver};
use bellwether::domain::facts::Facts;
use bellwether::domain::field::{Contact, Data, FieldValue};
use bellwether::domain::ids::{ApprovalId, PersonId, RecordId, RecordRef, RouteId, TeamId};
use bellwether::domain::record::ClockOutcome;
use bellwether::domain::rejection::Rejection;
use bellwether::domain::workspace::{Away, Duty, Person, Workspace};
use chrono::{DateTime, TimeZone, Utc};

use super::properties::lead_lifecycle;
use super::world::{ADA, ANA, BEN, MIA, World, monday, workspace};

const ZOE: PersonId = PersonId(50);
const TEAM: TeamId = TeamId(1);

fn at(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, day, hour, minute, 0).single().expect("a date")
}

fn lead() -> World {
    World::new(lead_lifecycle())
}

/// The lead, with Zoe in the team, who has these duties.
fn lead_and_zoe(duties: &[Duty]) -> World {
    let mut lead = lead();
    let zoe = Person {
        id: ZOE,
        name: "Zoe".to_owned(),
        duties: duties.iter().copied().collect(),
        ..lead.workspace.people[&ANA].clone()
    };
    lead.workspace.people.insert(ZOE, zoe);
    lead
}

fn person(world: &mut World, id: PersonId) -> &mut Person {
    world.workspace.people.get_mut(&id).expect("known")
}

fn away(from: DateTime<Utc>) -> Option<Away> {
    Some(Away { from, until: None })
}

/// Makes a lead without naming an owner.
fn made_by(actor: &Actor, workspace: &Workspace, facts: &Facts, company: &str) -> Decision {
    let playbook = lead_lifecycle();
    let new = NewRecord {
        id: RecordId(1),
        handle: RecordRef { letter: 'L', number: 1 },
        team: TEAM,
        channel: None,
        owner: None,
        contact: Contact {
            name: "Acme".to_owned(),
            company: Some(company.to_owned()),
            email: Some("buyer@acme.example".to_owned()),
            phone: None,
        },
        value: None,
        source: None,
        data: Data::new(),
        from: None,
    };
    let team = workspace.team(TEAM);
    let env = Env { now: monday(), playbook, workspace, team, facts, next_approval: ApprovalId(1) };
    create(&new, actor, &env).expect("it has all it needs").decision
}

fn owner(decision: &Decision) -> Option<PersonId> {
    match &decision.events[0].kind {
        EventKind::Created(created) => created.owner,
        other => panic!("{other:?}"),
    }
}

fn told(effects: &[Effect], whom: PersonId) -> Vec<&Notice> {
    let mut notices = Vec::new();
    for effect in effects {
        if let Effect::Tell { who, notice } = effect
            && who.contains(&whom)
        {
            notices.push(notice);
        }
    }
    notices
}

fn last_hand_over(world: &World) -> (Found, Because) {
    let routed = world.events.iter().rev().find_map(|event| match &event.kind {
        EventKind::Assigned { how: Some(HandOver::Routed(routed)), .. } => Some(routed),
        _ => None,
    });
    routed.map(|routed| (routed.found, routed.because)).expect("handed over")
}

// --- New leads ----------------------------------------------------------------------------------------------------

/// 1,000 leads over reps who can carry 100, 200 and 300, and one without a limit, who counts as the largest: each gets
/// what is theirs by capacity, and at no time is anybody ahead by more than one.
#[test]
fn a_thousand_leads_are_shared_by_capacity() {
    let mut workspace = workspace();
    workspace.people.clear();
    let shares = [(1, Some(100)), (2, Some(200)), (3, Some(300)), (4, None)];
    for (id, capacity) in shares {
        let id = PersonId(id);
        let rep = Person { id, capacity, ..lead().workspace.people[&ANA].clone() };
        workspace.people.insert(id, rep);
    }
    let mut facts = Facts::default();
    for n in 1..=1000_u32 {
        let decision = made_by(&Actor::INTEGRATION, &workspace, &facts, "Acme");
        let Some(person) = owner(&decision) else {
            // The three are full; the one without a limit goes on.
            panic!("lead {n} found nobody");
        };
        *facts.loads.entry(person).or_default() += 1;
        facts.turns.insert((TEAM, RouteId::from("new")), person);
        if n <= 900 {
            for (id, capacity) in shares {
                let due = f64::from(n) * f64::from(capacity.unwrap_or(300)) / 900.0;
                let has = f64::from(facts.load(PersonId(id)));
                assert!((has - due).abs() <= 1.5, "after {n}: {id} has {has}, {due:.1} is due");
            }
        }
    }
    let carried: Vec<_> = facts.loads.values().copied().collect();
    assert_eq!(carried, [100, 200, 300, 400]);
}

/// Equal reps take turns, whatever they carry as long as it is the same, and the turn goes on where it was.
#[test]
fn equals_take_turns() {
    let workspace = workspace();
    let mut facts = Facts::default();
    let mut order = Vec::new();
    for _ in 0..6 {
        let person = owner(&made_by(&Actor::INTEGRATION, &workspace, &facts, "Acme")).expect("somebody");
        facts.turns.insert((TEAM, RouteId::from("new")), person);
        order.push(person);
    }
    let reps = workspace.reps(TEAM);
    assert_eq!(order, [&reps[..], &reps[..]].concat(), "nobody keeps what they get, so it is turns alone");
}

/// A rep keeps what they make by hand; a manager's, an admin's and an integration's go round.
#[test]
fn only_a_rep_keeps_what_they_make() {
    let workspace = workspace();
    let facts = Facts { loads: [(ANA, 5), (ADA, 5)].into(), ..Facts::default() };
    assert_eq!(owner(&made_by(&Actor::person(ANA), &workspace, &facts, "Acme")), Some(ANA));
    for maker in [Actor::person(MIA), Actor::person(ADA), Actor::INTEGRATION] {
        let decision = made_by(&maker, &workspace, &facts, "Acme");
        assert_eq!(owner(&decision), Some(BEN), "{maker:?}");
        let told = told(&decision.effects, BEN);
        assert!(matches!(told[..], [Notice::Assigned { why: Some(_), .. }]), "{told:?}");
    }
}

/// Full and absent reps are skipped; with nobody free it has no owner, and the manager is told.
#[test]
fn the_full_and_the_absent_are_skipped() {
    let mut workspace = workspace();
    let known = |workspace: &mut Workspace, id, change: fn(&mut Person)| {
        change(workspace.people.get_mut(&id).expect("known"));
    };
    known(&mut workspace, ANA, |ana| ana.capacity = Some(2));
    known(&mut workspace, BEN, |ben| ben.away = away(monday()));
    known(&mut workspace, ADA, |ada| ada.gone = Some(monday()));
    let one = Facts { loads: [(ANA, 1)].into(), ..Facts::default() };
    assert_eq!(owner(&made_by(&Actor::INTEGRATION, &workspace, &one, "Acme")), Some(ANA));
    let two = Facts { loads: [(ANA, 2)].into(), ..Facts::default() };
    let decision = made_by(&Actor::INTEGRATION, &workspace, &two, "Acme");
    assert_eq!(owner(&decision), None);
    assert!(matches!(told(&decision.effects, MIA)[..], [Notice::NobodyFree { .. }]));
}

/// Without any set-up nobody is placed, so whoever makes it keeps it, an admin too.
#[test]
fn without_set_up_the_maker_keeps_it() {
    let mut workspace = workspace();
    for person in workspace.people.values_mut() {
        person.role = None;
    }
    for maker in [ANA, ADA] {
        let decision = made_by(&Actor::person(maker), &workspace, &Facts::default(), "Acme");
        assert_eq!(owner(&decision), Some(maker));
    }
    assert_eq!(owner(&made_by(&Actor::INTEGRATION, &workspace, &Facts::default(), "Acme")), None);
}

/// An account executive is no rep for new leads, unless everybody is one.
#[test]
fn new_leads_pass_by_the_account_executives() {
    let mut workspace = workspace();
    for person in workspace.people.values_mut().filter(|p| p.id != BEN) {
        person.duties.insert(Duty::Ae);
    }
    let new = |workspace: &Workspace| owner(&made_by(&Actor::INTEGRATION, workspace, &Facts::default(), "A"));
    assert_eq!(new(&workspace), Some(BEN));
    workspace.people.get_mut(&BEN).expect("known").duties.insert(Duty::Ae);
    assert!(new(&workspace).is_some());
}

// --- Hand-overs ---------------------------------------------------------------------------------------------------

/// D34: reaching Qualified, a lead goes to an AE or a senior rep, in the same decision; both are told why.
#[test]
fn qualified_goes_to_an_account_executive() {
    for duty in [Duty::Ae, Duty::Senior] {
        let mut lead = lead_and_zoe(&[duty]);
        lead.choose(ANA, "connected").expect("chosen");
        let decision = lead.choose(ANA, "qualified").expect("chosen");
        assert_eq!(lead.record.owner, Some(ZOE));
        let handed = decision.events.iter().filter(|e| matches!(e.kind, EventKind::Assigned { .. })).count();
        assert_eq!(handed, 1, "the move and the hand-over are one decision: undone as one");
        assert!(matches!(
            told(&decision.effects, ZOE)[..],
            [Notice::Assigned { by: Some(ANA), why: Some(_), how: Some(_) }, ..]
        ));
        assert_eq!(lead.replayed(), lead.record);
    }
}

/// D34: whoever holds the duty already keeps it; where nobody holds it, nothing is handed over; where nobody is free, it
/// stays and the manager hears.
#[test]
fn a_route_binds_only_where_its_people_are() {
    let mut lead = lead();
    lead.choose(ANA, "connected").expect("chosen");
    lead.choose(ANA, "qualified").expect("chosen");
    assert_eq!(lead.record.owner, Some(ANA), "nobody has the duty");

    let mut lead = lead_and_zoe(&[Duty::Ae]);
    person(&mut lead, ANA).duties.insert(Duty::Senior);
    lead.choose(ANA, "connected").expect("chosen");
    lead.choose(ANA, "qualified").expect("chosen");
    assert_eq!(lead.record.owner, Some(ANA), "she is one of them");

    let mut lead = lead_and_zoe(&[Duty::Ae]);
    person(&mut lead, ZOE).away = away(at(1, 9, 0));
    lead.choose(ANA, "connected").expect("chosen");
    let decision = lead.choose(ANA, "qualified").expect("chosen");
    assert_eq!(lead.record.owner, Some(ANA), "somebody has to have it");
    let told = told(&decision.effects, MIA);
    assert!(told.iter().any(|notice| matches!(notice, Notice::NobodyFree { .. })), "{told:?}");
}

/// D35: into Nurture it goes to the marketing owner; the old owner, who did not do it, is told.
#[test]
fn nurture_goes_to_the_marketing_owner() {
    let mut lead = lead_and_zoe(&[Duty::MarketingOwner]);
    lead.choose(ANA, "connected").expect("chosen");
    let decision = lead.choose(MIA, "nurture").expect("chosen");
    assert_eq!(lead.record.owner, Some(ZOE));
    let told = told(&decision.effects, ANA);
    assert!(
        matches!(told[..], [Notice::HandedOn { to: Some(ZOE), by: Some(MIA), why: Some(_), .. }]),
        "{told:?}"
    );
}

/// D36, ruling 9: Recycled never returns to anyone who owned it before, by whatever way; with nobody left it has no
/// owner, and the manager is told.
#[test]
fn recycled_never_returns() {
    let mut lead = lead();
    lead.choose(ANA, "connected").expect("chosen");
    lead.tell(Actor::person(ANA), &Command::Assign { to: ADA, why: None }).expect("assigned");
    lead.choose(ADA, "unqualified").expect("chosen");
    lead.choose(ADA, "recycled").expect("chosen");
    assert_eq!(lead.record.owner, Some(BEN));
    assert_eq!(lead.record.barred, BTreeSet::from([ANA, ADA]));
    for (actor, to) in [(MIA, ANA), (BEN, ADA)] {
        let refused = lead.tell(Actor::person(actor), &Command::Assign { to, why: None });
        assert_eq!(refused, Err(Rejection::Barred { person: to }));
    }
    assert_eq!(lead.tell(Actor::person(ANA), &Command::Take), Err(Rejection::Barred { person: ANA }));
    // The cycle after: nobody is left.
    lead.choose(BEN, "unqualified").expect("chosen");
    let decision = lead.choose(BEN, "recycled").expect("chosen");
    assert_eq!(lead.record.owner, None);
    assert!(told(&decision.effects, MIA).iter().any(|n| matches!(n, Notice::NobodyFree { .. })));
    assert_eq!(lead.tell(Actor::person(BEN), &Command::Take), Err(Rejection::Barred { person: BEN }));
    assert_eq!(lead.replayed(), lead.record);
}

/// D37: a company on the account list goes to its owner, however the company is written and however much they carry;
/// one over the size limit without an account owner to a senior rep.
#[test]
fn an_enterprise_goes_to_its_accounts_owner() {
    let account = |owner| Account { name: "Acme".to_owned(), owner };
    let mut lead = lead_and_zoe(&[Duty::Ae]);
    person(&mut lead, BEN).capacity = Some(0);
    lead.workspace.thresholds.accounts = BTreeMap::from([(accounts::key("ACME Inc."), account(BEN))]);
    lead.choose(ANA, "connected").expect("chosen");
    lead.choose(ANA, "qualified").expect("chosen");
    assert_eq!(lead.record.owner, Some(BEN));
    assert_eq!(last_hand_over(&lead), (Found::Account, Because::Entered));

    let mut lead = lead_and_zoe(&[Duty::Ae]);
    person(&mut lead, BEN).duties.insert(Duty::Senior);
    lead.facts.loads = [(BEN, 9)].into();
    lead.workspace.thresholds.enterprise_size = Some(500);
    let size = Command::Edit { field: "company_size".into(), value: Some(FieldValue::Number(500)) };
    lead.tell(Actor::person(ANA), &size).expect("set");
    lead.choose(ANA, "connected").expect("chosen");
    lead.choose(ANA, "qualified").expect("chosen");
    assert_eq!(lead.record.owner, Some(BEN), "senior first, though Zoe carries less");

    let mut lead = lead_and_zoe(&[Duty::Ae]);
    lead.workspace.thresholds.accounts = BTreeMap::from([(accounts::key("Acme"), account(BEN))]);
    person(&mut lead, BEN).away = away(at(1, 9, 0));
    lead.choose(ANA, "connected").expect("chosen");
    lead.choose(ANA, "qualified").expect("chosen");
    assert_eq!(lead.record.owner, Some(ZOE), "its owner is away");
}

// --- Away ---------------------------------------------------------------------------------------------------------

/// Ruling 17: an unmet first contact is handed on as soon as the owner is away, also when that was said beforehand;
/// its clock goes on (ruling 5), and whoever ends it is charged (D46).
#[test]
fn first_contact_does_not_wait_for_the_absent() {
    let mut lead = lead();
    person(&mut lead, ANA).away = away(at(2, 9, 40));
    lead.until(at(2, 9, 39));
    assert_eq!(lead.record.owner, Some(ANA));
    lead.until(at(2, 9, 40));
    assert_eq!(last_hand_over(&lead), (Found::Turn, Because::Away));
    let new = lead.record.owner.expect("somebody");
    assert_ne!(new, ANA);
    let deadline = clocks::clocks(&lead.record, &lead.env())[0].deadline;
    assert_eq!(deadline, Some(at(2, 11, 0)), "reassignment never resets the clock");
    lead.until(at(2, 12, 0));
    lead.log(new, Activity::EmailSent).expect("logged");
    let end = lead.record.run(&"first-contact".into()).and_then(|run| run.end.clone()).expect("ended");
    assert_eq!((end.outcome, end.charged_to), (ClockOutcome::Breached, Some(new)));
}

/// Ruling 17: what is met stays with the absent owner, and so does what is given to them knowingly; what it says goes to
/// the manager. With nobody else there it has no owner, once, and time does not stand still over it.
#[test]
fn the_rest_stays_and_speaks_to_the_manager() {
    let mut lead = lead();
    lead.choose(ANA, "attempting").expect("chosen");
    person(&mut lead, ANA).away = away(at(2, 9, 30));
    lead.effects.clear();
    lead.until(at(9, 8, 0));
    assert_eq!(lead.record.owner, Some(ANA));
    let to: Vec<_> = lead
        .effects
        .iter()
        .filter_map(|e| if let Effect::Alert(a) = e { Some(&a.to) } else { None })
        .collect();
    assert_eq!(*to[0], [MIA], "the nudge");

    let mut lead = self::lead();
    person(&mut lead, BEN).away = away(at(1, 9, 0));
    lead.now = at(2, 9, 10);
    lead.tell(Actor::person(MIA), &Command::Assign { to: BEN, why: None }).expect("assigned");
    lead.until(at(2, 10, 0));
    assert_eq!(lead.record.owner, Some(BEN));

    let mut lead = self::lead();
    for id in [ANA, BEN, ADA] {
        person(&mut lead, id).away = away(at(2, 9, 30));
    }
    lead.effects.clear();
    lead.until(at(2, 10, 0));
    assert_eq!(lead.record.owner, None);
    assert_eq!(last_hand_over(&lead).0, Found::Nobody);
    assert!(told(&lead.effects, MIA).iter().any(|n| matches!(n, Notice::NobodyFree { .. })));
}

// --- Rescue -------------------------------------------------------------------------------------------------------

fn rescue(lead: &mut World, who: PersonId, from: PersonId) -> Result<Decision, Rejection> {
    lead.tell(Actor::person(who), &Command::Rescue { from: Some(from) })
}

/// X7: from 75 % on a team-mate takes it over; the owner hears; the clock goes on, and its end is charged to the new
/// owner (ruling 5, D46).
#[test]
fn a_team_mate_takes_it_over() {
    let mut lead = lead();
    lead.until(at(2, 10, 29));
    assert_eq!(rescue(&mut lead, BEN, ANA), Err(Rejection::NoNeed { owner: Some(ANA) }), "too early");
    lead.until(at(2, 10, 40));
    let decision = rescue(&mut lead, BEN, ANA).expect("rescued");
    assert_eq!(lead.record.owner, Some(BEN));
    assert!(matches!(told(&decision.effects, ANA)[..], [Notice::HandedOn { to: Some(BEN), .. }]));
    assert_eq!(clocks::clocks(&lead.record, &lead.env())[0].deadline, Some(at(2, 11, 0)));
    lead.until(at(2, 11, 30));
    lead.log(BEN, Activity::EmailSent).expect("logged");
    let end = lead.record.run(&"first-contact".into()).and_then(|run| run.end.clone()).expect("ended");
    assert_eq!((end.outcome, end.charged_to), (ClockOutcome::Breached, Some(BEN)));
}

/// X7: what is refused, and to whom it is not.
#[test]
fn not_everybody_may_rescue() {
    let mut lead = lead();
    lead.until(at(2, 10, 40));
    assert_eq!(rescue(&mut lead, ANA, ANA), Err(Rejection::AlreadyOwner { owner: ANA }));
    person(&mut lead, BEN).capacity = Some(3);
    lead.facts.loads = [(BEN, 3)].into();
    assert_eq!(rescue(&mut lead, BEN, ANA), Err(Rejection::NoCapacity { load: 3 }));
    person(&mut lead, BEN).away = away(at(1, 9, 0));
    assert_eq!(rescue(&mut lead, BEN, ANA), Err(Rejection::YouAreAway));
    let mut acted = lead_and_zoe(&[]);
    acted.until(at(2, 10, 40));
    acted.log(ANA, Activity::CallUnanswered).expect("logged");
    assert_eq!(rescue(&mut acted, ZOE, ANA), Err(Rejection::NoNeed { owner: Some(ANA) }), "she acted");
    person(&mut lead, MIA).capacity = Some(0);
    rescue(&mut lead, MIA, ANA).expect("a manager always may");
    let refused = rescue(&mut lead, ADA, ANA);
    assert_eq!(refused, Err(Rejection::TakenBy { owner: MIA, at: at(2, 10, 40) }));
}

/// X7, D43: Attempting offers it as well, and only where somebody is there to take it.
#[test]
fn an_offer_needs_somebody_to_take_it() {
    let mut lead = lead();
    for id in [BEN, ADA] {
        person(&mut lead, id).capacity = Some(0);
    }
    person(&mut lead, MIA).away = away(at(1, 9, 0));
    lead.until(at(2, 10, 40));
    assert_eq!(lead.alerts(), ["first-contact Nudge"]);
}
