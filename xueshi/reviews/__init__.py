"""Reviews 审核 and verifications 审验: cases, frozen chains, rounds, one way of deciding.

Owns: ReviewCase, ReviewStep, CaseEvent, BatchRun, RejectionReason (a desk's texts for refusing), RemovedRecord (what
somebody took off their own list). Doors: kinds.register, services.open_case, services.resubmit, services.withdraw,
deciding.decide, deciding.decide_many, batches.freeze, batches.run; selectors.todo_counts,
permissions.can_decide. Knows no document kind: a document points to its case, and a registered ``DocumentKind``
says what happens to it.
"""
