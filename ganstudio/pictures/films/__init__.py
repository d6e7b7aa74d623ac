"""Videos and animations as pictures, and back."""
