"""Watching a training: samples, scores, advice, and what can be shown of it afterwards."""
