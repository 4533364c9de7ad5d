"""Desk: what a builder sees and turns. The log of calls, the clock of the sandbox, the bench of deliveries.

The inspector keeps the newest calls, in and out, with secrets masked; a call belongs to at most one
organisation, and an organisation is shown its own calls only. The clock never goes back. Nothing here exists
in production.
"""
