"""The trail: who read what is chained here, kept as long as the policy says, and shown to who may see it."""
