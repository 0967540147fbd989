-- A database as version 0001 left it: the playground's team after its first week.
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(1,'spine','2026-11-24 09:03:20',1,X'A83CA00F669BCE142197E4245E2D14B01FF1765952E4145035A3CF131C7102BCD81C8AC315B9C81DC8011B2E84343810',3008616);
CREATE TABLE approvals (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    record INTEGER NOT NULL REFERENCES records (id),
    team INTEGER NOT NULL,
    requested_by INTEGER,
    requested_at INTEGER NOT NULL,
    to_status TEXT NOT NULL,
    data TEXT NOT NULL,
    peak TEXT,
    state TEXT NOT NULL,
    waiting INTEGER NOT NULL CHECK (waiting IN (0, 1)),
    post INTEGER
) STRICT;
INSERT INTO "approvals" VALUES(1,1100000000020971520,3,1,1100000000012582912,1795516200002,'unqualified','{"disqualified_at":{"instant":1795516200002},"note":{"text":"They signed with their present supplier for three years."},"reason":{"choice":"competitor"}}','{"minor":4200000,"currency":"USD"}','"waiting"',1,14);
CREATE TABLE digests (
    team INTEGER NOT NULL REFERENCES teams (id),
    date TEXT NOT NULL,
    up_to INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (team, date)
) STRICT, WITHOUT ROWID;
INSERT INTO "digests" VALUES(1,'2026-11-16',0,1794819600001);
INSERT INTO "digests" VALUES(1,'2026-11-17',8,1794906000003);
INSERT INTO "digests" VALUES(1,'2026-11-18',14,1794992400007);
INSERT INTO "digests" VALUES(1,'2026-11-19',19,1795078800004);
INSERT INTO "digests" VALUES(1,'2026-11-20',31,1795165200003);
INSERT INTO "digests" VALUES(1,'2026-11-21',35,1795251600006);
INSERT INTO "digests" VALUES(1,'2026-11-22',35,1795338000004);
INSERT INTO "digests" VALUES(1,'2026-11-23',36,1795424400029);
INSERT INTO "digests" VALUES(1,'2026-11-24',45,1795510800015);
CREATE TABLE drafts (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    person INTEGER NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE TABLE due (
    due_at INTEGER NOT NULL,
    record INTEGER NOT NULL REFERENCES records (id),
    PRIMARY KEY (due_at, record)
) STRICT, WITHOUT ROWID;
INSERT INTO "due" VALUES(1795520400002,10);
INSERT INTO "due" VALUES(1795522800003,11);
INSERT INTO "due" VALUES(1795524300003,12);
INSERT INTO "due" VALUES(1795530600002,3);
INSERT INTO "due" VALUES(1795532400000,1);
INSERT INTO "due" VALUES(1795538700003,5);
INSERT INTO "due" VALUES(1795601700002,7);
INSERT INTO "due" VALUES(1795602000002,3);
INSERT INTO "due" VALUES(1795622400003,6);
INSERT INTO "due" VALUES(1795685700003,2);
INSERT INTO "due" VALUES(1795773900003,8);
INSERT INTO "due" VALUES(1795788300005,9);
CREATE TABLE events (
    id INTEGER PRIMARY KEY NOT NULL,
    record INTEGER NOT NULL REFERENCES records (id),
    prev INTEGER,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
INSERT INTO "events" VALUES(1,1,NULL,1794819900002,'{"at":1794819900002,"by":1100000000008388608,"source":"manual","kind":{"created":{"id":1,"workspace":1100000000020971520,"handle":{"letter":"L","number":1},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000008388608,"status":"new","class":"open","stage":"mql","value":{"minor":1800000,"currency":"USD"},"source":"trade fair","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-16T09:05:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(2,2,NULL,1794822000003,'{"at":1794822000003,"by":1100000000012582912,"source":"manual","kind":{"created":{"id":2,"workspace":1100000000020971520,"handle":{"letter":"L","number":2},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000012582912,"status":"new","class":"open","stage":"mql","value":{"minor":650000,"currency":"USD"},"source":"website","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-16T09:40:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(3,1,1,1794823800002,'{"at":1794823800002,"by":1100000000008388608,"source":"manual","kind":{"logged":{"activity":"call_answered","happened_at":1794823800002,"history_only":false,"note":"Runs 40 vans, unhappy with late reports."}},"clocks":[{"clock":"first-contact","started_at":"2026-11-16T09:05:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-16T10:10:00.002Z","outcome":"met","charged_to":1100000000008388608}}]}');
INSERT INTO "events" VALUES(4,1,3,1794823800002,'{"at":1794823800002,"by":1100000000008388608,"source":"manual","kind":{"planned":{"action":"meet her and the finance lead","due":"2026-11-21T10:10:00.002Z"}}}');
INSERT INTO "events" VALUES(5,1,4,1794823800002,'{"at":1794823800002,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"connected","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"talk-connects"},"data":{"connection_notes":{"text":"Runs 40 vans, unhappy with late reports."},"interaction":{"choice":"call_answered"},"interaction_at":{"instant":1794823800002}},"stayed_ms":3900000}},"clocks":[{"clock":"decide","started_at":"2026-11-16T10:10:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(6,2,2,1794826800002,'{"at":1794826800002,"by":1100000000012582912,"source":"manual","kind":{"logged":{"activity":"call_unanswered","happened_at":1794826800002,"history_only":false}},"clocks":[{"clock":"first-contact","started_at":"2026-11-16T09:40:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-16T11:00:00.002Z","outcome":"met","charged_to":1100000000012582912}}]}');
INSERT INTO "events" VALUES(7,2,6,1794826800002,'{"at":1794826800002,"by":1100000000012582912,"source":"manual","kind":{"planned":{"action":"call again","due":"2026-11-17T10:00:00Z"}}}');
INSERT INTO "events" VALUES(8,2,7,1794826800002,'{"at":1794826800002,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"attempting","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"touch-attempts"},"data":{"attempt":{"choice":"call_unanswered"}},"stayed_ms":4799999}},"clocks":[{"clock":"reach","started_at":"2026-11-16T11:00:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(9,3,NULL,1794906900003,'{"at":1794906900003,"by":1100000000008388608,"source":"manual","kind":{"created":{"id":3,"workspace":1100000000020971520,"handle":{"letter":"L","number":3},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000012582912,"status":"new","class":"open","stage":"mql","value":{"minor":4200000,"currency":"USD"},"source":"referral","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-17T09:15:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(10,2,8,1794908100003,'{"at":1794908100003,"by":1100000000012582912,"source":"manual","kind":{"logged":{"activity":"voicemail","happened_at":1794908100003,"history_only":false,"note":"At a fair this week."}}}');
INSERT INTO "events" VALUES(11,2,10,1794908100003,'{"at":1794908100003,"by":1100000000012582912,"source":"manual","kind":{"planned":{"action":"call when he is back","due":"2026-11-26T09:35:00.003Z"}}}');
INSERT INTO "events" VALUES(12,3,9,1794910800003,'{"at":1794910800003,"by":1100000000012582912,"source":"manual","kind":{"logged":{"activity":"email_replied","happened_at":1794910800003,"history_only":false,"note":"Wants to compare us with their present supplier."}},"clocks":[{"clock":"first-contact","started_at":"2026-11-17T09:15:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-17T10:20:00.003Z","outcome":"met","charged_to":1100000000012582912}}]}');
INSERT INTO "events" VALUES(13,3,12,1794910800003,'{"at":1794910800003,"by":1100000000012582912,"source":"manual","kind":{"planned":{"action":"ask how they decided","due":"2026-11-25T10:20:00.002Z"}}}');
INSERT INTO "events" VALUES(14,3,13,1794910800003,'{"at":1794910800003,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"connected","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"reply-connects"},"data":{"connection_notes":{"text":"Wants to compare us with their present supplier."},"interaction":{"choice":"email_replied"},"interaction_at":{"instant":1794910800003}},"stayed_ms":3900000}},"clocks":[{"clock":"decide","started_at":"2026-11-17T10:20:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(15,4,NULL,1794993000003,'{"at":1794993000003,"by":1100000000012582912,"source":"manual","kind":{"created":{"id":4,"workspace":1100000000020971520,"handle":{"letter":"L","number":4},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000012582912,"status":"new","class":"open","stage":"mql","value":{"minor":320000,"currency":"USD"},"source":"website","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-18T09:10:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(16,4,15,1794995400002,'{"at":1794995400002,"by":1100000000012582912,"source":"manual","kind":{"moved":{"from":"new","to":"unqualified","from_stage":"mql","to_stage":"mql","class":"lost","cause":"chosen","reason":"wrong_fit","note":"Two chairs; we start at ten.","data":{"disqualified_at":{"instant":1794995400002}},"stayed_ms":2399999}},"clocks":[{"clock":"first-contact","started_at":"2026-11-18T09:10:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-18T09:50:00.002Z","outcome":"cancelled","charged_to":1100000000012582912}}]}');
INSERT INTO "events" VALUES(17,1,5,1795010400002,'{"at":1795010400002,"by":1100000000008388608,"source":"manual","kind":{"logged":{"activity":"meeting_held","happened_at":1795010400002,"history_only":false,"note":"Reports by 7:00 are what they need."}}}');
INSERT INTO "events" VALUES(18,1,17,1795010400002,'{"at":1795010400002,"by":1100000000008388608,"source":"manual","kind":{"planned":{"action":"send the offer","due":"2026-11-19T14:00:00.002Z"}}}');
INSERT INTO "events" VALUES(19,1,18,1795010400002,'{"at":1795010400002,"by":null,"source":"rule","kind":{"moved":{"from":"connected","to":"working","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"meeting-works"},"data":{"discovery_notes":{"text":"Reports by 7:00 are what they need."}},"owes":["needs_found","decision_timeline","next_meeting_at"],"stayed_ms":186600000}},"clocks":[{"clock":"keep-active","started_at":"2026-11-18T14:00:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(20,5,NULL,1795080000002,'{"at":1795080000002,"by":1100000000008388608,"source":"manual","kind":{"created":{"id":5,"workspace":1100000000020971520,"handle":{"letter":"L","number":5},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000008388608,"status":"new","class":"open","stage":"mql","value":{"minor":980000,"currency":"USD"},"source":"webinar","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-19T09:20:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(21,5,20,1795082400003,'{"at":1795082400003,"by":1100000000008388608,"source":"manual","kind":{"logged":{"activity":"email_sent","happened_at":1795082400003,"history_only":false}},"clocks":[{"clock":"first-contact","started_at":"2026-11-19T09:20:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-19T10:00:00.003Z","outcome":"met","charged_to":1100000000008388608}}]}');
INSERT INTO "events" VALUES(22,5,21,1795082400003,'{"at":1795082400003,"by":1100000000008388608,"source":"manual","kind":{"planned":{"action":"call her","due":"2026-11-25T10:00:00.003Z"}}}');
INSERT INTO "events" VALUES(23,5,22,1795082400003,'{"at":1795082400003,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"attempting","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"touch-attempts"},"data":{"attempt":{"choice":"email_sent"}},"stayed_ms":2400001}},"clocks":[{"clock":"reach","started_at":"2026-11-19T10:00:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(24,1,19,1795084200003,'{"at":1795084200003,"by":1100000000008388608,"source":"manual","kind":{"logged":{"activity":"email_sent","happened_at":1795084200003,"history_only":false,"note":"The offer is out: 40 vans, two years."}},"clocks":[{"clock":"keep-active","started_at":"2026-11-19T10:30:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(25,1,24,1795084200003,'{"at":1795084200003,"by":1100000000008388608,"source":"manual","kind":{"planned":{"action":"call about the offer","due":"2026-11-24T15:00:00Z"}}}');
INSERT INTO "events" VALUES(26,1,25,1795096800002,'{"at":1795096800002,"by":null,"source":"time","kind":"owed_chased"}');
INSERT INTO "events" VALUES(27,6,NULL,1795102200002,'{"at":1795102200002,"by":1100000000012582912,"source":"manual","kind":{"created":{"id":6,"workspace":1100000000020971520,"handle":{"letter":"L","number":6},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000012582912,"status":"new","class":"open","stage":"mql","value":{"minor":2750000,"currency":"USD"},"source":"partner","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-19T15:30:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(28,6,27,1795104000003,'{"at":1795104000003,"by":1100000000012582912,"source":"manual","kind":{"logged":{"activity":"call_answered","happened_at":1795104000003,"history_only":false,"note":"Budget is approved for spring."}},"clocks":[{"clock":"first-contact","started_at":"2026-11-19T15:30:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-19T16:00:00.003Z","outcome":"met","charged_to":1100000000012582912}}]}');
INSERT INTO "events" VALUES(29,6,28,1795104000003,'{"at":1795104000003,"by":1100000000012582912,"source":"manual","kind":{"planned":{"action":"show the demo","due":"2026-11-25T16:00:00.003Z"}}}');
INSERT INTO "events" VALUES(30,6,29,1795104000003,'{"at":1795104000003,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"connected","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"talk-connects"},"data":{"connection_notes":{"text":"Budget is approved for spring."},"interaction":{"choice":"call_answered"},"interaction_at":{"instant":1795104000003}},"stayed_ms":1800001}},"clocks":[{"clock":"decide","started_at":"2026-11-19T16:00:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(31,2,11,1795110300002,'{"at":1795110300002,"by":null,"source":"time","kind":{"steps_reached":{"steps":[["reach",1]]}},"clocks":[{"clock":"reach","started_at":"2026-11-16T11:00:00.002Z","fired":1,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(32,7,NULL,1795167000002,'{"at":1795167000002,"by":1100000000008388608,"source":"manual","kind":{"created":{"id":7,"workspace":1100000000020971520,"handle":{"letter":"L","number":7},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000008388608,"status":"new","class":"open","stage":"mql","value":{"minor":410000,"currency":"USD"},"source":"website","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-20T09:30:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(33,7,32,1795169700002,'{"at":1795169700002,"by":1100000000008388608,"source":"manual","kind":{"logged":{"activity":"linkedin_message","happened_at":1795169700002,"history_only":false}},"clocks":[{"clock":"first-contact","started_at":"2026-11-20T09:30:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-20T10:15:00.002Z","outcome":"met","charged_to":1100000000008388608}}]}');
INSERT INTO "events" VALUES(34,7,33,1795169700002,'{"at":1795169700002,"by":1100000000008388608,"source":"manual","kind":{"planned":{"action":"call her","due":"2026-11-25T10:15:00.002Z"}}}');
INSERT INTO "events" VALUES(35,7,34,1795169700002,'{"at":1795169700002,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"attempting","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"touch-attempts"},"data":{"attempt":{"choice":"linkedin_message"}},"stayed_ms":2700000}},"clocks":[{"clock":"reach","started_at":"2026-11-20T10:15:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(36,2,31,1795424400001,'{"at":1795424400001,"by":null,"source":"time","kind":{"steps_reached":{"steps":[["reach",2]]}},"clocks":[{"clock":"reach","started_at":"2026-11-16T11:00:00.002Z","fired":2,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(37,8,NULL,1795426800002,'{"at":1795426800002,"by":1100000000012582912,"source":"manual","kind":{"created":{"id":8,"workspace":1100000000020971520,"handle":{"letter":"L","number":8},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000012582912,"status":"new","class":"open","stage":"mql","value":{"minor":1500000,"currency":"USD"},"source":"referral","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-23T09:40:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(38,8,37,1795428300003,'{"at":1795428300003,"by":1100000000012582912,"source":"manual","kind":{"logged":{"activity":"meeting_booked","happened_at":1795428300003,"history_only":false,"note":"He heard our talk at the fair."}},"clocks":[{"clock":"first-contact","started_at":"2026-11-23T09:40:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-23T10:05:00.003Z","outcome":"met","charged_to":1100000000012582912}}]}');
INSERT INTO "events" VALUES(39,8,38,1795428300003,'{"at":1795428300003,"by":1100000000012582912,"source":"manual","kind":{"planned":{"action":"prepare the demo","due":"2026-11-27T10:05:00.003Z"}}}');
INSERT INTO "events" VALUES(40,8,39,1795428300003,'{"at":1795428300003,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"connected","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"talk-connects"},"data":{"connection_notes":{"text":"He heard our talk at the fair."},"interaction":{"choice":"meeting_booked"},"interaction_at":{"instant":1795428300003}},"stayed_ms":1500001}},"clocks":[{"clock":"decide","started_at":"2026-11-23T10:05:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(41,2,36,1795431600003,'{"at":1795431600003,"by":null,"source":"time","kind":{"steps_reached":{"steps":[["reach",4]]}},"clocks":[{"clock":"reach","started_at":"2026-11-16T11:00:00.002Z","fired":4,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":"2026-11-23T11:00:00.002Z","end":null}]}');
INSERT INTO "events" VALUES(42,9,NULL,1795446600002,'{"at":1795446600002,"by":1100000000008388608,"source":"manual","kind":{"created":{"id":9,"workspace":1100000000020971520,"handle":{"letter":"L","number":9},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000008388608,"status":"new","class":"open","stage":"mql","value":{"minor":730000,"currency":"USD"},"source":"website","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-23T15:10:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(43,9,42,1795450800005,'{"at":1795450800005,"by":1100000000008388608,"source":"manual","kind":{"logged":{"activity":"email_sent","happened_at":1795450800005,"history_only":false}},"clocks":[{"clock":"first-contact","started_at":"2026-11-23T15:10:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-23T16:20:00.005Z","outcome":"met","charged_to":1100000000008388608}}]}');
INSERT INTO "events" VALUES(44,9,43,1795450800005,'{"at":1795450800005,"by":1100000000008388608,"source":"manual","kind":{"planned":{"action":"call her","due":"2026-11-27T16:20:00.005Z"}}}');
INSERT INTO "events" VALUES(45,9,44,1795450800005,'{"at":1795450800005,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"attempting","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"touch-attempts"},"data":{"attempt":{"choice":"email_sent"}},"stayed_ms":4200003}},"clocks":[{"clock":"reach","started_at":"2026-11-23T16:20:00.005Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(46,10,NULL,1795513200002,'{"at":1795513200002,"by":1100000000012582912,"source":"manual","kind":{"created":{"id":10,"workspace":1100000000020971520,"handle":{"letter":"L","number":10},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000012582912,"status":"new","class":"open","stage":"mql","value":{"minor":560000,"currency":"USD"},"source":"website","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-24T09:40:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(47,5,23,1795514400003,'{"at":1795514400003,"by":null,"source":"time","kind":{"steps_reached":{"steps":[["reach",1]]}},"clocks":[{"clock":"reach","started_at":"2026-11-19T10:00:00.003Z","fired":1,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(48,3,14,1795516200002,'{"at":1795516200002,"by":1100000000012582912,"source":"manual","kind":{"approval_requested":{"approval":1,"requested_by":1100000000012582912,"requested_at":"2026-11-24T10:30:00.002Z","to":"unqualified","stage":"mql","data":{"disqualified_at":{"instant":1795516200002},"note":{"text":"They signed with their present supplier for three years."},"reason":{"choice":"competitor"}},"peak":{"minor":4200000,"currency":"USD"},"steps":0}}}');
INSERT INTO "events" VALUES(49,11,NULL,1795517400003,'{"at":1795517400003,"by":1100000000008388608,"source":"manual","kind":{"created":{"id":11,"workspace":1100000000020971520,"handle":{"letter":"L","number":11},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000008388608,"status":"new","class":"open","stage":"mql","value":null,"source":"contact form","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-24T10:50:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(50,10,46,1795518600002,'{"at":1795518600002,"by":null,"source":"time","kind":{"steps_reached":{"steps":[["first-contact",1]]}},"clocks":[{"clock":"first-contact","started_at":"2026-11-24T09:40:00.002Z","fired":1,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
INSERT INTO "events" VALUES(51,12,NULL,1795518900003,'{"at":1795518900003,"by":1100000000008388608,"source":"manual","kind":{"created":{"id":12,"workspace":1100000000020971520,"handle":{"letter":"L","number":12},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000008388608,"status":"new","class":"open","stage":"mql","value":{"minor":1250000,"currency":"USD"},"source":"trade fair","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-24T11:15:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}');
CREATE TABLE inbox (
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    at INTEGER NOT NULL,             -- operational
    PRIMARY KEY (source, external_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "inbox" VALUES('discord','1574712012657655808',1795511000553);
INSERT INTO "inbox" VALUES('discord','1574712012842205184',1795511000596);
INSERT INTO "inbox" VALUES('discord','1574712012942868480',1795511000621);
INSERT INTO "inbox" VALUES('discord','1574712013081280512',1795511000654);
INSERT INTO "inbox" VALUES('discord','1574712013207109632',1795511000684);
INSERT INTO "inbox" VALUES('discord','1574712013467156480',1795511000746);
INSERT INTO "inbox" VALUES('discord','1574712014100496384',1795511000897);
INSERT INTO "inbox" VALUES('discord','1574712014415069184',1795511000972);
INSERT INTO "inbox" VALUES('discord','1574712014473789440',1795511000986);
INSERT INTO "inbox" VALUES('discord','1574712014608007168',1795511001018);
INSERT INTO "inbox" VALUES('discord','1574712017200087040',1795511001636);
INSERT INTO "inbox" VALUES('discord','1574712017523048448',1795511001713);
INSERT INTO "inbox" VALUES('discord','1574712017703403520',1795511001756);
INSERT INTO "inbox" VALUES('discord','1574712018714230784',1795511001997);
INSERT INTO "inbox" VALUES('discord','1574712018781339648',1795511002012);
INSERT INTO "inbox" VALUES('discord','1574712019351764992',1795511002149);
INSERT INTO "inbox" VALUES('discord','1574712019540508672',1795511002194);
INSERT INTO "inbox" VALUES('discord','1574712020878491648',1795511002513);
INSERT INTO "inbox" VALUES('discord','1574712021272756224',1795511002607);
INSERT INTO "inbox" VALUES('discord','1574712021545385984',1795511002671);
INSERT INTO "inbox" VALUES('discord','1574712021700575232',1795511002709);
INSERT INTO "inbox" VALUES('discord','1574712023084695552',1795511003039);
INSERT INTO "inbox" VALUES('discord','1574712023827087360',1795511003216);
INSERT INTO "inbox" VALUES('discord','1574712023906779136',1795511003235);
INSERT INTO "inbox" VALUES('discord','1574712024028413952',1795511003264);
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY NOT NULL,
    dedup_key TEXT NOT NULL UNIQUE,
    workspace INTEGER NOT NULL,
    lane TEXT NOT NULL,              -- the place; order is kept within it
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 2),
    due_at INTEGER NOT NULL,
    post INTEGER REFERENCES posts (id), -- the post it draws, or whose thread it speaks in
    draws INTEGER NOT NULL CHECK (draws IN (0, 1)), -- 1: state, drawn from the rows; 0: fact, from body
    body TEXT NOT NULL,              -- blanked once sent
    version INTEGER NOT NULL DEFAULT 1,
    attempts INTEGER NOT NULL DEFAULT 0, -- claims since it was last sent
    failures INTEGER NOT NULL DEFAULT 0, -- those that count towards parking
    lease INTEGER NOT NULL DEFAULT 0,    -- counted up with each claim
    leased_at INTEGER,               -- operational, as are all below
    lease_until INTEGER,
    lost_at INTEGER,                 -- when the first lease was taken that ran out unsettled
    retry_at INTEGER NOT NULL DEFAULT 0,
    rest_until INTEGER NOT NULL DEFAULT 0, -- domain time: an old message is not edited again before (ruling 20)
    sent_at INTEGER,
    failed_at INTEGER,               -- parked
    error TEXT
) STRICT;
INSERT INTO "outbox" VALUES(1,'say:digest:1:2026-11-16',1100000000020971520,'c:1100000000050331648',2,1794819600000,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000477,NULL,NULL);
INSERT INTO "outbox" VALUES(2,'post:1',1100000000020971520,'c:1100000000037748736',1,1795096800002,1,1,'',5,0,0,5,NULL,NULL,NULL,0,0,1795511001991,NULL,NULL);
INSERT INTO "outbox" VALUES(3,'post:2',1100000000020971520,'c:1100000000037748736',1,1795431600003,2,1,'',6,0,0,6,NULL,NULL,NULL,0,0,1795511002650,NULL,NULL);
INSERT INTO "outbox" VALUES(5,'say:thread:1:before',1100000000020971520,'t:1',2,1794823800002,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000632,NULL,NULL);
INSERT INTO "outbox" VALUES(6,'say:thread:3',1100000000020971520,'t:1',2,1794823800002,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000636,NULL,NULL);
INSERT INTO "outbox" VALUES(7,'say:thread:4',1100000000020971520,'t:1',2,1794823800002,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000640,NULL,NULL);
INSERT INTO "outbox" VALUES(8,'say:thread:5',1100000000020971520,'t:1',2,1794823800002,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000644,NULL,NULL);
INSERT INTO "outbox" VALUES(10,'say:digest:1:2026-11-17',1100000000020971520,'c:1100000000050331648',2,1794906000001,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000679,NULL,NULL);
INSERT INTO "outbox" VALUES(11,'post:3',1100000000020971520,'c:1100000000037748736',1,1795516200002,3,1,'',3,0,0,3,NULL,NULL,NULL,0,0,1795511003228,NULL,NULL);
INSERT INTO "outbox" VALUES(12,'say:tell:3:9:1794906900003:0',1100000000020971520,'p:1100000000012582912',1,1794906900003,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000693,NULL,NULL);
INSERT INTO "outbox" VALUES(14,'say:thread:2:before',1100000000020971520,'t:2',2,1794908100003,2,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000787,NULL,NULL);
INSERT INTO "outbox" VALUES(15,'say:thread:10',1100000000020971520,'t:2',2,1794908100003,2,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000810,NULL,NULL);
INSERT INTO "outbox" VALUES(16,'say:thread:11',1100000000020971520,'t:2',2,1794908100003,2,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000838,NULL,NULL);
INSERT INTO "outbox" VALUES(18,'say:thread:3:before',1100000000020971520,'t:3',2,1794910800003,3,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000910,NULL,NULL);
INSERT INTO "outbox" VALUES(19,'say:thread:12',1100000000020971520,'t:3',2,1794910800003,3,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000913,NULL,NULL);
INSERT INTO "outbox" VALUES(20,'say:thread:13',1100000000020971520,'t:3',2,1794910800003,3,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000919,NULL,NULL);
INSERT INTO "outbox" VALUES(21,'say:thread:14',1100000000020971520,'t:3',2,1794910800003,3,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000936,NULL,NULL);
INSERT INTO "outbox" VALUES(22,'say:digest:1:2026-11-18',1100000000020971520,'c:1100000000050331648',2,1794992400001,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000963,NULL,NULL);
INSERT INTO "outbox" VALUES(23,'post:4',1100000000020971520,'c:1100000000037748736',1,1794995400002,4,1,'',2,0,0,2,NULL,NULL,NULL,0,0,1795511000994,NULL,NULL);
INSERT INTO "outbox" VALUES(25,'say:thread:4:before',1100000000020971520,'t:4',2,1794995400002,4,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511000997,NULL,NULL);
INSERT INTO "outbox" VALUES(26,'say:thread:16',1100000000020971520,'t:4',2,1794995400002,4,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511001005,NULL,NULL);
INSERT INTO "outbox" VALUES(28,'say:thread:17',1100000000020971520,'t:1',2,1795010400002,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511001031,NULL,NULL);
INSERT INTO "outbox" VALUES(29,'say:thread:18',1100000000020971520,'t:1',2,1795010400002,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511001049,NULL,NULL);
INSERT INTO "outbox" VALUES(30,'say:thread:19',1100000000020971520,'t:1',2,1795010400002,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511001074,NULL,NULL);
INSERT INTO "outbox" VALUES(31,'say:digest:1:2026-11-19',1100000000020971520,'c:1100000000050331648',2,1795078800000,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511001613,NULL,NULL);
INSERT INTO "outbox" VALUES(32,'post:5',1100000000020971520,'c:1100000000037748736',1,1795514400003,5,1,'',3,0,0,3,NULL,NULL,NULL,0,0,1795511003164,NULL,NULL);
INSERT INTO "outbox" VALUES(35,'say:thread:24',1100000000020971520,'t:1',2,1795084200003,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511001799,NULL,NULL);
INSERT INTO "outbox" VALUES(36,'say:thread:25',1100000000020971520,'t:1',2,1795084200003,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511001833,NULL,NULL);
INSERT INTO "outbox" VALUES(38,'say:tell:1:26:1795096800002:0',1100000000020971520,'p:1100000000008388608',1,1795096800002,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511001991,NULL,NULL);
INSERT INTO "outbox" VALUES(39,'post:6',1100000000020971520,'c:1100000000037748736',1,1795104000003,6,1,'',2,0,0,2,NULL,NULL,NULL,0,0,1795511002022,NULL,NULL);
INSERT INTO "outbox" VALUES(41,'say:thread:6:before',1100000000020971520,'t:6',2,1795104000003,6,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511002026,NULL,NULL);
INSERT INTO "outbox" VALUES(42,'say:thread:28',1100000000020971520,'t:6',2,1795104000003,6,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511002033,NULL,NULL);
INSERT INTO "outbox" VALUES(43,'say:thread:29',1100000000020971520,'t:6',2,1795104000003,6,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511002038,NULL,NULL);
INSERT INTO "outbox" VALUES(44,'say:thread:30',1100000000020971520,'t:6',2,1795104000003,6,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511002041,NULL,NULL);
INSERT INTO "outbox" VALUES(46,'post:7',1100000000020971520,'p:1100000000012582912',1,1795431600003,7,1,'',3,0,0,3,NULL,NULL,NULL,0,0,1795511002656,NULL,NULL);
INSERT INTO "outbox" VALUES(47,'say:digest:1:2026-11-20',1100000000020971520,'c:1100000000050331648',2,1795165200000,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511002129,NULL,NULL);
INSERT INTO "outbox" VALUES(48,'post:8',1100000000020971520,'c:1100000000037748736',1,1795169700002,8,1,'',2,0,0,2,NULL,NULL,NULL,0,0,1795511002240,NULL,NULL);
INSERT INTO "outbox" VALUES(50,'say:digest:1:2026-11-21',1100000000020971520,'c:1100000000050331648',2,1795251600000,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511002343,NULL,NULL);
INSERT INTO "outbox" VALUES(51,'say:digest:1:2026-11-22',1100000000020971520,'c:1100000000050331648',2,1795338000000,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511002364,NULL,NULL);
INSERT INTO "outbox" VALUES(54,'post:9',1100000000020971520,'c:1100000000041943040',1,1795431600003,9,1,'',2,0,0,2,NULL,NULL,NULL,0,0,1795511002656,NULL,NULL);
INSERT INTO "outbox" VALUES(55,'say:digest:1:2026-11-23',1100000000020971520,'c:1100000000050331648',2,1795424400012,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511002491,NULL,NULL);
INSERT INTO "outbox" VALUES(56,'post:10',1100000000020971520,'c:1100000000037748736',1,1795428300003,10,1,'',2,0,0,2,NULL,NULL,NULL,0,0,1795511002623,NULL,NULL);
INSERT INTO "outbox" VALUES(58,'say:thread:8:before',1100000000020971520,'t:10',2,1795428300003,10,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511002616,NULL,NULL);
INSERT INTO "outbox" VALUES(59,'say:thread:38',1100000000020971520,'t:10',2,1795428300003,10,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511002624,NULL,NULL);
INSERT INTO "outbox" VALUES(60,'say:thread:39',1100000000020971520,'t:10',2,1795428300003,10,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511002627,NULL,NULL);
INSERT INTO "outbox" VALUES(61,'say:thread:40',1100000000020971520,'t:10',2,1795428300003,10,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511002630,NULL,NULL);
INSERT INTO "outbox" VALUES(65,'say:tell:2:41:1795431600003:0',1100000000020971520,'p:1100000000012582912',1,1795431600003,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511002660,NULL,NULL);
INSERT INTO "outbox" VALUES(66,'say:tell:2:41:1795431600003:1',1100000000020971520,'p:1100000000016777216',1,1795431600003,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511002650,NULL,NULL);
INSERT INTO "outbox" VALUES(67,'post:11',1100000000020971520,'c:1100000000037748736',1,1795450800005,11,1,'',2,0,0,2,NULL,NULL,NULL,0,0,1795511002736,NULL,NULL);
INSERT INTO "outbox" VALUES(69,'say:digest:1:2026-11-24',1100000000020971520,'c:1100000000050331648',2,1795510800001,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511003020,NULL,NULL);
INSERT INTO "outbox" VALUES(70,'post:12',1100000000020971520,'c:1100000000037748736',1,1795518600002,12,1,'',2,0,0,2,NULL,NULL,NULL,0,0,1795511003256,NULL,NULL);
INSERT INTO "outbox" VALUES(72,'post:13',1100000000020971520,'c:1100000000041943040',1,1795514400003,13,1,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511003210,NULL,NULL);
INSERT INTO "outbox" VALUES(73,'say:thread:5:before',1100000000020971520,'t:5',2,1795514400003,5,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511003165,NULL,NULL);
INSERT INTO "outbox" VALUES(75,'post:14',1100000000020971520,'c:1100000000046137344',0,1795516200002,14,1,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511003228,NULL,NULL);
INSERT INTO "outbox" VALUES(76,'say:thread:48',1100000000020971520,'t:3',2,1795516200002,3,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511003225,NULL,NULL);
INSERT INTO "outbox" VALUES(77,'post:15',1100000000020971520,'c:1100000000037748736',1,1795517400003,15,1,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511003243,NULL,NULL);
INSERT INTO "outbox" VALUES(79,'post:16',1100000000020971520,'p:1100000000012582912',1,1795518600002,16,1,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511003257,NULL,NULL);
INSERT INTO "outbox" VALUES(80,'post:17',1100000000020971520,'c:1100000000037748736',1,1795518900003,17,1,'',1,0,0,1,NULL,NULL,NULL,0,0,1795511003273,NULL,NULL);
CREATE TABLE people (
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    id INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
INSERT INTO "people" VALUES(1100000000020971520,1100000000008388608,'{"id":1100000000008388608,"name":"Ana","admin":false,"roles":[1100000000029360128],"team":1,"role":"rep","duties":[],"capacity":null,"timezone":null}');
INSERT INTO "people" VALUES(1100000000020971520,1100000000012582912,'{"id":1100000000012582912,"name":"Ben","admin":false,"roles":[1100000000029360128],"team":1,"role":"rep","duties":[],"capacity":null,"timezone":null}');
INSERT INTO "people" VALUES(1100000000020971520,1100000000016777216,'{"id":1100000000016777216,"name":"Mia","admin":true,"roles":[1100000000025165824],"team":1,"role":"manager","duties":["sdr_manager"],"capacity":null,"timezone":null}');
CREATE TABLE posts (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('card', 'alerts', 'approval')),
    place TEXT NOT NULL,             -- as a lane: c:<channel>, p:<person>, t:<post>
    records TEXT NOT NULL,           -- JSON: ids
    approval INTEGER,
    channel INTEGER,                 -- where it stands, once posted
    message INTEGER,
    thread INTEGER,
    generation INTEGER NOT NULL DEFAULT 0,
    posted_at INTEGER,               -- operational: when it came to stand there
    CHECK ((channel IS NULL) = (message IS NULL))
) STRICT;
INSERT INTO "posts" VALUES(1,1100000000020971520,'card','c:1100000000037748736','[1]',NULL,1100000000037748736,1574712012787679232,1574712012787679232,0,1795511000583);
INSERT INTO "posts" VALUES(2,1100000000020971520,'card','c:1100000000037748736','[2]',NULL,1100000000037748736,1574712012921896960,1574712012921896960,0,1795511000615);
INSERT INTO "posts" VALUES(3,1100000000020971520,'card','c:1100000000037748736','[3]',NULL,1100000000037748736,1574712013349715968,1574712013349715968,0,1795511000717);
INSERT INTO "posts" VALUES(4,1100000000020971520,'card','c:1100000000037748736','[4]',NULL,1100000000037748736,1574712014448623616,1574712014448623616,0,1795511000980);
INSERT INTO "posts" VALUES(5,1100000000020971520,'card','c:1100000000037748736','[5]',NULL,1100000000037748736,1574712017434968064,1574712017434968064,0,1795511001691);
INSERT INTO "posts" VALUES(6,1100000000020971520,'card','c:1100000000037748736','[6]',NULL,1100000000037748736,1574712018760368128,1574712018760368128,0,1795511002007);
INSERT INTO "posts" VALUES(7,1100000000020971520,'alerts','p:1100000000012582912','[2]',NULL,1574712013240664064,1574712018974277632,NULL,0,1795511002059);
INSERT INTO "posts" VALUES(8,1100000000020971520,'card','c:1100000000037748736','[7]',NULL,1100000000037748736,1574712019381125120,NULL,0,1795511002163);
INSERT INTO "posts" VALUES(9,1100000000020971520,'alerts','c:1100000000041943040','[2]',NULL,1100000000041943040,1574712020635222016,NULL,0,1795511002467);
INSERT INTO "posts" VALUES(10,1100000000020971520,'card','c:1100000000037748736','[8]',NULL,1100000000037748736,1574712021121761280,1574712021121761280,0,1795511002570);
INSERT INTO "posts" VALUES(11,1100000000020971520,'card','c:1100000000037748736','[9]',NULL,1100000000037748736,1574712021604106240,NULL,0,1795511002685);
INSERT INTO "posts" VALUES(12,1100000000020971520,'card','c:1100000000037748736','[10]',NULL,1100000000037748736,1574712023168581632,NULL,0,1795511003059);
INSERT INTO "posts" VALUES(13,1100000000020971520,'alerts','c:1100000000041943040','[5]',NULL,1100000000041943040,1574712023797727232,NULL,0,1795511003210);
INSERT INTO "posts" VALUES(14,1100000000020971520,'approval','c:1100000000046137344','[3]',1,1100000000046137344,1574712023873224704,NULL,0,1795511003228);
INSERT INTO "posts" VALUES(15,1100000000020971520,'card','c:1100000000037748736','[11]',NULL,1100000000037748736,1574712023944527872,NULL,0,1795511003243);
INSERT INTO "posts" VALUES(16,1100000000020971520,'alerts','p:1100000000012582912','[10]',NULL,1574712013240664064,1574712023986470912,NULL,0,1795511003257);
INSERT INTO "posts" VALUES(17,1100000000020971520,'card','c:1100000000037748736','[12]',NULL,1100000000037748736,1574712024070356992,NULL,0,1795511003273);
CREATE TABLE records (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    letter TEXT NOT NULL CHECK (length(letter) = 1),
    number INTEGER NOT NULL CHECK (number > 0),
    playbook TEXT NOT NULL,
    team INTEGER NOT NULL,
    owner INTEGER,
    status TEXT NOT NULL,
    stage TEXT,
    class TEXT NOT NULL CHECK (class IN ('open', 'parked', 'won', 'lost', 'excluded')),
    version INTEGER NOT NULL,
    -- The personal part, outside the events, so that it can be blanked.
    name TEXT NOT NULL,
    company TEXT,
    email TEXT,
    phone TEXT,
    due_at INTEGER,                  -- when it wants to be looked at next; for ordering lists
    armed_at INTEGER,                -- its earliest entry in due, which may lie before due_at
    quiet_at INTEGER NOT NULL,       -- since when nothing happened: the last contact, or the entry of the status
    last_event INTEGER,
    chat TEXT NOT NULL,              -- JSON: card, thread, alerts
    state TEXT NOT NULL,             -- JSON: the record without its personal part
    UNIQUE (workspace, letter, number)
) STRICT;
INSERT INTO "records" VALUES(1,1100000000020971520,'L',1,'lead-lifecycle',1,1100000000008388608,'working','mql','open',2,'Priya Nair','Northwind Logistics','priya@northwind.example',NULL,1795532400000,1795532400000,1795084200003,26,'{"card":1,"threaded":true,"alerts":[]}','{"id":1,"workspace":1100000000020971520,"handle":{"letter":"L","number":1},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000008388608,"status":"working","stage":"mql","version":2,"created_at":"2026-11-16T09:05:00.002Z","status_since":"2026-11-18T14:00:00.002Z","value":{"minor":1800000,"currency":"USD"},"source":"trade fair","data":{"connection_notes":{"text":"Runs 40 vans, unhappy with late reports."},"discovery_notes":{"text":"Reports by 7:00 are what they need."},"interaction":{"choice":"call_answered"},"interaction_at":{"instant":1794823800002}},"next":{"action":"call about the offer","due":"2026-11-24T15:00:00Z","told":false},"owes":["needs_found","decision_timeline","next_meeting_at"],"owes_since":"2026-11-18T14:00:00.002Z","owes_chased":true,"contacted":{"touch":["email_sent","2026-11-19T10:30:00.003Z"],"two_way":["meeting_held","2026-11-18T14:00:00.002Z"],"attempts":1,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-16T09:05:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-16T10:10:00.002Z","outcome":"met","charged_to":1100000000008388608}},{"clock":"decide","started_at":"2026-11-16T10:10:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null},{"clock":"keep-active","started_at":"2026-11-19T10:30:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":null,"silenced":[],"been":["connected","new","working"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":190500000,"open_since":"2026-11-18T14:00:00.002Z","past_values":[],"snoozed_until":null,"last_event":26}');
INSERT INTO "records" VALUES(2,1100000000020971520,'L',2,'lead-lifecycle',1,1100000000012582912,'attempting','mql','open',1,'Halim Othman','Halim Batik',NULL,'+60 12 345 6789',1795685700003,1795685700003,1794908100003,41,'{"card":2,"threaded":true,"alerts":[{"alert":{"clock":"reach","level":"escalation","due_at":"2026-11-23T11:00:00.002Z","to":[1100000000012582912,1100000000016777216],"offers":["connected","nurture","unqualified"],"reports_delivery":false},"post":7,"person":1100000000012582912,"opened_at":"2026-11-19T17:45:00.002Z","closed":null},{"alert":{"clock":"reach","level":"escalation","due_at":"2026-11-23T11:00:00.002Z","to":[1100000000012582912,1100000000016777216],"offers":["connected","nurture","unqualified"],"reports_delivery":false},"post":9,"opened_at":"2026-11-23T09:00:00.001Z","closed":null}]}','{"id":2,"workspace":1100000000020971520,"handle":{"letter":"L","number":2},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000012582912,"status":"attempting","stage":"mql","version":1,"created_at":"2026-11-16T09:40:00.003Z","status_since":"2026-11-16T11:00:00.002Z","value":{"minor":650000,"currency":"USD"},"source":"website","data":{"attempt":{"choice":"call_unanswered"}},"next":{"action":"call when he is back","due":"2026-11-26T09:35:00.003Z","told":false},"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":["voicemail","2026-11-17T09:35:00.003Z"],"two_way":null,"attempts":1,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-16T09:40:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-16T11:00:00.002Z","outcome":"met","charged_to":1100000000012582912}},{"clock":"reach","started_at":"2026-11-16T11:00:00.002Z","fired":4,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":"2026-11-23T11:00:00.002Z","end":null}],"pending":null,"auto":null,"silenced":[],"been":["attempting","new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":4799999,"open_since":"2026-11-16T11:00:00.002Z","past_values":[],"snoozed_until":null,"last_event":41}');
INSERT INTO "records" VALUES(3,1100000000020971520,'L',3,'lead-lifecycle',1,1100000000012582912,'connected','mql','open',1,'Tomas Lind','Kestrel Shipping','tomas@kestrel.example',NULL,1795530600002,1795530600002,1794910800003,48,'{"card":3,"threaded":true,"alerts":[],"approval":14}','{"id":3,"workspace":1100000000020971520,"handle":{"letter":"L","number":3},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000012582912,"status":"connected","stage":"mql","version":1,"created_at":"2026-11-17T09:15:00.003Z","status_since":"2026-11-17T10:20:00.003Z","value":{"minor":4200000,"currency":"USD"},"source":"referral","data":{"connection_notes":{"text":"Wants to compare us with their present supplier."},"interaction":{"choice":"email_replied"},"interaction_at":{"instant":1794910800003}},"next":{"action":"ask how they decided","due":"2026-11-25T10:20:00.002Z","told":false},"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":null,"two_way":["email_replied","2026-11-17T10:20:00.003Z"],"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-17T09:15:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-17T10:20:00.003Z","outcome":"met","charged_to":1100000000012582912}},{"clock":"decide","started_at":"2026-11-17T10:20:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":{"approval":1,"requested_by":1100000000012582912,"requested_at":"2026-11-24T10:30:00.002Z","to":"unqualified","stage":"mql","data":{"disqualified_at":{"instant":1795516200002},"note":{"text":"They signed with their present supplier for three years."},"reason":{"choice":"competitor"}},"peak":{"minor":4200000,"currency":"USD"},"steps":0},"auto":{"rule":"reply-connects","from":"new"},"silenced":[],"been":["connected","new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":3900000,"open_since":"2026-11-17T10:20:00.003Z","past_values":[],"snoozed_until":null,"last_event":48}');
INSERT INTO "records" VALUES(4,1100000000020971520,'L',4,'lead-lifecycle',1,1100000000012582912,'unqualified','mql','lost',1,'Sofia Marin','Marin Dental','sofia@marin.example',NULL,NULL,NULL,1794995400002,16,'{"card":4,"threaded":true,"alerts":[]}','{"id":4,"workspace":1100000000020971520,"handle":{"letter":"L","number":4},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000012582912,"status":"unqualified","stage":"mql","version":1,"created_at":"2026-11-18T09:10:00.003Z","status_since":"2026-11-18T09:50:00.002Z","value":{"minor":320000,"currency":"USD"},"source":"website","data":{"disqualified_at":{"instant":1794995400002}},"next":null,"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":null,"two_way":null,"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-18T09:10:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-18T09:50:00.002Z","outcome":"cancelled","charged_to":1100000000012582912}}],"pending":null,"auto":null,"silenced":[],"been":["new","unqualified"],"parked":0,"last_reason":"wrong_fit","past_owners":[],"open_ms":2399999,"open_since":null,"past_values":[],"snoozed_until":null,"last_event":16}');
INSERT INTO "records" VALUES(5,1100000000020971520,'L',5,'lead-lifecycle',1,1100000000008388608,'attempting','mql','open',1,'Grace Okafor','Okafor Foods','grace@okafor.example','+44 20 7946 0123',1795538700003,1795538700003,1795082400003,47,'{"card":5,"threaded":true,"alerts":[{"alert":{"clock":"reach","level":"escalation","due_at":"2026-11-24T10:00:00.003Z","to":[1100000000016777216],"offers":["connected","nurture","unqualified"],"reports_delivery":false},"post":13,"opened_at":"2026-11-24T10:00:00.003Z","closed":null}]}','{"id":5,"workspace":1100000000020971520,"handle":{"letter":"L","number":5},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000008388608,"status":"attempting","stage":"mql","version":1,"created_at":"2026-11-19T09:20:00.002Z","status_since":"2026-11-19T10:00:00.003Z","value":{"minor":980000,"currency":"USD"},"source":"webinar","data":{"attempt":{"choice":"email_sent"}},"next":{"action":"call her","due":"2026-11-25T10:00:00.003Z","told":false},"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":["email_sent","2026-11-19T10:00:00.003Z"],"two_way":null,"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-19T09:20:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-19T10:00:00.003Z","outcome":"met","charged_to":1100000000008388608}},{"clock":"reach","started_at":"2026-11-19T10:00:00.003Z","fired":1,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":{"rule":"touch-attempts","from":"new"},"silenced":[],"been":["attempting","new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":2400001,"open_since":"2026-11-19T10:00:00.003Z","past_values":[],"snoozed_until":null,"last_event":47}');
INSERT INTO "records" VALUES(6,1100000000020971520,'L',6,'lead-lifecycle',1,1100000000012582912,'connected','mql','open',1,'Kenji Mori','Mori Instruments','kenji@mori.example',NULL,1795622400003,1795622400003,1795104000003,30,'{"card":6,"threaded":true,"alerts":[]}','{"id":6,"workspace":1100000000020971520,"handle":{"letter":"L","number":6},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000012582912,"status":"connected","stage":"mql","version":1,"created_at":"2026-11-19T15:30:00.002Z","status_since":"2026-11-19T16:00:00.003Z","value":{"minor":2750000,"currency":"USD"},"source":"partner","data":{"connection_notes":{"text":"Budget is approved for spring."},"interaction":{"choice":"call_answered"},"interaction_at":{"instant":1795104000003}},"next":{"action":"show the demo","due":"2026-11-25T16:00:00.003Z","told":false},"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":null,"two_way":["call_answered","2026-11-19T16:00:00.003Z"],"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-19T15:30:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-19T16:00:00.003Z","outcome":"met","charged_to":1100000000012582912}},{"clock":"decide","started_at":"2026-11-19T16:00:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":{"rule":"talk-connects","from":"new"},"silenced":[],"been":["connected","new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":1800001,"open_since":"2026-11-19T16:00:00.003Z","past_values":[],"snoozed_until":null,"last_event":30}');
INSERT INTO "records" VALUES(7,1100000000020971520,'L',7,'lead-lifecycle',1,1100000000008388608,'attempting','mql','open',1,'Lucie Bernard','Atelier Bernard',NULL,'+33 1 70 18 99 00',1795601700002,1795601700002,1795169700002,35,'{"card":8,"threaded":false,"alerts":[]}','{"id":7,"workspace":1100000000020971520,"handle":{"letter":"L","number":7},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000008388608,"status":"attempting","stage":"mql","version":1,"created_at":"2026-11-20T09:30:00.002Z","status_since":"2026-11-20T10:15:00.002Z","value":{"minor":410000,"currency":"USD"},"source":"website","data":{"attempt":{"choice":"linkedin_message"}},"next":{"action":"call her","due":"2026-11-25T10:15:00.002Z","told":false},"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":["linkedin_message","2026-11-20T10:15:00.002Z"],"two_way":null,"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-20T09:30:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-20T10:15:00.002Z","outcome":"met","charged_to":1100000000008388608}},{"clock":"reach","started_at":"2026-11-20T10:15:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":{"rule":"touch-attempts","from":"new"},"silenced":[],"been":["attempting","new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":2700000,"open_since":"2026-11-20T10:15:00.002Z","past_values":[],"snoozed_until":null,"last_event":35}');
INSERT INTO "records" VALUES(8,1100000000020971520,'L',8,'lead-lifecycle',1,1100000000012582912,'connected','mql','open',1,'Omar Haddad','Haddad Solar','omar@haddad.example',NULL,1795773900003,1795773900003,1795428300003,40,'{"card":10,"threaded":true,"alerts":[]}','{"id":8,"workspace":1100000000020971520,"handle":{"letter":"L","number":8},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000012582912,"status":"connected","stage":"mql","version":1,"created_at":"2026-11-23T09:40:00.002Z","status_since":"2026-11-23T10:05:00.003Z","value":{"minor":1500000,"currency":"USD"},"source":"referral","data":{"connection_notes":{"text":"He heard our talk at the fair."},"interaction":{"choice":"meeting_booked"},"interaction_at":{"instant":1795428300003}},"next":{"action":"prepare the demo","due":"2026-11-27T10:05:00.003Z","told":false},"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":null,"two_way":["meeting_booked","2026-11-23T10:05:00.003Z"],"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-23T09:40:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-23T10:05:00.003Z","outcome":"met","charged_to":1100000000012582912}},{"clock":"decide","started_at":"2026-11-23T10:05:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":{"rule":"talk-connects","from":"new"},"silenced":[],"been":["connected","new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":1500001,"open_since":"2026-11-23T10:05:00.003Z","past_values":[],"snoozed_until":null,"last_event":40}');
INSERT INTO "records" VALUES(9,1100000000020971520,'L',9,'lead-lifecycle',1,1100000000008388608,'attempting','mql','open',1,'Ingrid Solberg','Fjord Timber','ingrid@fjord.example',NULL,1795788300005,1795788300005,1795450800005,45,'{"card":11,"threaded":false,"alerts":[]}','{"id":9,"workspace":1100000000020971520,"handle":{"letter":"L","number":9},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000008388608,"status":"attempting","stage":"mql","version":1,"created_at":"2026-11-23T15:10:00.002Z","status_since":"2026-11-23T16:20:00.005Z","value":{"minor":730000,"currency":"USD"},"source":"website","data":{"attempt":{"choice":"email_sent"}},"next":{"action":"call her","due":"2026-11-27T16:20:00.005Z","told":false},"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":["email_sent","2026-11-23T16:20:00.005Z"],"two_way":null,"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-23T15:10:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-23T16:20:00.005Z","outcome":"met","charged_to":1100000000008388608}},{"clock":"reach","started_at":"2026-11-23T16:20:00.005Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":{"rule":"touch-attempts","from":"new"},"silenced":[],"been":["attempting","new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":4200003,"open_since":"2026-11-23T16:20:00.005Z","past_values":[],"snoozed_until":null,"last_event":45}');
INSERT INTO "records" VALUES(10,1100000000020971520,'L',10,'lead-lifecycle',1,1100000000012582912,'new','mql','open',0,'Mei Tan','Tan Ceramics',NULL,'+60 3 2161 2345',1795520400002,1795520400002,1795513200002,50,'{"card":12,"threaded":false,"alerts":[{"alert":{"clock":"first-contact","level":"nudge","due_at":"2026-11-24T11:10:00.002Z","to":[1100000000012582912],"offers":["attempting","connected","nurture"],"reports_delivery":false},"post":16,"person":1100000000012582912,"opened_at":"2026-11-24T11:10:00.002Z","closed":null}]}','{"id":10,"workspace":1100000000020971520,"handle":{"letter":"L","number":10},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000012582912,"status":"new","stage":"mql","version":0,"created_at":"2026-11-24T09:40:00.002Z","status_since":"2026-11-24T09:40:00.002Z","value":{"minor":560000,"currency":"USD"},"source":"website","data":{},"next":null,"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":null,"two_way":null,"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-24T09:40:00.002Z","fired":1,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":null,"silenced":[],"been":["new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":0,"open_since":"2026-11-24T09:40:00.002Z","past_values":[],"snoozed_until":null,"last_event":50}');
INSERT INTO "records" VALUES(11,1100000000020971520,'L',11,'lead-lifecycle',1,1100000000008388608,'new','mql','open',0,'Ruth Adeyemi','Adeyemi Print','ruth@adeyemi.example',NULL,1795522800003,1795522800003,1795517400003,49,'{"card":15,"threaded":false,"alerts":[]}','{"id":11,"workspace":1100000000020971520,"handle":{"letter":"L","number":11},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000008388608,"status":"new","stage":"mql","version":0,"created_at":"2026-11-24T10:50:00.003Z","status_since":"2026-11-24T10:50:00.003Z","value":null,"source":"contact form","data":{},"next":null,"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":null,"two_way":null,"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-24T10:50:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":null,"silenced":[],"been":["new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":0,"open_since":"2026-11-24T10:50:00.003Z","past_values":[],"snoozed_until":null,"last_event":49}');
INSERT INTO "records" VALUES(12,1100000000020971520,'L',12,'lead-lifecycle',1,1100000000008388608,'new','mql','open',0,'Daniel Weiss','Weiss & Partner',NULL,'+49 30 901820',1795524300003,1795524300003,1795518900003,51,'{"card":17,"threaded":false,"alerts":[]}','{"id":12,"workspace":1100000000020971520,"handle":{"letter":"L","number":12},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000008388608,"status":"new","stage":"mql","version":0,"created_at":"2026-11-24T11:15:00.003Z","status_since":"2026-11-24T11:15:00.003Z","value":{"minor":1250000,"currency":"USD"},"source":"trade fair","data":{},"next":null,"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":null,"two_way":null,"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-24T11:15:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":null,"silenced":[],"been":["new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":0,"open_since":"2026-11-24T11:15:00.003Z","past_values":[],"snoozed_until":null,"last_event":51}');
CREATE TABLE setting_log (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    setting TEXT NOT NULL,
    value TEXT NOT NULL,
    person INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
INSERT INTO "setting_log" VALUES(1,1100000000020971520,'team Sales: leads','changed',1100000000016777216,1794817800004);
INSERT INTO "setting_log" VALUES(2,1100000000020971520,'team Sales: alerts','changed',1100000000016777216,1794817800004);
INSERT INTO "setting_log" VALUES(3,1100000000020971520,'team Sales: approvals','changed',1100000000016777216,1794817800004);
INSERT INTO "setting_log" VALUES(4,1100000000020971520,'team Sales: digest','changed',1100000000016777216,1794817800004);
INSERT INTO "setting_log" VALUES(5,1100000000020971520,'team Sales: digest at','09:00',1100000000016777216,1794817800004);
INSERT INTO "setting_log" VALUES(6,1100000000020971520,'member Mia: team','Sales',1100000000016777216,1794817860002);
INSERT INTO "setting_log" VALUES(7,1100000000020971520,'member Mia: role','manager',1100000000016777216,1794817860002);
INSERT INTO "setting_log" VALUES(8,1100000000020971520,'member Mia: duties','sdr-manager',1100000000016777216,1794817860002);
INSERT INTO "setting_log" VALUES(9,1100000000020971520,'member Ana: team','Sales',1100000000016777216,1794817920004);
INSERT INTO "setting_log" VALUES(10,1100000000020971520,'member Ana: role','rep',1100000000016777216,1794817920004);
INSERT INTO "setting_log" VALUES(11,1100000000020971520,'member Ben: team','Sales',1100000000016777216,1794817980003);
INSERT INTO "setting_log" VALUES(12,1100000000020971520,'member Ben: role','rep',1100000000016777216,1794817980003);
CREATE TABLE teams (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    body TEXT NOT NULL,              -- JSON: name, roles, channels, calendar
    next_digest_at INTEGER,          -- null: none is planned (a team without records and without set-up)
    digest_event INTEGER NOT NULL DEFAULT 0, -- the last event that a digest told of
    digest_at INTEGER                -- when that digest was made
) STRICT;
INSERT INTO "teams" VALUES(1,1100000000020971520,'{"id":1,"name":"Sales","manager_role":null,"rep_role":null,"leads":1100000000037748736,"alerts":1100000000041943040,"approvals":1100000000046137344,"digest":1100000000050331648,"digest_at":"09:00:00","calendar":{"zone":"UTC","hours":"mon-fri 09:00-18:00","holidays":[]}}',1795597200000,45,1795510800015);
CREATE TABLE workspaces (
    id INTEGER PRIMARY KEY NOT NULL, -- the platform's number
    body TEXT NOT NULL               -- JSON: thresholds, system channel, greeted, set up
) STRICT;
INSERT INTO "workspaces" VALUES(1100000000020971520,'{"thresholds":{"high_value":{"minor":1000000,"currency":"USD"},"currency":"USD","rates":{}},"system_channel":null,"greeted":true,"set_up":true}');
CREATE INDEX teams_workspace ON teams (workspace);
CREATE INDEX setting_log_setting ON setting_log (workspace, setting);
CREATE INDEX records_team ON records (team);
CREATE INDEX records_owner ON records (workspace, owner);
CREATE INDEX records_name ON records (workspace, letter, name COLLATE NOCASE);
CREATE INDEX approvals_waiting ON approvals (workspace, id) WHERE waiting = 1;
CREATE INDEX outbox_open ON outbox (lane, priority, due_at, id) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_leased ON outbox (lane) WHERE lease_until IS NOT NULL;
CREATE INDEX outbox_parked ON outbox (workspace) WHERE failed_at IS NOT NULL;
COMMIT;
