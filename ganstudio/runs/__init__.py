"""Runs, projects and model headers on disk. No torch, no Qt."""
