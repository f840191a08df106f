"""Accounts: one person, one account; passwords, challenges, limits.

Owns: User, Challenge, Throttle, OneTimeCode, PasswordReset; KnownDevice, OpenSession, SecondFactor, RecoveryCode,
IdentityProof, ConsentChange. Doors: services.sign_up, services.verify_credentials, services.change_password;
recovering.start_reset; consents.withdraw, consents.give;
limits.spend; challenges.new_picture, challenges.consume. Knows nothing of organisations: what an account may do is
said by its memberships.
"""
