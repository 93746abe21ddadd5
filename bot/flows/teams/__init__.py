"""What a team does together: who is a member, what is proposed, how it is decided, what holds."""
