"""What every room stands on: rows and transactions, events, endpoints, errors, clock, ids, money."""
