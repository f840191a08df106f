"""The same learning counts once: what two claims have in common is found, refused or shown to the reviewer (D13).

Owns: Trace. Doors: services.claim, claim_many, release, ask_again, count; rules.keys_of; selectors.flags, flagged,
describe. A source is known here by kind and id only; whoever owns it says under ``describe`` who may see it.
"""
