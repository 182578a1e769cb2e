"""What two or more services share: the trade, what travels, what rests, access and the runtime."""
