"""The anonymity protocol: blind papers, sealed layers, lists of key holders (docs/protocol.md).

Bytes in, bytes out: no database, no web, nothing of the service.
"""
