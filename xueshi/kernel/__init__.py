"""What every app stands on and none owns.

Decisions and errors, tables of transitions, the one clock, masking, identity numbers, field encryption. Knows no app,
no request and no document.
"""
