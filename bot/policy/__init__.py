"""The written policy of a team: templates to start from, its text made from the norms, and the files it can
be taken away as."""
