"""Insight: figures about what happened, counted as it happens.

It observes and nobody depends on it. A figure is counted once for each event, on the day (UTC+8) of business
time on which the thing was done, so that screens and exports add up a few rows instead of every order.
"""
