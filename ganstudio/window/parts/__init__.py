"""Widgets that know no page."""
