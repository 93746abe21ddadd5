"""A stand-in for Microsoft Teams on loopback: connector, OpenID keys, login, Graph, and people with hands.

Each module says what it plays. Where Microsoft's pages leave something open, it takes the stricter reading.
"""
