"""Hutong: people, content and services on one server that anyone can own."""

__version__ = "0.1.0"
