"""Pictures on their way into files."""
