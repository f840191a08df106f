"""``make bench``: every operation against its reference, in turn, in one run on one machine.

A line is a module of this package that registers pairs with ``@pair(...)``; ``harness`` measures, ``__main__`` prints.
"""
