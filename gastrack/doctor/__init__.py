"""`gastrack doctor`: looks at all that the services stand on, and says what is wrong and how to mend it."""
