"""Processes: the ASGI app, the writer, the dispatcher, deliveries and the command line."""
