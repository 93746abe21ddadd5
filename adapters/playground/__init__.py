"""The local workspace: a stateful stand-in for Slack that speaks Slack's wire protocol over loopback HTTP.

It is the demo, the fake in the tests, the load target in the benchmarks and the oracle in the fault runs.
Start it with `adapters.playground.server.PlaygroundServer`.
"""
