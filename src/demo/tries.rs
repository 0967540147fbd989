//! What the page offers to try, and the files that lie ready for it.

use crate::playground::Step;

/// Files that a command's `file:` may name: what they are called, their kind, their text. `rules` is the playbook in
/// use: the draft is the same with one clock twice as strict.
pub fn files(rules: &str) -> Vec<(&'static str, &'static str, String)> {
    vec![
        ("fair-list.csv", "text/csv", FAIR_LIST.to_owned()),
        ("leads.csv", "text/csv", LEADS.to_owned()),
        ("draft.toml", "text/plain", draft(rules)),
    ]
}

/// The next version, in which a first contact is due in half the time.
fn draft(rules: &str) -> String {
    rules.replacen("version = 1\n", "version = 2\n", 1).replacen(
        "within = \"2 business hours\"\nsla",
        "within = \"1 business hour\"\nsla",
        1,
    )
}

/// What came in during the week.
const FAIR_LIST: &str = "\
Name,Company,Email,Status,Owner
Rosa Vidal,Hotel Miramar,rosa@miramar.example,Attempting contact,ana
Luis Pons,Hotel Miramar,luis@miramar.example,Attempting contact,ben
Carla Mestre,Hotel Miramar,carla@miramar.example,Attempting contact,ana
Reception,Hotel Miramar,none,New,ben
";

/// One to try: two rows are good, one is here already, one has no usable address.
const LEADS: &str = "\
Name,Company,Email,Status,Owner,Value
Aisha Karim,Karim Textiles,aisha@karim.example,New,ana,8200
Paul Berger,Berger Bau,paul@berger.example,Attempting contact,ben,15400
Priya N.,Northwind,priya@northwind.example,New,ana,9000
Ines Duarte,Duarte Vinhos,not an address,New,ana,3100
";

/// The page's "Try this".
pub fn steps() -> Vec<Step> {
    let step = |part: &str, text: &str, command: &str, person: &str, channel: &str| Step {
        part: part.to_owned(),
        text: text.to_owned(),
        command: Some(command).filter(|c| !c.is_empty()).map(str::to_owned),
        as_person: Some(person.to_owned()),
        channel: Some(channel.to_owned()),
    };
    let (first, systems, rep, manager) =
        ("The first minute", "Beside the leads: four more systems", "As a rep", "As a manager");
    vec![
        step(
            first,
            "Move a lead. You are Ana and have just called Daniel Weiss: click the line, press Enter, and watch his card.",
            r#"/lead log lead:L-15 activity:call_answered note:"Wants an offer." next:"send the offer" due:"tomorrow 10am""#,
            "ana",
            "leads",
        ),
        step(
            first,
            "Help out. Ben has not got to Mei Tan, and her first call is nearly late: press I'll take it.",
            "",
            "ana",
            "alerts",
        ),
        step(
            first,
            "See a breach. Press +2 h above: nobody has called Mei Tan or Ruth Adeyemi, and #alerts hears of it.",
            "",
            "ana",
            "alerts",
        ),
        step(
            first,
            "Approve a disqualification. You are Mia, the manager: Ben wants to give up a lead of $42,000.",
            "",
            "mia",
            "approvals",
        ),
        step(
            systems,
            "Enquiries. What came of a meeting says where they stand: press Enter, and pick Progressing.",
            "/enquiry log enquiry:E-1 activity:meeting_held",
            "ana",
            "leads",
        ),
        step(
            systems,
            "Deals. Each has its pipeline with columns of its own, and is open, won, lost or abandoned.",
            "/opportunity list",
            "ana",
            "leads",
        ),
        step(
            systems,
            "Move a deal to its last column; then press Open, and Won.",
            r#"/opportunity stage opportunity:O-1 to:"Closed deal""#,
            "ana",
            "leads",
        ),
        step(
            systems,
            "Impact drivers. Castell Clinics commits: Ben and the clinics get points.",
            r#"/driver status driver:D-1 to:"Closed Won""#,
            "ben",
            "leads",
        ),
        step(systems, "Who has most points, and what they are for.", "/pipeline points", "ben", "leads"),
        step(
            systems,
            "Contacts. Their status follows from what is logged: this is the tenth call in a row that Helen Park lets ring.",
            "/contact log contact:C-1 activity:call_unanswered",
            "ana",
            "leads",
        ),
        step(rep, "Your work: what is due first, and what is to be done.", "/lead mine", "ana", "leads"),
        step(rep, "Take your last change back.", "/lead undo", "ana", "leads"),
        step(
            rep,
            "Meet a duplicate: this address is here already.",
            r#"/lead new name:"P. Nair" company:Northwind email:priya@northwind.example"#,
            "ana",
            "leads",
        ),
        step(
            rep,
            "A red flag: Ben has tried Halim Othman nine times.",
            "/lead show lead:L-2",
            "ben",
            "leads",
        ),
        step(
            rep,
            "What is held back for Ben, whose quiet hours end at 13:00.",
            "/me settings",
            "ben",
            "general",
        ),
        step(rep, "What a status means.", "/playbook guide", "ana", "general"),
        step(
            manager,
            "Move many at once: you see first what would happen.",
            r#"/lead bulk to:unqualified status:attempting reason:budget note:"No money this year.""#,
            "mia",
            "general",
        ),
        step(
            manager,
            "Bring a list in: you see first what would come of each row.",
            "/lead import file:leads.csv",
            "mia",
            "general",
        ),
        step(manager, "How things stand, with the red flags.", "/pipeline digest", "mia", "digest"),
        step(manager, "Every setting, and who changed it.", "/setup show", "mia", "general"),
        step(
            manager,
            "Make a pipeline of your own, here and now.",
            r#"/setup pipeline add pipeline:Renewals stages:"Asked, Offered, Signed" won:payment"#,
            "mia",
            "general",
        ),
        step(manager, "Check a draft of new rules.", "/playbook check file:draft.toml", "mia", "general"),
        step(
            manager,
            "See what the draft would have done to this week: a first contact within one hour instead of two.",
            "/playbook simulate file:draft.toml",
            "mia",
            "general",
        ),
    ]
}
