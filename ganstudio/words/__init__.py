"""What the layers say to each other. No torch, no Qt."""
