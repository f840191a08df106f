"""Accounts: one person, one account; passwords, challenges, limits.

Owns: User, Challenge, Throttle, OneTimeCode, PasswordReset; KnownDevice, OpenSession, SecondFactor, RecoveryCode,
IdentityProof. Doors: services.sign_up, services.verify_credentials, services.change_password;
limits.spend; challenges.new_picture, challenges.consume. Knows nothing of organisations: what an account may do is
said by its memberships.
"""
