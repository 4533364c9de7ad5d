"""Conversations and what is said in them.

A *conversation* is between two people (one per pair), in a group, or of a person with an official account or a
mini program (one per person and app, for both of their customer service), or a person's service notices. A
*member* is one person's side of it: what they have read, pinned, muted, cleared. A *message* has the next `seq`
of its conversation, without gaps; the same `client_id` from the same sender is the same message.

Promises: every member sees the same messages in the same order; nobody reads what was said before they joined;
nobody writes where they are no member, or to a person who does not take it; a recalled message's words are gone.
"""
