"""The rooms: what Hutong is. Calls go down the tiers, events come up."""
