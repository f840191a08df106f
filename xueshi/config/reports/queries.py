"""The invariants that one SQL statement can ask; each row is one violation, named by its only column."""

from typing import Final

_STATES: Final = """
    SELECT d.id, d.person_id, d.year, d.subject, d.hours_recognised, c.state
      FROM declarations_declaration d JOIN reviews_reviewcase c ON c.id = d.case_id
"""
_LIVE: Final = """
    SELECT e.* FROM ledger_ledgerentry e
     WHERE e.reverses_id IS NULL
       AND NOT EXISTS (SELECT 1 FROM ledger_ledgerentry r WHERE r.reverses_id = e.id)
"""

LEDGER_EQUALS_RECORDS: Final = f"""
WITH record AS ({_STATES}),
granted AS (SELECT person_id, year, subject, sum(hours_recognised) AS hours
              FROM record WHERE state = 'approved' GROUP BY 1, 2, 3),
posted AS (SELECT a.person_id, a.year, CASE WHEN d.subject = 'any' THEN 'any' ELSE e.subject END AS subject,
                  sum(e.hours) AS hours
             FROM ledger_ledgerentry e JOIN ledger_yearaccount a ON a.id = e.account_id
             LEFT JOIN declarations_declaration d ON e.source_kind = 'declaration' AND d.id = e.source_id
            GROUP BY 1, 2, 3),
summed AS (SELECT account_id, coalesce(sum(hours) FILTER (WHERE subject = 'public'), 0) AS public,
                  coalesce(sum(hours) FILTER (WHERE subject = 'professional'), 0) AS professional,
                  coalesce(sum(hours) FILTER (WHERE subject = 'elective'), 0) AS elective
             FROM ledger_ledgerentry GROUP BY 1)
SELECT format('person %s, %s, %s', person_id, year, subject)
  FROM granted FULL JOIN posted USING (person_id, year, subject)
 WHERE coalesce(granted.hours, 0) <> coalesce(posted.hours, 0)
UNION ALL
SELECT 'account ' || a.id FROM ledger_yearaccount a LEFT JOIN summed s ON s.account_id = a.id
 WHERE (a.public_hours, a.professional_hours, a.elective_hours)
       <> (coalesce(s.public, 0), coalesce(s.professional, 0), coalesce(s.elective, 0))
"""  # noqa: S608 - constants of this file

ONE_LIVE_CREDIT: Final = f"""
WITH record AS ({_STATES}),
live AS (SELECT source_id, count(*) AS entries, count(DISTINCT subject) AS subjects, sum(hours) AS hours
           FROM ({_LIVE}) e WHERE source_kind = 'declaration' GROUP BY 1)
SELECT 'declaration ' || r.id FROM record r LEFT JOIN live l ON l.source_id = r.id
 WHERE CASE WHEN r.state = 'approved'
            THEN l.entries IS NULL OR l.entries <> l.subjects OR l.hours IS DISTINCT FROM r.hours_recognised
                 OR (r.subject <> 'any' AND l.entries <> 1)
            ELSE l.entries IS NOT NULL END
"""  # noqa: S608 - constants of this file

ENTRIES_HAVE_SOURCES: Final = """
SELECT 'entry ' || e.id FROM ledger_ledgerentry e
  LEFT JOIN declarations_declaration d ON e.source_kind = 'declaration' AND d.id = e.source_id
 WHERE d.id IS NULL
UNION ALL
SELECT 'entry ' || min(id) FROM ledger_ledgerentry GROUP BY source_kind, source_id, sequence HAVING count(*) > 1
UNION ALL
SELECT 'entry ' || r.id FROM ledger_ledgerentry r JOIN ledger_ledgerentry e ON e.id = r.reverses_id
 WHERE e.reverses_id IS NOT NULL OR e.hours + r.hours <> 0 OR e.account_id <> r.account_id
    OR (e.source_kind, e.source_id, e.subject) <> (r.source_kind, r.source_id, r.subject)
UNION ALL
SELECT 'entry ' || reverses_id FROM ledger_ledgerentry WHERE reverses_id IS NOT NULL
 GROUP BY reverses_id HAVING count(*) > 1
"""

HISTORY_SAYS_THE_SAME: Final = """
WITH line AS (SELECT case_id, count(*) AS lines, min(version) AS first, max(version) AS last
                FROM reviews_caseevent GROUP BY 1)
SELECT 'case ' || c.id FROM reviews_reviewcase c
  LEFT JOIN line l ON l.case_id = c.id
  LEFT JOIN reviews_caseevent e ON e.case_id = c.id AND e.version = l.last
 WHERE l.lines IS NULL OR l.first <> 1 OR l.last <> l.lines OR l.last <> c.version OR e.state <> c.state
UNION ALL
SELECT 'event ' || e.id FROM reviews_caseevent e JOIN reviews_reviewcase c ON c.id = e.case_id
 WHERE CASE WHEN e.move IN ('submit', 'resubmit', 'withdraw')
            THEN e.by_id NOT IN (c.owner_id, c.submitted_by_id)
            WHEN e.move IN ('entrust', 'take_back', 'redirect')
            THEN NOT EXISTS (
                SELECT 1 FROM organisations_membership m
                 WHERE m.organisation_id = e.organisation_id AND m.user_id = e.by_id AND m.hat = 'administrator')
            ELSE NOT EXISTS (
                SELECT 1 FROM reviews_reviewstep s
                  JOIN organisations_membership m ON m.organisation_id = s.desk_id AND m.user_id = e.by_id
                 WHERE s.case_id = c.id AND s.round = e.round AND s.decided_by_id = e.by_id
                   AND s.desk_id = e.organisation_id AND m.hat = 'administrator') END
"""

ONE_EMPLOYER: Final = """
SELECT 'user ' || m.user_id FROM organisations_membership m
 WHERE m.hat = 'professional' AND m.state = 'active' GROUP BY m.user_id HAVING count(*) > 1
UNION ALL
SELECT 'user ' || m.user_id FROM organisations_membership m
  LEFT JOIN people_professional p ON p.user_id = m.user_id
 WHERE m.hat = 'professional' AND m.state = 'active' AND p.employment_id IS DISTINCT FROM m.id
UNION ALL
SELECT 'memberships ' || a.id || ' and ' || b.id
  FROM organisations_membership a JOIN organisations_membership b ON b.user_id = a.user_id AND b.id > a.id
 WHERE a.hat = 'professional' AND b.hat = 'professional'
   AND a.state IN ('active', 'ended') AND b.state IN ('active', 'ended')
   AND tstzrange(a.began_at, a.ended_at) && tstzrange(b.began_at, b.ended_at)
"""

ONE_SUPER_AND_NO_CYCLE: Final = """
SELECT 'organisation ' || o.id FROM organisations_organisation o
 WHERE o.state = 'active'
   AND 1 <> (SELECT count(*) FROM organisations_membership m
              WHERE m.organisation_id = o.id AND m.is_super AND m.state = 'active')
UNION ALL
SELECT 'path of organisation ' || o.id FROM organisations_organisation o
  LEFT JOIN organisations_organisation p ON p.id = o.parent_id
 WHERE (o.state = 'active' AND o.path IS NULL)
    OR (o.path IS NOT NULL AND o.path <> coalesce(p.path, '') || o.id || '.')
"""

ONE_WAITING_DESK: Final = """
SELECT 'case ' || c.id FROM reviews_reviewcase c
  LEFT JOIN LATERAL (SELECT count(*) AS steps, min(s.desk_id) AS desk_id, min(s.stage) AS stage, min(s.round) AS round
                       FROM reviews_reviewstep s WHERE s.case_id = c.id AND s.state = 'active') active ON true
  LEFT JOIN organisations_organisation desk ON desk.id = c.desk_id
 WHERE CASE WHEN c.desk_id IS NULL THEN active.steps > 0 OR c.state = 'pending' OR c.deciders <> '{}'
            ELSE active.steps <> 1 OR active.desk_id <> c.desk_id OR active.stage <> c.stage
                 OR active.round <> c.round OR desk.state <> 'active'
                 OR c.deciders <> ARRAY(SELECT s.decided_by_id FROM reviews_reviewstep s
                                         WHERE s.case_id = c.id AND s.round = c.round AND s.decided_by_id IS NOT NULL
                                         ORDER BY s.position) END
"""

EVENTS_HAVE_CHANGES: Final = """
WITH live AS (SELECT source_id, count(*) AS changes FROM ledger_targetchange c
               WHERE source_kind = 'adjustment' AND reverses_id IS NULL
                 AND NOT EXISTS (SELECT 1 FROM ledger_targetchange r WHERE r.reverses_id = c.id) GROUP BY 1)
SELECT 'adjustment ' || coalesce(a.id, live.source_id)
  FROM adjustments_adjustment a
  LEFT JOIN reviews_reviewcase c ON c.id = a.case_id
  FULL JOIN live ON live.source_id = a.id
 WHERE a.id IS NULL
    OR (live.changes IS NOT NULL) <> (a.revoked_at IS NULL AND coalesce(c.state, 'approved') = 'approved')
    OR a.live <> (a.revoked_at IS NULL AND coalesce(c.state, 'approved') IN ('pending', 'approved'))
"""

NOT_GRANTED_MORE: Final = """
SELECT 'declaration ' || id FROM declarations_declaration WHERE hours_recognised > hours_declared
"""

NOBODY_DECIDES_TWICE: Final = """
SELECT 'step ' || s.id FROM reviews_reviewstep s JOIN reviews_reviewcase c ON c.id = s.case_id
 WHERE s.decided_by_id IN (c.owner_id, c.submitted_by_id)
    OR EXISTS (SELECT 1 FROM reviews_reviewstep b
                WHERE b.case_id = s.case_id AND b.round = s.round AND b.id < s.id AND b.decided_by_id = s.decided_by_id)
"""

LINES_ARE_AUDITED: Final = """
SELECT 'case ' || e.case_id || ' ' || e.move
  FROM (SELECT case_id, move, count(*) AS lines FROM reviews_caseevent GROUP BY 1, 2) e
  LEFT JOIN (SELECT object_id, action, count(*) AS acts FROM audit_auditentry
              WHERE object_kind = 'reviews.reviewcase' GROUP BY 1, 2) a
    ON a.object_id = e.case_id::text AND a.action = 'review.' || e.move
 WHERE e.lines IS DISTINCT FROM a.acts
"""

TEXT_COLUMNS: Final = """
SELECT table_name, column_name FROM information_schema.columns
 WHERE table_schema = current_schema() AND (data_type IN ('text', 'character varying', 'jsonb', 'json', 'ARRAY'))
 ORDER BY table_name, column_name
"""
