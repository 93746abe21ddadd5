"""The application: gather, decide, perform. It reaches the world only through the protocols in
`bot.ports`.
"""
