"""People: who they are, how they prove it, and which devices speak for them.

A *person* registers once under a username, which never changes; phone and profile may. A *session* is one
signed-in device: its bearer token is kept as a keyed hash only, and it can be listed and revoked. A *proof* is
the six-digit PIN that confirms a payment: separate from the password, locked after five failures.

Promises: no username and no phone number belongs to two people; no secret rests in readable form; failed
attempts are counted durably, so a guess always costs its try.
"""
