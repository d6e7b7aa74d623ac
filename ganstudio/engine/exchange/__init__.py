"""Models in and out: other programs' formats, mixing."""
