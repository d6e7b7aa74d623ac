"""The command line: the only terminal output."""
