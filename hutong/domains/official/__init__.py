"""Official accounts: people follow them, talk to them, use their menus and hear from them.

Promises: a person follows an account once, whatever was scanned or tapped; an account writes to a person
only in answer to something the person did, within the published window and count, or by a template to its
follower; every fact its developer should hear is an event.
"""
