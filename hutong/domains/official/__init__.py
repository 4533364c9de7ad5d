"""Official accounts: people follow them, talk to them, use their menus, read and hear from them.

Promises: a person follows an account once, whatever was scanned or tapped; an account writes to a person
only in answer to something the person did, within the published window and count, or by a template to its
follower; what it publishes is safe to show and can be taken back; every fact its developer should hear is an event.
"""
