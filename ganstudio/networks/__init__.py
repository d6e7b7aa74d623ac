"""Networks: nn.Modules only."""
