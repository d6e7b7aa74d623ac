"""What a trained model is: its file, its state while it trains, its routes and how they are used."""
