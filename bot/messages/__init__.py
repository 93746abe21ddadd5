"""What users read, built once and platform-neutral."""
