-- A database as version 0007 left it: the playground's team after its first week.
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
INSERT INTO "_sqlx_migrations" VALUES(1,'spine','2026-11-24 13:51:28',1,X'A83CA00F669BCE142197E4245E2D14B01FF1765952E4145035A3CF131C7102BCD81C8AC315B9C81DC8011B2E84343810',2073955);
INSERT INTO "_sqlx_migrations" VALUES(2,'jobs','2026-11-24 13:51:28',1,X'D861EAE74CF6FEDC6F6F0505D6E1D5F5F0F57EC69C890332511D0BBBF830293B49B15EC9AACB8A867F7AB6E218D09610',2439660);
INSERT INTO "_sqlx_migrations" VALUES(3,'duplicates','2026-11-24 13:51:28',1,X'341FC44D086F286267AA39F9D5D1DBF52B2D6488FA2F59E19526FF497AF279FF5FD91A0DCEF7AEE676F20FA809E40578',647012);
INSERT INTO "_sqlx_migrations" VALUES(4,'playbooks','2026-11-24 13:51:28',1,X'60FA830A59D4141EA8B69383AC0355AFCD19948518D72F9C275CE3F90984CE00DAD0DA14564CA08340A28D13801C925E',666721);
INSERT INTO "_sqlx_migrations" VALUES(5,'attention','2026-11-24 13:51:28',1,X'825099551A9A84207FB328F48FE8ACA561705A43D48112A9B387172E896189D714584A2377E160E8369E2C8DEBBFB772',542607);
INSERT INTO "_sqlx_migrations" VALUES(6,'routing','2026-11-24 13:51:28',1,X'163CB7F6AEBEE3BCAFF9E31CB07591B8CE01B24D610128A3B9D34FCEE6468C6E2A91263097DB569D400DA29F00B6AE30',541135);
INSERT INTO "_sqlx_migrations" VALUES(7,'undo','2026-11-24 13:51:28',1,X'5B23F463123304E94F622022934D0AE05076BC15F606DEBE34F52284F3BA87331B1D37AA0DA5DAC38C627DD4DEF56F6C',721944);
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
INSERT INTO "approvals" VALUES(1,1100000000020971520,3,1,1100000000012582912,1795516200006,'unqualified','{"disqualified_at":{"instant":1795516200006},"note":{"text":"They signed with their present supplier for three years."},"reason":{"choice":"competitor"}}','{"minor":4200000,"currency":"USD"}','"waiting"',1,15);
CREATE TABLE attention (
    workspace INTEGER NOT NULL,
    person INTEGER NOT NULL,
    body TEXT NOT NULL,              -- JSON: the local day, its interruptions, what is held
    next_at INTEGER,                 -- when what is held is looked at; null: nothing is
    PRIMARY KEY (workspace, person)
) STRICT, WITHOUT ROWID;
INSERT INTO "attention" VALUES(1100000000020971520,1100000000008388608,'{"day":"2026-11-19","used":1,"seen":[54000000],"joinable":[],"held":[]}',NULL);
INSERT INTO "attention" VALUES(1100000000020971520,1100000000012582912,'{"day":"2026-11-24","used":1,"seen":[42000000],"joinable":[17,7],"held":[]}',NULL);
INSERT INTO "attention" VALUES(1100000000020971520,1100000000016777216,'{"day":"2026-11-24","used":1,"seen":[98000000],"joinable":[14,10],"held":[]}',NULL);
CREATE TABLE backfills (
    name TEXT PRIMARY KEY NOT NULL,
    done INTEGER NOT NULL CHECK (done IN (0, 1))
) STRICT, WITHOUT ROWID;
INSERT INTO "backfills" VALUES('contact_keys',1);
CREATE TABLE contact_keys (
    workspace INTEGER NOT NULL,
    letter TEXT NOT NULL,
    key TEXT NOT NULL,
    record INTEGER NOT NULL REFERENCES records (id),
    PRIMARY KEY (workspace, letter, key, record)
) STRICT, WITHOUT ROWID;
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','c:adeyemi print',11);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','c:atelier bernard',7);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','c:fjord timber',9);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','c:haddad solar',8);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','c:halim batik',2);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','c:kestrel shipping',3);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','c:marin dental',4);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','c:mori instruments',6);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','c:northwind logistics',1);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','c:okafor foods',5);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','c:tan ceramics',10);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','c:weiss partner',12);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','e:grace@okafor.example',5);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','e:ingrid@fjord.example',9);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','e:kenji@mori.example',6);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','e:omar@haddad.example',8);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','e:priya@northwind.example',1);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','e:ruth@adeyemi.example',11);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','e:sofia@marin.example',4);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','e:tomas@kestrel.example',3);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','n:daniel weiss|c:weiss partner',12);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','n:grace okafor|c:okafor foods',5);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','n:halim othman|c:halim batik',2);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','n:ingrid solberg|c:fjord timber',9);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','n:kenji mori|c:mori instruments',6);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','n:lucie bernard|c:atelier bernard',7);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','n:mei tan|c:tan ceramics',10);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','n:omar haddad|c:haddad solar',8);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','n:priya nair|c:northwind logistics',1);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','n:ruth adeyemi|c:adeyemi print',11);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','n:sofia marin|c:marin dental',4);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','n:tomas lind|c:kestrel shipping',3);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','p:079460123',5);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','p:123456789',2);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','p:170189900',7);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','p:321612345',10);
INSERT INTO "contact_keys" VALUES(1100000000020971520,'L','p:930901820',12);
CREATE TABLE digests (
    team INTEGER NOT NULL REFERENCES teams (id),
    date TEXT NOT NULL,
    up_to INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (team, date)
) STRICT, WITHOUT ROWID;
INSERT INTO "digests" VALUES(1,'2026-11-16',0,1794819600002);
INSERT INTO "digests" VALUES(1,'2026-11-17',15,1794906000004);
INSERT INTO "digests" VALUES(1,'2026-11-18',27,1794992400004);
INSERT INTO "digests" VALUES(1,'2026-11-19',38,1795078800005);
INSERT INTO "digests" VALUES(1,'2026-11-20',57,1795165200005);
INSERT INTO "digests" VALUES(1,'2026-11-21',65,1795251600004);
INSERT INTO "digests" VALUES(1,'2026-11-22',65,1795338000003);
INSERT INTO "digests" VALUES(1,'2026-11-23',66,1795424400012);
INSERT INTO "digests" VALUES(1,'2026-11-24',81,1795510800009);
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
INSERT INTO "due" VALUES(1795520400004,10);
INSERT INTO "due" VALUES(1795522800004,11);
INSERT INTO "due" VALUES(1795524300008,12);
INSERT INTO "due" VALUES(1795530600006,3);
INSERT INTO "due" VALUES(1795532400000,1);
INSERT INTO "due" VALUES(1795538700003,5);
INSERT INTO "due" VALUES(1795601700002,7);
INSERT INTO "due" VALUES(1795602000004,3);
INSERT INTO "due" VALUES(1795622400008,6);
INSERT INTO "due" VALUES(1795685700003,2);
INSERT INTO "due" VALUES(1795773900003,8);
INSERT INTO "due" VALUES(1795788300007,9);
CREATE TABLE events (
    id INTEGER PRIMARY KEY NOT NULL,
    record INTEGER NOT NULL REFERENCES records (id),
    prev INTEGER,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
, command INTEGER) STRICT;
INSERT INTO "events" VALUES(1,1,NULL,1794819900003,'{"at":1794819900003,"by":1100000000008388608,"source":"manual","kind":{"created":{"id":1,"workspace":1100000000020971520,"handle":{"letter":"L","number":1},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000008388608,"status":"new","class":"open","stage":"mql","value":{"minor":1800000,"currency":"USD"},"source":"trade fair","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-16T09:05:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',1);
INSERT INTO "events" VALUES(2,1,1,1794819900003,'{"at":1794819900003,"by":null,"source":"rule","kind":{"task_opened":{"id":1,"label":"Contact them","status":"new","since":"2026-11-16T09:05:00.003Z","again":false,"due":"2026-11-16T11:05:00.003Z","told":false}}}',1);
INSERT INTO "events" VALUES(3,2,NULL,1794822000003,'{"at":1794822000003,"by":1100000000012582912,"source":"manual","kind":{"created":{"id":2,"workspace":1100000000020971520,"handle":{"letter":"L","number":2},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000012582912,"status":"new","class":"open","stage":"mql","value":{"minor":650000,"currency":"USD"},"source":"website","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-16T09:40:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',3);
INSERT INTO "events" VALUES(4,2,3,1794822000003,'{"at":1794822000003,"by":null,"source":"rule","kind":{"task_opened":{"id":1,"label":"Contact them","status":"new","since":"2026-11-16T09:40:00.003Z","again":false,"due":"2026-11-16T11:40:00.003Z","told":false}}}',3);
INSERT INTO "events" VALUES(5,1,2,1794823800002,'{"at":1794823800002,"by":1100000000008388608,"source":"manual","kind":{"logged":{"activity":"call_answered","happened_at":1794823800002,"history_only":false,"note":"Runs 40 vans, unhappy with late reports."}},"clocks":[{"clock":"first-contact","started_at":"2026-11-16T09:05:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-16T10:10:00.002Z","outcome":"met","charged_to":1100000000008388608}}]}',5);
INSERT INTO "events" VALUES(6,1,5,1794823800002,'{"at":1794823800002,"by":1100000000008388608,"source":"manual","kind":{"planned":{"action":"meet her and the finance lead","due":"2026-11-21T10:10:00.002Z"}}}',5);
INSERT INTO "events" VALUES(7,1,6,1794823800002,'{"at":1794823800002,"by":null,"source":"rule","kind":{"task_closed":{"task":1,"label":"Contact them","end":{"logged":"call_answered"}}}}',5);
INSERT INTO "events" VALUES(8,1,7,1794823800002,'{"at":1794823800002,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"connected","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"talk-connects"},"data":{"connection_notes":{"text":"Runs 40 vans, unhappy with late reports."},"interaction":{"choice":"call_answered"},"interaction_at":{"instant":1794823800002}},"stayed_ms":3899999}},"clocks":[{"clock":"decide","started_at":"2026-11-16T10:10:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',5);
INSERT INTO "events" VALUES(9,1,8,1794823800002,'{"at":1794823800002,"by":null,"source":"rule","kind":{"task_opened":{"id":2,"label":"Send the booking link","status":"connected","since":"2026-11-16T10:10:00.002Z","again":false,"due":"2026-11-17T10:10:00.002Z","told":false}}}',5);
INSERT INTO "events" VALUES(10,1,9,1794823800002,'{"at":1794823800002,"by":null,"source":"rule","kind":{"task_opened":{"id":3,"label":"Decide whether they qualify","status":"connected","since":"2026-11-16T10:10:00.002Z","again":false,"due":"2026-11-30T10:10:00.002Z","told":false}}}',5);
INSERT INTO "events" VALUES(11,2,4,1794826800002,'{"at":1794826800002,"by":1100000000012582912,"source":"manual","kind":{"logged":{"activity":"call_unanswered","happened_at":1794826800002,"history_only":false}},"clocks":[{"clock":"first-contact","started_at":"2026-11-16T09:40:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-16T11:00:00.002Z","outcome":"met","charged_to":1100000000012582912}}]}',11);
INSERT INTO "events" VALUES(12,2,11,1794826800002,'{"at":1794826800002,"by":1100000000012582912,"source":"manual","kind":{"planned":{"action":"call again","due":"2026-11-17T10:00:00Z"}}}',11);
INSERT INTO "events" VALUES(13,2,12,1794826800002,'{"at":1794826800002,"by":null,"source":"rule","kind":{"task_closed":{"task":1,"label":"Contact them","end":{"logged":"call_unanswered"}}}}',11);
INSERT INTO "events" VALUES(14,2,13,1794826800002,'{"at":1794826800002,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"attempting","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"touch-attempts"},"data":{"attempt":{"choice":"call_unanswered"}},"stayed_ms":4799999,"attempts":1}},"clocks":[{"clock":"reach","started_at":"2026-11-16T11:00:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',11);
INSERT INTO "events" VALUES(15,2,14,1794826800002,'{"at":1794826800002,"by":null,"source":"rule","kind":{"sequences":{"started":["follow-up"]}}}',11);
INSERT INTO "events" VALUES(16,3,NULL,1794906900003,'{"at":1794906900003,"by":1100000000008388608,"source":"manual","kind":{"created":{"id":3,"workspace":1100000000020971520,"handle":{"letter":"L","number":3},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000012582912,"status":"new","class":"open","stage":"mql","value":{"minor":4200000,"currency":"USD"},"source":"referral","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-17T09:15:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',16);
INSERT INTO "events" VALUES(17,3,16,1794906900003,'{"at":1794906900003,"by":null,"source":"rule","kind":{"task_opened":{"id":1,"label":"Contact them","status":"new","since":"2026-11-17T09:15:00.003Z","again":false,"due":"2026-11-17T11:15:00.003Z","told":false}}}',16);
INSERT INTO "events" VALUES(18,2,15,1794908100003,'{"at":1794908100003,"by":1100000000012582912,"source":"manual","kind":{"logged":{"activity":"voicemail","happened_at":1794908100003,"history_only":false,"note":"At a fair this week."}}}',18);
INSERT INTO "events" VALUES(19,2,18,1794908100003,'{"at":1794908100003,"by":1100000000012582912,"source":"manual","kind":{"planned":{"action":"call when he is back","due":"2026-11-26T09:35:00.003Z"}}}',18);
INSERT INTO "events" VALUES(20,2,19,1794908100003,'{"at":1794908100003,"by":null,"source":"rule","kind":{"sub_status":{"field":"attempt","to":"voicemail"}}}',18);
INSERT INTO "events" VALUES(21,1,10,1794910200003,'{"at":1794910200003,"by":null,"source":"time","kind":{"tasks_told":{"tasks":[2]}}}',21);
INSERT INTO "events" VALUES(22,3,17,1794910800004,'{"at":1794910800004,"by":1100000000012582912,"source":"manual","kind":{"logged":{"activity":"email_replied","happened_at":1794910800004,"history_only":false,"note":"Wants to compare us with their present supplier."}},"clocks":[{"clock":"first-contact","started_at":"2026-11-17T09:15:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-17T10:20:00.004Z","outcome":"met","charged_to":1100000000012582912}}]}',22);
INSERT INTO "events" VALUES(23,3,22,1794910800004,'{"at":1794910800004,"by":1100000000012582912,"source":"manual","kind":{"planned":{"action":"ask how they decided","due":"2026-11-25T10:20:00.004Z"}}}',22);
INSERT INTO "events" VALUES(24,3,23,1794910800004,'{"at":1794910800004,"by":null,"source":"rule","kind":{"task_closed":{"task":1,"label":"Contact them","end":{"logged":"email_replied"}}}}',22);
INSERT INTO "events" VALUES(25,3,24,1794910800004,'{"at":1794910800004,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"connected","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"reply-connects"},"data":{"connection_notes":{"text":"Wants to compare us with their present supplier."},"interaction":{"choice":"email_replied"},"interaction_at":{"instant":1794910800004}},"stayed_ms":3900001}},"clocks":[{"clock":"decide","started_at":"2026-11-17T10:20:00.004Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',22);
INSERT INTO "events" VALUES(26,3,25,1794910800004,'{"at":1794910800004,"by":null,"source":"rule","kind":{"task_opened":{"id":2,"label":"Send the booking link","status":"connected","since":"2026-11-17T10:20:00.004Z","again":false,"due":"2026-11-18T10:20:00.004Z","told":false}}}',22);
INSERT INTO "events" VALUES(27,3,26,1794910800004,'{"at":1794910800004,"by":null,"source":"rule","kind":{"task_opened":{"id":3,"label":"Decide whether they qualify","status":"connected","since":"2026-11-17T10:20:00.004Z","again":false,"due":"2026-12-01T10:20:00.004Z","told":false}}}',22);
INSERT INTO "events" VALUES(28,4,NULL,1794993000003,'{"at":1794993000003,"by":1100000000012582912,"source":"manual","kind":{"created":{"id":4,"workspace":1100000000020971520,"handle":{"letter":"L","number":4},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000012582912,"status":"new","class":"open","stage":"mql","value":{"minor":320000,"currency":"USD"},"source":"website","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-18T09:10:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',28);
INSERT INTO "events" VALUES(29,4,28,1794993000003,'{"at":1794993000003,"by":null,"source":"rule","kind":{"task_opened":{"id":1,"label":"Contact them","status":"new","since":"2026-11-18T09:10:00.003Z","again":false,"due":"2026-11-18T11:10:00.003Z","told":false}}}',28);
INSERT INTO "events" VALUES(30,4,29,1794995400003,'{"at":1794995400003,"by":1100000000012582912,"source":"manual","kind":{"moved":{"from":"new","to":"unqualified","from_stage":"mql","to_stage":"mql","class":"lost","cause":"chosen","reason":"wrong_fit","note":"Two chairs; we start at ten.","data":{"disqualified_at":{"instant":1794995400003}},"stayed_ms":2400000}},"clocks":[{"clock":"first-contact","started_at":"2026-11-18T09:10:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-18T09:50:00.003Z","outcome":"cancelled","charged_to":1100000000012582912}}]}',30);
INSERT INTO "events" VALUES(31,4,30,1794995400003,'{"at":1794995400003,"by":null,"source":"rule","kind":{"task_closed":{"task":1,"label":"Contact them","end":"left"}}}',30);
INSERT INTO "events" VALUES(32,3,27,1794997200005,'{"at":1794997200005,"by":null,"source":"time","kind":{"tasks_told":{"tasks":[2]}}}',32);
INSERT INTO "events" VALUES(33,1,21,1795010400003,'{"at":1795010400003,"by":1100000000008388608,"source":"manual","kind":{"logged":{"activity":"meeting_held","happened_at":1795010400003,"history_only":false,"note":"Reports by 7:00 are what they need."}}}',33);
INSERT INTO "events" VALUES(34,1,33,1795010400003,'{"at":1795010400003,"by":1100000000008388608,"source":"manual","kind":{"planned":{"action":"send the offer","due":"2026-11-19T14:00:00.003Z"}}}',33);
INSERT INTO "events" VALUES(35,1,34,1795010400003,'{"at":1795010400003,"by":null,"source":"rule","kind":{"task_closed":{"task":2,"label":"Send the booking link","end":{"logged":"meeting_held"}}}}',33);
INSERT INTO "events" VALUES(36,1,35,1795010400003,'{"at":1795010400003,"by":null,"source":"rule","kind":{"moved":{"from":"connected","to":"working","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"meeting-works"},"data":{"discovery_notes":{"text":"Reports by 7:00 are what they need."}},"owes":["needs_found","decision_timeline","next_meeting_at"],"stayed_ms":186600001}},"clocks":[{"clock":"keep-active","started_at":"2026-11-18T14:00:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',33);
INSERT INTO "events" VALUES(37,1,36,1795010400003,'{"at":1795010400003,"by":null,"source":"rule","kind":{"task_closed":{"task":3,"label":"Decide whether they qualify","end":"left"}}}',33);
INSERT INTO "events" VALUES(38,1,37,1795010400003,'{"at":1795010400003,"by":null,"source":"rule","kind":{"task_opened":{"id":4,"label":"Follow up","status":"working","since":"2026-11-18T14:00:00.003Z","again":false,"due":"2026-11-25T14:00:00.003Z","told":false}}}',33);
INSERT INTO "events" VALUES(39,5,NULL,1795080000003,'{"at":1795080000003,"by":1100000000008388608,"source":"manual","kind":{"created":{"id":5,"workspace":1100000000020971520,"handle":{"letter":"L","number":5},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000008388608,"status":"new","class":"open","stage":"mql","value":{"minor":980000,"currency":"USD"},"source":"webinar","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-19T09:20:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',39);
INSERT INTO "events" VALUES(40,5,39,1795080000003,'{"at":1795080000003,"by":null,"source":"rule","kind":{"task_opened":{"id":1,"label":"Contact them","status":"new","since":"2026-11-19T09:20:00.003Z","again":false,"due":"2026-11-19T11:20:00.003Z","told":false}}}',39);
INSERT INTO "events" VALUES(41,5,40,1795082400003,'{"at":1795082400003,"by":1100000000008388608,"source":"manual","kind":{"logged":{"activity":"email_sent","happened_at":1795082400003,"history_only":false}},"clocks":[{"clock":"first-contact","started_at":"2026-11-19T09:20:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-19T10:00:00.003Z","outcome":"met","charged_to":1100000000008388608}}]}',41);
INSERT INTO "events" VALUES(42,5,41,1795082400003,'{"at":1795082400003,"by":1100000000008388608,"source":"manual","kind":{"planned":{"action":"call her","due":"2026-11-25T10:00:00.003Z"}}}',41);
INSERT INTO "events" VALUES(43,5,42,1795082400003,'{"at":1795082400003,"by":null,"source":"rule","kind":{"task_closed":{"task":1,"label":"Contact them","end":{"logged":"email_sent"}}}}',41);
INSERT INTO "events" VALUES(44,5,43,1795082400003,'{"at":1795082400003,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"attempting","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"touch-attempts"},"data":{"attempt":{"choice":"email_sent"}},"stayed_ms":2400000,"attempts":1}},"clocks":[{"clock":"reach","started_at":"2026-11-19T10:00:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',41);
INSERT INTO "events" VALUES(45,5,44,1795082400003,'{"at":1795082400003,"by":null,"source":"rule","kind":{"sequences":{"started":["follow-up"]}}}',41);
INSERT INTO "events" VALUES(46,1,38,1795084200004,'{"at":1795084200004,"by":1100000000008388608,"source":"manual","kind":{"logged":{"activity":"email_sent","happened_at":1795084200004,"history_only":false,"note":"The offer is out: 40 vans, two years."}},"clocks":[{"clock":"keep-active","started_at":"2026-11-19T10:30:00.004Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',46);
INSERT INTO "events" VALUES(47,1,46,1795084200004,'{"at":1795084200004,"by":1100000000008388608,"source":"manual","kind":{"planned":{"action":"call about the offer","due":"2026-11-24T15:00:00Z"}}}',46);
INSERT INTO "events" VALUES(48,1,47,1795096800003,'{"at":1795096800003,"by":null,"source":"time","kind":"owed_chased"}',48);
INSERT INTO "events" VALUES(49,6,NULL,1795102200003,'{"at":1795102200003,"by":1100000000012582912,"source":"manual","kind":{"created":{"id":6,"workspace":1100000000020971520,"handle":{"letter":"L","number":6},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000012582912,"status":"new","class":"open","stage":"mql","value":{"minor":2750000,"currency":"USD"},"source":"partner","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-19T15:30:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',49);
INSERT INTO "events" VALUES(50,6,49,1795102200003,'{"at":1795102200003,"by":null,"source":"rule","kind":{"task_opened":{"id":1,"label":"Contact them","status":"new","since":"2026-11-19T15:30:00.003Z","again":false,"due":"2026-11-19T17:30:00.003Z","told":false}}}',49);
INSERT INTO "events" VALUES(51,6,50,1795104000008,'{"at":1795104000008,"by":1100000000012582912,"source":"manual","kind":{"logged":{"activity":"call_answered","happened_at":1795104000008,"history_only":false,"note":"Budget is approved for spring."}},"clocks":[{"clock":"first-contact","started_at":"2026-11-19T15:30:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-19T16:00:00.008Z","outcome":"met","charged_to":1100000000012582912}}]}',51);
INSERT INTO "events" VALUES(52,6,51,1795104000008,'{"at":1795104000008,"by":1100000000012582912,"source":"manual","kind":{"planned":{"action":"show the demo","due":"2026-11-25T16:00:00.008Z"}}}',51);
INSERT INTO "events" VALUES(53,6,52,1795104000008,'{"at":1795104000008,"by":null,"source":"rule","kind":{"task_closed":{"task":1,"label":"Contact them","end":{"logged":"call_answered"}}}}',51);
INSERT INTO "events" VALUES(54,6,53,1795104000008,'{"at":1795104000008,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"connected","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"talk-connects"},"data":{"connection_notes":{"text":"Budget is approved for spring."},"interaction":{"choice":"call_answered"},"interaction_at":{"instant":1795104000008}},"stayed_ms":1800005}},"clocks":[{"clock":"decide","started_at":"2026-11-19T16:00:00.008Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',51);
INSERT INTO "events" VALUES(55,6,54,1795104000008,'{"at":1795104000008,"by":null,"source":"rule","kind":{"task_opened":{"id":2,"label":"Send the booking link","status":"connected","since":"2026-11-19T16:00:00.008Z","again":false,"due":"2026-11-20T16:00:00.008Z","told":false}}}',51);
INSERT INTO "events" VALUES(56,6,55,1795104000008,'{"at":1795104000008,"by":null,"source":"rule","kind":{"task_opened":{"id":3,"label":"Decide whether they qualify","status":"connected","since":"2026-11-19T16:00:00.008Z","again":false,"due":"2026-12-03T16:00:00.008Z","told":false}}}',51);
INSERT INTO "events" VALUES(57,2,20,1795110300003,'{"at":1795110300003,"by":null,"source":"time","kind":{"steps_reached":{"steps":[["reach",1]]}},"clocks":[{"clock":"reach","started_at":"2026-11-16T11:00:00.002Z","fired":1,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',57);
INSERT INTO "events" VALUES(58,7,NULL,1795167000003,'{"at":1795167000003,"by":1100000000008388608,"source":"manual","kind":{"created":{"id":7,"workspace":1100000000020971520,"handle":{"letter":"L","number":7},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000008388608,"status":"new","class":"open","stage":"mql","value":{"minor":410000,"currency":"USD"},"source":"website","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-20T09:30:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',58);
INSERT INTO "events" VALUES(59,7,58,1795167000003,'{"at":1795167000003,"by":null,"source":"rule","kind":{"task_opened":{"id":1,"label":"Contact them","status":"new","since":"2026-11-20T09:30:00.003Z","again":false,"due":"2026-11-20T11:30:00.003Z","told":false}}}',58);
INSERT INTO "events" VALUES(60,7,59,1795169700003,'{"at":1795169700003,"by":1100000000008388608,"source":"manual","kind":{"logged":{"activity":"linkedin_message","happened_at":1795169700003,"history_only":false}},"clocks":[{"clock":"first-contact","started_at":"2026-11-20T09:30:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-20T10:15:00.003Z","outcome":"met","charged_to":1100000000008388608}}]}',60);
INSERT INTO "events" VALUES(61,7,60,1795169700003,'{"at":1795169700003,"by":1100000000008388608,"source":"manual","kind":{"planned":{"action":"call her","due":"2026-11-25T10:15:00.002Z"}}}',60);
INSERT INTO "events" VALUES(62,7,61,1795169700003,'{"at":1795169700003,"by":null,"source":"rule","kind":{"task_closed":{"task":1,"label":"Contact them","end":{"logged":"linkedin_message"}}}}',60);
INSERT INTO "events" VALUES(63,7,62,1795169700003,'{"at":1795169700003,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"attempting","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"touch-attempts"},"data":{"attempt":{"choice":"linkedin_message"}},"stayed_ms":2700000,"attempts":1}},"clocks":[{"clock":"reach","started_at":"2026-11-20T10:15:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',60);
INSERT INTO "events" VALUES(64,7,63,1795169700003,'{"at":1795169700003,"by":null,"source":"rule","kind":{"sequences":{"started":["follow-up"]}}}',60);
INSERT INTO "events" VALUES(65,6,56,1795190400009,'{"at":1795190400009,"by":null,"source":"time","kind":{"tasks_told":{"tasks":[2]}}}',65);
INSERT INTO "events" VALUES(66,2,57,1795424400000,'{"at":1795424400000,"by":null,"source":"time","kind":{"steps_reached":{"steps":[["reach",2]]}},"clocks":[{"clock":"reach","started_at":"2026-11-16T11:00:00.002Z","fired":2,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',66);
INSERT INTO "events" VALUES(67,8,NULL,1795426800003,'{"at":1795426800003,"by":1100000000012582912,"source":"manual","kind":{"created":{"id":8,"workspace":1100000000020971520,"handle":{"letter":"L","number":8},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000012582912,"status":"new","class":"open","stage":"mql","value":{"minor":1500000,"currency":"USD"},"source":"referral","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-23T09:40:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',67);
INSERT INTO "events" VALUES(68,8,67,1795426800003,'{"at":1795426800003,"by":null,"source":"rule","kind":{"task_opened":{"id":1,"label":"Contact them","status":"new","since":"2026-11-23T09:40:00.003Z","again":false,"due":"2026-11-23T11:40:00.003Z","told":false}}}',67);
INSERT INTO "events" VALUES(69,8,68,1795428300004,'{"at":1795428300004,"by":1100000000012582912,"source":"manual","kind":{"logged":{"activity":"meeting_booked","happened_at":1795428300004,"history_only":false,"note":"He heard our talk at the fair."}},"clocks":[{"clock":"first-contact","started_at":"2026-11-23T09:40:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-23T10:05:00.004Z","outcome":"met","charged_to":1100000000012582912}}]}',69);
INSERT INTO "events" VALUES(70,8,69,1795428300004,'{"at":1795428300004,"by":1100000000012582912,"source":"manual","kind":{"planned":{"action":"prepare the demo","due":"2026-11-27T10:05:00.003Z"}}}',69);
INSERT INTO "events" VALUES(71,8,70,1795428300004,'{"at":1795428300004,"by":null,"source":"rule","kind":{"task_closed":{"task":1,"label":"Contact them","end":{"logged":"meeting_booked"}}}}',69);
INSERT INTO "events" VALUES(72,8,71,1795428300004,'{"at":1795428300004,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"connected","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"talk-connects"},"data":{"connection_notes":{"text":"He heard our talk at the fair."},"interaction":{"choice":"meeting_booked"},"interaction_at":{"instant":1795428300004}},"stayed_ms":1500001}},"clocks":[{"clock":"decide","started_at":"2026-11-23T10:05:00.004Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',69);
INSERT INTO "events" VALUES(73,8,72,1795428300004,'{"at":1795428300004,"by":null,"source":"rule","kind":{"task_opened":{"id":2,"label":"Decide whether they qualify","status":"connected","since":"2026-11-23T10:05:00.004Z","again":false,"due":"2026-12-07T10:05:00.004Z","told":false}}}',69);
INSERT INTO "events" VALUES(74,2,66,1795431600003,'{"at":1795431600003,"by":null,"source":"time","kind":{"steps_reached":{"steps":[["reach",4]]}},"clocks":[{"clock":"reach","started_at":"2026-11-16T11:00:00.002Z","fired":4,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":"2026-11-23T11:00:00.002Z","end":null}]}',74);
INSERT INTO "events" VALUES(75,9,NULL,1795446600004,'{"at":1795446600004,"by":1100000000008388608,"source":"manual","kind":{"created":{"id":9,"workspace":1100000000020971520,"handle":{"letter":"L","number":9},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000008388608,"status":"new","class":"open","stage":"mql","value":{"minor":730000,"currency":"USD"},"source":"website","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-23T15:10:00.004Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',75);
INSERT INTO "events" VALUES(76,9,75,1795446600004,'{"at":1795446600004,"by":null,"source":"rule","kind":{"task_opened":{"id":1,"label":"Contact them","status":"new","since":"2026-11-23T15:10:00.004Z","again":false,"due":"2026-11-23T17:10:00.004Z","told":false}}}',75);
INSERT INTO "events" VALUES(77,9,76,1795450800007,'{"at":1795450800007,"by":1100000000008388608,"source":"manual","kind":{"logged":{"activity":"email_sent","happened_at":1795450800007,"history_only":false}},"clocks":[{"clock":"first-contact","started_at":"2026-11-23T15:10:00.004Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-23T16:20:00.007Z","outcome":"met","charged_to":1100000000008388608}}]}',77);
INSERT INTO "events" VALUES(78,9,77,1795450800007,'{"at":1795450800007,"by":1100000000008388608,"source":"manual","kind":{"planned":{"action":"call her","due":"2026-11-27T16:20:00.007Z"}}}',77);
INSERT INTO "events" VALUES(79,9,78,1795450800007,'{"at":1795450800007,"by":null,"source":"rule","kind":{"task_closed":{"task":1,"label":"Contact them","end":{"logged":"email_sent"}}}}',77);
INSERT INTO "events" VALUES(80,9,79,1795450800007,'{"at":1795450800007,"by":null,"source":"rule","kind":{"moved":{"from":"new","to":"attempting","from_stage":"mql","to_stage":"mql","class":"open","cause":{"rule":"touch-attempts"},"data":{"attempt":{"choice":"email_sent"}},"stayed_ms":4200003,"attempts":1}},"clocks":[{"clock":"reach","started_at":"2026-11-23T16:20:00.007Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',77);
INSERT INTO "events" VALUES(81,9,80,1795450800007,'{"at":1795450800007,"by":null,"source":"rule","kind":{"sequences":{"started":["follow-up"]}}}',77);
INSERT INTO "events" VALUES(82,10,NULL,1795513200004,'{"at":1795513200004,"by":1100000000012582912,"source":"manual","kind":{"created":{"id":10,"workspace":1100000000020971520,"handle":{"letter":"L","number":10},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000012582912,"status":"new","class":"open","stage":"mql","value":{"minor":560000,"currency":"USD"},"source":"website","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-24T09:40:00.004Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',82);
INSERT INTO "events" VALUES(83,10,82,1795513200004,'{"at":1795513200004,"by":null,"source":"rule","kind":{"task_opened":{"id":1,"label":"Contact them","status":"new","since":"2026-11-24T09:40:00.004Z","again":false,"due":"2026-11-24T11:40:00.004Z","told":false}}}',82);
INSERT INTO "events" VALUES(84,5,45,1795514400003,'{"at":1795514400003,"by":null,"source":"time","kind":{"steps_reached":{"steps":[["reach",1]]}},"clocks":[{"clock":"reach","started_at":"2026-11-19T10:00:00.003Z","fired":1,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',84);
INSERT INTO "events" VALUES(85,3,32,1795516200006,'{"at":1795516200006,"by":1100000000012582912,"source":"manual","kind":{"approval_requested":{"approval":1,"requested_by":1100000000012582912,"requested_at":"2026-11-24T10:30:00.006Z","to":"unqualified","stage":"mql","data":{"disqualified_at":{"instant":1795516200006},"note":{"text":"They signed with their present supplier for three years."},"reason":{"choice":"competitor"}},"peak":{"minor":4200000,"currency":"USD"},"steps":0}}}',85);
INSERT INTO "events" VALUES(86,11,NULL,1795517400004,'{"at":1795517400004,"by":1100000000008388608,"source":"manual","kind":{"created":{"id":11,"workspace":1100000000020971520,"handle":{"letter":"L","number":11},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000008388608,"status":"new","class":"open","stage":"mql","value":null,"source":"contact form","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-24T10:50:00.004Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',86);
INSERT INTO "events" VALUES(87,11,86,1795517400004,'{"at":1795517400004,"by":null,"source":"rule","kind":{"task_opened":{"id":1,"label":"Contact them","status":"new","since":"2026-11-24T10:50:00.004Z","again":false,"due":"2026-11-24T12:50:00.004Z","told":false}}}',86);
INSERT INTO "events" VALUES(88,10,83,1795518600004,'{"at":1795518600004,"by":null,"source":"time","kind":{"steps_reached":{"steps":[["first-contact",1]]}},"clocks":[{"clock":"first-contact","started_at":"2026-11-24T09:40:00.004Z","fired":1,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',88);
INSERT INTO "events" VALUES(89,12,NULL,1795518900008,'{"at":1795518900008,"by":1100000000008388608,"source":"manual","kind":{"created":{"id":12,"workspace":1100000000020971520,"handle":{"letter":"L","number":12},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"owner":1100000000008388608,"status":"new","class":"open","stage":"mql","value":{"minor":1250000,"currency":"USD"},"source":"trade fair","data":{}}},"clocks":[{"clock":"first-contact","started_at":"2026-11-24T11:15:00.008Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}]}',89);
INSERT INTO "events" VALUES(90,12,89,1795518900008,'{"at":1795518900008,"by":null,"source":"rule","kind":{"task_opened":{"id":1,"label":"Contact them","status":"new","since":"2026-11-24T11:15:00.008Z","again":false,"due":"2026-11-24T13:15:00.008Z","told":false}}}',89);
CREATE TABLE external_ids (
    workspace INTEGER NOT NULL,
    letter TEXT NOT NULL,
    external_id TEXT NOT NULL,
    record INTEGER NOT NULL REFERENCES records (id),
    seen TEXT NOT NULL,              -- what the last import said, as a fingerprint per field: nothing personal
    PRIMARY KEY (workspace, letter, external_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE inbox (
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    at INTEGER NOT NULL,             -- operational
    PRIMARY KEY (source, external_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "inbox" VALUES('discord','1574784525014138880',1795528288846);
INSERT INTO "inbox" VALUES('discord','1574784525093830656',1795528288865);
INSERT INTO "inbox" VALUES('discord','1574784525160939520',1795528288881);
INSERT INTO "inbox" VALUES('discord','1574784525525843968',1795528288968);
INSERT INTO "inbox" VALUES('discord','1574784525769113600',1795528289026);
INSERT INTO "inbox" VALUES('discord','1574784525852999680',1795528289046);
INSERT INTO "inbox" VALUES('discord','1574784526167572480',1795528289122);
INSERT INTO "inbox" VALUES('discord','1574784526507311104',1795528289202);
INSERT INTO "inbox" VALUES('discord','1574784526587002880',1795528289221);
INSERT INTO "inbox" VALUES('discord','1574784529871142912',1795528290004);
INSERT INTO "inbox" VALUES('discord','1574784530382848000',1795528290126);
INSERT INTO "inbox" VALUES('discord','1574784530470928384',1795528290147);
INSERT INTO "inbox" VALUES('discord','1574784530538037248',1795528290163);
INSERT INTO "inbox" VALUES('discord','1574784530890358784',1795528290246);
INSERT INTO "inbox" VALUES('discord','1574784531007799296',1795528290275);
INSERT INTO "inbox" VALUES('discord','1574784531578224640',1795528290411);
INSERT INTO "inbox" VALUES('discord','1574784531653722112',1795528290429);
INSERT INTO "inbox" VALUES('discord','1574784532228341760',1795528290566);
INSERT INTO "inbox" VALUES('discord','1574784532303839232',1795528290584);
INSERT INTO "inbox" VALUES('discord','1574784535776722944',1795528291413);
INSERT INTO "inbox" VALUES('discord','1574784535948689408',1795528291453);
INSERT INTO "inbox" VALUES('discord','1574784536368119808',1795528291553);
INSERT INTO "inbox" VALUES('discord','1574784536821104640',1795528291661);
INSERT INTO "inbox" VALUES('discord','1574784537026625536',1795528291712);
INSERT INTO "inbox" VALUES('discord','1574784537420890112',1795528291808);
CREATE TABLE job_inputs (
    job INTEGER PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE job_lines (
    job INTEGER NOT NULL,
    line INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (job, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    person INTEGER NOT NULL,         -- who asked
    channel INTEGER NOT NULL,        -- where
    phase TEXT NOT NULL CHECK (phase IN ('waiting', 'running', 'done', 'stopped')),
    state TEXT NOT NULL,             -- JSON: the kind of work, and how far it is
    step INTEGER NOT NULL,           -- chunks done; a chunk runs only where this is as it was read
    done INTEGER NOT NULL,           -- of …
    total INTEGER NOT NULL,          -- … pieces
    post INTEGER,                    -- the message that shows how far it is
    at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE TABLE merged (
    record INTEGER PRIMARY KEY NOT NULL REFERENCES records (id),
    into_record INTEGER NOT NULL REFERENCES records (id)
) STRICT;
CREATE TABLE "outbox" (
    id INTEGER PRIMARY KEY NOT NULL,
    dedup_key TEXT NOT NULL UNIQUE,
    workspace INTEGER NOT NULL,
    lane TEXT NOT NULL,              -- the place; order is kept within it
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 2),
    due_at INTEGER NOT NULL,
    post INTEGER REFERENCES "posts" (id), -- the post it draws, or whose thread it speaks in
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
INSERT INTO "outbox" VALUES(1,'say:digest:1:2026-11-16',1100000000020971520,'c:1100000000050331648',2,1794819600000,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528288838,NULL,NULL);
INSERT INTO "outbox" VALUES(2,'post:1',1100000000020971520,'c:1100000000037748736',1,1795096800003,1,1,'',6,0,0,6,NULL,NULL,NULL,0,0,1795528290237,NULL,NULL);
INSERT INTO "outbox" VALUES(3,'post:2',1100000000020971520,'c:1100000000037748736',1,1795431600003,2,1,'',6,0,0,6,NULL,NULL,NULL,0,0,1795528291351,NULL,NULL);
INSERT INTO "outbox" VALUES(5,'say:thread:1:before',1100000000020971520,'t:1',2,1794823800002,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528288907,NULL,NULL);
INSERT INTO "outbox" VALUES(6,'say:thread:5',1100000000020971520,'t:1',2,1794823800002,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528288911,NULL,NULL);
INSERT INTO "outbox" VALUES(7,'say:thread:6',1100000000020971520,'t:1',2,1794823800002,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528288930,NULL,NULL);
INSERT INTO "outbox" VALUES(8,'say:thread:7',1100000000020971520,'t:1',2,1794823800002,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528288933,NULL,NULL);
INSERT INTO "outbox" VALUES(9,'say:thread:8',1100000000020971520,'t:1',2,1794823800002,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528288945,NULL,NULL);
INSERT INTO "outbox" VALUES(11,'say:digest:1:2026-11-17',1100000000020971520,'c:1100000000050331648',2,1794906000000,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289009,NULL,NULL);
INSERT INTO "outbox" VALUES(12,'post:3',1100000000020971520,'c:1100000000037748736',1,1795516200006,3,1,'',4,0,0,4,NULL,NULL,NULL,0,0,1795528291698,NULL,NULL);
INSERT INTO "outbox" VALUES(13,'say:tell:3:16:1794906900003:0',1100000000020971520,'p:1100000000012582912',1,1794906900003,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289038,NULL,NULL);
INSERT INTO "outbox" VALUES(15,'say:thread:2:before',1100000000020971520,'t:2',2,1794908100003,2,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289059,NULL,NULL);
INSERT INTO "outbox" VALUES(16,'say:thread:18',1100000000020971520,'t:2',2,1794908100003,2,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289064,NULL,NULL);
INSERT INTO "outbox" VALUES(17,'say:thread:19',1100000000020971520,'t:2',2,1794908100003,2,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289072,NULL,NULL);
INSERT INTO "outbox" VALUES(19,'say:tell:1:21:1794910200003:0',1100000000020971520,'p:1100000000008388608',1,1794910200003,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289106,NULL,NULL);
INSERT INTO "outbox" VALUES(21,'say:thread:3:before',1100000000020971520,'t:3',2,1794910800004,3,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289140,NULL,NULL);
INSERT INTO "outbox" VALUES(22,'say:thread:22',1100000000020971520,'t:3',2,1794910800004,3,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289145,NULL,NULL);
INSERT INTO "outbox" VALUES(23,'say:thread:23',1100000000020971520,'t:3',2,1794910800004,3,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289161,NULL,NULL);
INSERT INTO "outbox" VALUES(24,'say:thread:24',1100000000020971520,'t:3',2,1794910800004,3,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289166,NULL,NULL);
INSERT INTO "outbox" VALUES(25,'say:thread:25',1100000000020971520,'t:3',2,1794910800004,3,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289170,NULL,NULL);
INSERT INTO "outbox" VALUES(26,'say:digest:1:2026-11-18',1100000000020971520,'c:1100000000050331648',2,1794992400001,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289194,NULL,NULL);
INSERT INTO "outbox" VALUES(27,'post:4',1100000000020971520,'c:1100000000037748736',1,1794995400003,4,1,'',2,0,0,2,NULL,NULL,NULL,0,0,1795528289232,NULL,NULL);
INSERT INTO "outbox" VALUES(29,'say:thread:4:before',1100000000020971520,'t:4',2,1794995400003,4,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289237,NULL,NULL);
INSERT INTO "outbox" VALUES(30,'say:thread:30',1100000000020971520,'t:4',2,1794995400003,4,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289247,NULL,NULL);
INSERT INTO "outbox" VALUES(31,'say:thread:31',1100000000020971520,'t:4',2,1794995400003,4,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289253,NULL,NULL);
INSERT INTO "outbox" VALUES(33,'say:tell:3:32:1794997200005:0',1100000000020971520,'p:1100000000012582912',1,1794997200005,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528289296,NULL,NULL);
INSERT INTO "outbox" VALUES(35,'say:thread:33',1100000000020971520,'t:1',2,1795010400003,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290028,NULL,NULL);
INSERT INTO "outbox" VALUES(36,'say:thread:34',1100000000020971520,'t:1',2,1795010400003,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290040,NULL,NULL);
INSERT INTO "outbox" VALUES(37,'say:thread:35',1100000000020971520,'t:1',2,1795010400003,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290057,NULL,NULL);
INSERT INTO "outbox" VALUES(38,'say:thread:36',1100000000020971520,'t:1',2,1795010400003,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290072,NULL,NULL);
INSERT INTO "outbox" VALUES(39,'say:thread:37',1100000000020971520,'t:1',2,1795010400003,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290082,NULL,NULL);
INSERT INTO "outbox" VALUES(40,'say:digest:1:2026-11-19',1100000000020971520,'c:1100000000050331648',2,1795078800001,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290112,NULL,NULL);
INSERT INTO "outbox" VALUES(41,'post:5',1100000000020971520,'c:1100000000037748736',1,1795514400003,5,1,'',3,0,0,3,NULL,NULL,NULL,0,0,1795528291615,NULL,NULL);
INSERT INTO "outbox" VALUES(44,'say:thread:46',1100000000020971520,'t:1',2,1795084200004,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290171,NULL,NULL);
INSERT INTO "outbox" VALUES(45,'say:thread:47',1100000000020971520,'t:1',2,1795084200004,1,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290177,NULL,NULL);
INSERT INTO "outbox" VALUES(47,'say:tell:1:48:1795096800003:0',1100000000020971520,'p:1100000000008388608',1,1795096800003,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290235,NULL,NULL);
INSERT INTO "outbox" VALUES(48,'post:6',1100000000020971520,'c:1100000000037748736',1,1795190400009,6,1,'',3,0,0,3,NULL,NULL,NULL,0,0,1795528290468,NULL,NULL);
INSERT INTO "outbox" VALUES(50,'say:thread:6:before',1100000000020971520,'t:6',2,1795104000008,6,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290291,NULL,NULL);
INSERT INTO "outbox" VALUES(51,'say:thread:51',1100000000020971520,'t:6',2,1795104000008,6,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290306,NULL,NULL);
INSERT INTO "outbox" VALUES(52,'say:thread:52',1100000000020971520,'t:6',2,1795104000008,6,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290322,NULL,NULL);
INSERT INTO "outbox" VALUES(53,'say:thread:53',1100000000020971520,'t:6',2,1795104000008,6,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290329,NULL,NULL);
INSERT INTO "outbox" VALUES(54,'say:thread:54',1100000000020971520,'t:6',2,1795104000008,6,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290339,NULL,NULL);
INSERT INTO "outbox" VALUES(56,'post:7',1100000000020971520,'p:1100000000012582912',1,1795431600003,7,1,'',3,0,0,3,NULL,NULL,NULL,0,0,1795528291372,NULL,NULL);
INSERT INTO "outbox" VALUES(57,'post:8',1100000000020971520,'c:1100000000041943040',1,1795424400000,8,1,'',2,0,0,2,NULL,NULL,NULL,0,0,1795528290530,NULL,NULL);
INSERT INTO "outbox" VALUES(58,'say:digest:1:2026-11-20',1100000000020971520,'c:1100000000050331648',2,1795165200001,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290399,NULL,NULL);
INSERT INTO "outbox" VALUES(59,'post:9',1100000000020971520,'c:1100000000037748736',1,1795169700003,9,1,'',2,0,0,2,NULL,NULL,NULL,0,0,1795528290438,NULL,NULL);
INSERT INTO "outbox" VALUES(62,'say:tell:6:65:1795190400009:0',1100000000020971520,'p:1100000000012582912',1,1795190400009,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290468,NULL,NULL);
INSERT INTO "outbox" VALUES(63,'say:digest:1:2026-11-21',1100000000020971520,'c:1100000000050331648',2,1795251600001,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290488,NULL,NULL);
INSERT INTO "outbox" VALUES(64,'say:digest:1:2026-11-22',1100000000020971520,'c:1100000000050331648',2,1795338000001,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290500,NULL,NULL);
INSERT INTO "outbox" VALUES(68,'post:10',1100000000020971520,'c:1100000000041943040',1,1795431600003,10,1,'',2,0,0,2,NULL,NULL,NULL,0,0,1795528291365,NULL,NULL);
INSERT INTO "outbox" VALUES(69,'say:digest:1:2026-11-23',1100000000020971520,'c:1100000000050331648',2,1795424400004,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528290554,NULL,NULL);
INSERT INTO "outbox" VALUES(70,'post:11',1100000000020971520,'c:1100000000037748736',1,1795428300004,11,1,'',2,0,0,2,NULL,NULL,NULL,0,0,1795528291239,NULL,NULL);
INSERT INTO "outbox" VALUES(72,'say:thread:8:before',1100000000020971520,'t:11',2,1795428300004,11,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291228,NULL,NULL);
INSERT INTO "outbox" VALUES(73,'say:thread:69',1100000000020971520,'t:11',2,1795428300004,11,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291255,NULL,NULL);
INSERT INTO "outbox" VALUES(74,'say:thread:70',1100000000020971520,'t:11',2,1795428300004,11,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291281,NULL,NULL);
INSERT INTO "outbox" VALUES(75,'say:thread:71',1100000000020971520,'t:11',2,1795428300004,11,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291297,NULL,NULL);
INSERT INTO "outbox" VALUES(76,'say:thread:72',1100000000020971520,'t:11',2,1795428300004,11,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291309,NULL,NULL);
INSERT INTO "outbox" VALUES(80,'say:tell:2:74:1795431600003:0',1100000000020971520,'p:1100000000012582912',1,1795431600003,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291383,NULL,NULL);
INSERT INTO "outbox" VALUES(81,'say:tell:2:74:1795431600003:1',1100000000020971520,'p:1100000000016777216',1,1795431600003,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291351,NULL,NULL);
INSERT INTO "outbox" VALUES(82,'post:12',1100000000020971520,'c:1100000000037748736',1,1795450800007,12,1,'',2,0,0,2,NULL,NULL,NULL,0,0,1795528291479,NULL,NULL);
INSERT INTO "outbox" VALUES(84,'say:digest:1:2026-11-24',1100000000020971520,'c:1100000000050331648',2,1795510800001,NULL,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291539,NULL,NULL);
INSERT INTO "outbox" VALUES(85,'post:13',1100000000020971520,'c:1100000000037748736',1,1795518600004,13,1,'',2,0,0,2,NULL,NULL,NULL,0,0,1795528291777,NULL,NULL);
INSERT INTO "outbox" VALUES(87,'post:14',1100000000020971520,'c:1100000000041943040',1,1795514400003,14,1,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291627,NULL,NULL);
INSERT INTO "outbox" VALUES(88,'say:thread:5:before',1100000000020971520,'t:5',2,1795514400003,5,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291642,NULL,NULL);
INSERT INTO "outbox" VALUES(90,'post:15',1100000000020971520,'c:1100000000046137344',0,1795516200006,15,1,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291698,NULL,NULL);
INSERT INTO "outbox" VALUES(91,'say:thread:85',1100000000020971520,'t:3',2,1795516200006,3,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291698,NULL,NULL);
INSERT INTO "outbox" VALUES(92,'post:16',1100000000020971520,'c:1100000000037748736',1,1795517400004,16,1,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291736,NULL,NULL);
INSERT INTO "outbox" VALUES(94,'post:17',1100000000020971520,'p:1100000000012582912',1,1795518600004,17,1,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291786,NULL,NULL);
INSERT INTO "outbox" VALUES(95,'post:18',1100000000020971520,'c:1100000000041943040',1,1795518600004,18,1,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291794,NULL,NULL);
INSERT INTO "outbox" VALUES(96,'say:thread:10:before',1100000000020971520,'t:13',2,1795518600004,13,0,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291786,NULL,NULL);
INSERT INTO "outbox" VALUES(97,'post:19',1100000000020971520,'c:1100000000037748736',1,1795518900008,19,1,'',1,0,0,1,NULL,NULL,NULL,0,0,1795528291835,NULL,NULL);
CREATE TABLE people (
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    id INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
INSERT INTO "people" VALUES(1100000000020971520,1100000000008388608,'{"id":1100000000008388608,"name":"Ana","admin":false,"roles":[1100000000029360128],"team":1,"role":"rep","duties":[],"capacity":null,"timezone":null,"quiet":null,"budget":null,"language":"en"}');
INSERT INTO "people" VALUES(1100000000020971520,1100000000012582912,'{"id":1100000000012582912,"name":"Ben","admin":false,"roles":[1100000000029360128],"team":1,"role":"rep","duties":[],"capacity":null,"timezone":null,"quiet":null,"budget":null,"language":"en"}');
INSERT INTO "people" VALUES(1100000000020971520,1100000000016777216,'{"id":1100000000016777216,"name":"Mia","admin":true,"roles":[1100000000025165824],"team":1,"role":"manager","duties":["sdr_manager"],"capacity":null,"timezone":null,"quiet":null,"budget":null,"language":"en"}');
CREATE TABLE playbook_switches (
    workspace INTEGER NOT NULL,
    id TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE playbook_upgrades (
    workspace INTEGER NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    person INTEGER,                  -- who asked for it; null: a release brought it
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE playbooks (
    row INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    file TEXT NOT NULL,              -- what the file was called
    text TEXT NOT NULL,              -- TOML
    person INTEGER,                  -- who brought it; null: the program did
    at INTEGER NOT NULL,
    UNIQUE (workspace, id, version)
) STRICT;
INSERT INTO "playbooks" VALUES(1,0,'lead-lifecycle',1,'builtin/lead_lifecycle.toml','# Lead lifecycle: who is talking to whom, and what comes next.
# Every key is explained in docs/playbooks.md.

[playbook]
id = "lead-lifecycle"
title = "Lead lifecycle"
why = "Statuses show which leads are really being worked on, where they get stuck, and how many a rep can carry. Capacity, forecasts and coaching are read from them."
noun = "lead"
plural = "leads"
letter = "L"
version = 1
initial = "new"
create_needs = ["name", { any_of = ["email", "phone"] }]

# --- Stages: where the lead stands in the buyer''s journey. They go one way. -------------------------------

[stages]
ladder = true
initial = "mql"
demotion_sets = "nurture"

[stage.mql]
label = "MQL"
means = "Marketing qualified: marketing thinks that sales should look."

[stage.sal]
label = "SAL"
means = "Sales accepted: sales has taken it up."

[stage.sql]
label = "SQL"
means = "Sales qualified: a salesperson sees a real chance."
sets_status = "working"

[stage.opportunity]
label = "Opportunity"
means = "A deal with a value and an expected date."

[stage.customer]
label = "Customer"
means = "They bought."

# --- Statuses: what is happening now. ---------------------------------------------------------------------

[status.new]
label = "New"
emoji = "🆕"
class = "open"
means = "Just came in. Nobody has reached out yet."
when = "From the moment the lead is created, by a form, an import or by hand, until the first outreach."
example = "Mei fills in the contact form at 10:12. At 10:12 her lead is New; at 10:40 Ana calls her, and it is New no longer."
next = "Call or write within two business hours, and log what you did."
red_flag = "Over 24 hours in New: the lead was given to nobody, or to someone who has no time."
to = ["attempting", "connected", "nurture", "unqualified"]
suggests = ["call_answered", "call_unanswered", "email_sent", "voicemail", "linkedin_message"]
on_entry = [{ task = "Contact them", within = "2 business hours", done_by = ["touch", "two_way"] }]

[[status.new.flag]]
id = "new-too-long"
says = "Over 24 hours in New"
do = "reach out now, or give it to someone who has time"
after = "24 hours"

[[status.new.clock]]
id = "first-contact"
label = "First contact"
within = "2 business hours"
sla = true
met_by = ["touch", "two_way"]
when_away = "new"
ladder = [
  { at = "75%", nudge = "owner", rescue = "team" },
  { at = "100%", breach = "team" },
  { at = "4 business hours", escalate = "manager" },
]

[status.attempting]
label = "Attempting contact"
emoji = "📞"
class = "open"
means = "Someone is trying to reach them; no real conversation yet."
when = "From the first outreach until you have really talked: calls go to voicemail, e-mails stay unanswered."
example = "Ana called twice and left a voicemail. Nobody called back. She plans an e-mail for tomorrow morning."
next = "Try another way and another hour, log each attempt, and plan the next one."
red_flag = "More than 8 attempts without an answer; after 10 it is time for Nurture or Unqualified."
to = ["connected", "nurture", "unqualified"]
needs = ["attempt", "next_due"]
suggests = ["call_unanswered", "call_answered", "voicemail", "email_sent", "email_replied", "linkedin_message"]
sub_status = "attempt"
on_entry = [{ leave = "nurture" }, { start = "follow-up" }]

[[status.attempting.flag]]
id = "many-attempts"
says = "More than 8 attempts"
do = "try another way, or another person there"
attempts_over = 8

[[status.attempting.flag]]
id = "too-many-attempts"
says = "More than 10 attempts"
do = "park it in Nurture, or let it go"
attempts_over = 10
propose = ["nurture", "unqualified"]

[[status.attempting.clock]]
id = "reach"
label = "Reach them"
within = "5 business days"
sla = true
met_entering = ["connected", "nurture"]
resumes_within_days = 30
ladder = [
  { at = "75%", nudge = "owner", rescue = "team" },
  { at = "5 days", escalate = "manager" },
  { at = "100%", breach = "team" },
  { at = "7 days", escalate = "sdr-manager" },
]

[status.connected]
label = "Connected"
emoji = "💬"
class = "open"
means = "You have talked, both ways, at least once. Not yet qualified."
when = "After the first conversation between people: a call, a reply, a meeting agreed on. A click is none."
example = "Mei answered Ana''s e-mail: yes, they look for a new supplier. Ana has not asked about budget yet."
next = "Agree on a conversation about their needs, and find out whether they qualify."
red_flag = "Weeks in Connected without a decision: nobody is qualifying."
to = ["working", "qualified", "attempting", "nurture", "unqualified"]
needs = ["interaction", "interaction_at", "connection_notes", "next_action"]
suggests = ["meeting_booked", "meeting_held", "call_answered", "email_replied", "email_sent", "call_unanswered"]
on_entry = [
  { leave = "all" },
  { task = "Send the booking link", within = "1 business day", done_by = ["email_sent", "meeting_booked", "meeting_held"], prepare = """
Hi {name},

Thank you for getting back to me. When would suit you for a short call about {company}? Please pick a time that suits you:
{link}

{owner}""" },
  { task = "Decide whether they qualify", within = "10 business days" },
]

[[status.connected.flag]]
id = "undecided"
says = "Two weeks in Connected without a decision"
do = "ask the qualifying questions, or say what it really is"
after = "14 days"

[[status.connected.clock]]
id = "decide"
label = "Qualification decision"
within = "10 business days"
sla = true
also_in = ["working"]
met_entering = ["qualified", "unqualified", "nurture"]
resumes_within_days = 30
ladder = [
  { at = "75%", nudge = "owner" },
  { at = "100%", breach = "team" },
]

[status.working]
label = "Working"
emoji = "🤝"
class = "open"
means = "The conversation goes on, and qualification is under way."
when = "You talk back and forth, they take part, and you are heading for a decision together."
example = "Ana met Mei''s team on Monday, knows what they need, and meets their finance lead on Friday."
next = "Close the open questions (budget, authority, need, timeline) and always have the next meeting planned."
red_flag = "30 days in Working: it is probably not being worked on."
to = ["qualified", "attempting", "nurture", "unqualified"]
needs = ["discovery_notes", "needs_found", "decision_timeline", "next_meeting_at"]
suggests = ["meeting_held", "call_answered", "email_replied", "meeting_booked", "email_sent", "call_unanswered"]
on_entry = [{ leave = "all" }, { task = "Follow up", every = "7 days" }]

[[status.working.flag]]
id = "working-too-long"
says = "30 days in Working"
do = "close the open questions, or say what it really is"
after = "30 days"

[[status.working.clock]]
id = "keep-active"
label = "Weekly activity"
starts = "last_activity"
within = "7 days"
sla = true
ladder = [
  { at = "75%", nudge = "owner" },
  { at = "100%", breach = "team" },
  { at = "14 days", escalate = ["owner", "manager"] },
  { at = "30 days", move = "stale" },
]

[status.stale]
label = "Stale – review required"
emoji = "⏳"
class = "open"
chosen = false
means = "30 days in Working without any activity. Decide what is true now."
when = "Set by the clock; nobody chooses it."
example = "Ana last spoke to Mei in March. In April the lead turns Stale, and Ana is asked what it really is."
next = "Say what is true: talk to them again, park the lead in Nurture, or let it go."
red_flag = "Many stale leads with one rep: too many leads, or updates that nobody makes."
to = ["working", "attempting", "qualified", "nurture", "unqualified"]
suggests = ["call_answered", "email_replied", "meeting_held", "call_unanswered", "email_sent"]

[[status.stale.clock]]
id = "review"
label = "Review"
starts = "delivered"
within = "5 business days"
within_setting = "stale-grace"
touch_extends_once = true
ladder = [
  { at = "entry", review = ["nurture", "working", "attempting", "unqualified"] },
  { at = "100%", move = "unqualified", reason = "no_response" },
]

[status.qualified]
label = "Qualified"
emoji = "⭐"
class = "open"
means = "They fit and intend to buy: the qualification is done and says yes."
when = "After you have checked fit and intent with BANT or MEDDIC, and the answers are written down."
example = "Mei has 20 000 set aside, decides herself, needs it by June, and asked for a proposal."
next = "Create the opportunity: its id, the expected close date and the value."
red_flag = "Fewer than 15 to 20 of 100 qualified leads are won: the bar is too low."
to = ["converted", { status = "working", needs = [{ field = "note", fresh = true }] }, "nurture", "unqualified"]
needs = [
  { any_of = [
    ["budget", "authority", "need", "timeline"],
    ["metrics", "economic_buyer", "decision_criteria", "decision_process", "pain", "champion"],
  ] },
  "why_qualified",
]
sets_stage = "opportunity"
suggests = ["meeting_held", "call_answered", "email_replied", "meeting_booked", "email_sent"]
on_entry = [
  { route = "qualified" },
  { notify = "manager" },
  { notify = "sales-manager" },
  { task = "Create the opportunity", within = "1 business day", confirms = ["opportunity_id", "expected_close", "value"] },
]

[status.converted]
label = "Converted"
emoji = "🏆"
class = "won"
locked = true
means = "An opportunity exists. From here on it is a deal, no longer a lead."
when = "The opportunity was created and the formal sales process has begun."
example = "Ana created opportunity 0061 over 20 000, expected to close on 30 June."
happens = ["The status is locked for good."]
next = "Work on the opportunity."
red_flag = "Converted, and then the deal stands still: it was converted too early."
needs = ["opportunity_id", "expected_close", "value"]
on_entry = [{ leave = "all" }]

[[status.converted.flag]]
id = "stalled-deal"
says = "The expected close date is past"
do = "ask how the deal stands"
past = "expected_close"
unless_stage = ["customer"]

[status.nurture]
label = "Nurture"
emoji = "🌱"
class = "parked"
means = "They fit but are not ready. Marketing keeps in touch until an agreed date."
when = "A fitting lead that cannot buy now, or one that went quiet and does not deserve to be written off."
example = "Mei''s budget opens in January. Nurture, reason Timing, to be looked at again on 10 January."
next = "Nothing until the date. When they answer or the date comes, talk to them again."
red_flag = "A black hole: leads go in and none comes back. Every lead here has a date."
to = ["attempting", "connected", "unqualified"]
needs = [
  { field = "reason", fresh = true },
  { field = "re_engage_on", fresh = true },
  { field = "last_interaction_at", fresh = true },
]
suggests = ["email_replied", "call_answered", "email_sent", "meeting_booked"]
on_entry = [{ route = "nurture" }, { leave = "follow-up" }, { start = "nurture" }]

[[status.nurture.flag]]
id = "forgotten"
says = "Its date is long past"
do = "look at it again, and set another date if it is still too early"
past = "re_engage_on"
after = "5 business days"

[[status.nurture.clock]]
id = "re-evaluate"
label = "Time to look again"
starts = { field = "re_engage_on" }
ladder = [
  { at = "start", nudge = "owner" },
  { at = "5 business days", escalate = "manager" },
]

[status.unqualified]
label = "Unqualified"
emoji = "🚫"
class = "lost"
means = "Definitely not: wrong fit, no interest, or gone to someone else."
when = "You are sure that they will not buy in any reasonable time. If only the time is wrong, it is Nurture."
example = "Mei''s company has three people; the product starts at fifty. Unqualified, reason Wrong fit."
next = "Nothing. If their situation changes, recycle the lead."
red_flag = "Over half of all leads end here: the wrong people are being addressed."
to = ["recycled", "nurture"]
needs = [
  { field = "reason", fresh = true },
  { field = "note", fresh = true },
  { field = "disqualified_at", fresh = true },
]
suggests = ["email_replied", "call_answered"]
on_entry = [{ leave = "all" }]
offers_later = ["recycled"]
offers_after_talk = ["nurture"]

[status.recycled]
label = "Recycled"
emoji = "♻️"
class = "open"
means = "A dead lead gets a second try because something has changed."
when = "Time has passed or something happened that makes another try worthwhile."
example = "Mei was unqualified for her budget last spring. Her company has just raised money."
next = "Reach out within two business hours, as if the lead were new."
red_flag = "Fewer than 5 of 100 recycled leads convert: recycle fewer."
to = ["attempting", "connected", "nurture", "unqualified"]
needs = [
  { field = "original_reason", fresh = true },
  { field = "recycle_trigger", fresh = true },
  { field = "last_contact_at", fresh = true },
]
suggests = ["call_answered", "call_unanswered", "email_sent", "email_replied", "voicemail"]
on_entry = [{ route = "recycled" }, { task = "Contact them", within = "2 business hours", done_by = ["touch", "two_way"] }]

[[status.recycled.clock]]
id = "fresh-contact"
label = "First contact after recycling"
within = "2 business hours"
sla = true
met_by = ["touch", "two_way"]
when_away = "recycled"
ladder = [
  { at = "75%", nudge = "owner", rescue = "team" },
  { at = "100%", breach = "team" },
  { at = "4 business hours", escalate = "manager" },
]

# --- Data -------------------------------------------------------------------------------------------------

[field.company_size]
label = "Company size"
kind = "number"
role = "company_size"
hint = "How many people work there, such as 250."

[field.attempt]
label = "How did you try to reach them?"
kind = "choice"
known_from = "last_touch"
[field.attempt.options]
email_sent = "E-mail sent"
call_unanswered = "Called, no answer"
voicemail = "Left a voicemail"
linkedin_message = "LinkedIn message"

[field.interaction]
label = "How did you talk?"
kind = "choice"
known_from = "last_two_way"
[field.interaction.options]
email_replied = "They answered an e-mail"
call_answered = "A call"
meeting_booked = "They agreed to a meeting"
meeting_held = "A meeting"

[field.interaction_at]
label = "When did you talk?"
kind = "date"
hint = "Such as today 10am or 2026-12-01."
known_from = "last_two_way_at"

[field.connection_notes]
label = "What was said"
kind = "long"
hint = "Who you talked to, what they want, how they sounded."
known_from = "trigger_note"

[field.discovery_notes]
label = "What you found out"
kind = "long"
hint = "Their situation, who is involved, what they use today."
known_from = "trigger_note"

[field.needs_found]
label = "What they need"
kind = "long"
hint = "In their words, the most important first."

[field.decision_timeline]
label = "When they will decide"
kind = "text"
hint = "Such as by the end of June, after their board meets."

[field.next_meeting_at]
label = "When you meet next"
kind = "date"
hint = "Such as friday 3pm or 2026-12-01 15:00."

[field.budget]
label = "Budget"
kind = "text"
hint = "How much is set aside, and whose money it is."

[field.authority]
label = "Authority"
kind = "text"
hint = "Who decides, and whether you have talked to them."

[field.need]
label = "Need"
kind = "text"
hint = "The problem that they must solve."

[field.timeline]
label = "Timeline"
kind = "text"
hint = "By when it must be solved, and why then."

[field.metrics]
label = "Metrics"
kind = "text"
hint = "What they gain, in numbers."

[field.economic_buyer]
label = "Economic buyer"
kind = "text"
hint = "Who can release the money."

[field.decision_criteria]
label = "Decision criteria"
kind = "text"
hint = "By what they compare offers."

[field.decision_process]
label = "Decision process"
kind = "text"
hint = "The steps to a signature."

[field.pain]
label = "Identified pain"
kind = "text"
hint = "What it costs them to change nothing."

[field.champion]
label = "Champion"
kind = "text"
hint = "Who sells it for you inside."

[field.why_qualified]
label = "Why they qualify"
kind = "long"
hint = "One or two sentences that convince whoever takes over."

[field.opportunity_id]
label = "Opportunity ID"
kind = "text"
hint = "As in the sales system."

[field.expected_close]
label = "Expected close date"
kind = "date"
hint = "Such as 2026-12-01."

[field.value]
label = "Value"
hint = "What the deal is worth, such as 12k or RM 12,500."

[field.reason]
label = "Reason"
hint = "The one that fits best; details go into the note."

[field.re_engage_on]
label = "When to look at it again"
kind = "date"
hint = "Such as in 90 days or 2026-12-01."

[field.last_interaction_at]
label = "Last real conversation"
kind = "date"
known_from = "last_two_way_at"
asked = false

[field.disqualified_at]
label = "Disqualified on"
kind = "date"
known_from = "now"
asked = false

[field.original_reason]
label = "Why it ended before"
kind = "reason"
known_from = "last_reason"
asked = false

[field.recycle_trigger]
label = "What has changed?"
kind = "text"
hint = "What makes a second try worthwhile."
known_from = "suggestion"

[field.last_contact_at]
label = "Last contact"
kind = "date"
known_from = "last_contact_at"
asked = false

[field.next_action]
label = "Next step"
hint = "What you will do next, such as send the price list."

[field.next_due]
label = "When is the next follow-up?"
hint = "Such as tomorrow 3pm or 2026-12-01."

[field.note]
label = "Note"
hint = "What a colleague should know about this decision."

# --- Reasons ----------------------------------------------------------------------------------------------

[reason.budget]
label = "Budget"
for = ["unqualified", "nurture"]
offer_after = "180 days"
offer_because = "180 days have passed: there may be a new budget"

[reason.no_authority]
label = "No authority"
for = ["unqualified"]

[reason.competitor]
label = "Competitor"
for = ["unqualified"]

[reason.wrong_fit]
label = "Wrong fit"
for = ["unqualified"]

[reason.not_interested]
label = "Not interested"
for = ["unqualified"]

[reason.timing]
label = "Timing"
for = ["unqualified", "nurture"]
offer_after = "90 days"
offer_because = "90 days have passed: the time may be right now"

[reason.bad_data]
label = "Bad data"
for = ["unqualified"]

[reason.no_response]
label = "No response"
for = ["unqualified"]
clock_only = true

[reason.needs_education]
label = "Needs more education"
for = ["nurture"]

[reason.gone_quiet]
label = "Was engaged, went quiet"
for = ["nurture"]

# --- Who gets a lead (D34–D37). A route binds where somebody is of the kind that it names. ----------------------

[routing]
new_records = "new"

[route.new]
why = "new leads go round the team"
among = "reps"
without = ["ae", "marketing-owner"]
nobody = "release"

[route.qualified]
why = "qualified leads go to an account executive or a senior rep"
among = ["ae", "senior"]
accounts_first = true
enterprise = ["senior"]

[route.nurture]
why = "nurtured leads go to the marketing owner"
among = "marketing-owner"

[route.recycled]
why = "a recycled lead goes to a rep who never worked it"
among = "reps"
without = ["ae", "marketing-owner"]
bars_owners = true

# --- What happens by itself. For each activity the first rule that fits counts. ---------------------------

[patterns]
opt-out = [
  ''\bunsubscribe\b'',
  ''\bopt(ing|ed)?[ -]?out\b'',
  ''\b(stop|quit) (e-?mailing|contacting|calling|messaging|sending)\b'',
  ''\b(remove|take) (me|us|my|our) .{0,40}\b(list|database|system)\b'',
  ''\b(do not|don.?t|never) (contact|e-?mail|call|message) (me|us)\b'',
  ''\b(batal|batalkan|henti|hentikan|berhenti) (langganan|melanggan)\b'',
  ''\b(jangan|usah|berhenti|hentikan) (lagi )?(hubungi|menghubungi|telefon|menelefon|hantar|menghantar|e-?mel|mesej)\b'',
  ''\b(buang|keluarkan|padam|padamkan) (saya|kami|nama saya|e-?mel saya)\b.{0,20}\bsenarai\b'',
]
auto-reply = [
  ''\bout of (the )?office\b'',
  ''\b(automatic|automated|auto)[ -]?(reply|response|responder)\b'',
  ''\baway from (my|the) (desk|office)\b'',
  ''\b(i am|i.m|currently) on (annual |medical |maternity |parental )?leave\b'',
  ''\blimited access to (my )?e-?mail\b'',
  ''\b(undeliverable|delivery status notification|mail delivery (failed|subsystem))\b'',
  ''\b(balasan|jawapan) automatik\b'',
  ''\b(tiada|tidak berada) di pejabat\b'',
  ''\bdi luar pejabat\b'',
  ''\b(sedang |saya )bercuti\b'',
]

[[rule]]
id = "meeting-works"
label = "A meeting that took place makes it Working."
on = { activity = "meeting_held" }
from = ["new", "attempting", "connected", "stale"]
to = "working"

[[rule]]
id = "reply-revives"
label = "A reply wakes a stale lead: it is Working again."
on = { activity = "email_replied" }
from = ["stale"]
to = "working"
unless_text = ["opt-out", "auto-reply"]
else_propose = ["unqualified"]

[[rule]]
id = "talk-revives"
label = "A conversation wakes a stale lead: it is Working again."
on = { kind = "two_way" }
from = ["stale"]
to = "working"

[[rule]]
id = "reply-connects"
label = "A reply to an e-mail makes it Connected, unless it is an opt-out or an automatic answer."
on = { activity = "email_replied" }
from = ["new", "attempting", "recycled"]
to = "connected"
unless_text = ["opt-out", "auto-reply"]
else_propose = ["unqualified"]

[[rule]]
id = "talk-connects"
label = "A conversation or an agreed meeting makes it Connected."
on = { activity = ["call_answered", "meeting_booked", "meeting_held"] }
from = ["new", "attempting", "recycled"]
to = "connected"

[[rule]]
id = "touch-attempts"
label = "The first outreach makes it Attempting contact."
on = { kind = "touch" }
from = ["new", "recycled"]
to = "attempting"

[[rule]]
id = "nurture-answers"
label = "When a parked lead answers, Connected is offered."
on = { kind = "two_way" }
from = ["nurture"]
to = "connected"
mode = "suggest"
unless_text = ["opt-out", "auto-reply"]
else_propose = ["unqualified"]
because = "They answered"

[[rule]]
id = "lost-answers"
label = "When an unqualified lead answers, Recycled is offered."
on = { kind = "two_way" }
from = ["unqualified"]
to = "recycled"
mode = "suggest"
unless_text = ["opt-out", "auto-reply"]
because = "They answered"

[[rule]]
id = "opportunity-converts"
label = "A confirmed opportunity makes it Converted."
on = { event = "opportunity_created" }
from = ["qualified"]
to = "converted"

# A click is not a conversation; teams that want it so can switch this on in a playbook of their own.
[[rule]]
id = "click-connects"
label = "A click in an e-mail makes it Connected."
on = { activity = "email_clicked" }
from = ["attempting"]
to = "connected"
mode = "off"

# --- What waits for a manager. ----------------------------------------------------------------------------

[[gate]]
entering = ["unqualified"]
leaving = ["open", "parked"]
when = [{ peak_value_at_least = "high_value" }]
needs = "manager_approval"
value_asked_after = ["connected", "working", "stale", "qualified"]

[[gate]]
entering = ["nurture"]
leaving = ["open"]
when = [{ peak_value_at_least = "high_value" }]
and_any = [{ parked_before = 2 }, { field = "re_engage_on", beyond_days = 180 }]
needs = "manager_approval"
value_asked_after = ["connected", "working", "stale", "qualified"]

# --- Which statuses go with which stages; what is not listed is allowed. ----------------------------------

[combinations.status]
new = ["mql", "sal"]
qualified = ["opportunity"]
converted = ["opportunity", "customer"]

[combinations.stage]
customer = ["converted"]
',NULL,1794817500075);
CREATE TABLE "posts" (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    kind TEXT NOT NULL,
    place TEXT NOT NULL,             -- as a lane: c:<channel>, p:<person>, t:<post>
    records TEXT NOT NULL,           -- JSON: ids
    approval INTEGER,
    channel INTEGER,                 -- where it stands, once posted
    message INTEGER,
    thread INTEGER,
    generation INTEGER NOT NULL DEFAULT 0,
    posted_at INTEGER,               -- operational: when it came to stand there
    job INTEGER,
    CHECK ((channel IS NULL) = (message IS NULL))
) STRICT;
INSERT INTO "posts" VALUES(1,1100000000020971520,'card','c:1100000000037748736','[1]',NULL,1100000000037748736,1574784525064470528,1574784525064470528,0,1795528288857,NULL);
INSERT INTO "posts" VALUES(2,1100000000020971520,'card','c:1100000000037748736','[2]',NULL,1100000000037748736,1574784525139968000,1574784525139968000,0,1795528288875,NULL);
INSERT INTO "posts" VALUES(3,1100000000020971520,'card','c:1100000000037748736','[3]',NULL,1100000000037748736,1574784525815250944,1574784525815250944,0,1795528289038,NULL);
INSERT INTO "posts" VALUES(4,1100000000020971520,'card','c:1100000000037748736','[4]',NULL,1100000000037748736,1574784526553448448,1574784526553448448,0,1795528289212,NULL);
INSERT INTO "posts" VALUES(5,1100000000020971520,'card','c:1100000000037748736','[5]',NULL,1100000000037748736,1574784530433179648,1574784530433179648,0,1795528290138,NULL);
INSERT INTO "posts" VALUES(6,1100000000020971520,'card','c:1100000000037748736','[6]',NULL,1100000000037748736,1574784530928107520,1574784530928107520,0,1795528290256,NULL);
INSERT INTO "posts" VALUES(7,1100000000020971520,'alerts','p:1100000000012582912','[2]',NULL,1574784525819445248,1574784531376898048,NULL,0,1795528290368,NULL);
INSERT INTO "posts" VALUES(8,1100000000020971520,'alerts','c:1100000000041943040','[2]',NULL,1100000000041943040,1574784531381092352,NULL,0,1795528290369,NULL);
INSERT INTO "posts" VALUES(9,1100000000020971520,'card','c:1100000000037748736','[7]',NULL,1100000000037748736,1574784531624361984,NULL,0,1795528290422,NULL);
INSERT INTO "posts" VALUES(10,1100000000020971520,'alerts','c:1100000000041943040','[2]',NULL,1100000000041943040,1574784532182204416,NULL,0,1795528290557,NULL);
INSERT INTO "posts" VALUES(11,1100000000020971520,'card','c:1100000000037748736','[8]',NULL,1100000000037748736,1574784532278673408,1574784532278673408,0,1795528290577,NULL);
INSERT INTO "posts" VALUES(12,1100000000020971520,'card','c:1100000000037748736','[9]',NULL,1100000000037748736,1574784535898357760,NULL,0,1795528291443,NULL);
INSERT INTO "posts" VALUES(13,1100000000020971520,'card','c:1100000000037748736','[10]',NULL,1100000000037748736,1574784536468783104,1574784536468783104,0,1795528291576,NULL);
INSERT INTO "posts" VALUES(14,1100000000020971520,'alerts','c:1100000000041943040','[5]',NULL,1100000000041943040,1574784536644943872,NULL,0,1795528291627,NULL);
INSERT INTO "posts" VALUES(15,1100000000020971520,'approval','c:1100000000046137344','[3]',1,1100000000046137344,1574784536976293888,NULL,0,1795528291698,NULL);
INSERT INTO "posts" VALUES(16,1100000000020971520,'card','c:1100000000037748736','[11]',NULL,1100000000037748736,1574784537118900224,NULL,0,1795528291736,NULL);
INSERT INTO "posts" VALUES(17,1100000000020971520,'alerts','p:1100000000012582912','[10]',NULL,1574784525819445248,1574784537286672384,NULL,0,1795528291786,NULL);
INSERT INTO "posts" VALUES(18,1100000000020971520,'alerts','c:1100000000041943040','[10]',NULL,1100000000041943040,1574784537320226816,NULL,0,1795528291794,NULL);
INSERT INTO "posts" VALUES(19,1100000000020971520,'card','c:1100000000037748736','[12]',NULL,1100000000037748736,1574784537534136320,NULL,0,1795528291835,NULL);
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
INSERT INTO "records" VALUES(1,1100000000020971520,'L',1,'lead-lifecycle',1,1100000000008388608,'working','mql','open',2,'Priya Nair','Northwind Logistics','priya@northwind.example',NULL,1795532400000,1795532400000,1795084200004,48,'{"card":1,"threaded":true,"alerts":[]}','{"id":1,"workspace":1100000000020971520,"handle":{"letter":"L","number":1},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000008388608,"status":"working","stage":"mql","version":2,"created_at":"2026-11-16T09:05:00.003Z","status_since":"2026-11-18T14:00:00.003Z","value":{"minor":1800000,"currency":"USD"},"source":"trade fair","data":{"connection_notes":{"text":"Runs 40 vans, unhappy with late reports."},"discovery_notes":{"text":"Reports by 7:00 are what they need."},"interaction":{"choice":"call_answered"},"interaction_at":{"instant":1794823800002}},"next":{"action":"call about the offer","due":"2026-11-24T15:00:00Z","told":false},"owes":["needs_found","decision_timeline","next_meeting_at"],"owes_since":"2026-11-18T14:00:00.003Z","owes_chased":true,"contacted":{"touch":["email_sent","2026-11-19T10:30:00.004Z"],"two_way":["meeting_held","2026-11-18T14:00:00.003Z"],"attempts":1,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-16T09:05:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-16T10:10:00.002Z","outcome":"met","charged_to":1100000000008388608}},{"clock":"decide","started_at":"2026-11-16T10:10:00.002Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null},{"clock":"keep-active","started_at":"2026-11-19T10:30:00.004Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":null,"silenced":[],"been":["connected","new","working"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":190500000,"open_since":"2026-11-18T14:00:00.003Z","past_values":[],"snoozed_until":null,"last_event":48,"tasks":[{"id":4,"label":"Follow up","status":"working","since":"2026-11-18T14:00:00.003Z","again":false,"due":"2026-11-25T14:00:00.003Z","told":false}],"tasks_opened":4}');
INSERT INTO "records" VALUES(2,1100000000020971520,'L',2,'lead-lifecycle',1,1100000000012582912,'attempting','mql','open',1,'Halim Othman','Halim Batik',NULL,'+60 12 345 6789',1795685700003,1795685700003,1794908100003,74,'{"card":2,"threaded":true,"alerts":[{"alert":{"clock":"reach","level":"escalation","due_at":"2026-11-23T11:00:00.002Z","to":[1100000000012582912,1100000000016777216],"offers":["connected","nurture","unqualified"],"reports_delivery":false},"post":7,"person":1100000000012582912,"opened_at":"2026-11-19T17:45:00.003Z","closed":null},{"alert":{"clock":"reach","level":"rescue","due_at":"2026-11-19T17:45:00.002Z","to":[],"offers":[],"reports_delivery":false,"owner":1100000000012582912},"post":8,"opened_at":"2026-11-19T17:45:00.003Z","closed":{"at":"2026-11-23T09:00:00Z","by":null,"moved_to":null}},{"alert":{"clock":"reach","level":"escalation","due_at":"2026-11-23T11:00:00.002Z","to":[1100000000012582912,1100000000016777216],"offers":["connected","nurture","unqualified"],"reports_delivery":false},"post":10,"opened_at":"2026-11-23T09:00:00Z","closed":null}]}','{"id":2,"workspace":1100000000020971520,"handle":{"letter":"L","number":2},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000012582912,"status":"attempting","stage":"mql","version":1,"created_at":"2026-11-16T09:40:00.003Z","status_since":"2026-11-16T11:00:00.002Z","value":{"minor":650000,"currency":"USD"},"source":"website","data":{"attempt":{"choice":"voicemail"}},"next":{"action":"call when he is back","due":"2026-11-26T09:35:00.003Z","told":false},"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":["voicemail","2026-11-17T09:35:00.003Z"],"two_way":null,"attempts":2,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-16T09:40:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-16T11:00:00.002Z","outcome":"met","charged_to":1100000000012582912}},{"clock":"reach","started_at":"2026-11-16T11:00:00.002Z","fired":4,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":"2026-11-23T11:00:00.002Z","end":null}],"pending":null,"auto":null,"silenced":[],"been":["attempting","new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":4799999,"open_since":"2026-11-16T11:00:00.002Z","past_values":[],"snoozed_until":null,"last_event":74,"tasks_opened":1,"sequences":[{"name":"follow-up","since":"2026-11-16T11:00:00.002Z"}]}');
INSERT INTO "records" VALUES(3,1100000000020971520,'L',3,'lead-lifecycle',1,1100000000012582912,'connected','mql','open',1,'Tomas Lind','Kestrel Shipping','tomas@kestrel.example',NULL,1795530600006,1795530600006,1794910800004,85,'{"card":3,"threaded":true,"alerts":[],"approval":15}','{"id":3,"workspace":1100000000020971520,"handle":{"letter":"L","number":3},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000012582912,"status":"connected","stage":"mql","version":1,"created_at":"2026-11-17T09:15:00.003Z","status_since":"2026-11-17T10:20:00.004Z","value":{"minor":4200000,"currency":"USD"},"source":"referral","data":{"connection_notes":{"text":"Wants to compare us with their present supplier."},"interaction":{"choice":"email_replied"},"interaction_at":{"instant":1794910800004}},"next":{"action":"ask how they decided","due":"2026-11-25T10:20:00.004Z","told":false},"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":null,"two_way":["email_replied","2026-11-17T10:20:00.004Z"],"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-17T09:15:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-17T10:20:00.004Z","outcome":"met","charged_to":1100000000012582912}},{"clock":"decide","started_at":"2026-11-17T10:20:00.004Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":{"approval":1,"requested_by":1100000000012582912,"requested_at":"2026-11-24T10:30:00.006Z","to":"unqualified","stage":"mql","data":{"disqualified_at":{"instant":1795516200006},"note":{"text":"They signed with their present supplier for three years."},"reason":{"choice":"competitor"}},"peak":{"minor":4200000,"currency":"USD"},"steps":0},"auto":{"rule":"reply-connects","from":"new"},"silenced":[],"been":["connected","new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":3900001,"open_since":"2026-11-17T10:20:00.004Z","past_values":[],"snoozed_until":null,"last_event":85,"tasks":[{"id":2,"label":"Send the booking link","status":"connected","since":"2026-11-17T10:20:00.004Z","again":false,"due":"2026-11-18T10:20:00.004Z","told":true},{"id":3,"label":"Decide whether they qualify","status":"connected","since":"2026-11-17T10:20:00.004Z","again":false,"due":"2026-12-01T10:20:00.004Z","told":false}],"tasks_opened":3}');
INSERT INTO "records" VALUES(4,1100000000020971520,'L',4,'lead-lifecycle',1,1100000000012582912,'unqualified','mql','lost',1,'Sofia Marin','Marin Dental','sofia@marin.example',NULL,NULL,NULL,1794995400003,31,'{"card":4,"threaded":true,"alerts":[]}','{"id":4,"workspace":1100000000020971520,"handle":{"letter":"L","number":4},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000012582912,"status":"unqualified","stage":"mql","version":1,"created_at":"2026-11-18T09:10:00.003Z","status_since":"2026-11-18T09:50:00.003Z","value":{"minor":320000,"currency":"USD"},"source":"website","data":{"disqualified_at":{"instant":1794995400003}},"next":null,"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":null,"two_way":null,"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-18T09:10:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-18T09:50:00.003Z","outcome":"cancelled","charged_to":1100000000012582912}}],"pending":null,"auto":null,"silenced":[],"been":["new","unqualified"],"parked":0,"last_reason":"wrong_fit","past_owners":[],"open_ms":2400000,"open_since":null,"past_values":[],"snoozed_until":null,"last_event":31,"tasks_opened":1}');
INSERT INTO "records" VALUES(5,1100000000020971520,'L',5,'lead-lifecycle',1,1100000000008388608,'attempting','mql','open',1,'Grace Okafor','Okafor Foods','grace@okafor.example','+44 20 7946 0123',1795538700003,1795538700003,1795082400003,84,'{"card":5,"threaded":true,"alerts":[{"alert":{"clock":"reach","level":"escalation","due_at":"2026-11-24T10:00:00.003Z","to":[1100000000016777216],"offers":["connected","nurture","unqualified"],"reports_delivery":false},"post":14,"opened_at":"2026-11-24T10:00:00.003Z","closed":null}]}','{"id":5,"workspace":1100000000020971520,"handle":{"letter":"L","number":5},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000008388608,"status":"attempting","stage":"mql","version":1,"created_at":"2026-11-19T09:20:00.003Z","status_since":"2026-11-19T10:00:00.003Z","value":{"minor":980000,"currency":"USD"},"source":"webinar","data":{"attempt":{"choice":"email_sent"}},"next":{"action":"call her","due":"2026-11-25T10:00:00.003Z","told":false},"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":["email_sent","2026-11-19T10:00:00.003Z"],"two_way":null,"attempts":1,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-19T09:20:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-19T10:00:00.003Z","outcome":"met","charged_to":1100000000008388608}},{"clock":"reach","started_at":"2026-11-19T10:00:00.003Z","fired":1,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":{"rule":"touch-attempts","from":"new"},"silenced":[],"been":["attempting","new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":2400000,"open_since":"2026-11-19T10:00:00.003Z","past_values":[],"snoozed_until":null,"last_event":84,"tasks_opened":1,"sequences":[{"name":"follow-up","since":"2026-11-19T10:00:00.003Z"}]}');
INSERT INTO "records" VALUES(6,1100000000020971520,'L',6,'lead-lifecycle',1,1100000000012582912,'connected','mql','open',1,'Kenji Mori','Mori Instruments','kenji@mori.example',NULL,1795622400008,1795622400008,1795104000008,65,'{"card":6,"threaded":true,"alerts":[]}','{"id":6,"workspace":1100000000020971520,"handle":{"letter":"L","number":6},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000012582912,"status":"connected","stage":"mql","version":1,"created_at":"2026-11-19T15:30:00.003Z","status_since":"2026-11-19T16:00:00.008Z","value":{"minor":2750000,"currency":"USD"},"source":"partner","data":{"connection_notes":{"text":"Budget is approved for spring."},"interaction":{"choice":"call_answered"},"interaction_at":{"instant":1795104000008}},"next":{"action":"show the demo","due":"2026-11-25T16:00:00.008Z","told":false},"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":null,"two_way":["call_answered","2026-11-19T16:00:00.008Z"],"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-19T15:30:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-19T16:00:00.008Z","outcome":"met","charged_to":1100000000012582912}},{"clock":"decide","started_at":"2026-11-19T16:00:00.008Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":{"rule":"talk-connects","from":"new"},"silenced":[],"been":["connected","new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":1800005,"open_since":"2026-11-19T16:00:00.008Z","past_values":[],"snoozed_until":null,"last_event":65,"tasks":[{"id":2,"label":"Send the booking link","status":"connected","since":"2026-11-19T16:00:00.008Z","again":false,"due":"2026-11-20T16:00:00.008Z","told":true},{"id":3,"label":"Decide whether they qualify","status":"connected","since":"2026-11-19T16:00:00.008Z","again":false,"due":"2026-12-03T16:00:00.008Z","told":false}],"tasks_opened":3}');
INSERT INTO "records" VALUES(7,1100000000020971520,'L',7,'lead-lifecycle',1,1100000000008388608,'attempting','mql','open',1,'Lucie Bernard','Atelier Bernard',NULL,'+33 1 70 18 99 00',1795601700002,1795601700002,1795169700003,64,'{"card":9,"threaded":false,"alerts":[]}','{"id":7,"workspace":1100000000020971520,"handle":{"letter":"L","number":7},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000008388608,"status":"attempting","stage":"mql","version":1,"created_at":"2026-11-20T09:30:00.003Z","status_since":"2026-11-20T10:15:00.003Z","value":{"minor":410000,"currency":"USD"},"source":"website","data":{"attempt":{"choice":"linkedin_message"}},"next":{"action":"call her","due":"2026-11-25T10:15:00.002Z","told":false},"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":["linkedin_message","2026-11-20T10:15:00.003Z"],"two_way":null,"attempts":1,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-20T09:30:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-20T10:15:00.003Z","outcome":"met","charged_to":1100000000008388608}},{"clock":"reach","started_at":"2026-11-20T10:15:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":{"rule":"touch-attempts","from":"new"},"silenced":[],"been":["attempting","new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":2700000,"open_since":"2026-11-20T10:15:00.003Z","past_values":[],"snoozed_until":null,"last_event":64,"tasks_opened":1,"sequences":[{"name":"follow-up","since":"2026-11-20T10:15:00.003Z"}]}');
INSERT INTO "records" VALUES(8,1100000000020971520,'L',8,'lead-lifecycle',1,1100000000012582912,'connected','mql','open',1,'Omar Haddad','Haddad Solar','omar@haddad.example',NULL,1795773900003,1795773900003,1795428300004,73,'{"card":11,"threaded":true,"alerts":[]}','{"id":8,"workspace":1100000000020971520,"handle":{"letter":"L","number":8},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000012582912,"status":"connected","stage":"mql","version":1,"created_at":"2026-11-23T09:40:00.003Z","status_since":"2026-11-23T10:05:00.004Z","value":{"minor":1500000,"currency":"USD"},"source":"referral","data":{"connection_notes":{"text":"He heard our talk at the fair."},"interaction":{"choice":"meeting_booked"},"interaction_at":{"instant":1795428300004}},"next":{"action":"prepare the demo","due":"2026-11-27T10:05:00.003Z","told":false},"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":null,"two_way":["meeting_booked","2026-11-23T10:05:00.004Z"],"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-23T09:40:00.003Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-23T10:05:00.004Z","outcome":"met","charged_to":1100000000012582912}},{"clock":"decide","started_at":"2026-11-23T10:05:00.004Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":{"rule":"talk-connects","from":"new"},"silenced":[],"been":["connected","new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":1500001,"open_since":"2026-11-23T10:05:00.004Z","past_values":[],"snoozed_until":null,"last_event":73,"tasks":[{"id":2,"label":"Decide whether they qualify","status":"connected","since":"2026-11-23T10:05:00.004Z","again":false,"due":"2026-12-07T10:05:00.004Z","told":false}],"tasks_opened":2}');
INSERT INTO "records" VALUES(9,1100000000020971520,'L',9,'lead-lifecycle',1,1100000000008388608,'attempting','mql','open',1,'Ingrid Solberg','Fjord Timber','ingrid@fjord.example',NULL,1795788300007,1795788300007,1795450800007,81,'{"card":12,"threaded":false,"alerts":[]}','{"id":9,"workspace":1100000000020971520,"handle":{"letter":"L","number":9},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000008388608,"status":"attempting","stage":"mql","version":1,"created_at":"2026-11-23T15:10:00.004Z","status_since":"2026-11-23T16:20:00.007Z","value":{"minor":730000,"currency":"USD"},"source":"website","data":{"attempt":{"choice":"email_sent"}},"next":{"action":"call her","due":"2026-11-27T16:20:00.007Z","told":false},"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":["email_sent","2026-11-23T16:20:00.007Z"],"two_way":null,"attempts":1,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-23T15:10:00.004Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":{"at":"2026-11-23T16:20:00.007Z","outcome":"met","charged_to":1100000000008388608}},{"clock":"reach","started_at":"2026-11-23T16:20:00.007Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":{"rule":"touch-attempts","from":"new"},"silenced":[],"been":["attempting","new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":4200003,"open_since":"2026-11-23T16:20:00.007Z","past_values":[],"snoozed_until":null,"last_event":81,"tasks_opened":1,"sequences":[{"name":"follow-up","since":"2026-11-23T16:20:00.007Z"}]}');
INSERT INTO "records" VALUES(10,1100000000020971520,'L',10,'lead-lifecycle',1,1100000000012582912,'new','mql','open',0,'Mei Tan','Tan Ceramics',NULL,'+60 3 2161 2345',1795520400004,1795520400004,1795513200004,88,'{"card":13,"threaded":true,"alerts":[{"alert":{"clock":"first-contact","level":"nudge","due_at":"2026-11-24T11:10:00.004Z","to":[1100000000012582912],"offers":["attempting","connected","nurture"],"reports_delivery":false},"post":17,"person":1100000000012582912,"opened_at":"2026-11-24T11:10:00.004Z","closed":null},{"alert":{"clock":"first-contact","level":"rescue","due_at":"2026-11-24T11:10:00.004Z","to":[],"offers":[],"reports_delivery":false,"owner":1100000000012582912},"post":18,"opened_at":"2026-11-24T11:10:00.004Z","closed":null}]}','{"id":10,"workspace":1100000000020971520,"handle":{"letter":"L","number":10},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000012582912,"status":"new","stage":"mql","version":0,"created_at":"2026-11-24T09:40:00.004Z","status_since":"2026-11-24T09:40:00.004Z","value":{"minor":560000,"currency":"USD"},"source":"website","data":{},"next":null,"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":null,"two_way":null,"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-24T09:40:00.004Z","fired":1,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":null,"silenced":[],"been":["new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":0,"open_since":"2026-11-24T09:40:00.004Z","past_values":[],"snoozed_until":null,"last_event":88,"tasks":[{"id":1,"label":"Contact them","status":"new","since":"2026-11-24T09:40:00.004Z","again":false,"due":"2026-11-24T11:40:00.004Z","told":false}],"tasks_opened":1}');
INSERT INTO "records" VALUES(11,1100000000020971520,'L',11,'lead-lifecycle',1,1100000000008388608,'new','mql','open',0,'Ruth Adeyemi','Adeyemi Print','ruth@adeyemi.example',NULL,1795522800004,1795522800004,1795517400004,87,'{"card":16,"threaded":false,"alerts":[]}','{"id":11,"workspace":1100000000020971520,"handle":{"letter":"L","number":11},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000008388608,"status":"new","stage":"mql","version":0,"created_at":"2026-11-24T10:50:00.004Z","status_since":"2026-11-24T10:50:00.004Z","value":null,"source":"contact form","data":{},"next":null,"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":null,"two_way":null,"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-24T10:50:00.004Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":null,"silenced":[],"been":["new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":0,"open_since":"2026-11-24T10:50:00.004Z","past_values":[],"snoozed_until":null,"last_event":87,"tasks":[{"id":1,"label":"Contact them","status":"new","since":"2026-11-24T10:50:00.004Z","again":false,"due":"2026-11-24T12:50:00.004Z","told":false}],"tasks_opened":1}');
INSERT INTO "records" VALUES(12,1100000000020971520,'L',12,'lead-lifecycle',1,1100000000008388608,'new','mql','open',0,'Daniel Weiss','Weiss & Partner',NULL,'+49 30 901820',1795524300008,1795524300008,1795518900008,90,'{"card":19,"threaded":false,"alerts":[]}','{"id":12,"workspace":1100000000020971520,"handle":{"letter":"L","number":12},"playbook":"lead-lifecycle","playbook_version":1,"team":1,"channel":1100000000037748736,"contact":{"name":"","company":null,"email":null,"phone":null},"owner":1100000000008388608,"status":"new","stage":"mql","version":0,"created_at":"2026-11-24T11:15:00.008Z","status_since":"2026-11-24T11:15:00.008Z","value":{"minor":1250000,"currency":"USD"},"source":"trade fair","data":{},"next":null,"owes":[],"owes_since":null,"owes_chased":false,"contacted":{"touch":null,"two_way":null,"attempts":0,"unanswered":0},"clocks":[{"clock":"first-contact","started_at":"2026-11-24T11:15:00.008Z","fired":0,"credit_business_ms":0,"credit_ms":0,"extended":false,"breached_at":null,"end":null}],"pending":null,"auto":null,"silenced":[],"been":["new"],"parked":0,"last_reason":null,"past_owners":[],"open_ms":0,"open_since":"2026-11-24T11:15:00.008Z","past_values":[],"snoozed_until":null,"last_event":90,"tasks":[{"id":1,"label":"Contact them","status":"new","since":"2026-11-24T11:15:00.008Z","again":false,"due":"2026-11-24T13:15:00.008Z","told":false}],"tasks_opened":1}');
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
INSERT INTO "setting_log" VALUES(6,1100000000020971520,'member Mia: team','Sales',1100000000016777216,1794817860003);
INSERT INTO "setting_log" VALUES(7,1100000000020971520,'member Mia: role','manager',1100000000016777216,1794817860003);
INSERT INTO "setting_log" VALUES(8,1100000000020971520,'member Mia: duties','sdr-manager',1100000000016777216,1794817860003);
INSERT INTO "setting_log" VALUES(9,1100000000020971520,'member Ana: team','Sales',1100000000016777216,1794817920003);
INSERT INTO "setting_log" VALUES(10,1100000000020971520,'member Ana: role','rep',1100000000016777216,1794817920003);
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
INSERT INTO "teams" VALUES(1,1100000000020971520,'{"id":1,"name":"Sales","manager_role":null,"rep_role":null,"leads":1100000000037748736,"alerts":1100000000041943040,"approvals":1100000000046137344,"digest":1100000000050331648,"digest_at":"09:00:00","calendar":{"zone":"UTC","hours":"mon-fri 09:00-18:00","holidays":[]}}',1795597200000,81,1795510800009);
CREATE TABLE turns (
    team INTEGER NOT NULL,
    route TEXT NOT NULL,
    workspace INTEGER NOT NULL,
    person INTEGER NOT NULL,
    PRIMARY KEY (team, route)
) STRICT, WITHOUT ROWID;
CREATE TABLE workspaces (
    id INTEGER PRIMARY KEY NOT NULL, -- the platform's number
    body TEXT NOT NULL               -- JSON: thresholds, system channel, greeted, set up
) STRICT;
INSERT INTO "workspaces" VALUES(1100000000020971520,'{"thresholds":{"high_value":{"minor":1000000,"currency":"USD"},"currency":"USD","rates":{},"cluster":3,"stale_grace":null,"undo_window":15,"budget":12},"system_channel":null,"greeted":true,"set_up":true}');
CREATE INDEX teams_workspace ON teams (workspace);
CREATE INDEX setting_log_setting ON setting_log (workspace, setting);
CREATE INDEX records_team ON records (team);
CREATE INDEX records_owner ON records (workspace, owner);
CREATE INDEX records_name ON records (workspace, letter, name COLLATE NOCASE);
CREATE INDEX approvals_waiting ON approvals (workspace, id) WHERE waiting = 1;
CREATE INDEX jobs_running ON jobs (id) WHERE phase = 'running';
CREATE INDEX external_ids_record ON external_ids (record);
CREATE INDEX outbox_open ON outbox (lane, priority, due_at, id) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_leased ON outbox (lane) WHERE lease_until IS NOT NULL;
CREATE INDEX outbox_parked ON outbox (workspace) WHERE failed_at IS NOT NULL;
CREATE INDEX attention_next ON attention (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX records_load ON records (workspace, owner) WHERE class = 'open';
COMMIT;
