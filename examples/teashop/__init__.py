"""A tea shop: its own server, its own database, and the published interfaces for sign-in, payment and service account.

`trades/` holds what differs from one trade to another (goods, options, words); the rest is any counter that
takes an order, is paid once, hands the goods over and sometimes gives money back.
"""
