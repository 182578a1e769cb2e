"""Laws of rights."""
