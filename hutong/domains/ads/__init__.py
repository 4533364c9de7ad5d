"""Advertisements: an organisation's own, in the places its own mini programs keep for them.

Promises: a place shows only what its organisation advertises and has running; what is told of one showing is counted
once, however often it is told.
"""
