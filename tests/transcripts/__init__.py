"""Conversations of the store from one text, on every channel, over HTTP only."""
