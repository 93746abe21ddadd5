"""What happens between people: mentions and held messages, first contact, rituals, connection, Home."""
