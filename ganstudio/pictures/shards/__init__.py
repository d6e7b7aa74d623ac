"""Shards: pictures packed into tar files in the WebDataset layout, read as a stream."""
