//! The commands that stand once: approvals, reports, guide, set-up, personal.

use super::{Command, Opt, OptKind, Sub, Suggests};

pub(super) fn commands() -> Vec<Command> {
    vec![approvals(), pipeline(), playbook(), setup(), me()]
}

fn approvals() -> Command {
    command(
        "approvals",
        "What waits for a decision",
        vec![
            Sub::new("mine", "Requests that you can decide or have made", "/approvals mine", vec![]),
            Sub::new("all", "Every request that waits", "/approvals all", vec![]),
        ],
    )
}

fn pipeline() -> Command {
    command(
        "pipeline",
        "Reports",
        vec![
            Sub::new(
                "digest",
                "The daily digest, as of now",
                "/pipeline digest",
                vec![Opt::text("team", "Which team; yours, if left out").suggests(Suggests::Team)],
            ),
            Sub::new(
                "points",
                "Who has most points, and where they come from",
                "/pipeline points by:company",
                vec![
                    Opt::text("by", "What points are added up by; person, if left out")
                        .choices(&[("person", "Person"), ("company", "Company")]),
                    Opt::new(OptKind::Person, "who", "Every point of one person"),
                    Opt::text("company", "Every point of one company"),
                ],
            ),
        ],
    )
}

fn playbook() -> Command {
    let which = |means: &str| Opt::text("playbook", means).suggests(Suggests::Playbook);
    command(
        "playbook",
        "The rules, explained",
        vec![
            Sub::new(
                "list",
                "Every playbook: what it is for, its version, whether it is on",
                "/playbook list",
                vec![],
            ),
            Sub::new(
                "guide",
                "What each status means, when to use it and what it needs",
                "/playbook guide",
                vec![
                    Opt::text("status", "One status; all of them, if left out").suggests(Suggests::AnyStatus),
                    which("Which playbook"),
                ],
            ),
            Sub::new(
                "show",
                "The rules: moves, deadlines, what happens by itself, what needs an approval",
                "/playbook show",
                vec![which("Which playbook; the first, if left out")],
            ),
            Sub::new(
                "use",
                "Which playbook each command goes by; with a name, that one takes over (admins)",
                "/playbook use playbook:lead-lifecycle",
                vec![which("The one that is to be used from now on")],
            ),
            Sub::new(
                "check",
                "Every problem of a playbook file, with its line; nothing is changed",
                "/playbook check file:…",
                vec![Opt::new(OptKind::File, "file", "A playbook file (.toml)").required()],
            ),
            Sub::new(
                "simulate",
                "What a draft would have done to your history; nothing is changed",
                "/playbook simulate file:draft.toml since:90d",
                vec![
                    Opt::new(OptKind::File, "file", "The draft: a playbook's TOML file").required(),
                    Opt::text("since", "How far back, such as 90d, 12 weeks or 2026-09-01; 90d, if left out"),
                ],
            ),
        ],
    )
}

fn setup() -> Command {
    let team = || Opt::text("team", "Which team; the first, if left out").suggests(Suggests::Team);
    let channel = |name: &str, means: &str| Opt::new(OptKind::Channel, name, means);
    command(
        "setup",
        "Teams, people, business hours, limits",
        vec![
            Sub::new(
                "team",
                "Make or change a team",
                "/setup team name:Sales leads:#leads alerts:#alerts",
                vec![
                    Opt::text("name", "The team's name").required().suggests(Suggests::Team),
                    Opt::new(OptKind::Role, "manager-role", "Whoever has this role is a manager of the team"),
                    Opt::new(OptKind::Role, "rep-role", "Whoever has this role is a rep of the team"),
                    channel("leads", "Where cards are posted"),
                    channel("alerts", "Where breaches are posted"),
                    channel("approvals", "Where requests for approval are posted"),
                    channel("digest", "Where the digest is posted"),
                    Opt::text("digest-at", "The local hour of the digest, such as 08:30"),
                    Opt::text("timezone", "Such as Asia/Kuala_Lumpur").suggests(Suggests::Zone),
                    Opt::text("booking", "Where customers book a meeting with the team; a single - for none"),
                ],
            ),
            Sub::new(
                "member",
                "Place a person",
                "/setup member person:@ana team:Sales role:rep",
                vec![
                    Opt::new(OptKind::Person, "person", "Who").required(),
                    Opt::text("team", "Their team").suggests(Suggests::Team),
                    Opt::text("role", "What they are").choices(&[
                        ("rep", "Rep"),
                        ("manager", "Manager"),
                        ("gone", "Gone: has left"),
                    ]),
                    Opt::text(
                        "duties",
                        "ae, senior, marketing-owner, sdr-manager, sales-manager; a single - for none",
                    ),
                    Opt::new(OptKind::Integer, "capacity", "How many open records they can carry"),
                ],
            ),
            Sub::new(
                "calendar",
                "Business hours",
                "/setup calendar hours:\"mon-fri 09:00-18:00\"",
                vec![team(), Opt::text("hours", "Such as mon-fri 09:00-18:00; shown, if left out")],
            ),
            Sub::new(
                "holidays",
                "Days on which the team is closed",
                "/setup holidays add:2026-12-25",
                vec![
                    team(),
                    Opt::text("add", "Days, such as 2026-12-25, 2027-01-01"),
                    Opt::text("remove", "Days, such as 2026-12-25"),
                    Opt::new(OptKind::File, "file", "A calendar file (.ics) of holidays"),
                ],
            ),
            Sub::new(
                "thresholds",
                "The numbers of the rules",
                "/setup thresholds high-value:25k",
                vec![
                    Opt::text("high-value", "From this value on, giving up needs an approval, such as 25k"),
                    Opt::text("currency", "The currency of values typed without one, such as MYR"),
                    Opt::text("rates", "What foreign currencies are worth, such as USD 4.45, SGD 3.30"),
                    Opt::new(
                        OptKind::Integer,
                        "cluster",
                        "So many parked records of one company are flagged, such as 3",
                    ),
                    Opt::text(
                        "enterprise",
                        "Company size and account list, such as 500, Acme Ltd=@ana, Globex=@ben; none empties it",
                    ),
                    Opt::text(
                        "stale-grace",
                        "How long a forced review waits, such as 5 business days; a single - for the playbook's",
                    ),
                    Opt::text(
                        "activity-window",
                        "How long a contact is active after the last activity: 30d, 60d, 90d; - for the playbook's",
                    ),
                    Opt::text("undo-window", "How long a change can be taken back, such as 15m"),
                    Opt::text(
                        "budget",
                        "Interruptions a person and day: 12; of a team: North 6; a single - for the workspace's",
                    ),
                ],
            ),
            Sub::new(
                "playbook",
                "Switch a playbook on or off, or upload one",
                "/setup playbook playbook:our-leads file:…",
                vec![
                    Opt::text("playbook", "Its id; of a new file, the id in it")
                        .required()
                        .suggests(Suggests::Playbook),
                    Opt::new(OptKind::Flag, "active", "Whether new records can be made under it"),
                    Opt::new(
                        OptKind::File,
                        "file",
                        "Its rules (.toml); a newer version takes over its records",
                    ),
                ],
            ),
            Sub::new(
                "hooks",
                "Events from other systems: the secret that signs, and what found no record",
                "/setup hooks secret:new",
                vec![
                    Opt::text("secret", "Make another one, shown once; off: nothing comes in")
                        .choices(&[("new", "New"), ("off", "Off")]),
                    Opt::text("url", "Where changes of status are sent; a single - for nowhere"),
                    Opt::new(
                        OptKind::Flag,
                        "messages",
                        "Whether prepared messages go there too, with the customer's name and addresses",
                    ),
                    Opt::text("hubspot", "The client secret of a HubSpot app that reports here; a single - for none"),
                ],
            ),
            Sub::new("show", "Every setting, who changed it and when", "/setup show", vec![]),
        ]
        .into_iter()
        .chain(pipelines())
        .collect(),
    )
}

/// Pipelines of one's own (C1, C5). The options of `add` beside the first two are its statuses, which are fixed (C2).
fn pipelines() -> Vec<Sub> {
    let which = || Opt::text("pipeline", "Which pipeline").required().suggests(Suggests::Pipeline);
    let stage = |name: &str, means: &str| Opt::text(name, means).suggests(Suggests::StageOf);
    let makes = |name: &str, means: &str| Opt::text(name, means).suggests(Suggests::Makes);
    vec![
        Sub::new(
            "pipeline add",
            "Make a pipeline: its stages, and what makes an item open, won, lost or abandoned",
            "/setup pipeline add pipeline:Onboarding stages:\"Kick-off, Training, Live\"",
            vec![
                Opt::text("pipeline", "Its name").required(),
                Opt::text("stages", "Its stages in order, such as Kick-off, Training, Live").required(),
                makes("open", "What makes one Open, in your words"),
                makes("won", "What makes one Won: your words, or an activity; a payment, if left out"),
                makes("lost", "What makes one Lost: your words, or an activity"),
                makes("abandoned", "What makes one Abandoned: your words, or an activity"),
            ],
        ),
        Sub::new(
            "pipeline rename",
            "Give a stage another name, or the pipeline",
            "/setup pipeline rename pipeline:Onboarding stage:Training to:Coaching",
            vec![
                which(),
                Opt::text("to", "The new name").required(),
                stage("stage", "Which stage; the pipeline itself, if left out"),
            ],
        ),
        Sub::new(
            "pipeline reorder",
            "Put the stages in another order; a new name is a new stage",
            "/setup pipeline reorder pipeline:Onboarding stages:\"Training, Kick-off, Live\"",
            vec![
                which(),
                Opt::text("stages", "All of them in the new order, and new ones where they belong")
                    .required()
                    .suggests(Suggests::StageOrder),
            ],
        ),
        Sub::new(
            "pipeline retire",
            "Take a stage out; its records go on at another one",
            "/setup pipeline retire pipeline:Onboarding stage:Training into:Live",
            vec![
                which(),
                stage("stage", "Which stage goes").required(),
                stage("into", "Where its records go on; the stage before it, if left out"),
            ],
        ),
    ]
}

fn me() -> Command {
    command(
        "me",
        "Your own settings",
        vec![
            Sub::new(
                "settings",
                "Your settings, and what is held back for you",
                "/me settings",
                vec![Opt::text(
                    "budget",
                    "How many interruptions a day at most, such as 8; a single - for your team's",
                )],
            ),
            Sub::new(
                "quiet-hours",
                "When only what is urgent is sent to you",
                "/me quiet-hours hours:22:00-08:00",
                vec![Opt::text("hours", "Such as 22:00-08:00; shown, if left out; a single - for none")],
            ),
            Sub::new(
                "away",
                "When you are not at work: your messages go to your manager",
                "/me away until:\"mon 9am\"",
                vec![
                    Opt::text("until", "Such as mon 9am; shown, if left out; a single - when you are back"),
                    Opt::text("from", "Such as tomorrow 6pm; now, if left out"),
                ],
            ),
            Sub::new(
                "timezone",
                "The zone in which dates that you type are read",
                "/me timezone zone:Asia/Kuala_Lumpur",
                vec![Opt::text("zone", "Such as Asia/Kuala_Lumpur").required().suggests(Suggests::Zone)],
            ),
            Sub::new(
                "language",
                "The language of messages",
                "/me language language:en",
                vec![
                    Opt::text("language", "English is the only one so far; shown, if left out")
                        .choices(&[("en", "English")]),
                ],
            ),
            Sub::new(
                "booking",
                "Your booking page: it is filled into the messages that are prepared for you",
                "/me booking link:https://cal.example.com/ana",
                vec![Opt::text("link", "Its address; a single - for none").required()],
            ),
        ],
    )
}

fn command(name: &str, means: &str, subs: Vec<Sub>) -> Command {
    Command { name: name.to_owned(), means: means.to_owned(), subs }
}
