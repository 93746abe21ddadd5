"""The only package that chooses adapters: it builds the bot from settings and runs it.

`parts` has what single commands need, `assembly` puts a bot together, `serving` runs it for real tenants,
`playground` beside local ones.
"""
