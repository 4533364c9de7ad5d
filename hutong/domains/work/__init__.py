"""Work: a company, its directory and the programs it trusts.

A corp has one tree of departments and the staff in them; a staff member (`userid`) is a person of ours, in
one corp at most once. Its agents, and the two directory secrets, are credentials: each secret buys one access
token at a time, which stays the same until it expires.

Invariants: one root department per corp, with id 1; every member is in at least one department; a secret
belongs to one credential; an access token belongs to one credential for ever, so that an expired one is told
from one that never was.
"""
