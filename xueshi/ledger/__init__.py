"""The annual account 年度账户: postings, reversals, targets, verdicts.

Owns: YearAccount, LedgerEntry, TargetChange. Doors: services.post_many, services.reverse, services.change_targets,
services.restore_targets; selectors.accounts_seen, selectors.account_for, selectors.requirement_of, selectors.standings,
selectors.usage; rules.judge, rules.target. Does not know why hours are posted or targets changed: declarations, courses
and events call it with a source.
"""
