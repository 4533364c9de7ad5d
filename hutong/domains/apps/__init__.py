"""Apps: who owns what is published here, and how it proves who it is.

An organisation owns official accounts, mini programs, merchants and a corp; its members have roles in it.
An app has an appid, a secret and an original id; with them its server fetches access tokens. A person is
known to an app by an openid only, and to an organisation by a unionid, and sees and revokes every grant.

Promises: a secret or token is never stored readable; a person has one openid per app and one unionid per
organisation, for good; the former access token outlives its successor by five minutes and no more; a code
that was given out leads to the same target until it expires.
"""
