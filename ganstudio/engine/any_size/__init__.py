"""Translating a picture of any size exactly, in bounded memory."""
