"""Moments: what people show to those who know them.

Promises: only people who have each other as contacts, neither having closed the door, see each other's posts; a post
that was deleted is seen by nobody; posting again after a lost answer makes no second post.
"""
