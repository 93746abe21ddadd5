BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'boundary','0001_first','2026-11-22 16:39:52.222269+00:00');
CREATE TABLE accounts (
        tenant TEXT NOT NULL, user TEXT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL,
        zone TEXT NOT NULL, dm TEXT NOT NULL, connected INTEGER NOT NULL, guest INTEGER NOT NULL,
        PRIMARY KEY (tenant, user)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "accounts" VALUES('slack:T1','UMAYA','maya','Maya Ünal','Europe/Lisbon','D1',1,1);
INSERT INTO "accounts" VALUES('slack:T1','USAM','','','','',0,0);
CREATE TABLE agenda (
        person TEXT PRIMARY KEY, state TEXT NOT NULL, next_at INTEGER, version INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
INSERT INTO "agenda" VALUES('maya','{"v":1,"home":{"tenant":"slack:T1","user":"UMAYA"},"name":"Maya \u00dcnal","met":true,"ours":{"status":{"text":"Back at 19:30","emoji":":fork_and_knife:","expires":1795460400000000},"before":{"text":"Lunch","emoji":":sushi:","expires":null},"set_at":1795456800000000},"snoozed_until":1795460400000000,"dnd":[1795456800000000,1795485600000000,1795456800000000]}',1795456800000000,1);
CREATE TABLE budgets (
        tenant TEXT NOT NULL, method TEXT NOT NULL, channel TEXT NOT NULL, tokens REAL NOT NULL,
        as_of REAL NOT NULL, not_before REAL NOT NULL, PRIMARY KEY (tenant, method, channel)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "budgets" VALUES('slack:T1','chat.postMessage','D1',0.5,12.5,40.0);
CREATE TABLE history (
        number INTEGER PRIMARY KEY, person TEXT NOT NULL, at INTEGER NOT NULL, label TEXT NOT NULL, norms TEXT
    ) STRICT;
INSERT INTO "history" VALUES(1,'maya',1795456800000000,'step 1','{"v":1,"id":"maya","zone":"Europe/Lisbon","hours":"01234 540-1080","windows":[{"name":"window 0","kind":"focus","when":"0 600-660","passes":{"urgent":true,"people":["sam"]}},{"name":"window 1","kind":"focus","when":"1 601-660","passes":{"urgent":true,"people":["sam"]}},{"name":"window 2","kind":"focus","when":"2 602-660","passes":{"urgent":true,"people":["sam"]}},{"name":"window 3","kind":"focus","when":"3 603-660","passes":{"urgent":true,"people":["sam"]}},{"name":"window 4","kind":"focus","when":"4 604-660","passes":{"urgent":true,"people":["sam"]}},{"name":"window 5","kind":"focus","when":"5 605-660","passes":{"urgent":true,"people":["sam"]}},{"name":"window 6","kind":"focus","when":"6 606-660","passes":{"urgent":true,"people":["sam"]}}]}');
CREATE TABLE holds (
        id TEXT PRIMARY KEY, sender_tenant TEXT NOT NULL, sender_user TEXT NOT NULL, recipient TEXT NOT NULL,
        kind TEXT NOT NULL, urgency TEXT NOT NULL, created_at INTEGER NOT NULL, release_at INTEGER,
        reply_by INTEGER, needs_by INTEGER, reason TEXT NOT NULL, channel TEXT NOT NULL,
        message TEXT NOT NULL, thread TEXT NOT NULL, link TEXT NOT NULL, text BLOB, state TEXT NOT NULL,
        delivered_at INTEGER, fair INTEGER
    ) STRICT;
INSERT INTO "holds" VALUES('h1','slack:T1','USAM','maya','direct','routine',1795456800000000,1795460400000000,NULL,NULL,'','','','','',X'7365616C6564','waiting',NULL,NULL);
INSERT INTO "holds" VALUES('h2','slack:T1','USAM','maya','mention','routine',1795456800000000,1795460400000000,NULL,NULL,'','','','','https://x.example/p1',NULL,'delivered',1795460400000000,1);
CREATE TABLE issued (
        secret TEXT PRIMARY KEY, payload TEXT NOT NULL, expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
INSERT INTO "issued" VALUES('secret','payload',1795457100000000);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('seed','7');
CREATE TABLE outbox (
        id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, lane TEXT NOT NULL, tenant TEXT NOT NULL,
        user TEXT NOT NULL, effect TEXT NOT NULL, due_at INTEGER NOT NULL,
        urgent INTEGER NOT NULL, expires_at INTEGER, after TEXT NOT NULL, state TEXT NOT NULL,
        owner TEXT NOT NULL, attempt INTEGER NOT NULL, claimed_at REAL, settle_at REAL,
        refused INTEGER NOT NULL, ref TEXT NOT NULL, because TEXT NOT NULL
    ) STRICT;
INSERT INTO "outbox" VALUES('d1','key of d1','message','slack:T1','UMAYA','{"v":1,"is":"Digest","person":"maya","holds":["hold of d1"]}',1795456800000000,0,NULL,'','due','',0,NULL,NULL,0,'','');
CREATE TABLE people (id TEXT PRIMARY KEY, norms TEXT NOT NULL) STRICT;
INSERT INTO "people" VALUES('maya','{"v":1,"id":"maya","zone":"Europe/Lisbon","hours":"01234 540-1080","windows":[{"name":"window 0","kind":"focus","when":"0 600-660","passes":{"urgent":true,"people":["sam"]}},{"name":"window 1","kind":"focus","when":"1 601-660","passes":{"urgent":true,"people":["sam"]}},{"name":"window 2","kind":"focus","when":"2 602-660","passes":{"urgent":true,"people":["sam"]}},{"name":"window 3","kind":"focus","when":"3 603-660","passes":{"urgent":true,"people":["sam"]}},{"name":"window 4","kind":"focus","when":"4 604-660","passes":{"urgent":true,"people":["sam"]}},{"name":"window 5","kind":"focus","when":"5 605-660","passes":{"urgent":true,"people":["sam"]}},{"name":"window 6","kind":"focus","when":"6 606-660","passes":{"urgent":true,"people":["sam"]}}]}');
CREATE TABLE seen (key TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "seen" VALUES('slack:event:Ev1',1795456800000000);
CREATE TABLE team_members (
        person TEXT NOT NULL, team TEXT NOT NULL, PRIMARY KEY (person, team)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "team_members" VALUES('maya','platform');
CREATE TABLE teams (id TEXT PRIMARY KEY, payload TEXT NOT NULL) STRICT;
INSERT INTO "teams" VALUES('platform','norms');
CREATE TABLE tenants (
        id TEXT PRIMARY KEY, platform TEXT NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL,
        bot_user TEXT NOT NULL, parked TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
INSERT INTO "tenants" VALUES('slack:T1','slack','Acme','','','');
CREATE TABLE tokens (
        tenant TEXT NOT NULL, user TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (tenant, user)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "tokens" VALUES('slack:T1','UMAYA',X'7365616C6564');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX agenda_next_at ON agenda (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX accounts_person ON accounts (person) WHERE person <> '';
CREATE INDEX accounts_enrolled ON accounts (tenant, person) WHERE person <> '';
CREATE INDEX holds_waiting ON holds (recipient) WHERE state = 'waiting';
CREATE INDEX holds_sender ON holds (sender_tenant, sender_user, created_at);
CREATE INDEX holds_sealed ON holds (id) WHERE text IS NOT NULL;
CREATE INDEX outbox_lane ON outbox (tenant, lane, urgent, due_at, id) WHERE state = 'due';
CREATE INDEX outbox_due ON outbox (tenant, due_at) WHERE state = 'due';
CREATE INDEX outbox_claimed ON outbox (claimed_at) WHERE state IN ('sending', 'probing');
CREATE INDEX outbox_settle ON outbox (settle_at) WHERE settle_at IS NOT NULL;
CREATE INDEX history_person ON history (person, number);
COMMIT;
