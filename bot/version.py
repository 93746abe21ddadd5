"""The version, also readable from a checkout that is not installed. pyproject.toml says the same (tested)."""

VERSION = "0.1.0"
