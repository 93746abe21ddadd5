"""Slack: signed HTTP and Socket Mode in, the Web API out. `adapters.slack.adapter.SlackAdapter` ties it
together.
"""
