"""Every statement of the SQLite store, by name. States are spelt out: partial indexes need the literal."""

from __future__ import annotations

from string import Template

DELIVERY = (
    "id, key, lane, tenant, user, effect, due_at, urgent, expires_at, after, state, owner, attempt, "
    "claimed_at, settle_at, refused, ref, because"
)
HOLD = (
    "id, sender_tenant, sender_user, recipient, kind, urgency, created_at, release_at, reply_by, needs_by, "
    "reason, channel, message, thread, link, text, state, delivered_at, fair, doubted, broke_for"
)
ACCOUNT = "tenant, user, person, name, zone, dm, connected, guest, directory_id, unreachable"
CONVERSATION = "tenant, id, service_url, kind, user, team, channel, home"
PARCEL = "key, tenant, line, sealed, at"
TENANT = "id, platform, name, url, bot_user, parked"
LEDGER = "id, team, at, kind, who, starts_at, ends_at, reason, hold"
PUBLICATION = "team, week, at, cohort, content"


def _sql(text: str) -> str:
    return Template(text).substitute(
        delivery=DELIVERY,
        hold=HOLD,
        account=ACCOUNT,
        tenant=TENANT,
        conversation=CONVERSATION,
        parcel=PARCEL,
        ledger=LEDGER,
        publication=PUBLICATION,
        marks10=", ".join("?" * 10),
        marks18=", ".join("?" * 18),
        marks21=", ".join("?" * 21),
        fence="id = ? AND state = ? AND state IN ('sending', 'probing') AND owner = ? AND attempt = ?",
        tenants=_TENANTS,
        unfinished="('due', 'sending', 'probing')",
    )


# Steps from one tenant with DUE rows to the next through the index, however many rows each has.
_TENANTS = """
    WITH RECURSIVE each_tenant (id) AS (
        SELECT MIN(tenant) FROM outbox WHERE state = 'due'
        UNION ALL
        SELECT (SELECT MIN(tenant) FROM outbox WHERE state = 'due' AND tenant > each_tenant.id)
        FROM each_tenant WHERE each_tenant.id IS NOT NULL
    ), open_tenants (id) AS (
        SELECT id FROM each_tenant WHERE id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM tenants WHERE tenants.id = each_tenant.id AND parked <> '')
    )
"""

# People ------------------------------------------------------------------------------------

PERSON_GET = "SELECT norms, state, next_at, version FROM people JOIN agenda ON person = id WHERE id = ?"
NORMS_PUT = """
    INSERT INTO people (id, norms) VALUES (?, ?)
    ON CONFLICT (id) DO UPDATE SET norms = excluded.norms WHERE norms <> excluded.norms
"""
AGENDA_PUT = """
    INSERT INTO agenda (person, state, next_at, version) VALUES (?, ?, ?, 1)
    ON CONFLICT (person) DO UPDATE
    SET state = excluded.state, next_at = excluded.next_at, version = version + 1
"""
PEOPLE_DUE = "SELECT person FROM agenda WHERE next_at <= ? ORDER BY next_at, person LIMIT ?"
PEOPLE_NEXT = "SELECT MIN(next_at) FROM agenda WHERE next_at IS NOT NULL"
PEOPLE_IDS = "SELECT person FROM agenda WHERE person > ? ORDER BY person LIMIT ?"
NORMS_REMOVE = "DELETE FROM people WHERE id = ?"
AGENDA_REMOVE = "DELETE FROM agenda WHERE person = ?"

# Accounts ----------------------------------------------------------------------------------

ACCOUNT_GET = _sql("SELECT $account FROM accounts WHERE tenant = ? AND user = ?")
ACCOUNT_PUT = _sql("INSERT OR REPLACE INTO accounts ($account) VALUES ($marks10)")
ACCOUNTS_OF = _sql("SELECT $account FROM accounts WHERE person = ? AND person <> '' ORDER BY tenant, user")
ACCOUNTS_ENROLLED = "SELECT COUNT(DISTINCT person) FROM accounts WHERE tenant = ? AND person <> ''"
ACCOUNT_LISTED = _sql("""
    SELECT $account FROM accounts INDEXED BY accounts_directory
    WHERE tenant = ? AND directory_id = ? AND directory_id <> '' ORDER BY user LIMIT 1
""")
ACCOUNTS_NAMED = _sql("""
    SELECT $account FROM accounts INDEXED BY accounts_name
    WHERE tenant = ? AND name COLLATE NOCASE >= ? AND name COLLATE NOCASE < ? AND name <> ''
    ORDER BY name COLLATE NOCASE, user LIMIT ?
""")
ACCOUNT_REMOVE = "DELETE FROM accounts WHERE tenant = ? AND user = ?"

# Conversations, inbox ----------------------------------------------------------------------

CONVERSATION_GET = _sql("SELECT $conversation FROM conversations WHERE tenant = ? AND id = ?")
CONVERSATION_PUT = _sql(
    "INSERT OR REPLACE INTO conversations ($conversation) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
CONVERSATION_REMOVE = "DELETE FROM conversations WHERE tenant = ? AND id = ?"
CONVERSATIONS_WITH = "DELETE FROM conversations WHERE tenant = ? AND user = ? AND user <> ''"
PARCEL_ADD = _sql("INSERT INTO inbox ($parcel) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING")
PARCELS_WAITING = _sql("SELECT $parcel FROM inbox ORDER BY number LIMIT ?")
PARCEL_RESEAL = "UPDATE inbox SET sealed = ? WHERE key = ?"
PARCEL_REMOVE = "DELETE FROM inbox WHERE key = ?"
PARCELS_OF = "DELETE FROM inbox WHERE tenant = ? AND line = ?"

# Holds -------------------------------------------------------------------------------------

HOLD_GET = _sql("SELECT $hold FROM holds WHERE id = ?")
HOLD_PUT = _sql("INSERT OR REPLACE INTO holds ($hold) VALUES ($marks21)")
HOLDS_WAITING = _sql("""
    SELECT $hold FROM holds WHERE recipient = ? AND state = 'waiting'
    ORDER BY urgency <> 'urgent', created_at, id
""")
HOLDS_SENT = _sql("""
    SELECT $hold FROM holds WHERE sender_tenant = ? AND sender_user = ?
    ORDER BY created_at DESC, id DESC LIMIT ?
""")
HOLDS_RECEIVED = _sql("""
    SELECT $hold FROM holds WHERE recipient = ? AND state = 'delivered'
    ORDER BY created_at DESC, id DESC LIMIT ?
""")
HOLDS_REACHING = _sql("""
    SELECT $hold FROM holds WHERE recipient = ? AND created_at >= ? AND created_at < ?
""")
HOLDS_BETWEEN = _sql("""
    SELECT $hold FROM holds
    WHERE sender_tenant = ? AND sender_user = ? AND created_at >= ? AND created_at < ?
""")
HOLDS_SEALED = _sql("SELECT $hold FROM holds WHERE text IS NOT NULL AND id > ? ORDER BY id LIMIT ?")
HOLDS_TO = "DELETE FROM holds WHERE recipient = ?"
HOLDS_FROM = "DELETE FROM holds WHERE sender_tenant = ? AND sender_user = ?"
HOLDS_PURGE = """
    DELETE FROM holds WHERE state IN ('delivered', 'cancelled') AND COALESCE(delivered_at, created_at) < ?
"""

# Outbox ------------------------------------------------------------------------------------

DELIVERY_ADD = _sql("INSERT INTO outbox ($delivery) VALUES ($marks18) ON CONFLICT (key) DO NOTHING")
DELIVERY_GET = _sql("SELECT $delivery FROM outbox WHERE key = ?")
DELIVERY_CLAIM = _sql("""
    UPDATE outbox SET state = 'sending', owner = ?, attempt = attempt + 1, claimed_at = ?
    WHERE id = ? AND state = 'due' RETURNING $delivery
""")
DELIVERIES_READY = _sql("""
    SELECT $delivery FROM outbox AS waiting
    WHERE state = 'due' AND tenant = ? AND lane = ? AND urgent = ? AND due_at <= ?
    AND (after = '' OR NOT EXISTS (
        SELECT 1 FROM outbox AS earlier WHERE earlier.key = waiting.after AND earlier.state IN $unfinished))
    ORDER BY due_at, id LIMIT ?
""")
TENANTS_DUE = _sql("""
    $tenants
    SELECT id, (
        SELECT MIN(due_at) FROM outbox WHERE state = 'due' AND tenant = open_tenants.id
    ) AS oldest FROM open_tenants WHERE oldest <= ? ORDER BY oldest, id
""")
NEXT_DUE = _sql("""
    $tenants
    SELECT MIN((
        SELECT MIN(due_at) FROM outbox WHERE state = 'due' AND tenant = open_tenants.id AND due_at > ?
    )) FROM open_tenants
""")
DELIVERY_FINISH = _sql("""
    UPDATE outbox SET state = ?, ref = COALESCE(NULLIF(?, ''), ref), because = ?,
    due_at = COALESCE(?, due_at), claimed_at = NULL, settle_at = ?, refused = refused + ? WHERE $fence
""")
DELIVERY_REWRITE = _sql("UPDATE outbox SET effect = ? WHERE $fence")
DELIVERIES_QUARANTINED = _sql("""
    SELECT $delivery FROM outbox WHERE state IN ('sending', 'probing') AND claimed_at < ?
    ORDER BY claimed_at, key LIMIT ?
""")
DELIVERIES_TO_SETTLE = _sql("""
    SELECT $delivery FROM outbox WHERE settle_at IS NOT NULL AND settle_at <= ? AND state = 'done'
    ORDER BY settle_at, key LIMIT ?
""")
DELIVERY_RECLAIM = _sql("""
    UPDATE outbox SET state = 'probing', owner = ?, claimed_at = ? WHERE $fence AND claimed_at IS ?
    RETURNING $delivery
""")
DELIVERY_SETTLED = "UPDATE outbox SET settle_at = NULL WHERE id = ? AND settle_at IS NOT NULL"
RESTAMP_CLAIMS = "UPDATE outbox SET claimed_at = ? WHERE state IN ('sending', 'probing')"
RESTAMP_SETTLING = "UPDATE outbox SET settle_at = ? WHERE settle_at IS NOT NULL"
DELIVERY_CANCEL = "UPDATE outbox SET state = 'cancelled' WHERE key = ? AND state = 'due'"
LANE_ARMED = """
    SELECT COUNT(*) FROM outbox
    WHERE state = 'due' AND tenant = ? AND lane = ? AND urgent IN (0, 1) AND due_at BETWEEN ? AND ?
"""
OUTBOX_COUNTS = "SELECT state, COUNT(*) FROM outbox GROUP BY state"
OUTBOX_TO = "DELETE FROM outbox WHERE tenant = ? AND user = ?"
OUTBOX_PURGE = _sql("""
    DELETE FROM outbox WHERE state NOT IN $unfinished AND settle_at IS NULL AND due_at < ?
""")

# Shared ------------------------------------------------------------------------------------

BUDGET_GET = """
    SELECT tokens, as_of, not_before FROM budgets WHERE tenant = ? AND method = ? AND channel = ?
"""
BUDGET_PUT = """
    INSERT OR REPLACE INTO budgets (tenant, method, channel, tokens, as_of, not_before)
    VALUES (?, ?, ?, ?, ?, ?)
"""
BUDGETS_PURGE = "DELETE FROM budgets WHERE as_of < ? AND not_before < ?"
TOKEN_GET = "SELECT sealed FROM tokens WHERE tenant = ? AND user = ?"  # noqa: S105 -- a statement
TOKEN_PUT = "INSERT OR REPLACE INTO tokens (tenant, user, sealed) VALUES (?, ?, ?)"  # noqa: S105 -- a statement
TOKEN_REMOVE = "DELETE FROM tokens WHERE tenant = ? AND user = ?"  # noqa: S105 -- a statement
TOKENS_ALL = """
    SELECT tenant, user, sealed FROM tokens WHERE (tenant, user) > (?, ?) ORDER BY tenant, user LIMIT ?
"""
SEEN_FIRST = "INSERT INTO seen (key, at) VALUES (?, ?) ON CONFLICT (key) DO NOTHING"
SECRET_ISSUE = "INSERT OR REPLACE INTO issued (secret, payload, expires_at) VALUES (?, ?, ?)"  # noqa: S105 -- SQL, no password
SECRET_CONSUME = "DELETE FROM issued WHERE secret = ? AND expires_at > ? RETURNING payload"  # noqa: S105 -- SQL, no password
SECRETS_WITHDRAW = "DELETE FROM issued WHERE payload = ?"
SEEN_PURGE = "DELETE FROM seen WHERE at < ?"
ISSUED_PURGE = "DELETE FROM issued WHERE expires_at < ?"
CHANGE_PUSH = "INSERT INTO history (person, at, label, norms) VALUES (?, ?, ?, ?)"
CHANGES_TRIM = """
    DELETE FROM history WHERE person = ? AND number NOT IN (
        SELECT number FROM history WHERE person = ? ORDER BY number DESC LIMIT ?)
"""
CHANGE_POP = """
    DELETE FROM history WHERE number = (SELECT MAX(number) FROM history WHERE person = ?)
    RETURNING person, at, label, norms
"""
CHANGES_OF = "SELECT person, at, label, norms FROM history WHERE person = ? ORDER BY number DESC"
CHANGES_REMOVE = "DELETE FROM history WHERE person = ?"
TENANT_GET = _sql("SELECT $tenant FROM tenants WHERE id = ?")
TENANT_PUT = _sql("INSERT OR REPLACE INTO tenants ($tenant) VALUES (?, ?, ?, ?, ?, ?)")
TENANTS_ALL = _sql("SELECT $tenant FROM tenants ORDER BY id")
META_GET = "SELECT value FROM meta WHERE name = ?"
META_PUT = "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"

# Teams -------------------------------------------------------------------------------------

TEAM_GET = "SELECT payload, state, next_at, version FROM teams WHERE id = ?"
TEAM_PUT = """
    INSERT INTO teams (id, payload, state, next_at, version) VALUES (?, ?, ?, ?, 1)
    ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, state = excluded.state,
    next_at = excluded.next_at, version = version + 1
"""
TEAM_EMPTY = "DELETE FROM team_members WHERE team = ?"
TEAM_JOIN = "INSERT OR IGNORE INTO team_members (person, team) VALUES (?, ?)"
TEAM_UNPLACE = "DELETE FROM team_places WHERE team = ?"
TEAM_PLACE = "INSERT OR IGNORE INTO team_places (tenant, channel, team) VALUES (?, ?, ?)"
TEAMS_OF = "SELECT payload FROM team_members JOIN teams ON id = team WHERE person = ? ORDER BY team"
TEAM_IDS = "SELECT id FROM teams ORDER BY id"
TEAMS_NAMING = """
    SELECT team FROM named WHERE person = ?1
    UNION SELECT team FROM ledger WHERE who = ?1
    UNION SELECT team FROM ledger_verdicts JOIN ledger ON id = entry WHERE person = ?1
    ORDER BY team
"""
TEAMS_AT = "SELECT team FROM team_places WHERE tenant = ? AND channel = ? ORDER BY team"
TEAMS_DUE = "SELECT id FROM teams WHERE next_at <= ? ORDER BY next_at, id LIMIT ?"
TEAMS_NEXT = "SELECT MIN(next_at) FROM teams WHERE next_at IS NOT NULL"
TEAM_REMOVE = (
    "DELETE FROM votes WHERE proposal IN (SELECT id FROM proposals WHERE team = ?)",
    "DELETE FROM ledger_verdicts WHERE entry IN (SELECT id FROM ledger WHERE team = ?)",
    "DELETE FROM proposals WHERE team = ?",
    "DELETE FROM ledger WHERE team = ?",
    "DELETE FROM acknowledgements WHERE team = ?",
    "DELETE FROM team_versions WHERE team = ?",
    "DELETE FROM team_places WHERE team = ?",
    "DELETE FROM team_members WHERE team = ?",
    "DELETE FROM teams WHERE id = ?",
)
VERSION_PUT = "INSERT OR REPLACE INTO team_versions (team, number, payload) VALUES (?, ?, ?)"
VERSIONS_OF = "SELECT payload FROM team_versions WHERE team = ? ORDER BY number DESC"
NAMED_ADD = "INSERT OR IGNORE INTO named (person, team) VALUES (?, ?)"
NAMED_TEAMS = "SELECT team FROM named WHERE person = ? ORDER BY team"
NAMED_REMOVE = "DELETE FROM named WHERE person = ?"

PROPOSAL_GET = "SELECT payload FROM proposals WHERE id = ?"
PROPOSAL_PUT = "INSERT OR REPLACE INTO proposals (id, team, at, payload) VALUES (?, ?, ?, ?)"
PROPOSALS_OF = "SELECT payload FROM proposals WHERE team = ? ORDER BY at DESC, id DESC"
VOTE_PUT = "INSERT OR REPLACE INTO votes (proposal, person, yes, at) VALUES (?, ?, ?, ?)"
VOTES_ON = "SELECT proposal, person, yes, at FROM votes WHERE proposal = ? ORDER BY at, person"
VOTES_BY = "SELECT proposal, person, yes, at FROM votes WHERE person = ? ORDER BY at, proposal"
VOTES_HAND_OVER = "UPDATE OR IGNORE votes SET person = ? WHERE person = ?"
VOTES_REMOVE = "DELETE FROM votes WHERE person = ?"

LEDGER_GET = _sql("SELECT $ledger FROM ledger WHERE id = ?")
LEDGER_PUT = _sql("INSERT OR REPLACE INTO ledger ($ledger) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
LEDGER_OF = _sql("SELECT $ledger FROM ledger WHERE team = ? AND at >= ? ORDER BY at DESC, id DESC")
LEDGER_BY = _sql("SELECT $ledger FROM ledger WHERE who = ? ORDER BY at DESC, id DESC")
LEDGER_JUDGED = "SELECT DISTINCT entry FROM ledger_verdicts WHERE person = ?"
LEDGER_PURGE = "DELETE FROM ledger WHERE at < ?1 AND ends_at < ?1"
VERDICTS_OF = "SELECT person, fair FROM ledger_verdicts WHERE entry = ? ORDER BY place"
VERDICT_ADD = "INSERT INTO ledger_verdicts (entry, place, person, fair) VALUES (?, ?, ?, ?)"
VERDICTS_REMOVE = "DELETE FROM ledger_verdicts WHERE entry = ?"
VERDICTS_PURGE = """
    DELETE FROM ledger_verdicts WHERE entry IN (SELECT id FROM ledger WHERE at < ?1 AND ends_at < ?1)
"""

PUBLICATION_ADD = _sql("INSERT OR IGNORE INTO publications ($publication) VALUES (?, ?, ?, ?, ?)")
PUBLICATION_REPLACE = _sql("INSERT OR REPLACE INTO publications ($publication) VALUES (?, ?, ?, ?, ?)")
PUBLICATION_GET = _sql("SELECT $publication FROM publications WHERE team = ? AND week = ?")
PUBLICATIONS_ALL = _sql("SELECT $publication FROM publications ORDER BY week, team")
PUBLICATIONS_OF = _sql("SELECT $publication FROM publications WHERE team = ?")

ACKNOWLEDGE = "INSERT OR REPLACE INTO acknowledgements (team, number, person, at) VALUES (?, ?, ?, ?)"
ACKNOWLEDGED_OF = """
    SELECT team, number, person, at FROM acknowledgements WHERE team = ? AND number = ? ORDER BY person
"""
ACKNOWLEDGED_BY = """
    SELECT team, number, person, at FROM acknowledgements WHERE person = ? ORDER BY team, number
"""
ACKNOWLEDGED_HAND_OVER = "UPDATE OR IGNORE acknowledgements SET person = ? WHERE person = ?"
ACKNOWLEDGED_REMOVE = "DELETE FROM acknowledgements WHERE person = ?"

# Own words ---------------------------------------------------------------------------------

JOURNAL_PUT = "INSERT OR REPLACE INTO journal (person, day, kind, at, sealed) VALUES (?, ?, ?, ?, ?)"
JOURNAL_OF = """
    SELECT person, day, kind, at, sealed FROM journal WHERE person = ? AND day >= ? ORDER BY day, kind
"""
JOURNAL_ENTRY_REMOVE = "DELETE FROM journal WHERE person = ? AND day = ? AND kind = ?"
JOURNAL_ALL = """
    SELECT person, day, kind, at, sealed FROM journal WHERE (person, day, kind) > (?, ?, ?)
    ORDER BY person, day, kind LIMIT ?
"""
JOURNAL_PURGE = "DELETE FROM journal WHERE day < ? AND substr(kind, 1, 6) <> 'words:'"
JOURNAL_HAND_OVER = "UPDATE OR IGNORE journal SET person = ? WHERE person = ?"
JOURNAL_REMOVE = "DELETE FROM journal WHERE person = ?"
SAID_PUT = "INSERT OR REPLACE INTO said (person, at, until, payload) VALUES (?, ?, ?, ?)"
SAID_OF = "SELECT payload FROM said WHERE person = ? AND until >= ? ORDER BY at"
SAID_PURGE = "DELETE FROM said WHERE until < ?"
SAID_HAND_OVER = "UPDATE OR IGNORE said SET person = ? WHERE person = ?"
SAID_REMOVE = "DELETE FROM said WHERE person = ?"
