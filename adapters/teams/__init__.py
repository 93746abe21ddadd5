"""Microsoft Teams. The only place that imports botbuilder and msal."""
