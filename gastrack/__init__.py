"""The command: one thin module per subcommand."""
