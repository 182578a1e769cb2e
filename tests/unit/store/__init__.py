"""Reading what rests."""
