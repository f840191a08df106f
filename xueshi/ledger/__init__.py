"""The annual account 年度账户: postings, reversals, verdicts.

Owns: YearAccount, LedgerEntry. Doors: services.post_many, services.reverse; selectors.accounts_seen,
selectors.account_for, selectors.usage; rules.judge. Does not know why hours are posted: declarations and courses
call it with a source.
"""
