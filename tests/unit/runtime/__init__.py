"""What our services stand on."""
