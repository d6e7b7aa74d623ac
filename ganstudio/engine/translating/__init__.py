"""A trained model at work on pictures, folders and films."""
