"""Checks what a city publishes about a cycle, with code of its own: nothing of the server is imported.

Whoever distrusts the server needs the published files, this folder, Python and the package `cryptography`.
"""
