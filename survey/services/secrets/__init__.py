"""Codes that people type, and the seals that the server makes and opens."""
