//! A week in the life of a team of three, as they type it.

use chrono::{DateTime, Datelike as _, Duration, NaiveTime, Utc, Weekday};

/// One command of the story.
pub struct Beat {
    days_ago: i64,
    hour: u32,
    minute: u32,
    /// Who types it.
    pub who: &'static str,
    /// Where.
    pub channel: &'static str,
    /// What; `file:` may name a file of [`super::tries::files`].
    pub line: &'static str,
    /// How the label of the button begins that is pressed under the answer.
    pub press: Option<&'static str>,
}

impl Beat {
    /// Whether it is typed on the story's last day.
    pub fn is_today(&self) -> bool {
        self.days_ago == 0
    }

    /// When it is typed: so many *business* days before `today`.
    pub fn at(&self, today: DateTime<Utc>) -> DateTime<Utc> {
        let mut date = today.date_naive();
        let mut left = self.days_ago;
        while left > 0 {
            date -= Duration::days(1);
            if !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
                left -= 1;
            }
        }
        let time = NaiveTime::from_hms_opt(self.hour, self.minute, 0).unwrap_or_default();
        date.and_time(time).and_utc()
    }
}

/// The story's last instant: 11:20 on the day of `now`, or on the Monday after a weekend, in UTC.
pub fn today(now: DateTime<Utc>) -> DateTime<Utc> {
    let mut date = now.date_naive();
    while matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
        date += Duration::days(1);
    }
    date.and_time(NaiveTime::from_hms_opt(11, 20, 0).unwrap_or_default()).and_utc()
}

/// The story's first instant.
pub fn begins(today: DateTime<Utc>) -> DateTime<Utc> {
    week().first().map_or(today, |first| first.at(today)) - Duration::minutes(5)
}

const fn beat(
    (days_ago, hour, minute): (i64, u32, u32),
    who: &'static str,
    channel: &'static str,
    line: &'static str,
) -> Beat {
    Beat { days_ago, hour, minute, who, channel, line, press: None }
}

/// A command that shows first what it would do, and the button that does it.
const fn confirmed(beat: Beat, press: &'static str) -> Beat {
    Beat { press: Some(press), ..beat }
}

/// The week, in order. What they plan lies ahead of today, and what fell due before was done in time: a team that works.
pub fn week() -> Vec<Beat> {
    let mut week = leads();
    week.extend(other_systems());
    week.extend(nobody_answers());
    week.sort_by_key(|beat| (-beat.days_ago, beat.hour, beat.minute));
    week
}

/// The other systems beside the leads: enquiries, deals in three pipelines, impact drivers, contacts.
fn other_systems() -> Vec<Beat> {
    vec![
        beat((6, 8, 34), "mia", "#general", "/setup playbook playbook:engagement active:true"),
        beat((6, 8, 35), "mia", "#general", "/setup playbook playbook:sales-pipeline active:true"),
        beat((6, 8, 36), "mia", "#general", "/setup playbook playbook:feedback-pipeline active:true"),
        beat((6, 8, 37), "mia", "#general", "/setup playbook playbook:impact-drivers active:true"),
        beat((6, 8, 38), "mia", "#general", "/setup playbook playbook:activity active:true"),
        beat(
            (6, 8, 39),
            "mia",
            "#general",
            r#"/setup pipeline add pipeline:Onboarding stages:"Kick-off, Training, Live" won:"They work with it." lost:"They cancel.""#,
        ),
        beat(
            (5, 14, 0),
            "ana",
            "#leads",
            r#"/enquiry new name:"Sofia Marino" company:"Marino Events" email:sofia@marino.example source:website"#,
        ),
        beat((5, 14, 20), "ana", "#leads", "/enquiry status enquiry:E-1 to:engaged"),
        beat((4, 10, 20), "ben", "#leads", r#"/driver new name:"Online booking" company:"Castell Clinics""#),
        beat(
            (4, 10, 25),
            "ben",
            "#leads",
            r#"/driver status driver:D-1 to:pitched note:"Showed them the calendar; they like it.""#,
        ),
        beat(
            (3, 11, 20),
            "ana",
            "#leads",
            r#"/opportunity new name:"Castell Clinics: 12 seats" company:"Castell Clinics" pipeline:sales-pipeline value:9600 expected-close:"in 30 days""#,
        ),
        beat((3, 11, 25), "ana", "#leads", r#"/opportunity stage opportunity:O-1 to:"Booked sales call""#),
        beat(
            (2, 14, 10),
            "ben",
            "#leads",
            r#"/opportunity new name:"Lindqvist Bikes" company:"Lindqvist Bikes" pipeline:onboarding"#,
        ),
        beat((2, 14, 15), "ben", "#leads", "/opportunity stage opportunity:O-2 to:Training"),
        beat(
            (2, 15, 0),
            "mia",
            "#leads",
            r#"/opportunity new name:"Lindqvist Bikes: a review" company:"Lindqvist Bikes" pipeline:feedback-pipeline"#,
        ),
        beat(
            (1, 14, 0),
            "ana",
            "#leads",
            r#"/contact new name:"Jonas Brandt" company:"Brandt Optik" email:jonas@brandt.example"#,
        ),
        beat(
            (1, 14, 5),
            "ana",
            "#leads",
            r#"/contact log contact:C-2 activity:call_answered note:"Asks again in spring.""#,
        ),
    ]
}

/// A contact who has not answered nine calls in a row: the tenth is left to whoever tries it out (E3).
fn nobody_answers() -> Vec<Beat> {
    let called = [(5, 11), (5, 16), (4, 9), (4, 13), (3, 10), (3, 14), (2, 9), (2, 16), (1, 11)];
    let new = r#"/contact new name:"Helen Park" company:"Park Interiors" phone:"+44 161 496 0321""#;
    let mut beats = vec![beat((5, 10, 50), "ana", "#leads", new)];
    beats.extend(called.map(|(days_ago, hour)| {
        beat((days_ago, hour, 50), "ana", "#leads", "/contact log contact:C-1 activity:call_unanswered")
    }));
    beats
}

fn leads() -> Vec<Beat> {
    vec![
        beat(
            (6, 8, 30),
            "mia",
            "#general",
            "/setup team name:Sales leads:#leads alerts:#alerts approvals:#approvals digest:#digest digest-at:09:00 timezone:UTC",
        ),
        beat(
            (6, 8, 31),
            "mia",
            "#general",
            "/setup member person:@mia team:Sales role:manager duties:sdr-manager",
        ),
        beat((6, 8, 32), "mia", "#general", "/setup member person:@ana team:Sales role:rep"),
        beat((6, 8, 33), "mia", "#general", "/setup member person:@ben team:Sales role:rep"),
        beat(
            (6, 9, 5),
            "ana",
            "#leads",
            r#"/lead new name:"Priya Nair" company:"Northwind Logistics" email:priya@northwind.example value:18k source:"trade fair""#,
        ),
        beat(
            (6, 9, 40),
            "ben",
            "#leads",
            r#"/lead new name:"Halim Othman" company:"Halim Batik" phone:"+60 12 345 6789" value:6500 source:website"#,
        ),
        beat(
            (6, 10, 10),
            "ana",
            "#leads",
            r#"/lead log lead:L-1 activity:call_answered note:"Runs 40 vans, unhappy with late reports." next:"meet her and the finance lead" due:"in 5 days""#,
        ),
        beat(
            (6, 11, 0),
            "ben",
            "#leads",
            r#"/lead log lead:L-2 activity:call_unanswered next:"call again" due:"tomorrow 10am""#,
        ),
        beat(
            (5, 9, 15),
            "ana",
            "#leads",
            r#"/lead new name:"Tomas Lind" company:"Kestrel Shipping" email:tomas@kestrel.example value:42k source:referral owner:@ben"#,
        ),
        beat(
            (5, 9, 35),
            "ben",
            "#leads",
            r#"/lead log lead:L-2 activity:voicemail note:"At a fair this week." next:"call when he is back" due:"in 9 days""#,
        ),
        beat(
            (5, 10, 20),
            "ben",
            "#leads",
            r#"/lead log lead:L-3 activity:email_replied note:"Wants to compare us with their present supplier." next:"ask how they decided" due:"in 8 days""#,
        ),
        beat((5, 15, 30), "ben", "#leads", "/lead log lead:L-2 activity:call_unanswered"),
        beat(
            (4, 9, 10),
            "ben",
            "#leads",
            r#"/lead new name:"Sofia Marin" company:"Marin Dental" email:sofia@marin.example value:3200 source:website"#,
        ),
        beat(
            (4, 9, 50),
            "ben",
            "#leads",
            r#"/lead status lead:L-4 to:unqualified reason:wrong_fit note:"Two chairs; we start at ten.""#,
        ),
        beat((4, 11, 20), "ben", "#leads", "/lead log lead:L-2 activity:email_sent"),
        beat(
            (4, 14, 0),
            "ana",
            "#leads",
            r#"/lead log lead:L-1 activity:meeting_held note:"Reports by 7:00 are what they need." next:"send the offer" due:"in 1 day""#,
        ),
        beat((4, 16, 40), "ben", "#leads", "/lead log lead:L-2 activity:call_unanswered"),
        beat(
            (3, 9, 20),
            "ana",
            "#leads",
            r#"/lead new name:"Grace Okafor" company:"Okafor Foods" email:grace@okafor.example phone:"+44 20 7946 0123" value:9800 source:webinar"#,
        ),
        beat(
            (3, 10, 0),
            "ana",
            "#leads",
            r#"/lead log lead:L-5 activity:email_sent next:"call her" due:"in 6 days""#,
        ),
        beat(
            (3, 10, 30),
            "ana",
            "#leads",
            r#"/lead log lead:L-1 activity:email_sent note:"The offer is out: 40 vans, two years." next:"call about the offer" due:"in 5 days 3pm""#,
        ),
        beat((3, 11, 45), "ben", "#leads", "/lead log lead:L-2 activity:call_unanswered"),
        beat(
            (3, 15, 30),
            "ben",
            "#leads",
            r#"/lead new name:"Kenji Mori" company:"Mori Instruments" email:kenji@mori.example value:27500 source:partner"#,
        ),
        beat(
            (3, 16, 0),
            "ben",
            "#leads",
            r#"/lead log lead:L-6 activity:call_answered note:"Budget is approved for spring." next:"show the demo" due:"in 6 days""#,
        ),
        // Three people of one customer, from a list; a row without a usable address stays out.
        confirmed(beat((3, 16, 30), "mia", "#general", "/lead import file:fair-list.csv"), "Import"),
        beat(
            (2, 9, 30),
            "ana",
            "#leads",
            r#"/lead new name:"Lucie Bernard" company:"Atelier Bernard" phone:"+33 1 70 18 99 00" value:4100 source:website"#,
        ),
        beat(
            (2, 10, 15),
            "ana",
            "#leads",
            r#"/lead log lead:L-10 activity:linkedin_message next:"call her" due:"in 5 days""#,
        ),
        beat((2, 11, 30), "ben", "#leads", "/lead log lead:L-2 activity:linkedin_message"),
        beat((2, 16, 20), "ben", "#leads", "/lead log lead:L-2 activity:call_unanswered"),
        beat(
            (1, 9, 40),
            "ben",
            "#leads",
            r#"/lead new name:"Omar Haddad" company:"Haddad Solar" email:omar@haddad.example value:15k source:referral"#,
        ),
        beat(
            (1, 10, 5),
            "ben",
            "#leads",
            r#"/lead log lead:L-11 activity:meeting_booked note:"He heard our talk at the fair." next:"prepare the demo" due:"in 4 days""#,
        ),
        beat((1, 11, 40), "ben", "#leads", "/lead log lead:L-2 activity:voicemail"),
        beat(
            (1, 15, 10),
            "ana",
            "#leads",
            r#"/lead new name:"Ingrid Solberg" company:"Fjord Timber" email:ingrid@fjord.example value:7300 source:website"#,
        ),
        beat(
            (1, 16, 20),
            "ana",
            "#leads",
            r#"/lead log lead:L-12 activity:email_sent next:"call her" due:"in 4 days""#,
        ),
        confirmed(
            beat(
                (1, 16, 45),
                "mia",
                "#general",
                r#"/lead bulk to:unqualified company:"Hotel Miramar" reason:wrong_fit note:"The hotel has closed for good.""#,
            ),
            "Move",
        ),
        beat((1, 16, 50), "ana", "#general", "/me booking link:https://cal.example/ana"),
        beat(
            (0, 9, 40),
            "ben",
            "#leads",
            r#"/lead new name:"Mei Tan" company:"Tan Ceramics" phone:"+60 3 2161 2345" value:5600 source:website"#,
        ),
        beat((0, 10, 5), "ben", "#leads", "/lead log lead:L-2 activity:call_unanswered"),
        beat(
            (0, 10, 30),
            "ben",
            "#leads",
            r#"/lead status lead:L-3 to:unqualified reason:competitor note:"They signed with their present supplier for three years.""#,
        ),
        beat(
            (0, 10, 50),
            "ana",
            "#leads",
            r#"/lead new name:"Ruth Adeyemi" company:"Adeyemi Print" email:ruth@adeyemi.example source:"contact form""#,
        ),
        // So that what is not urgent is held back for him, visibly.
        beat((0, 11, 0), "ben", "#general", "/me quiet-hours hours:11:00-13:00"),
        beat(
            (0, 11, 15),
            "ana",
            "#leads",
            r#"/lead new name:"Daniel Weiss" company:"Weiss & Partner" phone:"+49 30 901820" value:12500 source:"trade fair""#,
        ),
    ]
}

/// What a channel is for.
pub fn topic(channel: &str) -> Option<&'static str> {
    Some(match channel {
        "general" => "Talk, set-up, and whatever has no channel of its own",
        "leads" => "A card for each lead, deal and contact; what happened stands in its thread",
        "alerts" => "What is late, and who is asked to see to it",
        "approvals" => "What waits for a manager's decision",
        "digest" => "Every morning at 9:00: how things stand",
        _ => return None,
    })
}
