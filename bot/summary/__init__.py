"""The weekly summary of a team: what it is made of, how it is published, and when it is posted."""
