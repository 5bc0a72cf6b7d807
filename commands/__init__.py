"""One file per subcommand: options -> one library call -> one printer."""
