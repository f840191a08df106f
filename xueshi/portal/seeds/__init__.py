"""Worlds to look at and to test in: the demo world of ``make run`` and the reference world of the security checks.

Everything with a life is made by living it: handed in, reviewed and verified through the services. Only what stood
before anybody signed in (bureaux, departments in charge, most people) is entered directly. Nothing here runs in
production.
"""
