"""Contacts: who knows whom, and who would rather not.

A *contact* is one person's side of an acquaintance, with their own remark and tags. A *request* asks to become
one. A *block* closes a person's door silently. Each side is its own: deleting a contact takes away mine only,
and the other must ask again before writing to me.

Promises: nobody has more contacts than the limit, nobody becomes a contact without both having agreed, and a
person can write to another only while each is in the other's contacts and neither is blocked by the other.
"""
