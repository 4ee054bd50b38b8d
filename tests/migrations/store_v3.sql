PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;
INSERT INTO schema_version VALUES(3);
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL CHECK (role IN ('caseload', 'evidence'))) STRICT;
INSERT INTO source VALUES(1,'crm','caseload');
INSERT INTO source VALUES(2,'club','evidence');
CREATE TABLE code (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO code VALUES(1,'bottom_up');
INSERT INTO code VALUES(2,'taal|vervoer');
INSERT INTO code VALUES(3,'f');
INSERT INTO code VALUES(4,'trial');
INSERT INTO code VALUES(5,'enrol');
INSERT INTO code VALUES(6,'jeugdbeweging');
INSERT INTO code VALUES(7,'bezoek');
INSERT INTO code VALUES(8,'Kalmthout');
CREATE TABLE run (id INTEGER PRIMARY KEY, tag INTEGER NOT NULL UNIQUE, kind TEXT NOT NULL, started_at INTEGER NOT NULL,
    undone_by INTEGER REFERENCES run) STRICT;
INSERT INTO run VALUES(1,104947657344478446,'import',1795480916,NULL);
INSERT INTO run VALUES(2,125992972068476229,'import',1795567316,NULL);
INSERT INTO run VALUES(3,35054777981068896,'import',1795653716,4);
INSERT INTO run VALUES(4,29354580281340223,'undo',1795653800,NULL);
CREATE TABLE file (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run, number INTEGER NOT NULL, source INTEGER NOT NULL REFERENCES source,
    sha256 BLOB NOT NULL, mapping TEXT NOT NULL, mapping_digest TEXT NOT NULL,
    "read" INTEGER NOT NULL DEFAULT 0, "new" INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0,
    duplicate INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0, vanished INTEGER NOT NULL DEFAULT 0, corrects INTEGER REFERENCES file,
    UNIQUE (run, number),
    CONSTRAINT counts_add_up CHECK ("read" = "new" + changed + unchanged + duplicate + rejected + skipped)) STRICT;
INSERT INTO file VALUES(1,1,1,1,X'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb','canonical','1',4,2,0,0,0,2,0,0,NULL);
INSERT INTO file VALUES(2,1,2,1,X'3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d','canonical','1',8,8,0,0,0,0,0,0,NULL);
INSERT INTO file VALUES(3,2,1,1,X'2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6','canonical','1',2,0,2,0,0,0,0,0,1);
INSERT INTO file VALUES(4,3,1,2,X'18ac3e7343f016890c510e93f935261169d9e3f565436429830faf0934f4f8e4','canonical','1',1,1,0,0,0,0,0,0,NULL);
CREATE TABLE reject (file INTEGER NOT NULL REFERENCES file, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, "column" INTEGER NOT NULL,
    code TEXT NOT NULL, row_id INTEGER, state INTEGER NOT NULL DEFAULT 0 CHECK (state IN (0, 1, 2)), settled_by INTEGER REFERENCES run) STRICT;
INSERT INTO reject VALUES(1,1,4,4,'IMP-012',77,1,2);
INSERT INTO reject VALUES(1,1,5,1,'IMP-010',78,0,NULL);
CREATE TABLE warning (file INTEGER NOT NULL REFERENCES file, code TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (file, code)) STRICT, WITHOUT ROWID;
INSERT INTO warning VALUES(2,'IMP-100',2);
CREATE TABLE bookmark (source INTEGER NOT NULL REFERENCES source, name TEXT NOT NULL, value TEXT NOT NULL, run INTEGER NOT NULL REFERENCES run,
    PRIMARY KEY (source, name)) STRICT, WITHOUT ROWID;
INSERT INTO bookmark VALUES(1,'since','2025-11-01',2);
CREATE TABLE missing (entity INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (entity, id)) STRICT, WITHOUT ROWID;
INSERT INTO missing VALUES(4,3926764229945210966);
CREATE TABLE person (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL,
    gender INTEGER, household INTEGER, area INTEGER, person_id BLOB NOT NULL, linked INTEGER NOT NULL DEFAULT 0,
    CHECK (length(person_id) = 16)) STRICT;
INSERT INTO person VALUES(1727337129721295055,3,1,2,3,5490779114781721992,8,X'98305451c74efa44faa8b455ba49c7f5',1);
INSERT INTO person VALUES(1900266180412104413,1,1,3,3,5490779114781721992,8,X'abe29a2847c4d553ff176cef098a7dab',1);
CREATE TABLE club (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, name TEXT, kind INTEGER, side INTEGER, vcode TEXT, municipality TEXT, places INTEGER, engagement_signed_on INTEGER,
    naming_agreed_on INTEGER) STRICT;
INSERT INTO club VALUES(5825238435239722457,2,1,5,-5069513857589986702,'C1','Chiro Sidonia',6,NULL,NULL,NULL,12,NULL,NULL);
CREATE TABLE worker (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, employer TEXT) STRICT;
INSERT INTO worker VALUES(6359408990480936627,2,1,6,7071619515320858590,'W1',NULL);
CREATE TABLE employment (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, worker INTEGER NOT NULL, "from" INTEGER, "to" INTEGER, percent REAL) STRICT;
CREATE TABLE trajectory (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, person INTEGER NOT NULL, worker INTEGER, start INTEGER NOT NULL, strategy INTEGER, referrer_kind INTEGER,
    needs INTEGER, barriers INTEGER, age INTEGER, age_uncertain INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO trajectory VALUES(942249587894974700,1,1,3,-1325360561884051569,'T2',1900266180412104413,6359408990480936627,20122,1,NULL,2,NULL,9,0);
INSERT INTO trajectory VALUES(6812720043795313667,1,1,2,-5916110081623514253,'T1',1727337129721295055,6359408990480936627,20122,1,NULL,2,NULL,9,0);
CREATE TABLE event (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, trajectory INTEGER, person INTEGER, date INTEGER NOT NULL, "to" INTEGER, type INTEGER NOT NULL, club INTEGER,
    year INTEGER, reason INTEGER, answer INTEGER, kind INTEGER, recorded_on INTEGER, any_club INTEGER) STRICT;
INSERT INTO event VALUES(2501762344623972626,2,1,4,-6985063992923133002,'E3',3926764229945210966,NULL,20333,NULL,4,5825238435239722457,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO event VALUES(3191422411085349532,2,1,2,-3646065885146701111,'E1',6812720043795313667,NULL,20332,NULL,4,5825238435239722457,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO event VALUES(8584453361374503661,3,1,3,-950675414538672362,'E2',6812720043795313667,NULL,20360,NULL,5,5825238435239722457,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE activity (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, date INTEGER NOT NULL, minutes INTEGER, kind INTEGER, strategy INTEGER, criterion INTEGER, counterpart_kind INTEGER,
    counterpart TEXT, side INTEGER, participants INTEGER, first_contact INTEGER, trajectory INTEGER, worker INTEGER) STRICT;
INSERT INTO activity VALUES(440261850478203825,2,1,7,6645078948385324426,'A1',20362,45,7,NULL,NULL,NULL,NULL,NULL,NULL,NULL,942249587894974700,NULL);
CREATE TABLE result (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, date INTEGER, kind INTEGER, status INTEGER) STRICT;
CREATE TABLE signal (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, date INTEGER, theme INTEGER, addressee INTEGER, status INTEGER, answered_on INTEGER) STRICT;
INSERT INTO signal VALUES(1643632581085576522,2,1,8,4204175524011915075,'S1',20362,NULL,NULL,NULL,NULL);
CREATE TABLE factor (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, date INTEGER, side INTEGER, factor INTEGER, score REAL, worker INTEGER) STRICT;
CREATE TABLE goal (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
    "key" TEXT NOT NULL, indicator INTEGER, target REAL, period TEXT, agreed_on INTEGER) STRICT;
INSERT INTO goal VALUES(4200270142094981899,2,1,9,9132580215977171955,'G1',NULL,12.5,'2025',NULL);
CREATE TABLE journal (run INTEGER PRIMARY KEY REFERENCES run, first_code INTEGER NOT NULL, people INTEGER NOT NULL DEFAULT 0,
    linked INTEGER NOT NULL DEFAULT 0, removals INTEGER NOT NULL DEFAULT 0, images INTEGER NOT NULL DEFAULT 0,
    dropped INTEGER NOT NULL DEFAULT 0, waiting INTEGER NOT NULL DEFAULT 0, taken_out INTEGER NOT NULL DEFAULT 0,
    put_back INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO journal VALUES(1,1,1,1,0,0,0,1,0,0);
INSERT INTO journal VALUES(2,9,1,1,0,3,0,1,0,0);
INSERT INTO journal VALUES(3,9,1,0,0,0,0,1,0,0);
INSERT INTO journal VALUES(4,9,0,0,0,0,0,1,1,0);
CREATE TABLE met (run INTEGER NOT NULL REFERENCES run, earlier INTEGER NOT NULL REFERENCES run, PRIMARY KEY (run, earlier)) STRICT, WITHOUT ROWID;
INSERT INTO met VALUES(2,1);
CREATE TABLE file_entity (file INTEGER NOT NULL REFERENCES file, entity TEXT NOT NULL, records INTEGER NOT NULL, future INTEGER NOT NULL,
    PRIMARY KEY (file, entity)) STRICT, WITHOUT ROWID;
INSERT INTO file_entity VALUES(1,'person',2,0);
INSERT INTO file_entity VALUES(1,'trajectory',2,0);
INSERT INTO file_entity VALUES(2,'activity',1,0);
INSERT INTO file_entity VALUES(2,'club',1,0);
INSERT INTO file_entity VALUES(2,'event',3,0);
INSERT INTO file_entity VALUES(2,'goal',1,0);
INSERT INTO file_entity VALUES(2,'signal',1,0);
INSERT INTO file_entity VALUES(2,'worker',1,0);
INSERT INTO file_entity VALUES(3,'event',1,0);
INSERT INTO file_entity VALUES(3,'person',1,0);
INSERT INTO file_entity VALUES(3,'trajectory',1,0);
CREATE TABLE file_column (file INTEGER NOT NULL REFERENCES file, field TEXT NOT NULL, filled INTEGER NOT NULL, PRIMARY KEY (file, field)) STRICT,
    WITHOUT ROWID;
INSERT INTO file_column VALUES(1,'person.birth_date',2);
INSERT INTO file_column VALUES(1,'person.call_name',0);
INSERT INTO file_column VALUES(1,'person.email',0);
INSERT INTO file_column VALUES(1,'person.family_name',2);
INSERT INTO file_column VALUES(1,'person.gender',2);
INSERT INTO file_column VALUES(1,'person.given_name',2);
INSERT INTO file_column VALUES(1,'person.guardian_email',0);
INSERT INTO file_column VALUES(1,'person.guardian_name',0);
INSERT INTO file_column VALUES(1,'person.guardian_phone',0);
INSERT INTO file_column VALUES(1,'person.house_number',0);
INSERT INTO file_column VALUES(1,'person.household',2);
INSERT INTO file_column VALUES(1,'person.language',0);
INSERT INTO file_column VALUES(1,'person.member_number',0);
INSERT INTO file_column VALUES(1,'person.municipality',2);
INSERT INTO file_column VALUES(1,'person.phone',0);
INSERT INTO file_column VALUES(1,'person.postcode',0);
INSERT INTO file_column VALUES(1,'person.street',0);
INSERT INTO file_column VALUES(1,'trajectory.barriers',0);
INSERT INTO file_column VALUES(1,'trajectory.needs',2);
INSERT INTO file_column VALUES(1,'trajectory.person',2);
INSERT INTO file_column VALUES(1,'trajectory.referrer_kind',0);
INSERT INTO file_column VALUES(1,'trajectory.start',2);
INSERT INTO file_column VALUES(1,'trajectory.strategy',2);
INSERT INTO file_column VALUES(1,'trajectory.worker',2);
INSERT INTO file_column VALUES(2,'activity.counterpart',0);
INSERT INTO file_column VALUES(2,'activity.counterpart_kind',0);
INSERT INTO file_column VALUES(2,'activity.criterion',0);
INSERT INTO file_column VALUES(2,'activity.date',1);
INSERT INTO file_column VALUES(2,'activity.first_contact',0);
INSERT INTO file_column VALUES(2,'activity.kind',1);
INSERT INTO file_column VALUES(2,'activity.minutes',1);
INSERT INTO file_column VALUES(2,'activity.participants',0);
INSERT INTO file_column VALUES(2,'activity.side',0);
INSERT INTO file_column VALUES(2,'activity.strategy',0);
INSERT INTO file_column VALUES(2,'activity.trajectory',1);
INSERT INTO file_column VALUES(2,'activity.worker',0);
INSERT INTO file_column VALUES(2,'club.engagement_signed_on',0);
INSERT INTO file_column VALUES(2,'club.kind',1);
INSERT INTO file_column VALUES(2,'club.municipality',0);
INSERT INTO file_column VALUES(2,'club.name',1);
INSERT INTO file_column VALUES(2,'club.naming_agreed_on',0);
INSERT INTO file_column VALUES(2,'club.places',1);
INSERT INTO file_column VALUES(2,'club.side',0);
INSERT INTO file_column VALUES(2,'club.vcode',0);
INSERT INTO file_column VALUES(2,'event.answer',0);
INSERT INTO file_column VALUES(2,'event.club',3);
INSERT INTO file_column VALUES(2,'event.date',3);
INSERT INTO file_column VALUES(2,'event.kind',0);
INSERT INTO file_column VALUES(2,'event.person',0);
INSERT INTO file_column VALUES(2,'event.reason',0);
INSERT INTO file_column VALUES(2,'event.recorded_on',0);
INSERT INTO file_column VALUES(2,'event.to',0);
INSERT INTO file_column VALUES(2,'event.trajectory',3);
INSERT INTO file_column VALUES(2,'event.type',3);
INSERT INTO file_column VALUES(2,'event.year',0);
INSERT INTO file_column VALUES(2,'goal.agreed_on',0);
INSERT INTO file_column VALUES(2,'goal.indicator',0);
INSERT INTO file_column VALUES(2,'goal.period',1);
INSERT INTO file_column VALUES(2,'goal.target',1);
INSERT INTO file_column VALUES(2,'signal.addressee',0);
INSERT INTO file_column VALUES(2,'signal.answered_on',0);
INSERT INTO file_column VALUES(2,'signal.date',1);
INSERT INTO file_column VALUES(2,'signal.status',0);
INSERT INTO file_column VALUES(2,'signal.theme',0);
INSERT INTO file_column VALUES(2,'worker.employer',0);
INSERT INTO file_column VALUES(3,'event.answer',0);
INSERT INTO file_column VALUES(3,'event.club',1);
INSERT INTO file_column VALUES(3,'event.date',1);
INSERT INTO file_column VALUES(3,'event.kind',0);
INSERT INTO file_column VALUES(3,'event.person',0);
INSERT INTO file_column VALUES(3,'event.reason',0);
INSERT INTO file_column VALUES(3,'event.recorded_on',0);
INSERT INTO file_column VALUES(3,'event.to',0);
INSERT INTO file_column VALUES(3,'event.trajectory',1);
INSERT INTO file_column VALUES(3,'event.type',1);
INSERT INTO file_column VALUES(3,'event.year',0);
INSERT INTO file_column VALUES(3,'person.birth_date',1);
INSERT INTO file_column VALUES(3,'person.call_name',0);
INSERT INTO file_column VALUES(3,'person.email',0);
INSERT INTO file_column VALUES(3,'person.family_name',1);
INSERT INTO file_column VALUES(3,'person.gender',1);
INSERT INTO file_column VALUES(3,'person.given_name',1);
INSERT INTO file_column VALUES(3,'person.guardian_email',0);
INSERT INTO file_column VALUES(3,'person.guardian_name',0);
INSERT INTO file_column VALUES(3,'person.guardian_phone',0);
INSERT INTO file_column VALUES(3,'person.house_number',0);
INSERT INTO file_column VALUES(3,'person.household',1);
INSERT INTO file_column VALUES(3,'person.language',0);
INSERT INTO file_column VALUES(3,'person.member_number',0);
INSERT INTO file_column VALUES(3,'person.municipality',1);
INSERT INTO file_column VALUES(3,'person.phone',1);
INSERT INTO file_column VALUES(3,'person.postcode',0);
INSERT INTO file_column VALUES(3,'person.street',0);
INSERT INTO file_column VALUES(3,'trajectory.barriers',0);
INSERT INTO file_column VALUES(3,'trajectory.needs',1);
INSERT INTO file_column VALUES(3,'trajectory.person',1);
INSERT INTO file_column VALUES(3,'trajectory.referrer_kind',0);
INSERT INTO file_column VALUES(3,'trajectory.start',1);
INSERT INTO file_column VALUES(3,'trajectory.strategy',1);
INSERT INTO file_column VALUES(3,'trajectory.worker',1);
CREATE TABLE file_code (file INTEGER NOT NULL REFERENCES file, field TEXT NOT NULL, code INTEGER NOT NULL, PRIMARY KEY (file, field, code)) STRICT,
    WITHOUT ROWID;
INSERT INTO file_code VALUES(1,'trajectory.needs',2);
INSERT INTO file_code VALUES(1,'trajectory.strategy',1);
INSERT INTO file_code VALUES(2,'activity.kind',7);
INSERT INTO file_code VALUES(2,'club.kind',6);
INSERT INTO file_code VALUES(2,'event.type',4);
INSERT INTO file_code VALUES(2,'event.type',5);
INSERT INTO file_code VALUES(3,'event.type',5);
INSERT INTO file_code VALUES(3,'trajectory.needs',2);
INSERT INTO file_code VALUES(3,'trajectory.strategy',1);
CREATE TABLE hold (run INTEGER NOT NULL REFERENCES run, source INTEGER NOT NULL REFERENCES source, mapping TEXT NOT NULL, entity TEXT NOT NULL,
    code TEXT NOT NULL, accepted_at INTEGER, PRIMARY KEY (run, source, mapping, entity, code)) STRICT, WITHOUT ROWID;
INSERT INTO hold VALUES(2,1,'canonical','event','DRF-001',NULL);
CREATE TABLE before_source (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, role TEXT NOT NULL, PRIMARY KEY (run, id)) STRICT,
    WITHOUT ROWID;
CREATE TABLE before_bookmark (run INTEGER NOT NULL REFERENCES run, source INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    writer INTEGER NOT NULL, PRIMARY KEY (run, source, name)) STRICT, WITHOUT ROWID;
INSERT INTO before_bookmark VALUES(2,1,'since','2025-10-01',1);
CREATE TABLE erased_before (run INTEGER NOT NULL REFERENCES run, trajectory INTEGER NOT NULL, PRIMARY KEY (run, trajectory)) STRICT,
    WITHOUT ROWID;
CREATE TABLE before_person (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, gender INTEGER, household INTEGER, area INTEGER, person_id BLOB NOT NULL, linked INTEGER NOT NULL, PRIMARY
    KEY (run, id)) STRICT, WITHOUT ROWID;
INSERT INTO before_person VALUES(2,1727337129721295055,1,1,2,3,5490779114781721992,8,X'98305451c74efa44faa8b455ba49c7f5',1);
CREATE TABLE before_club (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row"
    INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, name TEXT, kind INTEGER, side INTEGER, vcode TEXT,
    municipality TEXT, places INTEGER, engagement_signed_on INTEGER, naming_agreed_on INTEGER, PRIMARY KEY (run, id)) STRICT, WITHOUT
    ROWID;
CREATE TABLE before_worker (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, employer TEXT, PRIMARY KEY (run, id)) STRICT, WITHOUT
    ROWID;
CREATE TABLE before_employment (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, worker INTEGER NOT NULL, "from" INTEGER, "to" INTEGER,
    percent REAL, PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE before_trajectory (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, person INTEGER NOT NULL, worker INTEGER, start INTEGER
    NOT NULL, strategy INTEGER, referrer_kind INTEGER, needs INTEGER, barriers INTEGER, age INTEGER, age_uncertain INTEGER NOT NULL,
    PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE before_event (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row"
    INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, trajectory INTEGER, person INTEGER, date INTEGER NOT NULL,
    "to" INTEGER, type INTEGER NOT NULL, club INTEGER, year INTEGER, reason INTEGER, answer INTEGER, kind INTEGER, recorded_on INTEGER,
    any_club INTEGER, PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
INSERT INTO before_event VALUES(2,8584453361374503661,2,1,3,8239149213153207390,'E2',6812720043795313667,NULL,20359,NULL,5,5825238435239722457,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE before_activity (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, date INTEGER NOT NULL, minutes INTEGER, kind INTEGER,
    strategy INTEGER, criterion INTEGER, counterpart_kind INTEGER, counterpart TEXT, side INTEGER, participants INTEGER, first_contact
    INTEGER, trajectory INTEGER, worker INTEGER, PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE before_result (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, date INTEGER, kind INTEGER, status INTEGER, PRIMARY KEY
    (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE before_signal (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, date INTEGER, theme INTEGER, addressee INTEGER, status
    INTEGER, answered_on INTEGER, PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE before_factor (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL,
    "row" INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, date INTEGER, side INTEGER, factor INTEGER, score REAL,
    worker INTEGER, PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE before_goal (run INTEGER NOT NULL REFERENCES run, id INTEGER NOT NULL, file INTEGER NOT NULL, tab INTEGER NOT NULL, "row"
    INTEGER NOT NULL, fingerprint INTEGER NOT NULL, "key" TEXT NOT NULL, indicator INTEGER, target REAL, period TEXT, agreed_on
    INTEGER, PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
CREATE TABLE repeats (file INTEGER NOT NULL REFERENCES file, tab INTEGER NOT NULL, counts BLOB NOT NULL, PRIMARY KEY (file, tab)) STRICT;
INSERT INTO repeats VALUES(1,1,X'0102');
CREATE INDEX file_seen ON file (sha256, source);
CREATE INDEX reject_row ON reject (file, tab, "row");
COMMIT;
